// Arguments of constructors and methods, bound like those of ops: by place, then from some place on by name in one object.
import { bind } from "./bind.ts";
import type { After, Args, Forms, Schema, Told, ValuesOf } from "./schema.ts";
import { parseSchema } from "./schema.ts";
import { formerOrder, withReduction } from "./size_average.ts";

/** What a constructor with this signature accepts; `O` has the types of arguments for which signatures have no word. */
export type ConstructorArgs<S extends string, O = object> = Forms<Told<Args<S>, O>>;
/** What stands behind the argument of that name, where those before it have types that only the function itself can say. */
export type ArgsAfter<N extends string, S extends string, O = object> = Forms<After<Told<Args<S>, O>, N>>;

interface Bound {
  readonly schema: Schema;
  /** See size_average.ts. */
  readonly former: readonly string[] | null;
}
const known = new Map<string, Bound>();
function boundBy(signature: string, name: string | undefined): Bound {
  const key = name === undefined ? signature : `${name}: ${signature}`;
  let bound = known.get(key);
  if (bound === undefined) {
    const schema = parseSchema(signature, true);
    const callee = name ?? schema.name;
    const isClass = /^[A-Z]\w*$/.test(callee);
    bound = { schema: { ...schema, name: isClass ? `${callee}.__init__` : callee }, former: formerOrder(schema) };
    known.set(key, bound);
  }
  return bound;
}
/**
 * The values by name, defaults filled in. Raises TypeError in Python's words; `name` is the class's own where several
 * share a signature.
 */
export function bindConstructor<S extends string, O = object>(
  signature: S,
  given: readonly unknown[],
  name?: string,
): ValuesOf<Told<Args<S>, O>> {
  const { schema, former } = boundBy(signature, name);
  const values = bind(schema, former === null ? given : withReduction(schema, former, given));
  const byName: Record<string, unknown> = {};
  for (let i = 0; i < values.length; i++) byName[schema.args[i].name] = values[i];
  return byName as ValuesOf<Told<Args<S>, O>>;
}
