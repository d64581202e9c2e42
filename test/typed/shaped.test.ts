import { expect, test } from "vitest";
import { nn, randn, shaped } from "../../src/typed/index.ts";
import type { Tensor } from "../../src/typed/index.ts";

test("shaped gives the same tensor and raises for another shape, with what was declared and what came", () => {
  const x = randn(2, 3);
  expect(shaped(x, "B", 3)).toBe(x);
  expect(x.shaped(2, "C")).toBe(x);
  expect(() => x.shaped("B", 4)).toThrow("shaped(): expected a tensor of shape [B, 4], but got [2, 3] (dim 1)");
  expect(() => x.shaped("B", "B")).toThrow("expected a tensor of shape [B, B], but got [2, 3] (dim 1: B is 2 here)");
  expect(() => x.shaped("B")).toThrow("expected a tensor of shape [B], but got [2, 3], which has 2 dims");
});

test("within a call of a module a name stands for one size, in the next for another", () => {
  class Pair extends nn.Module {
    forward(a: Tensor, b: Tensor) {
      a.shaped("B", "C");
      return new nn.Identity()(a.add(b.shaped("B", "C")));
    }
  }
  const pair = new Pair();
  for (const n of [2, 4]) expect([...pair(randn(n, 3), randn(n, 3)).shape]).toEqual([n, 3]);
  expect(() => pair(randn(4, 3), randn(2, 3))).toThrow("but got [2, 3] (dim 0: B is 4 here)");
  expect([...pair(randn(2, 3), randn(2, 3)).shape]).toEqual([2, 3]);
  randn(5, 3).shaped("B", 3);
  randn(6, 3).shaped("B", 3);
});

test("a layer tells the shape that it gives, a wrong input does not compile", () => {
  const s: readonly [2, 8, 30, 30] = new nn.Conv2d(3, 8, 3)(randn(2, 3, 32, 32)).shape;
  expect([...s]).toEqual([2, 8, 30, 30]);
  // @ts-expect-error mat1 and mat2 shapes cannot be multiplied (2x5 and 10x2)
  expect(() => new nn.Linear(10, 2)(randn(2, 5))).toThrow("mat1 and mat2 shapes cannot be multiplied (2x5 and 10x2)");
});
