// Calls with tensors large enough for lanes, parts of sums, blocks of products and the system's BLAS.
import * as torch from "../../src/index.ts";
import { leaf } from "./leaves.ts";

const F = torch.nn.functional;
/** A function and its arguments, by what they show. */
export const large: Readonly<Record<string, () => readonly [unknown, ...unknown[]]>> = {
  matmul: () => [torch.matmul, leaf([40, 33]), leaf([33, 50])],
  "matmul of one inner element": () => [torch.matmul, leaf([190, 1]), leaf([1, 200])],
  bmm: () => [torch.bmm, leaf([3, 33, 40]), leaf([3, 40, 35])],
  linear: () => [F.linear, leaf([5, 9, 40]), leaf([35, 40]), leaf([35])],
  "linear of one feature": () => [F.linear, leaf([190, 1]), leaf([200, 1]), leaf([200])],
  addmm: () => [torch.addmm, leaf([40, 50]), leaf([40, 33]), leaf([33, 50]), { beta: 0.5, alpha: 2 }],
  conv1d: () => [F.conv1d, leaf([3, 8, 70]), leaf([16, 8, 5]), leaf([16]), { padding: 2 }],
  conv2d: () => [F.conv2d, leaf([3, 8, 14, 14]), leaf([16, 8, 3, 3]), leaf([16]), { padding: 1 }],
  "conv2d of one place": () => [F.conv2d, leaf([20, 16, 3, 3]), leaf([24, 16, 3, 3]), leaf([24])],
  "conv2d of single elements": () => [F.conv2d, leaf([3, 16, 9, 9]), leaf([24, 16, 1, 1])],
  "conv2d of each channel": () => [F.conv2d, leaf([2, 6, 9, 11]), leaf([6, 1, 3, 3]), null, { groups: 6 }],
  "conv2d to one channel": () => [F.conv2d, leaf([2, 5, 9, 11]), leaf([1, 5, 3, 3]), leaf([1])],
  conv3d: () => [F.conv3d, leaf([2, 3, 5, 6, 7]), leaf([2, 3, 2, 2, 2]), leaf([2])],
  conv_transpose2d: () => [F.conv_transpose2d, leaf([2, 6, 5, 7]), leaf([6, 4, 3, 3]), leaf([4]), { stride: 2 }],
  "conv_transpose2d of each channel": () => [
    F.conv_transpose2d,
    leaf([2, 6, 5, 7]),
    leaf([6, 1, 3, 3]),
    null,
    { stride: 2, groups: 6 },
  ],
  attention: () => [
    F.scaled_dot_product_attention,
    ...[1, 2, 3].map((seed) => leaf([2, 3, 37, 20], -1, 1, seed)),
    { is_causal: true },
  ],
  softmax: () => [F.softmax, leaf([7, 130]), { dim: 1 }],
  "softmax of columns": () => [F.softmax, leaf([130, 7]), { dim: 0 }],
  layer_norm: () => [F.layer_norm, leaf([6, 100]), [100], leaf([100]), leaf([100])],
  group_norm: () => [F.group_norm, leaf([3, 8, 5, 7]), 4, leaf([8]), leaf([8]), 0.1],
  batch_norm: () => [F.batch_norm, leaf([6, 5, 4, 7]), null, null, leaf([5]), leaf([5]), true, 0.1, 0.1],
  max_pool2d: () => [F.max_pool2d, leaf([2, 5, 13, 14]), 3, 2, 1],
  avg_pool2d: () => [F.avg_pool2d, leaf([2, 5, 13, 14]), 3, 2, 1],
  sum: () => [torch.sum, leaf([30, 40, 5]), [0, 2]],
  cumsum: () => [torch.cumsum, leaf([30, 40]), 0],
  mul: () => [torch.mul, leaf([30, 1, 40]), leaf([20, 40])],
};
