// A machine for pickles that runs nothing of theirs. A library for pickles would run what they name; here a name stands for
// what a table says (globals.ts), and only that is called. The operations are those of protocols 2 to 5 that data needs, as
// strict as PyTorch's machine for weights_only=True, in whose words they are refused.
import { Complex } from "../base/dtype.ts";
import { UnpicklingError } from "../base/errors.ts";
import { Size, Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { StateDict } from "../nn/module/state_dict.ts";

/** What a name in a pickle stands for: something to be called, made without its constructor, and given a state. */
export interface Global {
  /** As in Python: `collections.OrderedDict`. */
  readonly path: string;
  call?(...args: unknown[]): unknown;
  make?(...args: unknown[]): unknown;
}
export class Known implements Global {
  readonly path: string;
  readonly call?: (...args: unknown[]) => unknown;
  readonly make?: (...args: unknown[]) => unknown;
  constructor(path: string, call?: (...args: unknown[]) => unknown, make?: (...args: unknown[]) => unknown) {
    this.path = path;
    this.call = call;
    this.make = make;
  }
}
/** What an object does that a pickle gives a state to, if anything. */
export const setState = Symbol("setState");

/** Python's dict, on the way: what it becomes depends on its keys, see `finished`. */
export class Dict extends Map<unknown, unknown> {}
/** Python's OrderedDict, with what is set on it: PyTorch keeps the versions of modules there. */
export class OrderedDict extends Map<unknown, unknown> {
  attributes: unknown = null;
  [setState](state: unknown): void {
    this.attributes = state;
  }
}
/** Python's tuple, on the way. */
export class Tuple extends Array<unknown> {}
const tuple = (items: readonly unknown[]): Tuple => {
  const made = new Tuple();
  for (const x of items) made.push(x);
  return made;
};

export interface Host {
  /** What a name stands for. Raises UnpicklingError for what is not allowed. */
  find(module: string, name: string): unknown;
  /** What is kept beside the pickle. */
  persistent(id: unknown): unknown;
}
const alone: Host = {
  find: (module, name) => {
    throw unsupportedGlobal(`${module}.${name}`);
  },
  persistent: () => {
    throw new UnpicklingError("unsupported persistent id encountered");
  },
};
export const unsupportedGlobal = (path: string): UnpicklingError =>
  new UnpicklingError(
    `Unsupported global: GLOBAL ${path} was not an allowed global by default. Please use ` +
      `\`torch.serialization.add_safe_globals([${path}])\` or the \`torch.serialization.safe_globals([${path}])\` ` +
      "context manager to allowlist this global if you trust this class/function.",
  );

/** Deeper than any program's values; what comes after would be the end of JavaScript's stack. */
const DEEPEST = 500;
/** Modules by their names of Python 2, which protocol 2 writes still. */
const RENAMED: Readonly<Record<string, string>> = { __builtin__: "builtins", copy_reg: "copyreg" };

/**
 * The value of a pickle that begins at `from`, and where it ends. Python's values come as those of JavaScript that the
 * program will see, see `finished`. Raises UnpicklingError.
 */
export function unpickle(bytes: Uint8Array, from = 0, host: Host = alone): { value: unknown; end: number } {
  const machine = new Machine(bytes, from, host);
  const value = machine.run();
  return { value: finished(value), end: machine.at };
}

class Machine {
  at: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly host: Host;
  private stack: unknown[] = [];
  private readonly marks: unknown[][] = [];
  private readonly memo = new Map<number, unknown>();

  constructor(bytes: Uint8Array, from: number, host: Host) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = from;
    this.host = host;
  }

  run(): unknown {
    for (;;) {
      const code = this.byte();
      if (code === 0x2e) return this.pop(); // STOP
      this.step(code);
    }
  }
  private step(code: number): void {
    const { stack } = this;
    switch (code) {
      case 0x80: // PROTO
        this.at = this.past(1);
        return;
      case 0x95: // FRAME
        this.at = this.past(8);
        return;
      case 0x28: // MARK
        this.marks.push(stack);
        this.stack = [];
        return;
      case 0x30: // POP
        if (stack.length > 0) stack.pop();
        else this.popMark();
        return;
      case 0x31: // POP_MARK
        this.popMark();
        return;
      case 0x63: // GLOBAL
        return this.push(this.find(this.line(), this.line()));
      case 0x93: {
        // STACK_GLOBAL
        const name = this.pop();
        return this.push(this.find(this.pop(), name));
      }
      case 0x52: {
        // REDUCE
        const args = this.tupleOf(this.pop());
        const f = this.pop();
        if (!(f instanceof Known) || f.call === undefined)
          throw new UnpicklingError(`Trying to call reduce for unrecognized function ${nameOf(f)}`);
        return this.push(f.call(...args));
      }
      case 0x81: {
        // NEWOBJ
        const args = this.tupleOf(this.pop());
        const cls = this.pop();
        if (!(cls instanceof Known) || cls.make === undefined)
          throw new UnpicklingError(
            `Can only create new object for nn.Parameter or classes allowlisted via \`add_safe_globals\` but got ${nameOf(cls)}`,
          );
        return this.push(cls.make(...args));
      }
      case 0x62: {
        // BUILD
        const state = this.pop();
        const instance = this.top() as { [setState]?: (state: unknown) => void } | null;
        if (typeof instance?.[setState] !== "function")
          throw new UnpicklingError(
            `Can only build Tensor, Parameter, OrderedDict or types allowlisted via \`add_safe_globals\`, but got ${classOf(instance)}`,
          );
        return instance[setState](state);
      }
      case 0x61: {
        // APPEND
        const item = this.pop();
        const list = this.top();
        if (!isList(list)) throw new UnpicklingError(`Can only append to lists, but got ${classOf(list)}`);
        list.push(item);
        return;
      }
      case 0x65: {
        // APPENDS
        const items = this.popMark();
        const list = this.top();
        if (!isList(list)) throw new UnpicklingError(`Can only extend lists, but got ${classOf(list)}`);
        for (const x of items) list.push(x);
        return;
      }
      case 0x73: {
        // SETITEM
        const value = this.pop();
        const key = this.pop();
        this.setItems("SETITEM", [key, value]);
        return;
      }
      case 0x75: // SETITEMS
        return this.setItems("SETITEMS", this.popMark());
      case 0x90: {
        // ADDITEMS
        const items = this.popMark();
        const set = this.top();
        if (!(set instanceof Set)) throw new UnpicklingError(`Can only add to sets, but got ${classOf(set)}`);
        for (const x of items) set.add(x);
        return;
      }
      case 0x74: // TUPLE
        return this.push(tuple(this.popMark()));
      case 0x29: // EMPTY_TUPLE
        return this.push(new Tuple());
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.tupleOfLast(code - 0x84);
      case 0x91: // FROZENSET
        return this.push(new Set(this.popMark()));
      case 0x5d: // EMPTY_LIST
        return this.push([]);
      case 0x7d: // EMPTY_DICT
        return this.push(new Dict());
      case 0x8f: // EMPTY_SET
        return this.push(new Set());
      case 0x4e: // NONE
        return this.push(null);
      case 0x88: // NEWTRUE
        return this.push(true);
      case 0x89: // NEWFALSE
        return this.push(false);
      case 0x4a: // BININT
        return this.push(this.view.getInt32(this.taken(4), true));
      case 0x4b: // BININT1
        return this.push(this.byte());
      case 0x4d: // BININT2
        return this.push(this.view.getUint16(this.taken(2), true));
      case 0x8a: // LONG1
        return this.push(this.long(this.byte()));
      case 0x8b: // LONG4
        return this.push(this.long(this.uint32()));
      case 0x47: // BINFLOAT
        return this.push(this.view.getFloat64(this.taken(8), false));
      case 0x58: // BINUNICODE
      case 0x54: // BINSTRING, of Python 2
        return this.push(this.text(this.uint32()));
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING, of Python 2
        return this.push(this.text(this.byte()));
      case 0x8d: // BINUNICODE8
        return this.push(this.text(this.uint64()));
      case 0x42: // BINBYTES
        return this.push(this.raw(this.uint32()));
      case 0x43: // SHORT_BINBYTES
        return this.push(this.raw(this.byte()));
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        return this.push(this.raw(this.uint64()));
      case 0x51: // BINPERSID
        return this.push(this.host.persistent(this.pop()));
      case 0x68: // BINGET
        return this.get(this.byte());
      case 0x6a: // LONG_BINGET
        return this.get(this.uint32());
      case 0x71: // BINPUT
        return void this.memo.set(this.byte(), this.top());
      case 0x72: // LONG_BINPUT
        return void this.memo.set(this.uint32(), this.top());
      case 0x94: // MEMOIZE
        return void this.memo.set(this.memo.size, this.top());
      default:
        throw new UnpicklingError(`Unsupported operand ${code}`);
    }
  }

  private push(x: unknown): void {
    this.stack.push(x);
  }
  private pop(): unknown {
    if (this.stack.length === 0) throw new UnpicklingError("unpickling stack underflow");
    return this.stack.pop();
  }
  private top(): unknown {
    if (this.stack.length === 0) throw new UnpicklingError("unpickling stack underflow");
    return this.stack[this.stack.length - 1];
  }
  private popMark(): unknown[] {
    const items = this.stack;
    const before = this.marks.pop();
    if (before === undefined) throw new UnpicklingError("could not find MARK");
    this.stack = before;
    return items;
  }
  private tupleOfLast(n: number): void {
    if (this.stack.length < n) throw new UnpicklingError("unpickling stack underflow");
    this.push(tuple(this.stack.splice(this.stack.length - n, n)));
  }
  private tupleOf(x: unknown): readonly unknown[] {
    if (x instanceof Tuple) return x;
    throw new UnpicklingError(`argument list must be a tuple, but got ${classOf(x)}`);
  }
  private get(index: number): void {
    const found = this.memo.get(index);
    if (found === undefined && !this.memo.has(index))
      throw new UnpicklingError(`Memo value not found at index ${index}`);
    this.push(found);
  }
  private find(module: unknown, name: unknown): unknown {
    if (typeof module !== "string" || typeof name !== "string") throw new UnpicklingError("STACK_GLOBAL requires str");
    return this.host.find(Object.hasOwn(RENAMED, module) ? RENAMED[module] : module, name);
  }
  private setItems(operation: string, items: readonly unknown[]): void {
    const dict = this.top();
    if (!(dict instanceof Dict || dict instanceof OrderedDict))
      throw new UnpicklingError(
        `Can only ${operation} for dict, collections.OrderedDict, collections.Counter, but got ${classOf(dict)}`,
      );
    if (items.length % 2 !== 0) throw new UnpicklingError("odd number of items for " + operation);
    for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
  }

  // ---- what follows an operation
  /** Where so many bytes more end, if they are there. */
  private past(n: number): number {
    if (!(n <= this.bytes.length - this.at)) throw new UnpicklingError("pickle data was truncated");
    return this.at + n;
  }
  /** Where they begin, having gone past them. */
  private taken(n: number): number {
    const from = this.at;
    this.at = this.past(n);
    return from;
  }
  private byte(): number {
    return this.bytes[this.taken(1)];
  }
  private uint32(): number {
    return this.view.getUint32(this.taken(4), true);
  }
  private uint64(): number {
    return Number(this.view.getBigUint64(this.taken(8), true));
  }
  private raw(n: number): Uint8Array {
    const from = this.taken(n);
    return this.bytes.slice(from, from + n);
  }
  private text(n: number): string {
    const from = this.taken(n);
    return utf8(this.bytes.subarray(from, from + n));
  }
  private line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0 || end - this.at > LONGEST_NAME) throw new UnpicklingError("pickle data was truncated");
    const from = this.taken(end + 1 - this.at);
    return utf8(this.bytes.subarray(from, end));
  }
  private long(n: number): number | bigint {
    const from = this.taken(n);
    if (n > LONGEST_INT) throw new UnpicklingError(`an int of ${n} bytes is more than a program has`);
    let value = 0n;
    for (let i = n - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[from + i]);
    if (n > 0 && this.bytes[from + n - 1] > 127) value -= 1n << BigInt(8 * n);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
}
const LONGEST_NAME = 4096;
const LONGEST_INT = 4096;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function utf8(bytes: Uint8Array): string {
  try {
    // A copy, for TextDecoder refuses shared memory.
    return decoder.decode(bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice());
  } catch {
    throw new UnpicklingError("expected text to be UTF-8, got bytes that are not");
  }
}
const isList = (x: unknown): x is unknown[] => Array.isArray(x) && !(x instanceof Tuple) && !(x instanceof Size);
function classOf(x: unknown): string {
  if (x instanceof Tuple) return "<class 'tuple'>";
  if (x instanceof Dict) return "<class 'dict'>";
  if (x instanceof Size) return "<class 'torch.Size'>";
  if (x instanceof Tensor) return "<class 'torch.Tensor'>";
  if (x instanceof OrderedDict) return "<class 'collections.OrderedDict'>";
  if (x instanceof Set) return "<class 'set'>";
  if (x instanceof Uint8Array) return "<class 'bytes'>";
  if (x instanceof Known) return "<class 'type'>";
  return `<class '${typeWord(x)}'>`;
}
const nameOf = (x: unknown): string => (x instanceof Known ? x.path : x === null ? "None" : classOf(x));

/**
 * What a program sees of what a pickle holds. A list is an array, a tuple a frozen one. A dict is an object where an object
 * can have its keys: text, and whole numbers, which are text in JavaScript; else it is a Map. An OrderedDict is a Map, a
 * StateDict if it holds tensors alone. What is there twice stays one.
 */
export function finished(value: unknown, seen: Map<unknown, unknown> = new Map(), depth = 0): unknown {
  if (typeof value !== "object" || value === null || value instanceof Tensor || value instanceof Size) return value;
  if (value instanceof Uint8Array || value instanceof Complex) return value;
  const found = seen.get(value);
  if (found !== undefined) return found;
  if (depth > DEEPEST) throw new UnpicklingError(`values nested more than ${DEEPEST} deep`);
  const inner = (x: unknown): unknown => finished(x, seen, depth + 1);
  if (Array.isArray(value)) {
    const made: unknown[] = [];
    seen.set(value, made);
    for (const x of value) made.push(inner(x));
    return value instanceof Tuple ? Object.freeze(made) : made;
  }
  if (value instanceof Set) {
    const made = new Set();
    seen.set(value, made);
    for (const x of value) made.add(inner(x));
    return made;
  }
  if (value instanceof OrderedDict) {
    const tensors = value.size > 0 && [...value].every(([k, x]) => typeof k === "string" && x instanceof Tensor);
    const made: Map<unknown, unknown> = tensors ? new StateDict() : new Map();
    seen.set(value, made);
    for (const [k, x] of value) made.set(inner(k), inner(x));
    if (value.attributes instanceof Dict)
      for (const [k, x] of value.attributes)
        if (typeof k === "string" && !(k in made))
          Object.defineProperty(made, k, { value: inner(x), writable: true, configurable: true });
    return made;
  }
  if (value instanceof Dict) {
    if (![...value.keys()].every(isKey)) {
      const made = new Map();
      seen.set(value, made);
      for (const [k, x] of value) made.set(inner(k), inner(x));
      return made;
    }
    const made = {};
    seen.set(value, made);
    for (const [k, x] of value)
      Object.defineProperty(made, k as string, {
        value: inner(x),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    return made;
  }
  if (value instanceof Unfinished) {
    const made = value.finish(inner);
    seen.set(value, made);
    return made;
  }
  return value;
}
/** What is not yet what a program sees of it. */
export abstract class Unfinished {
  abstract finish(inner: (x: unknown) => unknown): unknown;
}
/** Whether a key of an object gives it back when it is written: what looks like a whole number is one, other text is text. */
const isKey = (k: unknown): boolean =>
  typeof k === "string" ? !isIndex(k) : typeof k === "number" && isIndex(String(k));
/** What JavaScript holds for a whole number among an object's keys. */
export const isIndex = (key: string): boolean => /^(0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 32 - 1;
