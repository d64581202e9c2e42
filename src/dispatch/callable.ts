// Functions, constructors and methods that are no ops, with arguments as ops have them.
import { bind } from "./bind.ts";
import type { Schema } from "./schema.ts";
import type { After, Args, Forms, Told, ValuesOf } from "./signature.ts";
import { parseSchema } from "./schema.ts";
import { formerArguments } from "./former_arguments.ts";

/**
 * What may be given to a callable with this signature: by place, then from some place on by name in one object. `O` has the
 * types of arguments for which signatures have no word.
 */
export type Arguments<S extends string, O = object> = Forms<Told<Args<S>, O>>;
/** What stands behind the argument of that name, where those before it have types that only the function itself can say. */
export type ArgumentsAfter<N extends string, S extends string, O = object> = Forms<After<Told<Args<S>, O>, N>>;
/** A function with the arguments of a signature. */
export type Callable<S extends string, T, O = object> = (...args: Arguments<S, O>) => T;

/** What a callable throws that is given nothing but this: it tells what it binds its arguments by, and does nothing else. */
export class Question extends Error {
  answer: Schema | null = null;
}
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
    bound = {
      schema: { ...schema, name: isClass ? `${callee}.__init__` : callee },
      former: formerArguments.orderOf(schema),
    };
    known.set(key, bound);
  }
  return bound;
}
/**
 * The values by name, defaults filled in. Raises TypeError in Python's words; `name` is the callable's own where several
 * share a signature.
 */
export function bindArguments<S extends string, O = object>(
  signature: S,
  given: readonly unknown[],
  name?: string,
): ValuesOf<Told<Args<S>, O>> {
  return valuesOf(boundBy(signature, name), given) as ValuesOf<Told<Args<S>, O>>;
}
function valuesOf({ schema, former }: Bound, given: readonly unknown[]): object {
  if (given[0] instanceof Question) throw Object.assign(given[0], { answer: schema });
  const values = bind(schema, former === null ? given : formerArguments.translate(schema, former, given));
  const byName: Record<string, unknown> = {};
  for (let i = 0; i < values.length; i++) byName[schema.args[i].name] = values[i];
  return byName;
}

/**
 * A function whose arguments are bound by a signature; `body` gets them by name, defaults filled in. Where signatures have
 * no word for a type, it is told by name in a type argument.
 * @example
 * const halve_ = callable("halve_(tensors parameters, int n=1) -> None", ({ parameters, n }) => ...);
 * const apply = callable<{ model: Module }>()("visit(object model) -> None", ({ model }) => ...);
 */
export function callable<const S extends string, T>(
  signature: S,
  body: (values: ValuesOf<Told<Args<S>, object>>) => T,
): Callable<S, T>;
export function callable<O extends object>(): <const S extends string, T>(
  signature: S,
  body: (values: ValuesOf<Told<Args<S>, O>>) => T,
) => Callable<S, T, O>;
export function callable(signature?: string, body?: (values: never) => unknown): unknown {
  if (signature === undefined || body === undefined) return callable;
  let bound: Bound | null = null;
  const call = (...given: unknown[]): unknown =>
    body(valuesOf((bound ??= boundBy(signature, undefined)), given) as never);
  Object.defineProperty(call, "name", { value: signature.slice(0, signature.indexOf("(")) });
  return call;
}
