// Arguments of a call of a module: as many as `forward` takes, by place, or by name in one object at the end.
import { TypeError } from "../../base/errors.ts";
import { isOptions } from "../../dispatch/bind.ts";
import { missingArguments } from "../../dispatch/refusals.ts";

type Forward = (...args: never[]) => unknown;

/**
 * What to pass to `forward`. An object at the end whose keys are names of parameters not given by place stands for them.
 * Raises TypeError in Python's words if there are too few or too many.
 */
export function argumentsOf(module: object, forward: Forward, given: unknown[]): unknown[] {
  const last = given[given.length - 1];
  const args = isOptions(last) ? (byName(namesOf(forward), given.slice(0, -1), last) ?? given) : given;
  if (args.length < forward.length) {
    const names = namesOf(forward)?.slice(args.length, forward.length) ?? [];
    throw missingArguments(`${module.constructor.name}.forward`, names);
  }
  if (args.length > forward.length) {
    const most = namesOf(forward)?.length ?? Infinity;
    // Python counts `self`.
    if (args.length > most)
      throw new TypeError(
        `${module.constructor.name}.forward() takes ${most + 1} positional argument${most === 0 ? "" : "s"} but ${args.length + 1} were given`,
      );
  }
  return args;
}
function byName(
  names: readonly string[] | null,
  placed: readonly unknown[],
  named: Record<string, unknown>,
): unknown[] | null {
  const keys = Object.keys(named);
  if (names === null || keys.length === 0) return null;
  const places = keys.map((k) => names.indexOf(k));
  if (places.some((p) => p < placed.length)) return null;
  const args = [...placed];
  for (let p = placed.length; p <= Math.max(...places); p++) args.push(named[names[p]]);
  return args;
}

const known = new WeakMap<Forward, readonly string[] | null>();
/** Names of a function's parameters, from its text; null if they are more than plain names or it may read others. */
function namesOf(f: Forward): readonly string[] | null {
  let names = known.get(f);
  if (names === undefined) {
    const text = Function.prototype.toString.call(f);
    const list = /^[^(]*\(([^()[\]{}.]*)\)/.exec(text);
    names =
      list === null || /\barguments\b/.test(text)
        ? null
        : list[1]
            .split(",")
            .map((p) => p.split("=")[0].trim())
            .filter((p) => p !== "");
    known.set(f, names);
  }
  return names;
}
