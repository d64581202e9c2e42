// What PyTorch 2.13 printed for the same programs.
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import type { FunctionContext } from "../../src/autograd/function.ts";

const ones = (...size: number[]): Tensor => torch.ones(size, { requires_grad: true });

describe("the engine", () => {
  test("goes back through a chain of 100,000 ops", () => {
    const x = torch.tensor(1, { requires_grad: true });
    let y = x;
    for (let i = 0; i < 100_000; i++) y = y.add(1);
    y.backward();
    expect(String(x.grad)).toBe("tensor(1.)");
  });

  test("adds up what comes by several ways before it goes on", () => {
    const x = torch.tensor([1, -2], { requires_grad: true });
    x.add(x).add(x.mul(x)).add(x).sum().backward();
    expect(String(x.grad)).toBe("tensor([ 5., -1.])");
  });

  test("runs again only if the graph is kept", () => {
    const x = torch.tensor(2, { requires_grad: true });
    const y = x.mul(x);
    y.backward({ retain_graph: true });
    y.backward();
    expect(String(x.grad)).toBe("tensor(8.)");
    expect(() => y.backward()).toThrow("Trying to backward through the graph a second time");
  });

  test("gives gradients with respect to tensors in the middle, and touches no .grad", () => {
    const x = torch.tensor(2, { requires_grad: true });
    const h = x.mul(3);
    const y = h.mul(h);
    expect(torch.autograd.grad(y, [x, h]).map(String)).toEqual(["tensor(36.)", "tensor(12.)"]);
    expect(x.grad).toBeNull();
  });

  test("says which input was not used", () => {
    const [x, w] = [ones(1), ones(1)];
    expect(() => torch.autograd.grad(x.mul(2), [x, w])).toThrow(
      "The differentiated Tensor at index 1 appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.",
    );
    expect(torch.autograd.grad(x.mul(2), [x, w], null, { allow_unused: true })[1]).toBeNull();
    expect(String(torch.autograd.grad(x.mul(2), [x, w], null, { materialize_grads: true })[1])).toBe("tensor([0.])");
  });

  test("differentiates its own results", () => {
    const x = torch.tensor(2, { requires_grad: true });
    const [g] = torch.autograd.grad(x.pow(3), x, null, { create_graph: true });
    expect(String(g)).toBe("tensor(12., grad_fn=<MulBackward0>)");
    g.backward();
    expect(String(x.grad)).toBe("tensor(12.)");
  });
});

describe("hooks", () => {
  test("on a leaf change the gradient once, after it is complete", () => {
    const x = torch.tensor(1, { requires_grad: true });
    const seen: string[] = [];
    x.register_hook((g) => void seen.push(String(g)));
    x.mul(2).add(x.mul(3)).add(x.mul(x)).backward();
    expect(seen).toEqual(["tensor(7.)"]);
  });

  test("on other tensors run in order, and retain_grad sees what they return", () => {
    const x = torch.tensor(1, { requires_grad: true });
    const y = x.mul(2);
    y.register_hook((g) => g.mul(100));
    y.retain_grad();
    y.mul(3).backward();
    expect([String(y.grad), String(x.grad)]).toEqual(["tensor(300.)", "tensor(600.)"]);
  });

  test("stay with the value they were put on when the tensor is changed in place", () => {
    const x = torch.tensor([1], { requires_grad: true });
    const y = x.mul(2);
    const seen: string[] = [];
    y.register_hook((g) => void seen.push(`before mul_ ${String(g)}`));
    y.mul_(10);
    y.register_hook((g) => void seen.push(`after mul_ ${String(g)}`));
    y.sum().backward();
    expect(seen).toEqual(["after mul_ tensor([1.])", "before mul_ tensor([10.])"]);
    expect(String(x.grad)).toBe("tensor([20.])");
  });

  test("may not change the size", () => {
    const x = torch.tensor([1, 2], { requires_grad: true });
    x.register_hook(() => torch.ones(3));
    expect(() => x.mul(2).sum().backward()).toThrow("has changed the size of value");
  });
});

describe("in-place changes", () => {
  test("through a view rewrite the history of the base and of the view", () => {
    const x = ones(4);
    const y = x.mul(2);
    const v = y.index(["0:2"]);
    expect(v.grad_fn!.name()).toBe("SliceBackward0");
    v.mul_(3);
    expect([v.grad_fn!.name(), y.grad_fn!.name()]).toEqual(["AsStridedBackward0", "torch::autograd::CopySlices"]);
    y.sum().backward();
    expect([String(y.detach()), String(x.grad)]).toEqual(["tensor([6., 6., 2., 2.])", "tensor([6., 6., 2., 2.])"]);
  });

  test("of a base rewrite the history of its views", () => {
    const x = ones(4);
    const y = x.mul(2);
    const v = y.index(["0:2"]);
    y.mul_(3);
    expect(String(v)).toBe("tensor([6., 6.], grad_fn=<AsStridedBackward0>)");
    v.sum().backward();
    expect(String(x.grad)).toBe("tensor([6., 6., 0., 0.])");
  });

  test("bring a plain base into the graph", () => {
    const b = torch.zeros(3);
    const w = torch.tensor([2], { requires_grad: true });
    const v = b.index(["1:2"]);
    v.copy_(w.mul(2));
    expect(String(b)).toBe("tensor([0., 4., 0.], grad_fn=<CopySlices>)");
    b.sum().backward();
    expect(String(w.grad)).toBe("tensor([2.])");
  });

  test("through views of views and transposes reach the right elements", () => {
    const x = torch.zeros(2, 3, { requires_grad: true });
    const y = x.add(0);
    y.select(0, 0).index_put_([1], 5);
    y.t().select(0, 2).add_(7);
    expect(String(y)).toBe("tensor([[0., 5., 7.],\n        [0., 0., 7.]], grad_fn=<CopySlices>)");
    y.sum().backward();
    expect(String(x.grad)).toBe("tensor([[1., 0., 1.],\n        [1., 1., 1.]])");
  });

  test("by index and by mask have the gradients of what they wrote", () => {
    const x = ones(3);
    const w = torch.tensor(4, { requires_grad: true });
    const y = x.mul(1);
    y.index_put_([1], w.mul(w));
    y.mul(torch.tensor([1, 10, 100]))
      .sum()
      .backward();
    expect([String(x.grad), String(w.grad)]).toEqual(["tensor([  1.,   0., 100.])", "tensor(80.)"]);

    const u = torch.tensor([-1, 2, -3], { requires_grad: true });
    const z = u.mul(2);
    z.index_put_([z.lt(0)], 0);
    expect(String(z)).toBe("tensor([0., 4., 0.], grad_fn=<IndexPutBackward0>)");
    z.sum().backward();
    expect(String(u.grad)).toBe("tensor([0., 2., 0.])");
  });

  test("are refused on leaves, on views of them, on one of several views, and on views made unrecorded", () => {
    const x = torch.arange(4).float().requires_grad_();
    expect(() => x.add_(1)).toThrow("a leaf Variable that requires grad is being used in an in-place operation.");
    expect(() => x.view(2, 2).mul_(2)).toThrow(
      "a view of a leaf Variable that requires grad is being used in an in-place operation.",
    );
    const [first] = x.mul(1).reshape(2, 2).unbind(0);
    expect(() => first.add_(1)).toThrow(
      "Output 0 of Unbind is a view and is being modified inplace. This view is the output of a function that returns multiple views.",
    );
    const v = torch.no_grad(() => x.index(["0:1"]));
    expect(() => v.mul_(2)).toThrow(
      "A view was created in no_grad mode and is being modified inplace with grad mode enabled.",
    );
    expect(x.tolist()).toEqual([0, 1, 2, 3]);
    expect(x._version).toBe(0);
  });

  test("are refused where elements lie over each other", () => {
    expect(() => torch.zeros(1).expand(3).add_(1)).toThrow(
      "more than one element of the written-to tensor refers to a single memory location",
    );
    const a = torch.arange(4).float();
    expect(() => a.index(["1:"]).copy_(a.index([":-1"]))).toThrow(
      "some elements of the input tensor and the written-to tensor refer to a single memory location",
    );
    expect(a.tolist()).toEqual([0, 1, 2, 3]);
  });

  test("through detach() are noticed, through .data are not", () => {
    const x = ones(2);
    const y = x.exp();
    y.detach().zero_();
    expect(() => y.sum().backward()).toThrow("is at version 1; expected version 0 instead");
    const z = ones(2);
    const loss = z.mul(z).sum();
    z.data.mul_(10);
    loss.backward();
    expect([z._version, String(z.grad)]).toEqual([0, "tensor([20., 20.])"]);
  });
});

describe("a custom Function", () => {
  class Exp extends torch.autograd.Function {
    static forward(ctx: FunctionContext, x: Tensor): Tensor {
      const y = x.exp();
      ctx.save_for_backward(y);
      return y;
    }
    static backward(ctx: FunctionContext, grad: Tensor): Tensor {
      return grad.mul(ctx.saved_tensors[0]);
    }
  }
  test("runs its own backward, twice if asked", () => {
    const x = torch.tensor([0.3, 1.2], { dtype: torch.float64, requires_grad: true });
    const y = Exp.apply(x);
    expect(y.grad_fn!.name()).toBe("ExpBackward");
    expect(torch.autograd.gradcheck((t: Tensor) => Exp.apply(t), [x])).toBe(true);
    expect(torch.autograd.gradgradcheck((t: Tensor) => Exp.apply(t), [x])).toBe(true);
  });

  test("that returns too many gradients is told so", () => {
    class Bad extends torch.autograd.Function {
      static forward(_ctx: FunctionContext, x: Tensor): Tensor {
        return x.mul(1);
      }
      static backward(_ctx: FunctionContext, grad: Tensor): Tensor[] {
        return [grad, grad];
      }
    }
    expect(() => Bad.apply(ones(1)).sum().backward()).toThrow(
      "function BadBackward returned an incorrect number of gradients (expected 1, got 2)",
    );
  });
});

describe("modes", () => {
  test("nest, and come back after an error and after a promise", async () => {
    const x = ones(1);
    torch.no_grad(() => {
      expect(torch.enable_grad(() => x.mul(2)).requires_grad).toBe(true);
      expect(x.mul(2).requires_grad).toBe(false);
    });
    expect(() =>
      torch.no_grad(() => {
        throw new Error("boom");
      }),
    ).toThrow("boom");
    expect(torch.is_grad_enabled()).toBe(true);
    await torch.no_grad(async () => {
      await Promise.resolve();
      expect(torch.is_grad_enabled()).toBe(false);
    });
    expect(torch.is_grad_enabled()).toBe(true);
  });

  test("inference tensors stay out of recorded computations", () => {
    const y = torch.inference_mode(() => torch.ones(2));
    expect(y.is_inference()).toBe(true);
    expect(() => ones(2).mul(y)).toThrow("Inference tensors cannot be saved for backward.");
    expect(() => y.add_(1)).toThrow("Inplace update to inference tensor outside InferenceMode is not allowed.");
    expect(() => y.requires_grad_()).toThrow(
      "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.",
    );
  });

  test("anomaly detection names the function whose gradient is NaN", () => {
    const texts: string[] = [];
    const before = torch.set_warning_listener((text) => texts.push(text));
    try {
      const x = torch.tensor([0, 1], { requires_grad: true });
      const run = (): void => torch.autograd.detect_anomaly(() => x.div(x).sum().backward());
      expect(run).toThrow("Function 'DivBackward0' returned nan values in its 1th output.");
      expect(texts.join("\n")).toContain(
        "Error detected in DivBackward0. Traceback of forward call that caused the error:",
      );
      expect(texts.join("\n")).toContain("autograd.test.ts");
    } finally {
      torch.set_warning_listener(before);
    }
  });
});

describe("the gradient through as_strided goes by places of memory", () => {
  // Recorded: PyTorch 2.13, the gradient of the sum of y times 1, 2, 3, … for x [2, 3].
  const cases: Readonly<Record<string, [(x: Tensor) => Tensor, number[][]]>> = {
    "of a transposed tensor": [
      (x) => x.t().as_strided([4], [1], 1),
      [
        [0, 1, 2],
        [3, 4, 0],
      ],
    ],
    "of a slice with steps": [
      (x) => x.index(["::2"]).as_strided([2], [2]),
      [
        [1, 0, 2],
        [0, 0, 0],
      ],
    ],
    "of a diagonal": [
      (x) => x.diagonal().as_strided([2], [1]),
      [
        [1, 0, 0],
        [0, 0, 0],
      ],
    ],
    "of a permuted tensor": [
      (x) => x.unsqueeze(0).permute(2, 0, 1).as_strided([2, 2], [1, 3], 1),
      [
        [0, 1, 3],
        [0, 2, 4],
      ],
    ],
    "of a transposed result": [
      (x) => x.mul(2).t().as_strided([4], [1], 1),
      [
        [0, 2, 4],
        [6, 8, 0],
      ],
    ],
    "where windows overlap": [
      (x) => x.as_strided([2, 3], [1, 1], 1),
      [
        [0, 1, 6],
        [8, 6, 0],
      ],
    ],
    "where an element is repeated": [
      (x) => x.as_strided([3, 2], [0, 2], 1),
      [
        [0, 9, 0],
        [12, 0, 0],
      ],
    ],
    "that looks beside a slice": [
      (x) => x.index([":", "1:"]).as_strided([2, 2], [1, 2], 2),
      [
        [0, 0, 1],
        [0, 2, 4],
      ],
    ],
    "of an expanded tensor": [
      (x) => x.unsqueeze(0).expand(2, 2, 3).as_strided([2, 2], [1, 2], 2),
      [
        [0, 0, 1],
        [3, 2, 4],
      ],
    ],
  };
  for (const [name, [f, want]] of Object.entries(cases))
    test(name, () => {
      const x = torch.arange(1, 7).float().view([2, 3]).requires_grad_();
      const y = f(x);
      y.mul(torch.arange(1, y.numel() + 1).view(y.sizes))
        .sum()
        .backward();
      expect(x.grad!.tolist()).toEqual(want);
    });
  test("and so does that of in-place changes of a base with holes", () => {
    const w = torch.ones(3).requires_grad_();
    const b = torch.zeros(4, 6).index([":", "::2"]).data;
    b.index_put_([0], w.mul(2));
    b.index([":", "1:"]).mul_(3);
    b.sum().backward();
    expect(w.grad!.tolist()).toEqual([2, 6, 6]);
  });
  test("and of views that overlap of a base that was changed later", () => {
    const w = torch.ones(3).requires_grad_();
    const b = torch.zeros(4, 6).index(["1:", "1::2"]).data;
    b.index_put_([0], w.mul(2));
    const v = b.unfold(1, 2, 1);
    b.mul_(3);
    v.mul(torch.arange(12).view([3, 2, 2]))
      .sum()
      .backward();
    expect(w.grad!.tolist()).toEqual([0, 18, 18]);
  });
});

test("a real tensor beside complex numbers gets the real part of its gradient", () => {
  const exponent = new torch.Complex(1, 2);
  for (const f of [
    (x: torch.Tensor) => x.pow(exponent),
    (x: torch.Tensor) => x.mul(exponent),
    (x: torch.Tensor) => x.add(torch.ones(2).to(torch.complex64)).mul(exponent),
    (x: torch.Tensor) => torch.complex(x, x),
  ]) {
    const x = torch.ones(2, { requires_grad: true });
    const y = f(x);
    y.backward(torch.ones(2).to(torch.complex64));
    expect(x.grad!.dtype).toBe(torch.float32);
    expect(x.grad!.tolist()).toEqual([1, 1]);
  }
});
