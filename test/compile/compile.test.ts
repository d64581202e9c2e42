// torch.compile: what it captures, when it captures anew, what stays eager and says so.
import { afterEach, describe, expect, test } from "vitest";
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";
import { casesOf } from "../../src/compile/compile.ts";

const casesFor = (fn: object): { compiled: unknown; reason: string | null }[] => casesOf(fn)!.cases;
const isCompiled = (fn: object): boolean => casesFor(fn).some((c) => c.compiled !== null);
const bits = (t: Tensor | null): unknown => t?.tolist();
afterEach(() => torch.set_warning_listener(null));

describe("a compiled function", () => {
  test("is traced twice and then run again with other values", () => {
    let runs = 0;
    const fn = (x: Tensor): Tensor => {
      runs++;
      return x.mul(2).add(1).tanh();
    };
    const f = torch.compile(fn);
    for (let i = 0; i < 5; i++) {
      const x = torch.randn(3, 4);
      expect(bits(f(x))).toEqual(bits(x.mul(2).add(1).tanh()));
    }
    expect(runs).toBe(2);
  });
  test("reads parameters and constants as they are when it is called", () => {
    const w = torch.randn(4);
    const f = torch.compile((x: Tensor) => x.mul(w).add(torch.tensor([1, 2, 3, 4])));
    const x = torch.randn(2, 4);
    for (let i = 0; i < 4; i++) {
      w.add_(1);
      expect(bits(f(x))).toEqual(bits(x.mul(w).add(torch.tensor([1, 2, 3, 4]))));
    }
    expect(isCompiled(f)).toBe(true);
  });
  test("takes slices of a larger tensor wherever they begin", () => {
    const f = torch.compile((x: Tensor) => x.sin().sum(1));
    const data = torch.randn(10, 3);
    for (let i = 0; i < 5; i++) {
      const x = data.narrow(0, 2 * i, 2);
      expect(bits(f(x))).toEqual(bits(x.sin().sum(1)));
    }
    expect(casesFor(f)).toHaveLength(1);
  });
  test("gives arguments back as they are, and views of them as views", () => {
    const f = torch.compile((x: Tensor) => [x, x.t(), x.add(1)] as const);
    for (let i = 0; i < 4; i++) {
      const x = torch.zeros(2, 3);
      const [same, view, sum] = f(x);
      expect(same).toBe(x);
      x.add_(1);
      expect([view.sizes, view.tolist(), sum.tolist()]).toEqual([[3, 2], x.t().tolist(), torch.ones(2, 3).tolist()]);
    }
    expect(isCompiled(f)).toBe(true);
  });
  test("gives fresh results that may be changed", () => {
    const f = torch.compile((x: Tensor) => x.add(1));
    const x = torch.zeros(3);
    const results = Array.from({ length: 4 }, () => f(x).add_(5));
    expect(results.map((t) => t.tolist())).toEqual(Array(4).fill([6, 6, 6]));
  });
  test("writes in place what the function writes in place, and counts the version", () => {
    const f = torch.compile((x: Tensor) => void x.mul_(2));
    const x = torch.ones(3);
    for (let i = 1; i <= 5; i++) {
      f(x);
      expect([x.tolist(), x._version]).toEqual([Array(3).fill(2 ** i), i]);
    }
    expect(isCompiled(f)).toBe(true);
  });
  test("draws the numbers that the eager function draws, in its place of the stream", () => {
    const fn = (x: Tensor): Tensor => nn.functional.dropout(x, 0.5).add(torch.rand(3)).mul(torch.randn(3));
    const f = torch.compile(fn);
    const x = torch.ones(3);
    torch.manual_seed(0);
    const expected = Array.from({ length: 6 }, () => fn(x).tolist());
    torch.manual_seed(0);
    expect(Array.from({ length: 6 }, () => f(x).tolist())).toEqual(expected);
    expect(isCompiled(f)).toBe(true);
  });
});

describe("gradients", () => {
  test("are those of the eager call, through one node", () => {
    const fn = (x: Tensor, w: Tensor): Tensor => nn.functional.gelu(x.matmul(w)).pow(2).mean();
    const f = torch.compile(fn);
    const w = torch.randn(3, 4, { requires_grad: true });
    for (let i = 0; i < 4; i++) {
      const x = torch.randn(2, 3, { requires_grad: true });
      const got = torch.autograd.grad(f(x, w), [x, w]).map(bits);
      expect(got).toEqual(torch.autograd.grad(fn(x, w), [x, w]).map(bits));
    }
    expect(f(torch.randn(2, 3), w).grad_fn!.name()).not.toBe("CompiledFunctionBackward");
    expect(f(torch.randn(2, 3, { requires_grad: true }), w).grad_fn!.name()).toBe("CompiledFunctionBackward");
  });
  test("accumulate, run hooks of leaves, and refuse a second backward as ever", () => {
    const w = torch.ones(2, { requires_grad: true });
    const seen: unknown[] = [];
    w.register_hook((g) => void seen.push(g.tolist()));
    const f = torch.compile((x: Tensor) => x.mul(w).exp().sum());
    const x = torch.zeros(2).add(1);
    for (let i = 0; i < 4; i++) f(x).backward();
    expect(seen).toHaveLength(4);
    expect(w.grad!.tolist()[0 as never]).toBeCloseTo(4 * Math.E, 4);
    const y = f(x);
    y.backward();
    expect(() => y.backward()).toThrow("Trying to backward through the graph a second time");
    const z = f(x);
    z.backward(null, { retain_graph: true });
    z.backward();
    expect(isCompiled(f)).toBe(true);
  });
  test("of second order are computed eagerly", () => {
    const f = torch.compile((x: Tensor) => x.pow(3).sum());
    const x = torch.tensor([2], { requires_grad: true, dtype: torch.float64 });
    for (let i = 0; i < 4; i++) {
      const [g] = torch.autograd.grad(f(x), x, null, { create_graph: true });
      const [h] = torch.autograd.grad(g.sum(), x);
      expect([g.item(), h.item()]).toEqual([12, 12]);
    }
    expect(isCompiled(f)).toBe(true);
  });
  test("refuse tensors that were changed since", () => {
    const f = torch.compile((x: Tensor, w: Tensor) => x.mul(w).sum());
    const w = torch.ones(2, { requires_grad: true });
    const x = torch.ones(2);
    for (let i = 0; i < 4; i++) {
      const y = f(x, w);
      x.add_(1);
      expect(() => y.backward()).toThrow(
        "one of the variables needed for gradient computation has been modified by an inplace operation",
      );
    }
    expect(isCompiled(f)).toBe(true);
  });
});

describe("a call is another", () => {
  const count = (f: object): number => casesFor(f).length;
  test("for other shapes, dtypes, strides, numbers, structures and modes", () => {
    const f = torch.compile((x: Tensor, n = 1, o: { k: number } = { k: 0 }) => x.mul(n).add(o.k));
    const x = torch.ones(2, 3);
    const calls: (() => unknown)[] = [
      () => f(x),
      () => f(torch.ones(3, 3)),
      () => f(x.double()),
      () => f(torch.ones(3, 2).t()),
      () => f(x, 2),
      () => f(x, 1, { k: 2 }),
      () => torch.no_grad(() => f(x)),
    ];
    for (const [i, call] of calls.entries()) {
      for (let k = 0; k < 3; k++) call();
      expect(count(f)).toBe(i + 1);
    }
    for (const call of calls) call();
    expect([count(f), casesFor(f).every((c) => c.compiled !== null)]).toEqual([calls.length, true]);
  });
  test("for a module in another mode, or with another parameter or number", () => {
    const model = new nn.Sequential(new nn.Linear(3, 3), new nn.Dropout(0.5));
    const f = torch.compile(model);
    const x = torch.ones(2, 3);
    const settle = (): void => {
      for (let i = 0; i < 3; i++) f(x);
    };
    settle();
    model.eval();
    settle();
    expect(count(f)).toBe(2);
    expect(bits(f(x))).toEqual(bits(model(x)));
    (model[0] as nn.Linear).weight = new nn.Parameter(torch.ones(3, 3));
    settle();
    expect(count(f)).toBe(3);
    expect(bits(f(x))).toEqual(bits(model(x)));
    model.train();
    (model[1] as nn.Dropout).p = 0;
    settle();
    expect(bits(f(x))).toEqual(bits(model(x)));
  });
  test("eight times at most, and then a warning says why", () => {
    const texts: string[] = [];
    torch.set_warning_listener((text) => texts.push(text));
    const f = torch.compile((x: Tensor, n: number) => x.mul(n));
    for (let n = 0; n < 12; n++) expect(f(torch.ones(2), n).tolist()).toEqual([n, n]);
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain("torch._dynamo hit config.recompile_limit (8)");
    expect(texts[0]).toContain("among the arguments 7 became 8");
  });
});

describe("what cannot be captured stays eager", () => {
  test("where values are read", () => {
    const f = torch.compile((x: Tensor) => (x.sum().item() > 0 ? x.mul(2) : x.neg()));
    expect([1, -1, 1, -1].map((n) => f(torch.tensor([n])).item())).toEqual([2, 1, 2, 1]);
    expect(casesFor(f)[0].reason).toMatch(/^values of a tensor were read\n {2}at .*compile\.test\.ts/);
    expect(() => torch.compile((x: Tensor) => x.sum().item(), { fullgraph: true })(torch.ones(2))).toThrow(
      "values of a tensor were read",
    );
  });
  test("where it depends on what no guard sees", () => {
    let step = 0;
    const f = torch.compile((x: Tensor) => x.mul(++step));
    expect([1, 2, 3, 4, 5, 6].map(() => f(torch.ones(1)).item())).toEqual([1, 2, 3, 4, 5, 6]);
    const batches = [1, 2, 3, 4, 5].map((n) => torch.full([2], n));
    const g = torch.compile(() => batches.shift()!.mul(2));
    expect([1, 2, 3, 4, 5].map(() => g().tolist())).toEqual([2, 4, 6, 8, 10].map((n) => [n, n]));
  });
  test("where an index is out of bounds: the error is the eager one", () => {
    const f = torch.compile((x: Tensor, i: Tensor) => x.index_select(0, i).mul(2));
    const x = torch.arange(4);
    for (let k = 0; k < 4; k++) expect(f(x, torch.tensor([k], { dtype: torch.int64 })).tolist()).toEqual([2 * k]);
    expect(isCompiled(f)).toBe(true);
    expect(() => f(x, torch.tensor([4], { dtype: torch.int64 }))).toThrow("index out of range in self");
    expect(f(x, torch.tensor([3], { dtype: torch.int64 })).tolist()).toEqual([6]);
  });
  test("with hooks inside", () => {
    const seen: number[] = [];
    const w = torch.ones(2, { requires_grad: true });
    const f = torch.compile((x: Tensor) => {
      const y = x.mul(w);
      y.register_hook(() => void seen.push(1));
      return y.sum();
    });
    for (let i = 0; i < 4; i++) f(torch.ones(2)).backward();
    expect([seen.length, isCompiled(f)]).toEqual([4, false]);
    expect(casesFor(f)[0].reason).toContain("hooks on MulBackward0");
  });
  test("where it writes in place to an argument, in the graph", () => {
    const w = torch.ones(2, { requires_grad: true });
    const f = torch.compile((x: Tensor) => x.mul_(w));
    for (let i = 0; i < 4; i++) {
      const x = torch.ones(2);
      f(x);
      expect(x.grad_fn!.name()).toBe("MulBackward0");
    }
    expect(isCompiled(f)).toBe(false);
  });
  test("where its backward pass raises: it raises when it is asked for, as ever", () => {
    const f = torch.compile((x: Tensor) => torch.special.i1(x));
    const x = torch.ones(2, { dtype: torch.bfloat16, requires_grad: true });
    for (let i = 0; i < 4; i++) {
      const y = f(x);
      expect(() => y.sum().backward()).toThrow('"i1_backward" not implemented');
    }
    expect(isCompiled(f)).toBe(false);
  });
  test("inside of functions of functions, where its ops are seen one by one", () => {
    const f = torch.compile((x: Tensor) => x.pow(2).sum());
    const x = torch.tensor([1, 2, 3]);
    for (let i = 0; i < 3; i++) f(x);
    expect(torch.func.grad(f)(x).tolist()).toEqual([2, 4, 6]);
    expect(
      torch
        .vmap(f)(x.reshape([3, 1]))
        .tolist(),
    ).toEqual([1, 4, 9]);
  });
});

/** Losses of some steps, and the parameters after them; compiled as a model, as a step, or not at all. */
function trained(make: () => nn.Module, inputs: readonly Tensor[], how: "eager" | "model" | "step"): unknown[] {
  torch.manual_seed(0);
  const model = make();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const called = (how === "model" ? torch.compile(model) : model) as unknown as (...inputs: Tensor[]) => Tensor;
  const plain = (): Tensor => {
    const loss = called(...inputs)
      .pow(2)
      .mean();
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    return loss.detach();
  };
  const step = how === "step" ? torch.compile(plain) : plain;
  const losses = Array.from({ length: 7 }, () => step().item());
  if (how !== "eager") expect(isCompiled(how === "model" ? called : step)).toBe(true);
  return [...losses, ...[...model.parameters()].map((p) => p.tolist())];
}
class Block extends nn.Module {
  norm = new nn.LayerNorm([8]);
  qkv = new nn.Linear(8, 24);
  out = new nn.Linear(8, 8);
  up = new nn.Linear(8, 32);
  down = new nn.Linear(32, 8);
  forward(x: Tensor): Tensor {
    const [q, k, v] = this.qkv(this.norm(x)).view([2, 6, 3, 2, 4]).permute([2, 0, 3, 1, 4]).unbind(0);
    const seen = nn.functional.scaled_dot_product_attention(q, k, v, null, 0, true);
    x = x.add(this.out(seen.transpose(1, 2).reshape([2, 6, 8])));
    return x.add(this.down(nn.functional.gelu(this.up(x))));
  }
}
class Recurrent extends nn.Module {
  lstm = new nn.LSTM(8, 5, { batch_first: true });
  forward(x: Tensor): Tensor {
    return this.lstm(x)[0];
  }
}
/** Sums of joined kernels may go in another order. */
const close = (x: unknown): unknown =>
  Array.isArray(x) ? x.map(close) : typeof x === "number" ? expect.closeTo(x, 4) : x;
describe("models trained compiled end where they end eagerly:", () => {
  const models: Record<string, [make: () => nn.Module, inputs: Tensor[]]> = {
    MLP: [
      () => new nn.Sequential(new nn.Linear(6, 9), new nn.ReLU(), new nn.Dropout(0.3), new nn.Linear(9, 2)),
      [torch.randn(4, 6)],
    ],
    CNN: [
      () =>
        new nn.Sequential(
          new nn.Conv2d(1, 3, 3, { padding: 1, bias: false }),
          new nn.BatchNorm2d(3),
          new nn.ReLU(),
          new nn.MaxPool2d(2),
          new nn.Conv2d(3, 2, 3, { padding: 1 }),
          new nn.Flatten(),
          new nn.Linear(32, 3),
        ),
      [torch.randn(2, 1, 8, 8)],
    ],
    "a block of a transformer": [() => new Block(), [torch.randn(2, 6, 8)]],
    LSTM: [() => new Recurrent(), [torch.randn(2, 6, 8)]],
  };
  for (const [name, [make, inputs]] of Object.entries(models)) {
    test(`${name}, the model alone`, () => {
      expect(trained(make, inputs, "model")).toEqual(close(trained(make, inputs, "eager")));
    });
    test(`${name}, the whole step`, () => {
      expect(trained(make, inputs, "step")).toEqual(close(trained(make, inputs, "eager")));
    });
  }
});
test("results are the same bits from run to run", () => {
  const make = (): nn.Module => new nn.Sequential(new nn.Conv2d(1, 3, 3), new nn.BatchNorm2d(3), new nn.Flatten());
  const inputs = [torch.randn(2, 1, 8, 8)];
  expect(trained(make, inputs, "step")).toEqual(trained(make, inputs, "step"));
});

describe("torch._dynamo.explain", () => {
  test("counts ops and kernels: tanh(x * a + b) * exp(-x) is one kernel, one read of each and one write", () => {
    const fn = (x: Tensor, a: Tensor, b: Tensor): Tensor => x.mul(a).add(b).tanh().mul(x.neg().exp());
    const told = torch._dynamo.explain(fn)(torch.ones(8, 8), torch.ones(8), torch.ones([]));
    expect(told).toEqual({
      graph_count: 1,
      graph_break_count: 0,
      break_reasons: [],
      op_count: 6,
      launches: { eager: 6, compiled: 1 },
      // x, a, b and the result against what six kernels read and write.
      bytes: { eager: 4 * (64 + 8 + 64 + (64 + 1 + 64) + 3 * 128 + 3 * 64), compiled: 4 * (64 + 8 + 1 + 64) },
    });
  });
  test("tells why a call stays eager", () => {
    const { graph_count, break_reasons } = torch._dynamo.explain((x: Tensor) => x.nonzero())(torch.ones(2));
    expect([graph_count, break_reasons.length]).toEqual([0, 1]);
  });
  test("and torch.compiler.reset forgets what was compiled", () => {
    const f = torch.compile((x: Tensor) => x.add(1));
    for (let i = 0; i < 3; i++) f(torch.ones(2));
    torch.compiler.reset();
    f(torch.ones(2));
    expect(isCompiled(f)).toBe(false);
    expect(torch.compiler.is_compiling()).toBe(false);
  });
});
