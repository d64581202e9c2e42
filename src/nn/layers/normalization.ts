// Layers that normalise a sample: LayerNorm, RMSNorm, GroupNorm.
import { ValueError } from "../../base/errors.ts";
import { tupleText } from "../../base/layout.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { ones, zeros } from "../../ops/creation/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { group_norm, layer_norm, rms_norm } from "../functional/index.ts";
import { ones_, zeros_ } from "../init.ts";
import { OwnLayer } from "../module/own_layers.ts";
import { Parameter } from "../module/parameter.ts";
import { floatText, pythonText } from "./layer.ts";

const LAYER =
  "LayerNorm(int[] normalized_shape, float eps=1e-05, bool elementwise_affine=True, bool bias=True, device? device=None, dtype? dtype=None) -> Module";
/**
 * Normalised over the last dims, whose sizes are `normalized_shape`, then scaled and shifted per element. Ba, Kiros and
 * Hinton, 2016. As `torch.nn.LayerNorm`.
 */
export class LayerNorm extends OwnLayer {
  normalized_shape: readonly number[];
  eps: number;
  elementwise_affine: boolean;
  declare weight: Parameter | null;
  declare bias: Parameter | null;
  constructor(...args: Arguments<typeof LAYER>) {
    super();
    const a = bindArguments(LAYER, args, new.target.name);
    const { normalized_shape, elementwise_affine, dtype, device } = a;
    this.normalized_shape = normalized_shape;
    this.eps = a.eps;
    this.elementwise_affine = elementwise_affine;
    const make = (f: typeof ones | typeof zeros): Parameter => new Parameter(f(normalized_shape, { dtype, device }));
    this.register_parameter("weight", elementwise_affine ? make(ones) : null);
    this.register_parameter("bias", elementwise_affine && a.bias ? make(zeros) : null);
  }
  reset_parameters(): void {
    resetAffine(this);
  }
  override forward(input: Tensor): Tensor {
    return layer_norm(input, this.normalized_shape, this.weight, this.bias, this.eps);
  }
  override extra_repr(): string {
    return `${tupleText(this.normalized_shape)}, eps=${floatText(this.eps)}, elementwise_affine=${pythonText(this.elementwise_affine, "bool")}, bias=${pythonText(this.bias !== null, "bool")}`;
  }
}
/** Scale 1, shift 0. */
export function resetAffine({ weight, bias }: { weight: Tensor | null; bias: Tensor | null }): void {
  if (weight !== null) ones_(weight);
  if (bias !== null) zeros_(bias);
}

const RMS =
  "RMSNorm(int[] normalized_shape, float? eps=None, bool elementwise_affine=True, device? device=None, dtype? dtype=None) -> Module";
/** Divided by the root of the mean square over the last dims, then scaled. Zhang and Sennrich, 2019. As `torch.nn.RMSNorm`. */
export class RMSNorm extends OwnLayer {
  normalized_shape: readonly number[];
  eps: number | null;
  elementwise_affine: boolean;
  declare weight: Parameter | null;
  constructor(...args: Arguments<typeof RMS>) {
    super();
    const a = bindArguments(RMS, args, new.target.name);
    const { normalized_shape, elementwise_affine, dtype, device } = a;
    this.normalized_shape = normalized_shape;
    this.eps = a.eps;
    this.elementwise_affine = elementwise_affine;
    this.register_parameter(
      "weight",
      elementwise_affine ? new Parameter(ones(normalized_shape, { dtype, device })) : null,
    );
  }
  reset_parameters(): void {
    if (this.weight !== null) ones_(this.weight);
  }
  override forward(input: Tensor): Tensor {
    return rms_norm(input, this.normalized_shape, this.weight, this.eps);
  }
  override extra_repr(): string {
    return `${tupleText(this.normalized_shape)}, eps=${floatText(this.eps)}, elementwise_affine=${pythonText(this.elementwise_affine, "bool")}`;
  }
}

const GROUP =
  "GroupNorm(int num_groups, int num_channels, float eps=1e-05, bool affine=True, device? device=None, dtype? dtype=None, *, bool bias=True) -> Module";
/**
 * Groups of channels of each sample of [N, C, …] normalised, then scaled and shifted per channel. Wu and He, 2018.
 * Raises ValueError if the channels cannot be shared out. As `torch.nn.GroupNorm`.
 */
export class GroupNorm extends OwnLayer {
  num_groups: number;
  num_channels: number;
  eps: number;
  affine: boolean;
  declare weight: Parameter | null;
  declare bias: Parameter | null;
  constructor(...args: Arguments<typeof GROUP>) {
    super();
    const a = bindArguments(GROUP, args, new.target.name);
    const { num_groups, num_channels, affine, dtype, device } = a;
    if (num_channels % num_groups !== 0)
      throw new ValueError(`num_channels (${num_channels}) must be divisible by num_groups (${num_groups})`);
    this.num_groups = num_groups;
    this.num_channels = num_channels;
    this.eps = a.eps;
    this.affine = affine;
    const make = (f: typeof ones | typeof zeros): Parameter => new Parameter(f([num_channels], { dtype, device }));
    this.register_parameter("weight", affine ? make(ones) : null);
    this.register_parameter("bias", affine && a.bias ? make(zeros) : null);
  }
  reset_parameters(): void {
    resetAffine(this);
  }
  override forward(input: Tensor): Tensor {
    return group_norm(input, this.num_groups, this.weight, this.bias, this.eps);
  }
  override extra_repr(): string {
    return `${this.num_groups}, ${this.num_channels}, eps=${floatText(this.eps)}, affine=${pythonText(this.affine, "bool")}, bias=${pythonText(this.bias !== null, "bool")}`;
  }
}
