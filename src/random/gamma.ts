// Draws of PyTorch's torch._standard_gamma, torch._sample_dirichlet and torch.binomial: its algorithms, in its order.
import type { FloatArray } from "./fill.ts";
import type { Generator } from "./generator.ts";
import { normalDouble } from "./fill.ts";

const f = Math.fround;
/** What numbers of a dtype are rounded to, the least normal one, and the last below 1. */
interface Precision {
  readonly round: (x: number) => number;
  readonly tiny: number;
  readonly last: number;
}
const SINGLE: Precision = { round: f, tiny: 2 ** -126, last: 1 - 2 ** -24 };
const DOUBLE: Precision = { round: (x) => x, tiny: 2 ** -1022, last: 1 - 2 ** -53 };
const precisionOf = (out: FloatArray): Precision => (out instanceof Float32Array ? SINGLE : DOUBLE);

/** A gamma variate of rate 1: Marsaglia and Tsang (2000), with a power of a uniform one for shapes below 1. */
function gamma(shape: number, { round }: Precision, g: Generator): number {
  let scale = 1;
  let alpha = shape;
  if (alpha < 1) {
    if (alpha === 0) return 0;
    scale = (1 - g.randomDouble()) ** round(1 / alpha);
    alpha = round(alpha + 1);
  }
  const d = round(alpha - f(1 / 3));
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    let x: number;
    let y: number;
    do {
      x = normalDouble(g);
      y = 1 + c * x;
    } while (y <= 0);
    const v = y * y * y;
    const u = 1 - g.randomDouble();
    const squared = x * x;
    if (u < 1 - f(0.0331) * squared * squared || Math.log(u) < 0.5 * squared + d * (1 - v + Math.log(v)))
      return round(scale * d * v);
  }
}
/** Gamma variates of rate 1 with the shapes that `shapes` holds. */
export function gammaFill(shapes: FloatArray, out: FloatArray, g: Generator): void {
  const precision = precisionOf(out);
  for (let i = 0; i < out.length; i++) out[i] = Math.max(precision.tiny, gamma(shapes[i], precision, g));
}
/** Gamma variates with the shapes in each row of `n`, divided by their sum. */
export function dirichletFill(shapes: FloatArray, n: number, out: FloatArray, g: Generator): void {
  const { tiny, last } = precisionOf(out);
  const drawn = Float64Array.from(out, (_, i) => Math.max(DOUBLE.tiny, gamma(shapes[i], DOUBLE, g)));
  for (let start = 0; start < out.length; start += n) {
    let sum = 0;
    for (let i = start; i < start + n; i++) sum += drawn[i];
    for (let i = start; i < start + n; i++) out[i] = Math.min(last, Math.max(tiny, drawn[i] / sum));
  }
}

/** Successes in `count` trials: by waiting times where few are expected, else by rejection (BTRS, Hörmann 1993). */
export function binomial(count: number, chance: number, g: Generator): number {
  if (count <= 0 || chance <= 0) return 0;
  if (chance >= 1) return count;
  if (chance > 0.5) return count - binomial(count, 1 - chance, g);
  if (Number.isNaN(chance)) return NaN;
  return count * chance >= 10 ? binomialByRejection(count, chance, g) : binomialByWaiting(count, chance, g);
}
function binomialByWaiting(count: number, chance: number, g: Generator): number {
  const rate = Math.log1p(-chance);
  let successes = 0;
  for (let trials = 0; ; successes++) {
    trials += Math.ceil(Math.log(g.randomDouble()) / rate);
    if (trials > count) return successes;
  }
}
function binomialByRejection(count: number, chance: number, g: Generator): number {
  const deviation = Math.sqrt(count * chance * (1 - chance));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * chance;
  const c = count * chance + 0.5;
  const squeeze = 0.92 - 4.2 / b;
  const odds = chance / (1 - chance);
  const alpha = (2.83 + 5.1 / b) * deviation;
  const m = Math.floor((count + 1) * chance);
  for (;;) {
    const u = g.randomDouble() - 0.5;
    let v = g.randomDouble();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + c);
    if (k < 0 || k > count) continue;
    if (us >= 0.07 && v <= squeeze) return k;
    v = Math.log((v * alpha) / (a / (us * us) + b));
    const bound =
      (m + 0.5) * Math.log((m + 1) / (odds * (count - m + 1))) +
      (count + 1) * Math.log((count - m + 1) / (count - k + 1)) +
      (k + 0.5) * Math.log((odds * (count - k + 1)) / (k + 1)) +
      stirlingTail(m) +
      stirlingTail(count - m) -
      stirlingTail(k) -
      stirlingTail(count - k);
    if (v <= bound) return k;
  }
}
const TAILS = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211,
  0.0138761288230707, 0.0118967099458917, 0.010411265261972, 0.00925546218271273, 0.00833056343336287,
];
/** log k! less Stirling's approximation of it. */
function stirlingTail(k: number): number {
  if (k < TAILS.length) return TAILS[k];
  const squared = (k + 1) ** 2;
  return (1 / 12 - (1 / 360 - 1 / 1260 / squared) / squared) / (k + 1);
}
