// Layers that learn the number of their inputs from the first one they are called with.
//
// Note [Lazy layers]: a lazy layer is its base class with parameters that have no sizes yet. Its first forward gives them
// sizes and draws them; from then on the same object is of the base class.
import { int64 } from "../../base/dtype.ts";
import type { Dtype } from "../../base/dtype.ts";
import { AssertionError, RuntimeError, ValueError } from "../../base/errors.ts";
import type { Shape } from "../../base/layout.ts";
import type { DeviceLike } from "../../devices/device.ts";
import { withGrad } from "../../autograd/mode.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { zeros } from "../../ops/creation/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Module } from "../module/module.ts";
import { isUninitialized, UninitializedBuffer, UninitializedParameter } from "../module/uninitialized.ts";
import { BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from "./batchnorm.ts";
import {
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  TRANSPOSED_FORWARD,
} from "./conv.ts";
import { Linear } from "./linear.ts";

type Fields = Record<string, unknown>;
const fields = (module: Module): Fields => module as unknown as Fields;
const uninitialized = (module: Module): boolean =>
  [...module._parameters.values(), ...module._buffers.values()].some(isUninitialized);

/** Gives those of these parameters and buffers sizes that are there, then draws them. */
function initialize(module: Module, sizes: Readonly<Record<string, Shape>>): void {
  withGrad(false, () => {
    for (const [name, shape] of Object.entries(sizes)) {
      const t = fields(module)[name] as Tensor | null;
      if (isUninitialized(t)) t.materialize(shape);
    }
    (module as unknown as { reset_parameters(): void }).reset_parameters();
  });
}
/** Raises unless nothing is missing, and lets the layer be one of its base class. */
function become(module: Module, base: { readonly prototype: Module }): void {
  if (uninitialized(module)) throw new RuntimeError(`module ${module.constructor.name} has not been fully initialized`);
  Object.setPrototypeOf(module, base.prototype);
}

const LINEAR = "LazyLinear(int out_features, bool bias=True, device? device=None, dtype? dtype=None) -> Module";
/**
 * A Linear that has as many in_features as the first input has in its last dim. As `torch.nn.LazyLinear`.
 * @example
 * const fc = new nn.LazyLinear(3);
 * fc(torch.ones(2, 5));
 * String(fc) // "Linear(in_features=5, out_features=3, bias=True)"
 */
export class LazyLinear extends Linear {
  constructor(...args: Arguments<typeof LINEAR>) {
    super(0, 0, false);
    const { out_features, bias, device, dtype } = bindArguments(LINEAR, args, new.target.name);
    this.out_features = out_features;
    this.weight = new UninitializedParameter({ device, dtype });
    if (bias) this.bias = new UninitializedParameter({ device, dtype });
  }
  override reset_parameters(): void {
    if (this.in_features !== 0 && !uninitialized(this)) super.reset_parameters();
  }
  override forward(input: Tensor): Tensor {
    const features = input.sizes[input.sizes.length - 1];
    if (uninitialized(this)) {
      this.in_features = features;
      initialize(this, { weight: [this.out_features, features], bias: [this.out_features] });
    } else {
      // A state was loaded before the first call.
      if (features !== this.weight.sizes[1])
        throw new AssertionError(
          `The in_features inferred from input: ${features} is not equal to in_features from self.weight: ${this.weight.sizes[1]}`,
        );
      this.in_features = features;
    }
    become(this, Linear);
    return this.forward(input);
  }
}

const CONV =
  "LazyConv(int out_channels, int[] kernel_size, int[] stride=1, int[]|str padding=0, int[] dilation=1, int groups=1, bool bias=True, str padding_mode='zeros', device? device=None, dtype? dtype=None) -> Module";
const TRANSPOSED =
  "LazyConvTranspose(int out_channels, int[] kernel_size, int[] stride=1, int[] padding=0, int[] output_padding=0, int groups=1, bool bias=True, int[] dilation=1, str padding_mode='zeros', device? device=None, dtype? dtype=None) -> Module";
const CHANNELS = { in_channels: 0, out_channels: 0, bias: false };
type AnyConv = Conv1d | Conv2d | Conv3d | ConvTranspose1d | ConvTranspose2d | ConvTranspose3d;
interface Waiting {
  readonly out_channels: number;
  readonly bias: boolean;
  readonly device: DeviceLike | null;
  readonly dtype: Dtype | null;
}
function awaitChannels(module: AnyConv, { out_channels, bias, device, dtype }: Waiting): void {
  module.out_channels = out_channels;
  module.weight = new UninitializedParameter({ device, dtype });
  if (bias) module.bias = new UninitializedParameter({ device, dtype });
}
const hasChannels = (module: AnyConv): boolean => module.in_channels !== 0 && !uninitialized(module);
function begin(module: AnyConv, input: Tensor, transposed: boolean, base: { readonly prototype: Module }): void {
  if (uninitialized(module)) {
    const { out_channels, groups, kernel_size } = module;
    const rank = kernel_size.length;
    const n = input.sizes.length;
    if (n !== rank + 1 && n !== rank + 2)
      throw new RuntimeError(
        `Expected ${rank + 1}D (unbatched) or ${rank + 2}D (batched) input to ${module.constructor.name}, but got input of size: ${String(input.shape)}`,
      );
    const channels = input.sizes[n - rank - 1];
    if (channels % groups !== 0) throw new ValueError("in_channels must be divisible by groups");
    module.in_channels = channels;
    const [first, second] = transposed ? [channels, out_channels] : [out_channels, channels];
    initialize(module, { weight: [first, Math.floor(second / groups), ...kernel_size], bias: [out_channels] });
  }
  become(module, base);
}
/** A {@link Conv1d} that has as many in_channels as the first input. As `torch.nn.LazyConv1d`. */
export class LazyConv1d extends Conv1d {
  constructor(...args: Arguments<typeof CONV>) {
    const a = bindArguments(CONV, args, "LazyConv1d");
    super({ ...a, ...CHANNELS });
    awaitChannels(this, a);
  }
  override reset_parameters(): void {
    if (hasChannels(this)) super.reset_parameters();
  }
  override forward(input: Tensor): Tensor {
    begin(this, input, false, Conv1d);
    return this.forward(input);
  }
}
/** A {@link Conv2d} that has as many in_channels as the first input. As `torch.nn.LazyConv2d`. */
export class LazyConv2d extends Conv2d {
  constructor(...args: Arguments<typeof CONV>) {
    const a = bindArguments(CONV, args, "LazyConv2d");
    super({ ...a, ...CHANNELS });
    awaitChannels(this, a);
  }
  override reset_parameters(): void {
    if (hasChannels(this)) super.reset_parameters();
  }
  override forward(input: Tensor): Tensor {
    begin(this, input, false, Conv2d);
    return this.forward(input);
  }
}
/** A {@link Conv3d} that has as many in_channels as the first input. As `torch.nn.LazyConv3d`. */
export class LazyConv3d extends Conv3d {
  constructor(...args: Arguments<typeof CONV>) {
    const a = bindArguments(CONV, args, "LazyConv3d");
    super({ ...a, ...CHANNELS });
    awaitChannels(this, a);
  }
  override reset_parameters(): void {
    if (hasChannels(this)) super.reset_parameters();
  }
  override forward(input: Tensor): Tensor {
    begin(this, input, false, Conv3d);
    return this.forward(input);
  }
}
/** A {@link ConvTranspose1d} that has as many in_channels as the first input. As `torch.nn.LazyConvTranspose1d`. */
export class LazyConvTranspose1d extends ConvTranspose1d {
  constructor(...args: Arguments<typeof TRANSPOSED>) {
    const a = bindArguments(TRANSPOSED, args, "LazyConvTranspose1d");
    super({ ...a, ...CHANNELS });
    awaitChannels(this, a);
  }
  override reset_parameters(): void {
    if (hasChannels(this)) super.reset_parameters();
  }
  override forward(...args: Arguments<typeof TRANSPOSED_FORWARD>): Tensor {
    begin(this, bindArguments(TRANSPOSED_FORWARD, args, "ConvTranspose1d.forward").input, true, ConvTranspose1d);
    return this.forward(...args);
  }
}
/** A {@link ConvTranspose2d} that has as many in_channels as the first input. As `torch.nn.LazyConvTranspose2d`. */
export class LazyConvTranspose2d extends ConvTranspose2d {
  constructor(...args: Arguments<typeof TRANSPOSED>) {
    const a = bindArguments(TRANSPOSED, args, "LazyConvTranspose2d");
    super({ ...a, ...CHANNELS });
    awaitChannels(this, a);
  }
  override reset_parameters(): void {
    if (hasChannels(this)) super.reset_parameters();
  }
  override forward(...args: Arguments<typeof TRANSPOSED_FORWARD>): Tensor {
    begin(this, bindArguments(TRANSPOSED_FORWARD, args, "ConvTranspose2d.forward").input, true, ConvTranspose2d);
    return this.forward(...args);
  }
}
/** A {@link ConvTranspose3d} that has as many in_channels as the first input. As `torch.nn.LazyConvTranspose3d`. */
export class LazyConvTranspose3d extends ConvTranspose3d {
  constructor(...args: Arguments<typeof TRANSPOSED>) {
    const a = bindArguments(TRANSPOSED, args, "LazyConvTranspose3d");
    super({ ...a, ...CHANNELS });
    awaitChannels(this, a);
  }
  override reset_parameters(): void {
    if (hasChannels(this)) super.reset_parameters();
  }
  override forward(...args: Arguments<typeof TRANSPOSED_FORWARD>): Tensor {
    begin(this, bindArguments(TRANSPOSED_FORWARD, args, "ConvTranspose3d.forward").input, true, ConvTranspose3d);
    return this.forward(...args);
  }
}

const BATCH =
  "LazyBatchNorm(float eps=1e-05, float? momentum=0.1, bool affine=True, bool track_running_stats=True, device? device=None, dtype? dtype=None, *, bool bias=True) -> Module";
const INSTANCE =
  "LazyInstanceNorm(float eps=1e-05, float? momentum=0.1, bool affine=True, bool track_running_stats=True, device? device=None, dtype? dtype=None, *, bool bias=True) -> Module";
const NORMS = { num_features: 0, affine: false, track_running_stats: false, bias: false };
type AnyNorm = BatchNorm1d | BatchNorm2d | BatchNorm3d | InstanceNorm1d | InstanceNorm2d | InstanceNorm3d;
function awaitFeatures(module: AnyNorm, a: ReturnType<typeof bindArguments<typeof BATCH>>): void {
  const { affine, track_running_stats, device, dtype } = a;
  module.affine = affine;
  module.track_running_stats = track_running_stats;
  if (affine) module.weight = new UninitializedParameter({ device, dtype });
  if (affine && a.bias) module.bias = new UninitializedParameter({ device, dtype });
  if (!track_running_stats) return;
  module.running_mean = new UninitializedBuffer({ device, dtype });
  module.running_var = new UninitializedBuffer({ device, dtype });
  module.num_batches_tracked = zeros([], { dtype: int64, device });
}
const hasFeatures = (module: AnyNorm): boolean => module.num_features !== 0 && !uninitialized(module);
function beginNorm(module: AnyNorm, input: Tensor, base: { readonly prototype: Module }): void {
  module._check_input_dim(input);
  if (uninitialized(module)) {
    const [, features] = input.sizes;
    module.num_features = features;
    const shape = [features];
    initialize(module, { weight: shape, bias: shape, running_mean: shape, running_var: shape });
  }
  become(module, base);
}
/** A {@link BatchNorm1d} that has as many num_features as the first input has channels. As `torch.nn.LazyBatchNorm1d`. */
export class LazyBatchNorm1d extends BatchNorm1d {
  constructor(...args: Arguments<typeof BATCH>) {
    const a = bindArguments(BATCH, args, "LazyBatchNorm1d");
    super({ ...a, ...NORMS });
    awaitFeatures(this, a);
  }
  override reset_parameters(): void {
    if (hasFeatures(this)) super.reset_parameters();
  }
  override forward(input: Tensor): Tensor {
    beginNorm(this, input, BatchNorm1d);
    return this.forward(input);
  }
}
/** A {@link BatchNorm2d} that has as many num_features as the first input has channels. As `torch.nn.LazyBatchNorm2d`. */
export class LazyBatchNorm2d extends BatchNorm2d {
  constructor(...args: Arguments<typeof BATCH>) {
    const a = bindArguments(BATCH, args, "LazyBatchNorm2d");
    super({ ...a, ...NORMS });
    awaitFeatures(this, a);
  }
  override reset_parameters(): void {
    if (hasFeatures(this)) super.reset_parameters();
  }
  override forward(input: Tensor): Tensor {
    beginNorm(this, input, BatchNorm2d);
    return this.forward(input);
  }
}
/** A {@link BatchNorm3d} that has as many num_features as the first input has channels. As `torch.nn.LazyBatchNorm3d`. */
export class LazyBatchNorm3d extends BatchNorm3d {
  constructor(...args: Arguments<typeof BATCH>) {
    const a = bindArguments(BATCH, args, "LazyBatchNorm3d");
    super({ ...a, ...NORMS });
    awaitFeatures(this, a);
  }
  override reset_parameters(): void {
    if (hasFeatures(this)) super.reset_parameters();
  }
  override forward(input: Tensor): Tensor {
    beginNorm(this, input, BatchNorm3d);
    return this.forward(input);
  }
}
/** A {@link InstanceNorm1d} that has as many num_features as the first input has channels. As `torch.nn.LazyInstanceNorm1d`. */
export class LazyInstanceNorm1d extends InstanceNorm1d {
  constructor(...args: Arguments<typeof INSTANCE>) {
    const a = bindArguments(INSTANCE, args, "LazyInstanceNorm1d");
    super({ ...a, ...NORMS });
    awaitFeatures(this, a);
  }
  override reset_parameters(): void {
    if (hasFeatures(this)) super.reset_parameters();
  }
  override forward(input: Tensor): Tensor {
    beginNorm(this, input, InstanceNorm1d);
    return this.forward(input);
  }
}
/** A {@link InstanceNorm2d} that has as many num_features as the first input has channels. As `torch.nn.LazyInstanceNorm2d`. */
export class LazyInstanceNorm2d extends InstanceNorm2d {
  constructor(...args: Arguments<typeof INSTANCE>) {
    const a = bindArguments(INSTANCE, args, "LazyInstanceNorm2d");
    super({ ...a, ...NORMS });
    awaitFeatures(this, a);
  }
  override reset_parameters(): void {
    if (hasFeatures(this)) super.reset_parameters();
  }
  override forward(input: Tensor): Tensor {
    beginNorm(this, input, InstanceNorm2d);
    return this.forward(input);
  }
}
/** A {@link InstanceNorm3d} that has as many num_features as the first input has channels. As `torch.nn.LazyInstanceNorm3d`. */
export class LazyInstanceNorm3d extends InstanceNorm3d {
  constructor(...args: Arguments<typeof INSTANCE>) {
    const a = bindArguments(INSTANCE, args, "LazyInstanceNorm3d");
    super({ ...a, ...NORMS });
    awaitFeatures(this, a);
  }
  override reset_parameters(): void {
    if (hasFeatures(this)) super.reset_parameters();
  }
  override forward(input: Tensor): Tensor {
    beginNorm(this, input, InstanceNorm3d);
    return this.forward(input);
  }
}
