// Matrix products: packed panels and a register tile (Goto and van de Geijn, Anatomy of High-Performance Matrix
// Multiplication, 2008), and two ways around packing for products too small or too thin to pay for it.
//
// C is cut into blocks of NC columns, the inner dim into blocks of KC, the rows into blocks of MC. A block of B is packed
// into panels of NR columns, a block of A into panels of MR rows, both padded with zeros, so that the register tile reads
// memory in order and needs no bounds. A (MC x NC) block of C depends on no other: with threads it is the task, one call
// of `gemm` with its rows of A, its columns of B and scratch of its own.
import type { FunctionBuilder, MemoryImport } from "./assembler.ts";
import { ModuleBuilder } from "./assembler.ts";
import type { FeatureLevel } from "./features.ts";

/** The tile: `mr` rows by `vectors` vectors of `lanes` columns. */
interface Tile {
  readonly mr: number;
  readonly vectors: number;
  readonly lanes: number;
  readonly size: number;
  readonly shape: string;
  readonly fused: boolean;
}
// 15 registers are usable: 6x2 accumulators with fused multiply-add, 5x2 where the product needs one more.
const tileFor = (size: 4 | 8, level: FeatureLevel): Tile => ({
  mr: level === "relaxed" ? 6 : 5,
  vectors: 2,
  lanes: 16 / size,
  size,
  shape: size === 4 ? "f32x4" : "f64x2",
  fused: level === "relaxed",
});
const KC = 256;
const MC = 60; // a multiple of 5 and 6
const NC = 1024;
// Measured: packing pays above this many multiplications, unless there are only a few rows, columns or products to sum.
const SMALL = 8192;
const FEW = 4;

export interface GemmOperand {
  readonly ptr: number;
  /** In bytes. */
  readonly rowStride: number;
  readonly colStride: number;
}
type GemmFunction = (...args: number[]) => void;

/** Products in one dtype on one memory. */
export class Gemm {
  private readonly tile: Tile;
  private readonly gemm: GemmFunction;

  constructor(size: 4 | 8, memory: WebAssembly.Memory, importAs: MemoryImport, level: FeatureLevel) {
    this.tile = tileFor(size, level);
    const module = new WebAssembly.Module(gemmModule(size, level, importAs));
    this.gemm = new WebAssembly.Instance(module, { env: { memory } }).exports["gemm"] as GemmFunction;
  }
  /** Bytes of scratch memory that `run` needs. */
  scratchBytes(m: number, n: number, k: number): number {
    const { mr, size } = this.tile;
    const nr = this.tile.vectors * this.tile.lanes;
    const kc = Math.min(k, KC);
    const a = up(Math.min(m, MC), mr) * kc;
    const b = up(Math.min(n, NC), nr) * kc;
    return (a + b + mr * nr) * size + 64;
  }
  /** c = a · b, or c += a · b; c has unit column stride. */
  run(
    m: number,
    n: number,
    k: number,
    a: GemmOperand,
    b: GemmOperand,
    c: number,
    ldc: number,
    accumulate: boolean,
    scratch: number,
  ): void {
    const { rowStride, colStride } = a;
    this.gemm(
      m,
      n,
      k,
      a.ptr,
      rowStride,
      colStride,
      b.ptr,
      b.rowStride,
      b.colStride,
      c,
      ldc,
      accumulate ? 1 : 0,
      scratch,
    );
  }
}
const up = (n: number, to: number): number => Math.ceil(n / to) * to;

/**
 * A module that exports gemm(m, n, k, a, aRowStride, aColStride, b, bRowStride, bColStride, c, ldc, accumulate, scratch);
 * strides in bytes.
 */
export function gemmModule(size: 4 | 8, level: FeatureLevel, memory: MemoryImport): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder(memory);
  const tile = tileFor(size, level);
  const i32x = (n: number): "i32"[] => new Array<"i32">(n).fill("i32");
  const micro = module.func(i32x(6), [], (f) => emitMicro(f, tile));
  const packA = module.func(i32x(6), [], (f) => emitPack(f, tile, tile.mr, "A"));
  const packB = module.func(i32x(6), [], (f) => emitPack(f, tile, tile.vectors * tile.lanes, "B"));
  const macro = module.func(i32x(9), [], (f) => emitMacro(f, tile, micro));
  const blocks = module.func(i32x(13), [], (f) => emitBlocks(f, tile, { packA, packB, macro }));
  // As many accumulators as registers hold, the more columns the fewer rows there are.
  const strips = [
    { rows: tile.mr, vectors: 2 },
    { rows: 2, vectors: 4 },
    { rows: 1, vectors: 8 },
  ].map(({ rows, vectors }) => ({ rows, code: module.func(i32x(10), [], (f) => emitStrip(f, tile, rows, vectors)) }));
  const dots = module.func(i32x(8), [], (f) => emitDots(f, tile));
  module.func(i32x(13), [], (f) => emitProduct(f, tile, { blocks, strips, dots }), "gemm");
  return module.build();
}

const push = (f: FunctionBuilder, ...locals: number[]): FunctionBuilder => {
  for (const x of locals) f.get(x);
  return f;
};
/** Pushes base + index * stride. */
const pushAt = (f: FunctionBuilder, base: number, index: number, stride: number): FunctionBuilder =>
  f.get(base).get(index).get(stride).op("i32.mul").op("i32.add");
/** Pushes base + index * bytes. */
const pushBytes = (f: FunctionBuilder, base: number, index: number, bytes: number): FunctionBuilder =>
  f.get(base).get(index).i32(bytes).op("i32.mul").op("i32.add");
const advance = (f: FunctionBuilder, local: number, bytes: number): FunctionBuilder =>
  f.get(local).i32(bytes).op("i32.add").set(local);
const advanceBy = (f: FunctionBuilder, local: number, by: number): FunctionBuilder =>
  f.get(local).get(by).op("i32.add").set(local);
/** to = min(total - done, limit) */
const setRest = (f: FunctionBuilder, to: number, total: number, done: number, limit: number): FunctionBuilder =>
  f.get(total).get(done).op("i32.sub").tee(to).i32(limit).get(to).i32(limit).op("i32.lt_s").op("select").set(to);
/** for (i = 0; i < limit; i += step), where limit is not 0. */
function forSteps(f: FunctionBuilder, i: number, limit: number, step: number, body: () => void): void {
  f.i32(0).set(i);
  f.loop((again) => {
    body();
    f.get(i).i32(step).op("i32.add").tee(i).get(limit).op("i32.lt_s").brIf(again);
  });
}
/** while (left >= step) { body; left -= step } */
function whileLeft(f: FunctionBuilder, left: number, step: number, body: () => void): void {
  f.get(left).i32(step).op("i32.ge_s");
  f.if(() => {
    f.loop((again) => {
      body();
      f.get(left).i32(step).op("i32.sub").tee(left).i32(step).op("i32.ge_s").brIf(again);
    });
  });
}
/** acc += x * y, both pushed. */
function multiplyAdd(
  f: FunctionBuilder,
  { shape, fused }: Tile,
  acc: number,
  pushX: () => void,
  pushY: () => void,
): void {
  if (!fused) f.get(acc);
  pushX();
  pushY();
  if (fused) f.get(acc).op(`${shape}.relaxed_madd`).set(acc);
  else f.op(`${shape}.mul`).op(`${shape}.add`).set(acc);
}

/** Chooses the way for a product. */
function emitProduct(
  f: FunctionBuilder,
  { size, lanes }: Tile,
  { blocks, strips, dots }: { blocks: number; strips: readonly { rows: number; code: number }[]; dots: number },
): void {
  const params = Array.from({ length: 13 }, (_, i) => i);
  const [m, n, k, a, aRow, aCol, b, bRow, bCol, c, ldc, accumulate] = params;
  const swap = (x: number, y: number): void => void f.get(x).get(y).set(x).set(y);
  const isUnit = (stride: number): FunctionBuilder => f.get(stride).i32(size).op("i32.eq");
  const atMost = (x: number, limit: number): FunctionBuilder => f.get(x).i32(limit).op("i32.le_s");
  const toFloat = (x: number): FunctionBuilder => f.get(x).op("f64.convert_i32_s");
  atMost(m, 0);
  atMost(n, 0).op("i32.or");
  f.if(() => f.op("return"));
  const alongInner = f.local("i32");
  isUnit(aCol);
  isUnit(bRow).op("i32.and");
  f.get(k)
    .i32(4 * lanes)
    .op("i32.ge_s")
    .op("i32.and")
    .set(alongInner);
  // A column is the row of the transposed product, if that need not be packed: the scratch is for the product as given.
  f.get(n).i32(1).op("i32.eq");
  isUnit(ldc).op("i32.and");
  isUnit(aRow).get(alongInner).op("i32.or").op("i32.and");
  f.if(() => {
    swap(m, n);
    swap(a, b);
    swap(aRow, bCol);
    swap(aCol, bRow);
  });
  f.get(alongInner);
  atMost(m, FEW);
  atMost(n, FEW).op("i32.or").op("i32.and");
  f.if(() => {
    whileLeft(f, m, 1, () => {
      push(f, n, k, a, b, bCol, c).i32(size).get(accumulate).call(dots);
      advanceBy(f, a, aRow);
      advanceBy(f, c, ldc);
    });
    f.op("return");
  });
  toFloat(m);
  toFloat(n).op("f64.mul");
  toFloat(k).op("f64.mul").f64(SMALL).op("f64.le");
  atMost(m, FEW).op("i32.or");
  atMost(n, 3 * lanes).op("i32.or");
  atMost(k, FEW).op("i32.or");
  // Without an inner dim nothing of B is read, whatever its strides.
  isUnit(bCol).get(k).op("i32.eqz").op("i32.or").op("i32.and");
  f.if(() => {
    for (const { rows, code } of strips)
      whileLeft(f, m, rows, () => {
        push(f, n, k, a, aRow, aCol, b, bRow, c, ldc, accumulate).call(code);
        for (let i = 0; i < rows; i++) {
          advanceBy(f, a, aRow);
          advanceBy(f, c, ldc);
        }
      });
    f.op("return");
  });
  push(f, ...params).call(blocks);
}

/**
 * strip(n, k, a, aRowStride, aColStride, b, bRowStride, c, ldc, accumulate): `rows` rows of C, from A and B where they lie.
 * B has unit column stride.
 */
function emitStrip(f: FunctionBuilder, tile: Tile, rows: number, most: number): void {
  const [n, k, a, aRow, aCol, b, bRow, c, ldc, accumulate] = Array.from({ length: 10 }, (_, i) => i);
  const { size, lanes, shape } = tile;
  const acc = Array.from({ length: rows * most }, () => f.local("v128"));
  const column = Array.from({ length: most }, () => f.local("v128"));
  const [row, zero] = [f.local("v128"), f.local("v128")];
  const pointers = Array.from({ length: rows }, () => f.local("i32"));
  const [at, p] = [f.local("i32"), f.local("i32")];
  /** Columns that fill `vectors` vectors, or the low part of one. */
  const columns = (vectors: number, load: string, store: (offset: number) => void, count: number): void =>
    whileLeft(f, n, count, () => {
      for (let i = 0; i < rows * vectors; i++) f.get(zero).set(acc[i]);
      f.get(a).set(pointers[0]);
      for (let i = 1; i < rows; i++)
        f.get(pointers[i - 1])
          .get(aRow)
          .op("i32.add")
          .set(pointers[i]);
      f.get(b).set(at);
      f.get(k).set(p);
      whileLeft(f, p, 1, () => {
        for (let j = 0; j < vectors; j++)
          f.get(at)
            .mem(load, j * 16, 2)
            .set(column[j]);
        for (let i = 0; i < rows; i++) {
          f.get(pointers[i])
            .mem(size === 4 ? "v128.load32_splat" : "v128.load64_splat", 0, 2)
            .set(row);
          advanceBy(f, pointers[i], aCol);
          for (let j = 0; j < vectors; j++)
            multiplyAdd(
              f,
              tile,
              acc[i * vectors + j],
              () => f.get(row),
              () => f.get(column[j]),
            );
        }
        advanceBy(f, at, bRow);
      });
      f.get(c).set(at);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < vectors; j++) {
          const sum = acc[i * vectors + j];
          f.get(accumulate);
          f.if(
            () =>
              void f
                .get(sum)
                .get(at)
                .mem(load, j * 16, 2)
                .op(`${shape}.add`)
                .set(sum),
          );
          f.get(at).get(sum);
          store(j * 16);
        }
        advanceBy(f, at, ldc);
      }
      advance(f, b, count * size);
      advance(f, c, count * size);
    });
  const whole = (offset: number): void => void f.mem("v128.store", offset, 2);
  columns(most, "v128.load", whole, most * lanes);
  columns(1, "v128.load", whole, lanes);
  for (let count = lanes / 2; count >= 1; count /= 2) {
    const bits = count * size * 8;
    columns(1, `v128.load${bits}_zero`, (offset) => void f.laneMem(`v128.store${bits}_lane`, 0, offset), count);
  }
}

/** dots(n, k, x, y, yStride, c, cStride, accumulate): the dot products of the row x with n rows y, all of unit stride. */
function emitDots(f: FunctionBuilder, tile: Tile): void {
  const [n, k, x, y, yStride, c, cStride, accumulate] = Array.from({ length: 8 }, (_, i) => i);
  const { size, lanes, shape } = tile;
  const type = size === 4 ? "f32" : "f64";
  const acc = Array.from({ length: 8 }, () => f.local("v128"));
  const column = Array.from({ length: 4 }, () => f.local("v128"));
  const zero = f.local("v128");
  const pointers = Array.from({ length: 4 }, () => f.local("i32"));
  const sums = Array.from({ length: 4 }, () => f.local(type));
  const [at, left] = [f.local("i32"), f.local("i32")];
  const value = f.local(type);
  const rows = (count: number, vectors: number): void =>
    whileLeft(f, n, count, () => {
      for (let i = 0; i < count * vectors; i++) f.get(zero).set(acc[i]);
      f.get(y).set(pointers[0]);
      for (let i = 1; i < count; i++)
        f.get(pointers[i - 1])
          .get(yStride)
          .op("i32.add")
          .set(pointers[i]);
      f.get(x).set(at);
      f.get(k).set(left);
      whileLeft(f, left, vectors * lanes, () => {
        for (let u = 0; u < vectors; u++)
          f.get(at)
            .mem("v128.load", u * 16, 2)
            .set(column[u]);
        for (let i = 0; i < count; i++) {
          for (let u = 0; u < vectors; u++)
            multiplyAdd(
              f,
              tile,
              acc[i * vectors + u],
              () => f.get(pointers[i]).mem("v128.load", u * 16, 2),
              () => f.get(column[u]),
            );
          advance(f, pointers[i], vectors * 16);
        }
        advance(f, at, vectors * 16);
      });
      for (let i = 0; i < count; i++) {
        const total = acc[i * vectors];
        for (let u = 1; u < vectors; u++)
          f.get(total)
            .get(acc[i * vectors + u])
            .op(`${shape}.add`)
            .set(total);
        for (let lane = 0; lane < lanes; lane++) {
          f.get(total).lane(`${shape}.extract_lane`, lane);
          if (lane > 0) f.op(`${type}.add`);
        }
        f.set(sums[i]);
      }
      whileLeft(f, left, 1, () => {
        f.get(at).mem(`${type}.load`, 0, 2).set(value);
        for (let i = 0; i < count; i++) {
          f.get(sums[i])
            .get(pointers[i])
            .mem(`${type}.load`, 0, 2)
            .get(value)
            .op(`${type}.mul`)
            .op(`${type}.add`)
            .set(sums[i]);
          advance(f, pointers[i], size);
        }
        advance(f, at, size);
      });
      for (let i = 0; i < count; i++) {
        f.get(accumulate);
        f.if(() => void f.get(sums[i]).get(c).mem(`${type}.load`, 0, 2).op(`${type}.add`).set(sums[i]));
        f.get(c).get(sums[i]).mem(`${type}.store`, 0, 2);
        advanceBy(f, c, cStride);
      }
      f.get(y).get(yStride).i32(count).op("i32.mul").op("i32.add").set(y);
    });
  rows(4, 2);
  rows(1, 4);
}

/** The blocks of a product, packed one after the other; params as of gemm. */
function emitBlocks(
  f: FunctionBuilder,
  { mr, vectors, lanes, size }: Tile,
  { packA, packB, macro }: { packA: number; packB: number; macro: number },
): void {
  const [m, n, k, a, aRow, aCol, b, bRow, bCol, c, ldc, accumulate, scratch] = Array.from({ length: 13 }, (_, i) => i);
  const [i, j, p, mb, nb, kb, packedA, packedB] = Array.from({ length: 8 }, () => f.local("i32"));
  const nr = vectors * lanes;
  const align = (): FunctionBuilder => f.i32(15).op("i32.add").i32(-16).op("i32.and");
  f.get(scratch);
  align()
    .tee(scratch)
    .i32(mr * nr * size)
    .op("i32.add")
    .set(packedA);
  // Room for the largest block of A, which is the first: `i` is 0 as yet.
  setRest(f, mb, m, i, MC);
  setRest(f, kb, k, i, KC);
  f.get(mb)
    .i32(mr - 1)
    .op("i32.add")
    .i32(mr)
    .op("i32.div_u")
    .i32(mr * size)
    .op("i32.mul")
    .get(kb)
    .op("i32.mul");
  f.get(packedA).op("i32.add");
  align().set(packedB);
  forSteps(f, j, n, NC, () => {
    setRest(f, nb, n, j, NC);
    forSteps(f, p, k, KC, () => {
      setRest(f, kb, k, p, KC);
      pushAt(f, b, p, bRow).get(j).get(bCol).op("i32.mul").op("i32.add");
      f.get(bRow).get(bCol).get(kb).get(nb).get(packedB).call(packB);
      forSteps(f, i, m, MC, () => {
        setRest(f, mb, m, i, MC);
        pushAt(f, a, i, aRow).get(p).get(aCol).op("i32.mul").op("i32.add");
        f.get(aRow).get(aCol).get(mb).get(kb).get(packedA).call(packA);
        f.get(mb).get(nb).get(kb).get(packedA).get(packedB);
        pushAt(f, c, i, ldc).get(j).i32(size).op("i32.mul").op("i32.add");
        f.get(ldc).get(accumulate).get(p).op("i32.or").get(scratch).call(macro);
      });
    });
  });
}

/** micro(k, a, b, c, ldc, accumulate): one tile of C. The order of instructions is what V8's register allocation wants. */
function emitMicro(f: FunctionBuilder, tile: Tile): void {
  const { mr, vectors, lanes, size, shape } = tile;
  const [k, a, b, c, ldc, accumulate] = [0, 1, 2, 3, 4, 5];
  const nr = vectors * lanes;
  const acc = Array.from({ length: mr }, () => Array.from({ length: vectors }, () => f.local("v128")));
  const column = Array.from({ length: vectors }, () => f.local("v128"));
  const row = f.local("v128");
  const splat = size === 4 ? "v128.load32_splat" : "v128.load64_splat";
  f.get(k);
  f.if(() => {
    f.loop((again) => {
      for (const [j, v] of column.entries())
        f.get(b)
          .mem("v128.load", j * 16, 2)
          .set(v);
      for (let i = 0; i < mr; i++) {
        f.get(a)
          .mem(splat, i * size, 2)
          .set(row);
        for (let j = 0; j < vectors; j++)
          multiplyAdd(
            f,
            tile,
            acc[i][j],
            () => f.get(row),
            () => f.get(column[j]),
          );
      }
      f.get(a)
        .i32(mr * size)
        .op("i32.add")
        .set(a);
      f.get(b)
        .i32(nr * size)
        .op("i32.add")
        .set(b);
      f.get(k).i32(1).op("i32.sub").tee(k).brIf(again);
    });
  });
  const store = (add: boolean): void => {
    for (let i = 0; i < mr; i++) {
      for (let j = 0; j < vectors; j++) {
        f.get(c);
        if (add) f.get(c).mem("v128.load", j * 16, 2);
        f.get(acc[i][j]);
        if (add) f.op(`${shape}.add`);
        f.mem("v128.store", j * 16, 2);
      }
      if (i < mr - 1) f.get(c).get(ldc).op("i32.add").set(c);
    }
  };
  f.get(accumulate);
  f.if(
    () => store(true),
    () => store(false),
  );
}

/**
 * pack(src, rowStride, colStride, rows, cols, dst): panels of `width` rows of A (or columns of B), the inner dim outermost
 * within a panel. For B the arguments rows and cols are k and n.
 */
function emitPack(f: FunctionBuilder, { size, lanes }: Tile, width: number, which: "A" | "B"): void {
  const [src, rowStride, colStride, rows, cols, dst] = [0, 1, 2, 3, 4, 5];
  // Along the panel's width, and along the inner dim.
  const [across, along] = which === "A" ? [rowStride, colStride] : [colStride, rowStride];
  const [extent, inner] = which === "A" ? [rows, cols] : [cols, rows];
  const [done, left, p, at, limit] = Array.from({ length: 5 }, () => f.local("i32"));
  const type = size === 4 ? "f32" : "f64";
  const zero = (): void => void (size === 4 ? f.f32(0) : f.f64(0));
  /** Copies `count` elements (all of the width, or as many as are left) for every step of the inner dim. */
  const copyColumns = (body: () => void): void => {
    f.get(src).set(at);
    f.get(inner).set(p);
    f.get(p);
    f.if(() => {
      f.loop((again) => {
        body();
        f.get(dst)
          .i32(width * size)
          .op("i32.add")
          .set(dst);
        f.get(at).get(along).op("i32.add").set(at);
        f.get(p).i32(1).op("i32.sub").tee(p).brIf(again);
      });
    });
  };
  const whole = (): void => {
    const offsets = f.local("i32");
    const scalars = (): void =>
      copyColumns(() => {
        f.get(at).set(offsets);
        for (let i = 0; i < width; i++) {
          f.get(dst)
            .get(offsets)
            .mem(`${type}.load`, 0, 2)
            .mem(`${type}.store`, i * size, 2);
          if (i < width - 1) f.get(offsets).get(across).op("i32.add").set(offsets);
        }
      });
    if (width % lanes !== 0) {
      scalars();
      return;
    }
    f.get(across).i32(size).op("i32.eq");
    f.if(
      () =>
        copyColumns(() => {
          for (let i = 0; i < width; i += lanes)
            f.get(dst)
              .get(at)
              .mem("v128.load", i * size, 2)
              .mem("v128.store", i * size, 2);
        }),
      scalars,
    );
  };
  const partial = (): void => {
    const i = f.local("i32");
    copyColumns(() => {
      f.i32(0).set(i);
      f.loop((again) => {
        f.get(dst).get(i).i32(size).op("i32.mul").op("i32.add");
        const value = f.local(type);
        f.get(i).get(left).op("i32.lt_s");
        f.if(
          () => void f.get(at).get(i).get(across).op("i32.mul").op("i32.add").mem(`${type}.load`, 0, 2).set(value),
          () => {
            zero();
            f.set(value);
          },
        );
        f.get(value).mem(`${type}.store`, 0, 2);
        f.get(i).i32(1).op("i32.add").tee(i).i32(width).op("i32.lt_s").brIf(again);
      });
    });
  };
  f.i32(0).set(done);
  f.get(extent).set(limit);
  f.block((out) => {
    f.loop((again) => {
      f.get(limit).get(done).op("i32.sub").tee(left).i32(1).op("i32.lt_s").brIf(out);
      f.get(left).i32(width).op("i32.ge_s");
      f.if(whole, partial);
      f.get(src).get(across).i32(width).op("i32.mul").op("i32.add").set(src);
      f.get(done).i32(width).op("i32.add").set(done);
      f.br(again);
    });
  });
}

/** macro(m, n, k, a, b, c, ldc, accumulate, edge): all tiles of a packed block. Tiles at the rim go through `edge`. */
function emitMacro(f: FunctionBuilder, { mr, vectors, lanes, size }: Tile, micro: number): void {
  const [m, n, k, a, b, c, ldc, accumulate, edge] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const nr = vectors * lanes;
  const [i, j, panelA, panelB, target, rows, cols, r, s, to] = Array.from({ length: 10 }, () => f.local("i32"));
  const type = size === 4 ? "f32" : "f64";
  const x = f.local(type);
  const copyEdge = (): void =>
    forSteps(f, r, rows, 1, () =>
      forSteps(f, s, cols, 1, () => {
        pushAt(f, target, r, ldc).get(s).i32(size).op("i32.mul").op("i32.add").set(to);
        pushBytes(f, edge, r, nr * size)
          .get(s)
          .i32(size)
          .op("i32.mul")
          .op("i32.add")
          .mem(`${type}.load`, 0, 2)
          .set(x);
        f.get(accumulate);
        f.if(() => void f.get(x).get(to).mem(`${type}.load`, 0, 2).op(`${type}.add`).set(x));
        f.get(to).get(x).mem(`${type}.store`, 0, 2);
      }),
    );
  f.get(b).set(panelB);
  forSteps(f, j, n, nr, () => {
    f.get(a).set(panelA);
    setRest(f, cols, n, j, nr);
    forSteps(f, i, m, mr, () => {
      setRest(f, rows, m, i, mr);
      pushAt(f, c, i, ldc).get(j).i32(size).op("i32.mul").op("i32.add").set(target);
      f.get(rows).i32(mr).op("i32.eq").get(cols).i32(nr).op("i32.eq").op("i32.and");
      f.if(
        () => void f.get(k).get(panelA).get(panelB).get(target).get(ldc).get(accumulate).call(micro),
        () => {
          f.get(k)
            .get(panelA)
            .get(panelB)
            .get(edge)
            .i32(nr * size)
            .i32(0)
            .call(micro);
          copyEdge();
        },
      );
      pushBytes(f, panelA, k, mr * size).set(panelA);
    });
    pushBytes(f, panelB, k, nr * size).set(panelB);
  });
}
