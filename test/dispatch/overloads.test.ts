import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const x = torch.tensor([1, 2, 3], { dtype: torch.float64 });
const i = torch.tensor([1n, 2n, 3n]);
const lists = (t: Tensor): unknown => t.tolist();

describe("a number may come first where PyTorch lets it", () => {
  test("with the values and gradients of a tensor of it", () => {
    const two = torch.full([3], 2, { dtype: torch.float64 });
    const eight = torch.full([3], 8n);
    const pairs: readonly (readonly [string, Tensor, Tensor])[] = [
      ["xlogy", torch.xlogy(2, x), torch.xlogy(two, x)],
      ["remainder", torch.remainder(2, x), torch.remainder(two, x)],
      ["bitwise_and", torch.bitwise_and(8, i), eight.bitwise_and(i)],
      ["bitwise_or", torch.bitwise_or(8, i), eight.bitwise_or(i)],
      ["bitwise_xor", torch.bitwise_xor(8, i), eight.bitwise_xor(i)],
      ["bitwise_left_shift", torch.bitwise_left_shift(8, i), eight.bitwise_left_shift(i)],
      ["bitwise_right_shift", torch.bitwise_right_shift(8, i), eight.bitwise_right_shift(i)],
      ["float_power", torch.float_power(2, i), torch.float_power(two, i)],
    ];
    for (const [name, found, wanted] of pairs) {
      expect(lists(found), name).toEqual(lists(wanted));
      expect(found.dtype, name).toBe(wanted.dtype);
    }
    const y = x.clone().requires_grad_();
    torch.xlogy(2, y).add(torch.remainder(5, y)).sum().backward();
    expect(lists(y.grad!)).toEqual([2 - 5, 1 - 2, 2 / 3 - 1]);
  });
});

describe("of a tensor of no dims", () => {
  const one = torch.tensor(1);
  const at = torch.tensor([0n]);
  test("movedim, mT, mH, T and H are the tensor, with a warning", () => {
    const texts: string[] = [];
    const before = torch.set_warning_listener((text) => texts.push(text));
    for (const t of [one.mT, one.mH, one.T, one.H, one.movedim(0, -1)]) expect(t.item()).toBe(1);
    torch.set_warning_listener(before);
    expect(texts.map((t) => t.split(". ")[0])).toEqual(
      ["mT", "mH", "T", "H"].map((name) => `Tensor.${name} is deprecated on 0-D tensors`),
    );
    expect(() => x.mT).toThrow("tensor.mT is only supported on matrices or batches of matrices. Got 1-D tensor.");
  });
  test("index_fill, index_add, index_copy and topk work", () => {
    expect(one.index_fill(0, at, 5).item()).toBe(5);
    expect(one.index_add(0, at, torch.tensor(2)).item()).toBe(3);
    expect(one.index_copy(0, at, torch.tensor(2)).item()).toBe(2);
    expect(one.topk(1).values.item()).toBe(1);
    expect(one.topk(0).values.item()).toBe(1);
    expect(() => one.topk(2)).toThrow("selected index k out of range");
  });
});

describe("slices by index", () => {
  const zeros = torch.zeros(3);
  const at = (...n: number[]): Tensor => torch.tensor(n, { dtype: torch.int64 });
  test("refuse what does not fit, as PyTorch does", () => {
    const refused: readonly (readonly [() => unknown, string])[] = [
      [() => zeros.index_add(0, torch.tensor(1n), torch.tensor(5)), "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = [3] source.shape = []"], // prettier-ignore
      [() => zeros.index_add(0, at(0, 1), torch.ones(3)), "index_add_(): Number of indices (2) should be equal to source.size(dim): (3), for dim: 0"], // prettier-ignore
      [() => zeros.index_add(0, at(0), torch.ones(1).double()), "index_add_(): self (Float) and source (Double) must have the same scalar type"], // prettier-ignore
      [() => zeros.index_add(0, at(5), torch.ones(1)), "index out of range in self"],
      [() => torch.zeros(1).expand(3).index_add_(0, at(0, 1, 2), torch.ones(3)), "unsupported operation: more than one element of the written-to tensor refers to a single memory location."], // prettier-ignore
      [() => torch.zeros(3, 2).index_copy(0, at(1), torch.tensor(5)), "Destination slice shape: 2 at dimension 0 and source slice shape:  at dimension 0."], // prettier-ignore
      [() => zeros.index_copy(0, at(1, 2), torch.ones(3)), "index_copy_(): Number of indices (2) should be equal to source.size(dim) (3)"], // prettier-ignore
      [() => zeros.index_fill(0, at(7), 1), "index 7 is out of bounds for dimension 0 with size 3"],
      [() => zeros.index_fill(0, torch.tensor([[1n]]), 1), "Index has to be a vector/scalar"],
      [() => zeros.index_fill(0, at(1), torch.ones(1)), "index_fill_ only supports a 0-dimensional value tensor, but got tensor with 1 dimension(s)."], // prettier-ignore
      [() => torch.triu(torch.ones(3)), "triu: input tensor must have at least 2 dimensions"],
      [() => torch.tril(torch.ones(3)), "tril: input tensor must have at least 2 dimensions"],
      [() => zeros.scatter(0, torch.tensor([0.5]), 1), "scatter(): Expected dtype int32/int64 for index"],
      [() => zeros.gather(0, torch.tensor([0.5])), "gather(): Expected dtype int32/int64 for index"],
    ];
    for (const [f, sentence] of refused) expect(f).toThrow(sentence);
    expect(zeros.tolist()).toEqual([0, 0, 0]);
  });
  test("take what does", () => {
    expect(zeros.index_fill(0, at(-1), 1).tolist()).toEqual([0, 0, 1]);
    expect(zeros.index_copy(0, torch.tensor(1n), torch.tensor(5)).tolist()).toEqual([0, 5, 0]);
    expect(zeros.scatter(0, torch.zeros(0).long(), torch.ones(1)).tolist()).toEqual([0, 0, 0]);
  });
});

describe("numbers in their former place, before the tensors that they scale", () => {
  // The types show what is in use; programs from before call so all the same.
  type Former = Record<string, (...args: unknown[]) => Tensor>;
  const functions = torch as unknown as Former;
  const methods = (t: Tensor): Former => t as unknown as Former;
  const m = torch.tensor([
    [0, 1],
    [2, 3],
  ]);
  const ones = torch.ones([2, 2]);
  test("are taken, with PyTorch's warning", () => {
    const texts: string[] = [];
    const before = torch.set_warning_listener((text) => texts.push(text));
    torch.set_warn_always(true);
    const product = m.mm(m);
    const pairs: readonly (readonly [found: Tensor, expected: Tensor])[] = [
      [methods(ones.clone()).add_(2, m), ones.add(m.mul(2))],
      [functions.sub(ones, 2, m), ones.sub(m.mul(2))],
      [methods(ones).addcmul(0.5, m, m), ones.add(m.mul(m).mul(0.5))],
      [functions.addcdiv(ones, 3, m, ones), ones.add(m.mul(3))],
      [functions.addmm(2, ones, 3, m, m), product.mul(3).add(2)],
      [functions.addmm(2, ones, m, m), product.add(2)],
      [methods(ones.clone()).addmm_(2, 3, m, m), product.mul(3).add(2)],
      [methods(ones.clone()).add_(torch.tensor(2), m), ones.add(m.mul(2))],
      [functions.addmm(torch.tensor(2), ones, torch.tensor(3), m, m), product.mul(3).add(2)],
      [methods(ones).addmm(torch.tensor(2), 3, m, m), product.mul(3).add(2)],
      [methods(ones).addr(2, m.select(0, 1), m.select(0, 1)), m.select(0, 1).outer(m.select(0, 1)).add(2)],
    ];
    torch.set_warn_always(false);
    torch.set_warning_listener(before);
    for (const [i, [found, expected]] of pairs.entries()) expect(lists(found), `case ${i}`).toEqual(lists(expected));
    expect(texts.length).toBe(pairs.length);
    expect(texts[0]).toBe(
      "This overload of add_ is deprecated:\n\tadd_(Number alpha, Tensor other)\nConsider using one of the following signatures instead:\n\tadd_(Tensor other, *, Number alpha = 1)",
    );
  });
  test("but not after them, nor twice, nor more than there are", () => {
    expect(() => methods(ones).add(m, 2)).toThrow(
      "add() received an invalid combination of arguments - got (Tensor, int), but expected (Tensor other, *, Number alpha = 1)",
    );
    expect(() => methods(ones).add(2, 3, m)).toThrow(
      "add() received an invalid combination of arguments - got (int, int, Tensor), but expected (Tensor other, *, Number alpha = 1)",
    );
    expect(() => methods(ones).add(2, m, { alpha: 3 })).toThrow("add() got multiple values for argument 'alpha'");
  });
});
