// Dot products, for matrices of few rows or columns whose inner dims are both neighbours.
import type { FunctionBuilder, ModuleBuilder } from "../code/assembler.ts";
import type { Tile } from "./code.ts";
import { advance, advanceBy, i32s, multiplyAdd, push, whileLeft } from "./code.ts";

/**
 * Adds dots(m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, d, dRow, scratch) to a module, see Note [Products]; the columns
 * of A and the rows of B are neighbours. The rest is not used.
 */
export function addDots(module: ModuleBuilder, tile: Tile): number {
  const row = module.func(i32s(8), [], (f) => emitRow(f, tile));
  return module.func(i32s(14), [], (f) => {
    const [m, n, k, a, aRow, , b, , bCol, c, cRow, d, dRow] = Array.from({ length: 13 }, (_, i) => i);
    const adds = f.keep("i32", () => f.get(d));
    whileLeft(f, m, 1, () => {
      push(f, n, k, a, b, bCol, c, d, adds).call(row);
      advanceBy(f, a, aRow);
      advanceBy(f, c, cRow);
      advanceBy(f, d, dRow);
    });
  });
}
/** row(n, k, x, y, yStride, c, d, adds): the dot products of the row x with n rows y. */
function emitRow(f: FunctionBuilder, tile: Tile): void {
  const [n, k, x, y, yStride, c, d, adds] = Array.from({ length: 8 }, (_, i) => i);
  const { size, lanes, shape, type } = tile;
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
        f.get(adds);
        f.if(() => void f.get(sums[i]).get(d).mem(`${type}.load`, 0, 2).op(`${type}.add`).set(sums[i]));
        f.get(c).get(sums[i]).mem(`${type}.store`, 0, 2);
        advance(f, c, size);
        advance(f, d, size);
      }
      f.get(y).get(yStride).i32(count).op("i32.mul").op("i32.add").set(y);
    });
  rows(4, 2);
  rows(1, 4);
}
