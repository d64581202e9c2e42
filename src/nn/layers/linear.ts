// Layers that multiply by a matrix.
import { ValueError } from "../../base/errors.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { empty } from "../../ops/creation/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { bilinear, linear } from "../functional/index.ts";
import { _calculate_fan_in_and_fan_out, kaiming_uniform_, uniform_ } from "../init.ts";
import { Module } from "../module/module.ts";
import { OwnLayer } from "../module/own_layers.ts";
import { Parameter } from "../module/parameter.ts";
import { pythonText } from "./layer.ts";

const LINEAR =
  "Linear(int in_features, int out_features, bool bias=True, device? device=None, dtype? dtype=None) -> Module";
/**
 * x · weightᵀ + bias on the last dim: [*, in_features] to [*, out_features]. Weights and biases are drawn from
 * ±1/√in_features. As `torch.nn.Linear`.
 * @example new nn.Linear(20, 30)(torch.randn(128, 20)).shape // torch.Size([128, 30])
 */
export class Linear extends OwnLayer {
  in_features: number;
  out_features: number;
  declare weight: Parameter;
  declare bias: Parameter | null;
  constructor(...args: Arguments<typeof LINEAR>) {
    super();
    const { in_features, out_features, bias, dtype, device } = bindArguments(LINEAR, args, new.target.name);
    this.in_features = in_features;
    this.out_features = out_features;
    this.weight = new Parameter(empty([out_features, in_features], { dtype, device }));
    this.register_parameter("bias", bias ? new Parameter(empty([out_features], { dtype, device })) : null);
    this.reset_parameters();
  }
  /** Draws weights and biases anew. */
  reset_parameters(): void {
    kaiming_uniform_(this.weight, Math.sqrt(5));
    resetBias(this.weight, this.bias);
  }
  override forward(input: Tensor): Tensor {
    return linear(input, this.weight, this.bias);
  }
  override extra_repr(): string {
    return `in_features=${this.in_features}, out_features=${this.out_features}, bias=${pythonText(this.bias !== null, "bool")}`;
  }
}
/** Biases from ±1/√fan_in. */
export function resetBias(weight: Tensor, bias: Tensor | null): void {
  if (bias === null) return;
  const [fanIn] = _calculate_fan_in_and_fan_out(weight);
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  uniform_(bias, -bound, bound);
}

const BILINEAR =
  "Bilinear(int in1_features, int in2_features, int out_features, bool bias=True, device? device=None, dtype? dtype=None) -> Module";
/** x1ᵀ · weight[k] · x2 + bias[k] for each output k. As `torch.nn.Bilinear`. */
export class Bilinear extends Module {
  in1_features: number;
  in2_features: number;
  out_features: number;
  declare weight: Parameter;
  declare bias: Parameter | null;
  constructor(...args: Arguments<typeof BILINEAR>) {
    super();
    const a = bindArguments(BILINEAR, args, new.target.name);
    const { in1_features, in2_features, out_features, dtype, device } = a;
    if (in1_features <= 0) throw new ValueError(`in1_features must be > 0, but got ${in1_features}`);
    this.in1_features = in1_features;
    this.in2_features = in2_features;
    this.out_features = out_features;
    this.weight = new Parameter(empty([out_features, in1_features, in2_features], { dtype, device }));
    this.register_parameter("bias", a.bias ? new Parameter(empty([out_features], { dtype, device })) : null);
    this.reset_parameters();
  }
  /** Draws weights and biases anew. */
  reset_parameters(): void {
    const bound = 1 / Math.sqrt(this.weight.sizes[1]);
    uniform_(this.weight, -bound, bound);
    if (this.bias !== null) uniform_(this.bias, -bound, bound);
  }
  override forward(input1: Tensor, input2: Tensor): Tensor {
    return bilinear(input1, input2, this.weight, this.bias);
  }
  override extra_repr(): string {
    return `in1_features=${this.in1_features}, in2_features=${this.in2_features}, out_features=${this.out_features}, bias=${pythonText(this.bias !== null, "bool")}`;
  }
}

/** Returns its argument; whatever its constructor is given means nothing. As `torch.nn.Identity`. */
export class Identity extends OwnLayer {
  constructor(..._unused: readonly unknown[]) {
    super();
  }
  override forward(input: Tensor): Tensor {
    return input;
  }
}
