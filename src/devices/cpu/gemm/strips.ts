// Products of few rows, few columns or little depth: rows of C at a time, from A and B where they lie.
import type { FunctionBuilder, ModuleBuilder } from "../code/assembler.ts";
import type { Tile } from "./code.ts";
import { advance, advanceBy, i32s, multiplyAdd, push, whileLeft } from "./code.ts";

/**
 * Adds strips(m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, d, dRow, scratch) to a module, see Note [Products]; B has unit
 * column stride. The rest is not used.
 */
export function addStrips(module: ModuleBuilder, tile: Tile): number {
  // As many accumulators as registers hold, the more columns the fewer rows there are.
  const strips = [
    { rows: tile.mr, vectors: 2 },
    { rows: 2, vectors: 4 },
    { rows: 1, vectors: 8 },
  ].map(({ rows, vectors }) => ({ rows, code: module.func(i32s(12), [], (f) => emitStrip(f, tile, rows, vectors)) }));
  return module.func(i32s(14), [], (f) => {
    const [m, n, k, a, aRow, aCol, b, bRow, , c, cRow, d, dRow] = Array.from({ length: 13 }, (_, i) => i);
    const adds = f.keep("i32", () => f.get(d));
    for (const { rows, code } of strips)
      whileLeft(f, m, rows, () => {
        push(f, n, k, a, aRow, aCol, b, bRow, c, cRow, d, dRow, adds).call(code);
        for (let i = 0; i < rows; i++) {
          advanceBy(f, a, aRow);
          advanceBy(f, c, cRow);
          advanceBy(f, d, dRow);
        }
      });
  });
}
/** strip(n, k, a, aRow, aCol, b, bRow, c, cRow, d, dRow, adds): `rows` rows of C, `most` vectors of columns at a time. */
function emitStrip(f: FunctionBuilder, tile: Tile, rows: number, most: number): void {
  const [n, k, a, aRow, aCol, b, bRow, c, cRow, d, dRow, adds] = Array.from({ length: 12 }, (_, i) => i);
  const { size, lanes, shape } = tile;
  const acc = Array.from({ length: rows * most }, () => f.local("v128"));
  const column = Array.from({ length: most }, () => f.local("v128"));
  const [row, zero] = [f.local("v128"), f.local("v128")];
  const pointers = Array.from({ length: rows }, () => f.local("i32"));
  const [at, from, p] = [f.local("i32"), f.local("i32"), f.local("i32")];
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
      f.get(c).set(at).get(d).set(from);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < vectors; j++) {
          const sum = acc[i * vectors + j];
          f.get(adds);
          f.if(
            () =>
              void f
                .get(sum)
                .get(from)
                .mem(load, j * 16, 2)
                .op(`${shape}.add`)
                .set(sum),
          );
          f.get(at).get(sum);
          store(j * 16);
        }
        advanceBy(f, at, cRow);
        advanceBy(f, from, dRow);
      }
      advance(f, b, count * size);
      advance(f, c, count * size);
      advance(f, d, count * size);
    });
  const whole = (offset: number): void => void f.mem("v128.store", offset, 2);
  columns(most, "v128.load", whole, most * lanes);
  columns(1, "v128.load", whole, lanes);
  for (let count = lanes / 2; count >= 1; count /= 2) {
    const bits = count * size * 8;
    columns(1, `v128.load${bits}_zero`, (offset) => void f.laneMem(`v128.store${bits}_lane`, 0, offset), count);
  }
}
