// What undoes a pool, and pools of windows of uneven size.
import { int64 } from "../../../base/dtype.ts";
import { RuntimeError } from "../../../base/errors.ts";
import { list, numel } from "../../../base/layout.ts";
import { composite, host, inFormat } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { fromTyped } from "../../creation/from_data.ts";
import { floats } from "../../../dispatch/takes.ts";
import { scatter } from "../../indexing/indexing.ts";

/** Zeros of [N, C, output_size…] with the elements of self at `indices`, places in the flattened spatial dims. @internal */
export const _max_unpool = op("_max_unpool(Tensor self, Tensor indices, int[] output_size) -> Tensor");
define(_max_unpool, {
  takes: floats("max_unpool2d"),
  kernel: inFormat(
    host(({ self, indices, output_size }) => {
      const lead = self.sizes.slice(0, self.sizes.length - output_size.length);
      const n = numel(output_size);
      if (indices.dtype !== int64)
        throw new RuntimeError(`elements in indices should be type int64 but got: ${indices.dtype.legacyName}`);
      if (list(indices.sizes) !== list(self.sizes))
        throw new RuntimeError(
          `Expected shape of indices to be same as that of the input tensor (${list(self.sizes)}) but got indices tensor with shape: ${list(indices.sizes)}`,
        );
      const bad = (indices.typed_array() as BigInt64Array).find((i) => i < 0n || i >= BigInt(n));
      if (bad !== undefined)
        throw new RuntimeError(
          `Found an invalid max index: ${bad} (output volumes are of size ${output_size.join("x")})`,
        );
      return scatter(self.new_zeros([...lead, n]), -1, indices.flatten(lead.length), self.flatten(lead.length)).view([
        ...lead,
        ...output_size,
      ]);
    }),
  ),
  saves: ["indices"],
  backward: {
    self: ({ grad, indices, output_size }) => {
      const lead = grad.sizes.slice(0, grad.sizes.length - output_size.length);
      return grad.flatten(lead.length).gather(-1, indices.flatten(lead.length)).view(indices.sizes);
    },
  },
  node: ({ output_size }) => `MaxUnpool${output_size.length}DBackward0`,
});

/** Where the windows of one dim begin: B. Graham, Fractional max-pooling, 2014, with `sample` as his u. */
function starts(sample: number, from: number, to: number, kernel: number): number[] {
  if (to === 1) return [from - kernel];
  const alpha = (from - kernel) / (to - 1);
  return Array.from({ length: to }, (_, i) =>
    i === to - 1 ? from - kernel : Math.trunc((i + sample) * alpha) - Math.trunc(sample * alpha),
  );
}
/** Raises for samples that are not one a dim for each channel of `self`; there may be more than its batch wants. */
function assertSamples(samples: Tensor, self: Tensor, dims: number): void {
  const [n, c, each] = samples.sizes;
  if (samples.dtype !== self.dtype) throw new RuntimeError("Expect _random_samples to have the same dtype as input");
  if (samples.sizes.length !== 3)
    throw new RuntimeError(`Expect _random_samples to have 3 dimensions, got ${samples.sizes.length}`);
  if (n < self.sizes[0]) throw new RuntimeError("Expect _random_samples.size(0) no less then input batch size.");
  if (c !== self.sizes[1]) throw new RuntimeError("Expect _random_samples.size(1) equals to input channel size.");
  if (each !== dims) throw new RuntimeError(`Expect _random_samples.size(2) equals to ${dims}; got ${each}.`);
}
/** The largest element under windows that begin at places drawn by `samples` [N, C, dims], and where it is. @internal */
export const _fractional_max_pool = op(
  "_fractional_max_pool(Tensor self, int[] kernel_size, int[] output_size, Tensor samples) -> (Tensor values, Tensor indices)",
);
define(_fractional_max_pool, {
  kernel: composite(({ self, kernel_size, output_size, samples }) => {
    const [n, c, ...spatial] = self.sizes;
    const draws = samples.is_meta ? new Float64Array(samples.numel()) : samples.to(self.dtype).typed_array();
    const dims = spatial.length;
    const [called, axes] =
      dims === 3
        ? ["fractional_max_pool3d_out", ["time", "height", "width"]]
        : ["fractional_max_pool2d", ["height", "width"]];
    const below = output_size.find((size) => size < 0);
    if (below !== undefined)
      throw new RuntimeError(
        `Trying to create tensor with negative dimension ${below}: ${list([n, c, ...output_size])}`,
      );
    for (let d = 0; d < dims; d++)
      if (output_size[d] + kernel_size[d] - 1 > spatial[d])
        throw new RuntimeError(
          `${called}(): pool ${axes[d]} ${kernel_size[d]} too large relative to input ${axes[d]} ${spatial[d]}`,
        );
    assertSamples(samples, self, dims);
    const windows: bigint[] = [];
    for (let b = 0; b < n * c; b++) {
      // In two dims the first sample is the last dim's, in three the first dim's.
      const begins = spatial.map((size, d) =>
        starts(Number(draws[b * dims + (dims === 2 ? 1 - d : d)]), size, output_size[d], kernel_size[d]),
      );
      windows.push(...flatPlaces(begins, kernel_size, spatial).map(BigInt));
    }
    const index = fromTyped(BigInt64Array.from(windows), [windows.length], int64);
    const [places, area] = [numel(output_size), numel(kernel_size)];
    const taken = self
      .flatten(2)
      .gather(2, index.view([n, c, places * area]))
      .view([n, c, places, area]);
    const { values, indices } = taken.max(3);
    const flat = index.view([n, c, places, area]).gather(3, indices.unsqueeze(3)).squeeze([3]);
    const shape = [n, c, ...output_size];
    return [values.view(shape), flat.view(shape)];
  }),
  node: ({ output_size }) => `FractionalMaxPool${output_size.length}DBackward0`,
});
/** For each window in turn the places of its elements in the flattened spatial dims. */
function flatPlaces(begins: readonly number[][], kernel: readonly number[], spatial: readonly number[]): number[] {
  const walk = (d: number, at: number, windows: readonly number[]): number[] => {
    if (d === spatial.length) return [at];
    return Array.from({ length: kernel[d] }, (_, k) => walk(d + 1, at * spatial[d] + windows[d] + k, windows)).flat();
  };
  const choices = begins.reduce<number[][]>((all, list) => all.flatMap((w) => list.map((b) => [...w, b])), [[]]);
  return choices.flatMap((windows) => walk(0, 0, windows));
}
