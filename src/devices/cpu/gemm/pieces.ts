// A product cut into pieces of C, and a batch of products into its members: the code that a thread runs.
import type { FunctionBuilder, ModuleBuilder } from "../assembler.ts";
import type { Tile } from "./code.ts";
import { advance, advanceBy, forSteps, i32s, push, whileLeft } from "./code.ts";

/**
 * The words that describe a product: sizes, addresses, strides in bytes, from one member of the batch to the next, too. C is
 * to begin as the addend if there is one (not 0), else as it is (accumulate), else at 0, and to get the sum of so many
 * terms. Pieces are numbered row by row, one product after the other; each thread has so much scratch memory. For a gathered
 * B, bRow and bCol are the addresses of its tables.
 */
export const DESCRIPTOR = `m n k way rows cols across perBatch scratch scratchBytes
  a aRow aCol aBatch aTerm b bRow bCol bBatch bTerm c cRow cBatch accumulate addend addendRow addendCol addendBatch
  terms`.split(/\s+/);

/**
 * Adds the exported `run`, see Note [Parallel work]: it calls ways[way](m, n, k, a, aRow, aCol, …) for each piece. The way
 * `gathered` takes tables of B.
 */
export function addPieces(module: ModuleBuilder, tile: Tile, ways: readonly number[], gathered: number): void {
  const copy = module.func(i32s(7), [], (f) => emitCopy(f, tile));
  module.func(i32s(4), [], (f) => emitRun(f, tile, copy, ways, gathered), "run");
}
function emitRun(f: FunctionBuilder, { size }: Tile, copy: number, ways: readonly number[], gathered: number): void {
  const [work, unit, end, thread] = [0, 1, 2, 3];
  const d = Object.fromEntries(
    DESCRIPTOR.map((name, i) => [name, f.keep("i32", () => f.get(work).mem("i32.load", 4 * i))]),
  );
  const scratch = f.keep("i32", () =>
    f.get(d["scratchBytes"]).get(thread).op("i32.mul").get(d["scratch"]).op("i32.add"),
  );
  const [batch, i, j, m, n, accumulate, term, left] = Array.from({ length: 8 }, () => f.local("i32"));
  const times = (x: number, stride: number): FunctionBuilder => f.get(x).get(stride).op("i32.mul").op("i32.add");
  /** Pushes where an operand's part for the piece begins; the strides of what it does not have are left out. */
  const pushPart = (name: string, row: number | null, col: number | null): void => {
    f.get(d[name]);
    times(batch, d[`${name}Batch`]);
    if (row !== null) times(i, row);
    if (col !== null) times(j, col);
  };
  const within = (to: number, total: number, first: number, limit: number): void => {
    f.get(total).get(first).op("i32.sub").set(to);
    f.get(to).get(limit).get(to).get(limit).op("i32.lt_s").op("select").set(to);
  };
  f.get(end).get(unit).op("i32.sub").set(left);
  whileLeft(f, left, 1, () => {
    f.get(unit).get(d["perBatch"]).op("i32.div_u").set(batch);
    f.get(unit).get(d["perBatch"]).op("i32.rem_u").set(i);
    f.get(i).get(d["across"]).op("i32.rem_u").get(d["cols"]).op("i32.mul").set(j);
    f.get(i).get(d["across"]).op("i32.div_u").get(d["rows"]).op("i32.mul").set(i);
    within(m, d["m"], i, d["rows"]);
    within(n, d["n"], j, d["cols"]);
    const c = f.keep("i32", () => {
      pushPart("c", d["cRow"], null);
      f.get(j).i32(size).op("i32.mul").op("i32.add");
    });
    f.get(d["addend"]);
    f.if(() => {
      push(f, m, n);
      pushPart("addend", d["addendRow"], d["addendCol"]);
      push(f, d["addendRow"], d["addendCol"], c, d["cRow"]).call(copy);
    });
    const call = (way: number): void => {
      push(f, m, n, d["k"]);
      pushPart("a", d["aRow"], null);
      times(term, d["aTerm"]);
      push(f, d["aRow"], d["aCol"]);
      pushPart("b", null, way === gathered ? null : d["bCol"]);
      times(term, d["bTerm"]);
      push(f, d["bRow"], d["bCol"]);
      if (way === gathered) f.get(j).i32(4).op("i32.mul").op("i32.add");
      push(f, c, d["cRow"], accumulate, scratch).call(ways[way]);
    };
    const choose = (way: number): void => {
      if (way === ways.length - 1) return call(way);
      f.get(d["way"]).i32(way).op("i32.eq");
      f.if(
        () => call(way),
        () => choose(way + 1),
      );
    };
    f.get(d["accumulate"]).set(accumulate);
    forSteps(f, term, d["terms"], 1, () => {
      choose(0);
      f.i32(1).set(accumulate);
    });
    advance(f, unit, 1);
  });
}

/** copy(m, n, from, fromRow, fromCol, to, toRow) */
function emitCopy(f: FunctionBuilder, { size, lanes, type }: Tile): void {
  const [m, n, from, fromRow, fromCol, to, toRow] = [0, 1, 2, 3, 4, 5, 6];
  const [left, at, target] = [f.local("i32"), f.local("i32"), f.local("i32")];
  const value = f.local("v128");
  whileLeft(f, m, 1, () => {
    f.get(fromCol).i32(size).op("i32.eq");
    f.if(
      () => void f.get(to).get(from).get(n).i32(size).op("i32.mul").op("memory.copy"),
      () => {
        f.get(from).set(at);
        f.get(to).set(target);
        f.get(n).set(left);
        // One value all along, as a bias of rows is.
        f.get(fromCol)
          .op("i32.eqz")
          .if(() => {
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
      },
    );
    advanceBy(f, from, fromRow);
    advanceBy(f, to, toRow);
  });
}
