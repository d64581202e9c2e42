// Distances and similarities of vectors, pair by pair.
import { withGrad } from "../../autograd/mode.ts";
import { get_default_dtype, promote_types } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { composite } from "../../kinds/kernels.ts";
import { define, op } from "../../dispatch/declare.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { _cdist } from "../linalg/other_products.ts";
import { triu_indices } from "../creation/triangles.ts";
import { onlyFloats, unless, wideFloats } from "../../dispatch/takes.ts";
import { clamp_min_ } from "../pointwise/arithmetic.ts";

/**
 * The cosine of the angle between vectors along `dim`, which goes; the others broadcast. A norm below `eps` counts as
 * `eps`. As `torch.nn.functional.cosine_similarity`.
 * @example F.cosine_similarity(torch.randn(100, 128), torch.randn(100, 128)).shape // torch.Size([100])
 */
export const cosine_similarity = op("cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor");
define(cosine_similarity, {
  kernel: composite(({ x1, x2, dim, eps }) => {
    const dtype = promote_types(x1.dtype, x2.dtype);
    if (!dtype.is_floating_point)
      throw new RuntimeError(
        `expected common dtype to be floating point, yet common dtype is ${dtype.legacyName}\nx.float() makes one.`,
      );
    const [a, b] = [x1.to(dtype), x2.to(dtype)];
    const product = a.mul(b);
    // The norms are bounded without a trace, so that their derivative is that of the norm below eps as well.
    const unit = (x: typeof x1): typeof x1 => {
      const norm = x.expand(product.sizes).norm(2, [dim], true).clone();
      withGrad(false, () => clamp_min_(norm, eps));
      return x.div(norm);
    };
    return unit(a).mul(unit(b)).sum([dim]);
  }),
});

/**
 * The p-norm of x1 - x2 + eps over the last dim; the others broadcast. As `torch.nn.functional.pairwise_distance`.
 * @example F.pairwise_distance(torch.randn(100, 128), torch.randn(100, 128)).shape // torch.Size([100])
 */
export const pairwise_distance = op(
  "pairwise_distance(Tensor x1, Tensor x2, float p=2.0, float eps=1e-06, bool keepdim=False) -> Tensor",
);
define(pairwise_distance, {
  kernel: composite(({ x1, x2, p, eps, keepdim }) => {
    const difference = x1.sub(x2);
    // eps is a float, however whole.
    const x = difference.dtype.is_differentiable ? difference : difference.to(get_default_dtype());
    return x.add(eps).norm(p, [-1], keepdim);
  }),
  lastNode: "NormBackward1",
});

/**
 * The p-norm distance of every two rows i < j of an [n, m] matrix, in the order (0, 1), (0, 2) …: n(n - 1)/2 numbers.
 * As `torch.nn.functional.pdist`.
 * @example F.pdist(torch.tensor([[0, 0], [3, 4], [6, 8]])) // tensor([ 5., 10.,  5.])
 */
export const pdist = op("pdist(Tensor input, float p=2.0) -> Tensor");
define(pdist, {
  takes: [
    onlyFloats("pdist only supports floating-point dtypes"),
    unless(([input]) => hasNoDistances(input as Tensor), wideFloats("pdist")),
  ],
  kernel: composite(({ input, p }) => {
    if (input.sizes.length !== 2) throw new RuntimeError(`pdist only supports 2D tensors, got: ${input.sizes.length}D`);
    if (!(p >= 0)) throw new RuntimeError("pdist only supports non-negative p values");
    const n = input.sizes[0];
    const [i, j] = triu_indices(n, n, 1).unbind(0);
    const rows = (k: Tensor): Tensor => input.index_select(0, k).unsqueeze(1);
    return _cdist(rows(i), rows(j), p).flatten();
  }),
  node: "PdistBackward0",
});
const hasNoDistances = ({ sizes }: Tensor): boolean => sizes.length === 2 && (sizes[0] < 2 || sizes[1] === 0);
