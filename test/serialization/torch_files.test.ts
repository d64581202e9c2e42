// Files of PyTorch's torch.save, recorded by tools/record/torch_files.py, in TypeScript.
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { nn, optim, serialization } from "../../src/index.ts";
import type { SafeGlobal } from "../../src/serialization/index.ts";
import { MemorySource } from "../../src/serialization/source.ts";
import { isIndex } from "../../src/serialization/unpickler.ts";
import { unzip } from "../../src/serialization/zip.ts";
import { described } from "./described.ts";

const folder = "test/recorded/serialization";
interface Case {
  readonly name: string;
  readonly allowed?: readonly string[];
  /** Or the name of the case with the same. */
  readonly holds?: unknown;
  readonly error?: readonly [type: string, message: string];
}
const cases = JSON.parse(readFileSync(`${folder}/files.json`, "utf8")) as Case[];
const fileOf = (name: string): string => `${folder}/${name}.pt`;
const holds = (name: string): unknown => {
  const found = cases.find((c) => c.name === name)!.holds;
  return typeof found === "string" ? holds(found) : found;
};
class Config {
  declare width: number;
}
class Point {
  readonly x: unknown;
  readonly y: unknown;
  constructor(x: unknown, y: unknown) {
    this.x = x;
    this.y = y;
  }
}
/** Dicts with keys that an object cannot have are Maps here, as OrderedDicts are. */
const asRead = (told: unknown): unknown =>
  JSON.parse(
    JSON.stringify(told, (key, value: unknown) => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
      const dict = (value as { dict?: [unknown, unknown][] }).dict;
      if (dict === undefined) return value;
      const plain = dict.every(([k]) => (typeof k === "string" ? !/^\d+$/.test(k) : isIndex(numberOf(k))));
      return plain ? { dict: [...dict].sort(byIndex) } : { ordered: dict };
    }),
  );
const numberOf = (k: unknown): string => (k as { number?: string } | null)?.number ?? "";
/** An object has its whole numbers first. */
const byIndex = ([a]: [unknown, unknown], [b]: [unknown, unknown]): number =>
  Number(typeof a === "string") - Number(typeof b === "string") || Number(numberOf(a)) - Number(numberOf(b)) || 0;

afterEach(() => serialization.clear_safe_globals());

describe("a file of PyTorch's torch.save holds what PyTorch reads in it", () => {
  const special = ["numbers", "arrays", "point", "config", "namespace"];
  for (const { name } of cases.filter((c) => c.holds !== undefined && !special.includes(c.name)))
    test(name, () => {
      expect(described(torch.load(fileOf(name)))).toEqual(asRead(holds(name)));
    });
});

describe("what a program allows", () => {
  const allowed = (name: string, own: readonly SafeGlobal[] = []): SafeGlobal[] => {
    const names = cases.find((c) => c.name === name)!.allowed!;
    return [...names.filter((n) => !n.startsWith("__main__")), ...own];
  };
  test("may be numbers and arrays of NumPy, which are numbers and tensors", () => {
    serialization.add_safe_globals(allowed("numbers"));
    expect(torch.load(fileOf("numbers"))).toEqual({ f64: 1.5, i: -3, b: true });
    const { c, f } = torch.load<Record<string, torch.Tensor>>(fileOf("arrays"));
    expect([String(c.dtype), c.tolist(), String(f.dtype), f.tolist(), f.stride()]).toEqual([
      "torch.float32",
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
      "torch.int64",
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
      [1, 2],
    ]);
  });
  test("may be objects of attributes", () => {
    serialization.safe_globals(allowed("namespace"), () =>
      expect({ ...torch.load<object>(fileOf("namespace")) }).toEqual({ lr: 0.1, layers: [1, 2] }),
    );
    expect(serialization.get_safe_globals()).toEqual([]);
    expect(() => torch.load(fileOf("namespace"))).toThrow(torch.UnpicklingError);
    serialization.add_safe_globals(["collections.defaultdict", [Array as never, "builtins.list"]]);
    expect(torch.load(fileOf("defaultdict"))).toEqual({ a: [1] });
  });
  test("may be classes of its own", () => {
    serialization.add_safe_globals([
      [Config, "__main__.Config"],
      [(x: unknown, y: unknown) => new Point(x, y), "__main__.Point"],
    ]);
    const config = torch.load<Config>(fileOf("config"));
    expect(config).toBeInstanceOf(Config);
    expect(described(config)).toEqual(asRead(holds("config")));
  });
  test("is told by name", () => {
    expect(() => serialization.add_safe_globals(["os.system"])).toThrow("a name that the library does not know");
    expect(() => serialization.add_safe_globals([[Config] as never])).toThrow("Expected tuple of length 2");
    expect(serialization.get_safe_globals()).toEqual([]);
    serialization.add_safe_globals([[() => console.log("executed"), "posix.system"]]);
    expect(() => torch.load(fileOf("evil"))).toThrow("whose module posix is blocked.");
  });
});

describe("dtypes that tensors do not have", () => {
  const numbers = JSON.parse(readFileSync(`${folder}/wider.json`, "utf8")) as Record<string, string[]>;
  const dtypes: Record<string, string> = {
    float8_e8m0fnu: "float32",
    uint16: "int32",
    turned: "int32",
    part: "int32",
    uint32: "int64",
    uint64: "int64",
    complex32: "complex64",
  };
  /** As Python writes numbers. */
  const text = (x: unknown): string => {
    const names: Record<string, string> = { NaN: "nan", Infinity: "inf", "-Infinity": "-inf" };
    return typeof x === "bigint" ? String(x) : (names[String(x)] ?? String(x));
  };
  const told = (t: torch.Tensor): string[] =>
    ((t.dtype.is_complex ? torch.view_as_real(t) : t).flatten().tolist() as unknown[]).map(text); // prettier-ignore
  const python = (x: string): string[] =>
    /[j]/.test(x) ? x.replace(/[()j]/g, "").match(/[-+]?[\d.]+/g)!.map((y) => text(Number(y))) : [/^-?\d{16,}$|inf|nan/.test(x) ? x : text(Number(x))]; // prettier-ignore
  test.each(["wider", "wider.legacy"])("are read as ones that hold their numbers: %s", (name) => {
    const warnings: string[] = [];
    const before = torch.set_warning_listener((warning) => warnings.push(warning));
    torch.set_warn_always(true);
    try {
      const file = torch.load<Record<string, torch.Tensor>>(fileOf(name));
      for (const [key, t] of Object.entries(file)) {
        expect(String(t.dtype), key).toBe(`torch.${dtypes[key] ?? "float16"}`);
        const expected = numbers[key].flatMap((x) => (t.dtype.is_complex && !x.includes("j") ? [x, "0"] : python(x)));
        expect(told(t).map((x) => x.replace(/^-0$/, "0")), key).toEqual(expected.map((x) => x.replace(/^-0$/, "0"))); // prettier-ignore
      }
      expect(warnings[0]).toContain("torch.float8_e4m3fn was read as torch.float16");
      // One storage still.
      file.part.fill_(77);
      expect(file.turned.eq(77).sum().item()).toBe(3);
      expect(file.turned.stride()).toEqual([1, 4]);
    } finally {
      torch.set_warn_always(false);
      torch.set_warning_listener(before);
    }
  });
});

describe("what is refused", () => {
  for (const { name, error } of cases.filter((c) => c.error !== undefined))
    test(`${name}, in PyTorch's words`, () => {
      const attempt = (): unknown => torch.load(fileOf(name));
      expect(attempt).toThrow(torch.UnpicklingError);
      expect(attempt).toThrow(error![1]);
    });
  test("is named where there is no such tensor here", () => {
    expect(() => torch.load(fileOf("quantized"))).toThrow("Quantized tensors are not supported");
    expect(() => torch.load(fileOf("too_large"))).toThrow("element 0 of torch.uint64 is 9223372036854775808");
  });
  test("weights_only=False in TypeScript", () => {
    expect(() => torch.load(fileOf("module"), { weights_only: false })).toThrow("is there in Python alone");
  });
});

describe("map_location", () => {
  const cuda = (): Uint8Array => {
    const text = Buffer.from(readFileSync(fileOf("tensor.legacy"))).toString("latin1");
    return Buffer.from(text.replace("X\x03\x00\x00\x00cpu", "X\x06\x00\x00\x00cuda:1"), "latin1");
  };
  const sum = (...given: [options?: object]): unknown =>
    serialization
      .decode<torch.Tensor>(cuda(), ...(given as []))
      .sum()
      .item();
  test("brings tensors of other devices to one that is there", () => {
    expect(() => sum()).toThrow(
      "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False.",
    );
    expect(sum({ map_location: "cpu" })).toBe(15);
    expect(sum({ map_location: torch.device("cpu") })).toBe(15);
    expect(sum({ map_location: { "cuda:1": "cpu" } })).toBe(15);
    expect(sum({ map_location: new Map([["cuda:1", "cpu"]]) })).toBe(15);
    const seen: string[] = [];
    expect(sum({ map_location: (storage: torch.Tensor, location: string) => (seen.push(location), storage) })).toBe(15);
    expect(seen).toEqual(["cuda:1"]);
    expect(() => sum({ map_location: "cuda" })).toThrow("Attempting to deserialize object on a CUDA device");
    expect(() => sum({ map_location: { "cuda:0": "cpu" } })).toThrow("Attempting to deserialize");
    expect(() => sum({ map_location: "xla" })).toThrow("don't know how to restore data location");
    expect(() => sum({ map_location: 3 })).toThrow("argument 'map_location' must be");
  });
  test("meta takes shapes alone", () => {
    const t = torch.load<torch.Tensor>(fileOf("tensor"), { map_location: "meta" });
    expect([t.is_meta, [...t.shape]]).toEqual([true, [2, 3]]);
  });
  test("may be given by place, and mmap and weights_only by name", () => {
    expect(torch.load<torch.Tensor>(fileOf("tensor"), "cpu", { weights_only: true, mmap: true }).numel()).toBe(6);
  });
});

test("a model and its optimizer go on from PyTorch's checkpoint", () => {
  interface Checkpoint {
    model: nn.StateDict;
    optimizer: ReturnType<optim.Adam["state_dict"]>;
    scheduler: Record<string, unknown>;
  }
  const { model: state, optimizer, scheduler } = torch.load<Checkpoint>(fileOf("checkpoint"));
  const model = new nn.Sequential(new nn.Linear(3, 2), new nn.BatchNorm1d(2), new nn.Linear(2, 1));
  expect(String(model.load_state_dict(state))).toBe("<All keys matched successfully>");
  const adam = new optim.Adam(model.parameters(), { lr: 1 });
  const steps = new optim.lr_scheduler.StepLR(adam, 2);
  adam.load_state_dict(optimizer);
  steps.load_state_dict(scheduler);
  expect(adam.param_groups[0].lr).toBeCloseTo(0.001);
  expect([adam.param_groups[0].betas, steps.last_epoch]).toEqual([[0.9, 0.999], 3]);
  model(torch.ones(4, 3)).sum().backward();
  adam.step();
  steps.step();
  expect(adam.param_groups[0].lr).toBeCloseTo(0.0001);
});

describe("files of older versions", () => {
  // Steps are numbers there, options are fewer, and parameters go by addresses.
  interface Training {
    readonly model: nn.StateDict;
    readonly optimizer: never;
    readonly after: Readonly<Record<string, torch.Tensor>>;
  }
  test.each([
    ["adam", (p: Iterable<torch.Tensor>) => new optim.Adam(p, { lr: 9 })],
    ["sgd", (p: Iterable<torch.Tensor>) => new optim.SGD(p, { lr: 9, momentum: 0.9 })],
  ] as const)("an optimizer of PyTorch 1.4 goes on as it does there: %s", (name, make) => {
    const {
      model: begun,
      optimizer: saved,
      after,
    } = torch.load<Record<string, Training>>(fileOf("training.of_1_4"))[name];
    const model = new nn.Linear(3, 2);
    model.load_state_dict(begun);
    const optimizer = make(model.parameters());
    optimizer.load_state_dict(saved);
    for (const p of model.parameters()) p.grad = torch.ones_like(p);
    optimizer.step();
    for (const [key, p] of model.state_dict()) expect(torch.allclose(p, after[key], 1e-6, 1e-7), key).toBe(true);
    expect(() => new optim.Adam(model.parameters()).load_state_dict(optimizer.state_dict() as never)).not.toThrow();
  });
  test("the .tar of the first ones is refused in PyTorch's words", () => {
    expect(() => torch.load(fileOf("tar.of_0_1"))).toThrow(
      "Cannot use ``weights_only=True`` with files saved in the legacy .tar format.",
    );
  });
});
describe("what is saved here", () => {
  const { decode, encode } = serialization;
  const pickleOf = (bytes: Uint8Array): string =>
    Buffer.from(
      [...unzip(new MemorySource(bytes)).values()].find(({ name }) => name.endsWith("data.pkl"))!.bytes(),
    ).toString("latin1");

  // Named apart: attributes of tensors are not written, and bytearray, Counter and keys of several kinds become their likes.
  const likes = ["parameter", "bytes", "nested"];
  const ours = (c: Case): boolean => !likes.includes(c.name) && c.allowed === undefined && !c.name.includes(".of_");
  for (const { name } of cases.filter((c) => typeof c.holds === "object" && ours(c)))
    test(`${name} has the very pickle that PyTorch writes, and holds the same`, () => {
      const value = torch.load<unknown>(fileOf(name));
      const bytes = encode(value);
      expect(pickleOf(bytes)).toBe(pickleOf(readFileSync(fileOf(name))));
      expect(described(decode(bytes))).toEqual(asRead(holds(name)));
    });
  test("keeps one memory once, and what is beside a slice", () => {
    const x = torch.arange(1000);
    const bytes = encode({ a: x, b: x.narrow(0, 5, 10), c: x.reshape(10, 100).t() });
    expect(bytes.length).toBeLessThan(2 * 8000);
    const { a, b, c } = decode<Record<string, torch.Tensor>>(bytes);
    a.zero_();
    expect([Number(b.sum()), Number(c.sum()), c.stride()]).toEqual([0, 0, [1, 100]]);
    expect(() => encode([x, new torch.Tensor(x.storage, torch.float64, [1000], [1], 0)])).toThrow(
      "Cannot save multiple tensors or storages that view the same data as different types",
    );
  });
  test("is equal for equal values, whenever it is written, and begins storages at multiples of 64", () => {
    const value = { w: torch.ones(3), n: torch.zeros(5).double(), list: [torch.arange(3)] };
    const bytes = Buffer.from(encode(value));
    expect(bytes.equals(encode(value))).toBe(true);
    expect(bytes.indexOf(Buffer.from(new Float32Array([1, 1, 1]).buffer)) % 64).toBe(0);
  });
  test("may have thousands of items, tensors and characters", () => {
    const value = {
      list: Array.from({ length: 2500 }, (_, i) => i - 1000),
      one: [[1], { a: [] }],
      state: new Map(Array.from({ length: 300 }, (_, i) => [`layer.${i}.weight`, torch.tensor(i)])),
      text: "ü😀".repeat(50_000),
      big: [2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n, 2 ** 53 - 1, -(2 ** 31), 2 ** 31, 1e300, 5e-324],
      float: new torch.Float(2),
    };
    const loaded = decode<typeof value>(encode(value));
    expect({ ...loaded, state: 0, float: Number(loaded.float) }).toEqual({ ...value, state: 0, float: 2 });
    expect([...loaded.state].map(([k, t]) => `${k}=${Number(t)}`)).toEqual(
      [...value.state].map(([k, t]) => `${k}=${Number(t)}`),
    );
    expect(() => encode("\ud800")).toThrow("half a surrogate pair");
    expect(() => encode({ a: 2n ** 3000n })).toThrow("an int of 376 bytes is too large (at a)");
    expect(() => encode(1, { format: "zip" })).toThrow("must be 'pt' or 'safetensors'");
  });
});
