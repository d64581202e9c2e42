// What an optimizer's constructor takes: bound by the signature, in PyTorch's own text, as the arguments of ops are.
import { float64 } from "../dtype.ts";
import { ValueError } from "../errors.ts";
import { bind } from "../op/bind.ts";
import { parseSchema } from "../op/schema.ts";
import type { Fn, Values } from "../op/schema.ts";
import { scalarText } from "../print.ts";

/** Everything after `params`: by place, then from some place on by name in one object. */
export type Given<S extends string> = Parameters<Fn<S>>;
/** The options by name, defaults filled in. */
export type OptionsOf<S extends string> = Values<S>;

/** Raises TypeError in PyTorch's words for an option that is unknown or of the wrong type. */
export function bindOptions<S extends string>(signature: S, given: Given<S>): OptionsOf<S> {
  const schema = parseSchema(signature);
  const values = bind({ ...schema, name: `${schema.name}.__init__` }, given);
  return Object.fromEntries(schema.args.map(({ name }, i) => [name, values[i]])) as OptionsOf<S>;
}

/** Raises PyTorch's ValueError for the first option that is negative or NaN; keys are what its sentence calls them. */
export function requireNonNegative(values: Readonly<Record<string, number>>): void {
  for (const [what, value] of Object.entries(values))
    if (!(value >= 0)) throw new ValueError(`Invalid ${what}: ${optionText(value)}`);
}

/** Raises PyTorch's ValueError unless there are two betas in [0, 1). */
export function requireBetas(betas: readonly number[]): void {
  if (betas.length !== 2) throw new ValueError(`betas must be a pair of numbers, got ${optionText(betas)}`);
  for (const [i, beta] of betas.entries())
    if (!(beta >= 0 && beta < 1)) throw new ValueError(`Invalid beta parameter at index ${i}: ${optionText(beta)}`);
}

/** A value as Python prints it, whole numbers as ints. */
export function optionText(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `'${value}'`;
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : scalarText(value, float64);
  if (!Array.isArray(value)) return String(value);
  const items = value.map(optionText).join(", ");
  // Numbers in a row are tuples in PyTorch's options, names are lists.
  return typeof value[0] === "string" ? `[${items}]` : `(${items})`;
}
