// The activations that write into their input, under names of their own.
import { isOptions } from "../../dispatch/bind.ts";
import { registry } from "../../dispatch/declare.ts";
import { overloadsOf } from "../../dispatch/overloads.ts";
import { celu, elu, hardtanh, leaky_relu, rrelu, selu, threshold } from "../../ops/nn/activation/activation.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** `f` with `inplace`. */
function inPlace<A extends unknown[]>(f: (...given: A) => Tensor): (...given: A) => Tensor {
  const call = (...given: unknown[]): Tensor => {
    const last = given.at(-1);
    const [places, options] = isOptions(last) ? [given.slice(0, -1), last] : [given, {}];
    return f(...([...places, { ...options, inplace: true }] as unknown as A));
  };
  overloadsOf.set(call, [registry.get(f)!.schema]);
  return Object.defineProperty(call, "name", { value: `${f.name}_` }) as (...given: A) => Tensor;
}
/** {@link celu} into its input. */
export const celu_ = inPlace(celu);
/** {@link elu} into its input. */
export const elu_ = inPlace(elu);
/** {@link hardtanh} into its input. */
export const hardtanh_ = inPlace(hardtanh);
/** {@link leaky_relu} into its input. */
export const leaky_relu_ = inPlace(leaky_relu);
/** {@link rrelu} into its input. */
export const rrelu_ = inPlace(rrelu);
/** {@link selu} into its input. */
export const selu_ = inPlace(selu);
/** {@link threshold} into its input. */
export const threshold_ = inPlace(threshold);
