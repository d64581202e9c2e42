// Samples of losses and distances.
import { a, b, index, leaf, mask, signed } from "./leaves.ts";
import type { Samples } from "./leaves.ts";

const signs = (shape: number[]): ReturnType<typeof index> =>
  index(
    Array.from({ length: shape.reduce((x, y) => x * y, 1) }, (_, i) => (i % 2 === 0 ? 1 : -1)),
    shape,
  );

export const losses: Samples = {
  cosine_similarity: () => [
    [a(), b()],
    [a(), leaf([3], 0.3, 0.8, 3), -1],
    [leaf([2, 1, 3]), b(), 2, 0.001],
  ],
  pairwise_distance: () => [
    [a(), b()],
    [a(), leaf([3], 1.3, 1.8, 3), 1, 0.01, true],
    [a(), b(), 3],
  ],
  pdist: () => [[leaf([4, 3])], [leaf([3, 2]), 1], [leaf([3, 2]), 3], [leaf([3, 2]), Infinity], [leaf([1, 2])]],
  triplet_margin_loss: () => [
    [a(), b(), leaf([2, 3], 0.1, 0.9, 5)],
    [a(), b(), leaf([2, 3], 0.1, 0.9, 5), 2, 3, 0.001, true, { reduction: "none" }],
  ],
  margin_ranking_loss: () => [
    [a(), b(), signs([2, 3]), 0.2],
    [a(), b(), signs([2, 3]), { reduction: "sum" }],
  ],
  hinge_embedding_loss: () => [
    [a(), signs([2, 3])],
    [a(), index([1, -1, 0]), 0.5, { reduction: "none" }],
  ],
  cosine_embedding_loss: () => [
    [a(), b(), signs([2]), 0.1],
    [leaf([3]), leaf([3], 0.2, 0.8, 2), index([-1], []), { reduction: "none" }],
  ],
  soft_margin_loss: () => [
    [signed(), signs([2, 3])],
    [signed(), b().detach(), { reduction: "none" }],
  ],
  multi_margin_loss: () => [
    [signed(), index([2, 0])],
    [signed(), index([1, 0]), 2, 0.7, leaf([3]).detach(), { reduction: "none" }],
    [leaf([3]), index([1], []), { reduction: "none" }],
  ],
  multilabel_margin_loss: () => [
    [signed(), index([2, 0, -1, -1, 1, 0], [2, 3])],
    [leaf([4]), index([3, 0, -1, 1]), { reduction: "none" }],
  ],
  poisson_nll_loss: () => [
    [signed(), index([0, 3, 1, 2, 7, 4], [2, 3])],
    [a(), leaf([2, 3], 1.2, 4, 3), false, true, { eps: 0.01, reduction: "none" }],
  ],
  gaussian_nll_loss: () => [
    [a(), b(), leaf([2, 3], 0.4, 2, 6)],
    [a(), b(), leaf([2], 0.4, 2, 6), true, 0.01, "none"],
    [a(), b(), 0.7, { reduction: "sum" }],
  ],
  multilabel_soft_margin_loss: () => [
    [signed(), leaf([2, 3], 0.1, 0.9)],
    [signed(), index([1, 0, 0, 1, 1, 0], [2, 3]), leaf([3]), { reduction: "none" }],
  ],
  embedding_bag: () => [
    [index([0, 2, 1, 2]), leaf([4, 3]), index([0, 1]), { mode: "sum", per_sample_weights: leaf([4], 0.2, 0.9, 3) }],
    [index([0, 2, 1, 2, 3, 3], [2, 3]), leaf([4, 3]), { padding_idx: 2 }],
    [index([0, 2, 1, 2]), leaf([4, 3]), index([0, 1, 1, 4]), { mode: "max", include_last_offset: true }],
  ],
  scaled_dot_product_attention: () => [
    [leaf([2, 3, 4]), leaf([2, 5, 4], 0.1, 0.9, 2), leaf([2, 5, 2], -1, 1, 3)],
    [leaf([3, 4]), leaf([5, 4], 0.1, 0.9, 2), leaf([5, 2], -1, 1, 3), null, 0, true, { scale: 0.7 }],
    [leaf([3, 4]), leaf([2, 4], 0.1, 0.9, 2), leaf([2, 2], -1, 1, 3), leaf([3, 2])],
    [leaf([2, 4]), leaf([2, 4], 0.1, 0.9, 2), leaf([2, 2], -1, 1, 3), mask([true, true, false, false], [2, 2])],
    [leaf([4, 2, 3]), leaf([2, 2, 3], 0.1, 0.9, 2), leaf([1, 2, 3], -1, 1, 3), { enable_gqa: true }],
  ],
  _hardtanh: () => [[signed(), -0.7, 0.6]],
  _elu: () => [[signed(), 1.3, 1.1, 0.7]],
  _prelu_kernel: () => [[signed(), leaf([3])]],
  _nan_to_num: () => [[signed(), 0, 1, 2]],
  _linear_in: () => [[signed()]],
  rrelu: () => [[signed()], [signed(), 0.3, 0.3, true]],
  alpha_dropout: () => [[a()], [a(), 1, true]],
  feature_alpha_dropout: () => [[a()], [a(), 1, true]],
  native_dropout_backward: () => [[a(), mask([true, false, true]), 1.5]],
  native_group_norm: () => [[leaf([2, 4, 3]), leaf([4]), null, 2, 4, 3, 2, 1e-5]],
  linear_cross_entropy: () => [
    [a(), leaf([4, 3]), index([3, 1]), { linear_bias: leaf([4], -0.5, 0.5, 7) }],
    [leaf([3]), leaf([4, 3]), index([2], []), { label_smoothing: 0.1, ignore_index: 1 }],
    [a(), leaf([2, 2, 3]), index([1, 0, 1, 1], [2, 2]), { reduction: "none", weight: leaf([2]).detach() }],
  ],
};
