// Arguments of constructors, bound like those of ops: by place, then from some place on by name in one object.
import { bind } from "./bind.ts";
import type { Args, Forms, Schema, Values } from "./schema.ts";
import { parseSchema } from "./schema.ts";

/** What a constructor with this signature accepts. */
export type ConstructorArgs<S extends string> = Forms<Args<S>>;

const schemas = new Map<string, Schema>();
/** The values by name, defaults filled in. Raises TypeError as a call of an op does. */
export function bindConstructor<S extends string>(signature: S, given: readonly unknown[]): Values<S> {
  let schema = schemas.get(signature);
  if (!schema) schemas.set(signature, (schema = parseSchema(signature)));
  const values = bind(schema, given);
  return Object.fromEntries(schema.args.map((a, i) => [a.name, values[i]])) as Values<S>;
}
