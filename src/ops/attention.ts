// Attention: what queries find at the keys they are like.
import { no_grad } from "../autograd/mode.ts";
import { bool } from "../dtype.ts";
import { RuntimeError } from "../errors.ts";
import { cppName } from "../cpp_names.ts";
import { composite } from "../op/kernels.ts";
import { define, op } from "../op/op.ts";
import type { Tensor } from "../tensor.ts";
import { ones } from "./creation.ts";
import { dropout } from "./dropout.ts";

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
    check(query, key, value, attn_mask, is_causal);
    const heads = (x: Tensor): Tensor => (enable_gqa ? shared(x, query) : x);
    const factor = scale ?? 1 / Math.sqrt(query.size(-1));
    const scores = query.mul(factor).matmul(heads(key).transpose(-2, -1));
    const weights = is_causal ? causal(scores).softmax(-1) : attn_mask ? masked(scores, attn_mask) : scores.softmax(-1);
    return (dropout_p === 0 ? weights : dropout(weights, dropout_p)).matmul(heads(value));
  }),
});

function check(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | null, causal: boolean): void {
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
  if (causal)
    throw new RuntimeError(
      "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True\nAdd the two masks, or leave one out.",
    );
  if (mask.dtype !== bool && mask.dtype !== dtype)
    throw new RuntimeError(
      `Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: ${cppName(mask.dtype)} and  query.dtype: ${cppName(dtype)} instead.`,
    );
}
/** Each head of x as often as there are heads of queries to share it. */
function shared(x: Tensor, query: Tensor): Tensor {
  const [wanted, there] = [query.size(-3), x.size(-3)];
  if (wanted % there !== 0)
    throw new RuntimeError(
      `Number of heads in key and value must divide the number of heads in \nquery: ${there} do not divide ${wanted}.`,
    );
  return wanted === there ? x : x.repeat_interleave(wanted / there, -3);
}
/** -∞ where a query would look ahead. */
function causal(scores: Tensor): Tensor {
  const ahead = ones(scores.sizes.slice(-2), { dtype: bool }).triu(1);
  return scores.masked_fill(ahead, -Infinity);
}
/** Softmax of masked scores; rows of -∞ alone, where softmax has no answer, become 0. */
function masked(scores: Tensor, mask: Tensor): Tensor {
  const x = mask.dtype === bool ? scores.masked_fill(mask.logical_not(), -Infinity) : scores.add(mask);
  const nowhere = no_grad(() => x.eq(-Infinity).all(-1, true));
  return x.masked_fill(nowhere, 0).softmax(-1).masked_fill(nowhere, 0);
}
