// torch.nn.utils.rnn: sequences of several lengths, padded to one or packed without padding.
import { RuntimeError, TypeError, ValueError } from "../../base/errors.ts";
import { int64 } from "../../base/dtype.ts";
import type { Dtype } from "../../base/dtype.ts";
import { callable } from "../../dispatch/callable.ts";
import { tensor } from "../../ops/creation/from_data.ts";
import { pad } from "../../ops/nn/vision/padding.ts";
import { cat, stack } from "../../ops/views/joining.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { typeWord } from "../../tensor/type_word.ts";
import { argsort } from "../../ops/reduction/sorting.ts";
import { split_with_sizes } from "../../ops/views/view.ts";

/**
 * Sequences without padding: `data` has the first elements of all sequences, then the second ones, and so on;
 * `batch_sizes` tells how many sequences have each. Sequences are sorted by length, longest first; `sorted_indices` says
 * how the caller's were taken (null: as they were), `unsorted_indices` how to go back. As
 * `torch.nn.utils.rnn.PackedSequence`; made by `pack_padded_sequence` and `pack_sequence`.
 */
export class PackedSequence {
  readonly data: Tensor;
  readonly batch_sizes: Tensor;
  readonly sorted_indices: Tensor | null;
  readonly unsorted_indices: Tensor | null;
  constructor(
    data: Tensor,
    batch_sizes: Tensor,
    sorted_indices: Tensor | null = null,
    unsorted_indices: Tensor | null = null,
  ) {
    this.data = data;
    this.batch_sizes = batch_sizes;
    this.sorted_indices = sorted_indices;
    this.unsorted_indices = unsorted_indices ?? invert_permutation(sorted_indices);
  }
  /** The same with `data` converted. */
  to(dtype: Dtype): PackedSequence {
    return new PackedSequence(this.data.to(dtype), this.batch_sizes, this.sorted_indices, this.unsorted_indices);
  }
  toString(): string {
    const text = (x: Tensor | null): string => (x === null ? "None" : String(x));
    return `PackedSequence(data=${text(this.data)}, batch_sizes=${text(this.batch_sizes)}, sorted_indices=${text(this.sorted_indices)}, unsorted_indices=${text(this.unsorted_indices)})`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** The permutation that undoes another. As `torch.nn.utils.rnn.invert_permutation`. */
export const invert_permutation = callable(
  "invert_permutation(Tensor? permutation) -> Tensor?",
  ({ permutation }): Tensor | null => (permutation === null ? null : argsort(permutation)),
);

const ints = (values: readonly number[]): Tensor => tensor([...values], { dtype: int64 });
/** What says how long sequences are, as numbers. Raises RuntimeError for what is no list of them. */
function numbers(x: Tensor | readonly number[]): number[] {
  if (x instanceof Tensor && x.ndim === 1) return (x.tolist() as (number | bigint)[]).map(Number);
  if (Array.isArray(x) && x.every((n) => Number.isInteger(Number(n)))) return x.map(Number);
  throw new RuntimeError(
    `'lengths' argument should be a 1D CPU int64 tensor, but got ${x instanceof Tensor ? `${x.ndim}D cpu ${x.dtype.legacyName} tensor` : typeWord(x)}`,
  );
}
/** Raises TypeError for what is no packed sequence. */
function assertPacked(name: string, argument: string, x: unknown): void {
  if (!(x instanceof PackedSequence))
    throw new TypeError(`${name}(): argument '${argument}' (position 1) must be PackedSequence, not ${typeWord(x)}`);
}

type Lengths = Tensor | readonly number[];
/**
 * Packs padded sequences [T, N, *] ([N, T, *] with `batch_first`) of the given lengths. Raises RuntimeError for lengths
 * that are not positive, and unless they fall, but then `enforce_sorted: false` sorts them. As
 * `torch.nn.utils.rnn.pack_padded_sequence`.
 * @example const packed = nn.utils.rnn.pack_padded_sequence(torch.rand(4, 2, 3), [4, 2]);
 */
export const pack_padded_sequence = callable<{ lengths: Lengths }>()(
  "pack_padded_sequence(Tensor input, object lengths, bool batch_first=False, bool enforce_sorted=True) -> PackedSequence",
  ({ input, lengths, batch_first, enforce_sorted }): PackedSequence => {
    const given = numbers(lengths);
    const x = batch_first ? input.transpose(0, 1) : input;
    if (given.length !== x.sizes[1])
      throw new RuntimeError(
        `Expected \`len(lengths)\` to be equal to batch_size, but got ${given.length} (batch_size=${x.sizes[1]})`,
      );
    const order = [...given.keys()];
    if (!enforce_sorted) order.sort((a, b) => given[b] - given[a]);
    const sorted = order.map((i) => given[i]);
    if (sorted.some((n) => n <= 0))
      throw new RuntimeError(
        "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0",
      );
    if (sorted.some((n, i) => i > 0 && n > sorted[i - 1]))
      throw new RuntimeError(
        "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability.",
      );
    if (sorted[0] > x.sizes[0])
      throw new RuntimeError(`Expected lengths of at most ${x.sizes[0]}, the padded length, but got ${sorted[0]}`);
    const indices = enforce_sorted ? null : ints(order);
    const rows = indices === null ? x : x.index_select(1, indices);
    const sizes = Array.from({ length: sorted[0] }, (_, t) => sorted.filter((n) => n > t).length);
    const data = cat(sizes.map((n, t) => rows.select(0, t).slice(0, 0, n)));
    return new PackedSequence(data, ints(sizes), indices);
  },
);

/**
 * The padded sequences [T, N, *] ([N, T, *] with `batch_first`) of a packed one, in the caller's order, and their
 * lengths. Raises ValueError if `total_length` is less than the longest. As `torch.nn.utils.rnn.pad_packed_sequence`.
 */
export const pad_packed_sequence = callable<{ sequence: PackedSequence }>()(
  "pad_packed_sequence(object sequence, bool batch_first=False, float padding_value=0.0, int? total_length=None) -> Tensor",
  ({ sequence, batch_first, padding_value, total_length }): [padded: Tensor, lengths: Tensor] => {
    assertPacked("pad_packed_sequence", "sequence", sequence);
    const sizes = numbers(sequence.batch_sizes);
    const steps = split_with_sizes(sequence.data, sizes);
    if (total_length !== null && total_length < steps.length)
      throw new ValueError(
        `Expected total_length to be at least the length of the longest sequence in input, but got total_length=${total_length} and max sequence length being ${steps.length}`,
      );
    const batch = sizes[0];
    // The first dim is the last of those that `pad` takes from the end.
    const widened = (x: Tensor, to: number): Tensor =>
      x.sizes[0] === to
        ? x
        : pad(x, [...new Array<number>(2 * x.sizes.length - 1).fill(0), to - x.sizes[0]], "constant", padding_value);
    let padded = widened(stack(steps.map((x) => widened(x, batch))), total_length ?? steps.length);
    let lengths = Array.from({ length: batch }, (_, i) => sizes.filter((n) => n > i).length);
    const { unsorted_indices } = sequence;
    if (unsorted_indices !== null) {
      padded = padded.index_select(1, unsorted_indices);
      lengths = numbers(unsorted_indices).map((i) => lengths[i]);
    }
    return [batch_first ? padded.transpose(0, 1) : padded, ints(lengths)];
  },
);

/**
 * Sequences [length, *] padded to the longest and stacked: [T, N, *], or [N, T, *] with `batch_first`. Raises
 * RuntimeError for an empty list. As `torch.nn.utils.rnn.pad_sequence`.
 * @example nn.utils.rnn.pad_sequence([torch.ones(2), torch.ones(3)]).shape // torch.Size([3, 2])
 */
export const pad_sequence = callable<{ sequences: Iterable<Tensor> }>()(
  "pad_sequence(object sequences, bool batch_first=False, float padding_value=0.0, str padding_side='right') -> Tensor",
  ({ sequences, batch_first, padding_value, padding_side }): Tensor => {
    if (typeof (sequences as Partial<Iterable<Tensor>> | null)?.[Symbol.iterator] !== "function")
      throw new RuntimeError(
        `pad_sequence: Expected iterable for input sequences, but got arg of type: <class '${typeWord(sequences)}'>`,
      );
    const list = [...sequences];
    if (list.length === 0) throw new RuntimeError("received an empty list of sequences");
    const wrong = list.findIndex((x) => !(x instanceof Tensor));
    if (wrong >= 0)
      throw new TypeError(`expected Tensor as element ${wrong} in argument 0, but got ${typeWord(list[wrong])}`);
    if (padding_side !== "left" && padding_side !== "right")
      throw new RuntimeError(`Expected padding_side to be one of left or right, but got ${padding_side}.`);
    const longest = Math.max(...list.map((x) => x.sizes[0]));
    const padded = list.map((x) => {
      const missing = longest - x.sizes[0];
      const around = padding_side === "left" ? [missing, 0] : [0, missing];
      const amounts = [...new Array<number>(2 * x.sizes.length - 2).fill(0), ...around];
      return missing === 0 ? x : pad(x, amounts, "constant", padding_value);
    });
    return stack(padded, batch_first ? 0 : 1);
  },
);

/** The sequences of a padded batch without their padding. As `torch.nn.utils.rnn.unpad_sequence`. */
export const unpad_sequence = callable<{ lengths: Lengths }>()(
  "unpad_sequence(Tensor padded_sequences, object lengths, bool batch_first=False) -> Tensor[]",
  ({ padded_sequences, lengths, batch_first }): Tensor[] => {
    const x = batch_first ? padded_sequences : padded_sequences.transpose(0, 1);
    return numbers(lengths).map((n, i) => x.select(0, i).slice(0, 0, n));
  },
);
/** Packs sequences [length, *]. Lengths must fall unless `enforce_sorted` is false. As `torch.nn.utils.rnn.pack_sequence`. */
export const pack_sequence = callable(
  "pack_sequence(Tensor[] sequences, bool enforce_sorted=True) -> PackedSequence",
  ({ sequences, enforce_sorted }): PackedSequence => {
    const lengths = sequences.map((x) => x.sizes[0]);
    return pack_padded_sequence(pad_sequence(sequences), lengths, false, enforce_sorted);
  },
);
/** The sequences of a packed one. As `torch.nn.utils.rnn.unpack_sequence`. */
export const unpack_sequence = callable<{ packed_sequences: PackedSequence }>()(
  "unpack_sequence(object packed_sequences) -> Tensor[]",
  ({ packed_sequences }): Tensor[] => {
    assertPacked("unpack_sequence", "packed_sequences", packed_sequences);
    const [padded, lengths] = pad_packed_sequence(packed_sequences, { batch_first: true });
    return unpad_sequence(padded, lengths, true);
  },
);
