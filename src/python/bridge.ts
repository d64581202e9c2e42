// What the Python package calls: one flat call for everything, in which only numbers, strings and booleans cross.
//
// Note [Crossing]: tensors and other objects cross as numbers (see handles.ts), so that no proxies are made. Each argument
// has a letter that tells what it is; a result is a number for a tensor, a boolean, nothing for None, else JSON of a tag and
// a body. Errors cross as JSON, too: Python raises them again under their own names.
import { Node } from "../autograd/node.ts";
import { foreign } from "../func/tree.ts";
import type { Foreign } from "../func/tree.ts";
import { createLiveness } from "../devices/memory/liveness.ts";
import { Complex, Dtype, dtypeByName, Float } from "../base/dtype.ts";
import type { TypedArray } from "../base/dtype.ts";
import { Layout } from "../base/memory_format.ts";
import { caller, programStack, set_warning_listener, TypeError } from "../base/errors.ts";
import { Module } from "../nn/module/module.ts";
import { PackedSequence } from "../nn/utils/rnn.ts";
import { registry } from "../dispatch/declare.ts";
import { inLevels } from "../dispatch/levels.ts";
import { asLeaf, fromTyped } from "../ops/creation/from_data.ts";
import { slice_ } from "../ops/indexing/subscript.ts";
import type { Index } from "../ops/indexing/subscript.ts";
import { Optimizer } from "../optim/optimizer.ts";
import { default_generator, Generator } from "../random/generator.ts";
import { MemorySource } from "../serialization/source.ts";
import { openTorchFile } from "../serialization/torch_file.ts";
import type { TorchFile } from "../serialization/torch_file.ts";
import { writeTorchFile } from "../serialization/torch_save.ts";
import { gathered } from "../serialization/zip.ts";
import { Size, Tensor } from "../tensor/tensor.ts";
import { foreignTypes } from "../tensor/type_word.ts";
import { Handles } from "./handles.ts";
import { openPath, readSafetensors } from "./files.ts";
import type { PythonFiles } from "./files.ts";
import { namespaces } from "./namespaces.ts";
import { kindOfDistribution } from "./distributions.ts";
import { keptAttributes } from "./attributes.ts";
import { helpers } from "./helpers.ts";
import { Pressure } from "./pressure.ts";

/** What Python gets: None, a truth value, a tensor's number, or JSON. */
type Crossed = undefined | boolean | number | string;
type Encoded = readonly [tag: string, ...body: unknown[]];
type Callable = (...args: unknown[]) => unknown;
/** Python's side of callbacks: the callable's number and JSON of the arguments to JSON of the result. */
type PythonCallback = (id: number, args: string) => string | undefined;

/** Names that PyTorch takes for its own in operators, as NumPy has them. */
const NUMPY_NAMES: Readonly<Record<string, string>> = {
  axis: "dim",
  keepdims: "keepdim",
  x: "input",
  a: "input",
  x1: "input",
  x2: "other",
};
/** So many new callables between looks for dead ones. */
const SWEEP = 1024;

/** Thrown through the library when a Python callable raised; Python keeps the exception itself. */
class RaisedInPython extends Error {}
/** A Python object that the library knows nothing of but its type's name. */
class PythonObject {}
/** Notes the name of a value's type in Python, for errors to tell. */
function typed<T extends object>(value: T, type: string): T {
  foreignTypes.set(value, type);
  return value;
}

export class Bridge {
  readonly handles = new Handles();
  private readonly pressure = new Pressure();
  private readonly functions: Callable[] = [];
  private readonly isOp: boolean[] = [];
  /** Methods of objects take numbers, be they whole or not. */
  private readonly isMethod: boolean[] = [];
  private plainNumbers = false;
  private readonly ids = new Map<string, number>();
  private python: PythonCallback = () => undefined;
  /** JavaScript's side of Python callables, as long as the library holds it; see Note [Callables]. */
  private readonly callbacks = new Map<number, WeakRef<Callable>>();
  private readonly numbersOfCallbacks = new WeakMap<Callable, number>();
  private readonly callables = createLiveness<object, number>("poll", (id) => this.gone.push(id));
  private gone: number[] = [];
  private made = 0;
  private readonly idsOfCallables = new WeakMap<Callable, number>();
  private keepsAttributes = false;

  /** What Python calls first: how it is called back, what gets the library's warnings, and where its program is. */
  connect(
    python: PythonCallback,
    warn: (text: string, category: string) => void,
    frames: () => string,
    place: () => string,
  ): void {
    this.python = python;
    set_warning_listener(warn);
    programStack.frames = frames;
    programStack.place = place;
  }

  /** The number under which a function is called: `torch.add`, `nn.functional.relu`, `Tensor.add`, `get.shape`. Or -1. */
  lookup(path: string): number {
    let id = this.ids.get(path);
    if (id === undefined) {
      const found = this.find(path);
      id = found === null ? -1 : this.functions.push(found) - 1;
      if (id >= 0) this.isMethod[id] = path.startsWith("method.");
      if (id >= 0) this.isOp[id] = /^(Tensor|torch|linalg|fft|special)\./.test(path) || registry.has(found);
      this.ids.set(path, id);
    }
    return id;
  }
  private find(path: string): Callable | null {
    const dot = path.lastIndexOf(".");
    const [space, name] = [path.slice(0, dot), path.slice(dot + 1)];
    if (space === "Tensor") return name in Tensor.prototype ? (self, ...rest) => method(self, name, rest) : null;
    if (space === "method") return (self, ...rest) => method(self, name, rest);
    if (space === "get") return (self) => (self as Record<string, unknown>)[name];
    if (space === "set") return (self, value) => void ((self as Record<string, unknown>)[name] = value);
    if (space === "new") {
      const Class = namespaces.find(name) as new (...args: unknown[]) => object;
      return typeof Class === "function" ? (...args) => new Class(...args) : null;
    }
    if (path === "bridge.keepAttributes") this.keepsAttributes = true;
    if (space === "bridge") return (helpers as Record<string, Callable>)[name] ?? null;
    const found = namespaces.find(path);
    return typeof found === "function" ? (found as Callable) : null;
  }
  /** Names of the functions in a namespace, or of the ops that are methods. */
  names(space: string): string {
    const found =
      space === "Tensor"
        ? [...registry.values()].map(({ schema }) => schema.name).filter((name) => name in Tensor.prototype)
        : namespaces.names(space);
    return found.filter((name) => /^[a-z]/.test(name) || space === "nn").join();
  }
  /** Names of the arguments of an op, in order, and how many may be given by place; empty if it is no op. */
  signature(id: number): string {
    const entry = registry.get(this.functions[id]);
    return entry === undefined ? "" : entry.schema.text;
  }

  /** Calls function `id`. `kinds`: a letter for each value; `names`: of those at the end that go by name. */
  call(id: number, kinds: string, names: string, ...values: unknown[]): Crossed {
    caller.language = "Python";
    try {
      if (this.pressure.hasGrown()) this.python(0, "[]");
      this.plainNumbers = this.isMethod[id];
      for (let i = 0; i < kinds.length; i++) values[i] = this.decode(kinds.charCodeAt(i), values[i]);
      if (names !== "") {
        const keys = names.split(",");
        const options: Record<string, unknown> = {};
        const first = values.length - keys.length;
        for (const [i, key] of keys.entries())
          options[this.isOp[id] ? this.argumentName(id, key) : key] = values[first + i];
        values.length = first;
        values.push(options);
      }
      return this.cross(this.functions[id](...values));
    } catch (error) {
      return failure(error);
    } finally {
      caller.language = "TypeScript";
    }
  }
  private argumentName(id: number, key: string): string {
    const name = NUMPY_NAMES[key];
    if (name === undefined) return key;
    return registry.get(this.functions[id])?.schema.args.some((arg) => arg.name === key) ? key : name;
  }
  /** Lets go of objects; tells whether a turn of the event loop is due. */
  release(...numbers: number[]): boolean {
    this.handles.release(numbers);
    return this.pressure.isTurnDue();
  }
  /** Lets the event loop have a turn, see Note [Turns]. */
  turn(): Promise<void> {
    return this.pressure.takeTurn();
  }
  /** self[index]: the index as JSON. */
  getItem(self: number, index: string): Crossed {
    return this.guarded(() => this.tensor(self).index(this.indices(index)));
  }
  setItem(self: number, index: string, value: string): Crossed {
    return this.guarded(() => {
      this.plainNumbers = false;
      const given = this.fromJson(JSON.parse(value) as Encoded);
      this.tensor(self).index_put_(this.indices(index), given as Tensor);
    });
  }
  /** The elements in row-major order; what is told of an error where they cannot be had. */
  elements(self: number): TypedArray | string {
    try {
      return this.tensor(self).typed_array();
    } catch (error) {
      return failure(error);
    }
  }
  /** A tensor of the numbers in an array. */
  fromArray(values: TypedArray, shape: string, dtype: string, requires_grad: boolean): Crossed {
    const sizes = shape === "" ? [] : shape.split(",").map(Number);
    return this.guarded(() =>
      asLeaf(inLevels(fromTyped(values, sizes, dtypeByName.get(dtype as never)!)), requires_grad),
    );
  }
  // ---- files, whose bytes cross as they are
  openFile(bytes: Uint8Array): Crossed {
    return this.guarded(() => openTorchFile(new MemorySource(bytes)));
  }
  openPath(fs: PythonFiles, path: string): Crossed {
    return this.guarded(() => openPath(fs, path));
  }
  pickleOf(file: number): Uint8Array {
    return (this.handles.get(file) as TorchFile).pickle;
  }
  writeFile(pickled: Uint8Array, storages: readonly number[]): Uint8Array {
    const of = storages.map((number) => this.tensor(number).storage);
    return gathered((write) => writeTorchFile(pickled, of, write));
  }
  readSafetensors(fs: PythonFiles, path: string): Crossed {
    return this.guarded(() => readSafetensors(fs, path));
  }
  dtypeNumber(name: string): number {
    return this.handles.hold(dtypeByName.get(name as never)!);
  }
  newGenerator(): number {
    return this.handles.hold(new Generator());
  }
  defaultGenerator(): number {
    return this.handles.hold(default_generator);
  }
  private tensor(number: number): Tensor {
    return this.handles.get(number) as Tensor;
  }
  private indices(text: string): Index[] {
    return this.fromJson(JSON.parse(text) as Encoded) as Index[];
  }
  private guarded(body: () => unknown): Crossed {
    caller.language = "Python";
    try {
      return this.cross(body());
    } catch (error) {
      return failure(error);
    } finally {
      caller.language = "TypeScript";
    }
  }

  private decode(kind: number, value: unknown): unknown {
    switch (kind) {
      case 116: // t: an object held
        return this.handles.get(value as number);
      case 102: // f: a whole float
        return this.float(value as number);
      case 84: // T: a list of objects held
        return (value as (number | undefined)[]).map((n) => (n === undefined ? null : this.handles.get(n)));
      case 107: // k: a Python callable
        return this.callback(JSON.parse(value as string) as [number, string, string]);
      case 106: // j: JSON
        return this.fromJson(JSON.parse(value as string) as Encoded);
      case 110: // n: None
        return null;
      default:
        return value;
    }
  }
  private float(x: number): number | Float {
    return this.plainNumbers ? x : new Float(x);
  }
  /**
   * The JavaScript function that calls a Python one; the same for the same number.
   *
   * Note [Callables]: Python keeps a callable as long as the library has the function that stands for it. When that is
   * gone is found out as the CPU device finds dead tensors, and told to Python as a call of number 0. With or without such
   * news, that call asks Python to let go of what it has dropped, too.
   */
  private callback([id, name, type]: readonly [id: number, name: string, type: string]): Callable {
    let made = this.callbacks.get(id)?.deref();
    if (made === undefined) {
      made = (...args) => this.callPython(id, args);
      Object.defineProperty(typed(made, type), "name", { value: name });
      this.callbacks.set(id, new WeakRef(made));
      this.numbersOfCallbacks.set(made, id);
      this.idsOfCallables.set(made, id);
      this.callables.watch(made, id);
      if (++this.made % SWEEP === 0) this.callables.sweep();
      if (this.gone.length > 0) this.forgetCallables();
    }
    return made;
  }
  private callPython(id: number, args: readonly unknown[]): unknown {
    const result = this.python(id, JSON.stringify(args.map((x) => this.encode(x))));
    caller.language = "Python"; // of the call that this one is a part of
    this.plainNumbers = false;
    if (result === "!") throw new RaisedInPython();
    return result === undefined ? undefined : this.fromJson(JSON.parse(result) as Encoded);
  }
  private forgetCallables(): void {
    const gone = this.gone.filter((id) => this.callbacks.get(id)?.deref() === undefined);
    this.gone = [];
    for (const id of gone) this.callbacks.delete(id);
    this.python(0, JSON.stringify(gone));
  }
  private fromJson([tag, body, more, last]: Encoded): unknown {
    switch (tag) {
      case "t":
        return this.handles.get(body as number);
      case "f":
        return this.float(Number(body));
      case "x":
        return Number(body);
      case "i":
        return typeof body === "string" ? BigInt(body) : body;
      case "I":
        return BigInt(body as string);
      case "c":
        return new Complex(Number(body), Number(more));
      case "S": {
        const [start, stop, step] = [body, more, last].map((x) => this.fromJson(x as Encoded) as number | null);
        return slice_(start, stop, step);
      }
      case "l":
        return (body as Encoded[]).map((x) => this.fromJson(x));
      case "u":
        return typed(
          (body as Encoded[]).map((x) => this.fromJson(x)),
          "tuple",
        );
      case "T": {
        const items = (body as Encoded[]).map((x) => this.fromJson(x));
        foreign.set(items, more as Foreign);
        return items;
      }
      case "p":
        return typed(new PythonObject(), body as string);
      case "d":
        return Object.fromEntries((body as [string, Encoded][]).map(([k, x]) => [k, this.fromJson(x)]));
      case "k":
        return this.callback(body as [number, string, string]);
      default:
        return body ?? null;
    }
  }
  /**
   * Note [Attributes]: what Python sets on a tensor (`p.no_decay = True`) is in a dict of the Python object, which may go
   * while the tensor stays, in a layer or as a gradient. The dict is held by a Python callable that the tensor holds; when
   * the tensor gets a new number, Python is told whose attributes it has, before it makes an object for it.
   */
  private hold(x: Tensor): number {
    if (!this.keepsAttributes || this.handles.has(x)) return this.handles.hold(x);
    const number = this.handles.hold(x);
    const attributes = keptAttributes.get(x);
    if (attributes !== undefined) this.python(-1, JSON.stringify([number, this.idsOfCallables.get(attributes)]));
    return number;
  }
  private cross(x: unknown): Crossed {
    if (x instanceof Tensor) return this.hold(x);
    if (x === undefined || x === null) return undefined;
    if (typeof x === "boolean") return x;
    return JSON.stringify(this.encode(x));
  }
  private encode(x: unknown): Encoded {
    if (x === undefined || x === null) return ["n"];
    switch (typeof x) {
      case "boolean":
        return ["b", x];
      case "string":
        return ["s", x];
      case "bigint":
        return ["i", String(x)];
      case "number":
        return Number.isInteger(x) && !Object.is(x, -0) ? ["i", x] : ["x", digits(x)];
    }
    if (x instanceof Tensor) return ["t", this.hold(x)];
    if (x instanceof Dtype) return ["D", x.name];
    if (x instanceof Size) return ["z", [...x]];
    if (x instanceof Float) return ["x", digits(x.value)];
    if (x instanceof Complex) return ["c", digits(x.re), digits(x.im)];
    if (Array.isArray(x)) {
      const names = Object.keys(Object.getOwnPropertyDescriptors(x)).filter((k) => !/^\d+$|^length$/.test(k));
      const items = x.map((y) => this.encode(y));
      const like = foreign.get(x)?.like ?? null;
      if (like !== null) return ["T", items, like];
      return names.length === 0 ? ["l", items] : ["N", items, names];
    }
    if (typeof x === "function") {
      // Python's own callable, on its way back.
      const id = this.numbersOfCallbacks.get(x as Callable);
      if (id !== undefined) return ["k", id];
    }
    if (x instanceof Map) return ["m", [...x].map(([k, v]) => [this.encode(k), this.encode(v)])];
    const proto: unknown = Object.getPrototypeOf(x);
    if (proto === Object.prototype && !isHandle(x))
      return ["d", Object.entries(x).map(([k, v]) => [k, this.encode(v)])];
    return ["o", this.handles.hold(x), kindOf(x)];
  }
}
/** A number as text, the sign of a zero with it. */
const digits = (x: number): string => (Object.is(x, -0) ? "-0" : String(x));
function method(self: unknown, name: string, args: unknown[]): unknown {
  const f = (self as Record<string, unknown>)[name];
  if (typeof f !== "function") throw new TypeError(`'${name}' is not callable`);
  return (f as Callable).apply(self, args);
}
const isHandle = (x: object): boolean => typeof (x as { remove?: unknown }).remove === "function";
function kindOf(x: object): string {
  if (x instanceof Node) return "node";
  if (x instanceof Generator) return "generator";
  if (x instanceof Layout) return "layout";
  if (x instanceof Module) return "layer";
  if (x instanceof Optimizer) return "optimizer";
  if (x instanceof PackedSequence) return "PackedSequence";
  const kind = kindOfDistribution(x);
  if (kind !== null) return kind;
  return isHandle(x) ? "handle" : (x.constructor?.name ?? "object");
}
function failure(error: unknown): string {
  if (error instanceof RaisedInPython) return '["!"]';
  const { name, message } = error as Error;
  return JSON.stringify(["e", name, message]);
}
