// Pruning and other conversions of modules in TypeScript. More of it, with PyTorch's values: test/python_front/prune.py.
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";

const { nn } = torch;
const { prune } = nn.utils;
// Recorded from PyTorch 2.13, seed 0.
const MASKS = [
  [
    [0, 1, 1],
    [1, 1, 0],
  ],
  [
    [0, 0, 0],
    [1, 1, 0],
  ],
  [
    [0, 0, 0],
    [0, 0, 0],
  ],
];
type Masked = torch.nn.Linear & Record<"weight_mask" | "weight_orig" | "bias_mask", torch.Tensor>;

describe("a pruned weight", () => {
  test("is the product of its original and a mask, as PyTorch draws it", () => {
    torch.manual_seed(0);
    const m = new nn.Linear(3, 2) as Masked;
    expect(prune.l1_unstructured(m, "weight", 2)).toBe(m);
    expect(m.weight_mask.tolist()).toEqual(MASKS[0]);
    expect([...m.state_dict().keys()]).toEqual(["bias", "weight_orig", "weight_mask"]);
    expect(torch.equal(m.weight, m.weight_orig.mul(m.weight_mask))).toBe(true);
    prune.random_unstructured(m, "weight", 0.5);
    expect(m.weight_mask.tolist()).toEqual(MASKS[1]);
    prune.random_structured(m, { name: "weight", amount: 1, dim: 0 });
    expect(m.weight_mask.tolist()).toEqual(MASKS[2]);
    expect(prune.is_pruned(m)).toBe(true);
    m(torch.ones(1, 3)).sum().backward();
    expect(torch.equal(m.weight_orig.grad!, m.weight_mask)).toBe(true);
    prune.remove(m, "weight");
    expect(prune.is_pruned(m)).toBe(false);
    expect([...m.state_dict().keys()].sort()).toEqual(["bias", "weight"]);
    expect(m.weight).toBeInstanceOf(nn.Parameter);
  });
  test("follows its original in every forward", () => {
    const m = prune.l1_unstructured(new nn.Linear(2, 1, false), "weight", 1) as unknown as Masked;
    m.weight_orig.data.fill_(3);
    expect(m(torch.ones(1, 2)).item()).toBe(3);
  });
  test("is chosen among the weights of several modules", () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.Linear(2, 1));
    const [a, b] = [net[0] as Masked, net[1] as Masked];
    a.weight.data = torch
      .tensor([
        [1, 5],
        [2, 6],
      ])
      .float();
    b.weight.data = torch.tensor([[3, 0.5]]);
    prune.global_unstructured(
      [
        [a, "weight"],
        [b, "weight"],
      ],
      prune.L1Unstructured,
      { amount: 0.5 },
    );
    expect(a.weight_mask.tolist()).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(b.weight_mask.tolist()).toEqual([[1, 0]]);
  });
  test("is pruned by a method of a program's own", () => {
    class First extends prune.BasePruningMethod {
      readonly PRUNING_TYPE = "unstructured";
      compute_mask(_t: torch.Tensor, default_mask: torch.Tensor): torch.Tensor {
        return default_mask.clone().index_fill_(0, torch.tensor([0n]), 0);
      }
    }
    const m = new nn.Linear(2, 3) as Masked;
    First.apply(m, "bias");
    First.apply(m, "bias");
    expect(m.bias_mask.tolist()).toEqual([0, 0, 1]);
  });
  test("stays as it was where a mask cannot be computed", () => {
    const m = new nn.Linear(2, 2);
    expect(() => prune.l1_unstructured(m, "weight", 9)).toThrow(
      "amount=9 should be smaller than the number of parameters to prune=4",
    );
    expect(() => prune.l1_unstructured(m, "weight", 1.5)).toThrow("amount=1.5 should either be a float in the range");
    expect(() => prune.remove(m, "weight")).toThrow("has to be pruned before pruning can be removed");
    expect([...m.state_dict().keys()]).toEqual(["weight", "bias"]);
  });
  test("counts 1 as one element and a Float of 1 as all", () => {
    const counted = prune.l1_unstructured(new nn.Linear(2, 2), "weight", 1) as unknown as Masked;
    const all = prune.l1_unstructured(new nn.Linear(2, 2), "weight", new torch.Float(1)) as unknown as Masked;
    expect([counted.weight_mask.sum().item(), all.weight_mask.sum().item()]).toEqual([3, 0]);
  });
});
test("a convolution fused with a norm computes what both did", () => {
  const conv = new nn.Conv2d(2, 3, 2);
  const bn = new nn.BatchNorm2d(3);
  const x = torch.randn(4, 2, 5, 5);
  bn(conv(x));
  conv.eval();
  bn.eval();
  const fused = nn.utils.fuse_conv_bn_eval(conv, bn);
  expect(torch.allclose(fused(x), bn(conv(x)), { atol: 1e-5 })).toBe(true);
  const linear = new nn.Linear(2, 3).eval();
  const norm = new nn.BatchNorm1d(3).eval();
  norm.running_mean!.fill_(2);
  const y = torch.randn(4, 2);
  expect(torch.allclose(nn.utils.fuse_linear_bn_eval(linear, norm)(y), norm(linear(y)), { atol: 1e-5 })).toBe(true);
  expect(() => nn.utils.fuse_conv_bn_eval(conv.train(), bn)).toThrow("Fusion only for eval!");
});
test("a module made by skip_init draws nothing", () => {
  torch.manual_seed(0);
  const first = torch.rand(1).item();
  torch.manual_seed(0);
  const m = nn.utils.skip_init(nn.Linear, 3, 2, { bias: false });
  expect([m.weight.device.type, m.bias, torch.rand(1).item()]).toEqual(["cpu", null, first]);
  expect(() => nn.utils.skip_init(Map as never)).toThrow("Expected a Module; got Map");
});
