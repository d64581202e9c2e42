// Functions that are no ops, with arguments as ops have them.
import type { ConstructorArgs } from "./constructor.ts";
import { bindConstructor } from "./constructor.ts";
import type { Args, Told, ValuesOf } from "./schema.ts";

/** A function whose arguments are those of a signature: by place, then from some place on by name in one object. */
export type Callable<S extends string, T, O = object> = (...args: ConstructorArgs<S, O>) => T;

/**
 * A function whose arguments are bound by a signature, as those of ops are; `body` gets them by name, defaults filled in.
 * Raises TypeError in Python's words. Where signatures have no word for a type, it is told by name in a type argument.
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
  const call = (...given: unknown[]): unknown => body(bindConstructor(signature, given) as never);
  Object.defineProperty(call, "name", { value: signature.slice(0, signature.indexOf("(")) });
  return call;
}
