import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import * as torch from "../../src/index.ts";
import { optim, Tensor } from "../../src/index.ts";

const { decode, decodeSafetensors, encodeSafetensors } = torch.serialization;
const encode = (value: unknown): Uint8Array => torch.serialization.encode(value, { format: "safetensors" });
const folder = mkdtempSync(join(tmpdir(), "save-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);

/** What a value looks like with its tensors as text. */
function shown(value: unknown): unknown {
  if (value instanceof Tensor) return `${String(value)} ${String(value.size())} ${String(value.dtype)}`;
  if (Array.isArray(value)) return value.map(shown);
  if (value instanceof Map) return new Map([...value].map(([k, x]) => [k, shown(x)]));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([k, x]) => [k, shown(x)]));
}

describe("a state dict", () => {
  const state = new Map<string, Tensor>([
    ["layer.weight", torch.arange(6).reshape(2, 3).float()],
    ["layer.bias", torch.tensor([1.5, -0, Infinity, NaN], { dtype: torch.float64 })],
    ["steps", torch.tensor(9007199254740993n)],
    ["mask", torch.tensor([true, false, true])],
    ["bytes", torch.tensor([0, 255], { dtype: torch.uint8 })],
    ["small", torch.tensor([-128, 127], { dtype: torch.int8 })],
    ["nothing", torch.zeros(2, 0, 3)],
    ["10", torch.tensor([1], { dtype: torch.int16 })],
  ]);

  test("comes back from a file, in its order", () => {
    torch.save(state, file("state.safetensors"));
    const loaded = torch.load(file("state.safetensors"));
    expect([...loaded.keys()]).toEqual([...state.keys()]);
    expect(shown(loaded)).toEqual(shown(state));
    expect(Object.is(loaded.get("layer.bias")!.typed_array()[1], -0)).toBe(true);
    expect(loaded.get("steps")!.item()).toBe(9007199254740993n);
  });

  test("is a plain safetensors file with the names of the keys", () => {
    const { entries, metadata } = decodeSafetensors(encode(state));
    expect([...entries.keys()]).toEqual([...state.keys()]);
    expect(metadata).toEqual({ format: "pt" });
  });

  test("is copied, both ways", () => {
    const bytes = encode(state);
    const [a, b] = [decode(bytes), decode(bytes)];
    a.get("layer.weight")!.zero_();
    bytes.fill(7);
    expect(shown(b)).toEqual(shown(state));
    expect(a.get("layer.weight")!._version).toBe(1);
    expect(b.get("layer.weight")!._version).toBe(0);
  });

  test("may lie at an odd place of the bytes", () => {
    const bytes = encode(state);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(shown(decode(shifted.subarray(3)))).toEqual(shown(state));
    expect(shown(decode(bytes.buffer as ArrayBuffer))).toEqual(shown(state));
  });

  test("with strided tensors is written row by row", () => {
    const x = torch.arange(12).reshape(3, 4);
    const views = new Map([
      ["t", x.t()],
      ["column", x.select(1, 2)],
      ["wide", x.narrow(0, 1, 1).expand(2, 4)],
    ]);
    const loaded = decode(encode(views));
    expect(shown(loaded)).toEqual(shown(views));
    expect([...loaded.values()].every((t) => t.is_contiguous())).toBe(true);
  });
});

describe("other values", () => {
  test("come back as they were", () => {
    const value = {
      epoch: 3,
      best: { accuracy: 0.975, loss: Infinity, gap: NaN, zero: -0 },
      name: "run {1}",
      seed: 2n ** 70n,
      done: false,
      none: null,
      history: [1, [2.5, torch.ones(1)]],
      byNumber: new Map<unknown, unknown>([
        [0, torch.tensor([1n])],
        ["0", "text"],
      ]),
      "a.b": torch.tensor(1),
      a: { b: torch.tensor(2) },
    };
    expect(shown(decode(encode(value)))).toEqual(shown(value));
    expect(Object.is(decode<typeof value>(encode(value)).best.zero, -0)).toBe(true);
    for (const plain of [null, true, "text", -1.5, []]) expect(decode(encode(plain))).toEqual(plain);
    const asPt = torch.serialization.encode(value);
    expect(shown(decode(asPt))).toEqual(shown(value));
    expect(Object.is(decode<typeof value>(asPt).best.zero, -0)).toBe(true);
  });

  test("keep that a tensor requires grad, as a leaf", () => {
    const x = torch.tensor([1], { requires_grad: true });
    const [leaf, result, plain] = decode<Tensor[]>(encode([x, x.mul(2), torch.ones(1)]));
    expect([leaf.requires_grad, result.requires_grad, result.is_leaf, plain.requires_grad]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(decode<Tensor>(encode(x)).requires_grad).toBe(true);
    expect(decode(encode(new Map([["x", x]]))).get("x")!.requires_grad).toBe(true);
  });

  test("name their tensors by path, for other readers", () => {
    const model = new Map([["weight", torch.ones(1)]]);
    const { entries } = decodeSafetensors(encode({ model, list: [torch.zeros(1)] }));
    expect([...entries.keys()]).toEqual(["model.weight", "list.0"]);
  });

  test("let an optimizer go on where it was", () => {
    const make = (values: number[]): [Tensor, optim.Adam] => {
      const w = torch.tensor(values, { requires_grad: true });
      return [w, new optim.Adam([w], { lr: 0.1, amsgrad: true })];
    };
    const step = (w: Tensor, optimizer: optim.Adam): void => {
      optimizer.zero_grad();
      w.square().sum().backward();
      optimizer.step();
    };
    const [w, optimizer] = make([1, 2]);
    step(w, optimizer);
    torch.save({ w, optimizer: optimizer.state_dict(), epoch: 1 }, file("checkpoint.safetensors"));
    const saved = torch.load<{ w: Tensor; optimizer: ReturnType<typeof optimizer.state_dict>; epoch: number }>(
      file("checkpoint.safetensors"),
    );
    const [v, other] = make(saved.w.tolist() as number[]);
    other.load_state_dict(saved.optimizer);
    step(w, optimizer);
    step(v, other);
    expect([saved.epoch, v.tolist(), String(other)]).toEqual([1, w.tolist(), String(optimizer)]);
  });

  test("that cannot be saved are named with their place, and no file is written", () => {
    for (const name of ["never.safetensors", "never.pt"]) {
      const save = (value: unknown) => () => torch.save(value, file(name));
      expect(save({ a: [() => 1] })).toThrow("save: cannot save an object of type function (at a.0)");
      expect(save(new Date())).toThrow("save: cannot save an object of type Date\n");
      expect(save(new optim.SGD([torch.ones(1)]))).toThrow("cannot save an object of type SGD");
      expect(() => torch.load(file(name))).toThrow("No such file");
      const loop: unknown[] = [];
      expect(save({ a: loop, b: [loop.push(loop)] })).toThrow("save: cannot save what contains itself (at a.0)");
      expect(save(new Float32Array(2))).toThrow("cannot save an object of type Float32Array");
    }
  });
});

describe("a file that is none of ours", () => {
  const good = encode({ x: torch.arange(10), y: "text" });
  const loading = (bytes: Uint8Array | string) => () => {
    writeFileSync(file("bad"), bytes);
    return torch.load(file("bad"));
  };

  test("is refused wherever it is cut off", () => {
    for (let n = 0; n < good.length; n += 3) expect(() => decode(good.subarray(0, n))).toThrow(torch.ValueError);
  });

  test("is recognised and named", () => {
    expect(loading("PK\x03\x04 and more of it")).toThrow(
      "PytorchStreamReader failed reading zip archive: failed finding central directory",
    );
    expect(loading("")).toThrow("cut off?");
    expect(loading("hello")).toThrow("expected at least 8 bytes");
    expect(() => torch.load("/nonexistent/file.pt")).toThrow(
      new torch.FileNotFoundError("[Errno 2] No such file or directory: '/nonexistent/file.pt'"),
    );
    expect(() => torch.load(folder)).toThrow("EISDIR");
    expect(() => torch.save(new Map(), "/nonexistent/file.pt")).toThrow(
      "Parent directory /nonexistent does not exist.",
    );
  });

  test("is refused if what is around the tensors is damaged", () => {
    const text = Buffer.from(good).toString("latin1");
    const damaged = (from: string, to: string): Uint8Array => Buffer.from(text.replace(from, to), "latin1");
    expect(loading(damaged('{\\"tensor\\":\\"x\\"', '{\\"tensor\\":\\"z\\"'))).toThrow(
      "is damaged: there is no tensor 'z'",
    );
    expect(loading(damaged('{\\"object\\":', '{\\"objekt\\":'))).toThrow("is damaged: got");
    const frame = (text: string): Uint8Array => encodeSafetensors(new Map(), { "tidu.frame": text });
    for (const text of ['{"map":3}', '{"object":[[', '{"tensor":1}', "{}"])
      expect(loading(frame(text))).toThrow("load: the metadata 'tidu.frame' is damaged: ");
    expect(loading(frame("[1]"))()).toEqual([1]);
  });

  test("but of Python's safetensors is read", () => {
    // safetensors.numpy.save({"a": np.array([1.5, 2.5], dtype=np.float32)})
    const header = '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    const bytes = Buffer.concat([
      Buffer.from([header.length, 0, 0, 0, 0, 0, 0, 0]),
      Buffer.from(header),
      Buffer.from([0, 0, 192, 63, 0, 0, 32, 64]),
    ]);
    expect(shown(loading(bytes)())).toEqual(new Map([["a", "tensor([1.5000, 2.5000]) torch.Size([2]) torch.float32"]]));
  });
});

describe("without files", () => {
  test("a tensor that structuredClone or postMessage is given says which bytes to send", () => {
    const x = torch.ones(2);
    const graph = x.clone().requires_grad_().mul(2);
    const model = new torch.nn.Linear(1, 1);
    const others = [x.t(), x.to(torch.complex64), graph, model.weight, torch.ones(2, { device: "meta" })];
    for (const value of [x, ...others, [x], { x }, model.state_dict(), new Map([["x", x]])])
      for (const send of [structuredClone, (v: unknown) => new MessageChannel().port1.postMessage(v)])
        expect(() => send(value as never)).toThrow(
          "Symbol(the elements of a Tensor, which are in memory of this thread: send torch.serialization.encode(x), a Uint8Array, and decode it there) could not be cloned.",
        );
    const sent = structuredClone(encode({ x, w: [model.weight] }));
    expect(shown(decode(sent))).toEqual(shown({ x, w: [model.weight.data.requires_grad_()] }));
  });
  afterEach(() => vi.restoreAllMocks());
  test("save and load point to encode and decode", () => {
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
    expect(() => torch.save(new Map(), "x")).toThrow("Use torch.serialization.encode, which gives the bytes.");
    expect(() => torch.load("x")).toThrow("Use torch.serialization.decode, which takes the bytes.");
  });
});

test("float16 weights of another library are kept, bit for bit", () => {
  const path = file("half.safetensors");
  const header =
    '{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]}}';
  const length = Buffer.alloc(8);
  length.writeUInt32LE(header.length);
  writeFileSync(path, Buffer.concat([length, Buffer.from(header), Buffer.from([0, 60, 0, 192, 192, 63])]));
  const loaded = torch.load(path);
  expect([loaded.get("h")!.tolist(), loaded.get("b")!.tolist()]).toEqual([[1, -2], [1.5]]);
  torch.save(loaded, path);
  expect([...decodeSafetensors(readFileSync(path)).entries.get("h")!.data]).toEqual([0, 60, 0, 192]);
});
