// Rows sorted by launches alone, for devices whose memory the host has not.
//
// Note [Sorting network]: Batcher's bitonic network sorts n elements in log2(n) · (log2(n) + 1) / 2 rounds, in each of which
// every place is compared with one other: in the first round of a stage with its mirror image in a block of 2, 4, 8, …, in
// those after it with the place half a block away, a quarter, …. The lower of two places always takes what comes first, so
// that places beyond the end, were there any, would keep what comes last: they need not exist. Equal elements are told apart
// by where they were, and keep their order.
import { bool, float32, int32, int64, uint8 } from "../../base/dtype.ts";
import type { Dtype } from "../../base/dtype.ts";
import { copyStrides, wrapDim } from "../../base/layout.ts";
import { index } from "../../kernel/abstract.ts";
import { input, iota, load, param } from "../../kernel/expr.ts";
import type { Expr } from "../../kernel/expr.ts";
import { isHalf } from "../../kernel/half.ts";
import { Kernel, operand } from "../../kernel/loops.ts";
import { empty } from "../../tensor/allocate.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { arange } from "../creation/from_data.ts";

/** Whether a comes before b; NaN counts as the largest. */
const precedes = (a: Expr, b: Expr, descending: boolean): Expr =>
  descending ? a.gt(b).or(a.isnan().and(b.isnan().not())) : a.lt(b).or(b.isnan().and(a.isnan().not()));

const rounds = new Map<string, Kernel>();
/** Keys and where they were, after one round more: of rows of so many elements, each compared with the place that a mask gives. */
function roundOf(dtype: Dtype, descending: boolean): Kernel {
  const key = `${dtype.code} ${descending}`;
  let kernel = rounds.get(key);
  if (kernel === undefined) {
    const [length, mask] = [param(0, index), param(1, index)];
    const here = iota().rem(length);
    const there = here.xor(mask);
    const isThere = there.lt(length);
    const away = isThere.where(there.sub(here), 0);
    const [mine, place] = [input(0, dtype), input(1, int32)];
    const [other, otherPlace] = [load(0, dtype, away), load(1, int32, away)];
    const isFirst = precedes(mine, other, descending).or(
      precedes(other, mine, descending).not().and(place.lt(otherPlace)),
    );
    const keeps = isThere.not().or(here.lt(there).xor(isFirst).not());
    kernel = new Kernel({
      inputs: [dtype, int32],
      params: [index, index],
      outputs: [
        { dtype, value: keeps.where(mine, other) },
        { dtype: int32, value: keeps.where(place, otherPlace) },
      ],
    });
    rounds.set(key, kernel);
  }
  return kernel;
}
/** The elements along `dim` in order, and where each was. */
export function sortedByLaunches(self: Tensor, dim: number, descending: boolean): [Tensor, Tensor] {
  const { sizes, dtype, backend } = self;
  if (sizes.length === 0) return [self.clone(), self.new_zeros([], { dtype: int64 })];
  const swapped = (t: Tensor): Tensor => t.transpose(wrapDim(dim, sizes.length), -1);
  const rows = swapped(self);
  const n = rows.sizes.at(-1)!;
  const held = dtype === bool ? uint8 : isHalf(dtype) ? float32 : dtype;
  const room = (of: Dtype): Tensor => empty(rows.sizes, of, undefined, backend);
  let [keys, nextKeys] = [room(held).copy_(rows), room(held)];
  let [places, nextPlaces] = [room(int32).copy_(arange(n, { device: backend.name })), room(int32)];
  const round = (mask: number): void => {
    const operands = [keys, places, nextKeys, nextPlaces].map((t) => operand(t, [1]));
    backend.launch(roundOf(held, descending), { shape: [keys.numel()], reduced: 0, operands, params: [n, mask] });
    [keys, nextKeys, places, nextPlaces] = [nextKeys, keys, nextPlaces, places];
  };
  for (let block = 2; block < 2 * n; block *= 2) {
    round(block - 1);
    for (let half = block / 4; half >= 1; half /= 2) round(half);
  }
  const laid = (t: Tensor, as: Dtype): Tensor =>
    empty(sizes, as, copyStrides(self.geometry), backend).copy_(swapped(t));
  return [laid(keys, dtype), laid(places, int64)];
}
