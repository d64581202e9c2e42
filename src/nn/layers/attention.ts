// Attention as a layer.
import { AssertionError, ValueError } from "../../base/errors.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { empty } from "../../ops/creation/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import * as F from "../functional/index.ts";
import { constant_, xavier_normal_, xavier_uniform_ } from "../init.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { Linear } from "./linear.ts";

/** A {@link Linear} under the name that PyTorch prints for attention's last one. */
class NonDynamicallyQuantizableLinear extends Linear {}

const ATTENTION =
  "MultiheadAttention(int embed_dim, int num_heads, float dropout=0.0, bool bias=True, bool add_bias_kv=False, bool add_zero_attn=False, int? kdim=None, int? vdim=None, bool batch_first=False, device? device=None, dtype? dtype=None) -> Module";
const FORWARD =
  "MultiheadAttention.forward(Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask=None, bool need_weights=True, Tensor? attn_mask=None, bool average_attn_weights=True, bool is_causal=False) -> (Tensor, Tensor?)";
/**
 * Queries [L, N, embed_dim] look at keys [S, N, kdim] and values [S, N, vdim] in `num_heads` heads; with `batch_first` N
 * comes first, without a batch there is no N. Gives what they found, of the queries' shape, and where they looked
 * [N, L, S] (null unless `need_weights`). Masks of bools say "not there", masks of floats are added. Vaswani et al.,
 * "Attention is all you need" (2017). As `torch.nn.MultiheadAttention`.
 * @example
 * const [found, weights] = new nn.MultiheadAttention(8, 2)(torch.rand(5, 1, 8), torch.rand(7, 1, 8), torch.rand(7, 1, 8));
 */
export class MultiheadAttention extends Module {
  embed_dim: number;
  kdim: number;
  vdim: number;
  num_heads: number;
  dropout: number;
  batch_first: boolean;
  head_dim: number;
  add_zero_attn: boolean;
  declare in_proj_weight: Parameter | null;
  declare q_proj_weight: Parameter | null;
  declare k_proj_weight: Parameter | null;
  declare v_proj_weight: Parameter | null;
  declare in_proj_bias: Parameter | null;
  out_proj: Linear;
  declare bias_k: Parameter | null;
  declare bias_v: Parameter | null;
  constructor(...args: Arguments<typeof ATTENTION>) {
    const a = bindArguments(ATTENTION, args, "MultiheadAttention");
    const { embed_dim, num_heads, kdim, vdim, dtype, device } = a;
    if (embed_dim <= 0 || num_heads <= 0)
      throw new ValueError(
        `embed_dim and num_heads must be greater than 0, got embed_dim=${embed_dim} and num_heads=${num_heads} instead`,
      );
    super();
    this.embed_dim = embed_dim;
    this.kdim = kdim ?? embed_dim;
    this.vdim = vdim ?? embed_dim;
    this.num_heads = num_heads;
    this.dropout = a.dropout;
    this.batch_first = a.batch_first;
    this.head_dim = Math.floor(embed_dim / num_heads);
    if (this.head_dim * num_heads !== embed_dim) throw new AssertionError("embed_dim must be divisible by num_heads");
    const optional = (name: string, wanted: boolean, ...shape: number[]): void =>
      this.register_parameter(name, wanted ? new Parameter(empty(shape, { dtype, device })) : null);
    const together = this.kdim === embed_dim && this.vdim === embed_dim;
    // In PyTorch's order, which is that of the state dict.
    if (together) optional("in_proj_weight", true, 3 * embed_dim, embed_dim);
    optional("q_proj_weight", !together, embed_dim, embed_dim);
    optional("k_proj_weight", !together, embed_dim, this.kdim);
    optional("v_proj_weight", !together, embed_dim, this.vdim);
    if (!together) optional("in_proj_weight", false);
    optional("in_proj_bias", a.bias, 3 * embed_dim);
    this.out_proj = new NonDynamicallyQuantizableLinear(embed_dim, embed_dim, a.bias, { device, dtype });
    optional("bias_k", a.add_bias_kv, 1, 1, embed_dim);
    optional("bias_v", a.add_bias_kv, 1, 1, embed_dim);
    this.add_zero_attn = a.add_zero_attn;
    this._reset_parameters();
  }
  /** Draws the parameters anew. */
  _reset_parameters(): void {
    for (const weight of [this.in_proj_weight, this.q_proj_weight, this.k_proj_weight, this.v_proj_weight])
      if (weight !== null) xavier_uniform_(weight);
    if (this.in_proj_bias !== null) {
      constant_(this.in_proj_bias, 0);
      constant_(this.out_proj.bias!, 0);
    }
    if (this.bias_k !== null) xavier_normal_(this.bias_k);
    if (this.bias_v !== null) xavier_normal_(this.bias_v);
  }
  override forward(...args: Arguments<typeof FORWARD>): [output: Tensor, weights: Tensor | null] {
    const { query, key, value, key_padding_mask, need_weights, attn_mask, average_attn_weights, is_causal } =
      bindArguments(FORWARD, args);
    const swaps = this.batch_first && query.sizes.length === 3;
    const lengthFirst = (x: Tensor): Tensor => (swaps ? x.transpose(1, 0) : x);
    // The same tensor three times stays so: then one product projects it.
    const q = lengthFirst(query);
    const k = key === query ? q : lengthFirst(key);
    const v = value === key ? k : lengthFirst(value);
    const { in_proj_weight, in_proj_bias, bias_k, bias_v, out_proj, training } = this;
    const [output, weights] = F.multi_head_attention_forward({
      query: q,
      key: k,
      value: v,
      embed_dim_to_check: this.embed_dim,
      num_heads: this.num_heads,
      in_proj_weight,
      in_proj_bias,
      bias_k,
      bias_v,
      add_zero_attn: this.add_zero_attn,
      dropout_p: this.dropout,
      out_proj_weight: out_proj.weight,
      out_proj_bias: out_proj.bias,
      training,
      key_padding_mask,
      need_weights,
      attn_mask,
      use_separate_proj_weight: in_proj_weight === null,
      q_proj_weight: this.q_proj_weight,
      k_proj_weight: this.k_proj_weight,
      v_proj_weight: this.v_proj_weight,
      average_attn_weights,
      is_causal,
    });
    return [lengthFirst(output), weights];
  }
}
