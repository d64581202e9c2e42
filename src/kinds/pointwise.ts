// Kernels that compute each element of the result from the operands' elements there, broadcast.
import type { Dtype, Scalar } from "../base/dtype.ts";
import { Complex, Float, float64, get_default_dtype, opmath } from "../base/dtype.ts";
import { assertHolds } from "../base/dtype_info.ts";
import { areFlat, assertNoOverlap, launch, launchFlat } from "../tensor/elementwise.ts";
import { TypeError } from "../base/errors.ts";
import { input, param } from "../kernel/expr.ts";
import { isHalf } from "../kernel/half.ts";
import type { Expr } from "../kernel/expr.ts";
import { Kernel } from "../kernel/loops.ts";
import { broadcastShapes, isRowMajor, resultStrides } from "../base/layout.ts";
import type { Layout, Shape } from "../base/layout.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { empty } from "../tensor/allocate.ts";
import { assertCast, assertFits } from "../dispatch/fits.ts";
import type { KernelFor } from "../dispatch/declare.ts";
import { promotedDtype } from "../dispatch/promotion.ts";
import type { Promotion } from "../dispatch/promotion.ts";
import type { ParsedArg, Schema } from "../dispatch/schema.ts";
import type { Values } from "../dispatch/signature.ts";
import { isTaken, list } from "../dispatch/takes.ts";
import type { Takes } from "../dispatch/takes.ts";

/** What the body of a pointwise kernel gets for each argument: an Expr for tensors and numbers, the plain value else. */
export type Operands<S extends string> = string extends S
  ? Record<string, Expr>
  : {
      [N in keyof Values<S>]-?: Values<S>[N] extends string | boolean
        ? Values<S>[N]
        : null extends Values<S>[N]
          ? Expr | null
          : Expr;
    };
export interface PointwiseOptions<N extends string> extends Promotion<N> {
  /** Where the result's dtype is not the expression's: the dtype to store. */
  result?: (compute: Dtype) => Dtype;
  /** Numbers that must fit the dtype of the computation, as those of the type Scalar must; others wrap around in it. */
  fits?: readonly N[];
  /** The same of numbers that are copied: what is beyond a 16-bit float becomes infinite. */
  copies?: readonly N[];
  /** Operands that enter the computation unrounded where they have no dims: see Note [Numbers among 16-bit floats]. */
  unrounded?: readonly N[];
  /** Dtypes it computes in, where the op does not say so itself. */
  takes?: Takes;
}
// Note [Numbers among 16-bit floats]: as in PyTorch an operand of another dtype, a number too, is rounded to the 16-bit float
// that it is computed with before anything is computed, in float32. Divisors and the second of two factors are not if they
// have no dims.

interface Plan {
  readonly kernel: Kernel;
  readonly result: Dtype;
  /** Places of the arguments that are tensors, and of those that are numbers to the kernel. */
  readonly tensors: readonly number[];
  readonly numbers: readonly number[];
  /** Whether a number stands where a tensor may: PyTorch then counts it among the operands when it looks for strides. */
  readonly wraps: boolean;
  /** Places of the numbers that must fit a dtype, and which. */
  readonly fitting: readonly { readonly place: number; readonly dtype: Dtype }[];
}
/** The layout of a number. */
const NUMBER: Layout = { shape: [], strides: [], offset: 0 };

/**
 * A pointwise kernel. `body` is written once for all dtypes; the operands arrive in the dtype of the computation, 16-bit
 * floats as float32: `compute` is the dtype that they are of.
 */
export function pointwise<S extends string>(
  body: (x: Operands<S>, compute: Dtype) => Expr,
  options: PointwiseOptions<string> = {},
): KernelFor<S> {
  const plans = new Map<number | string, Plan>();
  let lastKey: number | string = NaN;
  let lastPlan: Plan | null = null;
  const kernels = new Map<number | string, Kernel>();
  let takes = options.takes === undefined ? [] : list(options.takes);
  const prepare = (values: readonly unknown[], schema: Schema, target: Tensor | null): Plan => {
    const key = planKey(values, schema);
    // Mostly that of the call before: a comparison is cheaper than a look into the map.
    if (key === lastKey) return lastPlan!;
    let plan = plans.get(key);
    if (plan === undefined) plans.set(key, (plan = makePlan(values, schema, target)));
    lastKey = key;
    lastPlan = plan;
    return plan;
  };
  const makePlan = (values: readonly unknown[], schema: Schema, target: Tensor | null): Plan => {
    const { args } = schema;
    if (!values.some((v) => v instanceof Tensor))
      throw new TypeError(`${schema.name}(): argument 'input' (position 1) must be Tensor, not ${typeWord(values[0])}`);
    const compute = promotedDtype(values, schema, options);
    const refusing = takes.find((t) => !isTaken(t, compute));
    if (refusing !== undefined) {
      const result = options.result?.(compute) ?? compute;
      const tensors = values.filter((v) => v instanceof Tensor);
      if (target !== null && refusing.isLast) assertWrites(target, tensors, result, schema);
      else if (target !== null) assertCast(result, target.dtype, `${schema.name}_`);
      else if (refusing.isLast) shapeOf(tensors);
      throw refusing.refuse(compute, compute);
    }
    const key = kernelKey(values, schema, compute);
    let kernel = kernels.get(key);
    if (kernel === undefined) {
      kernel = build(values, schema, compute, body as (x: Operands<string>, compute: Dtype) => Expr, options);
      kernels.set(key, kernel);
    }
    const places = args.map((_, i) => i);
    const numbers = places.filter((i) => isParam(values[i], args[i].type));
    const mustFit = ({ name, type }: ParsedArg): boolean =>
      (options.fits ?? options.copies)?.includes(name) ?? (type === "Scalar" && !options.promotes?.includes(name));
    const fitted = ({ name }: ParsedArg): Dtype =>
      options.copies?.includes(name) && isHalf(compute) ? float64 : name === "value" ? opmath(compute) : compute;
    return {
      kernel,
      result: kernel.outputs[0].dtype,
      tensors: places.filter((i) => values[i] instanceof Tensor),
      numbers,
      wraps: places.some((i) => args[i].type === "Tensor|Scalar" && !(values[i] instanceof Tensor)),
      fitting: numbers.filter((i) => mustFit(args[i])).map((place) => ({ place, dtype: fitted(args[place]) })),
    };
  };
  return {
    kind: "loops",
    elementwise: true,
    restrict: (more) => void (takes = [...takes, ...more]),
    run(values, schema) {
      const plan = prepare(values, schema, null);
      const { kernel, result } = plan;
      assertFitting(plan, values);
      const tensors = pick<Tensor>(values, plan.tensors);
      const numbers = pick<Scalar>(values, plan.numbers);
      const [first] = tensors;
      if (areFlat(tensors, first.sizes)) {
        const strides = isRowMajor(first.sizes, first.strides) ? first.strides : null;
        if (strides !== null || !plan.wraps) {
          const out = empty(first.sizes, result, strides ?? undefined, first.backend);
          launchFlat(kernel, tensors, out, numbers);
          return out;
        }
      }
      const shape = shapeOf(tensors);
      const layouts: Layout[] = tensors.map((t) => t.geometry);
      if (plan.wraps) layouts.push(NUMBER);
      const strides = resultStrides(shape, layouts);
      const out = empty(shape, result, strides, first.backend);
      launch(kernel, shape, tensors, out, numbers);
      return out;
    },
    into(values, schema, target) {
      const plan = prepare(values, schema, target);
      const { kernel, result } = plan;
      assertFitting(plan, values);
      const tensors = pick<Tensor>(values, plan.tensors);
      assertWrites(target, tensors, result, schema);
      const direct = result === target.dtype ? kernel : castingTwin(kernel, target.dtype);
      launch(direct, target.sizes, tensors, target, pick<Scalar>(values, plan.numbers));
    },
  };
}
/** Raises if what is computed of the tensors cannot be written into the target. */
function assertWrites(target: Tensor, tensors: readonly Tensor[], dtype: Dtype, { name }: Schema): void {
  assertNoOverlap(target, tensors);
  assertFits(target, { sizes: shapeOf(tensors), dtype }, `${name}_`);
}
function assertFitting({ fitting }: Plan, values: readonly unknown[]): void {
  for (let i = 0; i < fitting.length; i++) assertHolds(values[fitting[i].place] as Scalar, fitting[i].dtype);
}
/** The values at these places. */
function pick<T>(values: readonly unknown[], places: readonly number[]): T[] {
  const picked = new Array<T>(places.length);
  for (let i = 0; i < places.length; i++) picked[i] = values[places[i]] as T;
  return picked;
}
const shapeOf = (tensors: readonly Tensor[]): Shape => tensors.map((t) => t.sizes).reduce(broadcastShapes);

/** What a kernel takes when it is called. Bools given for a Scalar are numbers; given for a `bool` argument they shape the code. */
const isParam = (v: unknown, type: string): v is Scalar =>
  typeof v === "number" ||
  typeof v === "bigint" ||
  (typeof v === "boolean" ? type !== "bool" : v instanceof Complex || v instanceof Float);

/**
 * What a plan depends on: which arguments are tensors, their dtypes and whether they have dims, of numbers what counts in
 * promotions, and the rest as it is. No Tensor is asked whether it is a Complex: the answer no comes from its proxy.
 */
function planKey(values: readonly unknown[], { args }: Schema): number | string {
  let key = get_default_dtype().code;
  let text = "";
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    let code = 0;
    if (v instanceof Tensor) code = (v.sizes.length === 0 ? 16 : 32) + v.dtype.code;
    else if (typeof v === "number") code = Number.isInteger(v) ? 1 : 2;
    else if (typeof v === "boolean") code = args[i].type === "bool" ? (v ? 3 : 4) : 5;
    else if (v === null) code = 6;
    else if (typeof v === "bigint") code = 1;
    else if (v instanceof Complex) code = 7;
    else if (v instanceof Float) code = 2;
    else text += `|${String(v)}`;
    key = key * 48 + code;
  }
  return text === "" ? key : `${key}${text}`;
}
function kernelKey(values: readonly unknown[], { args }: Schema, compute: Dtype): number | string {
  let key = compute.code;
  let text = "";
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    let code = 15;
    if (v instanceof Tensor) {
      code = v.dtype.code;
      if (v.sizes.length === 0 && v.dtype !== compute && opmath(compute) !== compute) text += "|number";
    } else if (isParam(v, args[i].type)) code = 14;
    else if (v !== null) text += `|${String(v)}`;
    key = key * 16 + code;
  }
  return text === "" ? key : `${key}${text}`;
}

const hasNoDims = (v: unknown): boolean => !(v instanceof Tensor) || v.sizes.length === 0;
function build(
  values: readonly unknown[],
  { args }: Schema,
  compute: Dtype,
  body: (x: Operands<string>, compute: Dtype) => Expr,
  { fixed, result, unrounded }: PointwiseOptions<string>,
): Kernel {
  const wide = opmath(compute);
  const inputs: Dtype[] = [];
  const numbers: Dtype[] = [];
  const operands: Record<string, unknown> = {};
  for (const [i, { name, type }] of args.entries()) {
    const v = values[i];
    const rounded = (x: Expr): Expr => (unrounded?.includes(name) && hasNoDims(v) ? x : x.cast(compute).cast(wide));
    if (v instanceof Tensor) {
      const x = input(inputs.push(v.dtype) - 1, v.dtype);
      operands[name] =
        wide === compute || v.dtype === compute || fixed?.[name] !== undefined
          ? x.cast(fixed?.[name] ?? wide)
          : rounded(x).cast(wide);
    } else if (isParam(v, type)) {
      const x = param(numbers.push(wide) - 1, wide);
      operands[name] = wide !== compute && type.startsWith("Tensor|Scalar") ? rounded(x) : x;
    } else operands[name] = v;
  }
  let value = body(operands as Operands<string>, compute);
  if (result) value = value.cast(result(compute));
  else if (value.dtype === wide) value = value.cast(compute);
  return new Kernel({ inputs, params: numbers, outputs: [{ dtype: value.dtype, value }] });
}

const casting = new WeakMap<Kernel, Map<Dtype, Kernel>>();
/** The same kernel storing another dtype, for in-place ops whose result is promoted. */
function castingTwin(kernel: Kernel, dtype: Dtype): Kernel {
  let twins = casting.get(kernel);
  if (!twins) casting.set(kernel, (twins = new Map()));
  let twin = twins.get(dtype);
  if (!twin) {
    const outputs = kernel.outputs.map((o) => ({ ...o, dtype, value: o.value.cast(dtype) }));
    twins.set(dtype, (twin = new Kernel({ ...kernel, outputs })));
  }
  return twin;
}
