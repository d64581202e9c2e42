// ONNX's Resize: every way in which it has places, weights and roundings, as weighted sums along one dim after another.
import { int64 } from "../base/dtype.ts";
import * as F from "../nn/functional/index.ts";
import { tensor } from "../ops/creation/from_data.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { numbers } from "./running.ts";
import type { Running } from "./running.ts";

/** Of each element of the result: where it takes from, and how much of each. */
interface Taps {
  readonly places: readonly (readonly number[])[];
  readonly weights: readonly (readonly number[])[];
}
interface Along {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
  /** Where the piece of the input that is taken begins and ends, as parts of it. */
  readonly roi: readonly [number, number];
}
/** Where element i of the result lies in the input. */
function placeOf(r: Running, i: number, { from, to, scale, roi }: Along): number {
  const halfPixel = (i + 0.5) / scale - 0.5;
  const mode = r.text("coordinate_transformation_mode", r.opset < 11 ? "asymmetric" : "half_pixel");
  switch (mode) {
    case "half_pixel":
      return halfPixel;
    case "pytorch_half_pixel":
      return to > 1 ? halfPixel : 0;
    case "align_corners":
      return to === 1 ? 0 : (i * (from - 1)) / (to - 1);
    case "asymmetric":
      return i / scale;
    case "half_pixel_symmetric":
      return (from / 2) * (1 - to / (scale * from)) + halfPixel;
    case "tf_crop_and_resize": {
      const [begin, end] = roi;
      return to > 1
        ? begin * (from - 1) + (i * (end - begin) * (from - 1)) / (to - 1)
        : 0.5 * (begin + end) * (from - 1);
    }
    default:
      return r.refuse(`with coordinate_transformation_mode '${mode}'`);
  }
}
function nearest(r: Running, x: number): number {
  const mode = r.text("nearest_mode", r.opset < 11 ? "floor" : "round_prefer_floor");
  switch (mode) {
    case "round_prefer_floor":
      return Math.ceil(x - 0.5);
    case "round_prefer_ceil":
      return Math.floor(x + 0.5);
    case "floor":
      return Math.floor(x);
    case "ceil":
      return Math.ceil(x);
    default:
      return r.refuse(`with nearest_mode '${mode}'`);
  }
}
/** A filter's weight at a distance. */
function filterOf(r: Running, mode: string): { reach: number; weight: (x: number) => number } {
  if (mode === "linear") return { reach: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) };
  const a = r.float("cubic_coeff_a", -0.75);
  const weight = (distance: number): number => {
    const x = Math.abs(distance);
    if (x >= 2) return 0;
    return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : (((x - 5) * x + 8) * x - 4) * a;
  };
  return { reach: 2, weight };
}
function tapsOf(r: Running, mode: string, along: Along): Taps {
  const { from, to, scale } = along;
  const inside = (k: number): number => Math.min(Math.max(k, 0), from - 1);
  const each = Array.from({ length: to }, (_, i) => placeOf(r, i, along));
  if (mode === "nearest") return { places: each.map((x) => [inside(nearest(r, x))]), weights: each.map(() => [1]) };
  const { reach, weight } = filterOf(r, mode);
  // Where the result is smaller, a filter against aliasing is as wide as an element of it.
  const narrow = r.int("antialias", 0) === 1 ? Math.min(scale, 1) : 1;
  const excludes = r.int("exclude_outside", 0) === 1;
  const wide = reach / narrow;
  const many = 2 * Math.ceil(wide);
  const places: number[][] = [];
  const weights: number[][] = [];
  for (const x of each) {
    const begin = Math.floor(x) - Math.ceil(wide) + 1;
    const taken = Array.from({ length: many }, (_, k) => begin + k);
    let all = taken.map((k) => (excludes && k !== inside(k) ? 0 : weight((k - x) * narrow)));
    const sum = all.reduce((a, b) => a + b, 0);
    if (excludes || narrow < 1) all = all.map((w) => w / sum);
    places.push(taken.map(inside));
    weights.push(all);
  }
  return { places, weights };
}
function resampled(x: Tensor, dim: number, { places, weights }: Taps): Tensor {
  const shape = x.sizes.map((_, d) => (d === dim ? places.length : 1));
  const part = (k: number): Tensor => {
    const taken = x.index_select(dim, tensor(BigInt64Array.from(places, (p) => BigInt(p[k])), { dtype: int64 })); // prettier-ignore
    const w = weights.map((of) => of[k]);
    if (w.every((one) => one === 1)) return taken;
    return taken.mul(tensor(w, { dtype: x.dtype.is_floating_point ? x.dtype : undefined }).view(shape));
  };
  let sum: Tensor | null = null;
  for (let k = 0; k < (places[0]?.length ?? 1); k++) sum = sum === null ? part(k) : sum.add(part(k));
  return sum!;
}
/** Resize, and Upsample, which it was before. */
export function resize(r: Running): Tensor {
  let x = r.x(0);
  const given = (i: number): number[] | null => {
    const t = r.maybe(i);
    return t === null || t.numel() === 0 ? null : numbers(t);
  };
  const isOld = r.node.opType === "Upsample" || r.opset < 11;
  const axes = (r.ints("axes") ?? x.sizes.map((_, d) => d)).map((d) => (d < 0 ? d + x.ndim : d));
  let sizes = isOld ? null : given(3);
  const scales = isOld ? (given(1) ?? r.floats("scales")) : given(2);
  if ((sizes === null) === (scales === null)) r.refuse("without scales, or sizes,");
  const policy = r.text("keep_aspect_ratio_policy", "stretch");
  if (sizes !== null && policy !== "stretch") {
    const ratios = sizes.map((s, k) => s / x.sizes[axes[k]]);
    const ratio = policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
    sizes = axes.map((d) => Math.floor(ratio * x.sizes[d] + 0.5));
  }
  const named = r.text("mode", "nearest");
  const mode = named === "bilinear" || named === "trilinear" ? "linear" : named;
  if (!["nearest", "linear", "cubic"].includes(mode)) r.refuse(`with mode '${named}'`);
  const isCrop = r.text("coordinate_transformation_mode", "") === "tf_crop_and_resize";
  const roi = isCrop ? given(1) : null;
  const { dtype } = x;
  if (!dtype.is_floating_point && mode !== "nearest") x = x.float();
  for (const [k, dim] of axes.entries()) {
    const from = x.sizes[dim];
    const to = sizes?.[k] ?? Math.floor(from * scales![k]);
    if (to === from && roi === null && (scales === null || scales[k] === 1)) continue;
    const region: [number, number] = roi === null ? [0, 1] : [roi[k], roi[k + roi.length / 2]];
    const along = { from, to, scale: scales?.[k] ?? to / from, roi: region };
    x = cropped(r, x, dim, along, resampled(x, dim, tapsOf(r, mode, along)));
  }
  return x.dtype === dtype ? x : x.round().to(dtype);
}
/** What lies outside of the input is a value of its own when a piece of it is resized. */
function cropped(r: Running, x: Tensor, dim: number, along: Along, y: Tensor): Tensor {
  if (r.text("coordinate_transformation_mode", "") !== "tf_crop_and_resize") return y;
  const outside = Array.from({ length: along.to }, (_, i) => {
    const at = placeOf(r, i, along);
    return at < 0 || at > along.from - 1;
  });
  const shape = x.sizes.map((_, d) => (d === dim ? along.to : 1));
  return y.masked_fill(tensor(outside).view(shape), r.float("extrapolation_value", 0));
}
export function gridSample(r: Running): Tensor {
  const named = r.text("mode", "linear");
  const mode = { linear: "bilinear", cubic: "bicubic" }[named] ?? named;
  return F.grid_sample(r.x(0), r.x(1), {
    mode,
    padding_mode: r.text("padding_mode", "zeros"),
    align_corners: r.int("align_corners", 0) === 1,
  });
}
