// What the code of all products is written with: the register tile, and short ways to say loops and addresses.
import type { FunctionBuilder } from "../code/assembler.ts";
import type { FeatureLevel } from "../code/features.ts";

/** The tile: `mr` rows by `vectors` vectors of `lanes` columns. */
export interface Tile {
  readonly mr: number;
  /** Columns. */
  readonly nr: number;
  readonly vectors: number;
  readonly lanes: number;
  /** Bytes of an element. */
  readonly size: 4 | 8;
  readonly shape: string;
  readonly type: "f32" | "f64";
  readonly fused: boolean;
}
// 15 registers are usable: 6x2 accumulators with fused multiply-add, 5x2 where the product needs one more. In wide code two
// vectors are one register, see Note [Wide code].
export function tileFor(size: 4 | 8, level: FeatureLevel): Tile {
  const vectors = level === "wide" ? 4 : 2;
  const lanes = 16 / size;
  return {
    mr: level === "simd128" ? 5 : 6,
    nr: vectors * lanes,
    vectors,
    lanes,
    size,
    shape: size === 4 ? "f32x4" : "f64x2",
    type: size === 4 ? "f32" : "f64",
    fused: level !== "simd128",
  };
}

/** So many parameters. */
export const i32s = (n: number): "i32"[] => new Array<"i32">(n).fill("i32");
export const push = (f: FunctionBuilder, ...locals: number[]): FunctionBuilder => {
  for (const x of locals) f.get(x);
  return f;
};
/** Pushes base + index * stride. */
export const pushAt = (f: FunctionBuilder, base: number, index: number, stride: number): FunctionBuilder =>
  f.get(base).get(index).get(stride).op("i32.mul").op("i32.add");
/** Pushes base + index * bytes. */
export const pushBytes = (f: FunctionBuilder, base: number, index: number, bytes: number): FunctionBuilder =>
  f.get(base).get(index).i32(bytes).op("i32.mul").op("i32.add");
export const advance = (f: FunctionBuilder, local: number, bytes: number): FunctionBuilder =>
  f.get(local).i32(bytes).op("i32.add").set(local);
export const advanceBy = (f: FunctionBuilder, local: number, by: number): FunctionBuilder =>
  f.get(local).get(by).op("i32.add").set(local);
/** Pushes the lesser of two locals. */
export const pushLesser = (f: FunctionBuilder, x: number, y: number): FunctionBuilder =>
  f.get(x).get(y).get(x).get(y).op("i32.lt_s").op("select");
/** to = min(total - done, limit) */
export const setRest = (f: FunctionBuilder, to: number, total: number, done: number, limit: number): FunctionBuilder =>
  f.get(total).get(done).op("i32.sub").tee(to).i32(limit).get(to).i32(limit).op("i32.lt_s").op("select").set(to);
/** for (i = 0; i < limit; i += step), where limit is not 0. */
export function forSteps(f: FunctionBuilder, i: number, limit: number, step: number, body: () => void): void {
  f.i32(0).set(i);
  f.loop((again) => {
    body();
    f.get(i).i32(step).op("i32.add").tee(i).get(limit).op("i32.lt_s").brIf(again);
  });
}
/** while (left >= step) { body; left -= step } */
export function whileLeft(f: FunctionBuilder, left: number, step: number, body: () => void): void {
  f.get(left).i32(step).op("i32.ge_s");
  f.if(() => {
    f.loop((again) => {
      body();
      f.get(left).i32(step).op("i32.sub").tee(left).i32(step).op("i32.ge_s").brIf(again);
    });
  });
}
/** acc += x * y, both pushed. */
export function multiplyAdd(
  f: FunctionBuilder,
  { shape, fused }: Tile,
  acc: number,
  pushX: () => void,
  pushY: () => void,
): void {
  if (!fused) f.get(acc);
  pushX();
  pushY();
  if (fused) f.get(acc).op(`${shape}.relaxed_madd`).set(acc);
  else f.op(`${shape}.mul`).op(`${shape}.add`).set(acc);
}
