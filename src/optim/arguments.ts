// Arguments of optimizers and schedulers, whose first ones signatures have no word for.
import type { ArgumentsAfter, Arguments } from "../dispatch/callable.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { Args, Told, Values, ValuesOf } from "../dispatch/signature.ts";
import { noteFloats } from "./options.ts";
import type { AnyOptimizer, Params } from "./optimizer.ts";

/** The options that an optimizer with this signature has. */
export type OptionsOf<S extends string> = { [K in Exclude<keyof Values<S>, "params">]: Values<S>[K] };
/**
 * The parameters by place. They may be given by name, too; to tell the type checker so would be too much for it where a
 * program chooses among several optimizers.
 */
export type OptimizerArgs<S extends string, O extends object = OptionsOf<S>> = [
  params: Params<O>,
  ...given: ArgumentsAfter<"params", S>,
];
/** The parameters, and the options of groups that do not say otherwise. */
export function bindOptimizer<S extends string>(
  signature: S,
  given: readonly unknown[],
): [Params<never>, OptionsOf<S>] {
  noteFloats(given);
  const { params, ...options } = bindArguments(signature, given) as unknown as { params: Params<never> };
  return [params, options as OptionsOf<S>];
}

interface Scheduled {
  optimizer: AnyOptimizer;
}
export type SchedulerArgs<S extends string> = Arguments<S, Scheduled>;
export const bindScheduler = <S extends string>(
  signature: S,
  given: readonly unknown[],
  name?: string,
): ValuesOf<Told<Args<S>, Scheduled>> => {
  noteFloats(given);
  return bindArguments<S, Scheduled>(signature, given, name);
};
