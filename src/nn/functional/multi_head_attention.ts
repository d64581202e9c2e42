// torch.nn.functional.multi_head_attention_forward: attention of several heads at once, with its projections.
import { bool } from "../../base/dtype.ts";
import type { Dtype } from "../../base/dtype.ts";
import { AssertionError, RuntimeError, warn } from "../../base/errors.ts";
import { sameShape, tupleText } from "../../base/layout.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Values } from "../../dispatch/signature.ts";
import { scaled_dot_product_attention } from "../../ops/nn/attention/attention.ts";
import { dropout } from "../../ops/nn/dropout.ts";
import { linear } from "../../ops/linalg/matmul.ts";
import { pad } from "../../ops/nn/vision/padding.ts";
import { cat } from "../../ops/views/joining.ts";
import type { Tensor } from "../../tensor/tensor.ts";

const SIGNATURE =
  "multi_head_attention_forward(Tensor query, Tensor key, Tensor value, int embed_dim_to_check, int num_heads, Tensor? in_proj_weight, Tensor? in_proj_bias, Tensor? bias_k, Tensor? bias_v, bool add_zero_attn, float dropout_p, Tensor out_proj_weight, Tensor? out_proj_bias, bool training=True, Tensor? key_padding_mask=None, bool need_weights=True, Tensor? attn_mask=None, bool use_separate_proj_weight=False, Tensor? q_proj_weight=None, Tensor? k_proj_weight=None, Tensor? v_proj_weight=None, Tensor? static_k=None, Tensor? static_v=None, bool average_attn_weights=True, bool is_causal=False) -> Tensor";
type Given = Values<typeof SIGNATURE>;

function assert(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new AssertionError(sentence);
}

/**
 * Queries [L, N, E] (or [L, E]) look at keys [S, N, Ek] and values [S, N, Ev] in `num_heads` heads; the result [L, N, E]
 * and, if `need_weights`, where they looked: [N, L, S], the mean over heads, or [N, heads, L, S]. In masks of bools true
 * says "not there"; masks of floats are added. `attn_mask`: [L, S] or [N * heads, L, S]; `key_padding_mask`: [N, S].
 * Raises AssertionError for shapes that do not fit. As `torch.nn.functional.multi_head_attention_forward`.
 */
export function multi_head_attention_forward(
  ...args: Arguments<typeof SIGNATURE>
): [output: Tensor, weights: Tensor | null] {
  const a = bindArguments(SIGNATURE, args);
  checkDims(a);
  const batched = a.query.sizes.length === 3;
  const [query, key, value] = projected(batched ? a : unbatched(a));
  const [length, batch, embedding] = query.sizes;
  const heads = batch * a.num_heads;
  const size = embedding / a.num_heads;
  const apart = (x: Tensor): Tensor => x.reshape([x.sizes[0], heads, size]).transpose(0, 1);

  const padding = canonical(a.key_padding_mask, "key_padding_mask", a.query.dtype, a.attn_mask?.dtype);
  if (a.is_causal && a.attn_mask === null)
    throw new RuntimeError(
      "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method `generate_square_subsequent_mask` to create this mask.",
    );
  // The hint says that attn_mask is the causal one, which needs no mask where no weights are asked for.
  const causal = a.is_causal && padding === null && !a.need_weights;
  let mask = causal ? null : canonical(a.attn_mask, "attn_mask", a.query.dtype);
  if (mask !== null) mask = checkMask(mask, heads, length, a.key.sizes[0]);

  let [k, v] = [key, value];
  const { bias_k, bias_v, static_k, static_v } = a;
  if (bias_k !== null && bias_v !== null) {
    assert(static_k === null, "bias cannot be added to static key.");
    assert(static_v === null, "bias cannot be added to static value.");
    k = cat([k, bias_k.repeat([1, batch, 1])]);
    v = cat([v, bias_v.repeat([1, batch, 1])]);
  } else {
    assert(bias_k === null, "bias_k is set but bias_v is None");
    assert(bias_v === null, "bias_v is set but bias_k is None");
  }
  k = static_k === null ? apart(k) : checkStatic(static_k, "static_k", heads, size);
  v = static_v === null ? apart(v) : checkStatic(static_v, "static_v", heads, size);
  if (a.add_zero_attn) {
    const zero = (x: Tensor): Tensor => cat([x, x.new_zeros([heads, 1, size])], 1);
    [k, v] = [zero(k), zero(v)];
  }
  const source = k.sizes[1];
  // What was added at the end of the keys is never masked.
  const lengthened = (m: Tensor, by: number): Tensor => (by === 0 ? m : pad(m, [0, by]));
  const added = (bias_k === null ? 0 : 1) + (a.add_zero_attn ? 1 : 0);
  if (mask !== null) mask = lengthened(mask, added);
  if (padding !== null) {
    const keys = lengthened(batched ? padding : padding.unsqueeze(0), added);
    for (const [d, n] of [batch, source].entries())
      assert(
        keys.sizes[d] === n,
        `Expected key_padded_mask.shape[${d}] to be ${n}, but got ${keys.sizes[d]}\nIt is [N, S]: one bool or number a key.`,
      );
    const all = keys.view([batch, 1, 1, source]).expand([-1, a.num_heads, -1, -1]).reshape([heads, 1, source]);
    mask = mask === null ? all : mask.add(all);
  }
  const p = a.training ? a.dropout_p : 0;
  const q = apart(query);
  const joined = (x: Tensor): Tensor => {
    const y = linear(x.transpose(0, 1).reshape([length * batch, embedding]), a.out_proj_weight, a.out_proj_bias);
    const shaped = y.view([length, batch, y.sizes[1]]);
    return batched ? shaped : shaped.squeeze([1]);
  };
  if (!a.need_weights) {
    const four = (x: Tensor): Tensor => x.view([batch, a.num_heads, x.sizes[1], size]);
    const bias = mask === null || mask.sizes[0] === 1 ? mask : mask.view([batch, a.num_heads, -1, source]);
    const found = scaled_dot_product_attention(four(q), four(k), four(v), bias, p, causal);
    return [joined(found.view([heads, length, size])), null];
  }
  const scores = q.mul(Math.sqrt(1 / size)).bmm(k.transpose(1, 2));
  const soft = (mask === null ? scores : scores.add(mask)).softmax(-1);
  const kept = p > 0 ? dropout(soft, p) : soft;
  let weights = kept.view([batch, a.num_heads, length, source]);
  if (a.average_attn_weights) weights = weights.mean([1]);
  return [joined(kept.bmm(v)), batched ? weights : weights.squeeze([0])];
}

function checkDims({ query, key, value, key_padding_mask, attn_mask, num_heads }: Given): void {
  const n = query.sizes.length;
  assert(n === 2 || n === 3, `query should be unbatched 2D or batched 3D tensor but received ${n}-D query tensor`);
  const subject = n === 3 ? "For batched (3-D) `query`" : "For unbatched (2-D) `query`";
  const [k, v] = [key.sizes.length, value.sizes.length];
  assert(
    k === n && v === n,
    `${subject}, expected \`key\` and \`value\` to be ${n}-D but found ${k}-D and ${v}-D tensors respectively`,
  );
  const padding = key_padding_mask?.sizes.length ?? n - 1;
  assert(
    padding === n - 1,
    `${subject}, expected \`key_padding_mask\` to be \`None\` or ${n - 1}-D but found ${padding}-D tensor instead`,
  );
  const m = attn_mask?.sizes.length ?? 2;
  assert(
    m === 2 || m === 3,
    `${subject}, expected \`attn_mask\` to be \`None\`, 2-D or 3-D but found ${m}-D tensor instead`,
  );
  if (n === 2 && attn_mask !== null && m === 3) {
    const expected = [num_heads, query.sizes[0], key.sizes[0]];
    assert(
      sameShape(attn_mask.sizes, expected),
      `Expected \`attn_mask\` shape to be ${tupleText(expected)} but got ${String(attn_mask.shape)}`,
    );
  }
}
const unbatched = (a: Given): Given => {
  const one = (x: Tensor): Tensor => x.unsqueeze(1);
  const key = one(a.key);
  return { ...a, query: a.query === a.key ? key : one(a.query), key, value: a.value === a.key ? key : one(a.value) };
};

/** Queries, keys and values of one width, by one weight of three parts or by three weights. */
function projected(a: Given): [Tensor, Tensor, Tensor] {
  const { query, key, value, num_heads, in_proj_weight, in_proj_bias } = a;
  const embedding = query.sizes[2];
  assert(
    embedding === a.embed_dim_to_check,
    `was expecting embedding dimension of ${a.embed_dim_to_check}, but got ${embedding}`,
  );
  assert(embedding % num_heads === 0, `embed_dim ${embedding} not divisible by num_heads ${num_heads}`);
  const [q, k, v] = in_proj_bias === null ? [null, null, null] : in_proj_bias.chunk(3);
  if (!a.use_separate_proj_weight) {
    assert(
      sameShape(key.sizes, value.sizes),
      `key shape ${String(key.shape)} does not match value shape ${String(value.shape)}`,
    );
    assert(in_proj_weight !== null, "use_separate_proj_weight is False but in_proj_weight is None");
    // One product where all three are the same tensor.
    if (query === key && key === value) return linear(query, in_proj_weight, in_proj_bias).chunk(3, -1) as never;
    const [wq, wk, wv] = in_proj_weight.chunk(3);
    return [linear(query, wq, q), linear(key, wk, k), linear(value, wv, v)];
  }
  assert(
    sameShape(key.sizes.slice(0, 2), value.sizes.slice(0, 2)),
    `key's sequence and batch dims torch.Size([${key.sizes.slice(0, 2).join(", ")}]) do not match value's torch.Size([${value.sizes.slice(0, 2).join(", ")}])`,
  );
  const each = (x: Tensor, weight: Tensor | null, bias: Tensor | null, letter: string, word: string): Tensor => {
    assert(weight !== null, `use_separate_proj_weight is True but ${letter}_proj_weight is None`);
    const expected = [embedding, x.sizes[2]];
    assert(
      sameShape(weight.sizes, expected),
      `expecting ${word} weights shape of ${tupleText(expected)}, but got ${String(weight.shape)}`,
    );
    return linear(x, weight, bias);
  };
  return [
    each(query, a.q_proj_weight, q, "q", "query"),
    each(key, a.k_proj_weight, k, "k", "key"),
    each(value, a.v_proj_weight, v, "v", "value"),
  ];
}

/** A mask to add: -∞ where one of bools is true. */
export function canonical(
  mask: Tensor | null,
  name: string,
  dtype: Dtype,
  other?: Dtype | null,
  otherName = "attn_mask",
): Tensor | null {
  if (mask === null) return null;
  assert(mask.dtype === bool || mask.dtype.is_floating_point, `only bool and floating types of ${name} are supported`);
  if ((other ?? mask.dtype) !== mask.dtype)
    warn(`Support for mismatched ${name} and ${otherName} is deprecated. Use same type for both instead.`);
  return mask.dtype === bool ? mask.new_zeros(mask.sizes, { dtype }).masked_fill_(mask, -Infinity) : mask;
}
function checkMask(mask: Tensor, heads: number, length: number, source: number): Tensor {
  const expected = mask.sizes.length === 2 ? [length, source] : [heads, length, source];
  if (!sameShape(mask.sizes, expected))
    throw new RuntimeError(
      `The shape of the ${mask.sizes.length}D attn_mask is ${String(mask.shape)}, but should be ${tupleText(expected)}.`,
    );
  return mask.sizes.length === 2 ? mask.unsqueeze(0) : mask;
}
function checkStatic(x: Tensor, name: string, heads: number, size: number): Tensor {
  for (const [d, n] of [
    [0, heads],
    [2, size],
  ])
    assert(x.sizes[d] === n, `expecting ${name}.size(${d}) of ${n}, but got ${x.sizes[d]}`);
  return x;
}
