// Layers that normalise channels by statistics they keep: BatchNorm, InstanceNorm.
import { int64 } from "../../base/dtype.ts";
import { ValueError, warn } from "../../base/errors.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Values } from "../../dispatch/signature.ts";
import { ones, zeros } from "../../ops/creation/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { batch_norm, instance_norm } from "../functional/index.ts";
import { ones_, zeros_ } from "../init.ts";
import { Module } from "../module/module.ts";
import { ownBase } from "../module/own_layers.ts";
import { Parameter } from "../module/parameter.ts";
import { floatText, pythonText } from "./layer.ts";
import { resetAffine } from "./normalization.ts";

const BATCH =
  "BatchNorm(int num_features, float eps=1e-05, float? momentum=0.1, bool affine=True, bool track_running_stats=True, device? device=None, dtype? dtype=None, *, bool bias=True) -> Module";
const INSTANCE =
  "InstanceNorm(int num_features, float eps=1e-05, float? momentum=0.1, bool affine=False, bool track_running_stats=False, device? device=None, dtype? dtype=None, *, bool bias=True) -> Module";

abstract class NormBase extends Module {
  num_features: number;
  eps: number;
  momentum: number | null;
  affine: boolean;
  track_running_stats: boolean;
  declare weight: Parameter | null;
  declare bias: Parameter | null;
  declare running_mean: Tensor | null;
  declare running_var: Tensor | null;
  declare num_batches_tracked: Tensor | null;
  constructor(a: Values<typeof BATCH>) {
    super();
    const { num_features, affine, track_running_stats, dtype, device } = a;
    this.num_features = num_features;
    this.eps = a.eps;
    this.momentum = a.momentum;
    this.affine = affine;
    this.track_running_stats = track_running_stats;
    const make = (f: typeof ones | typeof zeros): Tensor => f([num_features], { dtype, device });
    this.register_parameter("weight", affine ? new Parameter(make(ones)) : null);
    this.register_parameter("bias", affine && a.bias ? new Parameter(make(zeros)) : null);
    this.register_buffer("running_mean", track_running_stats ? make(zeros) : null);
    this.register_buffer("running_var", track_running_stats ? make(ones) : null);
    this.register_buffer("num_batches_tracked", track_running_stats ? zeros([], { dtype: int64, device }) : null);
  }
  /** Forgets what was learnt of means and variances. */
  reset_running_stats(): void {
    if (this.running_mean !== null) zeros_(this.running_mean);
    if (this.running_var !== null) ones_(this.running_var);
    if (this.num_batches_tracked !== null) zeros_(this.num_batches_tracked);
  }
  reset_parameters(): void {
    this.reset_running_stats();
    resetAffine(this);
  }
  override extra_repr(): string {
    const yesNo = (x: boolean): string => pythonText(x, "bool");
    return `${this.num_features}, eps=${floatText(this.eps)}, momentum=${floatText(this.momentum)}, affine=${yesNo(this.affine)}, bias=${yesNo(this.bias !== null)}, track_running_stats=${yesNo(this.track_running_stats)}`;
  }
}
/** Raises ValueError for a number of dims other than the first or the second. */
function assertDims(input: Tensor, first: number, second = first): void {
  const n = input.sizes.length;
  if (n === first || n === second) return;
  const expected = first === second ? `${first}D` : `${first}D or ${second}D`;
  throw new ValueError(`expected ${expected} input (got ${n}D input)`);
}

/** The base of all of them. */
export abstract class BatchNorm extends NormBase {
  static {
    ownBase(this);
  }
  constructor(...args: Arguments<typeof BATCH>) {
    super(bindArguments(BATCH, args, new.target.name));
  }
  /** Raises ValueError for an input of another number of dims than the layer is for. */
  abstract _check_input_dim(input: Tensor): void;
  override forward(input: Tensor): Tensor {
    this._check_input_dim(input);
    return this.normalised(input);
  }
  protected normalised(input: Tensor): Tensor {
    let momentum = this.momentum ?? 0;
    if (this.training && this.track_running_stats && this.num_batches_tracked !== null) {
      this.num_batches_tracked.add_(1);
      if (this.momentum === null) momentum = 1 / Number(this.num_batches_tracked.item());
    }
    const byBatch = this.training || (this.running_mean === null && this.running_var === null);
    const running = !this.training || this.track_running_stats;
    return batch_norm(
      input,
      running ? this.running_mean : null,
      running ? this.running_var : null,
      this.weight,
      this.bias,
      byBatch,
      momentum,
      this.eps,
    );
  }
}
/**
 * Each channel of [N, C] or [N, C, L] normalised over the batch in training, by running statistics in evaluation. Ioffe
 * and Szegedy, 2015. As `torch.nn.BatchNorm1d`.
 */
export class BatchNorm1d extends BatchNorm {
  override _check_input_dim(input: Tensor): void {
    assertDims(input, 2, 3);
  }
}
/** {@link BatchNorm1d} for [N, C, H, W]. As `torch.nn.BatchNorm2d`. */
export class BatchNorm2d extends BatchNorm {
  override _check_input_dim(input: Tensor): void {
    assertDims(input, 4);
  }
}
/** {@link BatchNorm1d} for [N, C, D, H, W]. As `torch.nn.BatchNorm3d`. */
export class BatchNorm3d extends BatchNorm {
  override _check_input_dim(input: Tensor): void {
    assertDims(input, 5);
  }
}

abstract class InstanceNorm extends NormBase {
  static {
    ownBase(this);
  }
  constructor(...args: Arguments<typeof INSTANCE>) {
    super(bindArguments(INSTANCE, args, new.target.name));
  }
  /** The number of dims of an input without a batch. */
  abstract _get_no_batch_dim(): number;
  _check_input_dim(input: Tensor): void {
    const dims = this._get_no_batch_dim();
    assertDims(input, dims, dims + 1);
  }
  override forward(input: Tensor): Tensor {
    this._check_input_dim(input);
    return this.normalised(input);
  }
  /** Of [C, …] or [N, C, …]. */
  protected normalised(input: Tensor): Tensor {
    const dim = input.sizes.length - this._get_no_batch_dim();
    if (input.sizes[dim] !== this.num_features) {
      if (this.affine)
        throw new ValueError(
          `expected input's size at dim=${dim} to match num_features (${this.num_features}), but got: ${input.sizes[dim]}.`,
        );
      warn(
        `input's size at dim=${dim} does not match num_features. You can silence this warning by not passing in num_features, which is not used because affine=False`,
      );
    }
    const normalise = (x: Tensor): Tensor =>
      instance_norm(
        x,
        this.running_mean,
        this.running_var,
        this.weight,
        this.bias,
        this.training || !this.track_running_stats,
        this.momentum ?? 0,
        this.eps,
      );
    return dim === 0 ? normalise(input.unsqueeze(0)).squeeze([0]) : normalise(input);
  }
}
/**
 * Each channel of each sample of [N, C, L] or [C, L] normalised. Ulyanov, Vedaldi and Lempitsky, 2016.
 * As `torch.nn.InstanceNorm1d`.
 */
export class InstanceNorm1d extends InstanceNorm {
  override _get_no_batch_dim(): number {
    return 2;
  }
}
/** {@link InstanceNorm1d} for [N, C, H, W] or [C, H, W]. As `torch.nn.InstanceNorm2d`. */
export class InstanceNorm2d extends InstanceNorm {
  override _get_no_batch_dim(): number {
    return 3;
  }
}
/** {@link InstanceNorm1d} for [N, C, D, H, W] or [C, D, H, W]. As `torch.nn.InstanceNorm3d`. */
export class InstanceNorm3d extends InstanceNorm {
  override _get_no_batch_dim(): number {
    return 4;
  }
}
