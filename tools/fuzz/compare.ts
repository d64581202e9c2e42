// Whether two tensors' bytes are the same numbers, within what rounding may do.
import type { DtypeName } from "../../src/base/dtype.ts";
import { numbersOf } from "./values.ts";

/** Relative and absolute: PyTorch computes in another order, with other roundings of the same functions. */
const TOLERANCES: Partial<Record<DtypeName, readonly [number, number]>> = {
  float32: [2e-4, 2e-5],
  complex64: [3e-4, 3e-5],
  float64: [1e-7, 1e-9],
  complex128: [1e-7, 1e-9],
  float16: [4e-3, 2e-3],
  bfloat16: [3.2e-2, 1.6e-2],
};

/** Of the dtypes that numbers go through, the one that rounds them the most. */
export const coarsest = (dtypes: readonly DtypeName[], dtype: DtypeName): DtypeName =>
  dtypes.reduce((p, q) => ((TOLERANCES[q]?.[0] ?? 0) > (TOLERANCES[p]?.[0] ?? 0) ? q : p), dtype);

/** By how much the numbers next to 1 differ from it. */
const STEPS: Partial<Record<DtypeName, number>> = {
  float32: 2 ** -23,
  complex64: 2 ** -23,
  float64: 2 ** -52,
  complex128: 2 ** -52,
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
};
const SUMS =
  /^(sum|mean|nansum|nanmean|cumsum|(var|std)(_mean)?|(adaptive_)?avg_pool[123]d|triplet_margin(_with_distance)?_loss|interpolate|grid_sample)$/;
const PRODUCTS =
  /^(conv|linear|matmul|mm|bmm|mv|dot|vdot|inner|einsum|tensordot|addmm|addmv|addbmm|baddbmm|affine_grid)/;
const ATTENTION = "scaled_dot_product_attention";
/** The largest size of the finite numbers. */
function largestOf(x: ArrayLike<number | bigint>): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) if (Number.isFinite(Number(x[i]))) most = Math.max(most, Math.abs(Number(x[i])));
  return most;
}
/**
 * What may be lost of a sum because one of its terms is rounded, in the order that PyTorch adds them up; of a matrix's power,
 * whose terms are products of so many `times` its elements; of its exponential, each of whose elements is made of all; of
 * attention, whose weights are as rough as the scores are large.
 */
export function lostOf(
  name: string,
  dtype: DtypeName,
  times: number,
  operands: () => ArrayLike<number | bigint>[],
  result: ArrayLike<number | bigint>,
): number {
  const step = STEPS[dtype] ?? 0;
  if (name === "matrix_exp") return 8 * step * largestOf(result);
  // Of squares that nearly cancel the root is left.
  if (name === "cdist" && step > 1e-4) return Math.sqrt(step) * Math.max(...operands().map(largestOf));
  if (name === ATTENTION) {
    const [query, key] = operands();
    return step * largestOf(query) * largestOf(key) * largestOf(result);
  }
  const isPower = name === "matrix_power";
  const factors =
    SUMS.test(name) || isPower ? 1 : PRODUCTS.test(name) ? 2 : /^(multi_dot|bilinear)$/.test(name) ? 3 : 0;
  if (factors === 0) return 0;
  const largest = operands()
    .map(largestOf)
    .sort((p, q) => q - p);
  return step * largest.slice(0, factors).reduce((p, q) => p * q, 1) ** (isPower ? Math.abs(times) : 1);
}

export interface Unequal {
  /** Whether one of the two is infinite or no number. */
  readonly nonfinite: boolean;
  readonly text: string;
  /** Which number differs. */
  readonly at: number;
}
/**
 * The first element that differs; null if none does. Errors may be `lost` larger than those of one function. With `slack`, errors may be so many times as large, and as large as
 * they would be in the largest element: sums of many terms, as gradients are. Where PyTorch's own answer on other vectors,
 * `elsewhere`, is neither, there is nothing to compare with. `roundedAs`: a dtype that the numbers went through on their way.
 * `nudged`: what comes of it here when what it is computed of is moved by its last digit. Where that alone makes a
 * sixteenth of the difference, the rest is roundings, too.
 */
export function unequal(
  got: Uint8Array,
  want: Uint8Array,
  dtype: DtypeName,
  slack = 1,
  lost = 0,
  elsewhere?: Uint8Array,
  roundedAs: DtypeName = dtype,
  nudged?: Uint8Array,
): Unequal | null {
  if (got.length !== want.length) return { nonfinite: false, text: `${got.length} bytes for ${want.length}`, at: -1 };
  const [x, y] = [numbersOf(got, dtype), numbersOf(want, dtype)];
  const z = elsewhere?.length === want.length ? numbersOf(elsewhere, dtype) : y;
  const w = nudged?.length === got.length ? numbersOf(nudged, dtype) : x;
  const tolerance = TOLERANCES[roundedAs];
  const largest = tolerance !== undefined && slack > 1 ? largestOf(y) : 0;
  for (let i = 0; i < y.length; i++) {
    const [p, q, r] = [x[i], y[i], z[i]];
    if (Object.is(p, q) || p === q) continue;
    const text = `element ${i} is ${p}, in PyTorch ${q}`;
    if (tolerance === undefined) {
      if (r === q) return { nonfinite: false, text, at: i };
      continue;
    }
    const [relative, absolute] = tolerance;
    // Of a complex number the error is a part of its size, not of the smaller of its parts.
    const pair = dtype.startsWith("complex") ? Math.hypot(Number(y[i & ~1]), Number(y[i | 1])) : Infinity;
    const size = Number.isFinite(pair) ? pair : Math.abs(Number(q));
    const allowed = (absolute + relative * size + (slack > 1 ? relative * largest : 0)) * slack + lost;
    const near = (a: unknown): boolean => Object.is(a, q) || Math.abs(Number(a) - Number(q)) <= allowed;
    const isRough = 16 * Math.abs(Number(w[i]) - Number(p)) >= Math.abs(Number(p) - Number(q));
    if (!near(p) && near(r) && !isRough) return { nonfinite: !Number.isFinite(p) || !Number.isFinite(q), text, at: i };
  }
  return null;
}
