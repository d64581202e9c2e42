// The layers of transformers.
import { RuntimeError } from "../../base/errors.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Values } from "../../dispatch/signature.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { gelu, relu } from "../functional/index.ts";
import { Module } from "../module/module.ts";
import { canonical } from "../functional/multi_head_attention.ts";
import { MultiheadAttention } from "./attention.ts";
import { Dropout } from "./dropout.ts";
import { Linear } from "./linear.ts";
import { LayerNorm } from "./normalization.ts";

const LAYER =
  "TransformerLayer(int d_model, int nhead, int dim_feedforward=2048, float dropout=0.1, callable|str activation='relu', float layer_norm_eps=1e-05, bool batch_first=False, bool norm_first=False, bool bias=True, device? device=None, dtype? dtype=None) -> Module";
const ENCODER_FORWARD =
  "TransformerEncoderLayer.forward(Tensor src, Tensor? src_mask=None, Tensor? src_key_padding_mask=None, bool is_causal=False) -> Tensor";
const DECODER_FORWARD =
  "TransformerDecoderLayer.forward(Tensor tgt, Tensor memory, Tensor? tgt_mask=None, Tensor? memory_mask=None, Tensor? tgt_key_padding_mask=None, Tensor? memory_key_padding_mask=None, bool tgt_is_causal=False, bool memory_is_causal=False) -> Tensor";
export type LayerOptions = Values<typeof LAYER>;
type Activation = (x: Tensor) => Tensor;

function activationOf(given: Activation | string): Activation {
  if (typeof given === "function") return given;
  if (given === "relu") return relu;
  if (given === "gelu") return gelu;
  throw new RuntimeError(`activation should be relu/gelu, not ${given}`);
}
const attention = ({ d_model, nhead, dropout, batch_first, bias, device, dtype }: LayerOptions): MultiheadAttention =>
  new MultiheadAttention(d_model, nhead, { dropout, bias, batch_first, device, dtype });
/** The norm of a layer, or of a whole stack. */
export const layerNorm = ({
  d_model,
  layer_norm_eps,
  bias,
  device,
  dtype,
}: Pick<LayerOptions, "d_model" | "layer_norm_eps" | "bias" | "device" | "dtype">): LayerNorm =>
  new LayerNorm(d_model, layer_norm_eps, { bias, device, dtype });

/**
 * Self-attention and a feed-forward network d_model → dim_feedforward → d_model, each with dropout, a way around and a
 * norm after it (before it with `norm_first`). Source [S, N, d_model], or [N, S, d_model] with `batch_first`. `activation`
 * is "relu", "gelu" or a function. Vaswani et al., "Attention is all you need" (2017). As
 * `torch.nn.TransformerEncoderLayer`.
 * @example new nn.TransformerEncoderLayer(8, 2, 16)(torch.rand(10, 32, 8)).shape // torch.Size([10, 32, 8])
 */
export class TransformerEncoderLayer extends Module {
  self_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  norm_first: boolean;
  norm1: LayerNorm;
  norm2: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  activation: Activation;
  constructor(...args: Arguments<typeof LAYER>) {
    const a = bindArguments(LAYER, args, "TransformerEncoderLayer");
    const { d_model, dim_feedforward, bias, device, dtype } = a;
    super();
    this.self_attn = attention(a);
    this.linear1 = new Linear(d_model, dim_feedforward, bias, { device, dtype });
    this.dropout = new Dropout(a.dropout);
    this.linear2 = new Linear(dim_feedforward, d_model, bias, { device, dtype });
    this.norm_first = a.norm_first;
    this.norm1 = layerNorm(a);
    this.norm2 = layerNorm(a);
    this.dropout1 = new Dropout(a.dropout);
    this.dropout2 = new Dropout(a.dropout);
    this.activation = activationOf(a.activation);
  }
  override forward(...args: Arguments<typeof ENCODER_FORWARD>): Tensor {
    const { src, src_mask, src_key_padding_mask, is_causal } = bindArguments(ENCODER_FORWARD, args);
    const padding = canonical(src_key_padding_mask, "src_key_padding_mask", src.dtype, src_mask?.dtype, "src_mask");
    const mask = canonical(src_mask, "src_mask", src.dtype);
    const attend = (x: Tensor): Tensor =>
      this.dropout1(this.self_attn(x, x, x, padding, false, mask, true, is_causal)[0]);
    const feed = (x: Tensor): Tensor => this.dropout2(this.linear2(this.dropout(this.activation(this.linear1(x)))));
    const x = around(src, attend, this.norm1, this.norm_first);
    return around(x, feed, this.norm2, this.norm_first);
  }
}
/** x + f(x) with the norm after the sum, or before f. */
const around = (x: Tensor, f: (x: Tensor) => Tensor, norm: LayerNorm, first: boolean): Tensor =>
  first ? x.add(f(norm(x))) : norm(x.add(f(x)));

/**
 * Self-attention of the target, attention from the target to the memory (what the encoder made), and a feed-forward
 * network, each as in {@link TransformerEncoderLayer}. As `torch.nn.TransformerDecoderLayer`.
 * @example
 * const layer = new nn.TransformerDecoderLayer(8, 2, 16);
 * layer(torch.rand(20, 32, 8), torch.rand(10, 32, 8)).shape; // torch.Size([20, 32, 8])
 */
export class TransformerDecoderLayer extends Module {
  self_attn: MultiheadAttention;
  multihead_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  norm_first: boolean;
  norm1: LayerNorm;
  norm2: LayerNorm;
  norm3: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  dropout3: Dropout;
  activation: Activation;
  constructor(...args: Arguments<typeof LAYER>) {
    const a = bindArguments(LAYER, args, "TransformerDecoderLayer");
    const { d_model, dim_feedforward, bias, device, dtype } = a;
    super();
    this.self_attn = attention(a);
    this.multihead_attn = attention(a);
    this.linear1 = new Linear(d_model, dim_feedforward, bias, { device, dtype });
    this.dropout = new Dropout(a.dropout);
    this.linear2 = new Linear(dim_feedforward, d_model, bias, { device, dtype });
    this.norm_first = a.norm_first;
    this.norm1 = layerNorm(a);
    this.norm2 = layerNorm(a);
    this.norm3 = layerNorm(a);
    this.dropout1 = new Dropout(a.dropout);
    this.dropout2 = new Dropout(a.dropout);
    this.dropout3 = new Dropout(a.dropout);
    this.activation = activationOf(a.activation);
  }
  override forward(...args: Arguments<typeof DECODER_FORWARD>): Tensor {
    const { tgt, memory, tgt_mask, memory_mask, ...a } = bindArguments(DECODER_FORWARD, args);
    const attendSelf = (x: Tensor): Tensor =>
      this.dropout1(this.self_attn(x, x, x, a.tgt_key_padding_mask, false, tgt_mask, true, a.tgt_is_causal)[0]);
    const attendMemory = (x: Tensor): Tensor =>
      this.dropout2(
        this.multihead_attn(
          x,
          memory,
          memory,
          a.memory_key_padding_mask,
          false,
          memory_mask,
          true,
          a.memory_is_causal,
        )[0],
      );
    const feed = (x: Tensor): Tensor => this.dropout3(this.linear2(this.dropout(this.activation(this.linear1(x)))));
    let x = around(tgt, attendSelf, this.norm1, this.norm_first);
    x = around(x, attendMemory, this.norm2, this.norm_first);
    return around(x, feed, this.norm3, this.norm_first);
  }
}
