// What is said of arguments that are too many, missing or unknown: by PyTorch's parser of arguments, or by Python.
import { help, TypeError } from "../base/errors.ts";
import { takesOut } from "./schema.ts";
import type { ParsedArg, Schema } from "./schema.ts";
import type { TypeName } from "./signature.ts";

type Options = Readonly<Record<string, unknown>> | null;

/** What was given under the argument's name, or under another that PyTorch takes for it. */
export function named(options: Readonly<Record<string, unknown>>, arg: ParsedArg): unknown {
  if (Object.hasOwn(options, arg.name)) return options[arg.name];
  const other = arg.also.find((name) => Object.hasOwn(options, name));
  return other === undefined ? undefined : options[other];
}
export const shown = (arg: ParsedArg): string => (arg.name === "self" ? "input" : arg.name);
const plural = (n: number): string => (n === 1 ? "" : "s");

export function tooMany(schema: Schema, count: number, options: Options, method: boolean): TypeError {
  const { args, positional, name, python } = schema;
  const self = Number(method);
  if (takesNone(schema, method)) return new TypeError(`TensorBase.${name}() takes no arguments (${count - 1} given)`);
  const [most, given] = python
    ? pythonCounts(schema, count, options)
    : [
        counted(args.filter((a) => !a.optional).length - self, positional - self),
        `${count - self} ${were(count - self)} given`,
      ];
  return new TypeError(`${name}() takes ${most} but ${given}${byNameAdvice(schema)}`);
}
/** Which arguments have no place, in a line of its own. */
export function byNameAdvice({ args, positional }: Schema): string {
  const byName = args.slice(positional).map((a) => a.name);
  return byName.length > 0
    ? `\n(${byName.join(", ")} by name${help({ TypeScript: ", in one object at the end", Python: "" })})`
    : "";
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
export function refuseUnknown(schema: Schema, options: Readonly<Record<string, unknown>>, method = false): void {
  if (schema.others >= 0) return;
  const [unknown] = Object.keys(otherwise(schema, options));
  if (unknown === undefined) return;
  const { name, args } = schema;
  if (takesNone(schema, method)) throw new TypeError(`TensorBase.${name}() takes no keyword arguments`);
  const taken = args.length > 0 ? `\nIt takes ${args.map((a) => a.name).join(", ")}.` : "";
  throw new TypeError(`${name}() got an unexpected keyword argument '${unknown}'${taken}`);
}
/** Of an argument that was given by place and by name: other names are known where its own is looked for alone. */
export function refuseTwice(
  schema: Schema,
  options: Readonly<Record<string, unknown>>,
  i: number,
  method: boolean,
): void {
  const { name, args } = schema;
  if (Object.hasOwn(options, args[i].name) && !(method && i === 0))
    throw new TypeError(`${name}() got multiple values for argument '${args[i].name}'`);
  refuseUnknown({ ...schema, args: args.slice(i + 1) }, options, method);
}
/** What was given by names that no argument has. */
export function otherwise(
  schema: Schema,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const isKnown = (key: string): boolean =>
    schema.args.some((a) => a.name === key || a.also.includes(key)) || (key === "out" && takesOut(schema));
  return Object.fromEntries(Object.entries(options).filter(([key]) => !isKnown(key)));
}
/** Whether it is a method without arguments, which are C's own. */
const takesNone = ({ args, python }: Schema, method: boolean): boolean => method && !python && args.length === 1;

/** What is said where no overload fits; `given` are words of what was given. */
export function invalid(schemas: readonly Schema[], given: readonly string[], method: boolean): string {
  const [{ name }] = schemas;
  const bare = name.replace(/_$/, "");
  const expected =
    DEPRECATED.has(bare) && (method || !FUNCTIONS_OVERLOADED_BY_COUNT.has(bare))
      ? ` ${written(schemas[0], method)}`
      : ` one of:${schemas.map((schema) => `\n * ${written(schema, method)}`).join("")}`;
  return `${name}() received an invalid combination of arguments - got (${given.join(", ")}), but expected${expected}`;
}
/** The arguments in the words of PyTorch's parser. */
function written(schema: Schema, method: boolean): string {
  const { args } = schema;
  const pieces = args.slice(Number(method)).flatMap((arg, i, all) => {
    const start = arg.keyword && all[i - 1]?.keyword !== true ? ["*"] : [];
    const fallback = arg.optional ? ` = ${pythonValue(arg.fallback)}` : "";
    return [...start, `${pythonName(arg.type)} ${shown(arg)}${fallback}`];
  });
  if (!method && takesOut(schema)) pieces.push(...(args[args.length - 1].keyword ? [] : ["*"]), "Tensor out = None");
  return `(${pieces.join(", ")})`;
}
function pythonValue(x: unknown): string {
  if (Array.isArray(x)) return x.length === 1 ? pythonValue(x[0]) : `(${x.map(pythonValue).join(", ")})`;
  return x === null ? "None" : x === true ? "True" : x === false ? "False" : String(x);
}
const PYTHON_NAMES: Partial<Record<TypeName, string>> = {
  "int[]": "tuple of ints",
  "SymInt[]": "tuple of ints",
  "int?[]": "tuple of ints",
  "Tensor[]": "tuple of Tensors",
  "Tensor?[]": "tuple of Tensors",
  "Tensor*": "tuple of Tensors",
  "float[]": "tuple of floats",
  "Tensor|Scalar": "Tensor",
  "Scalar|str": "Number",
  "int|int[]": "tuple of ints",
  "Tensor|int|int[]": "tuple of ints",
  "int[]|bool": "tuple of ints",
  Scalar: "Number",
  integer: "int",
  dtype: "torch.dtype",
  Generator: "torch.Generator",
  memory_format: "torch.memory_format",
  device: "torch.device",
  layout: "torch.layout",
  tensors: "an iterable of Tensors",
  iterable: "an iterable",
  sized: "something with a length",
  module: "Module",
  "module[]": "list of Modules",
} as Partial<Record<TypeName, string>>;
export const pythonName = (type: TypeName): string => {
  const bare = type.replace(/\?$/, "") as TypeName;
  return PYTHON_NAMES[bare] ?? bare;
};

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));
/** Functions to which PyTorch gives several signatures of the same number of arguments: its sentence then names none. */
const OVERLOADED = words(
  "all any argsort bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor bucketize clamp clamp_max clamp_min clip copysign count_nonzero divide dsplit eq fill float_power floor_divide fmod ge greater greater_equal gt hsplit index_fill isin le lerp less less_equal linspace logspace lt masked_fill mean moveaxis movedim nanquantile narrow ne not_equal pow quantile remainder repeat_interleave round rsub scatter searchsorted sort squeeze std subtract sum tensor_split true_divide var view vsplit xlogy",
);
/** Those of which one signature alone has so many arguments, or none. */
const OVERLOADED_BY_COUNT = words(
  "bartlett_window bernoulli blackman_window conv1d conv2d conv3d ctc_loss cumulative_trapezoid div embedding_bag eye gradient hamming_window hann_window histogram histogramdd kaiser_window linalg_cond linalg_matrix_norm linalg_matrix_rank linalg_norm linalg_pinv max median min multiply nanmedian nonzero normal prod rand rand_like randint randint_like randn randn_like random randperm result_type squeeze_copy std_mean trapezoid trapz var_mean view_copy where",
);
const FUNCTIONS_OVERLOADED_BY_COUNT = words("addmm baddbmm bmm mm");
/** Functions of which one of two signatures is deprecated. */
const DEPRECATED = words("add addbmm addcdiv addcmul addmm addmv addr baddbmm copy sub");
/** Whether PyTorch's sentence of an argument that does not suit names all signatures, and not the argument. */
export const isOverloaded = (name: string): boolean => OVERLOADED.has(name.replace(/_$/, ""));
/** The same of a number of arguments that does not suit. */
export function isOverloadedByCount({ name, python }: Schema, method: boolean): boolean {
  const bare = name.replace(/_$/, "");
  if (python) return false;
  if (isOverloaded(name) || OVERLOADED_BY_COUNT.has(bare) || DEPRECATED.has(bare)) return true;
  return !method && FUNCTIONS_OVERLOADED_BY_COUNT.has(bare);
}
