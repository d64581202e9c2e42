// Sums of products over windows: what convolutions, their transposes and their derivatives come down to.
//
// Note [Windows]: a window's element stands at the sum of two positions along each spatial dim: of the window (its place)
// and of the element within it (its tap). So a matrix of columns, a row for each channel and tap and a column for each
// place, is told by two tables of offsets, and the device gathers it block by block as it multiplies: it is never laid out.
import { further, placeOf } from "../../../kernel/place.ts";
import { empty } from "../../../tensor/allocate.ts";
import type { Matrix, Product } from "../../../devices/backend.ts";
import { float32, float64, int32 } from "../../../base/dtype.ts";
import { numel } from "../../../base/layout.ts";
import type { Shape } from "../../../base/layout.ts";
import { assign } from "../../../tensor/elementwise.ts";
import { Tensor } from "../../../tensor/tensor.ts";
import { fromTyped } from "../../creation/from_data.ts";
import { fitsTaps, sumTaps, tapGradients } from "./taps.ts";

/** Positions along one spatial dim: of taps and of places, in a tensor padded by so much before and after. */
export interface Sliding1d {
  readonly taps: readonly number[];
  readonly places: readonly number[];
  readonly before: number;
  readonly after: number;
}
export type Windows = readonly Sliding1d[];

/** What is padded at once: more does not stay in the cache. */
const CHUNK_BYTES = 1 << 20;
/** Places too few for a product of their own: those of all samples go into one. */
const FEW_PLACES = 64;

const positions = (count: number, step = 1, first = 0): number[] =>
  Array.from({ length: count }, (_, i) => first + i * step);
const sizesOf = (windows: Windows): { taps: number[]; places: number[] } => ({
  taps: windows.map((w) => w.taps.length),
  places: windows.map((w) => w.places.length),
});
const isDirect = ({ dtype }: Tensor): boolean => dtype === float32 || dtype === float64;

/** Samples of x, padded, a few at a time; the same memory for each chunk. */
interface Chunk {
  readonly x: Tensor;
  readonly first: number;
}
function* chunks(x: Tensor, windows: Windows): Generator<Chunk> {
  const [n, c, ...spatial] = x.sizes;
  if (windows.every((w) => w.before === 0 && w.after === 0)) return yield { x: x.contiguous(), first: 0 };
  const wide = windows.map((w, d) => spatial[d] + w.before + w.after);
  const most = Math.max(1, Math.min(n, Math.floor(CHUNK_BYTES / (c * numel(wide) * x.dtype.itemsize))));
  const padded = x.new_zeros([most, c, ...wide]);
  const { strides } = padded;
  const inside = windows.reduce((at, w, d) => at + w.before * strides[d + 2], 0);
  const part = (of: Tensor, count: number, from: number, sizes: Shape): Tensor =>
    new Tensor(of.storage, of.dtype, [count, c, ...sizes], of.strides, from);
  for (let first = 0; first < n; first += most) {
    const count = Math.min(most, n - first);
    assign(part(padded, count, inside, spatial), part(x, count, x.offset + first * x.strides[0], spatial));
    yield { x: part(padded, count, 0, wide), first };
  }
}

/** Positions along a dim and how far apart its neighbours are. */
export interface Along {
  readonly at: readonly number[];
  readonly stride: number;
}
/** Offsets of all combinations of positions along dims, first the outermost. */
export function offsetsOf(dims: readonly Along[]): Int32Array {
  const offsets = new Int32Array(dims.reduce((count, { at }) => count * at.length, 1));
  let filled = 1;
  for (const { at, stride } of dims) {
    for (let i = filled - 1; i >= 0; i--)
      for (let j = at.length - 1; j >= 0; j--) offsets[i * at.length + j] = offsets[i] + at[j] * stride;
    filled *= at.length;
  }
  return offsets;
}
/** The same as a tensor of int32. */
export function table(dims: readonly Along[]): Tensor {
  const offsets = offsetsOf(dims);
  return fromTyped(offsets, [offsets.length], int32);
}
const along = (x: Tensor, windows: Windows, what: "taps" | "places"): { at: readonly number[]; stride: number }[] =>
  windows.map((w, d) => ({ at: w[what], stride: x.strides[d + 2] }));
/** Tables of taps (of the channels of a group) and of places (of so many samples). */
function tables(x: Tensor, windows: Windows, groups: number, samples: number): [Tensor, Tensor] {
  const [stride, plane] = x.strides;
  return [
    table([{ at: positions(x.sizes[1] / groups), stride: plane }, ...along(x, windows, "taps")]),
    table([{ at: positions(samples), stride }, ...along(x, windows, "places")]),
  ];
}
/** Whether each place is an element, one after the other: the columns are the tensor as it lies. */
const areElements = ({ sizes }: Tensor, windows: Windows): boolean =>
  windows.every(
    (w, d) =>
      w.taps.length === 1 &&
      w.taps[0] === 0 &&
      w.places.length === sizes[d + 2] &&
      w.places[w.places.length - 1] === w.places.length - 1,
  );

/**
 * Sums of the elements in each window by `weight` [groups, rows, channels of a group * taps], plus `bias` [groups * rows]:
 * [N, groups * rows, places...].
 */
export function correlate(input: Tensor, weight: Tensor, bias: Tensor | null, windows: Windows): Tensor {
  const [groups, rows, inner] = weight.sizes;
  const { places } = sizesOf(windows);
  const [samples, , count] = [input.sizes[0], 0, numel(places)];
  const out = empty([samples, groups * rows, ...places], input.dtype, undefined, input.backend);
  if (out.numel() === 0) return out;
  const w = weight.contiguous();
  for (const { x, first } of chunks(input, windows)) {
    const n = x.sizes[0];
    const to = new Tensor(
      out.storage,
      out.dtype,
      [n, groups, rows, count],
      [groups * rows * count, rows * count, count, 1],
      first * groups * rows * count,
    );
    if (!isDirect(x)) assign(to, columnProducts(w, x, windows));
    else if (fitsTaps(rows, inner)) sumTaps(x, w, bias, windows, to);
    else multiply(x, w, bias, windows, to);
  }
  return isDirect(out) || bias === null ? out : out.add_(bias.view([1, -1, ...places.map(() => 1)]));
}
/** to[n, g] = w[g] · columns of x[n, g] + bias[g] */
function multiply(x: Tensor, w: Tensor, bias: Tensor | null, windows: Windows, to: Tensor): void {
  const [groups, rows, inner] = w.sizes;
  const [n, , , count] = to.sizes;
  const { dtype, backend } = x;
  const [sample, plane] = x.strides;
  const together = n > 1 && count < FEW_PLACES;
  const made = together ? empty([groups, rows, n, count], dtype, undefined, backend) : to;
  const elements = !together && areElements(x, windows);
  const [taps, spots] = elements ? [null, null] : tables(x, windows, groups, together ? n : 1);
  for (let g = 0; g < groups; g++) {
    const from = { ...further(x, g * (x.sizes[1] / groups) * plane), batchStride: together ? 0 : sample };
    const b: Product["b"] = elements
      ? { ...from, rowStride: plane, colStride: 1 }
      : { ...from, rowTable: placeOf(taps!), colTable: placeOf(spots!) };
    const out: Matrix = together
      ? { ...further(made, g * rows * n * count), rowStride: n * count, colStride: 1 }
      : { ...further(made, g * rows * count), rowStride: count, colStride: 1, batchStride: groups * rows * count };
    const addend =
      bias === null
        ? undefined
        : { ...further(bias, g * rows * bias.strides[0]), rowStride: bias.strides[0], colStride: 0 };
    const a = { ...further(w, g * rows * inner), rowStride: inner, colStride: 1 };
    backend.matmul(dtype, {
      m: rows,
      n: together ? n * count : count,
      k: inner,
      batch: together ? 1 : n,
      a,
      b,
      out,
      addend,
    });
  }
  if (together) assign(to, made.permute([2, 0, 1, 3]));
}
/** Products with columns laid out, [n, groups, rows, places], for dtypes that the device's product does not take. */
function columnProducts(w: Tensor, x: Tensor, windows: Windows): Tensor {
  const [groups, rows, inner] = w.sizes;
  const n = x.sizes[0];
  const products = w
    .unsqueeze(0)
    .expand([n, ...w.sizes])
    .reshape([n * groups, rows, inner])
    .bmm(columns(x, windows, groups));
  return products.view([n, groups, rows, products.sizes[2]]);
}
/** The columns of each sample and group, laid out: [n * groups, channels of a group * taps, places]. */
function columns(x: Tensor, windows: Windows, groups: number): Tensor {
  const [n, c] = x.sizes;
  const plane = x.strides[1];
  const at = table([
    { at: positions(c / groups), stride: plane },
    ...along(x, windows, "taps"),
    ...along(x, windows, "places"),
  ]);
  const { taps, places } = sizesOf(windows);
  return x
    .view([n * groups, (c / groups) * numel(x.sizes.slice(2))])
    .index_select(1, at)
    .view([n * groups, (c / groups) * numel(taps), numel(places)]);
}

/** For each row of `by` [N, groups * rows, places...]: the sum over all windows of it times what they see. */
export function correlateWeights(by: Tensor, of: Tensor, windows: Windows, groups: number): Tensor {
  const { taps, places } = sizesOf(windows);
  const [n, c] = [of.sizes[0], of.sizes[1] / groups];
  const [rows, count, inner] = [by.sizes[1] / groups, numel(places), c * numel(taps)];
  const { dtype, backend } = of;
  const out = empty([groups, rows, inner], dtype, undefined, backend);
  if (n === 0 || count === 0) return out.zero_();
  const together = isDirect(of) && !fitsTaps(rows, inner) && count < FEW_PLACES;
  // Samples that are to be one row lie in one, all channels of a sample together otherwise.
  const g = by.reshape([n, groups, rows, count]);
  for (const { x, first } of chunks(of, windows)) {
    const samples = x.sizes[0];
    const part = g.narrow(0, first, samples);
    if (!isDirect(of)) {
      const each = part.reshape([samples * groups, rows, count]).bmm(columns(x, windows, groups).transpose(1, 2));
      const sum = each.view([samples, groups, rows, inner]).sum([0]);
      if (first === 0) assign(out, sum);
      else out.add_(sum);
    } else if (fitsTaps(rows, inner)) tapGradients(part, x, windows, out, first > 0);
    else {
      const lines = together ? part.permute([1, 2, 0, 3]).contiguous() : part.contiguous();
      addProducts(lines, together, x, windows, out, first > 0);
    }
  }
  return out;
}
/** out[g] (+)= sum over samples of by[n, g] · transposed columns of x[n, g] */
function addProducts(by: Tensor, together: boolean, x: Tensor, windows: Windows, out: Tensor, more: boolean): void {
  const [groups, rows, inner] = out.sizes;
  const n = x.sizes[0];
  const count = by.sizes[3];
  const { dtype, backend } = x;
  const [sample, plane] = x.strides;
  const elements = !together && areElements(x, windows);
  const [taps, spots] = elements ? [null, null] : tables(x, windows, groups, together ? n : 1);
  for (let g = 0; g < groups; g++) {
    const a: Matrix = together
      ? { ...further(by, g * rows * n * count), rowStride: n * count, colStride: 1 }
      : { ...further(by, g * rows * count), rowStride: count, colStride: 1, termStride: groups * rows * count };
    const from = { ...further(x, g * (x.sizes[1] / groups) * plane), termStride: together ? 0 : sample };
    const b: Product["b"] = elements
      ? { ...from, rowStride: 1, colStride: plane }
      : { ...from, rowTable: placeOf(spots!), colTable: placeOf(taps!) };
    const to = { ...further(out, g * rows * inner), rowStride: inner, colStride: 1 };
    backend.matmul(dtype, {
      m: rows,
      n: inner,
      k: together ? n * count : count,
      terms: together ? 1 : n,
      a,
      b,
      out: to,
      addend: more ? to : undefined,
    });
  }
}
