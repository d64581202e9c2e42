// Formulas of kernel/math.ts and functions of kernel/special.ts: how far they are from the true value.
import { describe, expect, test } from "vitest";
import { featureLevel } from "../src/devices/cpu/features.ts";
import type { FeatureLevel } from "../src/devices/cpu/features.ts";
import { KernelRunner } from "../src/devices/cpu/launch.ts";
import { Threads } from "../src/devices/cpu/threads.ts";
import { float32, float64 } from "../src/dtype.ts";
import { input } from "../src/kernel/expr.ts";
import type { MathOp } from "../src/kernel/expr.ts";
import { Kernel } from "../src/kernel/loops.ts";
import { hostMath } from "../src/kernel/special.ts";

const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });
const levels: FeatureLevel[] = featureLevel() === "relaxed" ? ["relaxed", "simd128"] : ["simd128"];
const N = 1 << 16;
const FROM = 65536;
const TO = FROM + 8 * N;
const source = new Float32Array(memory.buffer, FROM, N);
const sourceBits = new Uint32Array(memory.buffer, FROM, N);
const result = new Float32Array(memory.buffer, TO, N);

const EDGES = [
  0,
  -0,
  Infinity,
  -Infinity,
  NaN,
  1,
  -1,
  1e-45,
  -1e-45,
  1e-30,
  3.4e38,
  -3.4e38,
  88.72,
  88.73,
  -87.4,
  -103.9,
  -104,
  128,
  127.99999,
  -149,
  -150,
  2,
  8,
  1000,
  0.5,
  -0.5,
  4,
  17,
  1048576,
  1048577,
  1e7,
  -1e10,
  1e30,
  Math.PI,
  Math.PI / 2,
];
/** Arguments of every size and where functions are delicate. */
const ARGUMENTS: Record<string, () => void> = {
  "all bit patterns": () => sourceBits.forEach((_, i) => (sourceBits[i] = (i * 65551 + 7) >>> 0)),
  "around 0": () => source.forEach((_, i) => (source[i] = (i / N - 0.5) * 4)),
  "up to 110": () => source.forEach((_, i) => (source[i] = (i / N - 0.5) * 220)),
  "around 1": () => source.forEach((_, i) => (source[i] = 1 + (i / N - 0.5) * 0.01)),
  edges: () => source.forEach((_, i) => (source[i] = EDGES[i % EDGES.length])),
};
/** The distance of neighbouring float32s at x. */
const unit = (x: number): number => 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(x)))) - 23);

// Errors in units of the last place, measured over a million arguments of each kind: 2.4 at most.
const LOWERED: MathOp[] = [
  "exp",
  "exp2",
  "expm1",
  "log",
  "log2",
  "log10",
  "log1p",
  "sin",
  "cos",
  "tanh",
  "sigmoid",
  "erf",
];
describe.each(levels)("at the level %s", (level) => {
  const runner = new KernelRunner({
    memory,
    threads: new Threads(memory, false),
    scratch: () => -1,
    shared: false,
    maximum: 64,
    descriptorBase: 1024,
    level,
  });
  const launchOf = (kernel: Kernel, n: number): void =>
    runner.launch(kernel, {
      shape: [n],
      reduced: 0,
      operands: [
        { ptr: FROM, strides: [1] },
        { ptr: TO, strides: [1] },
      ],
      params: [],
    });
  const kernelOf = (op: MathOp): Kernel =>
    new Kernel({ inputs: [float32], outputs: [{ dtype: float32, value: input(0, float32).apply(op) }] });

  test.each(LOWERED)("%s of float32 is right to 2.5 units in the last place", (op) => {
    const kernel = kernelOf(op);
    for (const [kind, set] of Object.entries(ARGUMENTS)) {
      set();
      launchOf(kernel, N);
      let worst = 0;
      let at = 0;
      for (let i = 0; i < N; i++) {
        const x = source[i];
        const exact = hostMath[op](x);
        const nearest = Math.fround(exact);
        if (Object.is(result[i], nearest)) continue;
        // What is 0 or not finite must be just that; the last subnormal numbers may become 0.
        const comparable = Number.isFinite(nearest) && nearest !== 0 && Number.isFinite(result[i]);
        const error = comparable ? Math.abs(result[i] - exact) / unit(exact) : Infinity;
        if (error > worst) [worst, at] = [error, x];
      }
      expect(worst, `${kind}, at ${at}`).toBeLessThan(2.5);
    }
  });
  test.each(LOWERED)("%s of an element does not depend on its place", (op) => {
    const kernel = kernelOf(op);
    for (let i = 0; i < 23; i++) source[i] = EDGES[(i * 8) % EDGES.length] * 0.7;
    const values = source.slice(0, 23);
    launchOf(kernel, 23);
    const together = result.slice(0, 23);
    for (let i = 0; i < 23; i++) {
      source[0] = values[i];
      launchOf(kernel, 1);
      expect(result[0]).toBe(together[i]);
    }
  });
  test("functions without a formula are computed by the host in float64", () => {
    for (const op of ["tan", "erfc", "lgamma", "digamma", "erfinv", "asinh"] as const) {
      for (let i = 0; i < 7; i++) source[i] = i / 8 - 0.3;
      launchOf(kernelOf(op), 7);
      for (let i = 0; i < 7; i++) expect(result[i], op).toBe(Math.fround(hostMath[op](source[i])));
    }
    const wide = new Float64Array(memory.buffer, FROM, 9);
    const value = input(0, float64).apply("exp");
    wide.forEach((_, i) => (wide[i] = i - 4.5));
    launchOf(new Kernel({ inputs: [float64], outputs: [{ dtype: float64, value }] }), 9);
    expect([...new Float64Array(memory.buffer, TO, 9)]).toEqual([...wide].map(Math.exp));
  });
  test("nextafter of float32 goes one float32 further", () => {
    const [x, y] = [input(0, float32), input(1, float32)];
    const kernel = new Kernel({ inputs: [float32, float32], outputs: [{ dtype: float32, value: x.nextafter(y) }] });
    source.set([1, 1, 0, -1, NaN, 2, 3, 0, 1, -1, -2, 1, 2, 3]);
    const operands = [FROM, FROM + 28, TO].map((ptr) => ({ ptr, strides: [1] }));
    runner.launch(kernel, { shape: [7], reduced: 0, operands, params: [] });
    expect([...result.subarray(0, 7)]).toEqual([1 - 2 ** -24, 1, -(2 ** -149), -1 - 2 ** -23, NaN, 2, 3]);
  });
});

// Computed with 50 digits.
const TRUE: Record<string, [number, number][]> = {
  erf: [
    [4.100937987289152, 0.9999999933527551],
    [1.7219362522115236e-216, 1.9429969940620073e-216],
    [-4.798450272594575, -0.9999999999884741],
    [0.10111785899978187, 0.11371159388612556],
    [0.10648495293468585, 0.11970279404435621],
    [1.3917631765034515e-183, 1.5704365738971695e-183],
    [-1.9092304306009993, -0.9930672938161486],
    [3.3837725934657067e-227, 3.8181785006554566e-227],
    [1.9420131465041912, 0.9939750666342902],
    [-0.4847584111471974, -0.5070042902670969],
    [1.0846470900792654e-208, 1.223893180096213e-208],
    [1.8191156726731554, 0.9899067473823285],
    [3.457397384702716, 0.9999989890668977],
    [-4.0844937036738305, -0.9999999923659869],
  ],
  erfc: [
    [-0.02363966823085306, 1.0266695411082147],
    [13.380081234512133, 7.473234349789423e-80],
    [25.078640902281002, 1.6120331111858523e-275],
    [18.070672052451183, 4.734539085692805e-144],
    [2.632340277636427, 0.00019711044427165512],
    [16.991261644696873, 1.3751268057642005e-127],
    [-2.8008251296709012, 1.9999253524888938],
    [11.953429555825146, 4.1541814301033816e-64],
    [13.374796631366745, 8.611595912486904e-80],
    [6.143676341573872, 3.673518821118246e-18],
    [-4.331736923450034, 1.9999999990988482],
    [14.080850833199374, 3.1187777295901157e-88],
    [15.273958812373998, 1.7714539273393447e-103],
    [2.3834890030363844, 0.0007496045922402988],
  ],
  erfinv: [
    [0.8922107912836943, 1.1371761483200846],
    [0.999999998567659, 4.279270513600399],
    [0.9125923200804447, 1.2086106973787214],
    [4.5142761096434465e-8, 4.0006730372941515e-8],
    [0.9882680073129146, 1.7819831329576663],
    [-0.349422607589714, -0.3202912373440095],
    [-0.8543771088985765, -1.0289588192870416],
    [0.9924917910899232, 1.8903937044943582],
    [6.629124028909024e-14, 5.874908206585044e-14],
    [-0.25929626242461024, -0.23399687774133146],
    [-0.07127071511808625, -0.06324625584659663],
    [0.9999996973729727, 3.6216620475454633],
    [0.4025725203764241, 0.3734255885385718],
    [0.17253531724701565, 0.15411699614092655],
  ],
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
  // Near its poles digamma is as uncertain as the distance to them.
  const tolerance = name === "digamma" ? 5e-15 : 1e-15;
  for (const [x, y] of rows) {
    const error = Math.abs(hostMath[name as MathOp](x) - y) / Math.abs(y);
    expect(error, `${name}(${x})`).toBeLessThan(tolerance);
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
