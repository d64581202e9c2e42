// Other names of ops, as PyTorch has them.
import { define, inplace, op, registry } from "../../dispatch/declare.ts";
import type { Op } from "../../dispatch/declare.ts";
import { ge, gt, le, lt, ne } from "./comparison.ts";
import { vstack } from "../views/joining.ts";
import { outer } from "../linalg/matmul.ts";
import { abs, acos, acosh, asin, asinh, asinh_, atan, atan2, atanh, mul, neg, sub, trunc } from "./arithmetic.ts";
import { cat } from "../views/joining.ts";

type Renamed<S extends string, N extends string> = S extends `${string}(${infer Rest}` ? `${N}(${Rest}` : never;
/** The same op under another name. */
function named<const N extends string, S extends string>(name: N, of: Op<S>): Op<Renamed<S, N>> {
  const { schema } = registry.get(of)!;
  const twin = op(schema.text.replace(/^\w+/, name) as Renamed<S, N>);
  const call = of as unknown as (...args: unknown[]) => never;
  const options = (values: readonly unknown[]): Record<string, unknown> =>
    Object.fromEntries(schema.args.slice(schema.positional).map((a, i) => [a.name, values[schema.positional + i]]));
  define(twin as unknown as Op<string>, {
    kernel: {
      kind: "composite",
      run: (values) => call(...values.slice(0, schema.positional), options(values)),
    },
  });
  return twin;
}
export const absolute = named("absolute", abs);
export const absolute_ = inplace(absolute);
export const arccos = named("arccos", acos);
export const arccos_ = inplace(arccos);
export const arccosh = named("arccosh", acosh);
export const arccosh_ = inplace(arccosh);
export const arcsin = named("arcsin", asin);
export const arcsin_ = inplace(arcsin);
export const arcsinh = named("arcsinh", asinh);
export const arcsinh_ = named("arcsinh_", asinh_);
export const arctan = named("arctan", atan);
export const arctan_ = inplace(arctan);
export const arctan2 = named("arctan2", atan2);
export const arctan2_ = inplace(arctan2);
export const arctanh = named("arctanh", atanh);
export const arctanh_ = inplace(arctanh);
export const concat = named("concat", cat);
export const concatenate = named("concatenate", cat);
export const fix = named("fix", trunc);
export const fix_ = inplace(fix);
export const ger = named("ger", outer);
export const greater = named("greater", gt);
export const greater_ = inplace(greater);
export const greater_equal = named("greater_equal", ge);
export const greater_equal_ = inplace(greater_equal);
export const less = named("less", lt);
export const less_ = inplace(less);
export const less_equal = named("less_equal", le);
export const less_equal_ = inplace(less_equal);
export const multiply = named("multiply", mul);
export const multiply_ = inplace(multiply);
export const negative = named("negative", neg);
export const negative_ = inplace(negative);
export const not_equal = named("not_equal", ne);
export const not_equal_ = inplace(not_equal);
export const row_stack = named("row_stack", vstack);
export const subtract = named("subtract", sub);
export const subtract_ = inplace(subtract);
