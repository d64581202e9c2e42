// A product cut into pieces of C, and a batch of products into its members: the code that a thread runs.
import type { FunctionBuilder, ModuleBuilder } from "../code/assembler.ts";
import type { Tile } from "./code.ts";
import { addCopy } from "./addend.ts";
import { advance, forSteps, i32s, push, whileLeft } from "./code.ts";

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
 * Adds the exported `run`, see Note [Parallel work]: it calls ways[way](m, n, k, a, aRow, aCol, …) for each piece,
 * see Note [Products]. The way
 * `gathered` takes tables of B.
 */
export function addPieces(module: ModuleBuilder, tile: Tile, ways: readonly number[], gathered: number): void {
  const copy = addCopy(module, tile);
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
  const [batch, i, j, m, n, from, fromRow, term, left] = Array.from({ length: 9 }, () => f.local("i32"));
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
    const setFrom = (place: number, row: number): void => void f.get(place).set(from).get(row).set(fromRow);
    f.get(d["addend"]);
    f.if(
      () => {
        pushPart("addend", d["addendRow"], d["addendCol"]);
        f.set(from);
        f.get(d["addendCol"]).i32(size).op("i32.eq");
        f.if(
          () => setFrom(from, d["addendRow"]),
          () => {
            push(f, m, n, from, d["addendRow"], d["addendCol"], c, d["cRow"]).call(copy);
            setFrom(c, d["cRow"]);
          },
        );
      },
      () => {
        f.get(c).i32(0).get(d["accumulate"]).op("select").set(from);
        f.get(d["cRow"]).set(fromRow);
      },
    );
    const call = (way: number): void => {
      push(f, m, n, d["k"]);
      pushPart("a", d["aRow"], null);
      times(term, d["aTerm"]);
      push(f, d["aRow"], d["aCol"]);
      pushPart("b", null, way === gathered ? null : d["bCol"]);
      times(term, d["bTerm"]);
      push(f, d["bRow"], d["bCol"]);
      if (way === gathered) f.get(j).i32(4).op("i32.mul").op("i32.add");
      push(f, c, d["cRow"], from, fromRow, scratch).call(ways[way]);
    };
    const choose = (way: number): void => {
      if (way === ways.length - 1) return call(way);
      f.get(d["way"]).i32(way).op("i32.eq");
      f.if(
        () => call(way),
        () => choose(way + 1),
      );
    };
    forSteps(f, term, d["terms"], 1, () => {
      choose(0);
      setFrom(c, d["cRow"]);
    });
    advance(f, unit, 1);
  });
}
