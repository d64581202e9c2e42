// Losses that ask for a margin: between distances, or between the score of the right class and the others'.
import "../../../dispatch/size_average.ts";
import { callable } from "../../../dispatch/callable.ts";
import { isAny, numberIn } from "../../common/looks.ts";
import { modes } from "../../../autograd/mode.ts";
import { notDifferentiableIn } from "../../../dispatch/no_formula.ts";
import { float64, get_default_dtype, int64 } from "../../../base/dtype.ts";
import { RuntimeError, ValueError } from "../../../base/errors.ts";
import { list, sameShape } from "../../../base/layout.ts";
import { composite } from "../../../kinds/kernels.ts";
import { define, op } from "../../../dispatch/declare.ts";
import { scalarText } from "../../../tensor/print.ts";
import type { Tensor } from "../../../tensor/tensor.ts";
import { pairwise_distance } from "../distance.ts";
import { _where, minimum } from "../../pointwise/arithmetic.ts";
import { assertReduction, reduced } from "./reduced_loss.ts";
import { wideFloats } from "../../../dispatch/takes.ts";
import { scatter, scatter_add } from "../../indexing/indexing.ts";

const floats = (x: Tensor): Tensor => (x.dtype.is_floating_point ? x : x.to(get_default_dtype()));

// ---- of distances

function assertTriplet(anchor: Tensor, positive: Tensor, negative: Tensor, margin: number): void {
  if (margin <= 0) throw new ValueError(`margin must be greater than 0, got ${scalarText(margin, float64)}`);
  const [a, p, n] = [anchor, positive, negative].map((t) => t.sizes.length);
  if (a !== p || p !== n)
    throw new RuntimeError(
      `The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor ${a}D, positive ${p}D, and negative ${n}D inputs`,
    );
}
type Distance = (x: Tensor, y: Tensor) => Tensor;
/** max(0, d(anchor, positive) - d(anchor, negative) + margin); `swap` takes d(positive, negative) where it is smaller. */
function triplet(
  [anchor, positive, negative]: readonly [Tensor, Tensor, Tensor],
  distance: Distance,
  margin: number,
  swap: boolean,
): Tensor {
  const near = distance(anchor, positive);
  let far = distance(anchor, negative);
  if (swap) far = minimum(far, distance(positive, negative));
  return near.add(margin).sub(far).clamp_min(0);
}
/**
 * Positives [N, D] ask to be nearer to their anchors than negatives, by `margin`, in the p-norm.
 * As `torch.nn.functional.triplet_margin_loss`. Balntas et al., "Learning shallow convolutional feature descriptors with
 * triplet losses" (2016).
 */
export const triplet_margin_loss = op(
  "triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, float margin=1.0, float p=2, float eps=1e-06, bool swap=False, *, str reduction='mean') -> Tensor",
);
define(triplet_margin_loss, {
  kernel: composite(({ anchor, positive, negative, margin, p, eps, swap, reduction }) => {
    assertReduction(reduction);
    assertTriplet(anchor, positive, negative, margin);
    const distance: Distance = (x, y) => pairwise_distance(x, y, p, eps);
    return reduced(triplet([anchor, positive, negative], distance, margin, swap), reduction);
  }),
});
export interface TripletOptions {
  /** Of two batches of vectors, one number a pair; {@link pairwise_distance} if there is none. */
  distance_function?: Distance | null;
  margin?: number;
  swap?: boolean;
  reduction?: string;
}
/** {@link triplet_margin_loss} with any distance. As `torch.nn.functional.triplet_margin_with_distance_loss`. */
export const triplet_margin_with_distance_loss = callable<{ distance_function: Distance | null }>()(
  "triplet_margin_with_distance_loss(Tensor anchor, Tensor positive, Tensor negative, *, callable? distance_function=None, float margin=1.0, bool swap=False, str reduction='mean') -> Tensor",
  ({ anchor, positive, negative, distance_function, margin, swap, reduction }): Tensor => {
    assertReduction(reduction);
    assertTriplet(anchor, positive, negative, margin);
    const distance: Distance = distance_function ?? ((x, y) => pairwise_distance(x, y));
    return reduced(triplet([anchor, positive, negative], distance, margin, swap), reduction);
  },
);

/**
 * Where target is 1, input1 asks to be larger than input2 by `margin`; where it is -1, smaller.
 * As `torch.nn.functional.margin_ranking_loss`.
 */
export const margin_ranking_loss = op(
  "margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, float margin=0, *, str reduction='mean') -> Tensor",
);
define(margin_ranking_loss, {
  kernel: composite(({ input1, input2, target, margin, reduction }) => {
    assertReduction(reduction);
    if (input1.sizes.length !== input2.sizes.length || input1.sizes.length !== target.sizes.length)
      throw new RuntimeError(
        `margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: ${String(input1.shape)}, input2: ${String(input2.shape)}, target: ${String(target.shape)} `,
      );
    const apart = input1.sub(input2);
    // A margin is a float, however whole.
    return reduced(floats(target.neg().mul(apart)).add(margin).clamp_min(0), reduction);
  }),
});
/** Where target is 1, x itself, a distance; where it is -1, max(0, margin - x). As `torch.nn.functional.hinge_embedding_loss`. */
export const hinge_embedding_loss = op(
  "hinge_embedding_loss(Tensor input, Tensor target, float margin=1.0, *, str reduction='mean') -> Tensor",
);
define(hinge_embedding_loss, {
  kernel: composite(({ input, target, margin, reduction }) => {
    const apart = input.rsub(margin).clamp_min(0).to(input.dtype);
    return reduced(_where(target.ne(1), apart, 0).add(_where(target.ne(-1), input, 0)), reduction);
  }),
});
/** Keeps a vector of length 0 from dividing by it. */
const EPSILON = 1e-12;
/**
 * Vectors [N, D] (or [D]) ask for the same direction where target is 1, and for a cosine below `margin` where it is -1.
 * As `torch.nn.functional.cosine_embedding_loss`.
 */
export const cosine_embedding_loss = op(
  "cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, float margin=0, *, str reduction='mean') -> Tensor",
);
define(cosine_embedding_loss, {
  kernel: composite(({ input1, input2, target, margin, reduction }) => {
    assertReduction(reduction);
    const n = target.sizes.length;
    if (n > 1) throw new RuntimeError("0D or 1D target tensor expected, multi-target not supported");
    if (input1.sizes.length !== n + 1 || input2.sizes.length !== n + 1)
      throw new RuntimeError(
        `${n}D target tensor expects ${n + 1}D input tensors, but found inputs with sizes ${list(input1.sizes)} and ${list(input2.sizes)}.`,
      );
    const square = (x: Tensor): Tensor => x.mul(x).sum([n]).add(EPSILON);
    const cosine = input1
      .mul(input2)
      .sum([n])
      .div(square(input1).mul(square(input2)).sqrt());
    const near = _where(target.eq(1), cosine.rsub(1), 0);
    return reduced(near.add(_where(target.eq(-1), cosine.sub(margin).clamp_min(0), 0)), reduction);
  }),
});

// ---- of scores

/** log(1 + exp(-target * x)), target 1 or -1. As `torch.nn.functional.soft_margin_loss`. */
export const soft_margin_loss = op("soft_margin_loss(Tensor input, Tensor target, *, str reduction='mean') -> Tensor");
define(soft_margin_loss, {
  kernel: composite(({ input, target, reduction }) => {
    if (target.requires_grad && modes().grad) throw notDifferentiableIn("soft_margin_loss", "target");
    const dtype = input.dtype;
    if (!dtype.is_floating_point)
      throw new RuntimeError(`result type Float can't be cast to the desired output type ${dtype.legacyName}`);
    return reduced(input.neg().mul(target).exp().log1p(), reduction);
  }),
  node: "SoftMarginLossBackward0",
});
const assertScores = (input: Tensor): void => {
  const { sizes } = input;
  if (sizes.length > 2 || (sizes.length === 2 && sizes[1] === 0) || (sizes.length === 1 && sizes[0] === 0))
    throw new RuntimeError(
      `Expected non-empty vector or matrix with optional 0-dim batch size, but got: ${list(sizes)}`,
    );
};
function assertClasses(target: Tensor): void {
  if (target.dtype !== int64) throw new RuntimeError(`expected scalar type Long but found ${target.dtype.legacyName}`);
}
/** [N, C], whatever the number of dims was. */
const rowsOf = (input: Tensor): Tensor => (input.sizes.length === 2 ? input : input.reshape([1, -1]));
const isWithin = (target: Tensor, low: number, high: number): boolean =>
  !isAny(target.lt(low).logical_or(target.ge(high)));

/**
 * The score of each class ask to lie below that of the class `target` by `margin`: the mean over classes of
 * max(0, margin - x[target] + x[i])^p, times the weight of the target's class. Scores [N, C] or [C].
 * As `torch.nn.functional.multi_margin_loss`.
 */
export const multi_margin_loss = op(
  "multi_margin_loss(Tensor input, Tensor target, int p=1, float margin=1.0, Tensor? weight=None, *, str reduction='mean') -> Tensor",
);
define(multi_margin_loss, {
  takes: wideFloats("multi_margin_loss_cpu_kernel"),
  kernel: composite(({ input, target, p, margin, weight, reduction }) => {
    assertReduction(reduction);
    if (p !== 1 && p !== 2) throw new ValueError("only p == 1 and p == 2 supported");
    if (weight !== null && weight.sizes.length !== 1) throw new ValueError("weight must be one-dimensional");
    assertScores(input);
    const x = rowsOf(input);
    const [n, classes] = x.sizes;
    if (target.sizes.length > 1 || target.numel() !== n)
      throw new RuntimeError(
        `multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch size). Expected target size [${n}], but got ${list(target.sizes)}. Input has shape ${list(input.sizes)}.`,
      );
    if (weight !== null && weight.numel() !== classes)
      throw new RuntimeError(`inconsistent weight size, expected ${classes} but got ${list(weight.sizes)}`);
    assertClasses(target);
    if (!isWithin(target, 0, classes)) throw new RuntimeError("target out of range");
    const places = target.reshape([n, 1]);
    const short = scatter(x.gather(1, places).neg().add(margin).add(x).relu(), 1, places, 0);
    let losses = (p === 1 ? short : short.mul(short)).sum([1]).div(classes);
    if (weight !== null) losses = losses.mul(weight.index_select(0, places.reshape([-1])));
    return reduced(target.sizes.length === 0 ? losses.reshape([]) : losses, reduction);
  }),
  node: "MultiMarginLossBackward0",
});
/**
 * The scores of the classes in target's row, up to the first -1, ask to lie above all others by 1: the mean over classes of
 * max(0, 1 - x[target] + x[i]), added up over the row. Scores [N, C] or [C], targets of the same shape.
 * As `torch.nn.functional.multilabel_margin_loss`.
 */
export const multilabel_margin_loss = op(
  "multilabel_margin_loss(Tensor input, Tensor target, *, str reduction='mean') -> Tensor",
);
define(multilabel_margin_loss, {
  takes: wideFloats("multilabel_margin_loss_forward_out_frame"),
  kernel: composite(({ input, target, reduction }) => {
    assertReduction(reduction);
    assertScores(input);
    if (!sameShape(input.sizes, target.sizes))
      throw new RuntimeError(`inconsistent target size: ${list(target.sizes)} for input of size: ${list(input.sizes)}`);
    assertClasses(target);
    const [x, rows] = [rowsOf(input), rowsOf(target)];
    const classes = x.sizes[1];
    if (!isWithin(target, -1, classes)) throw new RuntimeError("argument #2 'target' is out of range");
    const listed = rows.lt(0).cumsum(1).eq(0);
    const places = _where(listed, rows, 0);
    const longest = x.numel() === 0 ? 0 : numberIn(listed.sum([1]).whole.max(), 1);
    const others = scatter_add(x.detach().new_zeros(x.sizes), 1, places, listed.to(x.dtype)).eq(0);
    // One column of targets at a time: all at once would take [N, C, C]. At least one, for the graph.
    const lossesOf = (k: number): Tensor => {
      const short = x
        .sub(x.gather(1, places.narrow(1, k, 1)))
        .add(1)
        .relu();
      return _where(others.logical_and(listed.narrow(1, k, 1)), short, 0).sum([1]);
    };
    let losses = lossesOf(0);
    for (let k = 1; k < longest; k++) losses = losses.add(lossesOf(k));
    losses = losses.div(classes);
    return reduced(input.sizes.length === 2 ? losses : losses.reshape([]), reduction);
  }),
  node: "MultilabelMarginLossBackward0",
});
