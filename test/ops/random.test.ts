import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as dtypes from "../../src/base/dtype.ts";
import type { Dtype, TypedArray } from "../../src/base/dtype.ts";
import { NotImplementedError, RuntimeError, ValueError, set_warning_listener } from "../../src/base/errors.ts";
import { default_generator, Generator } from "../../src/random/generator.ts";
import { initial_seed, manual_seed, seed } from "../../src/ops/random/random_state.ts";
import * as fill from "../../src/random/fill.ts";
import { rand, randint } from "../../src/index.ts";

type Value = number | boolean | string | { t: number } | { int: string } | Value[];
interface Call {
  fn: string;
  dtype?: dtypes.DtypeName;
  size?: number[];
  args?: Value[];
  input?: { t: number };
  p?: number;
  options?: Record<string, Value>;
  expected: Value;
}
interface Case {
  id: string;
  seed: number | { int: string };
  calls: Call[];
  tensors: { dtype: dtypes.DtypeName; shape: number[] }[];
  data: string;
}
type FloatArray = Float32Array | Float64Array;
interface Recorded {
  data: TypedArray;
  shape: number[];
}
interface Got {
  data: TypedArray;
  /** Largest distance allowed, relative to 1 and to the value; 0 means every bit. */
  tolerance: number;
}

const warnings: string[] = [];
let listener: ReturnType<typeof set_warning_listener>;
beforeEach(() => {
  warnings.length = 0;
  listener = set_warning_listener((text) => warnings.push(text));
});
afterEach(() => void set_warning_listener(listener));

const file = JSON.parse(readFileSync(new URL("../recorded/random.json", import.meta.url), "utf8")) as { cases: Case[] };
const count = (shape: number[]): number => shape.reduce((a, b) => a * b, 1);
const dtypeOf = (name: dtypes.DtypeName): Dtype => dtypes.dtypeByName.get(name) as Dtype;
const empty = (dtype: Dtype, n: number): TypedArray => new dtype.array(n);

function tensorsOf(c: Case): Recorded[] {
  const bytes = inflateSync(Buffer.from(c.data, "base64"));
  let at = 0;
  return c.tensors.map(({ dtype, shape }) => {
    const d = dtypeOf(dtype);
    const n = count(shape);
    const part = Uint8Array.from(bytes.subarray(at, (at += n * d.itemsize)));
    return { data: new d.array(part.buffer, 0, n), shape };
  });
}

// Uniform numbers and what follows from them by +, *, < and sqrt agree in every bit, and so do float32 normals of 16 and
// more elements, whose log, sin and cos are polynomials. What passes through float64 log, sin, cos, exp or tan differs
// by an ulp or two between mathematical libraries; rounded to float32 that can move it by one ulp.
const ROUNDING: Record<string, number> = { float64: 2e-15, float32: 1.2e-7 };
// PyTorch without vector instructions takes logf, sinf and cosf of the C library in place of the polynomials, with an
// angle up to 2 pi rounded elsewhere: an ulp of the angle times radius and std.
const SCALAR = 4e-6;

function draw(call: Call, tensors: Recorded[], g: Generator, scalar: boolean): Got | bigint {
  const input = call.input && tensors[call.input.t];
  const dtype = call.dtype ? dtypeOf(call.dtype) : null;
  const args = (call.args ?? []).map((v) => (typeof v === "object" && "int" in v ? BigInt(v.int) : v));
  const numbers = args as number[];
  const float = (shape: number[] = call.size as number[]): FloatArray =>
    empty(dtype ?? dtypes.float32, count(shape)) as FloatArray;
  const normal = (x: FloatArray, mean: number, std: number): Got => {
    fill.normalFill(x, mean, std, g);
    const exact = x instanceof Float32Array && x.length >= 16;
    return { data: x, tolerance: scalar && exact ? SCALAR : exact ? 0 : ROUNDING[nameOf(x)] };
  };
  const filled = (x: TypedArray, f: () => void, exact = false): Got => {
    f();
    return { data: x, tolerance: exact ? 0 : ROUNDING[nameOf(x)] };
  };
  const like = (): TypedArray =>
    empty(dtypes.dtypes.find((d) => input!.data instanceof d.array) as Dtype, input!.data.length);
  switch (call.fn) {
    case "initial_seed":
      return g.initial_seed();
    case "get_rng_state":
      return { data: g.get_state(), tolerance: 0 };
    case "rand": {
      const x = float(Array.isArray(args[0]) ? (args[0] as number[]) : numbers);
      return filled(x, () => fill.uniformFill(x, 0, 1, g), true);
    }
    case "rand_like": {
      const x = like() as FloatArray;
      return filled(x, () => fill.uniformFill(x, 0, 1, g), true);
    }
    case "uniform_":
    case "nn.init.uniform_": {
      const x = float();
      return filled(x, () => fill.uniformFill(x, numbers[0], numbers[1], g), true);
    }
    case "randn":
      return normal(float(numbers), 0, 1);
    case "randn_like":
      return normal(like() as FloatArray, 0, 1);
    case "normal_":
    case "nn.init.normal_":
      return normal(float(), numbers[0], numbers[1]);
    case "normal": {
      const [mean, std] = args.map((v) => (typeof v === "object" ? tensors[(v as { t: number }).t]?.data : v));
      const n = (mean as FloatArray).length ?? (std as FloatArray).length ?? (args[2] as number[])[0];
      const x = new Float64Array(n);
      if (args.length === 3) return normal(x, mean as number, std as number);
      const plainStd = typeof std === "number";
      const got = normal(x, 0, plainStd ? std : 1);
      const of = (v: unknown, i: number): number => (typeof v === "number" ? v : (v as FloatArray)[i]);
      x.forEach((z, i) => (x[i] = (plainStd ? z : z * of(std, i)) + of(mean, i)));
      return got;
    }
    case "randint": {
      const x = empty(dtype ?? dtypes.int64, count(args[2] as number[]));
      return filled(x, () => fill.randintFill(x, numbers[0], numbers[1], g, dtype ?? dtypes.int64), true);
    }
    case "randint_like": {
      const x = like();
      return filled(x, () => fill.randintFill(x, numbers[0], numbers[1], g), true);
    }
    case "random_": {
      const x = empty(dtype as Dtype, count(call.size as number[]));
      const [low, high] = numbers.length === 1 ? [0, numbers[0]] : numbers;
      if (numbers.length === 0) return filled(x, () => fill.randomFill(x, dtype as Dtype, g), true);
      return filled(x, () => fill.randintFill(x, low, high, g, dtype as Dtype), true);
    }
    case "randperm":
      return { data: fill.randperm(numbers[0], g), tolerance: 0 };
    case "bernoulli": {
      const x = like();
      return filled(x, () => fill.bernoulliFill(x, input!.data as FloatArray, g), true);
    }
    case "bernoulli_": {
      const x = empty(dtype as Dtype, count(call.size as number[]));
      return filled(x, () => fill.bernoulliFill(x, numbers[0], g), true);
    }
    case "exponential_": {
      const x = float();
      return filled(x, () => fill.exponentialFill(x, numbers[0], g));
    }
    case "cauchy_": {
      const x = float();
      return filled(x, () => fill.cauchyFill(x, numbers[0], numbers[1], g));
    }
    case "log_normal_": {
      const x = float();
      return filled(x, () => fill.logNormalFill(x, numbers[0], numbers[1], g));
    }
    case "geometric_": {
      const x = empty(dtype as Dtype, count(call.size as number[]));
      return filled(x, () => fill.geometricFill(x, numbers[0], g), true);
    }
    case "multinomial": {
      const { data, shape } = input as Recorded;
      const rows = shape.length === 2 ? shape[0] : 1;
      return {
        data: fill.multinomial(data as FloatArray, numbers[0], Boolean(args[1]), g, data.length / rows),
        tolerance: 0,
      };
    }
    case "poisson": {
      const x = like() as FloatArray;
      return filled(x, () => fill.poissonFill(input!.data as FloatArray, x, g), true);
    }
    case "nn.init.trunc_normal_": {
      const x = float();
      const [mean = 0, std = 1, a = -2, b = 2] = numbers;
      return filled(x, () => fill.truncNormalFill(x, mean, std, a, b, g));
    }
    default:
      if (call.fn.startsWith("nn.init.")) return initialised(call, float(), g, normal);
      return dropped(call, input as Recorded, like() as FloatArray, g);
  }
}
const nameOf = (x: TypedArray): string => (x instanceof Float32Array ? "float32" : "float64");

/** xavier_ and kaiming_: a bound or a deviation from the shape, then a uniform or normal fill. */
function initialised(
  call: Call,
  x: FloatArray,
  g: Generator,
  normal: (x: FloatArray, m: number, s: number) => Got,
): Got {
  const [rows, columns, ...kernel] = call.size as number[];
  const fan = { fan_in: columns * count(kernel), fan_out: rows * count(kernel) };
  const { gain = 1, a = 0, mode = "fan_in", nonlinearity = "leaky_relu" } = call.options ?? {};
  const gains: Record<string, number> = {
    relu: Math.SQRT2,
    tanh: 5 / 3,
    leaky_relu: Math.sqrt(2 / (1 + (a as number) ** 2)),
  };
  const std = call.fn.includes("xavier")
    ? (gain as number) * Math.sqrt(2 / (fan.fan_in + fan.fan_out))
    : gains[nonlinearity as string] / Math.sqrt(fan[mode as "fan_in"]);
  if (call.fn.endsWith("normal_")) return normal(x, 0, std);
  fill.uniformFill(x, -Math.sqrt(3) * std, Math.sqrt(3) * std, g);
  return { data: x, tolerance: 0 };
}

/** The dropouts of nn.functional: `bernoulli_(1 - p)` for each element, or for each channel (the first two dims). */
function dropped(call: Call, input: Recorded, x: FloatArray, g: Generator): Got {
  const p = call.p as number;
  const source = input.data as FloatArray;
  const perChannel = /feature|[123]d/.test(call.fn);
  const mask = new Float64Array(perChannel ? input.shape[0] * input.shape[1] : x.length);
  if (p > 0 && p < 1) fill.bernoulliFill(mask, 1 - p, g);
  else mask.fill(1 - p);
  const kept = (i: number): number => mask[Math.floor((i * mask.length) / x.length)];
  const alpha = 1.7580993408473766;
  const scale = 1 / Math.sqrt((alpha * alpha * p + 1) * (1 - p));
  for (let i = 0; i < x.length; i++) {
    if (call.fn.includes("alpha"))
      x[i] = source[i] * kept(i) * scale + (kept(i) - 1) * alpha * scale + alpha * scale * p;
    else x[i] = kept(i) === 0 ? 0 : source[i] / (1 - p);
  }
  return { data: x, tolerance: ROUNDING[nameOf(x)] };
}

function expectClose(got: TypedArray, want: TypedArray, tolerance: number, where: string): void {
  expect(got.length, where).toBe(want.length);
  for (let i = 0; i < want.length; i++) {
    const [x, y] = [got[i], want[i]];
    const near = Math.abs(Number(x) - Number(y)) <= tolerance * Math.max(1, Math.abs(Number(y)));
    if (x !== y && !near) throw new Error(`${where}, element ${i}: got ${x}, expected ${y}`);
  }
}

describe("the numbers recorded from PyTorch come out again:", () => {
  test.each(file.cases.map((c) => [c.id, c] as const))("%s", (id, c) => {
    const tensors = tensorsOf(c);
    const g = new Generator().manual_seed(typeof c.seed === "number" ? c.seed : BigInt(c.seed.int));
    for (const [i, call] of c.calls.entries()) {
      const got = draw(call, tensors, g, id.includes("/scalar/"));
      const where = `${id}, call ${i} (${call.fn})`;
      if (typeof got === "bigint") {
        const want = call.expected as number | { int: string };
        expect(got, where).toBe(BigInt(typeof want === "number" ? want : want.int));
      } else expectClose(got.data, tensors[(call.expected as { t: number }).t].data, got.tolerance, where);
    }
  });
});

describe("seeds", () => {
  test.each([
    [0, 0n],
    [-1, 2n ** 64n - 1n],
    [-(2n ** 63n), 2n ** 63n],
    [2 ** 53, 2n ** 53n],
    [2n ** 63n, 2n ** 63n],
    [2n ** 64n - 1n, 2n ** 64n - 1n],
  ])("%s is kept as %s", (given, kept) => {
    expect(new Generator().manual_seed(given).initial_seed()).toBe(kept);
    expect(manual_seed(given)).toBe(default_generator);
    expect(initial_seed()).toBe(kept);
  });
  test("outside [-2^63, 2^64) are refused, and the stream goes on", () => {
    const g = new Generator().manual_seed(3);
    const state = g.get_state();
    for (const wrong of [2n ** 64n, 2 ** 64, -(2n ** 63n) - 1n, -1e300])
      expect(() => g.manual_seed(wrong)).toThrow(new RegExp("^Overflow when unpacking long long"));
    expect(() => g.manual_seed(2n ** 64n)).toThrow(ValueError);
    expect(g.get_state()).toEqual(state);
  });
  test("must be integers for a Generator, while torch.manual_seed cuts fractions off, as in PyTorch", () => {
    const g = new Generator();
    expect(() => g.manual_seed(1.5)).toThrow(new RuntimeError("manual_seed expected a long, but got float"));
    expect(() => g.manual_seed("a" as never)).toThrow(new RuntimeError("manual_seed expected a long, but got str"));
    expect(() => g.manual_seed(true as never)).toThrow(new RuntimeError("manual_seed expected a long, but got bool"));
    expect(manual_seed(1.5).initial_seed()).toBe(1n);
    expect(manual_seed(-1.5).initial_seed()).toBe(2n ** 64n - 1n);
    expect(() => manual_seed(NaN)).toThrow(new ValueError("cannot convert float NaN to integer"));
    expect(() => manual_seed(-Infinity)).toThrow(new ValueError("cannot convert float infinity to integer"));
  });
  test("that nobody gave are PyTorch's default for a new generator and entropy of 53 bits for seed()", () => {
    expect(new Generator().initial_seed()).toBe(67280421310721n);
    const s = seed();
    expect(s).toBe(initial_seed());
    expect(s >> 53n).toBe(0n);
    const x = default_generator.random();
    expect(manual_seed(s).random()).toBe(x);
  });
});

describe("the state", () => {
  test("brings the same numbers again, wherever in a block it is taken, a kept normal included", () => {
    const g = new Generator().manual_seed(5);
    for (const draws of [0, 1, 622, 1, 1, 300]) {
      for (let i = 0; i < draws; i++) g.random();
      fill.normalFill(new Float64Array(1), 0, 1, g);
      const state = g.get_state();
      const next = (): unknown => {
        const x = new Float64Array(700);
        fill.normalFill(x.subarray(0, 3), 0, 1, g);
        fill.uniformFill(x.subarray(3), 0, 1, g);
        return x;
      };
      const first = next();
      expect(g.set_state(state).get_state()).toEqual(state);
      expect(next()).toEqual(first);
      g.set_state(state);
    }
  });
  test("recorded from PyTorch is where PyTorch's numbers go on", () => {
    const c = file.cases.find((x) => x.id === "state with a kept normal") as Case;
    const [, state, normal, uniform] = tensorsOf(c).map((t) => t.data);
    const g = new Generator().set_state(state as Uint8Array);
    const x = new Float32Array(1);
    fill.normalFill(x, 0, 1, g);
    expectClose(x, normal, ROUNDING.float32, "kept normal");
    const y = new Float32Array(2);
    fill.uniformFill(y, 0, 1, g);
    expect(y).toEqual(uniform);
  });
  test("keeps a float32 normal too, though no fill makes one", () => {
    const g = new Generator();
    g.next_float_normal_sample = 0.5;
    expect(g.clone_state().next_float_normal_sample).toBe(0.5);
    expect(g.manual_seed(0).next_float_normal_sample).toBe(null);
  });
  test("of a clone is its own", () => {
    const g = new Generator().manual_seed(1);
    const twin = g.clone_state();
    const x = g.random64();
    expect(twin.random64()).toBe(x);
    g.random();
    expect(twin.get_state()).not.toEqual(g.get_state());
  });
  test("may lie at an odd offset of a larger buffer", () => {
    const g = new Generator().manual_seed(8);
    const bytes = new Uint8Array(5060);
    bytes.set(g.get_state(), 3);
    expect(new Generator().set_state(bytes.subarray(3, 5059)).random()).toBe(g.random());
  });
  test("that is none is refused in PyTorch's words, and the generator keeps its own", () => {
    const g = new Generator().manual_seed(2);
    const state = g.get_state();
    const size = "Expected a CPUGeneratorImplState of size 5056 but found the input RNG state size to be 100";
    expect(() => g.set_state(new Uint8Array(100))).toThrow(new RuntimeError(size));
    expect(() => g.set_state(new Uint8Array(5056))).toThrow(new RuntimeError("Invalid mt19937 state"));
    expect(() => g.set_state([1] as never)).toThrow(new TypeError("RNG state must be a torch.ByteTensor"));
    const beyond = state.slice();
    beyond[8] = 100; // 99 draws left from position 600 of 624
    new DataView(beyond.buffer).setUint32(16, 600, true);
    expect(() => g.set_state(beyond)).toThrow(new RuntimeError("Invalid mt19937 state"));
    expect(g.get_state()).toEqual(state);
  });
});

const f32 = (...x: number[]): Float32Array => Float32Array.of(...x);
const i64 = new BigInt64Array(2);
const refused: [string, (x: Float32Array, g: Generator) => unknown][] = [
  ["uniform_ expects to return a [from, to) range, but found from=2 > to=1", (x, g) => fill.uniformFill(x, 2, 1, g)],
  [
    "uniform_ expects to-from <= std::numeric_limits<Float>::max(), but found to=3e+38 and from=-3e+38 which result " +
      "in to-from to exceed the limit",
    (x, g) => fill.uniformFill(x, -3e38, 3e38, g),
  ],
  ["to is out of bounds for float", (x, g) => fill.uniformFill(x, 0, 1e40, g)],
  ["from is out of bounds for float", (x, g) => fill.uniformFill(x, NaN, 1, g)],
  ["normal expects std >= 0.0, but found std -1", (x, g) => fill.normalFill(x, 0, -1, g)],
  ["normal expects std >= 0.0, but found std nan", (x, g) => fill.normalFill(x, 0, NaN, g)],
  ["random_ expects 'from' to be less than 'to', but got from=3 >= to=3", (_, g) => fill.randintFill(i64, 3, 3, g)],
  ["to - 1 is out of bounds for unsigned char", (_, g) => fill.randintFill(new Uint8Array(2), 0, 300, g)],
  ["from is out of bounds for unsigned char", (_, g) => fill.randintFill(new Uint8Array(2), -1, 3, g)],
  ["to - 1 is out of bounds for bool", (_, g) => fill.randintFill(new Uint8Array(2), 0, 3, g, dtypes.bool)],
  ["to - 1 is out of bounds for signed char", (_, g) => fill.randintFill(new Int8Array(2), 0, 2 ** 40, g)],
  ["to - 1 is out of bounds for short int", (_, g) => fill.randintFill(new Int16Array(2), 0, 2 ** 40, g)],
  ["to - 1 is out of bounds for int", (_, g) => fill.randintFill(new Int32Array(2), 0, 2 ** 40, g)],
  [
    "random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got from=1099511758848 >= " +
      "to=1099511627778",
    (x, g) => fill.randintFill(x, 2 ** 40 + 1, 2 ** 40 + 2, g),
  ],
  ["Trying to create tensor with negative dimension -1: [-1]", (_, g) => fill.randperm(-1, g)],
  ["bernoulli_ expects p to be in [0, 1], but got p=1.5", (x, g) => fill.bernoulliFill(x, 1.5, g)],
  ["bernoulli_ expects p to be in [0, 1], but got p=nan", (x, g) => fill.bernoulliFill(x, NaN, g)],
  ["Expected p_in >= 0 && p_in <= 1 to be true, but got false.", (x, g) => fill.bernoulliFill(x, f32(0.5, 1.5), g)],
  ["exponential_ expects lambda > 0.0, but found lambda=0", (x, g) => fill.exponentialFill(x, 0, g)],
  ["exponential_ expects lambda > 0.0, but found lambda=-0", (x, g) => fill.exponentialFill(x, -0, g)],
  [
    "exponential_ expects lambda > 0.0, but found lambda=-1.23457e+06",
    (x, g) => fill.exponentialFill(x, -1234567.25, g),
  ],
  [
    "exponential_ expects lambda > 0.0, but found lambda=-1.23457e-05",
    (x, g) => fill.exponentialFill(x, -1.234567e-5, g),
  ],
  ["exponential_ expects lambda > 0.0, but found lambda=-inf", (x, g) => fill.exponentialFill(x, -Infinity, g)],
  ["cauchy_ expects sigma > 0.0, but found sigma=0", (x, g) => fill.cauchyFill(x, 0, 0, g)],
  ["log_normal_ expects std > 0.0, but found std=0", (x, g) => fill.logNormalFill(x, 0, 0, g)],
  ["geometric_ expects p to be in (0, 1), but got p=1", (x, g) => fill.geometricFill(x, 1, g)],
  ["invalid Poisson rate, expected rate to be non-negative", (x, g) => fill.poissonFill(f32(3, -1), x, g)],
  [
    "invalid multinomial distribution (sum of probabilities <= 0)",
    (_, g) => fill.multinomial(f32(1, 1, 0, 0), 1, true, g, 2),
  ],
  [
    "probability tensor contains either `inf`, `nan` or element < 0",
    (_, g) => fill.multinomial(f32(1, -1), 1, true, g),
  ],
  [
    "probability tensor contains either `inf`, `nan` or element < 0",
    (_, g) => fill.multinomial(f32(1, Infinity), 1, false, g),
  ],
  ["cannot sample n_sample <= 0 samples", (_, g) => fill.multinomial(f32(1, 1), 0, false, g)],
  [
    "cannot sample n_sample > prob_dist.size(-1) samples without replacement",
    (_, g) => fill.multinomial(f32(1, 1), 3, false, g),
  ],
  ["float division by zero", (x, g) => fill.truncNormalFill(x, 0, 0, -2, 2, g)],
  [
    "uniform_ expects to return a [from, to) range, but found from=2 > to=1",
    (x, g) => fill.truncNormalFill(x, 0, 1, 2, 1, g),
  ],
];
describe("a bad argument is refused in PyTorch's words, and changes neither array nor stream:", () => {
  test.each(refused)("%s", (sentence, call) => {
    const g = new Generator().manual_seed(4);
    const state = g.get_state();
    const x = f32(7, 8);
    expect(() => call(x, g)).toThrow(RuntimeError);
    expect(() => call(x, g)).toThrow(sentence);
    expect(x).toEqual(f32(7, 8));
    expect(g.get_state()).toEqual(state);
  });
});

describe("fills", () => {
  test("of nothing draw nothing", () => {
    const g = new Generator().manual_seed(4);
    const state = g.get_state();
    fill.uniformFill(f32(), 0, 1, g);
    fill.normalFill(f32(), 0, 1, g);
    fill.randintFill(new BigInt64Array(0), 0, 2, g);
    expect(fill.randperm(0, g)).toEqual(new BigInt64Array(0));
    expect(g.get_state()).toEqual(state);
  });
  test("of a part of an array leave the rest alone", () => {
    const g = new Generator().manual_seed(4);
    const whole = new BigInt64Array(6);
    fill.randintFill(whole.subarray(2, 4), -9, -5, g);
    expect([...whole].map((x) => x !== 0n)).toEqual([false, false, true, true, false, false]);
    const floats = new Float32Array(40);
    fill.normalFill(floats.subarray(3, 37), 0, 1, g);
    expect([...floats].map((x) => x !== 0).indexOf(false, 3)).toBe(37);
  });
  test("of integers cover the whole range and no more", () => {
    const g = new Generator().manual_seed(4);
    const x = new BigInt64Array(500);
    fill.randintFill(x, -3, 4, g);
    expect([...new Set(x)].sort((a, b) => Number(a - b))).toEqual([-3n, -2n, -1n, 0n, 1n, 2n, 3n]);
    const bytes = new Uint8Array(5000);
    fill.randomFill(bytes, dtypes.uint8, g);
    expect(new Set(bytes).size).toBe(256);
  });
  test("of a permutation hold every number once", () => {
    const x = fill.randperm(1000, new Generator().manual_seed(4));
    expect(x.slice().sort()).toEqual(BigInt64Array.from({ length: 1000 }, (_, i) => BigInt(i)));
  });
  test("of a permutation as long as PyTorch draws in another way are not written yet and say so", () => {
    expect(() => fill.randperm(2 ** 28, new Generator())).toThrow(NotImplementedError);
  });
  test("of integers beyond a float's exact ones warn, as PyTorch does", () => {
    fill.randintFill(f32(0), 0, 2 ** 40, new Generator());
    expect(warnings[0]).toContain("to - 1 is out of bounds [-(2^24), 2^24]. Due to precision limitations float");
  });
  test("of 16-bit floats are those of float32, rounded", () => {
    manual_seed(1);
    expect(rand(3, { dtype: dtypes.float16 }).tolist()).toEqual([0.7578125, 0.279296875, 0.403076171875]);
    manual_seed(1);
    expect(rand(3, { dtype: dtypes.bfloat16 }).tolist()).toEqual([0.7578125, 0.279296875, 0.40234375]);
    expect(randint(0, 5, [4], { dtype: dtypes.float16 }).lt(5).all().item()).toBe(true);
  });
  test("with a truncated normal stay inside, and warn where little is inside", () => {
    const x = new Float64Array(500);
    fill.truncNormalFill(x, 0, 1, 5, 6, new Generator().manual_seed(4));
    expect(x.every((v) => v >= 5 && v < 6)).toBe(true);
    expect(warnings[0]).toMatch(/^mean is more than 2 std from \[a, b\] in nn.init.trunc_normal_/);
  });
});
