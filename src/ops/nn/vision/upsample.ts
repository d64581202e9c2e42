// Resizing of images and signals: along each dim the elements of the result are weighted sums of a few of the input's.
import type { Dtype } from "../../../base/dtype.ts";
import { float32, float64, int32, uint8 } from "../../../base/dtype.ts";
import { RuntimeError } from "../../../base/errors.ts";
import { channels_last_3d, isIn } from "../../../base/memory_format.ts";
import { index } from "../../../kernel/abstract.ts";
import { input, load, param } from "../../../kernel/expr.ts";
import { isHalf, roundedToHalf } from "../../../kernel/half.ts";
import { Kernel, operand } from "../../../kernel/loops.ts";
import { compute, inFormat, inOpmath } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import { floats, floatsAndBytes, isTaken, wideFloatsAndBytes } from "../../../dispatch/takes.ts";
import type { Taken } from "../../../dispatch/takes.ts";
import { empty, keptOn } from "../../../tensor/allocate.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { fromTyped } from "../../creation/from_data.ts";
import { index_add_ } from "../../indexing/indexing.ts";

/** For each place along a dim: which elements it is made of, and with what weights. */
interface Taps {
  /** Of a resizing alone. */
  readonly name: string;
  /** [tap][place]. */
  readonly indices: readonly Int32Array[];
  readonly weights: readonly Float64Array[];
}
type Unnamed = Omit<Taps, "name">;
type Mode = "nearest" | "nearest-exact" | "linear" | "cubic";

/** How far an input element is from the next in the result's steps. 0 for `scale` means: from the sizes. */
const stepOf = (from: number, to: number, align: boolean, scale: number): number =>
  align ? (to > 1 ? (from - 1) / (to - 1) : 0) : scale > 0 ? 1 / scale : from / to;
/** R. Keys, Cubic convolution interpolation for digital image processing, 1981; `a` is his free parameter. */
function cubic(x: number, a: number): number {
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
}
const clamp = (i: number, n: number): number => Math.min(Math.max(i, 0), n - 1);

function tapsOf(mode: Mode, from: number, to: number, align: boolean, scale: number, dtype: Dtype): Unnamed {
  const step = stepOf(from, to, align, scale);
  // Places are found in float32, as PyTorch finds them, but for weights of float64.
  const whole = (i: number): number => Math.floor(Math.fround(Math.fround(i) * Math.fround(step)));
  const taps = (count: number, at: (i: number) => readonly (readonly [number, number])[]): Unnamed => {
    const indices = Array.from({ length: count }, () => new Int32Array(to));
    const weights = Array.from({ length: count }, () => new Float64Array(to));
    for (let i = 0; i < to; i++)
      for (const [k, [index, weight]] of at(i).entries()) {
        indices[k][i] = clamp(index, from);
        weights[k][i] = weight;
      }
    return { indices, weights };
  };
  if (mode === "nearest") return taps(1, (i) => [[whole(i), 1]]);
  if (mode === "nearest-exact") return taps(1, (i) => [[whole(i + 0.5), 1]]);
  const f = dtype === float64 ? (x: number): number => x : Math.fround;
  const source = (i: number): number => (align ? f(i * f(step)) : f(f((i + 0.5) * f(step)) - 0.5));
  if (mode === "linear")
    return taps(2, (i) => {
      const x = Math.max(source(i), 0);
      const low = clamp(Math.floor(x), from);
      const rest = Math.min(x - low, 1);
      return [
        [low, 1 - rest],
        [low + 1, rest],
      ];
    });
  return taps(4, (i) => {
    const x = source(i);
    const low = Math.floor(x);
    return [-1, 0, 1, 2].map((k) => [low + k, cubic(x - low - k, -0.75)] as const);
  });
}
/** Weights of a wider filter where the result is smaller, so that no element is left out: as PIL resizes. */
function antialiased(mode: Mode, from: number, to: number, align: boolean, scale: number): Unnamed {
  const step = stepOf(from, to, align, scale);
  const stretch = Math.max(step, 1);
  const reach = (mode === "linear" ? 1 : 2) * stretch;
  const filter = (x: number): number => (mode === "linear" ? Math.max(0, 1 - Math.abs(x)) : cubic(x, -0.5));
  const indices: Int32Array[] = [];
  const weights: Float64Array[] = [];
  for (let i = 0; i < to; i++) {
    const centre = step * (i + 0.5);
    const first = Math.max(Math.trunc(centre - reach + 0.5), 0);
    const count = Math.min(Math.trunc(centre + reach + 0.5), from) - first;
    let total = 0;
    for (let k = 0; k < count; k++) {
      indices[k] ??= new Int32Array(to);
      weights[k] ??= new Float64Array(to);
      indices[k][i] = first + k;
      total += weights[k][i] = filter((first + k - centre + 0.5) / stretch);
    }
    for (let k = 0; k < count; k++) weights[k][i] = total === 0 ? 0 : weights[k][i] / total;
  }
  return { indices, weights };
}

const MODES: Readonly<Record<string, Mode>> = {
  nearest: "nearest",
  "nearest-exact": "nearest-exact",
  linear: "linear",
  bilinear: "linear",
  trilinear: "linear",
  bicubic: "cubic",
};
interface Resize {
  readonly mode: string;
  readonly align_corners: boolean;
  readonly scales: readonly number[];
  readonly antialias: boolean;
  /** See {@link isGeneral}. */
  readonly general: boolean;
}
/**
 * Whether PyTorch takes its general kernel, which keeps the weights in the image's own dtype, 16 bits of halves, and finds the
 * nearest element by the scale alone. Its other one goes pixel by pixel, with weights of float32; of two dims it takes this one
 * on one thread, and by the size of the result on several.
 */
export function isGeneral({ sizes, strides }: Tensor, mode: string): boolean {
  if (mode === "bicubic") return true;
  return sizes.length === 3 || (sizes.length === 5 && !(sizes[1] > 3 && isIn(channels_last_3d, sizes, strides)));
}
/** Weights as a dtype has them: of two of them, the first is what the second leaves of 1. */
function roundedWeights(weights: readonly Float64Array[], dtype: Dtype): Float64Array[] {
  const round = (x: number): number => roundedToHalf(x, dtype);
  const rounded = weights.map((w) => w.map(round));
  if (rounded.length === 2) rounded[0] = rounded[1].map((w) => round(1 - w));
  return rounded;
}
/** The taps of the last few resizings: a folder of images is resized alike. */
const known = new Map<string, Taps>();
const KEPT = 32;
/** Null where the dim is copied: one that keeps its size, whatever scale that came from. */
function along(d: number, from: number, to: number, resize: Resize, dtype: Dtype): Taps | null {
  const { align_corners, scales, antialias, general } = resize;
  const mode = MODES[resize.mode];
  if (from === to && (antialias || mode === "linear" || (mode === "nearest" && !general))) return null;
  const scale = mode === "nearest" && !general && to === 2 * from ? 2 : (scales[d] ?? 0);
  const key = [mode, from, to, align_corners, scale, antialias, dtype === float64].join();
  let taps = known.get(key);
  if (taps === undefined) {
    const found = antialias
      ? antialiased(mode, from, to, align_corners, scale)
      : tapsOf(mode, from, to, align_corners, scale, dtype);
    taps = { name: key, ...found };
    if (known.size >= KEPT) known.delete(known.keys().next().value!);
    known.set(key, taps);
  }
  return taps;
}
const weightsOf = (w: Float64Array, t: Tensor, dim: number, dtype: Dtype): Tensor =>
  fromTyped(w, [w.length], dtype).view(t.sizes.map((_, d) => (d === dim ? -1 : 1)));
/** More taps than these are added up in several rounds. */
const TAPS_AT_ONCE = 16;
const sums = new Map<string, Kernel>();
/**
 * The sum of so many elements, each some way from where the loop stands, by their weights; with `more` of what there was, too.
 * The first param is how far a tap's places are from the next tap's; of bytes the sum, and so much more, is then multiplied by
 * the others' ones and becomes a byte.
 */
function sumOf(count: number, from: Dtype, to: Dtype, more: boolean, isByte: boolean): Kernel {
  const key = [count, from.code, to.code, more, isByte].join();
  let kernel = sums.get(key);
  if (kernel === undefined) {
    const terms = Array.from({ length: count }, (_, k) => {
      const at = param(0, index).mul(k);
      return load(0, from, load(1, int32, at).cast(index))
        .cast(to)
        .mul(load(2, to, at));
    });
    const sum = (more ? [input(3, to), ...terms] : terms).reduce((a, b) => a.add(b));
    const whole = sum.add(param(1, to)).mul(param(2, to)).floor();
    const value = isByte ? whole.max(0).min(255).cast(uint8) : sum;
    const inputs = [from, int32, to, ...(more ? [to] : [])];
    const params = isByte ? [index, to, to] : [index];
    sums.set(key, (kernel = new Kernel({ inputs, params, outputs: [{ dtype: value.dtype, value }] })));
  }
  return kernel;
}
/** From so many taps on it pays to lay the elements of a place side by side. */
const MANY_TAPS = 4;
/** Elements that lie side by side in each place of a dim, fewer than which are not worth a loop of their own. */
const SIDE_BY_SIDE = 16;
/**
 * Each place along a dim made of its taps, which are read and added up in one pass; of bytes where weights are whole numbers,
 * of which so many bits come behind the point.
 */
function weighted(x: Tensor, dim: number, taps: Taps, dtype: Dtype, bits: number | null = null): Tensor {
  const { indices } = taps;
  if (indices.length >= MANY_TAPS && Math.abs(x.strides[dim]) < SIDE_BY_SIDE && dim > 0) {
    // The dim goes to the front, where every other element of a place is its neighbour's, and back.
    const order = [dim, ...[...x.sizes.keys()].filter((d) => d !== dim)];
    const made = weighted(x.permute(order).contiguous(), 0, taps, dtype, bits);
    return made.permute(x.sizes.map((_, d) => order.indexOf(d)));
  }
  const places = indices[0].length;
  const shape = x.sizes.with(dim, places);
  const step = x.strides[dim];
  const inDim = shape.map((_, d) => Number(d === dim));
  let sum: Tensor | null = null;
  for (let begin = 0; begin < indices.length; begin += TAPS_AT_ONCE) {
    const count = Math.min(indices.length - begin, TAPS_AT_ONCE);
    const isByte = bits !== null && begin + count === indices.length;
    const out = empty(shape, isByte ? uint8 : dtype, undefined, x.backend);
    const operands = [
      operand(x, x.strides.with(dim, 0)),
      ...tablesOf(taps, begin, count, step, x, dtype).map((t) => operand(t, inDim)),
    ];
    if (sum !== null) operands.push(operand(sum, sum.strides));
    operands.push(operand(out, out.strides));
    const params = isByte ? [places, 2 ** (bits - 1), 2 ** -bits] : [places];
    x.backend.launch(sumOf(count, x.dtype, dtype, sum !== null, isByte), { shape, reduced: 0, operands, params });
    sum = out;
  }
  return sum!;
}
/** Where `count` taps from `begin` on are, and their weights, as tables [tap, place] on the device of `x`. */
function tablesOf(
  { name, indices, weights }: Taps,
  begin: number,
  count: number,
  step: number,
  x: Tensor,
  dtype: Dtype,
): readonly Tensor[] {
  return keptOn(x.backend, `taps ${name} ${begin} ${step} ${dtype.code}`, () => {
    const places = indices[0].length;
    const where = new Int32Array(count * places);
    const by = new Float64Array(count * places);
    for (let k = 0; k < count; k++) {
      for (let i = 0; i < places; i++) where[k * places + i] = indices[begin + k][i] * step;
      by.set(weights[begin + k], k * places);
    }
    const table = [count, places];
    return [fromTyped(where, table, int32), fromTyped(by, table, dtype)];
  });
}
const alone = (taps: Taps): boolean => taps.weights.length === 1;

/** What PyTorch's kernel for a mode takes: images of bytes are resized where they have two dims. */
function taken(mode: string, dims: number, antialias: boolean): Taken {
  if (antialias) return wideFloatsAndBytes("compute_index_ranges_weights");
  if (mode === "bicubic") return floatsAndBytes("compute_indices_weights_cubic");
  if (mode === "bilinear") return floatsAndBytes("upsample_bilinear2d_channels_last");
  if (!mode.startsWith("nearest")) return floats("compute_indices_weights_linear");
  return floatsAndBytes(dims === 2 ? "upsample_nearest2d_channels_last" : "compute_indices_weights_nearest");
}

/** [N, C, …] at `output_size`; `scales`: by dim, 0 where the sizes say it; `general`: see {@link isGeneral}. @internal */
export const _upsample = op(
  "_upsample(Tensor self, int[] output_size, str mode, bool align_corners, float[] scales, bool antialias, bool general) -> Tensor",
);
define(_upsample, {
  kernel: inFormat(
    compute(({ self, output_size, ...resize }) => {
      const { mode, antialias } = resize;
      const spatial = self.sizes.slice(2);
      if ([...spatial, ...output_size].some((n) => n <= 0)) throw emptySizes(spatial, output_size);
      if (self.sizes[1] === 0)
        throw new RuntimeError(
          `Non-empty ${self.sizes.length}D data tensor expected but got a tensor with sizes [${self.sizes.join(", ")}]`,
        );
      const { dtype } = self;
      // What keeps its size is copied, and a filter never looks at it.
      const takes = taken(mode, spatial.length, antialias);
      if (!isTaken(takes, dtype) && (!antialias || spatial.some((n, d) => n !== output_size[d])))
        throw takes.refuse(dtype, dtype);
      const isWeighted = !mode.startsWith("nearest");
      if (dtype === uint8 && isWeighted) return ofBytes(self, output_size, resize).contiguous();
      const isRounded = isHalf(dtype) && resize.general;
      let x = isHalf(dtype) && isWeighted ? self.float() : self;
      for (const [i, to] of output_size.entries()) {
        const d = i + 2;
        const taps = along(i, spatial[i], to, resize, dtype);
        if (taps === null) continue;
        if (alone(taps)) x = x.index_select(d, fromTyped(taps.indices[0], [to], int32));
        else {
          const weights = isRounded ? roundedWeights(taps.weights, dtype) : taps.weights;
          x = weighted(
            x,
            d,
            { name: isRounded ? `${taps.name} of ${dtype.code}` : taps.name, indices: taps.indices, weights },
            x.dtype,
          );
        }
      }
      return (x.dtype === dtype ? x : x.to(dtype)).contiguous();
    }),
  ),
  backward: {
    self: ({ grad, sizes, mode, align_corners, scales, antialias, general }) =>
      _upsample_backward(grad, sizes.self.slice(2), mode, align_corners, scales, antialias, general),
  },
  node: ({ mode, output_size, antialias }) =>
    `Upsample${words(mode)}${output_size.length}D${antialias ? "Aa" : ""}Backward0`,
});
/**
 * Bytes smoothed along rows and then along columns, each time with weights of 16 bits and to bytes, as PyTorch does it. The
 * sums are whole numbers below 2^24, which float32 holds.
 */
function ofBytes(self: Tensor, output_size: readonly number[], resize: Resize): Tensor {
  let x = self;
  for (const [i, to] of [...output_size.entries()].reverse()) {
    const d = i + 2;
    if (to === self.sizes[d]) continue;
    const taps = along(i, self.sizes[d], to, resize, uint8)!;
    const { weights, bits } = wholeWeights(taps.weights);
    x = weighted(x, d, { name: `${taps.name} whole`, indices: taps.indices, weights }, float32, bits);
  }
  return x;
}
/** Weights as whole numbers of as many bits behind the point as 15 bits have room for. */
function wholeWeights(of: readonly Float64Array[]): {
  readonly weights: readonly Float64Array[];
  readonly bits: number;
} {
  let found = whole.get(of);
  if (found === undefined) {
    let largest = 0;
    for (const tap of of) for (const w of tap) largest = Math.max(largest, w);
    let bits = 0;
    while (bits < 22 && Math.floor(0.5 + largest * 2 ** (bits + 1)) < 2 ** 15) bits++;
    const scale = 2 ** bits;
    const weights = of.map((w) => w.map((x) => Math.sign(x) * Math.floor(Math.abs(x) * scale + 0.5)));
    whole.set(of, (found = { weights, bits }));
  }
  return found;
}
const whole = new WeakMap<readonly Float64Array[], ReturnType<typeof wholeWeights>>();
const words = (mode: string): string =>
  mode === "nearest-exact" ? "NearestExact" : mode[0].toUpperCase() + mode.slice(1);
const NAMES = ["W", "H", "D"];
const emptySizes = (spatial: readonly number[], output_size: readonly number[]): RuntimeError => {
  const named = (sizes: readonly number[]): string =>
    sizes.map((n, d) => `${NAMES[sizes.length - 1 - d]}: ${n}`).join(", ");
  return new RuntimeError(
    `Input and output sizes should be greater than 0, but got input (${named(spatial)}) ${spatial.length === 1 ? "and " : ""}output (${named(output_size)})`,
  );
};
/** The transpose of {@link _upsample}: what each element of the input gave to the result, added up. @internal */
export const _upsample_backward = op(
  "_upsample_backward(Tensor self, int[] input_size, str mode, bool align_corners, float[] scales, bool antialias, bool general) -> Tensor",
);
define(_upsample_backward, {
  kernel: inOpmath(
    compute(({ self, input_size, ...resize }) => {
      let x = self;
      for (const [i, from] of input_size.entries()) {
        const d = i + 2;
        const taps = along(i, from, x.sizes[d], resize, x.dtype);
        if (taps === null) continue;
        const out = x.new_zeros(x.sizes.with(d, from));
        for (const [k, w] of taps.weights.entries()) {
          const index = fromTyped(taps.indices[k], [w.length], int32);
          index_add_(out, d, index, alone(taps) ? x : x.mul(weightsOf(w, x, d, x.dtype)));
        }
        x = out;
      }
      return x;
    }),
  ),
  backward: {
    self: ({ grad, sizes, mode, align_corners, scales, antialias, general }) =>
      _upsample(grad, sizes.self.slice(2), mode, align_corners, scales, antialias, general),
  },
});
