// Methods of public classes take what PyTorch names by name, too; a default in a method's own text would be none for a caller
// who names it: an object of options would be taken for the value.
import { expect, test } from "vitest";
import * as data from "../../src/data/index.ts";
import * as distributed from "../../src/distributed/index.ts";
import * as distributions from "../../src/distributions/index.ts";
import * as torch from "../../src/index.ts";
import * as transforms from "../../src/transforms/index.ts";

const { nn, optim } = torch;

/** All classes that programs can reach, by their names. */
function classes(): Map<string, { readonly prototype: object }> {
  const found = new Map<string, { readonly prototype: object }>();
  const seen = new Set<unknown>();
  const visit = (x: unknown, depth: number): void => {
    if (x === null || (typeof x !== "object" && typeof x !== "function") || seen.has(x) || depth > 4) return;
    seen.add(x);
    if (typeof x === "object") return Object.values(x).forEach((y) => visit(y, depth + 1));
    for (
      let C = x as { prototype?: object; name: string };
      C.prototype !== undefined;
      C = Object.getPrototypeOf(C) as typeof C
    )
      found.set(C.name, C as { prototype: object });
  };
  for (const space of [torch, data, distributed, distributions, transforms]) visit(space, 0);
  return found;
}
/** What is called by the library alone, or is our own and has no names of PyTorch's. */
const WITHIN = ["DataLoader.begin", "LowRankMultivariateNormal.scaled", "SafeSlice.rows"];

test("no public method has defaults that its caller cannot name", () => {
  const all = classes();
  expect(all.size).toBeGreaterThan(300);
  const own: string[] = [];
  for (const [name, { prototype }] of all)
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype)) as [
      string,
      { value?: unknown },
    ][]) {
      if (typeof value !== "function" || key === "constructor" || key.startsWith("_")) continue;
      const parameters = /^(?:async )?(?:function )?\*?\w*\(([^{]*?)\) ?\{/s.exec(String(value))?.[1] ?? "";
      // An object of options has its defaults within.
      if (/^[^{]*=/.test(parameters)) own.push(`${name}.${key}`);
    }
  expect(own.filter((method) => !WITHIN.includes(method))).toEqual([]);
});

test("methods whose code knows no signatures take what PyTorch names, and refuse what it does not", () => {
  const x = torch.ones([2, 3], { requires_grad: true });
  expect([
    x.size({ dim: 1 }),
    x.stride({ dim: -2 }),
    x.is_contiguous({ memory_format: torch.contiguous_format }),
  ]).toEqual([3, 3, true]);
  const y = x.mul(2);
  y.backward({ gradient: torch.ones(2, 3), retain_graph: true, inputs: [x] });
  y.backward(torch.ones(2, 3), { inputs: x as never });
  expect(x.grad!.tolist()).toEqual(torch.full([2, 3], 4).tolist());
  expect(x.detach().numpy({ force: true })).toEqual(new Float32Array(6).fill(1));
  const call =
    (name: string, ...args: unknown[]) =>
    (): unknown =>
      (x as unknown as Record<string, (...args: unknown[]) => unknown>)[name](...args);
  for (const name of ["size", "stride", "is_contiguous", "numpy", "requires_grad_"])
    expect(call(name, { no_such_name: 1 }), name).toThrow(
      `${name}() got an unexpected keyword argument 'no_such_name'`,
    );
  expect(call("backward", { no_such_name: 1 })).toThrow(
    "Tensor.backward() got an unexpected keyword argument 'no_such_name'",
  );
  expect(call("backward", null, { creat_graph: true })).toThrow("unexpected keyword argument 'creat_graph'");
  expect(call("requires_grad_", 1)).toThrow(
    "requires_grad_(): argument 'requires_grad' (position 1) must be bool, not int",
  );
  expect(call("stride", "a")).toThrow("stride(): argument 'dim' (position 1) must be int, not str");
  expect(call("is_contiguous", torch.channels_last)).toThrow(
    "is_contiguous() takes 0 positional arguments but 1 was given",
  );
  expect(x.requires_grad).toBe(true);
});

test("methods of all kinds are called by name as by place", () => {
  const x = torch.zeros(3);
  expect(x.requires_grad_({ requires_grad: false }).requires_grad).toBe(false);
  const index = [torch.tensor([0n, 0n])];
  const ones = torch.ones(2);
  for (const [accumulate, first] of [
    [false, 1],
    [true, 2],
  ] as const) {
    expect(x.index_put(index, ones, { accumulate }).tolist()).toEqual([first, 0, 0]);
    expect(torch.zeros(3).index_put_(index, { values: ones, accumulate }).tolist()).toEqual([first, 0, 0]);
  }
  const { Normal, Bernoulli } = distributions;
  expect([...new Normal(0, 1).rsample({ sample_shape: [3] }).shape]).toEqual([3]);
  expect([...new Normal(0, 1).sample({ sample_shape: [3, 2] }).shape]).toEqual([3, 2]);
  const coins = new Bernoulli(torch.tensor([0.5, 0.5]));
  expect([...coins.enumerate_support({ expand: false }).shape]).toEqual([2, 1]);
  expect(() => coins.sample({ shape: [3] } as never)).toThrow(
    "Bernoulli.sample() got an unexpected keyword argument 'shape'",
  );
  const optimizer = new optim.SGD([torch.ones(1).requires_grad_()], { lr: 1 });
  const plateau = new optim.lr_scheduler.ReduceLROnPlateau(optimizer, { patience: 0 });
  plateau.step({ metrics: 1 });
  plateau.step({ metrics: torch.tensor(2) });
  expect(plateau.get_last_lr()).toEqual([0.1]);
  const layers = new nn.ModuleList([new nn.ReLU(), new nn.Tanh()]);
  expect(layers.pop({ index: 0 })).toBeInstanceOf(nn.ReLU);
  expect(() => layers.pop({ at: 0 } as never)).toThrow("ModuleList.pop() got an unexpected keyword argument 'at'");
});
