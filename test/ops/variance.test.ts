// Variances and what divides by them: large means, large and small numbers, nothing. Expected values are exact.
import { describe, expect, test } from "vitest";
import { set_warning_listener } from "../../src/base/errors.ts";
import * as torch from "../../src/index.ts";
import { nn } from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const F = nn.functional;
/** 0 to 6 over and over, around a mean that float32 holds with few digits after it. */
const sevens = (n: number, offset: number): Tensor => torch.arange(n).float().remainder(7).add(offset);
const STANDARD = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5];

describe.each([0, 1e5, 1e6, 5e6])("with a mean of %d", (offset) => {
  const x = sevens(700, offset);
  const true_ = (4 * 700) / 699;
  test("var, std, var_mean, cov and their kin are exact", () => {
    const near = (t: Tensor, value: number): void => expect(Number(t.item())).toBeCloseTo(value, 4);
    near(x.var(), true_);
    near(x.std(), Math.sqrt(true_));
    near(torch.var_mean(x)[0], true_);
    near(torch.std_mean(x)[0], Math.sqrt(true_));
    near(x.cov(), true_);
    near(torch.stack([x, x.neg()]).corrcoef().min(), -1);
    near(x.view(2, 350).var([1]).mean(), (4 * 350) / 349);
    near(x.view(350, 2).t().std([1]).pow(2).mean(), (4 * 350) / 349);
    near(x.double().var(), true_);
  });
  test.each([
    ["layer_norm", (t: Tensor) => F.layer_norm(t, [7])],
    ["group_norm", (t: Tensor) => F.group_norm(t.view(1, 1, 7), 1)],
    ["instance_norm", (t: Tensor) => F.instance_norm(t.view(1, 1, 7))],
    ["batch_norm", (t: Tensor) => F.batch_norm(t.view(7, 1), null, null, null, null, true)],
  ] as const)("%s of seven numbers is exact", (_, norm) => {
    const got = norm(x.narrow(0, 0, 7))
      .reshape([-1])
      .tolist() as number[];
    for (const [i, value] of STANDARD.entries()) expect(got[i]).toBeCloseTo(value, 4);
  });
});
test("squares that float32 does not hold are summed", () => {
  expect(torch.tensor([1e20, 2e20]).std().item()).toBeCloseTo(7.0710678e19, -14);
  expect(torch.tensor([3e38, -3e38, 0]).std().item()).toBeCloseTo(3e38, -33);
});
test("equal numbers have no variance", () => {
  for (const dtype of [torch.float32, torch.float64])
    for (const n of [3, 7, 1000]) expect(torch.full([n], 0.1, { dtype }).std().item()).toBe(0);
});
test("of nothing, or one, there is no estimate, and a warning", () => {
  const seen: string[] = [];
  set_warning_listener((message) => void seen.push(message));
  try {
    for (const x of [torch.zeros(0), torch.zeros(2, 0), torch.tensor(1)]) expect(x.var().item()).toBeNaN();
    expect(torch.zeros(1).cov().item()).toBeNaN();
  } finally {
    set_warning_listener(null);
  }
  expect(seen.map((m) => m.replace(/ Correction.*/, ""))).toEqual([
    ...["var", "var", "var"].map((name) => `${name}(): degrees of freedom is <= 0.`),
    "cov(): degrees of freedom is <= 0.",
  ]);
});
test("an empty batch leaves running statistics alone", () => {
  const norm = new nn.BatchNorm2d(3);
  expect(norm(torch.zeros(0, 3, 2, 2)).sizes).toEqual([0, 3, 2, 2]);
  expect(norm.running_mean!.tolist()).toEqual([0, 0, 0]);
  expect(norm.running_var!.tolist()).toEqual([1, 1, 1]);
  expect(norm.num_batches_tracked!.item()).toBe(1);
});
