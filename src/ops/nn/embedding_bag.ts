// Embeddings that are added up, averaged or maximised over bags of indices.
import { float64, int32, int64 } from "../../base/dtype.ts";
import { NotImplementedError, RuntimeError, ValueError } from "../../base/errors.ts";
import { list, sameShape } from "../../base/layout.ts";
import { composite, compute } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { searchsorted } from "../reduction/counting.ts";
import { arange, doubles, fromTyped } from "../creation/from_data.ts";
import { embedding, index_add } from "../indexing/indexing.ts";

/**
 * Rows of `weight` at `input`, one result a bag: their sum, mean or maximum (`mode`), 0 for a bag of none. A bag is a row
 * of a 2-D input, or what lies between two of `offsets` in a 1-D one; with `include_last_offset` the last offset is an end.
 * Sums may be weighted by `per_sample_weights`. Indices equal to `padding_idx` do not count. With `sparse`
 * the gradient of `weight` is a sparse tensor of the rows that were read. As `torch.nn.functional.embedding_bag`.
 * @example F.embedding_bag(torch.tensor([1n, 2n, 4n]), torch.rand(10, 3), torch.tensor([0n, 2n])).shape // torch.Size([2, 3])
 */
export const embedding_bag = op(
  "embedding_bag(Tensor input, Tensor weight, Tensor? offsets=None, float? max_norm=None, float norm_type=2, bool scale_grad_by_freq=False, str mode='mean', bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, int? padding_idx=None) -> Tensor",
);
define(embedding_bag, {
  kernel: composite((args) => {
    const { weight, max_norm, norm_type, scale_grad_by_freq, mode, sparse, per_sample_weights } = args;
    checkArguments(args.input, weight, args.offsets, per_sample_weights, mode, args);
    const ids = args.input.reshape([-1]);
    const offsets = args.offsets ?? rowStarts(args.input);
    const padding = checkIndices(ids, offsets, weight, args.offsets !== null && args.include_last_offset, args);
    const starts =
      args.offsets !== null && args.include_last_offset ? offsets.narrow(0, 0, offsets.numel() - 1) : offsets;
    const bags = starts.numel();
    const [n, width] = [ids.numel(), weight.sizes[1]];
    if (bags === 0 || n === 0) {
      const none = weight.narrow(0, 0, 0);
      const weighted = per_sample_weights === null ? none : none.mul(per_sample_weights.narrow(0, 0, 0).unsqueeze(1));
      return weighted.sum([0]).expand([bags, width]).clone();
    }

    // The bag of each index: the last that starts at or before it.
    const bag = searchsorted(starts, arange(n, { dtype: starts.dtype }), { right: true }).sub(1);
    const counted = padding === null ? null : ids.ne(padding);
    const rows = embedding(ids, weight, padding, max_norm, norm_type, scale_grad_by_freq, sparse);
    const sizes = index_add(weight.detach().new_zeros([bags]), 0, bag, (counted ?? ids.eq(ids)).to(weight.dtype));
    if (mode === "max") {
      const places = _bag_argmax(
        weight.detach(),
        ids,
        counted === null ? bag : bag.masked_fill(counted.logical_not(), -1),
        bags,
      );
      return weight.gather(0, places).masked_fill(sizes.eq(0).unsqueeze(1), 0);
    }
    const scaled = per_sample_weights === null ? rows : rows.mul(per_sample_weights.reshape([n, 1]));
    const kept = counted === null ? scaled : scaled.masked_fill(counted.logical_not().unsqueeze(1), 0);
    const sums = index_add(weight.detach().new_zeros([bags, width]), 0, bag, kept);
    return mode === "sum" ? sums : sums.div(sizes.clamp_min(1).unsqueeze(1));
  }),
  node: "EmbeddingBagBackward0",
});
/** For each bag and column the row of `weight` with the first largest element; bag -1 does not count, empty ones give 0. @internal */
export const _bag_argmax = op("_bag_argmax(Tensor weight, Tensor input, Tensor bag, int bags) -> Tensor");
define(_bag_argmax, {
  kernel: compute(({ weight, input, bag, bags }) => {
    const width = weight.sizes[1];
    const values = doubles(weight);
    const ids = input.long().typed_array() as BigInt64Array;
    const bagOf = bag.long().typed_array() as BigInt64Array;
    const places = new BigInt64Array(bags * width);
    const best = new Float64Array(bags * width);
    const begun = new Uint8Array(bags);
    for (let i = 0; i < ids.length; i++) {
      const b = Number(bagOf[i]);
      if (b < 0) continue;
      const row = Number(ids[i]) * width;
      for (let d = 0; d < width; d++) {
        if (begun[b] === 1 && !(values[row + d] > best[b * width + d])) continue;
        best[b * width + d] = values[row + d];
        places[b * width + d] = ids[i];
      }
      begun[b] = 1;
    }
    return fromTyped(places, [bags, width], int64);
  }),
});

function rowStarts({ sizes: [rows, width], dtype }: Tensor): Tensor {
  if (width === 0) throw new RuntimeError("step must be nonzero\nA bag of a 2-D input needs at least one index.");
  return arange(0, rows * width, width, { dtype });
}
function checkArguments(
  input: Tensor,
  weight: Tensor,
  offsets: Tensor | null,
  samples: Tensor | null,
  mode: string,
  { scale_grad_by_freq, sparse }: { scale_grad_by_freq: boolean; sparse: boolean },
): void {
  if (samples !== null && !sameShape(input.sizes, samples.sizes))
    throw new ValueError(
      `embedding_bag: If per_sample_weights (${String(samples.shape)}) is not None, then it must have the same shape as the input (${String(input.shape)})`,
    );
  if (weight.sizes.length !== 2)
    throw new ValueError(`weight has to be a 2D Tensor, but got Tensor of dimension ${weight.sizes.length}`);
  if (input.sizes.length === 2) {
    if (offsets !== null)
      throw new ValueError(
        "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. However, found offsets of type <class 'torch.Tensor'>",
      );
  } else if (input.sizes.length === 1) {
    if (offsets === null) throw new ValueError("offsets has to be a 1D Tensor but got None");
    if (offsets.sizes.length !== 1) throw new ValueError("offsets has to be a 1D Tensor");
  } else throw new ValueError(`input has to be 1D or 2D Tensor, but got Tensor of dimension ${input.sizes.length}`);
  if (mode !== "sum" && mode !== "mean" && mode !== "max")
    throw new ValueError("mode has to be one of sum, mean or max");
  if (mode === "max" && scale_grad_by_freq)
    throw new ValueError("max mode does not support scaling the gradient by the frequency");
  if (mode === "max" && sparse) throw new ValueError("max mode does not support sparse weights");
  if (samples !== null && mode !== "sum")
    throw new NotImplementedError(
      `embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got mode='${mode}'). Please open a feature request on GitHub.`,
    );
  for (const t of [input, offsets])
    if (t !== null && t.dtype !== int64 && t.dtype !== int32)
      throw new RuntimeError(
        `Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got torch.${t.dtype.legacyName}Tensor instead (while checking arguments for embedding_bag)`,
      );
  if (!weight.dtype.is_floating_point)
    throw new RuntimeError(
      `Expected tensor for argument #1 'weight' to have one of the following scalar types: Half, BFloat16, Float, Double; but got torch.${weight.dtype.legacyName}Tensor instead (while checking arguments for embedding_bag)`,
    );
  if (samples !== null && samples.dtype !== weight.dtype)
    throw new RuntimeError(
      `Expected tensor for argument #1 'weight' to have the same type as tensor for argument #1 'per_sample_weights'; but type torch.${weight.dtype.legacyName}Tensor does not equal torch.${samples.dtype.legacyName}Tensor (while checking arguments for embedding_bag)`,
    );
}
/** The index that does not count, from 0 on. */
function checkIndices(
  ids: Tensor,
  offsets: Tensor,
  weight: Tensor,
  ends: boolean,
  { padding_idx, mode }: { readonly padding_idx: number | null; readonly mode: string },
): number | null {
  const [rows, n] = [weight.sizes[0], ids.numel()];
  const starts = (offsets.tolist() as (number | bigint)[]).map(Number);
  if (ends && starts.length === 0) throw new RuntimeError("include_last_offset: number of offset should be at least 1");
  if (starts.length > 0) {
    if (starts[0] !== 0)
      throw new RuntimeError(
        `offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got ${starts[0]}`,
      );
    const last = starts[starts.length - 1];
    if (last > n)
      throw new RuntimeError(`offsets[-1] can not be greater than input's length ${n} but got offsets[-1] of ${last}`);
    if (starts.some((s, i) => i > 0 && s < starts[i - 1]))
      throw new RuntimeError(
        `Your input appears to be incorrect: the last offset value should be the size of the indices tensor, but it seems not to be the case.\nOffsets never fall: ${list(starts)}.`,
      );
  }
  const isLooked = n > 0 && ids.backend.holdsData;
  const wrong = !isLooked ? -1 : Number(ids.lt(0).logical_or(ids.ge(rows)).int().argmax().item());
  const value = !isLooked ? 0 : Number(ids.select(0, wrong).item());
  if (isLooked && (value < 0 || value >= rows)) {
    // PyTorch has two ways, and a sentence for each.
    const isSummed = mode !== "max" && padding_idx === null && weight.dtype !== float64 && weight.strides[1] === 1;
    throw new RuntimeError(
      isSummed
        ? `Index ${wrong} of input takes value ${value} which is not in the valid range [0, ${rows})`
        : `embedding_bag: Expected idx >= 0 && idx < num_embeddings but found idx to be ${value}`,
    );
  }
  if (padding_idx === null) return null;
  if (padding_idx < -rows || padding_idx >= rows)
    throw new RuntimeError(
      `padding_idx must be within the number of embeddings, -${rows} through ${rows - 1}, but got ${padding_idx}`,
    );
  return padding_idx < 0 ? padding_idx + rows : padding_idx;
}
