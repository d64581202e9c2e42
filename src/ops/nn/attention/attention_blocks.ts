// Attention block by block: at no time are there scores of all queries by all keys.
//
// Note [Attention in blocks]: some queries of some members of the batch are done at a time, with all the keys they look at:
// scores, their softmax, what it weighs of the values. What is kept is each query's largest score and the share that it has,
// from which the weights are computed anew for the gradients (Dao et al., "FlashAttention", 2022). Their logarithm in one
// number would be lost beside large scores.
import { withGrad } from "../../../autograd/mode.ts";
import { madeOfOps } from "../../../autograd/open_levels.ts";
import { collectTemporaries, empty } from "../../../tensor/allocate.ts";
import type { Matrix } from "../../../devices/backend.ts";
import { bool } from "../../../base/dtype.ts";
import { acc, constant, param } from "../../../kernel/expr.ts";
import type { Expr } from "../../../kernel/expr.ts";
import { raisedExp } from "../../../kernel/formulas/exponential.ts";
import { compute } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import { passes, sumOf } from "../../../kinds/passes.ts";
import { assign } from "../../../tensor/elementwise.ts";
import type { Tensor } from "../../../tensor/tensor.ts";

/** Queries at a time, and bytes of scores for which members of the batch are taken together. */
const ROWS = 128;
const ROOM = 1 << 20;
/**
 * Forms of the kernels: with a mask that is added, or one that takes what is ahead out of sight; and whether NaN is passed over
 * in looking for the largest score, so that scores of NaN alone are nothing to look at.
 */
const MASKED = 1;
const AHEAD = 2;
const SKIPS_NAN = 4;

const scored = (s: Expr, mask: Expr | undefined, form: number): Expr => {
  const scaled = s.mul(param(0, s.dtype));
  if (mask === undefined) return scaled;
  return form & AHEAD ? mask.eq(0).where(scaled, mask) : scaled.add(mask);
};
const largest = (a: Expr, b: Expr): Expr => a.max(b);
const largestNumber = (a: Expr, b: Expr): Expr => b.gt(a).where(b, a);
/** Where there is nothing to look at the weights are 0, and an infinite score with a share of 0 makes them 0 again. */
const weights = passes(([s, mask], dtype, form) => {
  const score = scored(s, mask, form);
  const [top, total] = [acc(0, dtype), acc(1, dtype)];
  const nothing = top.eq(-Infinity);
  const zero = constant(0, dtype);
  const shift = nothing.where(zero, top);
  const e = nothing.where(zero, raisedExp(score.sub(shift)));
  const share = nothing.where(zero, constant(1, dtype).div(total));
  const meet = form & SKIPS_NAN ? largestNumber : largest;
  return {
    accs: [{ dtype, init: constant(-Infinity, dtype), step: meet(top, score), combine: meet }, sumOf(total, e, 1)],
    outputs: [
      { value: e, pass: 1, to: 0 },
      { value: share, mode: "mul", pass: 2, to: 0 },
      { value: nothing.where(constant(Infinity, dtype), top), to: 1 },
      { value: share, to: 2 },
    ],
  };
});
/** The weights p anew, and p (d - Σ p d) times the scale, where d are the gradients of the weights. */
const gradients = passes(([s, top, share, d, mask], dtype, form) => {
  const p = raisedExp(scored(s, mask, form).sub(top)).mul(share);
  const total = share.eq(0).where(constant(0, dtype), acc(0, dtype));
  return {
    accs: [sumOf(acc(0, dtype), p.mul(d), 0)],
    outputs: [
      { value: p, pass: 0, to: 0 },
      { value: p, pass: 0, to: 1 },
      { value: d.sub(total).mul(param(0, dtype)), mode: "mul", pass: 1, to: 1 },
    ],
  };
});

interface Block {
  /** Members of the batch from `first` on, their queries from `row` on, and how many keys these look at. */
  readonly first: number;
  readonly count: number;
  readonly row: number;
  readonly rows: number;
  readonly keys: number;
}
function* blocks(query: Tensor, key: Tensor, causal: boolean): Generator<Block> {
  const [batch, queries] = query.sizes;
  const keys = key.sizes[1];
  const most = Math.min(queries, ROWS);
  const members = Math.max(1, Math.floor(ROOM / (most * keys * query.dtype.itemsize)));
  for (let first = 0; first < batch; first += members)
    for (let row = 0; row < queries; row += most) {
      const rows = Math.min(most, queries - row);
      const count = Math.min(members, batch - first);
      yield { first, count, row, rows, keys: causal ? Math.min(keys, row + ROWS) : keys };
    }
}
/** A part of [batch, rows, cols] as operand of a product. */
const operand = (
  { block, offset, strides: [batchStride, rowStride, colStride] }: Tensor,
  first: number,
  row: number,
): Matrix => ({
  block,
  offset: offset + first * batchStride + row * rowStride,
  rowStride,
  colStride,
  batchStride,
});
const turned = (x: Matrix): Matrix => ({ ...x, rowStride: x.colStride, colStride: x.rowStride });

/** What a block's scores are masked with: part of the mask, or what lies ahead of its queries. */
function maskOf(
  query: Tensor,
  mask: Tensor | null,
  causal: boolean,
  { first, count, row, rows, keys }: Block,
): Tensor[] {
  if (causal) return [query.new_full([rows, keys], -Infinity).triu(1 + row)];
  if (mask === null) return [];
  const [m, l] = mask.sizes;
  return [mask.narrow(0, m === 1 ? 0 : first, m === 1 ? 1 : count).narrow(1, l === 1 ? 0 : row, l === 1 ? 1 : rows)];
}

const scoresOf = (query: Tensor, key: Tensor, { first, count, row, rows, keys }: Block): Tensor => {
  const { dtype, backend } = query;
  const out = empty([count, rows, keys], dtype, undefined, backend);
  const [a, b] = [operand(query, first, row), turned(operand(key, first, 0))];
  backend.matmul(dtype, { m: rows, n: keys, k: query.sizes[2], batch: count, a, b, out: operand(out, 0, 0) });
  return out;
};
/** PyTorch's vectors, in bytes: its maximum passes over NaN in what is left of a row after them. */
const VECTOR = 64;
/** As PyTorch does it in blocks, or, `plain`, by softmax. */
function formOf({ dtype }: Tensor, mask: Tensor | null, causal: boolean, plain: boolean, keys: number): number {
  if (mask !== null || (plain && causal)) return MASKED;
  return (causal ? AHEAD : 0) | (!plain && keys * dtype.itemsize < VECTOR ? SKIPS_NAN : 0);
}

/** Attention of [batch, queries, …] to [batch, keys, …] and values of [batch, keys, …], with a mask that is added. @internal */
export const _attention = op(
  "_attention(Tensor[] tensors, Tensor? attn_mask, bool is_causal, float scale, bool plain) -> (Tensor result, Tensor top, Tensor share)",
);
define(_attention, {
  kernel: compute(({ tensors: [query, key, value], attn_mask, is_causal, scale, plain }) => {
    const { dtype, backend } = query;
    const [batch, queries] = query.sizes;
    const n = value.sizes[2];
    const result = empty([batch, queries, n], dtype, undefined, backend);
    const ofRows = [0, 1].map(() => empty([batch, queries, 1], dtype, undefined, backend));
    for (const block of blocks(query, key, is_causal && !plain))
      collectTemporaries(() => {
        const { first, count, row, rows: m, keys: k } = block;
        const form = formOf(query, attn_mask, is_causal, plain, k);
        const masks = maskOf(query, attn_mask, is_causal, block);
        const [p, ...kept] = weights([scoresOf(query, key, block), ...masks], [2], [scale], form);
        for (const [i, t] of kept.entries()) assign(ofRows[i].narrow(0, first, count).narrow(1, row, m), t);
        const [a, b, out] = [operand(p, 0, 0), operand(value, first, 0), operand(result, first, row)];
        backend.matmul(dtype, { m, n, k, batch: count, a, b, out });
      });
    return [result, ...ofRows];
  }),
  saves: { tensors: ["tensors", "attn_mask", "top", "share"] },
  backward: {
    tensors: ({ grad, tensors, attn_mask, top, share, is_causal, scale, plain }) => {
      const [query, key, value] = tensors;
      return madeOfOps()
        ? differentiable(grad, query, key, value, attn_mask, is_causal, scale)
        : gradientsOf(grad, query, key, value, attn_mask, [top, share], is_causal, scale, plain);
    },
  },
  node: "ScaledDotProductFlashAttentionForCpuBackward0",
});
/** Of queries, keys and values, block by block. */
function gradientsOf(
  grad: Tensor,
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Tensor | null,
  ofRows: readonly Tensor[],
  causal: boolean,
  scale: number,
  plain: boolean,
): Tensor[] {
  const { dtype, backend } = query;
  const [inner, width] = [query.sizes[2], value.sizes[2]];
  const [ofQuery, ofKey, ofValue] = [query, key, value].map((t) => t.new_zeros(t.sizes));
  for (const block of blocks(query, key, causal && !plain))
    collectTemporaries(() => {
      const { first, count, row, rows, keys } = block;
      const product = (m: number, n: number, k: number, a: Matrix, b: Matrix, out: Matrix, adds: boolean): void =>
        backend.matmul(dtype, { m, n, k, batch: count, a, b, out, addend: adds ? out : undefined });
      const of = (t: Tensor): Matrix => operand(t, first, row);
      const to = (t: Tensor): Matrix => operand(t, first, 0);
      const d = empty([count, rows, keys], dtype, undefined, backend);
      product(rows, keys, width, of(grad), turned(to(value)), operand(d, 0, 0), false);
      const kept = ofRows.map((t) => t.narrow(0, first, count).narrow(1, row, rows));
      const inputs = [scoresOf(query, key, block), ...kept, d, ...maskOf(query, mask, causal, block)];
      const [p, s] = gradients(inputs, [2], [scale], formOf(query, mask, causal, plain, keys)).map((t) =>
        operand(t, 0, 0),
      );
      product(rows, inner, keys, s, to(key), of(ofQuery), false);
      product(keys, inner, rows, turned(s), of(query), to(ofKey), true);
      product(keys, width, rows, turned(p), of(grad), to(ofValue), true);
    });
  return [ofQuery, ofKey, ofValue];
}
/** The same of all at once, by differentiable ops. */
function differentiable(
  grad: Tensor,
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Tensor | null,
  causal: boolean,
  scale: number,
): Tensor[] {
  const scores = query.bmm(key.transpose(1, 2)).mul(scale);
  const p = softmaxSomewhere(causal ? inSight(scores) : mask === null ? scores : scores.add(mask));
  const d = grad.bmm(value.transpose(1, 2));
  const s = p.mul(d.sub(p.mul(d).sum([2], true))).mul(scale);
  return [s.bmm(key), s.transpose(1, 2).bmm(query), p.transpose(1, 2).bmm(grad)];
}
/** -∞ where a query would look ahead. */
export function inSight(scores: Tensor): Tensor {
  const ahead = scores.new_ones(scores.sizes.slice(-2), { dtype: bool }).triu(1);
  return scores.masked_fill(ahead, -Infinity);
}
/** Softmax of masked scores; rows of -∞ alone, where softmax has no answer, become 0. */
export function softmaxSomewhere(scores: Tensor): Tensor {
  const nowhere = withGrad(false, () => scores.eq(-Infinity).all(-1, true));
  return scores.masked_fill(nowhere, 0).softmax(-1).masked_fill(nowhere, 0);
}
