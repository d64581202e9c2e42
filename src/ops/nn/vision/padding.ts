// Elements put around a tensor: a constant, or its own elements repeated.
import type { Scalar } from "../../../base/dtype.ts";
import { int64 } from "../../../base/dtype.ts";
import { NotImplementedError, RuntimeError } from "../../../base/errors.ts";
import { list } from "../../../base/layout.ts";
import { composite, formatted } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { tensor } from "../../creation/from_data.ts";
import { linearIn } from "../../pointwise/piecewise.ts";
import { slice_scatter } from "../../views/view.ts";

/**
 * x with `pad` elements before and after: pairs from the last dim backwards; negative numbers cut. Modes: "constant" (of
 * `value`, 0 by default), "reflect" (mirrored without the edge), "replicate" (the edge), "circular" (from the other end).
 */
/** What PyTorch calls the nodes. */
const PADDING: Readonly<Record<string, string>> = {
  reflect: "ReflectionPad",
  replicate: "ReplicationPad",
  circular: "CopySlices",
};
export const pad = op("pad(Tensor input, SymInt[] pad, str mode='constant', Scalar? value=None) -> Tensor");
define(pad, {
  kernel: composite(({ input, pad, mode, value }) => {
    if (mode !== "constant" && !Object.hasOwn(places, mode))
      throw new NotImplementedError(`Unrecognised padding mode ${mode}`);
    if (pad.length % 2 !== 0) throw new RuntimeError("Padding length must be divisible by 2");
    if (pad.length / 2 > input.sizes.length)
      throw new RuntimeError(
        `Padding length should be less than or equal to two times the input dimension but got padding length ${pad.length} and input of dimension ${input.sizes.length}`,
      );
    const along = (step: (x: Tensor, d: number, before: number, after: number) => Tensor): Tensor => {
      let x = mode === "reflect" || mode === "replicate" ? linearIn(input) : input;
      for (let i = 0; i < pad.length; i += 2) x = step(x, input.sizes.length - 1 - i / 2, pad[i], pad[i + 1]);
      return mode === "circular" ? x : formatted(x, input);
    };
    if (mode === "constant") return along((x, d, before, after) => surrounded(x, d, before, after, value ?? 0));
    if (value !== null && value !== 0) throw new RuntimeError(`Padding mode "${mode}" doesn't take in value argument`);
    const place = places[mode];
    const padded = pad.length / 2;
    // With and without a dim for samples.
    if (padded < 1 || padded > 3 || ![padded + 1, padded + 2].includes(input.sizes.length))
      throw new NotImplementedError(
        `Padding size ${pad.length} is not supported for ${input.sizes.length}D input tensor.\nOf its dims all are padded but the first, or the first two: two numbers for each of them.`,
      );
    const spatial = input.sizes.slice(-pad.length / 2 - 1);
    if (mode !== "circular" && spatial.includes(0))
      throw new RuntimeError(
        `Expected ${pad.length / 2 + 1}D or ${pad.length / 2 + 2}D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: ${list(input.sizes)}`,
      );
    const sizes = input.sizes
      .slice(-padded)
      .map((n, d) => n + pad[2 * (padded - 1 - d)] + pad[2 * (padded - 1 - d) + 1]);
    if (mode !== "circular" && sizes.every((n) => n < 1))
      throw new RuntimeError(tooSmall(input.sizes.slice(-padded), sizes));
    const negative = sizes.find((n) => n < 0);
    if (mode !== "circular" && negative !== undefined)
      throw new RuntimeError(
        `Trying to create tensor with negative dimension ${negative}: ${list([...input.sizes.slice(0, -padded), ...sizes])}`,
      );
    return along((whole, d, left, right) => {
      // What goes round is what is left when negative padding has cut the ends off.
      const cut = mode === "circular" && (left < 0 || right < 0);
      if (cut && whole.sizes[d] + Math.min(left, 0) + Math.min(right, 0) <= 0)
        throw new RuntimeError("Negative padding value is resulting in an empty dimension");
      const x = cut ? surrounded(whole, d, Math.min(left, 0), Math.min(right, 0), 0) : whole;
      const [before, after] = cut ? [Math.max(left, 0), Math.max(right, 0)] : [left, right];
      const n = x.sizes[d];
      const limit = mode === "reflect" ? n - 1 : mode === "circular" ? n : Infinity;
      if (before > limit || after > limit)
        throw new RuntimeError(
          mode === "reflect"
            ? `Argument #4: Padding size should be less than the corresponding input dimension, but got: padding (${before}, ${after}) at dimension ${d} of input ${list(x.sizes)}`
            : "Padding value causes wrapping around more than once.",
        );
      const from = Array.from({ length: before + n + after }, (_, i) => place(i - before, n));
      return x.index_select(d, tensor(from, { dtype: int64 }));
    });
  }),
  node: ({ pad, mode }) =>
    mode === "constant"
      ? "ConstantPadNdBackward0"
      : `${PADDING[mode]}${mode === "circular" ? "" : `${pad.length / 2}DBackward0`}`,
});
const tooSmall = (from: readonly number[], to: readonly number[]): string => {
  const letters = (sizes: readonly number[]): string[] => sizes.map((n, d) => `${"DHW"[d + 3 - sizes.length]}: ${n}`);
  return `input (${letters(from)
    .join(" ")
    .replace(/ (?=W)/, ", ")}) is too small. Calculated output ${letters(to).join(" ")}`;
};
/** Where element i of a padded dim comes from. */
const places: Record<string, (i: number, n: number) => number> = {
  reflect: (i, n) => (i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i),
  replicate: (i, n) => Math.min(Math.max(i, 0), n - 1),
  circular: (i, n) => ((i % n) + n) % n,
};
function surrounded(x: Tensor, d: number, before: number, after: number, value: Scalar): Tensor {
  const n = x.sizes[d];
  const from = Math.max(0, -before);
  const kept = x.narrow(d, from, n - from - Math.max(0, -after));
  if (before <= 0 && after <= 0) return kept.clone();
  const start = Math.max(0, before);
  const size = start + kept.sizes[d] + Math.max(0, after);
  return slice_scatter(x.new_full(x.sizes.with(d, size), value), kept, d, start, start + kept.sizes[d]);
}
