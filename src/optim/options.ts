// Checks of optimizers' options, and their text.
import { Float, float64 } from "../base/dtype.ts";
import { ValueError } from "../base/errors.ts";
import { scalarText } from "../tensor/print.ts";

/** Raises PyTorch's ValueError for the first option that is negative or NaN; keys are what its sentence calls them. */
export function requireNonNegative(values: Readonly<Record<string, number>>): void {
  for (const [what, value] of Object.entries(values))
    if (!(value >= 0)) throw new ValueError(`Invalid ${what}: ${optionText(value)}`);
}

/** Raises PyTorch's ValueError in its other form: what should hold, and the value. */
export function requireThat(holds: boolean, sentence: string, value: number | null): void {
  if (!holds) throw new ValueError(`${sentence} but is: ${optionText(value)}`);
}

/** Raises PyTorch's ValueError unless there are two betas in [0, 1). */
export function requireBetas(betas: readonly number[]): void {
  if (betas.length !== 2) throw new ValueError(`betas must be a pair of numbers, got ${optionText(betas)}`);
  for (const [i, beta] of betas.entries())
    if (!(beta >= 0 && beta < 1)) throw new ValueError(`Invalid beta parameter at index ${i}: ${optionText(beta)}`);
}

let floats: ReadonlySet<number> = new Set();
/** Remembers which numbers a call was given as floats, for the sentences about them: -1.0 is no int in Python. */
export function noteFloats(given: readonly unknown[]): void {
  floats = new Set(floatsIn(given));
}
function* floatsIn(x: unknown): Generator<number> {
  if (x instanceof Float) yield x.value;
  else if (Array.isArray(x) || (typeof x === "object" && x !== null && Object.getPrototypeOf(x) === Object.prototype))
    for (const y of Object.values(x)) yield* floatsIn(y);
}
/** Whether it is a whole number, and was not given as a float. */
export const isInt = (value: number): boolean => Number.isInteger(value) && !floats.has(value);

/** A value as Python prints it: whole numbers are ints, unless they were given as floats. */
export function optionText(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `'${value}'`;
  if (typeof value === "number") return isInt(value) ? String(value) : scalarText(value, float64);
  if (!Array.isArray(value)) return String(value);
  const items = value.map(optionText).join(", ");
  // Numbers in a row are tuples in PyTorch's options, names are lists.
  return typeof value[0] === "string" ? `[${items}]` : `(${items})`;
}
