import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const { func } = torch;
const x = torch.randn(2, 3, 4, { requires_grad: true });
/** The name of the node that PyTorch has, by what makes the view of each element. */
const views: Record<string, [(v: Tensor) => Tensor, string]> = {
  view: [(v) => v.view(4, 3), "ViewBackward0"],
  reshape: [(v) => v.reshape(-1), "ViewBackward0"],
  permute: [(v) => v.permute(1, 0), "PermuteBackward0"],
  transpose: [(v) => v.transpose(0, 1), "TransposeBackward0"],
  t: [(v) => v.t(), "TransposeBackward0"],
  unsqueeze: [(v) => v.unsqueeze(-1), "UnsqueezeBackward0"],
  expand: [(v) => v.unsqueeze(0).expand(5, 3, 4), "ExpandBackward0"],
  select: [(v) => v.select(0, 1), "SelectBackward0"],
  index: [(v) => v.index([1]), "SelectBackward0"],
  slice: [(v) => v.index(["1:"]), "SliceBackward0"],
  narrow: [(v) => v.narrow(1, 0, 2), "SliceBackward0"],
  unbind: [(v) => v.unbind(0)[1], "UnbindBackward0"],
  split: [(v) => v.split(2)[0], "SplitBackward0"],
  chunk: [(v) => v.chunk(2)[1], "SplitBackward0"],
  diagonal: [(v) => v.diagonal(), "DiagonalBackward0"],
  unfold: [(v) => v.unfold(1, 2, 1), "UnfoldBackward0"],
  movedim: [(v) => v.movedim(0, 1), "PermuteBackward0"],
  as_strided: [(v) => v.as_strided([2], [1]), "AsStridedBackward0"],
};
describe("a view inside vmap is the view that PyTorch names, of all of the batch", () => {
  for (const [name, [f, node]] of Object.entries(views))
    test(name, () => {
      const made = func.vmap(f)(x);
      expect(made.grad_fn!.name()).toBe(node);
      const looped = torch.stack([f(x.select(0, 0)), f(x.select(0, 1))]);
      expect(torch.equal(made, looped)).toBe(true);
      const weights = torch.arange(made.numel()).reshape([...made.shape]);
      const [a] = torch.autograd.grad(made.mul(weights).sum(), x);
      const [b] = torch.autograd.grad(looped.mul(weights).sum(), x);
      expect(torch.equal(a, b)).toBe(true);
    });
  test("and may be written to where it may be without vmap", () => {
    const y = x.mul(1);
    const double = (v: Tensor): Tensor => {
      v.select(0, 0).mul_(2);
      return v;
    };
    expect(func.vmap(double)(y).grad_fn!.name()).toBe("torch::autograd::CopySlices");
    expect(y.select(1, 0).equal(x.select(1, 0).mul(2))).toBe(true);
    const part = (v: Tensor): Tensor => {
      v.unbind(0)[0].mul_(2);
      return v;
    };
    expect(() => func.vmap(part)(x.mul(1))).toThrow(
      "Output 0 of Unbind is a view and is being modified inplace. This view is the output of a function that returns multiple views.",
    );
  });
});
describe("a tensor made of data inside a transform belongs to it", () => {
  const v = torch.tensor([1, 2, 3]);
  for (const [name, make] of Object.entries({
    tensor: () => torch.tensor([4, 5, 6]),
    as_tensor: () => torch.as_tensor([4, 5, 6]),
    arange: () => torch.arange(4, 7).float(),
  }))
    test(`${name} may be written into`, () => {
      const f = (u: Tensor): Tensor => make().mul_(u).sum();
      expect(func.grad(f)(v).tolist()).toEqual([4, 5, 6]);
      expect(
        func
          .grad((u: Tensor) =>
            func
              .grad((w: Tensor) => make().mul_(w.mul(u)).sum())(u)
              .sum(),
          )(v)
          .tolist(),
      ).toEqual([4, 5, 6]);
      expect(func.jvp(f, [v], [v])[1].item()).toBe(32);
      expect(() => func.vmap((u: Tensor) => make().mul_(u))(torch.ones(2, 3))).toThrow(
        "vmap: inplace arithmetic(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args that has more elements than `self`.",
      );
    });
});
