// Values as a pickle of protocol 2, byte for byte as CPython writes it, for torch.load of PyTorch with weights_only=True.
import { Complex, Dtype, Float } from "../base/dtype.ts";
import { OverflowError, RuntimeError, TypeError, ValueError } from "../base/errors.ts";
import { Layout, strided } from "../base/memory_format.ts";
import { Device } from "../devices/device.ts";
import { Parameter } from "../nn/module/parameter.ts";
import type { Storage } from "../tensor/storage.ts";
import { Size, Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { isIndex } from "./unpickler.ts";

/** The storages that a pickle names, by their keys: 0, 1, … */
export type Storages = readonly { readonly storage: Storage; readonly dtype: Dtype }[];
/** So many items go into a list or dict at once. */
const BATCH = 1000;
/** Deeper than any program's values; what comes after would be the end of JavaScript's stack. */
const DEEPEST = 500;

/**
 * A value as a pickle. Arrays are lists, frozen ones tuples; objects are dicts, whose keys that look like whole numbers
 * are; Maps are OrderedDicts. Raises TypeError for functions, symbols and objects of classes, naming the path, and
 * ValueError for what contains itself.
 */
export function pickle(value: unknown): { bytes: Uint8Array; storages: Storages } {
  const pickler = new Pickler();
  pickler.dump(value);
  return { bytes: pickler.written(), storages: pickler.storages };
}

class Pickler {
  readonly storages: { storage: Storage; dtype: Dtype }[] = [];
  private readonly keys = new Map<Storage["block"], number>();
  private bytes = new Uint8Array(1024);
  private length = 0;
  /** What is in the pickle already, by where its machine remembers it. */
  private readonly memo = new Map<unknown, number>();
  private remembered = 0;
  private readonly around = new Set<unknown>();
  private readonly path: string[] = [];

  dump(value: unknown): void {
    this.put(0x80, 2);
    this.save(value);
    this.put(0x2e);
  }
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private save(x: unknown): void {
    if (x === null || x === undefined) return this.put(0x4e);
    switch (typeof x) {
      case "boolean":
        return this.put(x ? 0x88 : 0x89);
      case "number":
        return Number.isSafeInteger(x) && !Object.is(x, -0) ? this.int(x) : this.float(x);
      case "bigint":
        return this.int(x);
      case "string":
        return this.text(x);
    }
    if (x instanceof Float) return this.float(x.value);
    if (Array.isArray(x) && x.length === 0 && Object.isFrozen(x)) return this.put(0x29); // the empty tuple
    if (this.around.has(x)) throw new ValueError(`save: cannot save what contains itself${this.place()}`);
    const known = this.memo.get(x);
    if (known !== undefined) return this.get(known);
    if (this.path.length > DEEPEST) throw new ValueError(`save: values nested more than ${DEEPEST} deep`);
    this.around.add(x);
    this.object(x as object);
    this.around.delete(x);
  }
  private object(x: object): void {
    if (x instanceof Tensor) return this.tensor(x);
    if (x instanceof Size) return this.reduce(x, "torch\nSize", () => this.tuple(null, [Object.freeze([...x])]));
    if (Array.isArray(x)) return Object.isFrozen(x) ? this.tuple(x, x) : this.list(x);
    if (x instanceof Map) return this.ordered(x);
    if (x instanceof Set) return this.reduce(x, "__builtin__\nset", () => this.tuple(null, [[...(x as Set<unknown>)]]));
    if (x instanceof Dtype) return this.global(`torch\n${x.name}`, x);
    if (x instanceof Device)
      return this.reduce(x, "torch\ndevice", () => this.tuple(null, x.index === null ? [x.type] : [x.type, x.index]));
    if (x instanceof Layout)
      return this.reduce(x, "torch.serialization\n_get_layout", () => this.tuple(null, [String(x)]));
    if (x instanceof Complex)
      return this.reduce(x, "__builtin__\ncomplex", () => this.tuple(null, [new Float(x.re), new Float(x.im)]));
    if (x instanceof Uint8Array)
      return this.reduce(x, "_codecs\nencode", () => this.tuple(null, [latin1(x), "latin1"]));
    const proto: unknown = Object.getPrototypeOf(x);
    if (proto === Object.prototype || proto === null)
      return this.dict(x, Object.entries(x).map(([k, y]) => [isIndex(k) ? Number(k) : k, y] as const)); // prettier-ignore
    throw new TypeError(
      `save: cannot save an object of type ${typeWord(x)}${this.place()}\nTensors, numbers, bigints, booleans, text, null, and arrays, Maps, Sets and plain objects of them can be saved. Of a module or an optimizer save the state_dict().`,
    );
  }
  private place(): string {
    return this.path.length > 0 ? ` (at ${this.path.join(".")})` : "";
  }
  private below(key: unknown, x: unknown): void {
    this.path.push(String(key));
    this.save(x);
    this.path.pop();
  }

  private tensor(t: Tensor): void {
    if (t instanceof Parameter) {
      const plain = t.bare();
      return this.reduce(t, "torch._utils\n_rebuild_parameter", () =>
        this.tuple(null, [plain, t.requires_grad, new Map()]),
      );
    }
    if (t.layout !== strided) return this.sparse(t);
    const layout = [Object.freeze([...t.sizes]), Object.freeze([...t.strides])];
    if (t.is_meta)
      return this.reduce(t, "torch._utils\n_rebuild_meta_tensor_no_storage", () =>
        this.tuple(null, [t.dtype, ...layout, t.requires_grad]),
      );
    this.reduce(t, "torch._utils\n_rebuild_tensor_v2", () =>
      this.tuple(null, [
        new Persistent(t),
        t.offset,
        ...layout,
        t.requires_grad,
        new Map(),
        ...(t.lazy === null ? [] : [new Map([[t.lazy, true]])]),
      ]),
    );
  }
  /** The parts of a sparse tensor. */
  private sparse(t: Tensor): void {
    const of = t.detach();
    const parts = of.is_sparse
      ? [of._indices(), of._values(), t.shape, of.is_coalesced()]
      : of.is_sparse_csr
        ? [of.crow_indices(), of.col_indices(), of.values(), t.shape]
        : [of.ccol_indices(), of.row_indices(), of.values(), t.shape];
    this.reduce(t, "torch._utils\n_rebuild_sparse_tensor", () => this.tuple(null, [t.layout, Object.freeze(parts)]));
  }
  /** A storage, by name: all of its bytes are kept beside the pickle, whatever part of them a tensor has. */
  private persistent({ storage, dtype, device }: Tensor): void {
    const { block } = storage;
    let key = this.keys.get(block);
    if (key === undefined) {
      this.keys.set(block, (key = this.storages.length));
      this.storages.push({ storage, dtype });
    } else if (this.storages[key].dtype !== dtype && block.nbytes > 0)
      throw new RuntimeError(
        "Cannot save multiple tensors or storages that view the same data as different types" +
          `\nIt is ${this.storages[key].dtype} and ${dtype}${this.place()}: save a clone() of one.`,
      );
    this.put(0x28);
    this.text("storage");
    this.global(`torch\n${dtype.legacyName}Storage`);
    this.text(String(key), `storage ${key}`);
    this.text(locationOf(device));
    this.int(Math.floor(block.nbytes / dtype.itemsize));
    this.put(0x74);
    this.remember(null);
    this.put(0x51);
  }
  private reduce(x: object, f: string, args: () => void): void {
    this.global(f);
    args();
    this.put(0x52);
    this.remember(x);
  }
  private tuple(x: object | null, items: readonly unknown[]): void {
    if (items.length > 3) this.put(0x28);
    for (const [i, y] of items.entries())
      if (y instanceof Persistent) this.persistent(y.tensor);
      else if (x === null) this.save(y);
      else this.below(i, y);
    this.put(items.length > 3 ? 0x74 : 0x84 + items.length);
    this.remember(x);
  }
  private list(items: readonly unknown[]): void {
    this.put(0x5d);
    this.remember(items);
    this.batches(items.length, 0x61, 0x65, (i) => this.below(i, items[i]));
  }
  private dict(x: object, entries: readonly (readonly [unknown, unknown])[]): void {
    this.put(0x7d);
    this.remember(x);
    this.items(entries);
  }
  private ordered(x: Map<unknown, unknown>): void {
    this.global("collections\nOrderedDict");
    this.put(0x29, 0x52);
    this.remember(x);
    this.items([...x]);
    const { _metadata } = x as { _metadata?: unknown };
    if (_metadata === undefined) return;
    this.dict({}, [["_metadata", _metadata]]);
    this.put(0x62);
  }
  private items(entries: readonly (readonly [unknown, unknown])[]): void {
    this.batches(entries.length, 0x73, 0x75, (i) => {
      const [k, y] = entries[i];
      this.save(k);
      this.below(k, y);
    });
  }
  /** One item is put in by itself, several after a mark. */
  private batches(n: number, one: number, several: number, save: (i: number) => void): void {
    for (let from = 0; from < n; from += BATCH) {
      const to = Math.min(n, from + BATCH);
      if (to - from > 1) this.put(0x28);
      for (let i = from; i < to; i++) save(i);
      this.put(to - from > 1 ? several : one);
    }
  }

  // ---- pieces
  private remember(x: unknown): void {
    const at = this.remembered++;
    if (x !== null) this.memo.set(x, at);
    if (at < 256) this.put(0x71, at);
    else this.uint32(0x72, at);
  }
  private get(at: number): void {
    if (at < 256) this.put(0x68, at);
    else this.uint32(0x6a, at);
  }
  /** `module\nname`. */
  private global(path: string, x: unknown = `global ${path}`): void {
    const known = this.memo.get(x);
    if (known !== undefined) return this.get(known);
    this.put(0x63);
    this.raw(new TextEncoder().encode(`${path}\n`));
    this.remember(x);
  }
  private text(x: string, known = `text ${x}`): void {
    const at = this.memo.get(known);
    if (at !== undefined) return this.get(at);
    if (/\p{Surrogate}/u.test(x))
      throw new ValueError(`save: cannot save text with half a surrogate pair${this.place()}`);
    const bytes = new TextEncoder().encode(x);
    this.uint32(0x58, bytes.length);
    this.raw(bytes);
    this.remember(known);
  }
  private float(x: number): void {
    this.put(0x47);
    const at = this.room(8);
    new DataView(this.bytes.buffer).setFloat64(at, x, false);
  }
  private int(x: number | bigint): void {
    if (x >= 0 && x < 2 ** 8) return this.put(0x4b, Number(x));
    if (x >= 0 && x < 2 ** 16) return this.put(0x4d, Number(x) & 255, Number(x) >> 8);
    if (x >= -(2 ** 31) && x < 2 ** 31) {
      this.put(0x4a);
      const at = this.room(4);
      return new DataView(this.bytes.buffer).setInt32(at, Number(x), true);
    }
    // As few bytes as hold it with its sign.
    const digits: number[] = [];
    let rest = BigInt(x);
    do {
      digits.push(Number(rest & 255n));
      rest >>= 8n;
    } while (!((rest === 0n && digits.at(-1)! < 128) || (rest === -1n && digits.at(-1)! > 127)));
    if (digits.length > 255)
      throw new OverflowError(`save: an int of ${digits.length} bytes is too large${this.place()}`);
    this.put(0x8a, digits.length, ...digits);
  }
  private uint32(code: number, x: number): void {
    this.put(code);
    const at = this.room(4);
    new DataView(this.bytes.buffer).setUint32(at, x, true);
  }
  private put(...bytes: number[]): void {
    const at = this.room(bytes.length);
    for (const [i, byte] of bytes.entries()) this.bytes[at + i] = byte;
  }
  private raw(bytes: Uint8Array): void {
    const at = this.room(bytes.length);
    this.bytes.set(bytes, at);
  }
  /** Makes room for so many bytes more, elsewhere if need be, and gives where they begin. */
  private room(n: number): number {
    const at = this.length;
    this.length += n;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.length, 2 * this.bytes.length));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    return at;
  }
}
/** Where a file says that a storage was. A device that PyTorch does not have is not named: nobody else could open the file. */
const locationOf = ({ type }: Device): string => (type === "cuda" ? "cuda:0" : "cpu");
/** The storage of a tensor, among the arguments of what makes the tensor again. */
class Persistent {
  readonly tensor: Tensor;
  constructor(tensor: Tensor) {
    this.tensor = tensor;
  }
}
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
