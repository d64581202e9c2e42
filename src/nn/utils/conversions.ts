// Modules made into others that compute the same: fused, in another memory format, or without first values.
import { AssertionError, RuntimeError } from "../../base/errors.ts";
import type { MemoryFormat } from "../../base/memory_format.ts";
import { isOptions } from "../../dispatch/bind.ts";
import { bindArguments, callable } from "../../dispatch/callable.ts";
import { ones_like, zeros_like } from "../../ops/creation/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { BatchNorm } from "../layers/batchnorm.ts";
import { Conv2d, Conv3d, ConvTranspose2d, ConvTranspose3d } from "../layers/conv.ts";
import type { Linear } from "../layers/linear.ts";
import { deepcopy } from "../module/deepcopy.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { assertModule } from "../module/register.ts";

/**
 * Weight and bias of a convolution that does what one with these and a batch norm after it do. As
 * `torch.nn.utils.fuse_conv_bn_weights`.
 */
export const fuse_conv_bn_weights = callable(
  "fuse_conv_bn_weights(Tensor conv_w, Tensor? conv_b, Tensor bn_rm, Tensor bn_rv, float bn_eps, Tensor? bn_w, Tensor? bn_b, bool transpose=False) -> (Tensor, Tensor)",
  ({ conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, transpose }): [Parameter, Parameter] => {
    const bias = conv_b ?? zeros_like(bn_rm);
    const scale = bn_rv.add(bn_eps).rsqrt();
    const shape = conv_w.sizes.map((_, d) => (d === (transpose ? 1 : 0) ? -1 : 1));
    const w = conv_w.mul((bn_w ?? ones_like(bn_rm)).mul(scale).reshape(shape)).to(conv_w.dtype);
    const b = bias
      .sub(bn_rm)
      .mul(scale)
      .mul(bn_w ?? 1)
      .add(bn_b ?? 0);
    return [
      new Parameter(w.detach(), conv_w.requires_grad),
      new Parameter(b.to((conv_b ?? conv_w).dtype).detach(), bias.requires_grad),
    ];
  },
);
/** The same for a linear layer and a batch norm of its outputs. As `torch.nn.utils.fuse_linear_bn_weights`. */
export const fuse_linear_bn_weights = callable(
  "fuse_linear_bn_weights(Tensor linear_w, Tensor? linear_b, Tensor bn_rm, Tensor bn_rv, float bn_eps, Tensor bn_w, Tensor bn_b) -> (Tensor, Tensor)",
  ({ linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b }): [Parameter, Parameter] => {
    const bias = linear_b ?? zeros_like(bn_rm);
    const scale = bn_w.mul(bn_rv.add(bn_eps).rsqrt());
    const w = linear_w.mul(scale.unsqueeze(-1).to(linear_w.dtype));
    const b = bias.sub(bn_rm).mul(scale).add(bn_b);
    return [
      new Parameter(w.detach(), linear_w.requires_grad),
      new Parameter(b.to((linear_b ?? linear_w).dtype).detach(), bias.requires_grad),
    ];
  },
);
const CONV_BN = "fuse_conv_bn_eval(object conv, object bn, bool transpose=False) -> Module";
const LINEAR_BN = "fuse_linear_bn_eval(object linear, object bn) -> Module";
type Conv = Module & { weight: Parameter; bias: Parameter | null };
/** Raises AssertionError unless both are in evaluation mode and the norm has learnt. */
function learnt(layer: Module, bn: BatchNorm): [Tensor, Tensor] {
  if (layer.training || bn.training) throw new AssertionError("Fusion only for eval!");
  const { running_mean, running_var } = bn;
  if (running_mean === null || running_var === null)
    throw new AssertionError("bn.running_mean and bn.running_var must not be None");
  return [running_mean, running_var];
}
/**
 * A convolution that does what `conv` and then `bn` do, in evaluation. As `torch.nn.utils.fuse_conv_bn_eval`.
 * @example
 * const net = new nn.Sequential(new nn.Conv2d(3, 8, 3), new nn.BatchNorm2d(8)).eval();
 * nn.utils.fuse_conv_bn_eval(net[0], net[1])
 */
export function fuse_conv_bn_eval<C extends Conv>(conv: C, bn: BatchNorm, transpose?: boolean): C;
export function fuse_conv_bn_eval(...given: unknown[]): Conv {
  const { conv, bn, transpose } = bindArguments<typeof CONV_BN, { conv: Conv; bn: BatchNorm }>(CONV_BN, given);
  assertModule(conv, "fuse_conv_bn_eval");
  assertNorm(bn, "fuse_conv_bn_eval");
  const [mean, variance] = learnt(conv, bn);
  const made = deepcopy(conv);
  const fused = fuse_conv_bn_weights(made.weight, made.bias, mean, variance, bn.eps, bn.weight, bn.bias, transpose);
  [made.weight, made.bias] = fused;
  return made;
}
/** A linear layer that does what `linear` and then `bn` do, in evaluation. As `torch.nn.utils.fuse_linear_bn_eval`. */
export function fuse_linear_bn_eval<L extends Linear>(linear: L, bn: BatchNorm): L;
export function fuse_linear_bn_eval(...given: unknown[]): Linear {
  const { linear, bn } = bindArguments<typeof LINEAR_BN, { linear: Linear; bn: BatchNorm }>(LINEAR_BN, given);
  assertModule(linear, "fuse_linear_bn_eval");
  assertNorm(bn, "fuse_linear_bn_eval");
  if (linear.training || bn.training) throw new AssertionError("Fusion only for eval!");
  if (linear.out_features !== bn.num_features && bn.num_features !== 1)
    throw new AssertionError(
      `To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got linear.out_features=${linear.out_features} and bn.num_features=${bn.num_features}`,
    );
  const [mean, variance] = learnt(linear, bn);
  const made = deepcopy(linear);
  const { weight, bias } = bn;
  [made.weight, made.bias] = fuse_linear_bn_weights(made.weight, made.bias, mean, variance, bn.eps, weight!, bias!);
  return made;
}
function assertNorm(bn: unknown, callee: string): asserts bn is BatchNorm {
  if (!(bn instanceof BatchNorm)) throw new RuntimeError(`${callee}(): argument 'bn' (position 2) must be a BatchNorm`);
}

const FORMAT = "convert_weight_memory_format(object module, object memory_format) -> Module";
function inFormat(module: Module, format: MemoryFormat, classes: readonly (typeof Conv2d)[]): void {
  for (const m of module.modules())
    if (classes.some((C) => m instanceof C))
      (m as Conv2d).weight.data = (m as Conv2d).weight.detach().contiguous({ memory_format: format });
}
/** Has the weights of 2-d convolutions in that order in memory. As `torch.nn.utils.convert_conv2d_weight_memory_format`. */
export function convert_conv2d_weight_memory_format<M extends Module>(module: M, memory_format: MemoryFormat): M;
export function convert_conv2d_weight_memory_format(...given: unknown[]): Module {
  const { module, memory_format } = bindArguments<typeof FORMAT, { module: Module; memory_format: MemoryFormat }>(
    FORMAT,
    given,
    "convert_conv2d_weight_memory_format",
  );
  assertModule(module, "convert_conv2d_weight_memory_format");
  inFormat(module, memory_format, [Conv2d, ConvTranspose2d as unknown as typeof Conv2d]);
  return module;
}
/** Has the weights of 3-d convolutions in that order in memory. As `torch.nn.utils.convert_conv3d_weight_memory_format`. */
export function convert_conv3d_weight_memory_format<M extends Module>(module: M, memory_format: MemoryFormat): M;
export function convert_conv3d_weight_memory_format(...given: unknown[]): Module {
  const { module, memory_format } = bindArguments<typeof FORMAT, { module: Module; memory_format: MemoryFormat }>(
    FORMAT,
    given,
    "convert_conv3d_weight_memory_format",
  );
  assertModule(module, "convert_conv3d_weight_memory_format");
  inFormat(module, memory_format, [Conv3d, ConvTranspose3d] as unknown as (typeof Conv2d)[]);
  return module;
}

/**
 * A module whose parameters have memory and no first values: nothing is drawn. As `torch.nn.utils.skip_init`.
 * @example nn.utils.skip_init(nn.Linear, 1000, 1000)
 */
export function skip_init<M extends Module, A extends unknown[]>(module_cls: new (...args: A) => M, ...args: A): M {
  if (!((module_cls as { prototype?: unknown } | null)?.prototype instanceof Module))
    throw new RuntimeError(
      `Expected a Module; got ${typeof module_cls === "function" && Object.hasOwn(module_cls, "name") ? module_cls.name : "no class"}`,
    );
  const last = args.at(-1);
  const options = isOptions(last) ? (last as Record<string, unknown>) : {};
  const given = isOptions(last) ? args.slice(0, -1) : args;
  const made = new module_cls(...([...given, { ...options, device: "meta" }] as unknown as A));
  return made.to_empty({ device: (options.device ?? "cpu") as string });
}
