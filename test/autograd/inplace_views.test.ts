import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";

describe("views in place", () => {
  test("change the layout of the tensor itself, not its elements", () => {
    const x = torch.tensor([[1, 2, 3]]);
    const before = x._version;
    expect(x.t_()).toBe(x);
    expect(x.tolist()).toEqual([[1], [2], [3]]);
    expect(x.squeeze_(1).tolist()).toEqual([1, 2, 3]);
    expect(x.unsqueeze_(0).shape.join()).toBe("1,3");
    expect(x._version).toBe(before);
  });

  test("keep the history: gradients flow back through them", () => {
    const x = torch.tensor([[1, 2, 3]], { requires_grad: true });
    const y = x.mul(2);
    y.transpose_(0, 1);
    y.mul(torch.tensor([[1], [10], [100]]))
      .sum()
      .backward();
    expect(x.grad!.tolist()).toEqual([[2, 20, 200]]);
  });

  test("are refused on a leaf that requires grad", () => {
    const x = torch.tensor([[1, 2]], { requires_grad: true });
    expect(() => x.t_()).toThrow("a leaf Variable that requires grad is being used in an in-place operation.");
    expect(x.shape.join()).toBe("1,2");
  });
});
