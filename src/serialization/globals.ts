// What the names in a pickle stand for: those that PyTorch allows with weights_only=True, and those that a program allows.
import { Complex, dtypeByName } from "../base/dtype.ts";
import { NotImplementedError, TypeError, UnpicklingError, ValueError } from "../base/errors.ts";
import { strided } from "../base/memory_format.ts";
import { device } from "../devices/device.ts";
import { Parameter } from "../nn/module/parameter.ts";
import { Size, Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { numpy } from "./numpy_globals.ts";
import { rebuild, StorageType } from "./rebuild.ts";
import { Dict, finished, Known, OrderedDict, setState, unsupportedGlobal } from "./unpickler.ts";

/** A function or class of the program, and where Python has it; or the name alone of one that the library knows. */
export type SafeGlobal =
  string | readonly [f: (...args: never[]) => unknown, path: string] | readonly [f: Class, path: string];
type Class = abstract new (...args: never[]) => object;

const texts = (x: unknown): x is string => typeof x === "string";
const numbers = (x: readonly unknown[]): x is number[] => x.every((n) => Number.isSafeInteger(n));
const argument = (path: string, x: unknown): UnpicklingError =>
  new UnpicklingError(`${path}: got an argument that it does not take: ${typeWord(x)}`);

/** A dict of pairs, or of what is one already. */
function pairs(into: Map<unknown, unknown>, items: unknown = []): Map<unknown, unknown> {
  if (!(items instanceof Map) && !Array.isArray(items)) throw argument("dict", items);
  for (const pair of items as Iterable<unknown>) {
    if (!Array.isArray(pair) || pair.length !== 2) throw argument("dict", pair);
    into.set(pair[0], pair[1]);
  }
  return into;
}
function latin1(text: unknown, encoding: unknown): Uint8Array {
  if (!texts(text) || encoding !== "latin1") throw argument("_codecs.encode", text);
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}
function bytearray(...args: readonly unknown[]): Uint8Array {
  const [of = new Uint8Array(0), encoding] = args;
  if (of instanceof Uint8Array) return of.slice();
  return latin1(of, encoding === "latin-1" ? "latin1" : encoding);
}
function complex(re: unknown, im: unknown): Complex {
  if (typeof re !== "number" || typeof im !== "number") throw argument("complex", re);
  return new Complex(re, im);
}
function size(dims: unknown = []): Size {
  if (!Array.isArray(dims) || !numbers(dims)) throw argument("torch.Size", dims);
  const made = new Size();
  for (const n of dims) made.push(n);
  return made;
}
/** Classes whose kind of tensor there is none of here. */
const refused = (path: string, what: string): Known =>
  new Known(path, () => {
    throw new NotImplementedError(`${what} are not supported\nThe file has one, made by ${path}.`);
  });

const always = new Map<string, unknown>();
const add = (path: string, call?: (...args: unknown[]) => unknown, make = call): void =>
  void always.set(path, new Known(path, call, make));
add("collections.OrderedDict", (items) => pairs(new OrderedDict(), items));
add("collections.Counter", (items) => pairs(new Dict(), items));
add("torch.Size", size);
add("torch.device", (type, index) => {
  if (!texts(type) || (index !== undefined && !Number.isSafeInteger(index))) throw argument("torch.device", type);
  return device(type, index as number | undefined);
});
add("torch.serialization._get_layout", (name) => {
  if (!texts(name)) throw argument("torch.serialization._get_layout", name);
  if (name !== "torch.strided") return name; // for what refuses to make a tensor of it
  return strided;
});
add("_codecs.encode", latin1);
add("builtins.bytearray", bytearray);
add("builtins.set", (items = []) => {
  if (!Array.isArray(items)) throw argument("set", items);
  return new Set(items);
});
add("builtins.complex", complex);
always.set("torch.Tensor", new Known("torch.Tensor"));
always.set(
  "torch.nn.parameter.Parameter",
  new Known("torch.nn.parameter.Parameter", undefined, (data, requires_grad) => {
    if (!(data instanceof Tensor) || (requires_grad !== undefined && typeof requires_grad !== "boolean"))
      throw argument("torch.nn.parameter.Parameter", data);
    return new Parameter(data, requires_grad ?? true);
  }),
);
for (const [name, dtype] of dtypeByName) {
  always.set(`torch.${name}`, dtype);
  always.set(`torch.${dtype.legacyName}Storage`, new StorageType(dtype));
}
always.set("torch.storage.UntypedStorage", new StorageType(dtypeByName.get("uint8")!));
for (const [name, f] of Object.entries(rebuild)) add(name, f as (...args: unknown[]) => unknown, undefined);
for (const name of "float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz float8_e8m0fnu float4_e2m1fn_x2 uint16 uint32 uint64 complex32 quint8 qint8 qint32 quint4x2 quint2x4 bits8 bits16 bits1x8 bits2x4 bits4x2".split(
  " ",
))
  always.set(`torch.${name}`, `torch.${name}`); // told by name, by what would make a tensor of it
for (const name of "QUInt8 QInt8 QInt32 QUInt4x2 QUInt2x4".split(" "))
  always.set(`torch.${name}Storage`, new StorageType(null, `torch.${name}Storage`));
for (const name of "per_tensor_affine per_tensor_symmetric per_channel_affine per_channel_symmetric per_channel_affine_float_qparams".split(
  " ",
))
  always.set(`torch.${name}`, null);
for (const [name, what] of Object.entries({
  _rebuild_qtensor: "Quantized tensors",
  _rebuild_nested_tensor: "Nested tensors",
  _rebuild_wrapper_subclass: "Tensors that wrap others",
  _rebuild_device_tensor_from_numpy: "Tensors of other devices, saved as NumPy's,",
}))
  always.set(`torch._utils.${name}`, refused(`torch._utils.${name}`, what));

/** Names that a program may allow, without a function of its own: what they stand for is data. */
class Namespace {
  [setState](state: unknown): void {
    const attributes = finished(state);
    if (typeof attributes === "object" && attributes !== null && !Array.isArray(attributes))
      for (const [k, x] of Object.entries(attributes))
        Object.defineProperty(this, k, { value: x, writable: true, enumerable: true, configurable: true });
  }
}
const onRequest = new Map<string, Known>();
const offer = (path: string, call?: (...args: unknown[]) => unknown, make = call): void =>
  void onRequest.set(path, new Known(path, call, make));
offer("collections.defaultdict", (_factory, items) => pairs(new Dict(), items));
for (const path of ["argparse.Namespace", "types.SimpleNamespace"]) offer(path, () => new Namespace());
for (const path of ["pathlib.PosixPath", "pathlib.WindowsPath", "pathlib.PurePosixPath", "pathlib._local.PosixPath"])
  offer(path, (...parts) => {
    if (!parts.every(texts)) throw argument(path, parts);
    return parts.join("/");
  });
for (const [path, known] of numpy) onRequest.set(path, known);

/** With these, a pickle may not even be allowed to call what a program lists as safe. */
const BLOCKED = ["sys", "os", "posix", "nt"];

const safe = new Map<string, SafeGlobal>();
function pathOf(given: SafeGlobal): string {
  if (texts(given)) return given;
  if (!Array.isArray(given) || given.length !== 2)
    throw new ValueError(
      `Expected tuple of length 2 (global, str of callable full path), but got ${Array.isArray(given) ? `tuple of length: ${given.length}` : typeWord(given)}`,
    );
  if (typeof given[1] !== "string")
    throw new TypeError(
      `Expected second item in tuple to be str of callable full path, but got: ${typeWord(given[1])}`,
    );
  return given[1];
}

/**
 * Lets `torch.load` make what these names in a pickle stand for, as `torch.serialization.add_safe_globals`: a function or
 * class of the program with its full name in Python, which is called with what the file says, or a name alone of
 * those that the library knows as data (`collections.defaultdict`, `argparse.Namespace`, `types.SimpleNamespace`, paths of
 * `pathlib`, numbers and arrays of NumPy). An object gets its attributes by `__setstate__`, or as fields.
 * Raises ValueError for a name alone that it does not know.
 * @example
 * class Config { width = 0; }
 * torch.serialization.add_safe_globals([[Config, "train.Config"], "argparse.Namespace"]);
 */
export function add_safe_globals(safe_globals: readonly SafeGlobal[]): void {
  if (!Array.isArray(safe_globals)) throw new TypeError(`'${typeWord(safe_globals)}' object is not iterable`);
  for (const given of safe_globals) {
    pathOf(given);
    if (texts(given) && !onRequest.has(given) && !always.has(given))
      throw new ValueError(
        `add_safe_globals: "${given}" is a name that the library does not know\nGive the class or function with it: [[f, "${given}"]].`,
      );
  }
  for (const given of safe_globals) safe.set(pathOf(given), given);
}
/** What `add_safe_globals` was given. */
export const get_safe_globals = (): SafeGlobal[] => [...safe.values()];
/** Forgets what `add_safe_globals` was given. */
export const clear_safe_globals = (): void => safe.clear();
/**
 * `add_safe_globals` for the length of a function.
 * @example torch.serialization.safe_globals(["argparse.Namespace"], () => torch.load("checkpoint.pt"));
 */
export function safe_globals<T>(safe_globals: readonly SafeGlobal[], body: () => T): T {
  if (typeof body !== "function") throw new TypeError("safe_globals() takes a function to run as its second argument");
  const before = new Map(safe);
  try {
    add_safe_globals(safe_globals);
    return body();
  } finally {
    safe.clear();
    for (const [path, given] of before) safe.set(path, given);
  }
}

/** What a name in a pickle stands for. Raises UnpicklingError for what nobody has allowed. */
export function find(module: string, name: string): unknown {
  const path = `${module}.${name}`;
  if (BLOCKED.includes(module.split(".")[0]))
    throw new UnpicklingError(`Trying to load unsupported GLOBAL ${path} whose module ${module} is blocked.`);
  if (always.has(path)) return always.get(path);
  const given = safe.get(path);
  if (given === undefined) throw unsupportedGlobal(path.replace(/^builtins\./, ""));
  return texts(given) ? onRequest.get(given) : ofProgram(given[0], path);
}
function ofProgram(f: unknown, path: string): Known {
  const isClass = /^class\b/.test(Function.prototype.toString.call(f));
  const call = (...args: unknown[]): unknown => {
    const given = args.map((x) => finished(x));
    return isClass
      ? withState(new (f as new (...args: unknown[]) => object)(...given))
      : (f as (...args: unknown[]) => unknown)(...given);
  };
  return new Known(path, call, () => withState(Object.create((f as Class).prototype as object) as object));
}
/** An object of the program's that a pickle may give a state to. */
function withState(made: object): object {
  Object.defineProperty(made, setState, {
    configurable: true,
    value(state: unknown) {
      const given = finished(state);
      const own = (made as { __setstate__?: (state: unknown) => void }).__setstate__;
      if (own !== undefined) return own.call(made, given);
      for (const attributes of Array.isArray(given) && given.length === 2 ? (given as unknown[]) : [given])
        if (typeof attributes === "object" && attributes !== null)
          for (const [k, x] of Object.entries(attributes))
            Object.defineProperty(made, k, { value: x, writable: true, enumerable: true, configurable: true });
    },
  });
  return made;
}
