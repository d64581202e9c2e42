// Functions to which PyTorch gives several signatures, and those of its own language that return a plain value.
import { bind, overloadOf } from "./bind.ts";
import { outs } from "./outs.ts";
import type { Schema } from "./schema.ts";
import { parseSchema } from "./schema.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Arg, Args, Value } from "./signature.ts";

/** One of the signatures, and what computes it. */
export interface Overload {
  readonly schema: Schema;
  readonly run: (...values: never[]) => unknown;
}
/** The values of the arguments, in order. */
type InOrder<A extends Arg[]> = { [K in keyof A]: Value<A[K]> } extends infer V extends unknown[] ? V : never;
export const overload = <const S extends string>(
  signature: S,
  run: (...values: InOrder<Args<S>>) => unknown,
): Overload => ({ schema: parseSchema(signature), run });
/** The signatures of such functions. */
export const overloadsOf = new Map<unknown, readonly Schema[]>();

/**
 * A function that is the first of its overloads which takes what is given, with `out` where PyTorch has it. Raises TypeError in
 * the words of PyTorch's parser of arguments. Its type is for the caller to say.
 */
export function overloaded<F>(...overloads: readonly Overload[]): F {
  const schemas = overloads.map(({ schema }) => schema);
  const choose = (given: readonly unknown[], method: boolean): unknown => {
    const schema = overloadOf(schemas, given, method);
    const values = bind(schema, given, method);
    const { run } = overloads[schemas.indexOf(schema)];
    if (values.length === schema.args.length) return run(...(values as never[]));
    const inputs = outs.inputsFor(schema, values);
    return outs.writeOuts(schema, values.at(-1), run(...(inputs as never[])), inputs);
  };
  const call = (...given: unknown[]): unknown => choose(given, false);
  Object.defineProperty(call, "name", { value: schemas[0].name });
  overloadsOf.set(call, schemas);
  methods.set(call, (given) => choose(given, true));
  return call as F;
}
const methods = new Map<unknown, (given: readonly unknown[]) => unknown>();
/** Such a function as a method of tensors. */
export function methodOf(f: unknown): (this: unknown, ...given: unknown[]) => never {
  const run =
    methods.get(f) ?? ((given: readonly unknown[]) => (f as (...given: readonly unknown[]) => unknown)(...given));
  return function (...given) {
    return run([this, ...given]) as never;
  };
}

/** Gives tensors such functions as methods. */
export function makeMethodsOf(functions: Readonly<Record<string, unknown>>): void {
  for (const [name, f] of Object.entries(functions))
    Object.defineProperty(Tensor.prototype, name, { configurable: true, writable: true, value: methodOf(f) });
}
