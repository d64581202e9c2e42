// Attention: what queries find at the keys they are like.
import { bool, opmath } from "../../../base/dtype.ts";
import { RuntimeError } from "../../../base/errors.ts";
import { cppName } from "../../../base/cpp_names.ts";
import { numel, sameShape } from "../../../base/layout.ts";
import { composite } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { _attention, inSight, softmaxSomewhere } from "./attention_blocks.ts";
import { ones } from "../../creation/creation.ts";
import { dropout } from "../dropout.ts";
import { repeat_interleave } from "../../views/joining.ts";

/**
 * softmax(query · keyᵀ * scale + mask) · value for queries [..., L, E], keys [..., S, E] and values [..., S, V]; `scale` is
 * 1/√E. A mask [..., L, S] of bools is true where a query may look; one of floats is added. A query that may look nowhere
 * gets 0. `is_causal` lets query i look at keys up to i. `enable_gqa` shares each head (dim -3) of keys and values among
 * several of queries. As `torch.nn.functional.scaled_dot_product_attention`. Vaswani et al., "Attention is all you need"
 * (2017).
 * @example F.scaled_dot_product_attention(torch.rand(2, 8, 5, 16), torch.rand(2, 8, 7, 16), torch.rand(2, 8, 7, 16))
 */
export const scaled_dot_product_attention = op(
  "scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0.0, bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor",
);
define(scaled_dot_product_attention, {
  kernel: composite(({ query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa }) => {
    check(query, key, value, attn_mask);
    const [k, v] = enable_gqa ? [shared(key, query), shared(value, query)] : [key, value];
    // Without features all keys are alike.
    const factor = scale ?? 1 / Math.sqrt(query.size(-1) || 1);
    const fits = dropout_p === 0 && fitsBlocks(query, k, v, attn_mask);
    if (is_causal && attn_mask !== null) {
      // PyTorch's kernel takes both masks, what it does without one does not.
      if (!fits || query.dim() !== 4 || v.size(-1) !== query.size(-1))
        throw new RuntimeError(
          "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True\nAdd the two masks, or leave one out.",
        );
      return inBlocks(query, k, v, upToDiagonal(attn_mask, query.size(-2), k.size(-2)), false, factor);
    }
    if (fits) return inBlocks(query, k, v, attn_mask, is_causal, factor);
    const scores = query.mul(factor).matmul(k.transpose(-2, -1));
    const weights = is_causal
      ? softmaxSomewhere(inSight(scores))
      : attn_mask
        ? masked(scores, attn_mask)
        : scores.softmax(-1);
    return (dropout_p === 0 ? weights : dropout(weights, dropout_p)).matmul(v);
  }),
  node: ({ query }) =>
    query.sizes.length === 4 ? "ScaledDotProductFlashAttentionForCpuBackward0" : "UnsafeViewBackward0",
});

function check(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | null): void {
  const dtype = query.dtype;
  if (key.dtype !== dtype || value.dtype !== dtype)
    throw new RuntimeError(
      `Expected query, key, and value to have the same dtype, but got query.dtype: ${cppName(dtype)} key.dtype: ${cppName(key.dtype)} and value.dtype: ${cppName(value.dtype)} instead.`,
    );
  const [q, k, v] = [query, key, value].map((t) => t.sizes.length);
  if (q < 2 || k < 2 || v < 2)
    throw new RuntimeError(
      `Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: ${q} key.dim: ${k} and value.dim: ${v} instead.`,
    );
  if (!dtype.is_floating_point) throw new RuntimeError(`expected scalar type Float but found ${dtype.legacyName}`);
  if (mask === null) return;
  if (mask.dtype !== bool && mask.dtype !== dtype)
    throw new RuntimeError(
      `Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: ${cppName(mask.dtype)} and  query.dtype: ${cppName(dtype)} instead.`,
    );
}
/** Whether attention can go block by block: sizes that match without broadcasting, and no derivative of the mask to take. */
function fitsBlocks(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | null): boolean {
  if (mask !== null && mask.isDifferentiated) return false;
  if (query.size(-1) !== key.size(-1) || key.size(-2) !== value.size(-2)) return false;
  const [q, k, v] = [query, key, value].map((t) => t.sizes.slice(0, -2));
  return sameShape(q, k) && sameShape(k, v);
}
function inBlocks(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | null, causal: boolean, scale: number): Tensor {
  const wide = opmath(q.dtype);
  const flat = (x: Tensor): Tensor => x.to(wide).reshape([numel(x.sizes.slice(0, -2)), ...x.sizes.slice(-2)]);
  const batch = q.sizes.slice(0, -2);
  let added: Tensor | null = null;
  if (mask !== null) {
    mask.expand([...batch, q.size(-2), k.size(-2)]);
    const own = mask.sizes.length < 2 ? [1, mask.size(-1)] : mask.sizes.slice(-2);
    const floats = mask.dtype === bool ? q.new_zeros(mask.sizes).masked_fill(mask.logical_not(), -Infinity) : mask;
    added = flat(mask.numel() === numel(own) ? floats.view(own) : floats.expand([...batch, ...own]));
  }
  // What PyTorch's kernel takes; all else it makes by softmax.
  const plain = q.dim() !== 4 || q.size(-1) !== v.size(-1) || [q, k, v].some((t) => t.stride(-1) !== 1);
  const { result } = _attention([flat(q), flat(k), flat(v)], added, causal, scale, plain);
  return result.view([...batch, ...result.sizes.slice(1)]).to(q.dtype);
}
/** Each head of x as often as there are heads of queries to share it. */
function shared(x: Tensor, query: Tensor): Tensor {
  const [wanted, there] = [query.size(-3), x.size(-3)];
  if (wanted % there !== 0)
    throw new RuntimeError(
      `Number of heads in key and value must divide the number of heads in \nquery: ${there} do not divide ${wanted}.`,
    );
  return wanted === there ? x : repeat_interleave(x, wanted / there, -3);
}
/** A mask that lets nobody look ahead, either. */
function upToDiagonal(mask: Tensor, queries: number, keys: number): Tensor {
  const ahead = ones([queries, keys], { dtype: bool }).triu(1);
  return mask.dtype === bool ? mask.logical_and(ahead.logical_not()) : mask.masked_fill(ahead, -Infinity);
}
function masked(scores: Tensor, mask: Tensor): Tensor {
  return softmaxSomewhere(mask.dtype === bool ? scores.masked_fill(mask.logical_not(), -Infinity) : scores.add(mask));
}
