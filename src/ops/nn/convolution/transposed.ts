// The transpose of a convolution as correlations.
//
// Note [Phases]: position y of a transposed convolution's result gets x[i] by tap k of a kernel where
// i * stride + k * dilation = y + padding. So the positions of equal remainder by the stride, a phase, all get theirs from the
// same taps: they are sums over windows of x. There is one phase for each number below the stride, in every dim.
import { look } from "../../common/looks.ts";
import { empty } from "../../../tensor/allocate.ts";
import { contiguousStrides, numel } from "../../../base/layout.ts";
import { assign } from "../../../tensor/elementwise.ts";
import { Tensor } from "../../../tensor/tensor.ts";
import { correlate } from "./correlation.ts";

export interface Transposed {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}
/** One dim of a phase. */
interface Phase {
  /** The first tap, and how far apart they are. */
  readonly first: number;
  readonly every: number;
  /** Where in x each tap's element for the first position is; less than 0 is before x. */
  readonly at: readonly number[];
  /** The first position, and how many there are. */
  readonly begin: number;
  readonly count: number;
}
function phasesOf(size: number, kernel: number, stride: number, padding: number, dilation: number): Phase[] {
  return Array.from({ length: stride }, (_, begin) => {
    const taps = Array.from({ length: kernel }, (_, k) => k).filter(
      (k) => (begin + padding - k * dilation) % stride === 0,
    );
    return {
      first: taps[0] ?? 0,
      every: taps.length > 1 ? taps[1] - taps[0] : 1,
      at: taps.map((k) => (begin + padding - k * dilation) / stride),
      begin,
      count: Math.max(0, Math.ceil((size - begin) / stride)),
    };
  });
}

/** Kernels [C, rows, …] weighted by x [N, C, …] and laid down side by side: [N, groups * rows, size...]. */
export function spread(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  size: readonly number[],
  by: Transposed,
): Tensor {
  const { stride, padding, dilation, groups } = by;
  const [n, channels, ...spatial] = x.sizes;
  const [, rows, ...kernel] = weight.sizes;
  let phases: Phase[][] = [[]];
  for (const [d, s] of size.entries()) {
    const along = phasesOf(s, kernel[d], stride[d], padding[d], dilation[d]);
    phases = phases.flatMap((outer) => along.map((phase) => [...outer, phase]));
  }
  /** The phase's part of each kernel: [groups, rows, channels of a group * taps]. */
  const kernels = (phase: readonly Phase[]): Tensor => {
    const [channel, row, ...steps] = weight.strides;
    const sizes = [groups, rows, channels / groups, ...phase.map((p) => p.at.length)];
    const strides = [(channels / groups) * channel, row, channel, ...phase.map((p, d) => steps[d] * p.every)];
    const offset = phase.reduce((at, p, d) => at + steps[d] * p.first, weight.offset);
    return new Tensor(weight.storage, weight.dtype, sizes, strides, offset).reshape([groups, rows, inner(phase)]);
  };
  const inner = (phase: readonly Phase[]): number => phase.reduce((m, p) => m * p.at.length, channels / groups);
  const made = (phase: readonly Phase[], plus: Tensor | null): Tensor =>
    correlate(
      x,
      kernels(phase),
      plus,
      phase.map(({ at, count }, d) => {
        const low = Math.min(...at);
        const before = Math.max(0, -low);
        return {
          taps: at.map((i) => i - low),
          places: Array.from({ length: count }, (_, i) => low + before + i),
          before,
          after: Math.max(0, count + Math.max(...at) - spatial[d]),
        };
      }),
    );
  const padded = phases.flat().some(({ at, count }, i) => {
    const n = spatial[i % size.length];
    return at.length > 0 && count > 0 && (Math.min(...at) < 0 || count + Math.max(...at) > n);
  });
  // Where looking means to wait for the device nobody looks: what weights that are not finite give at the rim is NaN there.
  const looks = weight.whole.backend.expect === undefined;
  if (padded && looks && !isFinite(weight)) return eachTap(x, weight, bias, size, by);
  const filled = phases.filter((phase) => inner(phase) > 0 && phase.every((p) => p.count > 0));
  if (phases.length === 1 && filled.length === 1) return made(phases[0], bias);
  const sizes = [n, groups * rows, ...size];
  const out = filled.length < phases.length ? x.new_zeros(sizes) : empty(sizes, x.dtype, undefined, x.backend);
  const [sample, plane, ...steps] = contiguousStrides(sizes);
  for (const phase of filled) {
    const strides = [sample, plane, ...steps.map((s, d) => s * stride[d])];
    const offset = phase.reduce((at, p, d) => at + p.begin * steps[d], 0);
    const part = [n, groups * rows, ...phase.map((p) => p.count)];
    assign(new Tensor(out.storage, out.dtype, part, strides, offset), made(phase, null));
  }
  return bias === null ? out : out.add_(bias.view([1, -1, ...size.map(() => 1)]));
}

/**
 * The same tap by tap, for weights that are not all finite: what surrounds x is 0, by which nothing is multiplied here. As
 * PyTorch does it.
 */
function eachTap(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  size: readonly number[],
  { stride, padding, dilation, groups }: Transposed,
): Tensor {
  const [n, channels, ...spatial] = x.sizes;
  const [, rows, ...kernel] = weight.sizes;
  const inner = channels / groups;
  const columns = x.reshape([n, groups, inner, numel(spatial)]);
  const taps = weight.reshape([groups, inner, rows, numel(kernel)]);
  const out = x.new_zeros([n, groups * rows, ...size]);
  const strides = contiguousStrides(kernel);
  for (let tap = 0; tap < numel(kernel); tap++) {
    let made = taps
      .select(3, tap)
      .transpose(1, 2)
      .matmul(columns)
      .reshape([n, groups * rows, ...spatial]);
    let to = out;
    for (const [d, s] of stride.entries()) {
      const at = (Math.floor(tap / strides[d]) % kernel[d]) * dilation[d] - padding[d];
      const first = Math.max(0, Math.ceil(-at / s));
      const count = Math.max(0, Math.min(spatial[d], Math.ceil((size[d] - at) / s)) - first);
      made = made.narrow(d + 2, first, count);
      to = to.slice(d + 2, at + first * s, at + (first + count) * s, s);
    }
    to.add_(made);
  }
  return bias === null ? out : out.add_(bias.view([1, -1, ...size.map(() => 1)]));
}
const isFinite = ({ whole }: Tensor): boolean =>
  !whole.backend.holdsData ||
  look(whole, (t) => Number.isFinite(Number(t.sum(null, false, { dtype: t.backend.widths.precise }).item())));
