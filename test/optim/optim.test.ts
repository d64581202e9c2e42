import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { optim } from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

type Nested = number | Nested[];
interface Case {
  optimizer: keyof typeof classes;
  problem: "mlp" | "rosenbrock";
  options: object;
  groups?: { params: number[] }[];
  /** Before each of ten steps. */
  losses: number[];
  /** The parameters after the tenth. */
  last: Nested[];
  state: (Record<string, Nested> | null)[];
  /** How often each of LBFGS's steps called its closure. */
  calls?: number[];
}
interface Recording {
  problems: Record<string, { params: Nested[]; x?: Nested; y?: Nested }>;
  cases: Case[];
}
// Written by PyTorch 2.13 in float64.
const recorded = JSON.parse(readFileSync(new URL("../recorded/optim.json", import.meta.url), "utf8")) as Recording;

const double = (values: Nested): Tensor => torch.tensor(values, { dtype: torch.float64 });
const leaf = (values: Nested): Tensor => double(values).requires_grad_();
const flat = (values: Nested): number[] => (Array.isArray(values) ? values.flatMap(flat) : [values]);
const values = (x: Tensor): number[] => flat(x.tolist() as Nested);
function expectClose(actual: Tensor, expected: Nested, relative = 1e-12): void {
  const [a, e] = [values(actual), flat(expected)];
  expect(a.length).toBe(e.length);
  for (const [i, x] of a.entries())
    expect(Math.abs(x - e[i])).toBeLessThanOrEqual(relative * Math.max(1, Math.abs(e[i])));
}

const losses = {
  mlp: ([w1, b1, w2, b2]: Tensor[], x: Tensor, y: Tensor): Tensor =>
    x.matmul(w1.t()).add(b1).tanh().matmul(w2.t()).add(b2).sub(y).square().mean(),
  rosenbrock: ([x]: Tensor[]): Tensor => {
    const [now, next] = [x.slice(0, 0, -1), x.slice(0, 1)];
    return next.sub(now.square()).square().mul(100).add(now.rsub(1).square()).sum();
  },
};

const { SGD, Adam, AdamW, RMSprop, Adagrad, Adadelta, Adamax, NAdam, RAdam, ASGD, Rprop, Adafactor, LBFGS } = optim;
const classes = { SGD, Adam, AdamW, RMSprop, Adagrad, Adadelta, Adamax, NAdam, RAdam, ASGD, Rprop, Adafactor, LBFGS };

describe("ten steps in float64 agree with PyTorch", () => {
  test.each(
    recorded.cases.map((c) => [`${c.optimizer} on ${c.problem} with ${JSON.stringify(c.options)}`, c] as const),
  )("%s", (_name, { optimizer: name, problem, options, groups, losses: expected, last, state, calls }) => {
    const { params: start, x, y } = recorded.problems[problem];
    const params = start.map(leaf);
    const [input, target] = [double(x ?? 0), double(y ?? 0)];
    const chosen = groups?.map((g) => ({ ...g, params: g.params.map((i) => params[i]) })) ?? params;
    const optimizer = new classes[name](chosen as Tensor[], options);
    const seen: number[] = [];
    const closures: number[] = [];
    for (let step = 0; step < 10; step++) {
      closures.push(0);
      const loss = optimizer.step(() => {
        closures[step]++;
        optimizer.zero_grad();
        const loss = losses[problem](params, input, target);
        loss.backward();
        return loss;
      });
      seen.push(loss.item());
    }
    if (calls) expect(closures).toEqual(calls);
    // LBFGS takes many iterations a step, each of which follows the rounding of all before.
    const tolerance = name === "LBFGS" ? 1e-9 : 1e-12;
    expectClose(double(seen), expected, tolerance);
    for (const [i, param] of params.entries()) expectClose(param, last[i], tolerance);
    if (optimizer instanceof LBFGS) {
      const { func_evals, n_iter } = optimizer.state.get(params[0])!;
      expect({ func_evals, n_iter }).toEqual(state[0]);
      return;
    }
    const mine = optimizer.state_dict().state as Record<number, Record<string, Tensor>>;
    for (const [id, expectedState] of state.entries()) {
      expect(Object.keys(mine[id] ?? {}).sort()).toEqual(Object.keys(expectedState ?? {}).sort());
      for (const [key, value] of Object.entries(expectedState ?? {}))
        // mu_product is float32 in PyTorch.
        expectClose(mine[id][key], value, key === "mu_product" ? 1e-6 : 1e-12);
    }
  });
});

describe("differentiable steps", () => {
  const differentiable = recorded.cases.filter(
    ({ optimizer: name, groups }) => groups === undefined && "differentiable" in new classes[name]([leaf(1)]).defaults,
  );
  test("are those of every optimizer whose steps PyTorch can record", () => {
    const names = [...new Set(differentiable.map(({ optimizer }) => optimizer))].sort();
    expect(names).toEqual("ASGD Adadelta Adagrad Adam AdamW Adamax NAdam RAdam RMSprop Rprop SGD".split(" "));
  });
  test.each(differentiable.map((c) => [`${c.optimizer} with ${JSON.stringify(c.options)}`, c] as const))(
    "%s",
    (_name, { optimizer: name, options }) => {
      const [start, ...grads] = [
        [2, -1, 0.5],
        [0.3, -0.7, 0.2],
        [0.1, 0.4, -0.9],
        [-0.6, 0.8, 1.1],
      ].map(leaf);
      const steps = (start: Tensor, grads: readonly Tensor[], differentiable: boolean): Tensor => {
        const p = differentiable ? start.clone() : start.detach().clone();
        const optimizer = new classes[name]([p], { ...options, differentiable });
        for (const grad of grads) {
          p.grad = differentiable ? grad : grad.detach();
          optimizer.step();
        }
        return p;
      };
      expectClose(steps(start, grads, true), values(steps(start, grads, false)));
      const f = (start: Tensor, ...grads: Tensor[]): Tensor => steps(start, grads, true);
      expect(torch.autograd.gradcheck(f, [start, ...grads])).toBe(true);
    },
  );
  test("go through the product of momenta that NAdam keeps", () => {
    const [start, grad, product] = [[1, 2], [3, -1], 0.9].map(leaf);
    const f = (start: Tensor, product: Tensor): Tensor => {
      const p = start.clone();
      const optimizer = new NAdam([p], { differentiable: true, lr: 0.1 });
      const [exp_avg, exp_avg_sq] = [double([0.5, 0.25]), double([1, 2])];
      optimizer.state.set(p, { step: torch.tensor(3), mu_product: product.clone(), exp_avg, exp_avg_sq });
      p.grad = grad;
      optimizer.step();
      return p;
    };
    expect(torch.autograd.gradcheck(f, [start, product])).toBe(true);
  });
  test("go through momenta that were given, complex parameters and steps uphill", () => {
    const [start, grad, momentum] = [
      [1, 2],
      [3, -1],
      [0.5, 0.25],
    ].map((x) => torch.complex(double(x), double([1, 2])));
    for (const x of [start, grad, momentum]) x.requires_grad_();
    const f = (start: Tensor, grad: Tensor, momentum: Tensor): Tensor => {
      const p = start.clone();
      const optimizer = new Adam([p], { differentiable: true, maximize: true, amsgrad: true });
      const squares = (): Tensor => torch.ones([2], { dtype: torch.complex128 });
      const state = { step: torch.tensor(3), exp_avg: momentum.clone() };
      optimizer.state.set(p, { ...state, exp_avg_sq: squares(), max_exp_avg_sq: squares() });
      p.grad = grad;
      optimizer.step();
      return torch.view_as_real(p);
    };
    expect(torch.autograd.gradcheck(f, [start, grad, momentum])).toBe(true);
  });
});

const one = (...values: number[]): Tensor => torch.tensor(values, { requires_grad: true });
/** A step on the gradient that is given. */
function stepWith(optimizer: { step(): null }, param: Tensor, grad: number[]): void {
  param.grad = torch.tensor(grad);
  optimizer.step();
}

// PyTorch's float32 values after three steps, to five places.
test.each<[string, (p: Tensor[]) => optim.AnyOptimizer, number[]]>([
  ["Adam", (p) => new optim.Adam(p, { lr: 0.1 }), [0.70159, -0.20487]],
  ["Adam with decay", (p) => new optim.Adam(p, { lr: 0.1, weight_decay: 0.1 }), [0.70159, -0.20487]],
  ["AdamW", (p) => new optim.AdamW(p, { lr: 0.1, weight_decay: 0.1 }), [0.6751, -0.19342]],
  ["RMSprop", (p) => new optim.RMSprop(p, { lr: 0.1 }), [0, 0.07639]],
  ["centered RMSprop", (p) => new optim.RMSprop(p, { lr: 0.1, momentum: 0.9, centered: true }), [-1.03948, 0.16532]],
  ["Adagrad", (p) => new optim.Adagrad(p, { lr: 0.1 }), [0.78046, -0.2909]],
  ["Adadelta", (p) => new optim.Adadelta(p, { lr: 1 }), [0.99031, -0.49033]],
  ["Adamax", (p) => new optim.Adamax(p, { lr: 0.1 }), [0.7155, -0.23091]],
  ["NAdam", (p) => new optim.NAdam(p, { lr: 0.1 }), [0.75273, -0.26473]],
  ["RAdam", (p) => new optim.RAdam(p, { lr: 0.1 }), [0.4623, 0.13362]],
  ["ASGD", (p) => new optim.ASGD(p, { lr: 0.1 }), [0.51198, -0.032]],
  ["Rprop", (p) => new optim.Rprop(p, { lr: 0.1 }), [0.636, -0.136]],
  ["Adafactor", (p) => new optim.Adafactor(p, { lr: 0.1 }), [0.79109, -0.29937]],
])("three steps of %s in float32 agree with PyTorch and leave no memory behind", (_name, make, expected) => {
  const w = one(1, -0.5);
  const optimizer = make([w]);
  for (let i = 0; i < 3; i++) {
    optimizer.zero_grad();
    w.square()
      .mul(torch.tensor([1, 3]))
      .sum()
      .backward();
    const { live } = w.backend.memoryStats();
    optimizer.step();
    if (i > 0) expect(w.backend.memoryStats().live).toBeLessThanOrEqual(live);
  }
  for (const [i, x] of values(w).entries()) expect(x).toBeCloseTo(expected[i], 4);
});

describe("the text of an optimizer is PyTorch's", () => {
  const texts: [string, (p: Tensor[]) => object, string][] = [
    [
      "SGD",
      (p) => new optim.SGD(p),
      "dampening: 0, differentiable: False, foreach: None, fused: None, lr: 0.001, maximize: False, momentum: 0, nesterov: False, weight_decay: 0",
    ],
    [
      "Adam",
      (p) => new optim.Adam(p),
      "amsgrad: False, betas: (0.9, 0.999), capturable: False, decoupled_weight_decay: False, differentiable: False, eps: 1e-08, foreach: None, fused: None, lr: 0.001, maximize: False, weight_decay: 0",
    ],
    [
      "AdamW",
      (p) => new optim.AdamW(p),
      "amsgrad: False, betas: (0.9, 0.999), capturable: False, decoupled_weight_decay: True, differentiable: False, eps: 1e-08, foreach: None, fused: None, lr: 0.001, maximize: False, weight_decay: 0.01",
    ],
    [
      "RMSprop",
      (p) => new optim.RMSprop(p),
      "alpha: 0.99, capturable: False, centered: False, differentiable: False, eps: 1e-08, foreach: None, lr: 0.01, maximize: False, momentum: 0, weight_decay: 0",
    ],
    [
      "Adagrad",
      (p) => new optim.Adagrad(p),
      "differentiable: False, eps: 1e-10, foreach: None, fused: None, initial_accumulator_value: 0, lr: 0.01, lr_decay: 0, maximize: False, weight_decay: 0",
    ],
    [
      "Adamax",
      (p) => new optim.Adamax(p),
      "betas: (0.9, 0.999), capturable: False, differentiable: False, eps: 1e-08, foreach: None, lr: 0.002, maximize: False, weight_decay: 0",
    ],
    [
      "NAdam",
      (p) => new optim.NAdam(p),
      "betas: (0.9, 0.999), capturable: False, decoupled_weight_decay: False, differentiable: False, eps: 1e-08, foreach: None, lr: 0.002, maximize: False, momentum_decay: 0.004, weight_decay: 0",
    ],
    [
      "RAdam",
      (p) => new optim.RAdam(p),
      "betas: (0.9, 0.999), capturable: False, decoupled_weight_decay: False, differentiable: False, eps: 1e-08, foreach: None, lr: 0.001, maximize: False, weight_decay: 0",
    ],
    [
      "ASGD",
      (p) => new optim.ASGD(p, { t0: 0.5 }),
      "alpha: 0.75, capturable: False, differentiable: False, foreach: None, lambd: 0.0001, lr: 0.01, maximize: False, t0: 0.5, weight_decay: 0",
    ],
    [
      "Rprop",
      (p) => new optim.Rprop(p),
      "capturable: False, differentiable: False, etas: (0.5, 1.2), foreach: None, lr: 0.01, maximize: False, step_sizes: (1e-06, 50)",
    ],
    [
      "Adafactor",
      (p) => new optim.Adafactor(p, { d: 1.5, weight_decay: 0.5 }),
      "beta2_decay: -0.8, d: 1.5, eps: (None, 0.001), foreach: None, lr: 0.01, maximize: False, weight_decay: 0.5",
    ],
    [
      "LBFGS",
      (p) => new optim.LBFGS(p),
      "history_size: 100, line_search_fn: None, lr: 1, max_eval: 25, max_iter: 20, tolerance_change: 1e-09, tolerance_grad: 1e-07",
    ],
    [
      "Muon",
      () => new optim.Muon([leaf([[1]])]),
      "adjust_lr_fn: None, eps: 1e-07, lr: 0.001, momentum: 0.95, nesterov: True, ns_coefficients: (3.4445, -4.775, 2.0315), ns_steps: 5, weight_decay: 0.1",
    ],
  ];
  test.each(texts)("for %s", (name, make, options) => {
    const lines = options.replaceAll(/(^|, )(?=[a-z_\d]+:)/g, "\n    ");
    expect(String(make([one(1)]))).toBe(`${name} (\nParameter Group 0${lines}\n)`);
  });

  test("for two groups and for names", () => {
    const [w, v] = [one(1, 1), one(1)];
    const two = new optim.SGD([{ params: [w], lr: 0.1 }, { params: v }], { lr: 1e-5, momentum: 0.9, nesterov: true });
    const group = (lr: string): string =>
      `    dampening: 0\n    differentiable: False\n    foreach: None\n    fused: None\n    lr: ${lr}\n    maximize: False\n    momentum: 0.9\n    nesterov: True\n    weight_decay: 0\n`;
    expect(String(two)).toBe(`SGD (\nParameter Group 0\n${group("0.1")}\nParameter Group 1\n${group("1e-05")})`);
    expect(String(new optim.SGD([["w", w]] as const))).toContain("    param_names: ['w']\n");
  });
});

describe("bad arguments raise PyTorch's sentences", () => {
  const w = one(1, 1);
  class Net {}
  const module: unknown = Object.setPrototypeOf(() => w, Net.prototype); // callable, as modules are
  const cases: [string, () => unknown, string][] = [
    ["an empty list", () => new optim.SGD([]), "ValueError: optimizer got an empty parameter list"],
    [
      "a tensor",
      () => new optim.SGD(w),
      "TypeError: params argument given to the optimizer should be an iterable of Tensors or dicts, but got torch.FloatTensor",
    ],
    [
      "a number",
      () => new optim.SGD(3 as never),
      "TypeError: params argument given to the optimizer should be an iterable of Tensors or dicts, but got int",
    ],
    [
      "a module",
      () => new optim.SGD(module as never),
      "TypeError: params argument given to the optimizer should be an iterable of Tensors or dicts, but got Net",
    ],
    [
      "a list of numbers",
      () => new optim.SGD([1.5] as never),
      "TypeError: optimizer can only optimize Tensors, but one of the params is float",
    ],
    [
      "null",
      () => new optim.SGD([w, null] as never),
      "TypeError: optimizer can only optimize Tensors, but one of the params is NoneType",
    ],
    [
      "a group after a tensor",
      () => new optim.SGD([w, { params: [w] }] as never),
      "TypeError: optimizer can only optimize Tensors, but one of the params is dict",
    ],
    [
      "a tensor after a group",
      () => new optim.SGD([{ params: [w] }, w] as never),
      "TypeError: param_group must be a dict, but got Tensor",
    ],
    ["a group without params", () => new optim.SGD([{ lr: 1 }] as never), "KeyError: 'params'"],
    [
      "a set in a group",
      () => new optim.SGD([{ params: new Set([w]) }]),
      "TypeError: optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change between runs. Please use a list instead.",
    ],
    ["a non-leaf", () => new optim.SGD([w.mul(2)]), "ValueError: can't optimize a non-leaf Tensor"],
    [
      "a parameter twice",
      () => new optim.SGD([{ params: [w] }, { params: [w] }]),
      "ValueError: some parameters appear in more than one parameter group",
    ],
    [
      "some names",
      () => new optim.SGD([w, ["v", one(1)]] as never),
      "ValueError: all optimizer params should be with/without names. Some param names are missing",
    ],
    ["a negative lr", () => new optim.SGD([w], { lr: -1 }), "ValueError: Invalid learning rate: -1"],
    ["an lr of NaN", () => new optim.Adam([w], { lr: NaN }), "ValueError: Invalid learning rate: nan"],
    ["a negative momentum", () => new optim.SGD([w], { momentum: -1 }), "ValueError: Invalid momentum value: -1"],
    [
      "a negative decay",
      () => new optim.SGD([w], { weight_decay: -0.5 }),
      "ValueError: Invalid weight_decay value: -0.5",
    ],
    [
      "nesterov alone",
      () => new optim.SGD([w], { nesterov: true }),
      "ValueError: Nesterov momentum requires a momentum and zero dampening",
    ],
    ["a negative eps", () => new optim.Adam([w], { eps: -0.5 }), "ValueError: Invalid epsilon value: -0.5"],
    ["beta 1 of 1", () => new optim.Adam([w], { betas: [1, 0.5] }), "ValueError: Invalid beta parameter at index 0: 1"],
    [
      "beta 2 of 1",
      () => new optim.AdamW([w], { betas: [0.5, 1] }),
      "ValueError: Invalid beta parameter at index 1: 1",
    ],
    ["a negative alpha", () => new optim.RMSprop([w], { alpha: -1 }), "ValueError: Invalid alpha value: -1"],
    ["a rho of 2", () => new optim.Adadelta([w], { rho: 2 }), "ValueError: Invalid rho value: 2"],
    [
      "etas that do not shrink",
      () => new optim.Rprop([w], { etas: [1.5, 2] }),
      "ValueError: Invalid eta values: 1.5, 2",
    ],
    [
      "a clipping threshold below 1",
      () => new optim.Adafactor([w], { d: 0.5 }),
      "ValueError: Clipping threshold d should be >= 1 but is: 0.5",
    ],
    [
      "a growing beta2",
      () => new optim.Adafactor([w], { beta2_decay: 0.5 }),
      "ValueError: beta2_decay should be <= 0 but is: 0.5",
    ],
    [
      "a negative epsilon2",
      () => new optim.Adafactor([w], { eps: [null, -1] }),
      "ValueError: epsilon2 should be >= 0 but is: -1",
    ],
    [
      "two groups for LBFGS",
      () => new optim.LBFGS([{ params: [w] }, { params: [one(1)] }]),
      "ValueError: LBFGS doesn't support per-parameter options (parameter groups)",
    ],
    [
      "a step of LBFGS without a closure",
      () => new optim.LBFGS([w]).step(),
      "TypeError: LBFGS.step() missing 1 required positional argument: 'closure'",
    ],
    [
      "another line search",
      () => new optim.LBFGS([w], { line_search_fn: "armijo" }).step(() => 1),
      "RuntimeError: only 'strong_wolfe' is supported",
    ],
    [
      "an unknown option",
      () => new optim.SGD([w], { beta: 3 } as never),
      "TypeError: SGD.__init__() got an unexpected keyword argument 'beta'",
    ],
    [
      "text for lr",
      () => new optim.AdamW([w], { lr: "a" } as never),
      "TypeError: AdamW.__init__(): argument 'lr' must be float, not str",
    ],
    [
      "fused and differentiable",
      () => new optim.SGD([w], { differentiable: true, fused: true }),
      "RuntimeError: `fused` does not support `differentiable`",
    ],
    [
      "a differentiable step of a leaf, as any change in place of one",
      () => {
        const p = one(1);
        p.grad = torch.ones([1]);
        new optim.SGD([p], { differentiable: true }).step();
      },
      "RuntimeError: a leaf Variable that requires grad is being used in an in-place operation.",
    ],
  ];
  test.each(cases)("%s", (_name, make, expected) => {
    let text = "nothing";
    try {
      make();
    } catch (error) {
      const { name, message } = error as Error;
      text = `${name}: ${message.split("\n")[0]}`;
    }
    expect(text).toBe(expected);
  });

  test("and a group that is refused is not added", () => {
    const optimizer = new optim.SGD([w]);
    expect(() => optimizer.add_param_group({ params: [one(1), w] })).toThrow("more than one parameter group");
    expect(optimizer.param_groups.length).toBe(1);
  });

  test("a parameter twice in a group is warned of and stepped twice", () => {
    const texts: string[] = [];
    const before = torch.set_warning_listener((text) => texts.push(text));
    const a = one(1);
    stepWith(new optim.SGD([a, a], { lr: 0.1 }), a, [1]);
    torch.set_warning_listener(before);
    expect(texts[0]).toMatch(/^optimizer contains a parameter group with duplicate parameters; in future/);
    expect(a.item()).toBeCloseTo(0.8, 6);
  });
});

describe("LBFGS", () => {
  function problem(): { w: Tensor; closure: (optimizer: optim.LBFGS) => () => Tensor } {
    const w = leaf([2, -1, 0.5]);
    const closure = (optimizer: optim.LBFGS) => () => {
      optimizer.zero_grad();
      const loss = losses.rosenbrock([w]);
      loss.backward();
      return loss;
    };
    return { w, closure };
  }
  test("returns the loss of the closure's first call, finds the minimum and calls its hooks", () => {
    const { w, closure } = problem();
    const optimizer = new LBFGS([w], { max_iter: 100, tolerance_change: 1e-12, line_search_fn: "strong_wolfe" });
    const hooks: string[] = [];
    optimizer.register_step_pre_hook(() => void hooks.push("before"));
    optimizer.register_step_post_hook(() => void hooks.push("after"));
    const start = losses.rosenbrock([w]).item();
    expect(optimizer.step(closure(optimizer)).item()).toBe(start);
    expectClose(w, [1, 1, 1], 1e-6);
    expect(hooks).toEqual(["before", "after"]);
  });
  test.each([null, "strong_wolfe"])("with line search %s goes on from its state", (line_search_fn) => {
    const [one, two] = [problem(), problem()];
    const make = (w: Tensor): optim.LBFGS => new LBFGS([w], { lr: 0.01, max_iter: 3, line_search_fn });
    const optimizer = make(one.w);
    optimizer.step(one.closure(optimizer));
    torch.no_grad(() => two.w.copy_(one.w));
    const resumed = make(two.w);
    resumed.load_state_dict(optimizer.state_dict());
    optimizer.step(one.closure(optimizer));
    resumed.step(two.closure(resumed));
    expect(values(two.w)).toEqual(values(one.w));
  });
  test("takes parameters without gradients, of several shapes, and losses that are numbers", () => {
    const [a, b, idle] = [leaf([[1, 2]]), leaf(3), leaf([5])];
    const optimizer = new LBFGS([a, b, idle]);
    optimizer.step(() => {
      optimizer.zero_grad();
      const loss = a.square().sum().add(b.sub(1).square());
      loss.backward();
      return loss.item();
    });
    expectClose(a, [[0, 0]], 1e-9);
    expectClose(b, 1, 1e-9);
    expect(idle.item()).toBe(5);
  });
});

describe("Muon", () => {
  const matrix = (rows: number, columns: number): Tensor => torch.randn([rows, columns]).requires_grad_();
  test.each<[object, number[][]]>([
    [
      {},
      [
        [1.2791, -0.2808, -2.0104],
        [0.6388, -0.8452, -1.1994],
        [0.4947, 0.5466, -0.5173],
        [-0.2293, -0.4363, 0.2237],
      ],
    ],
    [
      { nesterov: false, adjust_lr_fn: "match_rms_adamw" },
      [
        [1.4188, -0.2839, -2.0805],
        [0.5854, -0.9798, -1.301],
        [0.4316, 0.7181, -0.6315],
        [-0.3319, -0.5289, 0.1955],
      ],
    ],
  ])("with %j agrees with PyTorch after three steps, to the digits of bfloat16", (options, expected) => {
    torch.manual_seed(0);
    const p = matrix(4, 3);
    const optimizer = new optim.Muon([p], { lr: 0.1, ...options });
    for (let i = 0; i < 3; i++) {
      optimizer.zero_grad();
      p.square().sum().backward();
      optimizer.step();
    }
    for (const [i, x] of values(p).entries()) expect(Math.abs(x - flat(expected)[i])).toBeLessThan(0.01);
  });
  test("moves by a matrix whose singular values are all near 1", () => {
    torch.manual_seed(0);
    const p = matrix(6, 10);
    const before = p.detach().clone();
    const optimizer = new optim.Muon([p], { lr: 1, weight_decay: 0 });
    p.square().sum().backward();
    optimizer.step();
    for (const s of values(torch.linalg.svdvals(before.sub(p.detach())))) expect(Math.abs(s - 0.95)).toBeLessThan(0.35);
  });
  test.each<[string, () => unknown, string]>([
    [
      "a vector",
      () => new optim.Muon([one(1, 2)]),
      "Muon only supports 2D parameters whereas we found a parameter with size: torch.Size([2])",
    ],
    ["a negative rate", () => new optim.Muon([matrix(1, 1)], { lr: -1 }), "Learning rate should be >= 0 but is: -1"],
    [
      "an unknown adjustment",
      () => new optim.Muon([matrix(1, 1)], { adjust_lr_fn: "x" }),
      "Adjust learning rate function x is not supported",
    ],
    [
      "too many iterations",
      () => {
        const p = matrix(1, 1);
        p.sum().backward();
        new optim.Muon([p], { ns_steps: 100 }).step();
      },
      "Number of steps must be less than 100 for computational efficiency",
    ],
  ])("refuses %s", (_name, run, message) => expect(run).toThrow(message));
});

describe("an optimizer", () => {
  test("takes parameters from a generator, and the learning rate by place", () => {
    const params = [one(1), one(2)];
    const optimizer = new optim.SGD(
      (function* () {
        yield* params;
      })(),
      0.5,
      { momentum: 0.9 },
    );
    expect(optimizer.param_groups[0].params.map((p) => params.indexOf(p))).toEqual([0, 1]);
    expect([optimizer.defaults.lr, optimizer.defaults.momentum]).toEqual([0.5, 0.9]);
  });

  test("leaves parameters without a gradient alone and remembers nothing of them", () => {
    const [a, b] = [one(1), one(1)];
    const optimizer = new optim.Adam([a, b], { lr: 0.1 });
    a.mul(2).sum().backward();
    optimizer.step();
    expect([a.item(), b.item(), optimizer.state.size]).toEqual([expect.closeTo(0.9, 6), 1, 1]);
  });

  test("sets gradients to null, or to zero in place", () => {
    const w = one(1);
    const optimizer = new optim.SGD([w], { lr: 0.1 });
    w.mul(2).sum().backward();
    const { grad } = w;
    optimizer.zero_grad({ set_to_none: false });
    expect([String(w.grad), w.grad === grad]).toEqual(["tensor([0.])", true]);
    optimizer.zero_grad();
    expect([w.grad, String(grad)]).toEqual([null, "tensor([0.])"]);
  });

  test("zeroes a gradient that is part of a graph, and cuts it off", () => {
    const w = one(3);
    w.grad = w.mul(2);
    expect(w.grad.requires_grad).toBe(true);
    new optim.SGD([w]).zero_grad(false);
    expect([w.grad.requires_grad, w.grad.item()]).toEqual([false, 0]);
  });

  test("calls a closure with recording on and returns its loss", () => {
    const w = one(2);
    const optimizer = new optim.SGD([w], { lr: 0.1 });
    const loss = torch.no_grad(() =>
      optimizer.step(() => {
        optimizer.zero_grad();
        const loss = w.square().sum();
        loss.backward();
        return loss;
      }),
    );
    expect(loss.item()).toBe(4);
    expect(w.item()).toBeCloseTo(1.6, 6);
    expect(optimizer.step()).toBe(null);
    expect(w.item()).toBeCloseTo(1.2, 6);
    expect(torch.is_grad_enabled()).toBe(true);
  });

  test("keeps momentum going on gradients of zero, and stops on null", () => {
    const after = (set_to_none: boolean): number => {
      const w = one(1);
      const optimizer = new optim.SGD([w], { lr: 0.1, momentum: 0.9 });
      w.sum().backward();
      optimizer.step();
      optimizer.zero_grad(set_to_none);
      optimizer.step();
      return w.item();
    };
    expect(after(true)).toBeCloseTo(0.9, 6);
    expect(after(false)).toBeCloseTo(0.81, 6);
  });

  test("bumps the version of what it changes, so that a stale graph is noticed", () => {
    const w = one(1);
    const loss = w.mul(w).sum();
    stepWith(new optim.SGD([w], { lr: 0.1 }), w, [1]);
    expect(w._version).toBe(1);
    expect(() => loss.backward()).toThrow("has been modified by an inplace operation");
  });

  test("reads options from the group at each step", () => {
    const w = one(1);
    const optimizer = new optim.SGD([w], { lr: 0.1 });
    optimizer.param_groups[0].lr = 0.5;
    stepWith(optimizer, w, [1]);
    expect(w.item()).toBe(0.5);
  });

  test("calls hooks around the step until they are removed", () => {
    const w = one(1);
    const optimizer = new optim.SGD([w], { lr: 1 });
    const seen: unknown[] = [];
    const before = optimizer.register_step_pre_hook(
      (o, args) => void seen.push("pre", o === (optimizer as unknown), args.length),
    );
    optimizer.register_step_post_hook(() => void seen.push("post", w.item()));
    stepWith(optimizer, w, [1]);
    before.remove();
    optimizer.step(() => 3);
    expect(seen).toEqual(["pre", true, 0, "post", 0, "post", -1]);
  });

  test("may be the user's own, with state that lives on", () => {
    class Average extends optim.Optimizer {
      protected override update(param: Tensor, grad: Tensor, { lr }: optim.ParamGroup<{ lr: number }>): void {
        const state = this.stateOf(param, () => ({ mean: torch.zeros_like(param) }));
        state.mean = state.mean.add(grad).mul(0.5);
        param.sub_(state.mean.mul(lr));
      }
    }
    const w = one(1, 2);
    const optimizer = new Average([w], { lr: 1 });
    for (let i = 0; i < 2; i++) stepWith(optimizer, w, [2, 4]);
    expect(w.tolist()).toEqual([1 - 1 - 1.5, 2 - 2 - 3]);
    expect(optimizer.state.get(w)!.mean.tolist()).toEqual([1.5, 3]);
  });
});

describe("a state dict", () => {
  test("has PyTorch's format", () => {
    const a = one(1, 1);
    const optimizer = new optim.SGD([a], { lr: 0.1, momentum: 0.9 });
    expect(optimizer.state_dict().state).toEqual({});
    stepWith(optimizer, a, [1, 1]);
    const { state, param_groups } = optimizer.state_dict();
    expect(String(state[0].momentum_buffer)).toBe("tensor([1., 1.])");
    expect(param_groups).toEqual([
      {
        lr: 0.1,
        momentum: 0.9,
        dampening: 0,
        weight_decay: 0,
        nesterov: false,
        maximize: false,
        foreach: null,
        differentiable: false,
        fused: null,
        params: [0],
      },
    ]);
  });

  test("numbers the parameters through all groups", () => {
    const [a, b, c] = [one(1), one(2), one(3)];
    const { param_groups } = new optim.Adagrad([{ params: [a, b] }, { params: [c] }]).state_dict();
    expect(param_groups.map((g) => g.params)).toEqual([[0, 1], [2]]);
  });

  test("lets another optimizer go on where the first was, in its own dtype", () => {
    const run = (optimizer: optim.Adam, w: Tensor, steps: number): void => {
      for (let i = 0; i < steps; i++) {
        optimizer.zero_grad();
        w.mul(w).mul(w).sum().backward();
        optimizer.step();
      }
    };
    const [straight, first] = [leaf([1, -2]), leaf([1, -2])];
    run(new optim.Adam([straight], { lr: 0.1, amsgrad: true }), straight, 6);
    const half = new optim.Adam([first], { lr: 0.1, amsgrad: true });
    run(half, first, 3);
    const second = first.detach().clone().requires_grad_();
    const rest = new optim.Adam([second], { lr: 0.7 });
    rest.load_state_dict(half.state_dict());
    run(half, first, 1); // must not be seen by the copy
    run(rest, second, 3);
    expect(second.tolist()).toEqual(straight.tolist());
    expect(rest.param_groups[0].lr).toBe(0.1);

    const single = one(1, 1);
    const other = new optim.Adam([single]);
    other.load_state_dict(half.state_dict());
    const state = other.state.get(single)!;
    expect([state.exp_avg.dtype, state.step.dtype, state.step.item()]).toEqual([torch.float32, torch.float32, 4]);
  });

  test("of other groups is refused, and nothing is changed", () => {
    const [a, b] = [one(1), one(1)];
    const smaller = new optim.SGD([a], { lr: 0.1 }).state_dict();
    const grouped = new optim.SGD([{ params: [a] }, { params: [b] }], { lr: 0.1 }).state_dict();
    const optimizer = new optim.SGD([a, b], { lr: 0.5 });
    expect(() => optimizer.load_state_dict(smaller)).toThrow(
      "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
    );
    expect(() => optimizer.load_state_dict(grouped)).toThrow(
      "loaded state dict has a different number of parameter groups",
    );
    expect(() => optimizer.load_state_dict({} as never)).toThrow("'param_groups'");
    expect(optimizer.param_groups[0].lr).toBe(0.5);
  });

  test("of Adam makes no Adam of AdamW", () => {
    const w = one(1);
    const optimizer = new optim.AdamW([w]);
    optimizer.load_state_dict(new optim.Adam([w], { weight_decay: 0.3 }).state_dict());
    expect(optimizer.param_groups[0]).toMatchObject({ weight_decay: 0.3, decoupled_weight_decay: true });
  });
});

test("every optimizer may stand where any optimizer is asked for", () => {
  const w = one(1);
  const all: optim.AnyOptimizer[] = [
    new optim.SGD([w]),
    new optim.Adam([w]),
    new optim.RMSprop([w]),
    new optim.NAdam([w]),
  ];
  expect(all.map((o) => o.param_groups[0].lr)).toEqual([0.001, 0.001, 0.01, 0.002]);
});
