// Matrix products: which way is taken for a product, and how it is divided.
//
// Note [Products]: there are these ways for a product: packed.ts, the fastest where packing pays, with forms for a
// gathered B and one packed before; strips.ts, for too little of anything; dots.ts, along inner dims. Which one depends
// on the product alone, and so does the order in which an element's terms are added. So C may be cut into pieces, and a
// batch into its products, for different threads. A fourth way is the system's BLAS, where there is one; as that may
// add in another order for another size, its pieces depend on the product alone. Each is a function
//
//   way(m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, d, dRow, scratch)
//
// for C = A B + D. Strides are in bytes; C and D have unit column strides. D may be C, dRow may be 0, and where `d` is 0
// nothing is added.
import { ModuleBuilder } from "../code/assembler.ts";
import type { MemoryImport } from "../code/assembler.ts";
import type { Matrix, Product } from "../../backend.ts";
import type { Block, Place } from "../../../kernel/place.ts";
import { forBlas } from "./blas.ts";
import type { Blas } from "./blas.ts";
import type { FeatureLevel } from "../code/features.ts";
import type { Task, Threads } from "../threads/threads.ts";
import { addByAccumulation } from "./addend.ts";
import type { Tile } from "./code.ts";
import { i32s, tileFor } from "./code.ts";
import { addDots } from "./dots.ts";
import { addLaidOut } from "./pack_gathered.ts";
import { addBlocks, KC, scratchBytes } from "./packed.ts";
import { addPieces, DESCRIPTOR } from "./pieces.ts";
import { addStrips } from "./strips.ts";
import { addressOf } from "../../memory/span.ts";

const [BLOCKS, GATHERED, PACKED, PACK, STRIPS, DOTS] = [0, 1, 2, 3, 4, 5];
/** Multiplications in a nanosecond, about, by each way in vectors of 128 bits. */
const SPEED = [20, 15, 20, 1, 8, 6];
// Measured: packing pays above this many multiplications, unless there are only a few rows, columns or products to sum.
const SMALL = 8192;
const FEW = 4;
/** Pieces for each thread; of packed products none shorter on a side than this, for each is packed for by itself. */
const PIECES = 4;
const SIDE = 64;
/** The same for the system's BLAS: multiplications in a nanosecond, and in a piece; shortest side; pieces at most. */
const NATIVE_SPEED = 40;
const NATIVE_PIECE = 2 ** 23;
const NATIVE_SIDE = 128;
const NATIVE_PIECES = 32;
/** Bytes of a gathered matrix laid out for it at a time. */
const LAID_OUT = 1 << 20;

export interface GemmOptions {
  readonly memory: WebAssembly.Memory;
  readonly importAs: MemoryImport;
  readonly threads: Threads;
  readonly level: FeatureLevel;
  /** Where the descriptor of a product is put. */
  readonly descriptor: number;
  /** Address of so many bytes, valid until the next call, or -1; never -1 for SCRATCH bytes. */
  readonly scratch: (nbytes: number) => number;
  readonly blas: () => Blas | string;
}
/** Scratch memory that one thread needs at most. */
export const SCRATCH = Math.max(...([4, 8] as const).map((size) => scratchBytes(tileFor(size, "wide"))));

/** Products in one dtype on one memory. */
export class Gemm {
  private readonly options: GemmOptions;
  private readonly tile: Tile;
  private readonly task: Task;
  /** The same with the system's BLAS, null where there is none. */
  private native: Task | null | undefined;
  private words: Int32Array;

  constructor(size: 4 | 8, options: GemmOptions) {
    this.options = options;
    this.tile = tileFor(size, options.level);
    const module = new ModuleBuilder(options.importAs);
    const ways = [...addBlocks(module, this.tile), addStrips(module, this.tile), addDots(module, this.tile)];
    addPieces(module, this.tile, ways, GATHERED);
    this.task = options.threads.compile(module.build(), { wide: options.level === "wide" });
    this.words = new Int32Array(options.memory.buffer, options.descriptor, DESCRIPTOR.length);
  }

  run(product: Product): void {
    const native = forBlas(product);
    if (native !== null && this.runNative(native)) return;
    const p = this.oriented(product);
    const { m, n, k, batch = 1, terms = 1 } = p;
    if (m <= 0 || n <= 0 || batch <= 0) return;
    const { threads, scratch } = this.options;
    const way = this.wayOf(p);
    const packed = way === BLOCKS || way === GATHERED || way === PACKED;
    const ns = (m * n * Math.max(k, 1) * terms) / (SPEED[way] * (this.tile.vectors / 2));
    const shared = threads.worthSharing(batch * ns);
    let [rows, cols] = shared ? this.pieceOf(way, m, n, Math.ceil((PIECES * threads.most) / batch)) : [m, n];
    let [each, room] = [0, 0];
    if (packed) {
      each = scratchBytes(this.tile, rows, cols, k);
      room = scratch(shared ? each * threads.most : each);
      // No room for all threads: this one does it.
      if (room < 0) {
        [rows, cols, each] = [m, n, 0];
        room = scratch(SCRATCH);
      }
    }
    const across = Math.ceil(n / cols);
    const perBatch = across * Math.ceil(m / rows);
    this.describe(p, [m, n, k, way, rows, cols, across, perBatch, room, each]);
    const { descriptor } = this.options;
    const pieces = batch * perBatch;
    if (room > 0 && each === 0) this.task.run(descriptor, 0, pieces, 0);
    else threads.parallelFor(this.task, descriptor, pieces, ns / perBatch);
  }

  /** Bytes of B packed for products of that size; 0 where they do not pack it, or not in one block. */
  packedBytes(b: Matrix, m: number, n: number, k: number): number {
    const product = { m, n, k, a: { ...b, rowStride: k, colStride: 1 }, b, out: { ...b, rowStride: n, colStride: 1 } };
    if (this.wayOf(product) !== BLOCKS || k > KC || (forBlas(product) !== null && this.findNative() !== null)) return 0;
    const { nr, size } = this.tile;
    return Math.ceil(n / nr) * nr * k * size;
  }
  pack(b: Matrix, n: number, k: number, to: Block): void {
    const product = { m: 1, n, k, a: b, b, out: { block: to, offset: 0, rowStride: 0, colStride: 1 } };
    this.describe(product, [1, n, k, PACK, 1, n, 1, 1, 0, 0]);
    this.task.run(this.options.descriptor, 0, 1, 0);
  }

  /** False where there is no BLAS. */
  private runNative(p: Product): boolean {
    const native = this.findNative();
    if (native === null) return false;
    const { m, n, k, batch = 1, terms = 1 } = p;
    const { threads, descriptor, scratch } = this.options;
    const gathered = "rowTable" in p.b;
    const large = (m * n * k) / NATIVE_PIECE;
    const pieces = Math.min(Math.ceil(large / PIECES) * PIECES, NATIVE_PIECES);
    let [rows, cols] = large > 1 ? this.squares(m, n, pieces, NATIVE_SIDE) : [m, n];
    let [each, room] = [0, 0];
    if (gathered) {
      const { nr, size } = this.tile;
      [rows, cols] = [m, Math.min(n, Math.max(Math.floor(LAID_OUT / (k * size * nr)), 1) * nr)];
      each = (k * Math.ceil(cols / nr) * nr * size + 127) & -64;
      room = scratch(each * threads.most);
      if (room < 0) return false;
    }
    const across = Math.ceil(n / cols);
    const perBatch = across * Math.ceil(m / rows);
    this.describe(p, [m, n, k, gathered ? 1 : 0, rows, cols, across, perBatch, room, each]);
    threads.parallelFor(native, descriptor, batch * perBatch, (m * n * k * terms) / perBatch / NATIVE_SPEED);
    return true;
  }
  private findNative(): Task | null {
    if (this.native === undefined) this.native = this.nativeTask();
    return this.native;
  }
  private nativeTask(): Task | null {
    const { blas, importAs, threads } = this.options;
    const found = blas();
    if (typeof found === "string") return null;
    const module = new ModuleBuilder(importAs);
    const gemm = addByAccumulation(module, this.tile, module.importFunction("blas", "gemm", i32s(12), []));
    addPieces(module, this.tile, [gemm, addLaidOut(module, this.tile, gemm)], 1);
    return threads.compile(module.build(), { host: found.products(this.tile.size) });
  }

  /** A column as the row of the transposed product, where that need not be packed. */
  private oriented(p: Product): Product {
    const { m, n, a, b, out, addend } = p;
    if (!isPlain(b) || n !== 1 || out.rowStride !== 1 || (a.rowStride !== 1 && !this.alongInner(p))) return p;
    return { ...p, m: n, n: m, a: turned(b), b: turned(a), out: turned(out), addend: addend && turned(addend) };
  }
  private wayOf(p: Product): number {
    const { m, n, k, b } = p;
    if (!isPlain(b)) return "packed" in b ? PACKED : GATHERED;
    if (this.alongInner(p) && (m <= FEW || n <= FEW)) return DOTS;
    const little = m * n * k <= SMALL || m <= FEW || n <= 3 * this.tile.lanes || k <= FEW;
    // Without an inner dim nothing of B is read, whatever its strides.
    return little && (b.colStride === 1 || k === 0) ? STRIPS : BLOCKS;
  }
  private alongInner({ k, a, b }: Product): boolean {
    return isPlain(b) && a.colStride === 1 && b.rowStride === 1 && k >= 4 * this.tile.lanes;
  }
  /** Rows and columns of a piece of C, where about so many are wanted. */
  private pieceOf(way: number, m: number, n: number, pieces: number): [number, number] {
    // Rows and columns that the ways do together stay together.
    const { mr, nr } = this.tile;
    if (way === STRIPS || way === DOTS) return m >= n ? [cut(m, m / pieces, mr), n] : [m, cut(n, n / pieces, 4 * nr)];
    return this.squares(m, n, pieces, SIDE);
  }
  /** The same where each should be as near to a square as can be. */
  private squares(m: number, n: number, pieces: number, least: number): [number, number] {
    const { mr, nr } = this.tile;
    const area = (m * n) / Math.max(pieces, 1);
    const side = Math.max(Math.sqrt(area), least);
    return [cut(m, Math.max(side, area / n), mr), cut(n, Math.max(side, area / m), nr)];
  }
  private describe(p: Product, first: readonly number[]): void {
    // Growing takes the view of a memory away that is not shared; asking for an address may make it grow.
    do this.write(p, first);
    while (this.words.length === 0);
  }
  private write({ a, b, out, addend, k, terms = 1 }: Product, first: readonly number[]): void {
    const { memory, descriptor } = this.options;
    if (this.words.length === 0) this.words = new Int32Array(memory.buffer, descriptor, DESCRIPTOR.length);
    const { words } = this;
    const { size } = this.tile;
    let at = 0;
    const put = (...values: number[]): void => {
      for (const value of values) words[at++] = value;
    };
    put(...first);
    for (const x of [a, b]) {
      if ("packed" in x) put(addressOf(start(x.packed), size), 0, k * size, 0, 0);
      else {
        if (isPlain(x)) put(addressOf(x, size), x.rowStride * size, x.colStride * size);
        else put(addressOf(x, size), addressOf(x.rowTable, 4), addressOf(x.colTable, 4));
        put((x.batchStride ?? 0) * size, (x.termStride ?? 0) * size);
      }
    }
    put(addressOf(out, size), out.rowStride * size, (out.batchStride ?? 0) * size);
    if (addend === undefined) put(0, 0, 0, 0, 0);
    else if (addend === out) put(1, 0, 0, 0, 0);
    else {
      put(1, addressOf(addend, size), addend.rowStride * size, addend.colStride * size);
      put((addend.batchStride ?? 0) * size);
    }
    put(terms);
  }
}
const start = (block: Block): Place => ({ block, offset: 0 });
const isPlain = (b: Product["b"]): b is Matrix => "rowStride" in b;
const turned = (x: Matrix): Matrix => ({ ...x, rowStride: x.colStride, colStride: x.rowStride });
/** About `part` of `whole`, in equal parts that are multiples of `unit`. */
const cut = (whole: number, part: number, unit: number): number =>
  Math.ceil(whole / Math.max(Math.floor(whole / Math.max(part, 1)), 1) / unit) * unit;
