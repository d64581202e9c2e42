// Launches: chooses the form that fits, compiles it the first time, and sends the descriptor.
import { contiguousStrides } from "../../base/layout.ts";
import type { Dtype, Scalar } from "../../base/dtype.ts";
import { bool, float16, float32, int64 } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { acc, constant, input } from "../../kernel/expr.ts";
import type { Launch, Loops } from "../../kernel/loops.ts";
import { Kernel, plan } from "../../kernel/loops.ts";
import { placeOf } from "../../kernel/place.ts";
import type { Block, Place } from "../../kernel/place.ts";
import type { Matrix, PackedMatrix, Product } from "../backend.ts";
import type { Channel } from "./channel.ts";
import { emitKernel, LANES, OUTER, REDUCED, SHARE, WORKGROUP, WORKGROUP_BYTES, wordsOf } from "./emit/kernel.ts";
import type { Form, Hardware, Words } from "./emit/kernel.ts";
import { NotInWgsl } from "./emit/expressions.ts";
import { emitProduct, PRODUCT_WORDS } from "./emit/product.ts";
import type { ProductForm, ProductWord } from "./emit/product.ts";
import { DEPTH, TILES, tilesOf } from "./emit/sums.ts";
import type { MatrixShape, Tile } from "./emit/sums.ts";
import { elementAt } from "./memory.ts";
import { COMMAND } from "./worker.ts";

/** WebGPU's limit of workgroups in a dim. */
const MOST_GROUPS = 65535;
interface Compiled {
  /** Number of the pipeline; -1 where there is none. */
  readonly pipeline: number;
  readonly words: Words;
}
export class Launcher {
  private readonly channel: Channel;
  private readonly allocate: (nbytes: number) => Block;
  private readonly hardware: Hardware;
  private pipelines = 0;
  /** The forms compiled of each kernel, by its number and theirs. */
  private readonly forms: Map<number, Compiled>[] = [];
  private readonly products = new Map<string, number>();
  /** The tile that was the fastest of products of about such sizes: see Note [Tiles that are tried]. */
  private readonly fastest = new Map<string, Tile>();
  /** Multiplications from which on a product is worth trying all tiles on. */
  worthTrying = 2 ** 30;
  private readonly halved = new Map<Kernel, readonly [Kernel, Kernel]>();
  /** Where the operands of the launch at hand start, in elements. */
  private readonly first: number[] = [];
  private readonly bits = new DataView(new ArrayBuffer(8));
  /** Launches that were sent. */
  sent = 0;
  /** Kernels that have no form in WGSL, and why. */
  readonly refused = new Map<Kernel, string>();

  constructor(channel: Channel, hardware: Hardware, allocate: (nbytes: number) => Block) {
    this.channel = channel;
    this.hardware = hardware;
    this.allocate = allocate;
  }
  /** Runs a kernel of the device's own dtypes; false if it has no form here. */
  launch(kernel: Kernel, launch: Launch): boolean {
    const loops = plan(kernel, launch);
    const outer = loops.sizes.length - loops.reduced;
    const [count, folded] = [product(loops.sizes.slice(0, outer)), product(loops.sizes.slice(outer))];
    if (count === 0 || (kernel.reduce === null && folded === 0)) return true;
    const form = formOf(kernel, loops, count, folded, this.hardware.subgroup);
    const parts = partsOf(kernel, form, count, folded);
    if (parts > 1) return this.inParts(kernel, launch, parts, count);
    return this.send(kernel, launch, loops, form, count, folded, 1);
  }
  private send(
    kernel: Kernel,
    launch: Launch,
    loops: Loops,
    form: Form,
    count: number,
    folded: number,
    parts: number,
  ): boolean {
    const outer = loops.sizes.length - loops.reduced;
    const compiled = this.compiled(kernel, form, outer, loops.reduced);
    const { pipeline, words } = compiled;
    if (pipeline < 0) return false;
    // Before the command: what comes back from the host does so by another.
    const { operands } = launch;
    for (let k = 0; k < operands.length; k++) this.first[k] = elementAt(operands[k], dtypeOf(kernel, k).itemsize);
    const perGroup = form.lanes > 1 ? LANES / form.lanes : WORKGROUP;
    const groups = form.inOrder ? 1 : Math.ceil(count / perGroup);
    const at = this.channel.open(COMMAND.launch, 4 + words.count);
    const memory = this.channel.words;
    memory[at] = pipeline;
    memory[at + 1] = Math.min(groups, MOST_GROUPS);
    memory[at + 2] = parts;
    memory[at + 3] = 1;
    const d = at + 4;
    memory[d + OUTER] = count;
    memory[d + REDUCED] = folded;
    memory[d + SHARE] = Math.ceil(folded / parts);
    for (let i = 0; i < loops.sizes.length; i++) memory[d + words.size(i)] = loops.sizes[i];
    for (let k = 0; k < operands.length; k++) {
      memory[d + words.first(k)] = this.first[k];
      for (let i = 0; i < loops.sizes.length; i++) memory[d + words.stride(k, i)] = loops.strides[k][i];
    }
    for (let i = 0; i < kernel.params.length; i++)
      this.param(memory, d + words.param(i), kernel.params[i], launch.params[i]);
    for (const [i, { offset, dtype }] of kernel.outputs.entries())
      if (offset !== undefined) {
        const { block } = operands[kernel.inputs.length + i];
        memory[d + words.block(i)] = elementAt({ block, offset: 0 }, dtype.itemsize);
        memory[d + words.block(i) + 1] = Math.ceil(block.nbytes / dtype.itemsize);
      }
    this.channel.send();
    this.sent++;
    return true;
  }
  /** A fold in two launches: of parts, and of what became of them. See Note [Lanes]. */
  private inParts(kernel: Kernel, { shape, reduced, operands, params }: Launch, parts: number, count: number): boolean {
    const [partial, final] = this.halves(kernel);
    const accs = kernel.reduce!.accs;
    const inputs = operands.slice(0, kernel.inputs.length);
    const outer = shape.slice(0, shape.length - reduced);
    const strides = contiguousStrides(outer);
    const zeros = shape.slice(outer.length).map(() => 0);
    const blocks = accs.map((a) => this.allocate(parts * count * a.dtype.itemsize));
    const stored = blocks.map((block) => ({ block, offset: 0, strides: [...strides, ...zeros] }));
    const first = { shape, reduced, operands: [...inputs, ...stored], params };
    const loops = plan(partial, first);
    const folded = product(loops.sizes.slice(loops.sizes.length - loops.reduced));
    const form = { ...formOf(partial, loops, count, folded, this.hardware.subgroup), isPart: true };
    const isDone = this.send(partial, first, loops, form, count, folded, parts);
    if (isDone)
      this.launch(final, {
        shape: [...outer, parts],
        reduced: 1,
        operands: [
          ...stored.map(({ block }) => ({ block, offset: 0, strides: [...strides, count] })),
          ...operands
            .slice(inputs.length)
            .map((o) => ({ ...placeOf(o), strides: [...o.strides.slice(0, outer.length), 0] })),
        ],
        params,
      });
    for (const block of blocks) block.free();
    return isDone;
  }
  /** A fold's accumulators as what is stored, and what makes of those of several parts what is wanted. */
  private halves(kernel: Kernel): readonly [Kernel, Kernel] {
    let halves = this.halved.get(kernel);
    if (halves !== undefined) return halves;
    const { inputs, params, outputs, reduce } = kernel;
    const accs = reduce!.accs;
    const dtypes = accs.map((a) => a.dtype);
    halves = [
      new Kernel({ inputs, params, outputs: dtypes.map((dtype, i) => ({ dtype, value: acc(i, dtype) })), reduce }),
      new Kernel({
        inputs: dtypes,
        params,
        outputs,
        reduce: {
          scan: false,
          accs: accs.map((a, i) => ({ ...a, step: a.combine!(acc(i, a.dtype), input(i, a.dtype)) })),
        },
      }),
    ];
    this.halved.set(kernel, halves);
    return halves;
  }
  private param(memory: Int32Array, at: number, dtype: Dtype, x: Scalar): void {
    if (dtype.is_floating_point) {
      this.bits.setFloat32(0, Number(x));
      memory[at] = this.bits.getInt32(0);
    } else if (dtype === bool) memory[at] = Number(x) === 0 ? 0 : 1;
    else {
      const n = BigInt.asIntN(64, typeof x === "bigint" ? x : BigInt(Math.trunc(Number(x))));
      const fits =
        dtype.itemsize === 8
          ? n
          : dtype.is_signed
            ? BigInt.asIntN(8 * dtype.itemsize, n)
            : BigInt.asUintN(8 * dtype.itemsize, n);
      memory[at] = Number(BigInt.asIntN(32, fits));
      memory[at + 1] = Number(BigInt.asIntN(32, fits >> 32n));
    }
  }
  private compiled(kernel: Kernel, form: Form, outer: number, reduced: number): Compiled {
    const { lanes, across, inOrder, isPart } = form;
    const key = ((outer * 64 + reduced) * 512 + lanes) * 8 + (across ? 1 : 0) + (inOrder ? 2 : 0) + (isPart ? 4 : 0);
    const forms = (this.forms[kernel.id] ??= new Map<number, Compiled>());
    let found = forms.get(key);
    if (found === undefined) forms.set(key, (found = this.compile(kernel, form, outer, reduced)));
    return found;
  }
  private compile(kernel: Kernel, form: Form, outer: number, reduced: number): Compiled {
    const words = wordsOf(kernel, outer + reduced);
    try {
      const pipeline = this.pipeline(emitKernel(kernel, { form, outer, reduced }, this.hardware));
      return { pipeline, words };
    } catch (error) {
      if (!(error instanceof NotInWgsl)) throw error;
      this.refused.set(kernel, error.message);
      return { pipeline: -1, words };
    }
  }
  private pipeline(text: string): number {
    this.channel.compile(this.pipelines, text);
    return this.pipelines++;
  }

  /**
   * Note [Tiles that are tried]: which tile is the fastest is a matter of registers, of workgroup memory and of how many
   * workgroups a device runs side by side, which WebGPU tells nothing of. So the first large product of some sizes, to the next
   * power of two, is made with each, and the program waits for them; those after it take the fastest. A result's sum is made in
   * the same order in all of them: its bits do not depend on what was chosen. Where hardware has matrices, it is one of theirs.
   */
  matmul(product: Product): void {
    const { m, n, k, batch = 1, terms = 1 } = product;
    if (m === 0 || n === 0 || batch === 0) return;
    assertUnpacked(product);
    const tiles = this.tilesFor(product.narrow);
    const [tile, parts] = divided(tiles, m, n, batch, terms * Math.ceil(k / DEPTH));
    if (parts > 1 || m * n * k * terms * batch < this.worthTrying || !this.channel.shares)
      return this.multiply(product, tile, parts);
    const { a, b } = liesOf(product, false);
    const { component = "" } = tiles[0].matrix ?? {};
    const key = [...[m, n, k * terms, batch].map((size) => Math.round(Math.log2(size))), a, b, component].join(" ");
    let found = this.fastest.get(key);
    if (found === undefined) this.fastest.set(key, (found = this.fastestFor(product, tiles)));
    this.multiply(product, found, 1);
  }
  /** Those of the largest matrices that hold the numbers, where there are any; a trial is between tiles of one kind. */
  private tilesFor(narrow: Dtype | undefined): readonly Tile[] {
    const { matrices } = this.hardware;
    if (matrices.length === 0) return TILES;
    const area = ({ m, n }: MatrixShape): number => m * n;
    const [matrix] = matrices
      .filter(({ component }) => component === "f32" || narrow === float16)
      .toSorted((a, b) => Number(a.component === "f32") - Number(b.component === "f32") || area(b) - area(a));
    const tiles = matrix === undefined ? [] : tilesOf(matrix);
    return tiles.length === 0 ? TILES : tiles;
  }
  private fastestFor({ addend: _, ...product }: Unpacked, tiles: readonly Tile[]): Tile {
    const { m, n, batch = 1 } = product;
    const block = this.allocate(batch * m * n * 4);
    const out = { block, offset: 0, rowStride: n, colStride: 1, batchStride: m * n };
    const taken = tiles.map((tile) => {
      // The first time its shader is compiled.
      const times = Array.from({ length: 3 }, () => {
        this.channel.ask(COMMAND.finish);
        const start = performance.now();
        this.multiply({ ...product, out }, tile, 1);
        this.channel.ask(COMMAND.finish);
        return performance.now() - start;
      });
      return Math.min(...times.slice(1));
    });
    block.free();
    return tiles[taken.indexOf(Math.min(...taken))];
  }
  private multiply(product: Unpacked, tile: Tile, parts: number): void {
    const { m, n, k, batch = 1, terms = 1, a, b, out, addend } = product;
    const depths = terms * Math.ceil(k / DEPTH);
    // What is small is not worth a pipeline of its own.
    const form = { tile, ...liesOf(product, m * n * depths * batch < SMALL) };
    const { component = "" } = tile.matrix ?? {};
    const key = `${tile.size} ${form.a} ${form.b} ${component}`;
    let pipeline = this.products.get(key);
    if (pipeline === undefined) this.products.set(key, (pipeline = this.pipeline(emitProduct(form))));
    // What is made in parts is added up by another launch.
    const block = parts === 1 ? null : this.allocate(parts * batch * m * n * 4);
    const made = block === null ? out : { block, offset: 0, rowStride: n, colStride: 1, batchStride: m * n };
    const place = (x: Place): number => elementAt(placeOf(x), 4);
    const isGathered = "rowTable" in b;
    const told: Record<ProductWord, number> = {
      m,
      n,
      k,
      terms,
      batch,
      parts,
      share: Math.ceil(depths / parts),
      a: place(a),
      a_row: a.rowStride,
      a_col: a.colStride,
      a_batch: a.batchStride ?? 0,
      a_term: a.termStride ?? 0,
      b: place(b),
      b_row: isGathered ? 0 : b.rowStride,
      b_col: isGathered ? 0 : b.colStride,
      b_batch: b.batchStride ?? 0,
      b_term: b.termStride ?? 0,
      b_rows: isGathered ? place(b.rowTable) : 0,
      b_cols: isGathered ? place(b.colTable) : 0,
      out: place(made),
      out_row: made.rowStride,
      out_batch: made.batchStride ?? 0,
      out_part: batch * m * n,
      out_fours: lieOf(made, { rows: n, cols: 1 }) === "rows" ? 1 : 0,
      has_addend: addend === undefined ? 0 : 1,
      addend: addend === undefined ? 0 : place(addend),
      addend_row: addend?.rowStride ?? 0,
      addend_col: addend?.colStride ?? 0,
      addend_batch: addend?.batchStride ?? 0,
    };
    const at = this.channel.open(COMMAND.launch, 4 + PRODUCT_WORDS.length);
    const memory = this.channel.words;
    memory[at] = pipeline;
    memory[at + 1] = Math.ceil(n / tile.size);
    memory[at + 2] = Math.ceil(m / tile.size);
    memory[at + 3] = Math.min(batch * parts, MOST_GROUPS);
    for (let i = 0; i < PRODUCT_WORDS.length; i++) memory[at + 4 + i] = told[PRODUCT_WORDS[i]];
    this.channel.send();
    this.sent++;
    if (block === null) return;
    this.launch(ADDED_UP, {
      shape: [batch, m, n, parts],
      reduced: 1,
      operands: [
        { block, offset: 0, strides: [m * n, n, 1, batch * m * n] },
        { ...placeOf(out), strides: [out.batchStride ?? 0, out.rowStride, 1, 0] },
      ],
      params: [],
    });
    block.free();
  }
}
/** Workgroups that a device has work for at once. */
const BUSY = 128;
/** Results times steps of a product below which all are computed by the same shaders. */
const SMALL = 1 << 14;
/** Steps below which a part of a sum is not worth a workgroup. */
const FEW_STEPS = 4;
/** The largest tile with which there is work for a whole device, and in how many parts the smallest's sums are made. */
function divided(tiles: readonly Tile[], m: number, n: number, batch: number, depths: number): [Tile, number] {
  const count = ({ size }: Tile): number => Math.ceil(m / size) * Math.ceil(n / size) * batch;
  const large = tiles.find((t) => count(t) >= BUSY);
  if (large !== undefined) return [large, 1];
  const [tile] = TILES.slice(-1);
  const parts = Math.min(Math.floor((2 * BUSY) / count(tile)), Math.floor(depths / FEW_STEPS));
  return [tile, Math.max(1, parts)];
}
type Unpacked = Product & { readonly b: Exclude<Product["b"], PackedMatrix> };
function assertUnpacked(product: Product): asserts product is Unpacked {
  if ("packed" in product.b) throw new RuntimeError("WebGPU packs no matrices");
}
/** How the operands of a product lie; as if anyhow where it is small. */
function liesOf({ m, n, k, a, b }: Unpacked, isSmall: boolean): Pick<ProductForm, "a" | "b"> {
  return {
    a: isSmall ? "any" : lieOf(a, { rows: k, cols: m }),
    b: "rowTable" in b ? "gathered" : isSmall ? "any" : lieOf(b, { rows: n, cols: k }),
  };
}
/** How four elements of a matrix lie together: see ProductForm. `sizes`: how many there are in a row, and in a column. */
function lieOf(matrix: Matrix, sizes: Record<"rows" | "cols", number>): "rows" | "cols" | "any" {
  const { rowStride, colStride, batchStride = 0, termStride = 0 } = matrix;
  if ((elementAt(placeOf(matrix), 4) | batchStride | termStride) & 3) return "any";
  if (colStride === 1 && ((rowStride | sizes.rows) & 3) === 0) return "rows";
  if (rowStride === 1 && ((colStride | sizes.cols) & 3) === 0) return "cols";
  return "any";
}
const ADDED_UP = new Kernel({
  inputs: [float32],
  outputs: [{ dtype: float32, value: acc(0, float32) }],
  reduce: {
    scan: false,
    accs: [
      {
        dtype: float32,
        init: constant(0, float32),
        step: acc(0, float32).add(input(0, float32)),
        combine: (a, b) => a.add(b),
      },
    ],
  },
});
const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
const dtypeOf = ({ inputs, outputs }: Kernel, k: number): Dtype =>
  k < inputs.length ? inputs[k] : outputs[k - inputs.length].dtype;

const EACH: Form = { lanes: 1, across: false, inOrder: false, isPart: false };
const IN_ORDER: Form = { ...EACH, inOrder: true };
const ACROSS: Form = { ...EACH, lanes: 16, across: true };
/** Of 1, 2, 4, … lanes, to 256. */
const LANED: readonly Form[] = Array.from({ length: 9 }, (_, i) => ({ ...EACH, lanes: 1 << i }));
/** Threads that keep a device busy, and steps of a thread that are not worth sharing with others. */
const MANY = 1 << 16;
const SHORT = 16;

/** How a fold of `folded` elements into each of `count` is divided: see Note [Lanes]. */
function formOf(
  { reduce, outputs }: Kernel,
  { strides, reduced }: Loops,
  count: number,
  folded: number,
  subgroup: number,
): Form {
  const inOrder = outputs.some(
    ({ offset, mode = "set", dtype }) => offset !== undefined && mode !== "set" && mode !== "add" && dtype === int64,
  );
  if (inOrder) return IN_ORDER;
  if (reduce === null || reduce.scan || reduce.accs.some((a) => a.combine === undefined)) return EACH;
  const bytes = reduce.accs.reduce((n, a) => n + Math.max(4, a.dtype.itemsize), 0) * LANES;
  if (bytes > WORKGROUP_BYTES || folded <= SHORT) return EACH;
  const [first] = strides;
  const isAcross =
    first !== undefined &&
    reduced < first.length &&
    Math.abs(first[first.length - 1]) > 1 &&
    first[first.length - reduced - 1] === 1;
  if (isAcross && count >= SHORT) return count >= MANY ? EACH : ACROSS;
  if (folded >= 256 && count * 32 < MANY) return LANED[8];
  // Lanes of one subgroup need not wait for each other.
  const lanes = Math.min(folded < 64 ? 8 : 32, subgroup > 1 ? subgroup : 32);
  return LANED[Math.log2(lanes)];
}
/** Workgroups among which the reduced elements are divided, for each outer one. */
function partsOf({ reduce, outputs }: Kernel, { lanes }: Form, count: number, folded: number): number {
  const steps = Math.floor(folded / lanes);
  if (lanes === 1 || steps <= SHORT || count * lanes >= MANY) return 1;
  if (
    reduce!.accs.some((a) => (a.pass ?? 0) > 0) ||
    outputs.some((o) => o.pass !== undefined || o.offset !== undefined)
  )
    return 1;
  return Math.min(Math.floor((2 * steps) / SHORT), Math.ceil(MANY / (count * lanes)));
}
