// What is said of arguments that are too many, missing or unknown: by PyTorch's parser of arguments, or by Python.
import { help, TypeError } from "../base/errors.ts";
import type { ParsedArg, Schema } from "./schema.ts";

type Options = Readonly<Record<string, unknown>> | null;

/** What was given under the argument's name, or under another that PyTorch takes for it. */
export function named(options: Readonly<Record<string, unknown>>, arg: ParsedArg): unknown {
  if (Object.hasOwn(options, arg.name)) return options[arg.name];
  const other = arg.also.find((name) => Object.hasOwn(options, name));
  return other === undefined ? undefined : options[other];
}
export const shown = (arg: ParsedArg): string => (arg.name === "self" ? "input" : arg.name);
const plural = (n: number): string => (n === 1 ? "" : "s");

export function tooMany(schema: Schema, count: number, options: Options): TypeError {
  const { args, positional, name, python } = schema;
  const byName = args.slice(positional).map((a) => a.name);
  const advice =
    byName.length > 0
      ? `\n(${byName.join(", ")} by name${help({ TypeScript: ", in one object at the end", Python: "" })})`
      : "";
  const [most, given] = python
    ? pythonCounts(schema, count, options)
    : [counted(args.filter((a) => !a.optional).length, positional), `${count} ${were(count)} given`];
  return new TypeError(`${name}() takes ${most} but ${given}${advice}`);
}
const positionals = (n: number): string => `${n} positional argument${plural(n)}`;
const counted = (least: number, most: number): string =>
  least === most ? positionals(most) : `from ${least} to ${most} positional arguments`;
const were = (n: number): string => (n === 1 ? "was" : "were");
/** Python counts `self`, and what came by name for arguments that have no place. */
function pythonCounts({ args, positional, name }: Schema, count: number, options: Options): [string, string] {
  const self = name.includes(".") ? 1 : 0;
  const most = positional + self;
  const least = args.filter((a) => !a.optional && !a.keyword).length + self;
  const byName = options === null ? 0 : args.filter((a) => a.keyword && Object.hasOwn(options, a.name)).length;
  const given = count + self;
  return [
    counted(least, most),
    byName === 0
      ? `${given} ${were(given)} given`
      : `${positionals(given)} (and ${byName} keyword-only argument${plural(byName)}) were given`,
  ];
}
/** PyTorch's plural is the wrong way round. */
export function missing({ name, args, python }: Schema, count: number, options: Options): TypeError {
  const absent = args.filter(
    (a, i) => !a.optional && i >= count && (options === null || named(options, a) === undefined),
  );
  if (python) return missingArguments(name, absent.map(shown));
  const names = absent.map((a) => `"${shown(a)}"`);
  return new TypeError(
    `${name}() missing ${names.length} required positional argument${names.length === 1 ? "s" : ""}: ${names.join(", ")}`,
  );
}
/** Python's complaint about arguments that were not given. */
export function missingArguments(callee: string, names: readonly string[]): TypeError {
  const quoted = names.map((n) => `'${n}'`);
  const all =
    quoted.length < 3 ? quoted.join(" and ") : `${quoted.slice(0, -1).join(", ")}, and ${quoted[quoted.length - 1]}`;
  return new TypeError(
    `${callee}() missing ${names.length} required positional argument${plural(names.length)}: ${all}`,
  );
}
export function refuseUnknown(schema: Schema, options: Readonly<Record<string, unknown>>): void {
  if (schema.others >= 0) return;
  const [unknown] = Object.keys(otherwise(schema, options));
  if (unknown === undefined) return;
  const { name, args } = schema;
  const taken = args.length > 0 ? `\nIt takes ${args.map((a) => a.name).join(", ")}.` : "";
  throw new TypeError(`${name}() got an unexpected keyword argument '${unknown}'${taken}`);
}
/** What was given by names that no argument has. */
export function otherwise(
  { args, out }: Schema,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const isKnown = (key: string): boolean =>
    args.some((a) => a.name === key || a.also.includes(key)) || (out && key === "out");
  return Object.fromEntries(Object.entries(options).filter(([key]) => !isKnown(key)));
}
/** What is said where no overload fits; `given` are words of what was given. */
export const invalid = (schemas: readonly Schema[], given: readonly string[]): string =>
  `${schemas[0].name}() received an invalid combination of arguments - got (${given.join(", ")}), but expected one of:${schemas
    .map(({ name, text }) => `\n * ${text.slice(name.length)}`)
    .join("")}`;
