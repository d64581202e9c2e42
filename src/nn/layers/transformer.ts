// Transformers, their stacks, and their layers.
import { RuntimeError } from "../../base/errors.ts";
import { modes } from "../../autograd/mode.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Values } from "../../dispatch/signature.ts";
import { full } from "../../ops/creation/creation.ts";
import { isAny } from "../../ops/common/looks.ts";
import { gelu, relu } from "../functional/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ModuleList } from "../containers/modules.ts";
import { deepcopy } from "../module/deepcopy.ts";
import { xavier_uniform_ } from "../init.ts";
import { Module } from "../module/module.ts";
import { layerNorm, TransformerDecoderLayer, TransformerEncoderLayer } from "./transformer_layers.ts";
import type { LayerOptions } from "./transformer_layers.ts";

const clones = <M extends Module>(module: M, count: number): ModuleList<M> =>
  new ModuleList(Array.from({ length: count }, () => deepcopy(module)));

/** How many steps a sequence has, batched or not. */
const steps = ({ sizes }: Tensor, batch_first: boolean): number =>
  sizes.length === 2 ? sizes[0] : sizes[batch_first ? 1 : 0];

/** [size, size] with -∞ above the diagonal: no step sees a later one. */
function causalMask(size: number, options: { dtype?: Tensor["dtype"] } = {}): Tensor {
  return full([size, size], -Infinity, options).triu(1);
}
/** What the caller says, or else whether the mask is the causal one. */
function isCausal(mask: Tensor | null, said: boolean | null, size: number): boolean {
  if (said !== null || mask === null) return said === true;
  const causal = causalMask(size, { dtype: mask.dtype });
  return String(mask.sizes) === String(causal.sizes) && !isAny(mask.ne(causal));
}

const ENCODER =
  "TransformerEncoder(callable encoder_layer, int num_layers, callable? norm=None, bool enable_nested_tensor=True, bool mask_check=True) -> Module";
const ENCODER_FORWARD =
  "TransformerEncoder.forward(Tensor src, Tensor? mask=None, Tensor? src_key_padding_mask=None, bool? is_causal=None) -> Tensor";
/**
 * `num_layers` copies of an encoder layer one after another, and a `norm` at the end, if given. As
 * `torch.nn.TransformerEncoder`. In evaluation, with `batch_first` and no gradients, what is padding at the end of its sequence
 * gives zeros before that norm, unless `enable_nested_tensor` is false; so it does without `mask_check`, wherever it stands.
 * @example
 * const encoder = new nn.TransformerEncoder(new nn.TransformerEncoderLayer(8, 2), 6);
 * encoder(torch.rand(10, 32, 8)).shape; // torch.Size([10, 32, 8])
 */
export class TransformerEncoder extends Module {
  layers: ModuleList<TransformerEncoderLayer>;
  num_layers: number;
  norm: Module | null;
  enable_nested_tensor: boolean;
  mask_check: boolean;
  constructor(...args: Arguments<typeof ENCODER>) {
    const { encoder_layer, num_layers, norm, enable_nested_tensor, mask_check } = bindArguments(ENCODER, args);
    super();
    this.enable_nested_tensor = enable_nested_tensor;
    this.mask_check = mask_check;
    this.layers = clones(encoder_layer as unknown as TransformerEncoderLayer, num_layers);
    this.num_layers = num_layers;
    this.norm = norm as Module | null;
  }
  override forward(...args: Arguments<typeof ENCODER_FORWARD>): Tensor {
    const { src, mask, src_key_padding_mask, is_causal } = bindArguments(ENCODER_FORWARD, args);
    const causal = isCausal(mask, is_causal, steps(src, this.layers.at(0)?.self_attn?.batch_first ?? false));
    let output = src;
    for (const layer of this.layers) output = layer(output, mask, src_key_padding_mask, causal);
    const padding = mask === null ? this.leftOut(src, src_key_padding_mask) : null;
    return normed(this.norm, padding === null ? output : output.masked_fill(padding.unsqueeze(-1), 0));
  }
  /** Where padding is left out, as PyTorch does it by nested tensors: true there. */
  private leftOut(src: Tensor, given: Tensor | null): Tensor | null {
    const first = this.layers.at(0);
    if (!this.enable_nested_tensor || given === null || first === undefined || src.dim() !== 3) return null;
    const { self_attn, norm1, norm2, activation } = first;
    if (
      first.training ||
      first.norm_first ||
      !self_attn.batch_first ||
      self_attn.in_proj_bias === null ||
      !(activation === relu || activation === gelu) ||
      norm1.eps !== norm2.eps ||
      self_attn.num_heads % 2 === 1 ||
      (modes().grad && (src.requires_grad || [...first.parameters()].some((p) => p.requires_grad)))
    )
      return null;
    const padding = given.ne(0);
    const n = padding.sizes[1] - 1;
    const isAtEnd = (): boolean => !isAny(padding.narrow(1, 0, n).gt(padding.narrow(1, 1, n)));
    return !this.mask_check || isAtEnd() ? padding : null;
  }
}
const normed = (norm: Module | null, x: Tensor): Tensor =>
  norm === null ? x : (norm as Module & { forward(x: Tensor): Tensor })(x);

const DECODER = "TransformerDecoder(callable decoder_layer, int num_layers, callable? norm=None) -> Module";
const DECODER_FORWARD =
  "TransformerDecoder.forward(Tensor tgt, Tensor memory, Tensor? tgt_mask=None, Tensor? memory_mask=None, Tensor? tgt_key_padding_mask=None, Tensor? memory_key_padding_mask=None, bool? tgt_is_causal=None, bool memory_is_causal=False) -> Tensor";
/**
 * `num_layers` copies of a decoder layer one after another, and a `norm` at the end, if given. As
 * `torch.nn.TransformerDecoder`.
 */
export class TransformerDecoder extends Module {
  layers: ModuleList<TransformerDecoderLayer>;
  num_layers: number;
  norm: Module | null;
  constructor(...args: Arguments<typeof DECODER>) {
    const { decoder_layer, num_layers, norm } = bindArguments(DECODER, args);
    super();
    this.layers = clones(decoder_layer as unknown as TransformerDecoderLayer, num_layers);
    this.num_layers = num_layers;
    this.norm = norm as Module | null;
  }
  override forward(...args: Arguments<typeof DECODER_FORWARD>): Tensor {
    const { tgt, memory, tgt_mask, memory_mask, tgt_is_causal, ...a } = bindArguments(DECODER_FORWARD, args);
    const causal = isCausal(tgt_mask, tgt_is_causal, steps(tgt, this.layers.at(0)?.self_attn?.batch_first ?? false));
    let output = tgt;
    for (const layer of this.layers)
      output = layer(
        output,
        memory,
        tgt_mask,
        memory_mask,
        a.tgt_key_padding_mask,
        a.memory_key_padding_mask,
        causal,
        a.memory_is_causal,
      );
    return normed(this.norm, output);
  }
}

const TRANSFORMER =
  "Transformer(int d_model=512, int nhead=8, int num_encoder_layers=6, int num_decoder_layers=6, int dim_feedforward=2048, float dropout=0.1, callable|str activation='relu', callable? custom_encoder=None, callable? custom_decoder=None, float layer_norm_eps=1e-05, bool batch_first=False, bool norm_first=False, bool bias=True, device? device=None, dtype? dtype=None) -> Module";
const TRANSFORMER_FORWARD =
  "Transformer.forward(Tensor src, Tensor tgt, Tensor? src_mask=None, Tensor? tgt_mask=None, Tensor? memory_mask=None, Tensor? src_key_padding_mask=None, Tensor? tgt_key_padding_mask=None, Tensor? memory_key_padding_mask=None, bool? src_is_causal=None, bool? tgt_is_causal=None, bool memory_is_causal=False) -> Tensor";
type Options = Values<typeof TRANSFORMER>;
/**
 * From a source [S, N, d_model] and a target [T, N, d_model] (N first with `batch_first`, no N without a batch) to
 * [T, N, d_model]: encoder and decoder, both with a norm at the end. Vaswani et al., "Attention is all you need" (2017).
 * As `torch.nn.Transformer`.
 * @example
 * const transformer = new nn.Transformer(16, 4, 2, 2, 32);
 * transformer(torch.rand(10, 32, 16), torch.rand(20, 32, 16)).shape; // torch.Size([20, 32, 16])
 */
export class Transformer extends Module {
  encoder: TransformerEncoder;
  decoder: TransformerDecoder;
  d_model: number;
  nhead: number;
  batch_first: boolean;
  constructor(...args: Arguments<typeof TRANSFORMER>) {
    const a = bindArguments(TRANSFORMER, args);
    super();
    this.encoder = (a.custom_encoder as TransformerEncoder | null) ?? newEncoder(a);
    this.decoder = (a.custom_decoder as TransformerDecoder | null) ?? newDecoder(a);
    for (const p of this.parameters()) if (p.sizes.length > 1) xavier_uniform_(p);
    this.d_model = a.d_model;
    this.nhead = a.nhead;
    this.batch_first = a.batch_first;
  }
  override forward(...args: Arguments<typeof TRANSFORMER_FORWARD>): Tensor {
    const { src, tgt, ...a } = bindArguments(TRANSFORMER_FORWARD, args);
    const n = this.batch_first ? 0 : 1;
    if (src.sizes.length === 3 && src.sizes[n] !== tgt.sizes[n])
      throw new RuntimeError("the batch number of src and tgt must be equal");
    if (src.sizes.at(-1) !== this.d_model || tgt.sizes.at(-1) !== this.d_model)
      throw new RuntimeError("the feature number of src and tgt must be equal to d_model");
    const memory = this.encoder(src, a.src_mask, a.src_key_padding_mask, a.src_is_causal);
    return this.decoder(
      tgt,
      memory,
      a.tgt_mask,
      a.memory_mask,
      a.tgt_key_padding_mask,
      a.memory_key_padding_mask,
      a.tgt_is_causal,
      a.memory_is_causal,
    );
  }
  /** [sz, sz] with -∞ above the diagonal: a mask by which no step sees a later one. */
  static generate_square_subsequent_mask(sz: number, options: { dtype?: Tensor["dtype"] } = {}): Tensor {
    return causalMask(sz, options);
  }
}
/** What a layer takes of the transformer's options. */
const layerOptions = ({ d_model, nhead, dim_feedforward, dropout, activation, ...a }: Options): LayerOptions => {
  const { layer_norm_eps, batch_first, norm_first, bias, device, dtype } = a;
  const norm = { layer_norm_eps, batch_first, norm_first, bias, device, dtype };
  return { d_model, nhead, dim_feedforward, dropout, activation, ...norm };
};
const newEncoder = (a: Options): TransformerEncoder =>
  new TransformerEncoder(new TransformerEncoderLayer(layerOptions(a)), a.num_encoder_layers, layerNorm(a));
const newDecoder = (a: Options): TransformerDecoder =>
  new TransformerDecoder(new TransformerDecoderLayer(layerOptions(a)), a.num_decoder_layers, layerNorm(a));
