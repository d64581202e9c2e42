import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { nn, optim } from "../../src/index.ts";

const { AveragedModel, get_ema_avg_fn, get_ema_multi_avg_fn, get_swa_multi_avg_fn, update_bn } = optim.swa_utils;

describe("AveragedModel", () => {
  // Weight, running mean and count after each of four updates, as PyTorch gives them.
  test.each<[string, Parameters<typeof build>[0], number[][]]>([
    [
      "the equal average",
      {},
      [
        [1, 1, 1],
        [1.5, 2, 2],
        [2.66667, 3, 3],
        [4.5, 4, 4],
      ],
    ],
    [
      "the equal average of buffers, too",
      { use_buffers: true },
      [
        [1, 1, 1],
        [1.5, 1.5, 2],
        [2.66667, 2, 3],
        [4.5, 2.5, 4],
      ],
    ],
    [
      "exponential averages of all at once",
      { multi_avg_fn: get_ema_multi_avg_fn(0.9) },
      [
        [1, 1, 1],
        [1.1, 2, 2],
        [1.49, 3, 3],
        [2.341, 4, 4],
      ],
    ],
    [
      "exponential averages",
      { avg_fn: get_ema_avg_fn(0.5) },
      [
        [1, 1, 1],
        [1.5, 2, 2],
        [3.25, 3, 3],
        [6.625, 4, 4],
      ],
    ],
    [
      "a function of one's own",
      { avg_fn: (a: torch.Tensor, p: torch.Tensor, n: number) => a.add(p.mul(n)) },
      [
        [1, 1, 1],
        [3, 2, 2],
        [13, 3, 3],
        [43, 4, 4],
      ],
    ],
  ])("keeps %s", (_name, options, expected) => {
    const model = new nn.BatchNorm1d(1);
    const averaged = build(options)(model);
    for (const [i, [weight, mean, count]] of expected.entries()) {
      torch.no_grad(() => {
        model.weight!.fill_(i * i + 1);
        model.running_mean!.fill_(i + 1);
      });
      averaged.update_parameters(model);
      expect(averaged.module.weight!.item()).toBeCloseTo(weight, 4);
      expect(averaged.module.running_mean!.item()).toBeCloseTo(mean, 4);
      expect(Number(averaged.n_averaged.item())).toBe(count);
    }
  });
  const build =
    (options: {
      use_buffers?: boolean;
      avg_fn?: optim.swa_utils.AverageFunction;
      multi_avg_fn?: optim.swa_utils.MultiAverageFunction;
    }) =>
    (model: nn.BatchNorm1d) =>
      new AveragedModel(model, options);

  test("is called as its model, prints it, and saves it under PyTorch's keys", () => {
    const model = new nn.Sequential(new nn.Linear(2, 2), new nn.BatchNorm1d(2)).eval();
    const averaged = new AveragedModel(model);
    const x = torch.rand(3, 2);
    expect(torch.equal(averaged(x), model(x))).toBe(true);
    expect(String(averaged)).toBe(`AveragedModel(\n  (module): ${String(model).replaceAll("\n", "\n  ")}\n)`);
    expect([...averaged.state_dict().keys()].slice(0, 2)).toEqual(["n_averaged", "module.0.weight"]);
  });
  test("raises PyTorch's sentences", () => {
    expect(
      () => new AveragedModel(new nn.ReLU(), { avg_fn: get_ema_avg_fn(), multi_avg_fn: get_swa_multi_avg_fn() }),
    ).toThrow("Only one of avg_fn and multi_avg_fn should be provided");
    expect(() => get_ema_avg_fn(2)).toThrow("Invalid decay value 2 provided. Please provide a value in [0,1] range.");
  });
});

test("update_bn takes means and variances over all batches alike, and leaves modes as they were", () => {
  const model = new nn.Sequential(new nn.BatchNorm1d(1, { momentum: 0.3 }));
  model.eval();
  const batch = (...values: number[]): torch.Tensor => torch.tensor(values).view(-1, 1);
  update_bn([batch(1, 3), [batch(5, 8), 0]], model);
  const norm = model.at(0) as nn.BatchNorm1d;
  expect([norm.running_mean!.item(), norm.running_var!.item(), norm.momentum, model.training]).toEqual([
    4.25,
    3.25,
    0.3,
    false,
  ]);
});
