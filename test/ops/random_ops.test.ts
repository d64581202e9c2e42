import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { nn } from "../../src/index.ts";

const L = torch.int64;
describe("random numbers of tensors", () => {
  test("are the ones that PyTorch draws", () => {
    torch.manual_seed(0);
    // torch.normal(torch.arange(3.), torch.tensor([1., 2., 0.])), x.random_(-5, 5), x.random_(10), poisson, randint_like
    const round = (t: torch.Tensor): number[] => (t.tolist() as number[]).map((x) => Number(x.toFixed(4)));
    expect([
      round(torch.normal(torch.arange(3).float(), torch.tensor([1, 2, 0]))),
      round(torch.normal(torch.arange(2).float(), 0.5)),
      round(torch.normal(1, torch.tensor([2, 3]))),
      torch.empty(4, { dtype: L }).random_(-5, 5).tolist(),
      torch.empty(4, { dtype: L }).random_(10).tolist(),
      torch.poisson(torch.tensor([0.5, 3, 20])).tolist(),
      torch.randint_like(torch.zeros(3, { dtype: L }), 2, 7).tolist(),
      round(torch.empty(2).cauchy_()),
      round(torch.empty(2).log_normal_()),
      torch.empty(3).geometric_(0.3).tolist(),
      round(torch.randn(20, { dtype: torch.float16 }).narrow(0, 14, 6)),
    ]).toEqual([
      [1.541, 0.4131, 2],
      [0.2842, 0.4577],
      [-1.7972, 2.21],
      [1, 3, -1, -2],
      [6, 9, 1, 4],
      [0, 4, 22],
      [5, 5, 3],
      [-0.9087, 5.0589],
      [14.5276, 0.2959],
      [1, 2, 2],
      [0.0185, -0.7505, 0.1854, 0.6211, 0.6382, -0.246],
    ]);
  });
  test("say in PyTorch's words what cannot be drawn", () => {
    expect(() => torch.normal(torch.zeros(2), torch.tensor([1, -1]))).toThrow(
      "normal expects all elements of std >= 0.0",
    );
    expect(() => torch.poisson(torch.tensor([-1]))).toThrow("invalid Poisson rate, expected rate to be non-negative");
    expect(() => torch.poisson(torch.tensor([1n]))).toThrow("\"poisson_cpu\" not implemented for 'Long'");
    expect(() => torch.empty(2, { dtype: L }).random_(5, 5)).toThrow(
      "random_ expects 'from' to be less than 'to', but got from=5 >= to=5",
    );
    expect(() => torch.empty(2).geometric_(1.5)).toThrow("geometric_ expects p to be in (0, 1), but got p=1.5");
  });
});

describe("the state of the default generator", () => {
  test("can be kept and taken up again", () => {
    const state = torch.get_rng_state();
    expect([state.dtype, [...state.shape]]).toEqual([torch.uint8, [5056]]);
    const first = torch.rand(3).tolist();
    torch.set_rng_state(state);
    expect(torch.rand(3).tolist()).toEqual(first);
    expect(() => torch.set_rng_state(torch.zeros(5056))).toThrow("RNG state must be a torch.ByteTensor");
  });
  test("is left alone by what is drawn in fork_rng, errors and promises included", async () => {
    const state = torch.get_rng_state();
    torch.random.fork_rng(() => torch.rand(10));
    expect(() =>
      torch.random.fork_rng(() => {
        torch.rand(1);
        throw new Error("out");
      }),
    ).toThrow("out");
    await torch.random.fork_rng(async () => {
      await Promise.resolve();
      torch.manual_seed(3);
    });
    expect(torch.get_rng_state().equal(state)).toBe(true);
  });
});

describe("initial values", () => {
  test("of orthogonal_ have orthonormal rows or columns, times the gain", () => {
    for (const shape of [
      [3, 5],
      [5, 3],
      [4, 2, 2],
    ]) {
      const t = nn.init.orthogonal_(torch.empty(shape, { dtype: torch.float64 }), 2).reshape([shape[0], -1]);
      const product = shape[0] <= t.shape[1] ? t.matmul(t.t()) : t.t().matmul(t);
      expect(product.allclose(torch.eye(product.shape[0], { dtype: torch.float64 }).mul(4))).toBe(true);
    }
  });
  test("of sparse_ have their share of zeros in each column", () => {
    const t = nn.init.sparse_(torch.empty(10, 4), 0.25);
    expect(t.eq(0).sum(0).tolist()).toEqual([3, 3, 3, 3]);
  });
});
