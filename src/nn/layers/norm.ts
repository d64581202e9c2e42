// Normalising layers.
import { ValueError } from "../../errors.ts";
import { int64 } from "../../dtype.ts";
import { ones, zeros } from "../../ops/creation.ts";
import { batch_norm, group_norm, layer_norm } from "../../ops/norm.ts";
import { bindConstructor } from "../../op/constructor.ts";
import type { ConstructorArgs } from "../../op/constructor.ts";
import type { Tensor } from "../../tensor.ts";
import { Module } from "../module.ts";
import { Parameter } from "../parameter.ts";

const python = (x: boolean): string => (x ? "True" : "False");
const float = (x: number): string =>
  x !== 0 && Math.abs(x) < 1e-4
    ? x.toExponential().replace(/e-(\d)$/, "e-0$1")
    : Number.isInteger(x)
      ? `${x}.0`
      : String(x);

const BATCH =
  "BatchNorm(int num_features, float eps=1e-05, float? momentum=0.1, bool affine=True, bool track_running_stats=True, str? device=None, dtype? dtype=None, *, bool bias=True) -> Module";
abstract class BatchNorm extends Module {
  num_features: number;
  eps: number;
  momentum: number | null;
  affine: boolean;
  track_running_stats: boolean;
  weight: Parameter | null;
  bias: Parameter | null;
  declare running_mean: Tensor | null;
  declare running_var: Tensor | null;
  declare num_batches_tracked: Tensor | null;
  constructor(...args: ConstructorArgs<typeof BATCH>) {
    super();
    const { num_features, eps, momentum, affine, track_running_stats, dtype, bias } = bindConstructor(BATCH, args);
    this.num_features = num_features;
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.track_running_stats = track_running_stats;
    this.weight = affine ? new Parameter(ones([num_features], { dtype })) : null;
    this.bias = affine && bias ? new Parameter(zeros([num_features], { dtype })) : null;
    this.register_buffer("running_mean", track_running_stats ? zeros([num_features], { dtype }) : null);
    this.register_buffer("running_var", track_running_stats ? ones([num_features], { dtype }) : null);
    this.register_buffer("num_batches_tracked", track_running_stats ? zeros([], { dtype: int64 }) : null);
  }
  protected abstract dims: readonly number[];
  override forward(input: Tensor): Tensor {
    if (!this.dims.includes(input.sizes.length))
      throw new ValueError(
        `expected ${this.dims.map((d) => `${d}D`).join(" or ")} input (got ${input.sizes.length}D input)`,
      );
    let momentum = this.momentum ?? 0;
    if (this.training && this.num_batches_tracked !== null) {
      this.num_batches_tracked.add_(1);
      if (this.momentum === null) momentum = 1 / Number(this.num_batches_tracked.item());
    }
    const byBatch = this.training || this.running_mean === null;
    const track = !this.training || this.track_running_stats;
    return batch_norm(
      input,
      track ? this.running_mean : null,
      track ? this.running_var : null,
      this.weight,
      this.bias,
      byBatch,
      momentum,
      this.eps,
    );
  }
  override extra_repr(): string {
    const momentum = this.momentum === null ? "None" : float(this.momentum);
    return `${this.num_features}, eps=${float(this.eps)}, momentum=${momentum}, affine=${python(this.affine)}, bias=${python(this.bias !== null)}, track_running_stats=${python(this.track_running_stats)}`;
  }
}
/** Normalises each channel of [N, C] or [N, C, L] over the batch. As `torch.nn.BatchNorm1d`. */
export class BatchNorm1d extends BatchNorm {
  protected get dims(): readonly number[] {
    return [2, 3];
  }
}
/** Normalises each channel of [N, C, H, W] over the batch. As `torch.nn.BatchNorm2d`. */
export class BatchNorm2d extends BatchNorm {
  protected get dims(): readonly number[] {
    return [4];
  }
}
/** Normalises each channel of [N, C, D, H, W] over the batch. As `torch.nn.BatchNorm3d`. */
export class BatchNorm3d extends BatchNorm {
  protected get dims(): readonly number[] {
    return [5];
  }
}

const LAYER =
  "LayerNorm(int[] normalized_shape, float eps=1e-05, bool elementwise_affine=True, bool bias=True, str? device=None, dtype? dtype=None) -> Module";
/** Normalises over the last dims. As `torch.nn.LayerNorm`. */
export class LayerNorm extends Module {
  normalized_shape: readonly number[];
  eps: number;
  elementwise_affine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;
  constructor(...args: ConstructorArgs<typeof LAYER>) {
    super();
    const { normalized_shape, eps, elementwise_affine, bias, dtype } = bindConstructor(LAYER, args);
    this.normalized_shape = normalized_shape;
    this.eps = eps;
    this.elementwise_affine = elementwise_affine;
    this.weight = elementwise_affine ? new Parameter(ones(normalized_shape, { dtype })) : null;
    this.bias = elementwise_affine && bias ? new Parameter(zeros(normalized_shape, { dtype })) : null;
  }
  override forward(input: Tensor): Tensor {
    return layer_norm(input, this.normalized_shape, this.weight, this.bias, this.eps);
  }
  override extra_repr(): string {
    const shape =
      this.normalized_shape.length === 1 ? `(${this.normalized_shape[0]},)` : `(${this.normalized_shape.join(", ")})`;
    const bias = this.elementwise_affine ? `, bias=${python(this.bias !== null)}` : "";
    return `${shape}, eps=${float(this.eps)}, elementwise_affine=${python(this.elementwise_affine)}${bias}`;
  }
}

const GROUP =
  "GroupNorm(int num_groups, int num_channels, float eps=1e-05, bool affine=True, str? device=None, dtype? dtype=None, *, bool bias=True) -> Module";
/** Normalises groups of channels of each sample. As `torch.nn.GroupNorm`. */
export class GroupNorm extends Module {
  num_groups: number;
  num_channels: number;
  eps: number;
  affine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;
  constructor(...args: ConstructorArgs<typeof GROUP>) {
    super();
    const { num_groups, num_channels, eps, affine, dtype, bias } = bindConstructor(GROUP, args);
    if (num_channels % num_groups !== 0)
      throw new ValueError(`num_channels (${num_channels}) must be divisible by num_groups (${num_groups})`);
    this.num_groups = num_groups;
    this.num_channels = num_channels;
    this.eps = eps;
    this.affine = affine;
    this.weight = affine ? new Parameter(ones([num_channels], { dtype })) : null;
    this.bias = affine && bias ? new Parameter(zeros([num_channels], { dtype })) : null;
  }
  override forward(input: Tensor): Tensor {
    return group_norm(input, this.num_groups, this.weight, this.bias, this.eps);
  }
  override extra_repr(): string {
    return `${this.num_groups}, ${this.num_channels}, eps=${float(this.eps)}, affine=${python(this.affine)}`;
  }
}
