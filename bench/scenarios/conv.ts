import * as torch from "tidu";
import { nn } from "tidu";
import type { Scenario } from "../scenario.ts";
import { gflops } from "../scenario.ts";

interface Shape {
  readonly batch: number;
  readonly from: number;
  readonly to: number;
  readonly size: number;
  readonly groups: number;
}
// All 3x3, padded by 1: a first layer, a wide and a deep one of a ResNet, a depthwise one.
const SHAPES: readonly Shape[] = [
  { batch: 32, from: 3, to: 64, size: 32, groups: 1 },
  { batch: 8, from: 64, to: 64, size: 56, groups: 1 },
  { batch: 8, from: 256, to: 256, size: 14, groups: 1 },
  { batch: 8, from: 128, to: 128, size: 28, groups: 128 },
];
const nameOf = ({ batch, from, to, size, groups }: Shape): string =>
  `conv ${batch}x${from}x${size}x${size} to ${to}${groups > 1 ? ` groups ${groups}` : ""}`;
const operations = ({ batch, from, to, size, groups }: Shape): number =>
  (2 * batch * to * size * size * from * 9) / groups;
const operands = ({ batch, from, to, size, groups }: Shape, requires_grad: boolean): [torch.Tensor, torch.Tensor] => [
  torch.randn(batch, from, size, size, { requires_grad }),
  torch.randn(to, from / groups, 3, 3, { requires_grad }),
];

export const conv: Scenario = {
  title: "convolution, 3x3, padding 1",
  unit: "GFLOP/s",
  measure: "seconds",
  cases: SHAPES.flatMap((shape) => [
    {
      name: nameOf(shape),
      show: gflops(operations(shape)),
      prepare: () => {
        const [x, w] = operands(shape, false);
        return () => nn.functional.conv2d(x, w, null, 1, 1, 1, shape.groups);
      },
    },
    {
      name: `${nameOf(shape)}, backward`,
      show: gflops(2 * operations(shape)),
      prepare: () => {
        const [x, w] = operands(shape, true);
        const y = nn.functional.conv2d(x, w, null, 1, 1, 1, shape.groups);
        const grad = torch.randn(y.shape);
        return () => torch.autograd.grad(y, [x, w], grad, { retain_graph: true });
      },
    },
  ]),
};
