// Formulas of kernel/math.ts and functions of kernel/formulas/special.ts: how far they are from the true value.
import { at } from "../devices/places.ts";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { featureLevel, kernelLevel } from "../../src/devices/cpu/code/features.ts";
import { KernelRunner } from "../../src/devices/cpu/launch.ts";
import { Threads } from "../../src/devices/cpu/threads/threads.ts";
import { float32, float64 } from "../../src/base/dtype.ts";
import type { Dtype } from "../../src/base/dtype.ts";
import { linspace, nn, special, tensor } from "../../src/index.ts";
import { Expr, input } from "../../src/kernel/expr.ts";
import { expBelow0, raisedExp } from "../../src/kernel/formulas/exponential.ts";
import type { MathOp } from "../../src/kernel/expr.ts";
import { Kernel, operand } from "../../src/kernel/loops.ts";
import { hostMath } from "../../src/kernel/formulas/host.ts";
import { levelsFrom } from "../devices/levels.ts";

const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });
const levels = levelsFrom(kernelLevel(featureLevel()));
const N = 1 << 16;
/** Where the operands are. */
const [X, Y, RESULT] = [0, 1, 2].map((k) => 65536 + 8 * N * k);
type Floats = Float32Array | Float64Array;
const floats = (dtype: Dtype, ptr: number, n = N): Floats =>
  new (dtype === float32 ? Float32Array : Float64Array)(memory.buffer, ptr, n);
const sourceBits = new Uint32Array(memory.buffer, X, N);

type BinaryOp = "pow" | "atan2" | "rem";
type Formula = MathOp | BinaryOp;
const isBinary = (op: Formula): op is BinaryOp => op === "pow" || op === "atan2" || op === "rem";
/** The value in float64, right to about one unit in the last place. */
const inHost = (op: Formula, x: number, y: number): number => (isBinary(op) ? hostMath[op](x, y) : hostMath[op](x));

/**
 * The largest errors in units in the last place: of float32 over a million arguments of each kind, of float64 against
 * 6000 true values, rounded up. A result that is subnormal is rounded twice.
 */
const LARGEST: Partial<Record<Formula, [single: number, double: number]>> = {
  exp: [1.1, 1],
  exp2: [1.1, 1.1],
  expm1: [1.5, 1.2],
  log: [0.9, 0.8],
  log2: [0.8, 0.7],
  log10: [0.8, 0.6],
  log1p: [0.9, 0.8],
  sin: [1.6, 0.7],
  cos: [1.6, 0.8],
  tan: [2.3, 1.8],
  asin: [2.4, 1.8],
  acos: [1.2, 1.1],
  atan: [1.5, 1.2],
  sinh: [1.7, 1.5],
  cosh: [1.6, 1.2],
  tanh: [2.5, 2.2],
  asinh: [1.9, 1.5],
  acosh: [2.4, 2],
  atanh: [2, 1.8],
  sigmoid: [2.5, 1.8],
  erf: [1.4, 1.3],
  erfc: [3.6, 3.6],
  erfinv: [3, 2.8],
  pow: [0.6, 1.1],
  atan2: [1.6, 1.1],
  rem: [0, 0],
};
const FORMULAS = Object.keys(LARGEST) as Formula[];

// prettier-ignore
const EDGES = [
  0, -0, Infinity, -Infinity, NaN, 1, -1, 2, 3, -3, 8, 0.5, -0.5, 4, 17, 1000, 1048576, 1048577, 1e7, -1e10,
  1e-45, -1e-45, 1e-30, 3.4e38, -3.4e38, 88.72, 88.73, -87.4, -103.9, -104, 128, 127.99999, -149, -150, 1e30,
  5e-324, -5e-324, 1e-310, 1e300, -1e300, Number.MAX_VALUE, 709.7, 709.8, -745.2, -708.5, 1e22, 2 ** 53,
  Math.PI, Math.PI / 2, 1 - 2 ** -24, 1 + 2 ** -23, 1 - 2 ** -53, 1 + 2 ** -52, -1 + 2 ** -53,
];
/** Arguments of every size and where functions are delicate: x as a function of i / N from 0 to 1. */
const ARGUMENTS: Record<string, (i: number) => number> = {
  "around 0": (i) => (i / N - 0.5) * 4,
  "up to 110": (i) => (i / N - 0.5) * 220,
  "up to 800": (i) => (i / N - 0.5) * 1600,
  "around 1": (i) => 1 + (i / N - 0.5) * 0.01,
  edges: (i) => EDGES[i % EDGES.length],
};
/** Another argument for each, smaller than 32 or an edge. */
const other = (kind: string, i: number): number =>
  kind === "edges" ? EDGES[Math.floor(i / EDGES.length) % EDGES.length] : (((i * 40503) % N) / N - 0.5) * 64;
/** The distance of neighbouring floats at x. */
const unit = (x: number, dtype: Dtype): number => {
  const [least, fraction] = dtype === float32 ? [-126, 23] : [-1022, 52];
  return 2 ** (Math.max(least, Math.floor(Math.log2(Math.abs(x)))) - fraction);
};
const TRUE_VALUES = JSON.parse(readFileSync(new URL("../recorded/math.json", import.meta.url), "utf8")) as Record<
  string,
  number[][]
>;

describe.each(levels)("at the level %s", (level) => {
  const runner = new KernelRunner({
    memory,
    threads: new Threads(memory, false),
    scratch: () => -1,
    shared: false,
    maximum: 64,
    descriptorBase: 1024,
    level,
    wideAfter: 0,
  });
  const launchOf = (kernel: Kernel, n: number): void =>
    runner.launch(kernel, {
      shape: [n],
      reduced: 0,
      operands: [...[X, Y].slice(0, kernel.inputs.length), RESULT].map((ptr) => operand(at(ptr), [1])),
      params: [],
    });
  const kernelOf = (op: Formula | "nextafter", dtype: Dtype = float32): Kernel => {
    const src = [0, 1].slice(0, op === "nextafter" || isBinary(op) ? 2 : 1).map((k) => input(k, dtype));
    return new Kernel({ inputs: src.map(() => dtype), outputs: [{ dtype, value: new Expr(op, src, dtype) }] });
  };
  /** Expects results to be within so many units in the last place of the host's. */
  function compare(op: Formula, dtype: Dtype, kind: string, limit: number): void {
    const [x, y, result] = [X, Y, RESULT].map((ptr) => floats(dtype, ptr));
    let worst = 0;
    let at = "";
    for (let i = 0; i < N; i++) {
      const exact = inHost(op, x[i], y[i]);
      const nearest = dtype === float32 ? Math.fround(exact) : exact;
      if (Object.is(result[i], nearest)) continue;
      // As in PyTorch: 1 / (1 + e^-x) is 0 where e^-x overflows.
      if (op === "sigmoid" && result[i] === 0 && -x[i] > Math.log(dtype === float32 ? 3.4028235e38 : Number.MAX_VALUE))
        continue;
      // What is 0 or not finite must be just that.
      const comparable = Number.isFinite(nearest) && nearest !== 0 && Number.isFinite(result[i]);
      const error = comparable ? Math.abs(result[i] - exact) / unit(exact, dtype) : Infinity;
      if (error > worst) [worst, at] = [error, `${op}(${x[i]}, ${y[i]}) = ${result[i]}, not ${exact}`];
    }
    expect(worst, `${kind}: ${at}`).toBeLessThanOrEqual(limit);
  }

  test.each(FORMULAS)("%s of float32 is as near the true value as stated", (op) => {
    const kernel = kernelOf(op);
    const [x, y] = [floats(float32, X), floats(float32, Y)];
    const [limit] = LARGEST[op]!;
    for (const [kind, of] of Object.entries(ARGUMENTS)) {
      for (let i = 0; i < N; i++) [x[i], y[i]] = [of(i), other(kind, i)];
      launchOf(kernel, N);
      compare(op, float32, kind, limit);
    }
    for (let i = 0; i < N; i++) sourceBits[i] = (i * 65551 + 7) >>> 0;
    launchOf(kernel, N);
    compare(op, float32, "all bit patterns", limit);
  });
  test.each(FORMULAS)("%s of float64 is near the host's value", (op) => {
    const kernel = kernelOf(op, float64);
    const [x, y] = [floats(float64, X), floats(float64, Y)];
    // The host itself is off by up to 1.8 units, erfc and erfinv by 4.
    const host = op === "rem" ? 0 : op === "erfc" || op === "erfinv" ? 4 : 1.8;
    const limit = LARGEST[op]![1] + host;
    for (const [kind, of] of Object.entries(ARGUMENTS)) {
      for (let i = 0; i < N; i++) [x[i], y[i]] = [of(i), other(kind, i)];
      launchOf(kernel, N);
      compare(op, float64, kind, limit);
    }
    for (let i = 0; i < N; i++) x[i] = (i % 2 === 0 ? 1 : -1) * 2 ** ((i / N) * 2098 - 1074);
    launchOf(kernel, N);
    compare(op, float64, "every size", limit);
  });
  test.each(Object.entries(TRUE_VALUES))("%s of float64 is as near the true value as stated", (name, rows) => {
    const op = name as Formula;
    const result = floats(float64, RESULT);
    for (const [i, row] of rows.entries())
      for (const [k, ptr] of [X, Y].slice(0, row.length - 2).entries()) floats(float64, ptr)[i] = row[k];
    launchOf(kernelOf(op, float64), rows.length);
    for (const [i, row] of rows.entries()) {
      const [near, rest] = row.slice(-2);
      const error = Math.abs((result[i] - near) / unit(near, float64) - rest);
      expect(error, `${op}(${row.slice(0, -2).join()}) = ${result[i]}, not ${near}`).toBeLessThan(LARGEST[op]![1]);
    }
  });
  test.each(FORMULAS)("%s of an element does not depend on its place", (op) => {
    for (const dtype of [float32, float64]) {
      const kernel = kernelOf(op, dtype);
      const [x, y, result] = [X, Y, RESULT].map((ptr) => floats(dtype, ptr));
      for (let i = 0; i < 23; i++) [x[i], y[i]] = [EDGES[(i * 8) % EDGES.length] * 0.7, 2.5];
      const values = x.slice(0, 23);
      launchOf(kernel, 23);
      const together = result.slice(0, 23);
      for (let i = 0; i < 23; i++) {
        x[0] = values[i];
        launchOf(kernel, 1);
        expect(result[0]).toBe(together[i]);
      }
    }
  });
  test.each(["lgamma", "digamma"] as const)("%s agrees with 50-digit values and has the edges of the host's", (op) => {
    const [x, result] = [floats(float64, X), floats(float64, RESULT)];
    const rows = TRUE[op];
    for (const [i, [at]] of rows.entries()) x[i] = at;
    launchOf(kernelOf(op, float64), rows.length);
    for (const [i, [at, value]] of rows.entries())
      expect(Math.abs(result[i] / value - 1), `${op}(${at})`).toBeLessThan(tolerance(op));
    const edges = [0, -0, 1, 2, -1, -2, Infinity, -Infinity, NaN, 5e-324, 1e-310, -1e-310, 2.6e305, 10, 1e300];
    for (const dtype of [float32, float64]) {
      const [source, values] = [floats(dtype, X), floats(dtype, RESULT)];
      source.set(edges);
      launchOf(kernelOf(op, dtype), edges.length);
      for (const [i, at] of source.subarray(0, edges.length).entries()) {
        const expected = hostMath[op](at);
        const nearest = dtype === float32 ? Math.fround(expected) : expected;
        if (Number.isFinite(nearest) && nearest !== 0)
          expect(Math.abs(values[i] / nearest - 1), `${op}(${at})`).toBeLessThan(dtype === float32 ? 1e-7 : 1e-15);
        else expect(values[i], `${op}(${at})`).toBe(nearest);
      }
    }
  });
  const roughExponentials = { expBelow0: [expBelow0, 1, 87.3], raisedExp: [raisedExp, 2 ** 64, 131] } as const;
  for (const [name, [formula, scale, least]] of Object.entries(roughExponentials))
    test(`the exponentials of a softmax are as near the true value as PyTorch's, 1 at 0 and 0 at -∞: ${name}`, () => {
      const value = formula(input(0, float32));
      const kernel = new Kernel({ inputs: [float32], outputs: [{ dtype: float32, value }] });
      const [x, result] = [floats(float32, X), floats(float32, RESULT)];
      for (const range of [least, 1, 0.001]) {
        for (let i = 0; i < N; i++) x[i] = (-range * i) / N;
        launchOf(kernel, N);
        for (let i = 0; i < N; i++) {
          const exact = Math.exp(x[i]) * scale;
          const error = Math.abs(result[i] - exact) / unit(exact, float32);
          if (error > 2.3) expect(error, `e^${x[i]}`).toBeLessThanOrEqual(2.3);
        }
      }
      x.set([0, -0, -132.5, -1000, -3.4e38, -Infinity, NaN]);
      launchOf(kernel, 7);
      expect([...result.subarray(0, 7)]).toEqual([scale, scale, 0, 0, 0, 0, NaN]);
    });
  test("nextafter of float32 goes one float32 further", () => {
    floats(float32, X).set([1, 1, 0, -1, NaN, 2, 3]);
    floats(float32, Y).set([0, 1, -1, -2, 1, 2, 3]);
    launchOf(kernelOf("nextafter"), 7);
    const expected = [1 - 2 ** -24, 1, -(2 ** -149), -1 - 2 ** -23, NaN, 2, 3];
    expect([...floats(float32, RESULT, 7)]).toEqual(expected);
  });
});

/** Of relative errors. Near its poles digamma is as uncertain as the distance to them. */
const tolerance = (name: string): number => (name === "digamma" ? 5e-15 : 1e-15);
// Computed with 50 digits.
const TRUE: Record<string, [number, number][]> = {
  lgamma: [
    [-4.735977726202901, -2.894324310173704],
    [0.9999999997987172, 1.1618356693084175e-10],
    [1.9992709715144652, -0.00030805041182649395],
    [0.9999662453139787, 1.948467065225811e-5],
    [3.069931615632132e78, 5.517382178335824e80],
    [11.672672959054152, 16.707458841400378],
    [1.0000028442093702, -1.6417155494052524e-6],
    [28.062881057975414, 64.76601344180274],
    [20.977208965583124, 42.26678826572884],
    [24.50756019616814, 53.21452297374746],
    [-6.292406809554071, -5.758897832949592],
    [22.900358042727284, 48.16115731800775],
    [13.753783116683314, 21.913539492810077],
    [2.603781152175956e44, 2.636867627618091e46],
  ],
  digamma: [
    [1.4623573288885778, 0.0007015076054920436],
    [8.830046407732978e-19, -1.132496879205802e18],
    [-5.921580944061915, -10.632293694007915],
    [11.06660250711996, 2.3580709178511725],
    [9.824015921158848, 2.2330717425069544],
    [22.263055320948713, 3.0803017625563984],
    [1.02747086295125e78, 179.62873756329668],
    [16.77475408081039, 2.7897722852963005],
    [27.35318245176989, 3.290442109606438],
    [10.809883046700104, 2.3334943077629906],
    [13.266200631211372, 2.547056490683694],
    [16.563722560799434, 2.7767248348912164],
    [12.466359626741582, 2.4823899752670293],
    [27.49132277982464, 3.2955726147743305],
  ],
};
test.each(Object.entries(TRUE))("%s agrees with 50-digit values", (name, rows) => {
  for (const [x, y] of rows) {
    const error = Math.abs(hostMath[name as MathOp](x) - y) / Math.abs(y);
    expect(error, `${name}(${x})`).toBeLessThan(tolerance(name));
  }
});
test("the host's functions of this library agree with 50-digit values", () => {
  for (const op of ["erf", "erfc", "erfinv", "pow"] as const)
    for (const row of TRUE_VALUES[op]) {
      const [near, rest] = row.slice(-2);
      const error = Math.abs((inHost(op, row[0], row[1]) - near) / unit(near, float64) - rest);
      expect(error, `${op}(${row.join()})`).toBeLessThan(4);
    }
});
test("special functions at their edges", () => {
  const { erf, erfc, erfinv, lgamma, digamma, pow, nextafter, nextafterf, sigmoid } = hostMath;
  expect([erf(Infinity), erf(-Infinity), erf(NaN), erf(-0)]).toEqual([1, -1, NaN, -0]);
  expect([erfc(Infinity), erfc(-Infinity), erfc(30), erfc(0)]).toEqual([0, 2, 0, 1]);
  expect([erfinv(1), erfinv(-1), erfinv(1.5), erfinv(NaN)]).toEqual([Infinity, -Infinity, NaN, NaN]);
  expect([1, 2, 0, -3, Infinity, -Infinity].map(lgamma)).toEqual([0, 0, Infinity, Infinity, Infinity, Infinity]);
  expect([0, -0, -2, Infinity, -Infinity].map(digamma)).toEqual([-Infinity, Infinity, NaN, Infinity, NaN]);
  expect([pow(1, NaN), pow(-1, Infinity), pow(NaN, 0), pow(-8, 1 / 3)]).toEqual([1, 1, 1, NaN]);
  expect([sigmoid(-740), sigmoid(800)]).toEqual([Math.exp(-740), 1]);
  expect([nextafter(0, 1), nextafter(0, -1), nextafter(1, 2), nextafter(-1, 0)]).toEqual([
    5e-324,
    -5e-324,
    1 + 2 ** -52,
    -1 + 2 ** -53,
  ]);
  expect([nextafterf(0, -1), nextafterf(-1, -2), nextafterf(1, NaN)]).toEqual([-(2 ** -149), -1 - 2 ** -23, NaN]);
});
test("powers that PyTorch takes as roots and reciprocals are what it prints at the edges", () => {
  const expected: Record<number, number[]> = {
    0.5: [-0, NaN, 0, Infinity],
    [-0.5]: [-Infinity, NaN, Infinity, 0],
    [-1]: [-Infinity, -0, Infinity, 0],
    [-2]: [Infinity, 0, Infinity, 0],
  };
  for (const [p, values] of Object.entries(expected))
    for (const dtype of [float32, float64]) {
      const x = tensor([-0, -Infinity, 0, Infinity], { dtype });
      expect(x.pow(Number(p)).tolist(), `power ${p}`).toEqual(values);
    }
});
test("gelu of float32 keeps its digits far below 0, where PyTorch's has lost them", () => {
  const x = linspace(-12, 3, 2001);
  const wide = x.to(float64);
  const exact = special.erfc(wide.mul(-Math.SQRT1_2)).mul(0.5).mul(wide);
  const error = nn.functional.gelu(x).to(float64).sub(exact).abs();
  expect(error.le(exact.abs().mul(1e-5)).all().item()).toBe(true);
});
