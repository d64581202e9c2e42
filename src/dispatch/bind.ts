// What a caller gave, to one value per argument of the signature.
import { Device } from "../devices/device.ts";
import { getDevice } from "../devices/registry.ts";
import { OverflowError, TypeError, ValueError, warnOnce } from "../base/errors.ts";
import type { Scalar } from "../base/dtype.ts";
import { Complex, Dtype, Float } from "../base/dtype.ts";
import { Generator } from "../random/generator.ts";
import { Layout, MemoryFormat } from "../base/memory_format.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import {
  byNameAdvice,
  invalid,
  isOverloaded,
  isOverloadedByCount,
  missing,
  named,
  otherwise,
  pythonName,
  refuseTwice,
  refuseUnknown,
  shown,
  tooMany,
} from "./refusals.ts";
import { takesOut } from "./schema.ts";
import type { ParsedArg, Schema } from "./schema.ts";
import type { TypeName } from "./signature.ts";

/** Whether it is a plain object, as arguments by name are given. */
export const isOptions = (x: unknown): x is Record<string, unknown> => {
  if (typeof x !== "object" || x === null || x instanceof Tensor) return false;
  // Other realms (frames, VM contexts) have an Object.prototype of their own: what has nothing above it.
  const proto: unknown = Object.getPrototypeOf(x);
  return proto === null || Object.getPrototypeOf(proto) === null;
};

/**
 * By place, then from some place on by name in one object; of a method, self stands before them. Raises TypeError in
 * PyTorch's words; changes nothing.
 */
export function bind(schema: Schema, given: readonly unknown[], method = false): unknown[] {
  return bindPlain(schema, given) ?? bindAny(schema, given, method);
}
/** Most calls: values by place alone, each plainly one that kernels see. Null for all others. */
function bindPlain({ args, positional }: Schema, given: readonly unknown[]): unknown[] | null {
  const count = given.length;
  if (count > positional) return null;
  const values = new Array<unknown>(args.length);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (i < count ? !suits(arg, given[i]) : !arg.optional || arg.wraps) return null;
    values[i] = i < count ? given[i] : arg.fallback;
  }
  return values;
}
function bindAny(schema: Schema, given: readonly unknown[], method: boolean): unknown[] {
  const { args, positional, spread, python } = schema;
  const last = given[given.length - 1];
  const options = isOptions(last) && !isValue(schema, given.length - 1, last) ? last : null;
  let count = options === null ? given.length : given.length - 1;
  if (python && options !== null) refuseUnknown(schema, options);
  if (
    spread >= 0 &&
    count > spread &&
    (method || args[0].name !== "self") &&
    isSpread(args[spread].type, given[spread])
  ) {
    given = [...given.slice(0, spread), given.slice(spread, count)];
    count = spread + 1;
  }
  if (count > positional) {
    const byName = scalarsByName(schema, given.slice(0, count), options);
    if (byName !== null) return bind(schema, byName, method);
    throw byCount(schema, given, method) ?? tooMany(schema, count, options, method);
  }
  const values = new Array<unknown>(args.length);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    let value = i < count ? given[i] : undefined;
    if (value === undefined && options !== null) value = named(options, arg);
    else if (options !== null && named(options, arg) !== undefined) refuseTwice(schema, options, i, method);
    if (value !== undefined)
      values[i] = suits(arg, value) ? value : accept(schema, arg, i, value, { given, count, method });
    else if (arg.optional) values[i] = arg.wraps && typeof arg.fallback === "number" ? [arg.fallback] : arg.fallback;
    else
      throw i < count || (options !== null && Object.hasOwn(options, arg.name))
        ? isUndefined(schema, i, { given, count, method })
        : (byCount(schema, given, method) ?? missing(schema, count, options));
  }
  if (options !== null && !python) refuseUnknown(schema, options, method);
  if (options !== null && schema.others >= 0) values[schema.others] = otherwise(schema, options);
  // Behind all others: it is no argument of what computes.
  if (options !== null && (options["out"] ?? null) !== null && takesOut(schema)) values.push(options["out"]);
  return values;
}
/** Whether the values can be bound. */
export function isBindable(schema: Schema, given: readonly unknown[]): boolean {
  const { args, positional } = schema;
  const last = given[given.length - 1];
  const options = isOptions(last) ? last : null;
  const count = options === null ? given.length : given.length - 1;
  if (count > positional) return false;
  let byName = 0;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    const value = i < count ? given[i] : options === null ? undefined : named(options, arg);
    if (value === undefined ? !arg.optional : !suits(arg, value) && checks[arg.type](plain(arg, value)) !== OK)
      return false;
    if (value !== undefined && i >= count) byName++;
  }
  return (
    options === null ||
    byName ===
      Object.keys(options).filter((key) => options[key] !== undefined && !(key === "out" && takesOut(schema))).length
  );
}
/** The one of several schemas that is meant, or a TypeError as PyTorch's parser of arguments raises it. */
export function overloadOf(schemas: readonly Schema[], given: readonly unknown[], method = false): Schema {
  const found = schemas.length === 1 ? schemas[0] : schemas.find((schema) => isBindable(schema, given));
  if (found !== undefined) return found;
  const words = wordsOf(given, method);
  const self = Number(method);
  const plausible = schemas.filter(
    (one) =>
      words.length >= one.args.filter((a) => !a.optional).length - self &&
      words.length <= one.args.length - self + Number(takesOut(one)),
  );
  // Binding it says what is wrong.
  if (plausible.length === 1) return plausible[0];
  const last = given[given.length - 1];
  const unknown =
    isOptions(last) &&
    Object.keys(last).find((key) => schemas.every((one) => Object.hasOwn(otherwise(one, last), key)));
  throw new TypeError(
    invalid(schemas, words, method) + (unknown ? `\nNone of them has an argument '${unknown}'.` : ""),
  );
}
/** Whether a plain object at the end is what stands at its place, such as a state dict, and no arguments by name. */
function isValue({ args }: Schema, place: number, last: Record<string, unknown>): boolean {
  const arg = args[place];
  return arg?.type === "object" && !arg.optional && !arg.keyword && !Object.hasOwn(last, arg.name);
}
/** Where numbers stood: the one of x.add(alpha, other); beta and alpha of addmm(beta, x, alpha, a, b) and x.addmm(beta, alpha, a, b). */
const FORMER_ONE = [[1]];
const FORMER_TWO = [[0], [1], [0, 2], [1, 2]];
/** A number, also as a tensor of no dims that wants no gradient. */
const isFactor = (x: unknown): boolean => (x instanceof Tensor ? x.ndim === 0 && !x.requires_grad : isScalar(x));
/** In PyTorch's former order numbers stand before the tensors that they scale: x.add_(alpha, other), x.addmm(beta, alpha, a, b). */
function scalarsByName(
  { name, args, positional }: Schema,
  given: readonly unknown[],
  options: Record<string, unknown> | null,
): readonly unknown[] | null {
  const names = args
    .slice(positional)
    .map((a) => a.name)
    .filter((n) => n === "beta" || n === "alpha" || n === "value");
  if (names.length === 0) return null;
  const count = given.length - positional;
  const places = (names.length === 2 ? FORMER_TWO : FORMER_ONE).find(
    (p) => p.length === count && given.every((x, i) => (p.includes(i) ? isFactor(x) : x instanceof Tensor)),
  );
  if (places === undefined) return null;
  const tensors = given.filter((_, i) => !places.includes(i));
  const scalars = places.map((i) => given[i]);
  const named: Record<string, unknown> = { ...options };
  for (const [i, x] of scalars.entries()) {
    if (Object.hasOwn(named, names[i])) throw new TypeError(`${name}() got multiple values for argument '${names[i]}'`);
    named[names[i]] = x;
  }
  const list = args.slice(1, positional).map((a) => `Tensor ${a.name}`);
  const before = names.slice(0, scalars.length).map((n) => `Number ${n}`);
  const after = names.map((n) => `Number ${n} = 1`);
  warnOnce(
    `This overload of ${name} is deprecated:\n\t${name}(${[...before, ...list].join(", ")})\nConsider using one of the following signatures instead:\n\t${name}(${[...list, "*", ...after].join(", ")})`,
    "deprecated overloads",
  );
  return [...tensors, named];
}
/** Whether it is plain that the value is one of those that kernels see. */
const suits = (arg: ParsedArg, value: unknown): boolean =>
  value instanceof Tensor ? arg.takesTensor : typeof value === arg.takes;
/** How a callable was called: what was given, how much of it by place, and whether the first of it is a method's self. */
interface Called {
  readonly given: readonly unknown[];
  readonly count: number;
  readonly method: boolean;
}
function isUndefined(schema: Schema, i: number, called: Called): TypeError {
  return new TypeError(
    `${told(schema, i, called)}, not ${typeWord(undefined)}\nIt was given, but has no value: a misspelt name, or a function that returned nothing?`,
  );
}
/** The value as kernels see it, or a TypeError. */
function accept(schema: Schema, arg: ParsedArg, place: number, one: unknown, called: Called): unknown {
  const value = plain(arg, one);
  const problem = checks[arg.type](value);
  if (problem === OK) return arg.wraps && typeof value === "number" ? [value] : value;
  if (isArray(value) && /^Tensor.*(\[\]|\*)$/.test(arg.type)) {
    const i = value.findIndex((x) => !isTensor(x));
    throw new TypeError(`expected Tensor as element ${i} in argument ${place}, but got ${typeWord(value[i])}`);
  }
  const sentence = `${pythonSays(arg.type, value)}${told(schema, place, called)}, ${found(schema, arg, value)}${problem}`;
  throw new TypeError(
    schema.python || !isOverloaded(schema.name)
      ? sentence
      : `${invalid([schema], wordsOf(called.given, called.method), called.method)}\n${sentence}`,
  );
}
/** What came instead: of lists of ints, their first element that is none. */
function found(schema: Schema, arg: ParsedArg, value: unknown): string {
  const wrong = isArray(value) && arg.number === "int" && value.length > 0 ? value.findIndex((x) => !isInt(x)) : -1;
  if (wrong < 0 || !isArray(value)) return `not ${typeWord(value)}`;
  if (wrong === 0 || schema.python) return `but found element of type ${typeWord(value[wrong])} at pos ${wrong}`;
  throw new TypeError(
    `${schema.name}(): argument '${shown(arg)}' failed to unpack the object at pos ${wrong + 1} with error "type must be tuple of ints,but got ${typeWord(value[wrong])}"`,
  );
}
/** Functions that PyTorch's own Python hands on to others, which say what their arguments must be. */
const SPOKEN: Readonly<Record<string, string>> = { cross_entropy: "cross_entropy_loss", nll_loss: "nll_loss_nd" };
/** Which argument must be what. */
function told({ name, args }: Schema, place: number, { count, method }: Called): string {
  const arg = args[place];
  const position = place >= count ? "" : ` (position ${method ? place : place + 1})`;
  return `${SPOKEN[name] ?? name}(): argument '${shown(arg)}'${position} must be ${pythonName(arg.type)}`;
}

/** Numbers in their plain form: of the ways to give one, the few that kernels know. */
function plain(arg: ParsedArg, x: unknown): unknown {
  switch (arg.number) {
    case null:
      return x;
    case "int":
      return isArray(x) ? (x.some(isPacked) ? x.map(plainInt) : x) : plainInt(x);
    case "float":
      return isArray(x) ? (x.some(isPacked) ? x.map(plainFloat) : x) : plainFloat(x);
    case "Scalar":
      return plainScalar(x);
  }
}
/** Whether it is the first of values that are spread. */
function isSpread(type: TypeName, x: unknown): boolean {
  if (type !== "SymInt[]") return type === "object*" || !isArray(x);
  return isInt(x) || typeof x === "bigint" || (x instanceof Tensor && typeof plainInt(x) === "number");
}
const isPacked = (x: unknown): boolean => typeof x !== "number" && x !== null;
/** A bigint, or an integer tensor of one element, as PyTorch takes it for an int. */
function plainInt(x: unknown): unknown {
  if (typeof x === "bigint") {
    if (BigInt.asIntN(64, x) !== x) throw new ValueError("Overflow when unpacking long long");
    return Number(x);
  }
  if (!(x instanceof Tensor) || x.dtype.category !== 1 || x.requires_grad || x.numel() !== 1) return x;
  return Number(x.item());
}
/** Only what takes part in promotions must know a float from a whole number. */
function plainFloat(x: unknown): unknown {
  if (x instanceof Float) return x.value;
  if (typeof x === "bigint") return Number(x);
  return isNumberTensor(x) ? Number(x.item()) : x;
}
/** What a tensor of no dims holds, by its dtype's kind. */
function plainScalar(x: unknown): unknown {
  if (typeof x === "bigint" && (x >= 2n ** 64n || x < -(2n ** 63n))) throw new OverflowError("int too big to convert");
  if (!isNumberTensor(x)) return x;
  const value: Scalar = x.item();
  return x.dtype.is_floating_point ? new Float(value) : x.dtype.category === 1 ? BigInt(value) : value;
}
const isNumberTensor = (x: unknown): x is Tensor => x instanceof Tensor && x.sizes.length === 0 && !x.requires_grad;
/** What was given, by type, as PyTorch's parser of arguments tells it: without self. */
function wordsOf(given: readonly unknown[], method: boolean): string[] {
  const last = given[given.length - 1];
  const places = given.slice(Number(method), isOptions(last) ? -1 : undefined).map(typeWord);
  const names = isOptions(last) ? Object.entries(last).map(([key, y]) => `${key}=${typeWord(y)}`) : [];
  return names.length > 0 && places.length === 0 ? [...names, ""] : [...places, ...names];
}
/** Of functions that have several signatures in PyTorch, what is said where the number of arguments fits none. */
const byCount = (schema: Schema, given: readonly unknown[], method: boolean): TypeError | null =>
  isOverloadedByCount(schema, method)
    ? new TypeError(invalid([schema], wordsOf(given, method), method) + byNameAdvice(schema))
    : null;

const OK = "ok";
type Check = (x: unknown) => string;
const that =
  (test: (x: unknown) => boolean): Check =>
  (x) =>
    test(x) ? OK : "";
const isInt = (x: unknown): boolean => Number.isSafeInteger(x);
export const isScalar = (x: unknown): x is Scalar =>
  typeof x === "number" ||
  typeof x === "boolean" ||
  typeof x === "bigint" ||
  x instanceof Complex ||
  x instanceof Float;
const isTensor = (x: unknown): boolean => x instanceof Tensor;
const isArray = (x: unknown): x is readonly unknown[] => Array.isArray(x);
const notWhole = (x: number): string => `\n${x} is not a whole number.`;
const int: Check = (x) => (isInt(x) ? OK : typeof x === "number" && !Number.isInteger(x) ? notWhole(x) : "");
const ints: Check = (x) => {
  if (isInt(x)) return OK;
  if (!isArray(x)) return typeof x === "number" ? notWhole(x) : "";
  const y = x.find((n) => !isInt(n));
  return y === undefined && !x.includes(undefined) ? OK : typeof y === "number" ? notWhole(y) : "";
};
const orNull =
  (check: Check): Check =>
  (x) =>
    x === null ? OK : check(x);
interface Sized {
  readonly length: number;
}
/** A list, or what can be gone through in another way; text is none. */
const isIterable = (x: unknown): boolean =>
  typeof (x as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === "function" && typeof x !== "string";
/** By what all of them have: the class stands above. */
const isModule = (x: unknown): boolean =>
  typeof (x as { named_parameters?: unknown } | null)?.named_parameters === "function";
const isFunction = (x: unknown): boolean => typeof x === "function";
const isFloats = (x: unknown): boolean => typeof x === "number" || (isArray(x) && all(x, (y) => typeof y === "number"));
/** Unlike `every`, which passes over places without a value. */
const all = (xs: readonly unknown[], test: (x: unknown) => boolean): boolean => xs.findIndex((x) => !test(x)) < 0;
const tensors = (test: (x: unknown) => boolean): Check => that((x) => isArray(x) && all(x, test));
const scalar = that(isScalar);
const checks: Record<TypeName, Check> = {
  Tensor: that(isTensor),
  "Tensor?": orNull(that(isTensor)),
  "Tensor[]": tensors(isTensor),
  "Tensor?[]": tensors((x) => x === null || isTensor(x)),
  "Tensor|Scalar": that((x) => isTensor(x) || isScalar(x)),
  "Tensor|Scalar?": orNull(that((x) => isTensor(x) || isScalar(x))),
  Scalar: scalar,
  "Scalar?": orNull(scalar),
  "Scalar|str?": orNull(that((x) => isScalar(x) || typeof x === "string")),
  int,
  integer: (x) => (typeof x === "bigint" && BigInt.asIntN(64, x) === x ? OK : int(x)),
  "int?": orNull(int),
  float: that((x) => typeof x === "number"),
  "float?": orNull(that((x) => typeof x === "number")),
  "int[]": ints,
  "SymInt[]": (x) => (isArray(x) ? ints(x) : ""),
  "int|int[]": ints,
  "Tensor|int|int[]": (x) => (isTensor(x) ? OK : ints(x)),
  "int[]?": orNull(ints),
  "int|int[]?": orNull(ints),
  "int?[]": (x) => ints(isArray(x) ? Array.from(x).filter((y) => y !== null) : x),
  "int[]|str": (x) => (typeof x === "string" ? OK : ints(x)),
  "int[]|bool?": orNull((x) => (typeof x === "boolean" ? OK : ints(x))),
  "float[]": that(isFloats),
  "float[]?": orNull(that(isFloats)),
  "float|float[]": that(isFloats),
  "float|float[]?": orNull(that(isFloats)),
  "float?[]": that((x) => isArray(x) && all(x, (y) => y === null || typeof y === "number")),
  bool: that((x) => typeof x === "boolean"),
  "bool?": orNull(that((x) => typeof x === "boolean")),
  str: that((x) => typeof x === "string"),
  "str?": orNull(that((x) => typeof x === "string")),
  dtype: that((x) => x instanceof Dtype),
  "dtype?": orNull(that((x) => x instanceof Dtype)),
  "Generator?": orNull(that((x) => x instanceof Generator)),
  callable: that(isFunction),
  "callable?": orNull(that(isFunction)),
  "callable|str": that((x) => isFunction(x) || typeof x === "string"),
  "function?": orNull(that(isFunction)),
  "function|function[]": that((x) => isFunction(x) || (isArray(x) && all(x, isFunction))),
  "memory_format?": orNull(that((x) => x instanceof MemoryFormat)),
  "device?": orNull((x) => ((typeof x === "string" || x instanceof Device) && getDevice(x) ? OK : "")),
  "layout?": orNull((x) => {
    if (!(x instanceof Layout)) return "";
    x.asked?.();
    return OK;
  }),
  object: () => OK,
  "object*": () => OK,
  "object**": () => OK,
  "Tensor*": tensors(isTensor),
  tensors: (x) => {
    if (!isIterable(x)) return "";
    const i = isArray(x) ? x.findIndex((y) => !isTensor(y)) : -1;
    return i < 0 ? OK : ` (element ${i} is of type ${typeWord((x as unknown[])[i])})`;
  },
  iterable: that(isIterable),
  sized: that((x) => typeof (x as Partial<Sized> | null)?.length === "number" && typeof x !== "function"),
  module: that(isModule),
  "module[]": that((x) => isArray(x) && all(x, isModule)),
  bytes: that((x) => x instanceof Uint8Array),
  None: that((x) => x === null),
};
/** What Python says by itself of a value that has not what PyTorch's own Python asks of it. */
function pythonSays(type: TypeName, x: unknown): string {
  if ((type === "tensors" || type === "iterable") && !isIterable(x)) return `'${typeWord(x)}' object is not iterable\n`;
  return type === "sized" ? `object of type '${typeWord(x)}' has no len()\n` : "";
}
