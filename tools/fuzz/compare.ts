// Whether two tensors' bytes are the same numbers, within what rounding may do.
import type { DtypeName } from "../../src/dtype.ts";
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

export interface Unequal {
  /** Whether one of the two is infinite or no number. */
  readonly nonfinite: boolean;
  readonly text: string;
}
/**
 * The first element that differs; null if none does. With `slack`, errors may be so many times as large, and as large as
 * they would be in the largest element: sums of many terms, as gradients are. Where PyTorch's own answer on other vectors,
 * `elsewhere`, is neither, there is nothing to compare with. `roundedAs`: a dtype that the numbers went through on their way.
 */
export function unequal(
  got: Uint8Array,
  want: Uint8Array,
  dtype: DtypeName,
  slack = 1,
  elsewhere?: Uint8Array,
  roundedAs: DtypeName = dtype,
): Unequal | null {
  if (got.length !== want.length) return { nonfinite: false, text: `${got.length} bytes for ${want.length}` };
  const [x, y] = [numbersOf(got, dtype), numbersOf(want, dtype)];
  const z = elsewhere?.length === want.length ? numbersOf(elsewhere, dtype) : y;
  const tolerance = TOLERANCES[roundedAs];
  let largest = 0;
  if (tolerance !== undefined && slack > 1)
    for (let i = 0; i < y.length; i++) if (Number.isFinite(y[i])) largest = Math.max(largest, Math.abs(Number(y[i])));
  for (let i = 0; i < y.length; i++) {
    const [p, q, r] = [x[i], y[i], z[i]];
    if (Object.is(p, q) || p === q) continue;
    const text = `element ${i} is ${p}, in PyTorch ${q}`;
    if (tolerance === undefined) return { nonfinite: false, text };
    const [relative, absolute] = tolerance;
    const allowed = (absolute + relative * Math.abs(Number(q)) + (slack > 1 ? relative * largest : 0)) * slack;
    const near = (a: unknown): boolean => Object.is(a, q) || Math.abs(Number(a) - Number(q)) <= allowed;
    if (!near(p) && near(r)) return { nonfinite: !Number.isFinite(p) || !Number.isFinite(q), text };
  }
  return null;
}
