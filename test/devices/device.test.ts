// Every device: a twin of the CPU whose memory the host cannot see gives what the CPU gives, "meta" gives its shapes.
import fs from "node:fs";
import { describe, expect, test } from "vitest";
import "./twin.ts";
import { twin } from "./twin.ts";
import * as torch from "../../src/index.ts";
import { Tensor } from "../../src/index.ts";
import type { DeviceLike } from "../../src/index.ts";
import { registry } from "../../src/dispatch/declare.ts";
import type { Entry } from "../../src/dispatch/declare.ts";
import { readDataset } from "../../tools/conformance/reader.ts";
import type { Case } from "../../tools/conformance/reader.ts";
import { construct } from "../../tools/conformance/modules.ts";
import { replay } from "../../tools/conformance/replay.ts";
import { Values } from "../../tools/conformance/values.ts";
import { floats, ofTensors, sampledOps } from "../samples/calls.ts";
import { mapTensors } from "../samples/leaves.ts";
import { samples } from "../samples/index.ts";

const { nn, optim } = torch;
const TWIN = "privateuseone";
const on = (device: DeviceLike, x: unknown): unknown =>
  mapTensors(x, (t) => t.detach().to(device).requires_grad_(t.requires_grad));
const bits = (t: Tensor): string => Buffer.from(t.detach().resolve_conj().typed_array().buffer).toString("hex");
/** What can be told of a tensor without looking at its elements. */
const form = (t: Tensor | null): unknown =>
  t === null ? null : [String(t.dtype), [...t.shape], t.stride(), t.requires_grad];
const ones = (ts: readonly Tensor[]): Tensor[] => ts.map((t) => torch.ones_like(t));

/** Results and gradients of a call. */
function outcome(call: Parameters<typeof ofTensors>[0], args: readonly unknown[]): (Tensor | null)[] {
  const { inputs, run } = ofTensors(call, args);
  const results = run(...inputs);
  const wanted = floats(results).filter((t) => t.requires_grad);
  if (wanted.length === 0 || inputs.length === 0) return results;
  const grads = torch.autograd.grad(wanted, inputs, ones(wanted), { allow_unused: true }) as (Tensor | null)[];
  return [...results, ...grads];
}

describe("every op gives on a device that the host cannot see into what it gives on the CPU, bit for bit", () => {
  for (const [name, call] of sampledOps({}))
    test(name, () => {
      for (const args of samples[name]()) {
        const expected = outcome(call, args);
        const { launched } = twin ?? { launched: 0 };
        const got = outcome(call, on(TWIN, args) as unknown[]);
        expect(got.map((t) => t?.device.type ?? null)).toEqual(expected.map((t) => (t === null ? null : TWIN)));
        expect(got.map(form)).toEqual(expected.map(form));
        expect(got.map((t) => (t === null ? null : bits(t)))).toEqual(
          expected.map((t) => (t === null ? null : bits(t))),
        );
        expect(twin.launched).toBeGreaterThanOrEqual(launched);
      }
    });
});

describe("every op gives on meta the shapes, strides and dtypes that it gives on the CPU", () => {
  /** Ops that have to look at elements. */
  const looks: Readonly<Record<string, string>> = {
    masked_select: "as many elements as are true",
    masked_scatter: "the elements where the mask is true",
    repeat_interleave: "as often as a tensor says",
    embedding_bag: "bags begin where a tensor says",
  };
  for (const [name, call] of sampledOps({}))
    test(name, () => {
      let refused = 0;
      for (const args of samples[name]()) {
        const expected = outcome(call, args);
        try {
          const got = outcome(call, on("meta", args) as unknown[]);
          expect(got.every((t) => t === null || t.is_meta)).toBe(true);
          expect(got.map(form)).toEqual(expected.map(form));
        } catch (error) {
          if (!(name in looks)) throw error;
          expect(String(error)).toContain("Cannot copy out of meta tensor; no data!");
          refused++;
        }
      }
      expect(refused > 0).toBe(name in looks);
    });
});

describe("every op writes in place there what it writes on the CPU, or says the same", () => {
  const written = (call: Parameters<typeof ofTensors>[0], args: readonly unknown[]): unknown => {
    const [self, ...rest] = mapTensors(args, (t) => t.detach().clone()) as unknown[];
    try {
      return bits(call(self, ...rest) as Tensor);
    } catch (error) {
      return String(error).replaceAll(TWIN, "cpu");
    }
  };
  const twins = [...registry].filter(([, e]) => e.inplaceOf !== null && samples[e.inplaceOf.schema.name] !== undefined);
  expect(twins.length).toBeGreaterThan(80);
  test.each(twins.map(([call, e]) => [e.schema.name, call, e.inplaceOf!.schema.name] as const))("%s", (_, call, of) => {
    for (const args of samples[of]()) {
      if (!(args[0] instanceof Tensor)) continue;
      torch.manual_seed(1);
      const expected = written(call as never, args);
      torch.manual_seed(1);
      expect(written(call as never, on(TWIN, args) as unknown[])).toBe(expected);
    }
  });
});

describe("elements come without waiting", () => {
  const x = (device: string): Tensor => torch.arange(6, { device }).view(2, 3).t().mul(1.5).requires_grad_();
  test.each(["cpu", TWIN])("from %s, as they were when they were asked for", async (device) => {
    const y = x(device);
    const coming = y.cpu_async();
    y.detach().zero_();
    const got = await coming;
    expect([got.device.type, got.requires_grad, got.stride()]).toEqual(["cpu", false, x("cpu").stride()]);
    expect(got.tolist()).toEqual(x("cpu").tolist());
    expect(await torch.complex(x(device), x(device)).conj().sum().item_async()).toEqual(
      torch.complex(x("cpu"), x("cpu")).conj().sum().item(),
    );
  });
  test("but not where there are none, or not one", async () => {
    await expect(torch.ones(2, { device: "meta" }).cpu_async()).rejects.toThrow("Cannot copy out of meta tensor");
    await expect(torch.ones([], { device: "meta" }).item_async()).rejects.toThrow("item() cannot be called on meta");
    await expect(x(TWIN).item_async()).rejects.toThrow("a Tensor with 6 elements cannot be converted to Scalar");
  });
});

const DIR = new URL("../recorded/conformance/", import.meta.url).pathname;
const data = readDataset(DIR);
/** What devices without the host's memory do otherwise, and why. */
const OTHERWISE: Readonly<Record<string, string>> = {
  "topk/int64/0":
    "has equal elements, of which a device takes those in front, and PyTorch's CPU what its partial sort leaves",
};
describe("recorded PyTorch cases of operators, modules, optimizers and random numbers, made on the twin", () => {
  const known = JSON.parse(fs.readFileSync(`${DIR}known_failures.json`, "utf8")) as Record<string, string>;
  const byKind = new Map<string, Case[]>();
  for (const c of data.cases) byKind.set(c.kind, [...(byKind.get(c.kind) ?? []), c]);
  for (const [kind, cases] of byKind)
    test(`${kind}: ${cases.length} cases give what PyTorch gave`, { timeout: 600_000 }, () => {
      const failing = cases.flatMap((c) => {
        const { status, why } = torch.set_default_device(TWIN, () => replay(c, data));
        return status === "passed" || c.id in known || c.id in OTHERWISE ? [] : [`${c.id}: ${why}`];
      });
      expect(failing).toEqual([]);
    });
});

describe("a device that is not there is refused", () => {
  const SENTENCE = "Torch not compiled with CUDA enabled";
  const example: Readonly<Record<string, unknown>> = {
    "int[]": [2],
    "SymInt[]": [2],
    int: 2,
    Tensor: torch.ones(2, 2),
    Scalar: 1,
    "Scalar|Tensor": 1,
    "Tensor|Scalar": 1,
    float: 1,
    str: "a",
    bool: false,
    object: [1],
  };
  const placed = [...registry].filter(([, { schema }]) => schema.args.some((a) => a.type === "device?"));
  expect(placed.length).toBeGreaterThan(30);
  const required = ({ schema }: Entry): unknown[] =>
    schema.args.filter((a) => !a.optional && a.type !== "device?").map((a) => example[a.type] ?? 2);
  test.each(placed.map(([call, entry]) => [entry.schema.name, call, entry] as const))("by %s", (_, call, entry) => {
    for (const device of ["cuda", "cuda:0", torch.device("cuda")])
      expect(() => (call as (...x: unknown[]) => unknown)(...required(entry), { device })).toThrow(SENTENCE);
  });
  test("by the factories whose arguments no signature describes", () => {
    const device = "cuda";
    const { randint, randint_like, normal, tensor, as_tensor, arange, empty } = torch;
    for (const call of [
      () => tensor([1], { device }),
      () => as_tensor([1], { device }),
      () => arange(3, { device }),
      () => randint(3, [2], { device }),
      () => randint_like(empty(2), 3, { device }),
      () => normal(0, 1, [2], { device }),
      () => empty(2).to(device),
      () => empty(2).to({ device }),
      () => empty(2).new_zeros([2], { device }),
      () => new torch.Generator("cuda"),
      () => torch.set_default_device(device),
    ])
      expect(call).toThrow(SENTENCE);
    expect(() => torch.zeros(1, { device: "nonsense" })).toThrow("Expected one of cpu, cuda");
    expect(() => torch.zeros(1, { device: "cpu:" })).toThrow("Invalid device string: 'cpu:'");
    expect(torch.zeros(1, { device: "cpu:0" }).device).toBe(torch.device("cpu"));
  });
});

describe("layers are made where they are asked to be", () => {
  const made = new Map<string, Case>();
  for (const c of data.cases) if (c.kind === "module" && !made.has(c.op)) made.set(c.op, c);
  // It takes modules only.
  made.delete("Sequential");
  /** Layers all of whose tensors were given to them. */
  const given: Readonly<Record<string, string>> = {
    TransformerEncoder: "a layer",
    TransformerDecoder: "a layer",
    CrossEntropyLoss: "weights",
    NLLLoss: "weights",
    NLLLoss2d: "weights",
    BCELoss: "weights",
    BCEWithLogitsLoss: "weights",
    MultiMarginLoss: "weights",
    MultiLabelSoftMarginLoss: "weights",
    FractionalMaxPool2d: "draws",
    FractionalMaxPool3d: "draws",
  };
  const layer = (c: Case, device: DeviceLike | null): torch.nn.Module => {
    const recipe = c["ctor"] as Parameters<typeof construct>[0];
    const kwargs = device === null ? recipe.kwargs : { ...recipe.kwargs, device };
    return construct({ ...recipe, kwargs } as never, new Values(c, data.blob)) as unknown as torch.nn.Module;
  };
  const places = (m: torch.nn.Module): string[] => [...m.parameters(), ...m.buffers()].map((t) => t.device.type);
  test.each([...made])("%s", (_, c) => {
    const own = places(layer(c, null));
    const onMeta = places(torch.set_default_device("meta", () => layer(c, null)));
    expect(onMeta).toEqual(own.map(() => "meta"));
    let asked: string[];
    try {
      asked = places(layer(c, "meta"));
    } catch (error) {
      // A layer without parameters of its own has no such argument.
      expect(String(error)).toContain("got an unexpected keyword argument 'device'");
      expect(own.length === 0 || c.op in given).toBe(true);
      return;
    }
    if (own.length === 0) return;
    expect(asked).toEqual(own.map(() => "meta"));
    expect(() => layer(c, "cuda")).toThrow("Torch not compiled with CUDA enabled");
  });
});

describe("where tensors are", () => {
  const x = torch.tensor([1, 2, 3]);
  const there = (): Tensor => x.to(TWIN);
  test("torch.device names a device, one object for each", () => {
    expect(torch.device("cpu")).toBe(x.device);
    expect(torch.device("cuda", 1)).toBe(torch.device("cuda:1"));
    expect([String(torch.device("cuda:1")), torch.device("cuda:1").type, torch.device("cuda:1").index]).toEqual([
      "cuda:1",
      "cuda",
      1,
    ]);
    expect(torch.device("cpu").index).toBe(null);
    expect(() => torch.device("cuda:1", 1)).toThrow(
      "type (string) must not include an index because index was passed explicitly: cuda:1",
    );
    expect(() => torch.device("")).toThrow("Device string must not be empty");
  });
  test("copies go there and back, in any layout and dtype", () => {
    for (const dtype of [torch.float32, torch.bfloat16, torch.int64, torch.bool, torch.complex64])
      for (const lay of [
        (t: Tensor) => t,
        (t: Tensor) => t.t(),
        (t: Tensor) => t.narrow(1, 1, 2),
        (t: Tensor) => t.narrow(0, 0, 1).expand([3, 4]),
        (t: Tensor) => t.narrow(0, 0, 0),
      ]) {
        const made = lay(torch.arange(12).reshape(3, 4).to(dtype));
        const back = made.to(TWIN).cpu();
        expect(back.dtype).toBe(dtype);
        expect(bits(back)).toBe(bits(made));
        expect(back.stride()).toEqual(made.clone().stride());
      }
    expect(there().to("cpu", torch.float64).tolist()).toEqual([1, 2, 3]);
    expect(there().to(there()).device.type).toBe(TWIN);
    expect(x.type_as(there()).device.type).toBe(TWIN);
    expect(torch.tensor(there(), { device: "cpu" }).device.type).toBe("cpu");
    expect(torch.zeros(3).copy_(there()).tolist()).toEqual([1, 2, 3]);
    expect(there().zero_().copy_(x).tolist()).toEqual([1, 2, 3]);
    expect(there().item === undefined || there().sum().item()).toBe(6);
  });
  test("gradients go the way back", () => {
    const a = torch.tensor([1, 2], { requires_grad: true });
    a.to(TWIN).mul(3).cpu().mul(2).to(TWIN).sum().backward();
    expect(a.grad!.device.type).toBe("cpu");
    expect(a.grad!.tolist()).toEqual([6, 6]);
    const b = torch.ones(2, { device: TWIN, requires_grad: true });
    torch.zeros(2).copy_(b).pow(2).sum().backward();
    expect(b.grad!.device.type).toBe(TWIN);
    expect(b.grad!.tolist()).toEqual([2, 2]);
  });
  test("those of a call must be on one device, but for single numbers of the host's", () => {
    const sentence = `Tensor on device ${TWIN} is not on the expected device cpu!`;
    for (const call of [
      () => x.add(there()),
      () => torch.cat([x, there()]),
      () => x.matmul(there()),
      () => torch.where(x.gt(1), x, there()),
      () => x.clone().add_(there()),
      () => nn.functional.linear(x, there().unsqueeze(0)),
      () => torch.stack([x, there()]),
    ])
      expect(call).toThrow(sentence);
    expect(() => there().add(x)).toThrow(`Tensor on device cpu is not on the expected device ${TWIN}!`);
    const sum = there().add(torch.tensor(1));
    expect([sum.device.type, sum.tolist()]).toEqual([TWIN, [2, 3, 4]]);
    expect(torch.tensor(1).sub(there()).tolist()).toEqual([0, -1, -2]);
  });
  test("are told when they are printed", () => {
    expect(String(there())).toBe("tensor([1., 2., 3.], device='privateuseone')");
    expect(String(torch.ones(2, 3, { device: "meta" }))).toBe("tensor(..., device='meta', size=(2, 3))");
    expect(String(torch.arange(3, { device: "meta" }))).toBe(
      "tensor(..., device='meta', size=(3,), dtype=torch.int64)",
    );
    expect(String(torch.ones([], { device: "meta", requires_grad: true }))).toBe(
      "tensor(..., device='meta', size=(), requires_grad=True)",
    );
    expect(torch.ones(1, { device: "meta" }).type()).toBe("torch.meta.FloatTensor");
  });
  test("meta has nothing to read", () => {
    const m = torch.ones(2, { device: "meta" });
    expect(() => m.cpu()).toThrow("Cannot copy out of meta tensor; no data!");
    expect(() => m.tolist()).toThrow("Cannot copy out of meta tensor; no data!");
    expect(() => m.sum().item()).toThrow("Tensor.item() cannot be called on meta tensors");
    expect(() => torch.zeros(2).copy_(m)).toThrow("Cannot copy out of meta tensor; no data!");
    expect(m.copy_(torch.ones(2)).is_meta).toBe(true);
    expect([m.data_ptr(), m.storage_offset(), m.device.type]).toEqual([0, 0, "meta"]);
    const w = torch.ones(2, 3, { device: "meta", requires_grad: true });
    w.mul(2).sum().backward();
    expect([w.grad!.is_meta, [...w.grad!.shape]]).toEqual([true, [2, 3]]);
    const large = torch.empty(1e6, 1e6, { device: "meta" });
    expect([...large.matmul(large).shape]).toEqual([1e6, 1e6]);
  });
  test("the default device holds for its body, awaits and all, and for nothing beside it", async () => {
    expect(torch.get_default_device()).toBe(torch.device("cpu"));
    const made = torch.set_default_device("meta", () => [
      torch.zeros(2),
      torch.tensor([1]),
      torch.arange(3),
      torch.randn(2),
      torch.randint(3, [2]),
      new nn.Linear(2, 3).weight,
      torch.zeros(2, { device: "cpu" }),
      torch.ones_like(x),
    ]);
    expect(made.map((t) => t.device.type)).toEqual(["meta", "meta", "meta", "meta", "meta", "meta", "cpu", "cpu"]);
    expect(torch.zeros(1).device.type).toBe("cpu");
    const later = torch.set_default_device("meta", async () => {
      await new Promise((resolve) => setTimeout(resolve));
      return torch.zeros(1).device.type;
    });
    expect(torch.zeros(1).device.type).toBe("cpu");
    expect(await later).toBe("meta");
    const guard = torch.set_default_device(TWIN);
    expect(torch.zeros(1).device.type).toBe(TWIN);
    guard[Symbol.dispose]();
    expect(torch.get_default_device().type).toBe("cpu");
  });
});

/** What is used of an optimizer here. */
interface Steps {
  zero_grad(): void;
  step(closure: () => Tensor): unknown;
}
describe("training on the twin is training on the CPU, bit for bit", () => {
  const models: Readonly<Record<string, () => [torch.nn.Sequential, Tensor, Tensor]>> = {
    "a convolutional net": () => [
      new nn.Sequential(
        new nn.Conv2d(1, 4, 3),
        new nn.BatchNorm2d(4),
        new nn.ReLU(),
        new nn.MaxPool2d(2),
        new nn.Flatten(),
        new nn.Dropout(0.2),
        new nn.Linear(36, 5),
      ),
      torch.randn(6, 1, 8, 8),
      torch.randint(5, [6]),
    ],
    "a transformer": () => [
      new nn.Sequential(
        new nn.Embedding(7, 8),
        new nn.TransformerEncoderLayer(8, 2, 16, { batch_first: true }),
        new nn.Flatten(),
        new nn.Linear(40, 5),
      ),
      torch.randint(7, [4, 5]),
      torch.randint(5, [4]),
    ],
  };
  const optimizers: Readonly<Record<string, (p: Iterable<Tensor>) => Steps>> = {
    SGD: (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9 }),
    AdamW: (p) => new optim.AdamW(p, { lr: 0.01 }),
    RMSprop: (p) => new optim.RMSprop(p),
    NAdam: (p) => new optim.NAdam(p),
    Adagrad: (p) => new optim.Adagrad(p),
    LBFGS: (p) => new optim.LBFGS(p, { max_iter: 2 }),
  };
  const losses = (name: string, by: string, device: string): number[] => {
    torch.manual_seed(5);
    const [model, x, target] = models[name]();
    model.to(device);
    const [input, wanted] = [x.to(device), target.to(device)];
    const optimizer = optimizers[by](model.parameters());
    return Array.from({ length: 4 }, () => {
      const step = (): Tensor => {
        optimizer.zero_grad();
        const loss = nn.functional.cross_entropy(model(input), wanted);
        loss.backward();
        return loss;
      };
      const loss = optimizer.step(step) as Tensor;
      torch.nn.utils.clip_grad_norm_(model.parameters(), 1);
      return loss.item();
    });
  };
  for (const name of Object.keys(models))
    test.each(Object.keys(optimizers))(`${name} with %s`, (by) => {
      expect(losses(name, by, TWIN)).toEqual(losses(name, by, "cpu"));
    });
  test("an LSTM, with its state made by itself", () => {
    const outcomeOn = (device: string): unknown => {
      torch.manual_seed(2);
      const lstm = new nn.LSTM(3, 4, 2, { batch_first: true }).to(device);
      const [y, [h]] = lstm(torch.randn(2, 5, 3).to(device));
      y.sum().add(h.pow(2).sum()).backward();
      return [y, h, ...[...lstm.parameters()].map((p) => p.grad!)].map(bits);
    };
    expect(outcomeOn(TWIN)).toEqual(outcomeOn("cpu"));
  });
});
