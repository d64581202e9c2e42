import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { optim } from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const { lr_scheduler, swa_utils } = optim;
type Scheduler = optim.lr_scheduler.LRScheduler;

interface Case {
  scheduler: string;
  options: Record<string, unknown>;
  optimizer?: "Adam";
  /** Starts from groups that have been scheduled before. */
  resumed?: boolean;
  steps: (number | null)[];
  lr: number[][];
  momentum?: number[][];
  state: Record<string, unknown>;
}
const recorded = JSON.parse(
  readFileSync(new URL("../recorded/schedulers.json", import.meta.url), "utf8")
    .replaceAll('"inf"', "1e999")
    .replaceAll('"-inf"', "-1e999"),
) as Case[];

const groups = (): { params: Tensor[]; lr: number }[] =>
  [0.1, 0.05].map((lr) => ({ params: [torch.ones([1], { requires_grad: true })], lr }));
const sgd = (): optim.SGD => new optim.SGD(groups(), { momentum: 0.9 });
const first = ({ param_groups }: optim.AnyOptimizer): { lr: number; momentum?: number; betas?: number[] } =>
  param_groups[0];

/** Functions of an epoch are recorded as text. */
function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  return value !== null && typeof value === "object"
    ? (new Function("epoch", `return ${(value as { f: string }).f};`) as unknown)
    : value;
}
type Part = [name: string, options: Record<string, unknown>];
function make(
  name: string,
  optimizer: optim.AnyOptimizer,
  { schedulers, ...options }: Record<string, unknown>,
): Scheduler {
  if (schedulers !== undefined) {
    const parts = (schedulers as Part[]).map(([part, of]) => make(part, optimizer, of));
    return name === "ChainedScheduler"
      ? new lr_scheduler.ChainedScheduler(parts)
      : new lr_scheduler.SequentialLR(optimizer, parts, options["milestones"] as number[]);
  }
  const classes = { ...lr_scheduler, ...swa_utils } as object as Record<
    string,
    new (optimizer: optim.AnyOptimizer, options: object) => Scheduler
  >;
  const decoded = Object.fromEntries(Object.entries(options).map(([k, v]) => [k, decode(v)]));
  return new classes[name](optimizer, decoded);
}

function expectClose(actual: unknown, expected: unknown): void {
  if (typeof expected === "number" && Number.isFinite(expected)) expect(actual).toBeCloseTo(expected, 12);
  else if (expected === null || typeof expected !== "object") expect(actual).toBe(expected);
  else {
    expect(Object.keys(actual as object).sort()).toEqual(Object.keys(expected).sort());
    for (const [key, value] of Object.entries(expected)) expectClose((actual as Record<string, unknown>)[key], value);
  }
}

describe("rates, momenta and states agree with PyTorch", () => {
  // Most of these steps are warned of.
  let listener: ReturnType<typeof torch.set_warning_listener>;
  beforeAll(() => void (listener = torch.set_warning_listener(() => {})));
  afterAll(() => void torch.set_warning_listener(listener));
  test.each(recorded.map((c) => [`${c.scheduler} ${JSON.stringify(c.options)} by ${c.steps.join()}`, c] as const))(
    "%s",
    (_name, c) => {
      const optimizer = c.optimizer === "Adam" ? new optim.Adam(groups()) : sgd();
      if (c.resumed) for (const [i, group] of optimizer.param_groups.entries()) group.initial_lr = [0.3, 0.2][i];
      const scheduler = make(c.scheduler, optimizer, c.options);
      const [lr, momentum]: [number[][], number[][]] = [[], []];
      const note = (): void => {
        lr.push(optimizer.param_groups.map((g) => g.lr));
        momentum.push(
          (optimizer.param_groups as { momentum?: number; betas?: number[] }[]).map((g) => g.momentum ?? g.betas![0]),
        );
      };
      note();
      for (const step of c.steps) {
        optimizer.step();
        scheduler.step(step ?? undefined);
        note();
      }
      expectClose(lr, c.lr);
      if (c.momentum) expectClose(momentum, c.momentum);
      expectClose(scheduler.state_dict(), c.state);
      expect(scheduler.get_last_lr()).toEqual(lr.at(-1));
    },
  );
});

const sentence = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
  return "nothing raised";
};
const { StepLR, LambdaLR, ConstantLR, LinearLR, SequentialLR, ChainedScheduler, ReduceLROnPlateau, CyclicLR } =
  lr_scheduler;
const { OneCycleLR, CosineAnnealingWarmRestarts, ExponentialLR, MultiplicativeLR } = lr_scheduler;

describe("bad arguments raise PyTorch's sentences", () => {
  const o = sgd();
  const other = (): Scheduler => new StepLR(new optim.SGD(groups()), 2);
  const noMomentum = new optim.Adagrad(groups());
  const cases: [string, () => unknown, string][] = [
    ["no optimizer", () => new StepLR(3 as never, 2), "TypeError: int is not an Optimizer"],
    [
      "no optimizer for functions",
      () => new LambdaLR(null as never, Math.abs),
      "TypeError: NoneType is not an Optimizer",
    ],
    [
      "a missing argument",
      () => new StepLR(...([o] as unknown as [optim.SGD, number])),
      "TypeError: StepLR.__init__() missing 1 required positional argument: 'step_size'",
    ],
    [
      "an unknown argument",
      () => new StepLR(o, 2, { gama: 3 } as never),
      "TypeError: StepLR.__init__() got an unexpected keyword argument 'gama'\nIt takes optimizer, step_size, gamma, last_epoch.",
    ],
    ["too few functions", () => new LambdaLR(o, [Math.abs]), "ValueError: Expected 2 lr_lambdas, but got 1"],
    [
      "a resumed schedule of fresh groups",
      () => new StepLR(new optim.SGD(groups()), 2, { last_epoch: 3 }),
      "KeyError: \"param 'initial_lr' is not specified in param_groups[0] when resuming scheduler with last_epoch >= 0.\\nThis typically happens when:\\n1. You're trying to resume training from a checkpoint but haven't properly loaded the optimizer state\\n2. You're using last_epoch >= 0 for a fresh training run (not recommended)\"",
    ],
    [
      "a factor above 1",
      () => new ConstantLR(o, 1.5),
      "ValueError: Constant multiplicative factor expected to be between 0 and 1.",
    ],
    [
      "a start of 0",
      () => new LinearLR(o, 0),
      "ValueError: Starting multiplicative factor expected to be greater than 0 and less or equal to 1.",
    ],
    [
      "an end above 1",
      () => new LinearLR(o, 0.5, 1.5),
      "ValueError: Ending multiplicative factor expected to be between 0 and 1.",
    ],
    [
      "no schedulers in a row",
      () => new SequentialLR(o, [], []),
      "ValueError: SequentialLR expects at least one scheduler, but got no scheduler.",
    ],
    [
      "a number for a scheduler",
      () => new SequentialLR(o, [3] as never, []),
      "TypeError: SequentialLR at index 0 should have `optimizer` as its attribute.",
    ],
    [
      "one that needs a metric",
      () => new SequentialLR(o, [new ReduceLROnPlateau(o)], []),
      "ValueError: SequentialLR does not support `ReduceLROnPlateau` scheduler as it requires additional kwargs to be specified when calling `step`, but got one at index 0 in the given schedulers sequence.",
    ],
    [
      "too many milestones",
      () => new SequentialLR(o, [new ConstantLR(o)], [1, 2]),
      "ValueError: Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, but got number of schedulers 1 and the number of milestones to be equal to 2",
    ],
    [
      "no schedulers at once",
      () => new ChainedScheduler([]),
      "ValueError: ChainedScheduler expects at least one scheduler to be chained, but got no scheduler.",
    ],
    [
      "schedulers of two optimizers",
      () => new ChainedScheduler([new StepLR(o, 1), other()]),
      /^ValueError: ChainedScheduler expects all schedulers to belong to the same optimizer, but got scheduler StepLR at index 1 has SGD \(\n[^]+\n\), which is different from SGD\.$/ as never,
    ],
    ["a factor of 1", () => new ReduceLROnPlateau(o, { factor: 1 }), "ValueError: Factor should be < 1.0."],
    ["an unknown mode", () => new ReduceLROnPlateau(o, "x"), "ValueError: mode x is unknown!"],
    [
      "an unknown threshold mode",
      () => new ReduceLROnPlateau(o, { threshold_mode: "x" }),
      "ValueError: threshold mode x is unknown!",
    ],
    ["too few least rates", () => new ReduceLROnPlateau(o, { min_lr: [1] }), "ValueError: expected 2 min_lrs, got 1"],
    [
      "no metric",
      () => new ReduceLROnPlateau(o).step(),
      "TypeError: ReduceLROnPlateau.step() missing 1 required positional argument: 'metrics'",
    ],
    [
      "an unknown cycle",
      () => new CyclicLR(o, 0.1, 1, { mode: "x" }),
      "ValueError: mode is invalid and scale_fn is None",
    ],
    [
      "too few base rates",
      () => new CyclicLR(o, [0.1], 1),
      "ValueError: base_lr must have the same length as optimizer.param_groups. base_lr has 1 values, param_groups has 2.",
    ],
    [
      "an optimizer without momentum",
      () => new CyclicLR(noMomentum, 0.1, 1),
      "ValueError: optimizer must support momentum or beta1 with `cycle_momentum` option enabled",
    ],
    [
      "a period of 0",
      () => new CosineAnnealingWarmRestarts(o, 0),
      "ValueError: Expected positive integer T_0, but got 0",
    ],
    [
      "a broken period",
      () => new CosineAnnealingWarmRestarts(o, 2.5),
      "ValueError: Expected positive integer T_0, but got 2.5",
    ],
    [
      "shrinking periods",
      () => new CosineAnnealingWarmRestarts(o, 2, 0),
      "ValueError: Expected integer T_mult >= 1, but got 0",
    ],
    [
      "a negative epoch",
      () => new CosineAnnealingWarmRestarts(o, 2).step(-1),
      "ValueError: Expected non-negative epoch, but got -1",
    ],
    [
      "no number of steps",
      () => new OneCycleLR(o, 1),
      "ValueError: You must define either total_steps OR (epochs AND steps_per_epoch)",
    ],
    ["no steps", () => new OneCycleLR(o, 1, 0), "ValueError: Expected positive integer total_steps, but got 0"],
    [
      "broken epochs",
      () => new OneCycleLR(o, 1, { epochs: 2.5, steps_per_epoch: 2 }),
      "ValueError: Expected positive integer epochs, but got 2.5",
    ],
    [
      "a rise of twice the time",
      () => new OneCycleLR(o, 1, 10, { pct_start: 2 }),
      "ValueError: Expected float between 0 and 1 pct_start, but got 2",
    ],
    [
      "an unknown annealing",
      () => new OneCycleLR(o, 1, 10, { anneal_strategy: "x" }),
      "ValueError: anneal_strategy must be one of 'cos' or 'linear', instead got x",
    ],
    [
      "averaging from minus one epoch on",
      () => new swa_utils.SWALR(o, 0.1, -1),
      "ValueError: anneal_epochs must be equal or greater than 0, got -1",
    ],
  ];
  test.each(cases)("%s", (_name, run, expected) => {
    expect(sentence(run)).toEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
  });

  test("a step past the last of one cycle", () => {
    const optimizer = sgd();
    const scheduler = new OneCycleLR(optimizer, 1, 3);
    optimizer.step();
    for (let i = 0; i < 3; i++) scheduler.step();
    expect(sentence(() => scheduler.step())).toBe(
      "ValueError: Tried to step 4 times. The specified number of total steps is 3",
    );
  });

  test("a plateau when a group has joined, unless one bound holds for all", () => {
    const run = (min_lr: number | number[]): string =>
      sentence(() => {
        const optimizer = sgd();
        const scheduler = new ReduceLROnPlateau(optimizer, { patience: 0, min_lr });
        optimizer.add_param_group({ params: [torch.ones([1], { requires_grad: true })] });
        scheduler.step(1);
        scheduler.step(2);
        expect(scheduler.min_lrs).toEqual([0, 0, 0]);
      });
    expect(run(0)).toBe("nothing raised");
    expect(run([0, 0])).toMatch(
      /^RuntimeError: The number of param groups in the `optimizer` \(3\) differs from when `ReduceLROnPlateau` was initialized \(2\)/,
    );
  });
});

describe("warnings are PyTorch's", () => {
  function warnings(run: (optimizer: optim.SGD) => void): string[] {
    const texts: string[] = [];
    const before = torch.set_warning_listener((text) => texts.push(text));
    run(sgd());
    torch.set_warning_listener(before);
    return texts;
  }
  test("of a scheduler that steps first, once", () => {
    const texts = warnings((optimizer) => {
      const scheduler = new StepLR(optimizer, 2);
      scheduler.step();
      optimizer.step();
      scheduler.step();
    });
    expect(texts).toEqual([
      "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will result in PyTorch skipping the first value of the learning rate schedule. See more details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate",
    ]);
  });
  test("of steps before the first scheduler was made, which do not count; those before another do", () => {
    const count = (run: (optimizer: optim.SGD) => void): number => warnings(run).length;
    expect(
      count((optimizer) => {
        optimizer.step();
        new StepLR(optimizer, 2).step();
      }),
    ).toBe(1);
    expect(
      count((optimizer) => {
        const scheduler = new StepLR(optimizer, 2);
        optimizer.step();
        scheduler.step();
        new ExponentialLR(optimizer, 0.5).step();
      }),
    ).toBe(0);
  });
  test("of a step that was put in the place of the optimizer's", () => {
    const texts = warnings((optimizer) => {
      const scheduler = new StepLR(optimizer, 2);
      (optimizer as { step: () => void }).step = () => {};
      optimizer.step();
      scheduler.step();
    });
    expect(texts).toEqual([
      "Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. Please, make sure to call `optimizer.step()` before `lr_scheduler.step()`. See more details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate",
    ]);
  });
  test("of an epoch given to step, and of get_lr from outside", () => {
    const texts = warnings((optimizer) => {
      const scheduler = new ExponentialLR(optimizer, 0.5);
      optimizer.step();
      scheduler.step(3);
      expect(scheduler.get_last_lr()).toEqual([0.0125, 0.00625]);
      expect(scheduler.get_lr()).toEqual([0.00625, 0.003125]);
    });
    expect(texts).toEqual([
      expect.stringMatching(/^The epoch parameter in `scheduler.step\(\)` was not necessary and is being deprecated/),
      "To get the last learning rate computed by the scheduler, please use `get_last_lr()`.",
    ]);
  });
  test("and none where the optimizer steps first", () => {
    const texts = warnings((optimizer) => {
      const scheduler = new MultiplicativeLR(optimizer, () => 0.5);
      for (let i = 0; i < 3; i++) {
        optimizer.step();
        scheduler.step();
      }
    });
    expect(texts).toEqual([]);
  });
});

describe("a scheduler", () => {
  const walk = (optimizer: optim.AnyOptimizer, scheduler: Scheduler, steps: number): number[] =>
    Array.from({ length: steps }, () => {
      optimizer.step();
      scheduler.step();
      return first(optimizer).lr;
    });
  const makers: Record<string, (o: optim.AnyOptimizer) => Scheduler> = {
    LambdaLR: (o) => new LambdaLR(o, (epoch) => 0.9 ** epoch),
    CyclicLR: (o) => new CyclicLR(o, 0.01, 0.1, { step_size_up: 3, scale_fn: (x) => 1 / x }),
    OneCycleLR: (o) => new OneCycleLR(o, 0.5, 20),
    CosineAnnealingWarmRestarts: (o) => new CosineAnnealingWarmRestarts(o, 3, 2),
    SequentialLR: (o) =>
      new SequentialLR(o, { schedulers: [new LinearLR(o), new lr_scheduler.CosineAnnealingLR(o, 5)], milestones: [4] }),
    ChainedScheduler: (o) => new ChainedScheduler([new StepLR(o, 2), new ConstantLR(o)]),
  };
  test.each(Object.keys(makers))("%s goes on from its state and the optimizer's, saved as JSON", (name) => {
    const [one, two] = [sgd(), sgd()];
    const scheduler = makers[name](one);
    walk(one, scheduler, 7);
    const saved = JSON.stringify([one.state_dict(), scheduler.state_dict()]);
    const resumed = makers[name](two);
    const [ofOptimizer, ofScheduler] = JSON.parse(saved) as [never, never];
    two.load_state_dict(ofOptimizer);
    resumed.load_state_dict(ofScheduler);
    expect(walk(two, resumed, 8)).toEqual(walk(one, scheduler, 8));
  });

  test("of one's own has get_lr and what it gives to super", () => {
    class InverseRoot extends lr_scheduler.LRScheduler {
      declare scale: number;
      constructor(optimizer: optim.AnyOptimizer, scale: number) {
        super(optimizer, -1, { scale });
      }
      override get_lr(): number[] {
        return this.base_lrs.map((lr) => (lr * this.scale) / Math.sqrt(1 + this.last_epoch));
      }
    }
    const optimizer = sgd();
    const scheduler = new InverseRoot(optimizer, 2);
    expect(first(optimizer).lr).toBe(0.2);
    expect(walk(optimizer, scheduler, 3)[2]).toBe(0.1);
    expect(scheduler.state_dict()["scale"]).toBe(2);
  });

  test("reduces on plateaus of metrics that are tensors", () => {
    const optimizer = sgd();
    const scheduler = new ReduceLROnPlateau(optimizer, "min", 0.5, 0);
    scheduler.step(torch.tensor(1));
    scheduler.step(torch.tensor(2));
    expect(scheduler.get_last_lr()).toEqual([0.05, 0.025]);
    expect([scheduler.best, scheduler.in_cooldown]).toEqual([1, false]);
  });
});
