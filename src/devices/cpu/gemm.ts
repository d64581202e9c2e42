// Matrix products: packed panels and a register tile (Goto and van de Geijn, Anatomy of High-Performance Matrix
// Multiplication, 2008).
//
// C is cut into blocks of NC columns, the inner dim into blocks of KC, the rows into blocks of MC. A block of B is packed
// into panels of NR columns, a block of A into panels of MR rows, both padded with zeros, so that the register tile reads
// memory in order and needs no bounds. A (MC x NC) block of C depends on no other: with threads it is the task.
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
const MC = 120; // a multiple of 5 and 6
const NC = 1024;

export interface GemmOperand {
  readonly ptr: number;
  /** In bytes. */
  readonly rowStride: number;
  readonly colStride: number;
}
interface GemmExports {
  packA(src: number, rowStride: number, colStride: number, m: number, k: number, dst: number): void;
  packB(src: number, rowStride: number, colStride: number, k: number, n: number, dst: number): void;
  macro(
    m: number,
    n: number,
    k: number,
    a: number,
    b: number,
    c: number,
    ldc: number,
    accumulate: number,
    edge: number,
  ): void;
}

/** Products in one dtype on one memory. */
export class Gemm {
  private readonly tile: Tile;
  private readonly code: GemmExports;

  constructor(size: 4 | 8, memory: WebAssembly.Memory, importAs: MemoryImport, level: FeatureLevel) {
    this.tile = tileFor(size, level);
    const module = new WebAssembly.Module(emitGemm(this.tile, importAs));
    this.code = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as GemmExports;
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
    const { size, mr } = this.tile;
    const nr = this.tile.vectors * this.tile.lanes;
    const kc = Math.min(k, KC);
    const edge = up(scratch, 16);
    const packedA = edge + mr * nr * size;
    const packedB = up(packedA + up(Math.min(m, MC), mr) * kc * size, 16);
    for (let j = 0; j < n; j += NC) {
      const nb = Math.min(NC, n - j);
      for (let p = 0; p < k; p += KC) {
        const kb = Math.min(KC, k - p);
        this.code.packB(b.ptr + p * b.rowStride + j * b.colStride, b.rowStride, b.colStride, kb, nb, packedB);
        for (let i = 0; i < m; i += MC) {
          const mb = Math.min(MC, m - i);
          this.code.packA(a.ptr + i * a.rowStride + p * a.colStride, a.rowStride, a.colStride, mb, kb, packedA);
          this.code.macro(mb, nb, kb, packedA, packedB, c + i * ldc + j * size, ldc, accumulate || p > 0 ? 1 : 0, edge);
        }
      }
    }
  }
}
const up = (n: number, to: number): number => Math.ceil(n / to) * to;

function emitGemm(tile: Tile, memory: MemoryImport): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder(memory);
  const i32x = (n: number): "i32"[] => new Array<"i32">(n).fill("i32");
  const micro = module.func(i32x(6), [], (f) => emitMicro(f, tile));
  module.func(i32x(6), [], (f) => emitPack(f, tile, tile.mr, "A"), "packA");
  module.func(i32x(6), [], (f) => emitPack(f, tile, tile.vectors * tile.lanes, "B"), "packB");
  module.func(i32x(9), [], (f) => emitMacro(f, tile, micro), "macro");
  return module.build();
}

/** micro(k, a, b, c, ldc, accumulate): one tile of C. The order of instructions is what V8's register allocation wants. */
function emitMicro(f: FunctionBuilder, { mr, vectors, lanes, size, shape, fused }: Tile): void {
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
          if (fused) f.get(row).get(column[j]).get(acc[i][j]).op(`${shape}.relaxed_madd`).set(acc[i][j]);
          else f.get(acc[i][j]).get(row).get(column[j]).op(`${shape}.mul`).op(`${shape}.add`).set(acc[i][j]);
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
  const [i, j, panelA, panelB, target, rows, cols, r, s] = Array.from({ length: 9 }, () => f.local("i32"));
  const type = size === 4 ? "f32" : "f64";
  const x = f.local(type);
  const copyEdge = (): void => {
    f.i32(0).set(r);
    f.loop((nextRow) => {
      f.i32(0).set(s);
      f.loop((nextCol) => {
        const to = f.local("i32");
        f.get(target).get(r).get(ldc).op("i32.mul").op("i32.add").get(s).i32(size).op("i32.mul").op("i32.add").set(to);
        f.get(edge)
          .get(r)
          .i32(nr)
          .op("i32.mul")
          .get(s)
          .op("i32.add")
          .i32(size)
          .op("i32.mul")
          .op("i32.add")
          .mem(`${type}.load`, 0, 2)
          .set(x);
        f.get(accumulate);
        f.if(() => void f.get(x).get(to).mem(`${type}.load`, 0, 2).op(`${type}.add`).set(x));
        f.get(to).get(x).mem(`${type}.store`, 0, 2);
        f.get(s).i32(1).op("i32.add").tee(s).get(cols).op("i32.lt_s").brIf(nextCol);
      });
      f.get(r).i32(1).op("i32.add").tee(r).get(rows).op("i32.lt_s").brIf(nextRow);
    });
  };
  f.i32(0).set(j);
  f.get(b).set(panelB);
  f.loop((nextPanel) => {
    f.i32(0).set(i);
    f.get(a).set(panelA);
    f.get(n).get(j).op("i32.sub").tee(cols).i32(nr).get(cols).i32(nr).op("i32.lt_s").op("select").set(cols);
    f.loop((nextTile) => {
      f.get(m).get(i).op("i32.sub").tee(rows).i32(mr).get(rows).i32(mr).op("i32.lt_s").op("select").set(rows);
      f.get(c).get(i).get(ldc).op("i32.mul").op("i32.add").get(j).i32(size).op("i32.mul").op("i32.add").set(target);
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
      f.get(panelA)
        .get(k)
        .i32(mr * size)
        .op("i32.mul")
        .op("i32.add")
        .set(panelA);
      f.get(i).i32(mr).op("i32.add").tee(i).get(m).op("i32.lt_s").brIf(nextTile);
    });
    f.get(panelB)
      .get(k)
      .i32(nr * size)
      .op("i32.mul")
      .op("i32.add")
      .set(panelB);
    f.get(j).i32(nr).op("i32.add").tee(j).get(n).op("i32.lt_s").brIf(nextPanel);
  });
}
