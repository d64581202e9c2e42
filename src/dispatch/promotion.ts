// The dtype that the arguments of a call give together.
import type { Dtype, Scalar } from "../base/dtype.ts";
import { get_default_dtype, promote_types, resultDtype, scalarDtype } from "../base/dtype.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Schema } from "./schema.ts";

/** What an op says of its promotion. */
export interface Promotion<N extends string> {
  /** Integers and bools are computed in the default floating dtype (exp, div, …). */
  float?: boolean;
  /** Tensors that keep a dtype of their own and do not take part in the promotion (masks). */
  fixed?: Partial<Record<N, Dtype>>;
  /** Numbers (Scalar arguments) that take part in the promotion, as clamp's bounds do. */
  promotes?: readonly N[];
}
/** The dtype that tensors and numbers give together. */
export function promotedDtype(values: readonly unknown[], { args }: Schema, options: Promotion<string> = {}): Dtype {
  let dimensioned: Dtype | null = null;
  let zeroDim: Dtype | null = null;
  let scalar: Dtype | null = null;
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    const { name, type } = args[i];
    if (v instanceof Tensor) {
      if (options.fixed?.[name] !== undefined) continue;
      if (v.sizes.length > 0)
        dimensioned = dimensioned === null || dimensioned === v.dtype ? v.dtype : promote_types(dimensioned, v.dtype);
      else zeroDim = zeroDim === null || zeroDim === v.dtype ? v.dtype : promote_types(zeroDim, v.dtype);
    } else if (v !== null && (type.startsWith("Tensor|Scalar") || options.promotes?.includes(name))) {
      const d = scalarDtype(v as Scalar);
      scalar = scalar === null ? d : promote_types(scalar, d);
    }
  }
  const dtype = resultDtype(dimensioned, zeroDim, scalar);
  return options.float && !dtype.is_differentiable ? get_default_dtype() : dtype;
}
