// Panels of a matrix whose elements stand where two tables say: a convolution's columns, which are nowhere in memory.
import type { FunctionBuilder, ModuleBuilder } from "../assembler.ts";
import type { Tile } from "./code.ts";
import { advance, i32s, push, whileLeft } from "./code.ts";
import { transposed } from "./pack.ts";

/**
 * Adds pack(base, rows, cols, extent, inner, dst) to a module: panels of B, as in pack.ts, of the elements at
 * base + rows[i] + cols[j], offsets in bytes. `inner` of rows and `extent` of columns.
 */
export function addPackGathered(module: ModuleBuilder, tile: Tile): number {
  const { nr } = tile;
  const panel = module.func(i32s(nr + 3), [], (f) => emitPanel(f, tile));
  return module.func(i32s(6), [], (f) => {
    const [base, rows, cols, extent, inner, dst] = [0, 1, 2, 3, 4, 5];
    whileLeft(f, extent, nr, () => {
      for (let j = 0; j < nr; j++)
        f.get(base)
          .get(cols)
          .mem("i32.load", 4 * j)
          .op("i32.add");
      push(f, rows, inner, dst).call(panel);
      advance(f, cols, 4 * nr);
      f.get(dst)
        .get(inner)
        .i32(nr * tile.size)
        .op("i32.mul")
        .op("i32.add")
        .set(dst);
    });
    // What the last panel lacks are copies of its first column.
    f.get(extent);
    f.if(() => {
      for (let j = 0; j < nr; j++) {
        f.get(base).get(cols);
        f.i32(4 * j).i32(0);
        f.i32(j).get(extent).op("i32.lt_s").op("select").op("i32.add").mem("i32.load").op("i32.add");
      }
      push(f, rows, inner, dst).call(panel);
    });
  });
}

/** panel(column..., rows, inner, dst): one panel, of columns that begin at the addresses `column`. */
function emitPanel(f: FunctionBuilder, { nr, lanes, size, type }: Tile): void {
  const column = Array.from({ length: nr }, (_, j) => j);
  const [rows, inner, dst] = [nr, nr + 1, nr + 2];
  const at = f.local("i32");
  const [x, y] = [0, 1].map(() => Array.from({ length: lanes }, () => f.local("v128")));
  const bytes = nr * size;
  /** Pushes whether what `pushAt` pushes are offsets of neighbours. */
  const pushNear = (pushAt: (i: number) => void): void => {
    for (let i = 1; i < lanes; i++) {
      pushAt(i);
      pushAt(i - 1);
      f.op("i32.sub").i32(size).op("i32.eq");
      if (i > 1) f.op("i32.and");
    }
  };
  const vectors = Array.from({ length: nr / lanes }, (_, v) => {
    const near = f.keep("i32", () => pushNear((i) => f.get(column[v * lanes + i])));
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
    f.get(rows).mem("i32.load").set(at);
    body();
    advance(f, rows, 4);
    advance(f, dst, bytes);
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
      for (const [i, v] of transposed(f, x, y, lanes).entries())
        f.get(dst)
          .get(v)
          .mem("v128.store", i * bytes + first * size, 2);
    }
  };
  const near = f.local("i32");
  f.get(inner);
  f.if(() =>
    f.loop((again) => {
      f.get(rows).mem("i32.load").set(at);
      f.get(inner).i32(lanes).op("i32.ge_s").tee(near);
      f.if(() => {
        pushNear((i) => f.get(rows).mem("i32.load", 4 * i));
        f.set(near);
      });
      f.get(near).if(
        () => {
          turned();
          advance(f, rows, 4 * lanes);
          advance(f, dst, lanes * bytes);
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
