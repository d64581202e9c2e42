import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";

const points = torch.tensor([
  [0, 1],
  [1, 0],
  [2, 0],
  [2, 2],
]);
describe("histogramdd", () => {
  test("counts points, or weighs them, on a grid of equal bins", () => {
    const { hist, bin_edges } = torch.histogramdd(points, [3, 3], { weight: torch.tensor([1, 2, 4, 8]) });
    expect(hist.tolist()).toEqual([
      [0, 1, 0],
      [2, 0, 0],
      [4, 0, 8],
    ]);
    expect(String(bin_edges[0])).toBe("tensor([0.0000, 0.6667, 1.3333, 2.0000])");
    expect(torch.histogramdd(points, 3).hist.tolist()).toEqual([
      [0, 1, 0],
      [1, 0, 0],
      [1, 0, 1],
    ]);
  });
  test("takes edges, ranges and densities", () => {
    const edges = [torch.tensor([0, 1, 2]), torch.tensor([0, 2])];
    expect(torch.histogramdd(points, edges).hist.tolist()).toEqual([[1], [3]]);
    const density = torch.histogramdd(points, [2, 2], { range: [0, 1, 0, 1], density: true });
    expect(density.hist.tolist()).toEqual([
      [0, 2],
      [2, 0],
    ]);
  });
  const raises: readonly (readonly [() => unknown, string])[] = [
    [() => torch.histogramdd(points, [3]), "histogramdd: The size of bins must be equal to the innermost dimension"],
    [() => torch.histogramdd(points, [0, 3]), "torch.histogram(): bins must be > 0, but got 0 for dimension 0"],
    [
      () => torch.histogramdd(points, [2, 2], { range: [1, 0, 0, 1] }),
      "min should not exceed max, but got min 1 max 0",
    ],
    [() => torch.histogramdd(points, [2, 2], { range: [0, 1] }), "range should have 4 elements, but got 2"],
    [() => torch.histogramdd(points.select(1, 0), [2]), "input tensor should have at least 2 dimensions"],
    [() => torch.histogramdd(points.long(), [2, 2]), "\"histogramdd\" not implemented for 'Long'"],
    [() => torch.histogramdd(points.mul(NaN), [2, 2]), "dimension 0's range [nan, nan] is not finite"],
    [() => torch.histogramdd(points, [2, 2], { weight: torch.rand(3) }), "with shape [4, 2] and weight with shape [3]"],
  ];
  for (const [body, sentence] of raises) test(sentence, () => expect(body).toThrow(sentence));
});
