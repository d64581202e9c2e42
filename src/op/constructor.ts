// Arguments of constructors, bound like those of ops: by place, then from some place on by name in one object.
import { TypeError } from "../errors.ts";
import { bind, isOptions } from "./bind.ts";
import type { Args, Forms, Schema, Values } from "./schema.ts";
import { parseSchema } from "./schema.ts";
import { formerOrder, withReduction } from "./size_average.ts";

/** What a constructor with this signature accepts. */
export type ConstructorArgs<S extends string> = Forms<Args<S>>;

const schemas = new Map<string, Schema>();
/**
 * The values by name, defaults filled in. Raises TypeError in Python's words; `name` is the class's own where several
 * share a signature.
 */
export function bindConstructor<S extends string>(signature: S, given: readonly unknown[], name?: string): Values<S> {
  let schema = schemas.get(signature);
  if (!schema) schemas.set(signature, (schema = parseSchema(signature)));
  const callee = name ?? schema.name;
  const order = formerOrder(schema);
  if (order !== null) given = withReduction(schema, order, given);
  const isClass = /^[A-Z]/.test(callee);
  if (isClass) refuseMissing(schema, callee, given);
  const values = bind({ ...schema, name: isClass ? `${callee}.__init__` : callee }, given);
  return Object.fromEntries(schema.args.map((a, i) => [a.name, values[i]])) as Values<S>;
}
function refuseMissing({ args }: Schema, name: string, given: readonly unknown[]): void {
  const last = given[given.length - 1];
  const options = isOptions(last) ? last : {};
  const count = isOptions(last) ? given.length - 1 : given.length;
  const absent = args.filter((a, i) => !a.optional && i >= count && options[a.name] === undefined).map((a) => a.name);
  if (absent.length > 0) throw missingArguments(`${name}.__init__`, absent);
}
/** Python's complaint about arguments that were not given. */
export function missingArguments(callee: string, names: readonly string[]): TypeError {
  const quoted = names.map((n) => `'${n}'`);
  const all =
    quoted.length < 3 ? quoted.join(" and ") : `${quoted.slice(0, -1).join(", ")}, and ${quoted[quoted.length - 1]}`;
  return new TypeError(
    `${callee}() missing ${names.length} required positional argument${names.length === 1 ? "" : "s"}: ${all}`,
  );
}
