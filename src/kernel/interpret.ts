// Runs a kernel by walking its expressions: slow, plain, and the oracle of every emitter.
// Floats are JavaScript numbers; integers and bools are bigints, so that nothing is lost before it is made to fit.
import type { Dtype, TypedArray } from "../base/dtype.ts";
import { bool, float32, float64, int32, int64, uint8 } from "../base/dtype.ts";
import type { BinaryOp, BitOp, CompareOp, Expr, MathOp, UnaryOp } from "./expr.ts";
import { splitComplex } from "./complex.ts";
import { halfBits, halfValue, isHalf, roundedToHalf } from "./half.ts";
import { passesOf } from "./loops.ts";
import type { Kernel, Launch } from "./loops.ts";
import { further } from "./place.ts";
import type { Place } from "./place.ts";
import { WIDE } from "./widths.ts";
import { hostMath } from "./formulas/host.ts";
import "./rare_math.ts";

type Value = number | bigint;
type Host = (dtype: Dtype, place: Place, length: number) => TypedArray;

interface State {
  /** Where the loop stands, per operand, in elements from its first. */
  at: number[];
  read: (k: number, at: number) => Value;
  params: readonly Value[];
  accs: Value[];
  iota: bigint;
  reduceIota: bigint;
}

/** Runs a kernel on memory that the host can read and write. */
export function interpret(any: Kernel, launch: Launch, host: Host, widths = WIDE): void {
  const kernel = widths.of(any);
  if (kernel.isComplex) return interpret(...splitComplex(kernel, launch), host);
  const { shape, reduced, operands, params } = launch;
  const { inputs, outputs, reduce } = kernel;
  const dtypes = [...inputs, ...outputs.map((o) => o.dtype)];
  const cell = (k: number, at: number): TypedArray => host(dtypes[k], further(operands[k], at), 1);
  const read = (k: number, at: number): Value => {
    const x = cell(k, at)[0];
    return isHalf(dtypes[k]) ? halfValue(Number(x), dtypes[k]) : load(x, dtypes[k]);
  };
  const state: State = {
    at: operands.map(() => 0),
    read,
    params: params.map((p, i) => parameter(typeof p === "bigint" ? p : Number(p), kernel.params[i])),
    accs: [],
    iota: 0n,
    reduceIota: 0n,
  };
  const store = (which: readonly number[]): void => {
    for (const i of which) {
      const { dtype, value, offset, mode = "set" } = outputs[i];
      const k = inputs.length + i;
      const at = state.at[k] + (offset ? Number(evaluate(offset, state)) : 0);
      const x = evaluate(value, state);
      const y = mode === "set" ? x : fit(binary(mode, read(k, at), x), dtype);
      (cell(k, at) as { [i: number]: Value })[0] = stored(y, dtype);
    }
  };
  const moveTo = (index: readonly number[]): void => {
    for (const [k, { strides }] of operands.entries()) state.at[k] = index.reduce((at, i, d) => at + i * strides[d], 0);
  };
  const outer = shape.length - reduced;
  const passes = passesOf(kernel);
  const last = outputs.flatMap((o, i) => (o.pass === undefined ? [i] : []));
  for (const index of indices(shape.slice(0, outer))) {
    moveTo(index);
    if (reduce) {
      state.accs = reduce.accs.map((a) => evaluate(a.init, state));
      for (const pass of passes) {
        state.reduceIota = 0n;
        for (const inner of indices(shape.slice(outer))) {
          moveTo([...index, ...inner]);
          const next = pass.accs.map((i) => evaluate(reduce.accs[i].step, state));
          store(pass.outputs);
          for (const [n, i] of pass.accs.entries()) state.accs[i] = next[n];
          if (reduce.scan) store(last);
          state.reduceIota++;
        }
      }
      moveTo(index);
    }
    if (!reduce?.scan) store(last);
    state.iota++;
  }
}

/** Every index of a shape in row-major order; one, empty, for no dims. The array is reused. */
export function* indices(shape: readonly number[]): Generator<readonly number[]> {
  const at = shape.map(() => 0);
  for (let n = shape.reduce((a, b) => a * b, 1); n > 0; n--) {
    yield at;
    for (let d = shape.length - 1; d >= 0 && ++at[d] === shape[d]; d--) at[d] = 0;
  }
}

function evaluate(e: Expr, s: State): Value {
  switch (e.op) {
    case "const":
      return e.dtype.is_floating_point ? Number(e.value) : BigInt(e.value);
    case "input":
      return s.read(Number(e.value), s.at[Number(e.value)]);
    case "load":
      return s.read(Number(e.value), s.at[Number(e.value)] + Number(evaluate(e.src[0], s)));
    case "param":
      return s.params[Number(e.value)];
    case "acc":
      return s.accs[Number(e.value)];
    case "iota":
      return s.iota;
    case "reduceIota":
      return s.reduceIota;
    case "where":
      return evaluate(e.src[0], s) ? evaluate(e.src[1], s) : evaluate(e.src[2], s);
    case "cast":
      return cast(evaluate(e.src[0], s), e.dtype);
    case "bitcast":
      return bitcast(evaluate(e.src[0], s), e.src[0].dtype, e.dtype);
    case "fma": {
      const [x, y, z] = e.src.map((x) => evaluate(x, s));
      return fit(binary("add", fit(binary("mul", x, y), e.dtype), z), e.dtype);
    }
  }
  const [x, y] = e.src.map((x) => evaluate(x, s));
  if (e.src.length === 1) return fit(unary(e.op as UnaryOp | MathOp, x, e.dtype), e.dtype);
  return fit(binary(e.op as BinaryOp, x, y, e.src[0].dtype), e.dtype);
}

const load = (x: Value, dtype: Dtype): Value => (dtype.is_floating_point ? fit(Number(x), dtype) : BigInt(x));
/** Numbers wrap around as elements do. */
function parameter(x: Value, dtype: Dtype): Value {
  if (dtype.is_floating_point) return fit(Number(x), dtype);
  if (dtype === bool) return fit(Number(x) !== 0, dtype);
  return fit(typeof x === "bigint" ? x : BigInt(Math.trunc(x)), dtype);
}
/** An element as it lies in memory, where 16-bit floats are their bits. */
const stored = (x: Value, dtype: Dtype): Value =>
  dtype === int64 ? x : isHalf(dtype) ? halfBits(Number(x), dtype) : Number(x);

/** A raw result as its dtype holds it: rounded to float32, wrapped to the integer's width. */
function fit(x: Value | boolean, dtype: Dtype): Value {
  if (dtype === float64) return x as number;
  if (dtype === float32) return Math.fround(x as number);
  if (isHalf(dtype)) return roundedToHalf(x as number, dtype);
  if (dtype === bool) return x ? 1n : 0n;
  const width = dtype.itemsize * 8;
  return dtype === uint8 ? BigInt.asUintN(width, x as bigint) : BigInt.asIntN(width, x as bigint);
}

/**
 * Floats go to int64 (for uint8 too) or, for smaller integers, to int32, then wrap. What is too large, and NaN, becomes the
 * lowest integer: so do the processors that PyTorch is built for.
 */
function cast(x: Value, to: Dtype): Value {
  if (to === float32 && typeof x === "bigint") return roundOnce(x);
  if (to.is_floating_point) return fit(Number(x), to);
  if (to === bool) return x === 0 || x === 0n ? 0n : 1n;
  if (typeof x === "bigint") return fit(x, to);
  const limit = 2 ** (to === int64 || to === uint8 ? 63 : 31);
  return fit(BigInt(x >= -limit && x < limit ? Math.trunc(x) : -limit), to);
}

/** An integer to float32 without a stop at float64, where a tie could be made or lost. */
function roundOnce(x: bigint): number {
  const near = Number(x);
  const rest = x - BigInt(near);
  const rounded = Math.fround(near);
  if (rest === 0n || rounded === near) return rounded;
  // `near` lies half way between two float32s only if rounding up and down are equally far: then the rest decides.
  const up = rounded > near ? rounded : hostMath.nextafterf(rounded, Infinity);
  const down = rounded > near ? hostMath.nextafterf(rounded, -Infinity) : rounded;
  return near - down === up - near ? (rest > 0n ? up : down) : rounded;
}

const bits = new DataView(new ArrayBuffer(8));
function bitcast(x: Value, from: Dtype, to: Dtype): Value {
  if (from === float32) bits.setFloat32(0, Number(x));
  else if (from === float64) bits.setFloat64(0, Number(x));
  else if (from === int64) bits.setBigInt64(0, BigInt(x));
  else bits.setInt32(0, Number(x));
  if (to === float32) return bits.getFloat32(0);
  if (to === float64) return bits.getFloat64(0);
  if (to === int64) return bits.getBigInt64(0);
  if (to === int32) return BigInt(bits.getInt32(0));
  throw new Error(`kernel: no bitcast to ${String(to)}`);
}

type Binary<T> = (x: T, y: T, width: bigint) => T | boolean;
const compare: Record<CompareOp, Binary<Value>> = {
  eq: (x, y) => x === y,
  ne: (x, y) => x !== y,
  lt: (x, y) => x < y,
  le: (x, y) => x <= y,
  gt: (x, y) => x > y,
  ge: (x, y) => x >= y,
};
const onFloats: Record<BinaryOp, Binary<number>> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  rem: (x, y) => x % y,
  min: (x, y) => Math.min(x, y),
  max: (x, y) => Math.max(x, y),
  pow: hostMath.pow,
  atan2: Math.atan2,
  copysign: (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x)),
  nextafter: hostMath.nextafter,
};
type IntegerOp = Exclude<BinaryOp, "atan2" | "copysign" | "nextafter"> | BitOp;
const onIntegers: Record<IntegerOp, Binary<bigint>> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => (y === 0n ? 0n : x / y),
  rem: (x, y) => (y === 0n ? 0n : x % y),
  min: (x, y) => (x < y ? x : y),
  max: (x, y) => (x > y ? x : y),
  // A negative power of an integer is a fraction, which truncates to 0 but for the units.
  pow: (x, y) => (y >= 0n ? x ** y : x === 1n ? 1n : x === -1n ? (y % 2n ? -1n : 1n) : 0n),
  and: (x, y) => x & y,
  or: (x, y) => x | y,
  xor: (x, y) => x ^ y,
  shl: (x, y, width) => (y < 0n || y >= width ? 0n : x << y),
  shr: (x, y, width) => x >> (y < 0n || y >= width ? width - 1n : y),
};
function binary(op: BinaryOp | BitOp | CompareOp, x: Value, y: Value, dtype: Dtype = float64): Value | boolean {
  if (op in compare) return compare[op as CompareOp](x, y, 0n);
  if (typeof x === "number") {
    if (op === "nextafter" && dtype === float32) return hostMath.nextafterf(x, y as number);
    return onFloats[op as BinaryOp](x, y as number, 0n);
  }
  const width = BigInt(dtype.itemsize * 8);
  // Bits move in the stored width, so an unsigned number has none left after that many.
  if (op === "shr" && dtype === uint8 && ((y as bigint) < 0n || (y as bigint) >= width)) return 0n;
  return onIntegers[op as IntegerOp](x, y as bigint, width);
}

function unary(op: UnaryOp | MathOp, x: Value, dtype: Dtype): Value {
  if (typeof x === "number") return op === "neg" ? -x : op === "round" ? roundHalfEven(x) : hostMath[op as MathOp](x);
  if (op === "neg") return -x;
  if (op === "abs") return x < 0n ? -x : x;
  if (op === "not") return dtype === bool ? 1n - x : ~x;
  return x; // floor, ceil, trunc, round
}
function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  const even = floor % 2 === 0 ? floor : floor + 1;
  const rounded = rest < 0.5 ? floor : rest > 0.5 ? floor + 1 : even;
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}
