// What a product is added to, put into C first where a way cannot add it by itself.
import type { ModuleBuilder } from "../code/assembler.ts";
import type { Tile } from "./code.ts";
import { advance, advanceBy, i32s, push, whileLeft } from "./code.ts";

/** Adds copy(m, n, from, fromRow, fromCol, to, toRow) to a module: a matrix of any strides to one of unit column stride. */
export function addCopy(module: ModuleBuilder, { size, lanes, type }: Tile): number {
  return module.func(i32s(7), [], (f) => {
    const [m, n, from, fromRow, fromCol, to, toRow] = Array.from({ length: 7 }, (_, i) => i);
    const [left, at, target] = [f.local("i32"), f.local("i32"), f.local("i32")];
    const value = f.local("v128");
    whileLeft(f, m, 1, () => {
      f.get(from).set(at).get(to).set(target).get(n).set(left);
      f.get(fromCol).i32(size).op("i32.eq");
      f.if(() =>
        whileLeft(f, left, lanes, () => {
          f.get(target).get(at).mem("v128.load", 0, 2).mem("v128.store", 0, 2);
          advance(f, at, 16);
          advance(f, target, 16);
        }),
      );
      // One value all along, as a bias of rows is.
      f.get(fromCol).op("i32.eqz");
      f.if(() => {
        f.get(from)
          .mem(size === 4 ? "v128.load32_splat" : "v128.load64_splat", 0, 2)
          .set(value);
        whileLeft(f, left, lanes, () => {
          f.get(target).get(value).mem("v128.store", 0, 2);
          advance(f, target, 16);
        });
      });
      whileLeft(f, left, 1, () => {
        f.get(target).get(at).mem(`${type}.load`, 0, 2).mem(`${type}.store`, 0, 2);
        advanceBy(f, at, fromCol);
        advance(f, target, size);
      });
      advanceBy(f, from, fromRow);
      advanceBy(f, to, toRow);
    });
  });
}
/**
 * Adds a way of products, see Note [Products], by gemm(m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, accumulate), which adds
 * to C or does not.
 */
export function addByAccumulation(module: ModuleBuilder, tile: Tile, gemm: number): number {
  const copy = addCopy(module, tile);
  return module.func(i32s(14), [], (f) => {
    const [m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, d, dRow] = Array.from({ length: 13 }, (_, i) => i);
    f.get(d).op("i32.eqz").get(d).get(c).op("i32.eq").op("i32.or").op("i32.eqz");
    f.if(() => void push(f, m, n, d, dRow).i32(tile.size).get(c).get(cRow).call(copy));
    push(f, m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, d).i32(0).op("i32.ne").call(gemm);
  });
}
