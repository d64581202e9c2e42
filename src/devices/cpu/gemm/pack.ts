// Panels of a matrix in the order in which the register tile reads them.
import type { FunctionBuilder } from "../code/assembler.ts";
import type { Tile } from "./code.ts";
import { advance, advanceBy, forSteps, whileLeft } from "./code.ts";

/**
 * pack(src, across, along, extent, inner, dst): panels of `width` rows of A or columns of B. Within a panel the elements of
 * all of its rows stand together for each step of the inner dim; what the last panel lacks is 0. `across` and `along` are
 * the strides in bytes from row to row, and along the inner dim.
 */
export function emitPack(f: FunctionBuilder, tile: Tile, width: number): void {
  const { size, lanes, type } = tile;
  const [src, across, along, extent, inner, dst] = [0, 1, 2, 3, 4, 5];
  const [at, p] = [f.local("i32"), f.local("i32")];
  const panel = width * size;
  const rows = Array.from({ length: width }, () => f.local("i32"));
  const whole = groups(width, lanes);
  /** dst takes `steps` steps of the inner dim at a time, from `at`. */
  const walk = (steps: number, body: () => void): void =>
    whileLeft(f, p, steps, () => {
      body();
      advance(f, dst, panel * steps);
    });
  /** Neighbours across are neighbours in the panel. */
  const copied = (): void =>
    walk(1, () => {
      for (const { first, count } of whole) {
        const bits = count * size * 8;
        const [load, store] = bits === 128 ? ["v128.load", "v128.store"] : [wordOf(bits), wordOf(bits, "store")];
        f.get(dst)
          .get(at)
          .mem(load, first * size, 2)
          .mem(store, first * size, 2);
      }
      advanceBy(f, at, along);
    });
  /** Vectors along the inner dim, turned. */
  const turned = (): void => {
    f.get(src).set(rows[0]);
    for (let i = 1; i < width; i++)
      f.get(rows[i - 1])
        .get(across)
        .op("i32.add")
        .set(rows[i]);
    const x = Array.from({ length: 4 }, () => f.local("v128"));
    const y = Array.from({ length: 4 }, () => f.local("v128"));
    walk(lanes, () => {
      for (const { first, count } of whole) {
        for (let i = 0; i < count; i++)
          f.get(rows[first + i])
            .mem("v128.load", 0, 2)
            .set(x[i]);
        const bits = count * size * 8;
        const place = (step: number): number => step * panel + first * size;
        if (count === 1)
          for (let lane = 0; lane < lanes; lane++)
            f.get(dst).get(x[0]).laneMem(`v128.store${bits}_lane`, lane, place(lane));
        else if (count === lanes)
          for (const [step, v] of transposed(f, x, y, lanes).entries())
            f.get(dst).get(v).mem("v128.store", place(step), 2);
        else
          for (let half = 0; half < 2; half++) {
            interleave(f, x[0], x[1], half, lanes).set(y[half]);
            for (let lane = 0; lane < 2; lane++)
              f.get(dst)
                .get(y[half])
                .laneMem("v128.store64_lane", lane, place(half * 2 + lane));
          }
      }
      for (const row of rows) advance(f, row, 16);
    });
    f.get(rows[0]).set(at);
    scattered();
  };
  const scattered = (): void => {
    const from = f.local("i32");
    walk(1, () => {
      f.get(at).set(from);
      for (let i = 0; i < width; i++) {
        f.get(dst)
          .get(from)
          .mem(`${type}.load`, 0, 2)
          .mem(`${type}.store`, i * size, 2);
        if (i < width - 1) advanceBy(f, from, across);
      }
      advanceBy(f, at, along);
    });
  };
  /** Fewer than `width` rows are left. */
  const rest = (): void => {
    const [i, row, to] = [f.local("i32"), f.local("i32"), f.local("i32")];
    f.get(dst).i32(0).get(inner).i32(panel).op("i32.mul").op("memory.fill");
    f.get(src).set(row);
    forSteps(f, i, extent, 1, () => {
      f.get(row).set(at);
      f.get(dst).get(i).i32(size).op("i32.mul").op("i32.add").set(to);
      f.get(inner).set(p);
      whileLeft(f, p, 1, () => {
        f.get(to).get(at).mem(`${type}.load`, 0, 2).mem(`${type}.store`, 0, 2);
        advanceBy(f, at, along);
        advance(f, to, panel);
      });
      advanceBy(f, row, across);
    });
  };
  whileLeft(f, extent, width, () => {
    f.get(src).set(at);
    f.get(inner).set(p);
    f.get(across).i32(size).op("i32.eq");
    f.if(copied, () => {
      f.get(along).i32(size).op("i32.eq");
      f.if(turned, scattered);
    });
    f.get(src).get(across).i32(width).op("i32.mul").op("i32.add").set(src);
  });
  f.get(extent);
  f.if(rest);
}

/** A panel's width in pieces of a vector, half of one, a quarter. */
function groups(width: number, lanes: number): { first: number; count: number }[] {
  const out: { first: number; count: number }[] = [];
  for (let first = 0, count = lanes; first < width;)
    if (first + count <= width) {
      out.push({ first, count });
      first += count;
    } else count /= 2;
  return out;
}
const wordOf = (bits: number, what = "load"): string => `${bits === 64 ? "i64" : "i32"}.${what}`;

/** Pushes two vectors' low (or high) halves, lane by lane in turn. */
function interleave(f: FunctionBuilder, x: number, y: number, half: number, lanes: number): FunctionBuilder {
  const size = 16 / lanes;
  const bytes: number[] = [];
  for (let lane = 0; lane < lanes / 2; lane++)
    for (const vector of [0, 16])
      for (let b = 0; b < size; b++) bytes.push(vector + (half * (lanes / 2) + lane) * size + b);
  return f.get(x).get(y).shuffle(bytes);
}
/** Locals of the columns of a square of vectors: rows x, with y for room. */
export function transposed(
  f: FunctionBuilder,
  x: readonly number[],
  y: readonly number[],
  lanes: number,
): readonly number[] {
  if (lanes === 2) {
    for (let half = 0; half < 2; half++) interleave(f, x[0], x[1], half, 2).set(y[half]);
    return y.slice(0, 2);
  }
  // x0 with x2 and x1 with x3, and the results again: as in a fast Fourier transform.
  for (let i = 0; i < 2; i++)
    for (let half = 0; half < 2; half++) interleave(f, x[i], x[i + 2], half, 4).set(y[2 * i + half]);
  for (let i = 0; i < 2; i++)
    for (let half = 0; half < 2; half++) interleave(f, y[i], y[i + 2], half, 4).set(x[2 * i + half]);
  return x;
}
