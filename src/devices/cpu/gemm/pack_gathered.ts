// Panels of a matrix whose elements stand where two tables say: a convolution's columns, which are nowhere in memory.
import type { FunctionBuilder, ModuleBuilder } from "../code/assembler.ts";
import type { Tile } from "./code.ts";
import { advance, advanceBy, i32s, push, whileLeft } from "./code.ts";
import { transposed } from "./pack.ts";

/**
 * Adds pack(base, rows, cols, extent, inner, dst, rowStep, panelStep) to a module: panels of the elements rows[i] + cols[j]
 * behind the one at address base, of `inner` rows and `extent` columns. Rows of a panel are `rowStep` apart, panels
 * `panelStep`: one after the other, as in pack.ts, or side by side, as rows of a matrix with room for whole panels.
 */
export function addPackGathered(module: ModuleBuilder, tile: Tile): number {
  const { nr, size } = tile;
  const panel = module.func(i32s(nr + 4), [], (f) => emitPanel(f, tile));
  return module.func(i32s(8), [], (f) => {
    const [base, rows, cols, extent, inner, dst, rowStep, panelStep] = Array.from({ length: 8 }, (_, i) => i);
    whileLeft(f, extent, nr, () => {
      for (let j = 0; j < nr; j++)
        f.get(base)
          .get(cols)
          .mem("i32.load", 4 * j)
          .i32(Math.log2(size))
          .op("i32.shl")
          .op("i32.add");
      push(f, rows, inner, dst, rowStep).call(panel);
      advance(f, cols, 4 * nr);
      advanceBy(f, dst, panelStep);
    });
    // What the last panel lacks are copies of its first column.
    f.get(extent);
    f.if(() => {
      for (let j = 0; j < nr; j++) {
        f.get(base).get(cols);
        f.i32(4 * j).i32(0);
        f.i32(j).get(extent).op("i32.lt_s").op("select").op("i32.add").mem("i32.load");
        f.i32(Math.log2(size)).op("i32.shl").op("i32.add");
      }
      push(f, rows, inner, dst, rowStep).call(panel);
    });
  });
}

/** Adds a way of products, see Note [Products], that lays a gathered B out in scratch memory for another, `way`. */
export function addLaidOut(module: ModuleBuilder, tile: Tile, way: number): number {
  const pack = addPackGathered(module, tile);
  const panel = tile.nr * tile.size;
  return module.func(i32s(14), [], (f) => {
    const [m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, d, dRow, scratch] = Array.from({ length: 14 }, (_, i) => i);
    const row = f.keep("i32", () =>
      f
        .get(n)
        .i32(tile.nr - 1)
        .op("i32.add")
        .i32(tile.nr)
        .op("i32.div_u")
        .i32(panel)
        .op("i32.mul"),
    );
    push(f, b, bRow, bCol, n, k, scratch, row).i32(panel).call(pack);
    push(f, m, n, k, a, aRow, aCol, scratch, row).i32(tile.size);
    push(f, c, cRow, d, dRow, scratch).call(way);
  });
}

/** panel(column..., rows, inner, dst, rowStep): one panel, of columns that begin at the addresses `column`. */
function emitPanel(f: FunctionBuilder, { nr, lanes, size, type }: Tile): void {
  const column = Array.from({ length: nr }, (_, j) => j);
  const [rows, inner, dst, rowStep] = [nr, nr + 1, nr + 2, nr + 3];
  const [at, to] = [f.local("i32"), f.local("i32")];
  const [x, y] = [0, 1].map(() => Array.from({ length: lanes }, () => f.local("v128")));
  /** Pushes whether what `pushAt` pushes goes on by `step`. */
  const pushNear = (pushAt: (i: number) => void, step: number): void => {
    for (let i = 1; i < lanes; i++) {
      pushAt(i);
      pushAt(i - 1);
      f.op("i32.sub").i32(step).op("i32.eq");
      if (i > 1) f.op("i32.and");
    }
  };
  const vectors = Array.from({ length: nr / lanes }, (_, v) => {
    const near = f.keep("i32", () => pushNear((i) => f.get(column[v * lanes + i]), size));
    return { first: v * lanes, near };
  });
  const copyVector = (first: number): void => {
    f.get(dst)
      .get(column[first])
      .get(at)
      .op("i32.add")
      .mem("v128.load", 0, 2)
      .mem("v128.store", first * size, 2);
  };
  const copyOneByOne = (first: number): void => {
    for (let j = first; j < first + lanes; j++)
      f.get(dst)
        .get(column[j])
        .get(at)
        .op("i32.add")
        .mem(`${type}.load`, 0, 2)
        .mem(`${type}.store`, j * size, 2);
  };
  const step = (body: () => void): void => {
    f.get(rows).mem("i32.load").i32(Math.log2(size)).op("i32.shl").set(at);
    body();
    advance(f, rows, 4);
    advanceBy(f, dst, rowStep);
  };
  for (const { near } of vectors) f.get(near);
  for (let v = 1; v < vectors.length; v++) f.op("i32.and");
  f.if(() => whileLeft(f, inner, 1, () => step(() => vectors.forEach((v) => copyVector(v.first)))));
  // Rows that are neighbours are read in vectors across, and turned.
  const turned = (): void => {
    for (const { first } of vectors) {
      for (let i = 0; i < lanes; i++)
        f.get(column[first + i])
          .get(at)
          .op("i32.add")
          .mem("v128.load", 0, 2)
          .set(x[i]);
      f.get(dst).set(to);
      for (const v of transposed(f, x, y, lanes)) {
        f.get(to)
          .get(v)
          .mem("v128.store", first * size, 2);
        advanceBy(f, to, rowStep);
      }
    }
    f.get(to).set(dst);
  };
  const near = f.local("i32");
  f.get(inner);
  f.if(() =>
    f.loop((again) => {
      f.get(rows).mem("i32.load").i32(Math.log2(size)).op("i32.shl").set(at);
      f.get(inner).i32(lanes).op("i32.ge_s").tee(near);
      f.if(() => {
        pushNear((i) => f.get(rows).mem("i32.load", 4 * i), 1);
        f.set(near);
      });
      f.get(near).if(
        () => {
          turned();
          advance(f, rows, 4 * lanes);
          advance(f, inner, -lanes);
        },
        () => {
          step(() => {
            for (const { first, near } of vectors) {
              f.get(near);
              f.if(
                () => copyVector(first),
                () => copyOneByOne(first),
              );
            }
          });
          advance(f, inner, -1);
        },
      );
      f.get(inner).brIf(again);
    }),
  );
}
