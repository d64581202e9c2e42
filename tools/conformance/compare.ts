// Whether what tidu gave is what PyTorch gave: structure, dtype, shape, values.
import { Dtype, Tensor } from "tidu";
import type { Encoded } from "./reader.ts";
import { dtypeNamed, elementsOf, floatOf, Missing } from "./values.ts";
import type { Elements, Values } from "./values.ts";

export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}
const BY_DTYPE: Record<string, Tolerance> = {
  float64: { rtol: 1e-7, atol: 1e-9 },
  float32: { rtol: 1e-4, atol: 1e-5 },
  complex128: { rtol: 1e-7, atol: 1e-9 },
  complex64: { rtol: 1e-4, atol: 1e-5 },
  float16: { rtol: 1e-3, atol: 1e-5 },
  bfloat16: { rtol: 1.6e-2, atol: 1e-5 },
};
const EXACT: Tolerance = { rtol: 0, atol: 0 };
/** What may be further off than its dtype allows, and why. */
const LOOSER: Readonly<
  Record<string, { readonly float64?: Tolerance; readonly float32?: Tolerance; readonly why: string }>
> = {};

export function toleranceFor(op: string, dtype: string): Tolerance {
  return LOOSER[op]?.[dtype as "float64" | "float32"] ?? BY_DTYPE[dtype] ?? EXACT;
}
const isClose = (got: number, want: number, { rtol, atol }: Tolerance): boolean =>
  Object.is(got, want) || got === want || (Number.isNaN(got) && Number.isNaN(want))
    ? true
    : Number.isFinite(got) && Math.abs(got - want) <= atol + rtol * Math.abs(want);

/** The first difference as a sentence, or null. */
export function differenceOfElements(got: Elements, want: Elements, tolerance: Tolerance): string | null {
  if (got.length !== want.length) return `${got.length} elements, expected ${want.length}`;
  for (let i = 0; i < want.length; i++) {
    const [x, y] = [got[i], want[i]];
    if (typeof y === "bigint" ? x !== y : !isClose(Number(x), y, tolerance)) return `[${i}] is ${x}, expected ${y}`;
  }
  return null;
}
export function differenceOfTensors(got: unknown, k: number, values: Values): string | null {
  const want = values.recorded(k);
  if (!(got instanceof Tensor)) return `expected a tensor, got ${describe(got)}`;
  // Asking for the dtype first lets an unknown one count as missing.
  if (got.dtype !== dtypeNamed(want.dtype)) return `dtype ${got.dtype.name}, expected ${want.dtype}`;
  if (got.shape.join() !== want.shape.join()) return `shape [${got.shape.join()}], expected [${want.shape.join()}]`;
  const tolerance = toleranceFor(values.case.op, want.dtype);
  return differenceOfElements(elementsOf(got), values.elements(k), tolerance);
}

/** Compares a result of any structure. `skip` holds numbers of output tensors, in order, that are not determined. */
export function difference(got: unknown, want: Encoded, values: Values, skip: readonly number[] = []): string | null {
  let output = 0;
  const walk = (got: unknown, want: Encoded, at: string): string | null => {
    const told = (problem: string | null): string | null => (problem === null ? null : `${at}${problem}`);
    if (want === null) return got === null || got === undefined ? null : told(`expected None, got ${describe(got)}`);
    if (typeof want === "number") return told(differenceOfNumbers(got, want));
    if (typeof want !== "object") return got === want ? null : told(`expected ${want}, got ${describe(got)}`);
    const items = Array.isArray(want) ? (want as Encoded[]) : "tuple" in want ? (want["tuple"] as Encoded[]) : null;
    if (items !== null) {
      if (!Array.isArray(got)) return told(`expected ${items.length} values, got ${describe(got)}`);
      if (got.length !== items.length) return told(`${got.length} values, expected ${items.length}`);
      for (const [i, item] of items.entries()) {
        const problem = walk(got[i], item, `${at}result ${i}: `);
        if (problem !== null) return problem;
      }
      return null;
    }
    const tagged = want as { readonly [tag: string]: Encoded };
    if ("t" in tagged)
      return skip.includes(output++) ? null : told(differenceOfTensors(got, tagged["t"] as number, values));
    if ("float" in tagged) return told(differenceOfNumbers(got, floatOf(tagged["float"] as number)));
    if ("int" in tagged)
      return String(got) === tagged["int"] ? null : told(`expected ${tagged["int"] as string}, got ${describe(got)}`);
    if ("dtype" in tagged)
      return got === dtypeNamed(tagged["dtype"] as string)
        ? null
        : told(`expected ${tagged["dtype"] as string}, got ${describe(got)}`);
    if ("dict" in tagged) {
      for (const [key, item] of tagged["dict"] as [string, Encoded][]) {
        const value: unknown = got instanceof Map ? got.get(key) : (got as Record<string, unknown> | null)?.[key];
        const problem = walk(value, item, `${at}${key}: `);
        if (problem !== null) return problem;
      }
      return null;
    }
    throw new Missing(`a result of kind '${Object.keys(tagged)[0]}'`);
  };
  return walk(got, want, "");
}
function differenceOfNumbers(got: unknown, want: number): string | null {
  if (typeof got !== "number" && typeof got !== "bigint") return `expected ${want}, got ${describe(got)}`;
  return isClose(Number(got), want, BY_DTYPE["float64"]) ? null : `is ${got}, expected ${want}`;
}
/** Whether a tensor of the result lies in memory in another order than PyTorch's did. */
export function otherStrides(got: readonly Tensor[], want: Encoded, values: Values): boolean {
  const numbers = [...JSON.stringify(want).matchAll(/"t":(\d+)/g)].map((m) => Number(m[1]));
  return numbers.some((k, i) => {
    const { strides } = values.recorded(k);
    const t = got[i];
    return t !== undefined && (strides === undefined ? !t.is_contiguous() : strides.join() !== t.stride().join());
  });
}
/** The tensors of a result, in order. */
export function flatten(x: unknown): Tensor[] {
  if (x instanceof Tensor) return [x];
  return Array.isArray(x) ? x.flatMap(flatten) : [];
}
export function describe(x: unknown): string {
  if (x instanceof Tensor) return `a tensor of ${x.dtype.name} [${x.shape.join()}]`;
  if (x instanceof Dtype || x === null || typeof x !== "object") return String(x);
  return Array.isArray(x) ? `${x.length} values` : "an object";
}
