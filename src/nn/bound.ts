// Functions that are no ops, with arguments as ops have them.
import { bindConstructor } from "../op/constructor.ts";
import type { ConstructorArgs } from "../op/constructor.ts";
import type { Values } from "../op/schema.ts";

/** A function whose arguments are bound by a signature, as those of ops are. */
export const fn =
  <S extends string, T>(signature: S, f: (values: Values<S>) => T) =>
  (...args: ConstructorArgs<S>): T =>
    f(bindConstructor(signature, args));
