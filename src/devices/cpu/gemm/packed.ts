// Products by packed panels and a register tile (Goto and van de Geijn, Anatomy of High-Performance Matrix
// Multiplication, 2008).
//
// C is cut into blocks of NC columns, the inner dim into blocks of KC, the rows into blocks of MC. A block of B is packed
// into panels of NR columns, a block of A into panels of MR rows, both padded with zeros, so that the register tile reads
// memory in order and needs no bounds.
import type { FunctionBuilder, ModuleBuilder } from "../code/assembler.ts";
import type { Tile } from "./code.ts";
import {
  advance,
  advanceBy,
  forSteps,
  i32s,
  multiplyAdd,
  push,
  pushAt,
  pushBytes,
  pushLesser,
  setRest,
  whileLeft,
} from "./code.ts";
import { emitPack } from "./pack.ts";
import { addPackGathered } from "./pack_gathered.ts";

// At most; blocks of a dim are about alike, for a short one costs as much to pack for and to walk as a long one.
export const KC = 512;
const MC = 120;
const NC = 512;

/** Bytes of scratch memory for a product of that size, or any. */
export function scratchBytes({ mr, nr, size }: Tile, m = Infinity, n = Infinity, k = Infinity): number {
  const kc = Math.min(k, KC);
  const a = up(Math.min(m, MC), mr) * kc;
  const b = up(Math.min(n, NC), nr) * kc;
  return up((a + b + mr * nr) * size, 64) + 128;
}
const up = (n: number, to: number): number => Math.ceil(n / to) * to;

/**
 * Adds blocks(m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, d, dRow, scratch) to a module, see Note [Products]: a product
 * packed block by block. Scratch has room for `scratchBytes`. The second function is the same for a gathered B: bRow and
 * bCol are the addresses of its tables. The third is for at most KC terms and a B that the fourth packed to its C.
 */
export function addBlocks(module: ModuleBuilder, tile: Tile): readonly number[] {
  // Of the last panel's rows only those that there are are computed, or one more.
  const micros = [2, 4, tile.mr].map(
    (rows) => [rows, module.func(i32s(7), [], (f) => emitMicro(f, tile, rows))] as const,
  );
  const inside = module.func(i32s(7), [], (f) => emitInside(f, tile));
  const packA = module.func(i32s(6), [], (f) => emitPack(f, tile, tile.mr));
  const packB = module.func(i32s(6), [], (f) => emitPack(f, tile, tile.nr));
  const packGathered = addPackGathered(module, tile);
  const macro = module.func(i32s(10), [], (f) => emitMacro(f, tile, micros, inside));

  const blocks = (parts: Parts): number => module.func(i32s(14), [], (f) => emitBlocks(f, tile, parts));
  const pack = module.func(i32s(14), [], (f) => {
    const [, n, k, , , , b, bRow, bCol, c] = Array.from({ length: 10 }, (_, i) => i);
    push(f, b, bCol, bRow, n, k, c).call(packB);
  });
  return [
    blocks({ packA, packB, macro, gathered: false }),
    blocks({ packA, packB: packGathered, macro, gathered: true }),
    blocks({ packA, packB: null, macro, gathered: false }),
    pack,
  ];
}
interface Parts {
  readonly packA: number;
  /** Null if B is packed already. */
  readonly packB: number | null;
  readonly macro: number;
  readonly gathered: boolean;
}
function emitBlocks(f: FunctionBuilder, { mr, nr, size }: Tile, { packA, packB, macro, gathered }: Parts): void {
  const [m, n, k, a, aRow, aCol, b, bRow, bCol, c, ldc, d, ldd, scratch] = Array.from({ length: 14 }, (_, i) => i);
  const [to, from, fromRow] = [f.local("i32"), f.local("i32"), f.local("i32")];
  const [i, j, p, mb, nb, kb, packedA, packedB] = Array.from({ length: 8 }, () => f.local("i32"));
  const align = (): FunctionBuilder => f.i32(15).op("i32.add").i32(-16).op("i32.and");
  const mc = f.keep("i32", () => pushBlock(f, m, MC, mr));
  const nc = f.keep("i32", () => pushBlock(f, n, NC, nr));
  const kc = f.keep("i32", () => pushBlock(f, k, KC, 1));
  f.get(scratch);
  align()
    .tee(scratch)
    .i32(mr * nr * size)
    .op("i32.add")
    .set(packedA);
  f.get(packedA).get(mc).get(kc).op("i32.mul").i32(size).op("i32.mul").op("i32.add");
  align().set(packedB);
  forBlocks(f, j, nb, n, nc, () => {
    forBlocks(f, p, kb, k, kc, () => {
      if (gathered) {
        f.get(b);
        pushBytes(f, bRow, p, 4);
        pushBytes(f, bCol, j, 4);
      } else pushAt(f, b, p, bRow).get(j).get(bCol).op("i32.mul").op("i32.add");
      if (packB === null) f.set(packedB);
      else {
        if (!gathered) f.get(bCol).get(bRow);
        f.get(nb).get(kb).get(packedB);
        if (gathered) {
          f.i32(nr * size);
          f.get(kb)
            .i32(nr * size)
            .op("i32.mul");
        }
        f.call(packB);
      }
      forBlocks(f, i, mb, m, mc, () => {
        pushAt(f, a, i, aRow).get(p).get(aCol).op("i32.mul").op("i32.add");
        f.get(aRow).get(aCol).get(mb).get(kb).get(packedA).call(packA);
        pushAt(f, c, i, ldc).get(j).i32(size).op("i32.mul").op("i32.add").set(to);
        // The first terms are added to D, the others to what stands in C.
        f.get(p);
        f.if(
          () => void f.get(to).set(from).get(ldc).set(fromRow),
          () => {
            pushAt(f, d, i, ldd).get(j).i32(size).op("i32.mul").op("i32.add").i32(0).get(d).op("select").set(from);
            f.get(ldd).set(fromRow);
          },
        );
        push(f, mb, nb, kb, packedA, packedB, to, ldc, from, fromRow, scratch).call(macro);
      });
    });
  });
}

/** Pushes the size of the blocks, at most about `most`, that a dim is cut into: a multiple of `unit`. */
function pushBlock(f: FunctionBuilder, total: number, most: number, unit: number): void {
  const blocks = f.keep("i32", () => pushUp(f.get(total), most));
  f.get(blocks).get(blocks).op("i32.eqz").op("i32.or").set(blocks);
  f.get(total).get(blocks).op("i32.add").i32(1).op("i32.sub").get(blocks).op("i32.div_u");
  pushUp(f, unit).i32(unit).op("i32.mul");
}
/** How many times `unit` holds what is on the stack. */
const pushUp = (f: FunctionBuilder, unit: number): FunctionBuilder =>
  f
    .i32(unit - 1)
    .op("i32.add")
    .i32(unit)
    .op("i32.div_u");
/** for (i = 0; i < total; i += block) with rest = min(total - i, block); once where `total` is 0. */
function forBlocks(f: FunctionBuilder, i: number, rest: number, total: number, block: number, body: () => void): void {
  f.i32(0).set(i);
  f.loop((again) => {
    f.get(total).get(i).op("i32.sub").set(rest);
    pushLesser(f, rest, block).set(rest);
    body();
    advanceBy(f, i, block);
    f.get(i).get(total).op("i32.lt_s").brIf(again);
  });
}

/** Functions `micro` for so many rows, the fewest first. */
type Micros = readonly (readonly [rows: number, code: number])[];

/** micro(k, a, b, c, ldc, d, ldd): the first `rows` rows of a tile of C, added to D unless that is 0. The order of instructions is what V8's register allocation wants. */
function emitMicro(f: FunctionBuilder, tile: Tile, rows: number): void {
  const { mr, nr, vectors, size, shape } = tile;
  const [k, a, b, c, ldc, d, ldd] = [0, 1, 2, 3, 4, 5, 6];
  const acc = Array.from({ length: rows }, () => Array.from({ length: vectors }, () => f.local("v128")));
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
      for (let i = 0; i < rows; i++) {
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
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < vectors; j++) {
        f.get(c);
        if (add) f.get(d).mem("v128.load", j * 16, 2);
        f.get(acc[i][j]);
        if (add) f.op(`${shape}.add`);
        f.mem("v128.store", j * 16, 2);
      }
      if (i === rows - 1) break;
      advanceBy(f, c, ldc);
      if (add) advanceBy(f, d, ldd);
    }
  };
  f.get(d);
  f.if(
    () => store(true),
    () => store(false),
  );
}

/** macro(m, n, k, a, b, c, ldc, d, ldd, edge): all tiles of a packed block. Tiles at the rim go through `edge`. */
function emitMacro(f: FunctionBuilder, { mr, nr, size }: Tile, micros: Micros, inside: number): void {
  const rowBytes = nr * size;
  const [m, n, k, a, b, c, ldc, d, ldd, edge] = Array.from({ length: 10 }, (_, i) => i);
  const [i, j, panelA, panelB, target, from, rows, cols] = Array.from({ length: 8 }, () => f.local("i32"));
  f.get(b).set(panelB);
  forSteps(f, j, n, nr, () => {
    f.get(a).set(panelA);
    setRest(f, cols, n, j, nr);
    forSteps(f, i, m, mr, () => {
      setRest(f, rows, m, i, mr);
      pushAt(f, c, i, ldc).get(j).i32(size).op("i32.mul").op("i32.add").set(target);
      pushAt(f, d, i, ldd).get(j).i32(size).op("i32.mul").op("i32.add").i32(0).get(d).op("select").set(from);
      /** A tile of at most `count` rows: where it lies in C whole, straight to there. */
      const tile = (code: number, count: number): void => {
        f.get(rows).i32(count).op("i32.eq").get(cols).i32(nr).op("i32.eq").op("i32.and");
        f.if(
          () => void push(f, k, panelA, panelB, target, ldc, from, ldd).call(code),
          () => {
            push(f, k, panelA, panelB, edge).i32(rowBytes).i32(0).i32(0).call(code);
            push(f, rows, cols, edge, target, ldc, from, ldd).call(inside);
          },
        );
      };
      const fewest = (sizes: Micros): void => {
        const [[count, code], ...larger] = sizes;
        if (larger.length === 0) return tile(code, count);
        f.get(rows).i32(count).op("i32.le_s");
        f.if(
          () => tile(code, count),
          () => fewest(larger),
        );
      };
      fewest(micros);
      pushBytes(f, panelA, k, mr * size).set(panelA);
    });
    pushBytes(f, panelB, k, nr * size).set(panelB);
  });
}

/** inside(rows, cols, edge, c, ldc, d, ldd): what of a tile lies in C, added to D unless that is 0. */
function emitInside(f: FunctionBuilder, { nr, lanes, size, shape, type }: Tile): void {
  const [rows, cols, edge, c, ldc, d, ldd] = Array.from({ length: 7 }, (_, i) => i);
  const [at, to, from, left] = Array.from({ length: 4 }, () => f.local("i32"));
  const adds = f.keep("i32", () => f.get(d));
  const [vector, single] = [f.local("v128"), f.local(type)];
  const columns = (count: number, x: number, memory: string, add: string): void =>
    whileLeft(f, left, count, () => {
      f.get(at).mem(`${memory}.load`, 0, 2).set(x);
      f.get(adds);
      f.if(() => void f.get(x).get(from).mem(`${memory}.load`, 0, 2).op(add).set(x));
      f.get(to).get(x).mem(`${memory}.store`, 0, 2);
      for (const pointer of [at, to, from]) advance(f, pointer, count * size);
    });
  whileLeft(f, rows, 1, () => {
    f.get(cols).set(left).get(edge).set(at).get(c).set(to).get(d).set(from);
    columns(lanes, vector, "v128", `${shape}.add`);
    columns(1, single, type, `${type}.add`);
    advance(f, edge, nr * size);
    advanceBy(f, c, ldc);
    advanceBy(f, d, ldd);
  });
}
