// Layers that multiply by a matrix.
import { empty } from "../../ops/creation.ts";
import { linear } from "../../ops/matmul.ts";
import { bindConstructor } from "../../op/constructor.ts";
import type { ConstructorArgs } from "../../op/constructor.ts";
import type { Tensor } from "../../tensor.ts";
import { _calculate_fan_in_and_fan_out, kaiming_uniform_, uniform_ } from "../init.ts";
import { Module } from "../module.ts";
import { Parameter } from "../parameter.ts";

const LINEAR =
  "Linear(int in_features, int out_features, bool bias=True, str? device=None, dtype? dtype=None) -> Module";
/** x · weightᵀ + bias, on the last dim. Weights are drawn from ±1/√in_features. As `torch.nn.Linear`. */
export class Linear extends Module {
  in_features: number;
  out_features: number;
  weight: Parameter;
  bias: Parameter | null;
  constructor(...args: ConstructorArgs<typeof LINEAR>) {
    super();
    const { in_features, out_features, bias, dtype } = bindConstructor(LINEAR, args);
    this.in_features = in_features;
    this.out_features = out_features;
    this.weight = new Parameter(empty([out_features, in_features], { dtype }));
    this.bias = bias ? new Parameter(empty([out_features], { dtype })) : null;
    this.reset_parameters();
  }
  reset_parameters(): void {
    kaiming_uniform_(this.weight, { a: Math.sqrt(5) });
    resetBias(this.weight, this.bias);
  }
  override forward(input: Tensor): Tensor {
    return linear(input, this.weight, this.bias);
  }
  override extra_repr(): string {
    return `in_features=${this.in_features}, out_features=${this.out_features}, bias=${this.bias === null ? "False" : "True"}`;
  }
}
/** Biases from ±1/√fan_in. */
export function resetBias(weight: Tensor, bias: Tensor | null): void {
  if (bias === null) return;
  const [fanIn] = _calculate_fan_in_and_fan_out(weight);
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  uniform_(bias, -bound, bound);
}
/** Returns its argument. */
export class Identity extends Module {
  override forward(input: Tensor): Tensor {
    return input;
  }
}
