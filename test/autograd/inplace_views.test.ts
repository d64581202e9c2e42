import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

describe("views in place", () => {
  test("change the layout of the tensor itself, not its elements, and count as a change", () => {
    const x = torch.tensor([[1, 2, 3]]);
    const before = x._version;
    expect(x.t_()).toBe(x);
    expect(x.tolist()).toEqual([[1], [2], [3]]);
    expect(x.squeeze_(1).tolist()).toEqual([1, 2, 3]);
    expect(x.unsqueeze_(0).shape.join()).toBe("1,3");
    expect(x._version).toBe(before + 3);
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

  test("of what a gradient needs are told, where its shape is as good as another", () => {
    const turns: ((x: torch.Tensor) => void)[] = [
      (x) => void x.t_(),
      (x) => void x.transpose_(0, 1),
      (x) => void x.swapaxes_(0, 1),
      (x) => void x.as_strided_([2, 2], [1, 2]),
      (x) => void x.unsqueeze_(0),
      (x) => void x.squeeze_(),
    ];
    for (const turn of turns) {
      const x = torch.ones([2, 2], { requires_grad: true }).mul(torch.tensor([1, 2]));
      const y = x.mul(x);
      turn(x);
      expect(() => y.sum().backward()).toThrow("modified by an inplace operation");
    }
  });

  test("of a view leave its history its own", () => {
    const x = torch.ones([2, 3], { requires_grad: true }).mul(1);
    const row = x.select(0, 0);
    row.unsqueeze_(0);
    expect(row.grad_fn!.name()).toBe("UnsqueezeBackward1");
    expect(row._version).toBe(x._version);
    row.mul(2).sum().backward();
  });

  test("are refused on a leaf that requires grad", () => {
    const x = torch.tensor([[1, 2]], { requires_grad: true });
    expect(() => x.t_()).toThrow("a leaf Variable that requires grad is being used in an in-place operation.");
    expect(x.shape.join()).toBe("1,2");
  });
});

test("views in place that are not recorded leave the history as it was", () => {
  const x = torch.ones([1, 3], { requires_grad: true }).mul(1);
  const node = x.grad_fn;
  torch.no_grad(() => x.squeeze_());
  expect(x.shape.join()).toBe("3");
  expect(x.requires_grad).toBe(true);
  expect(x.grad_fn).toBe(node);
});

describe("real views of complex numbers, and complex ones of real numbers, written through:", () => {
  const [three, turn] = [3, new torch.Complex(1, 3)];
  const changes: Readonly<Record<string, (z: Tensor) => Tensor>> = {
    "a part of the base": (z) => (torch.view_as_real(z).select(0, 1).mul_(2), z),
    "the real parts by themselves": (z) => (torch.real(z).mul_(torch.real(z).clone()), z),
    "nothing left of the imaginary parts": (z) => (torch.imag(z).zero_(), z),
    "a view whose base is changed": (z) => {
      const view = torch.imag(z);
      z.mul_(turn);
      return view;
    },
    "a view of a transposed base of which another view is changed": (z) => {
      const view = torch.view_as_real(z.t());
      z.select(0, 1).mul_(three);
      return view;
    },
    "complex numbers in a real base": (z) => {
      const base = torch.view_as_real(z).clone();
      torch.view_as_complex(base).select(1, 1).mul_(turn);
      return base;
    },
    "a complex view of which the real base is changed": (z) => {
      const base = torch.view_as_real(z).clone();
      const view = torch.view_as_complex(base).select(1, 1);
      base.mul_(three);
      return view;
    },
  };
  test.each(Object.entries(changes))("%s", (_, change) => {
    const z = torch.randn(2, 2, { dtype: torch.complex128, requires_grad: true });
    expect(torch.autograd.gradcheck((x: Tensor) => change(x.clone()), [z])).toBe(true);
  });
  test("a write that the graph does not learn of", () => {
    const z = torch.ones(2, { dtype: torch.complex64, requires_grad: true });
    torch.view_as_real(z).logical_not_().mul(three).sum().backward();
    expect(String(z.grad)).toBe("tensor([3.+3.j, 3.+3.j])");
  });
});

describe("an op in place on a view", () => {
  const ops = [
    "exp_",
    "sigmoid_",
    "tanh_",
    "relu_",
    "sqrt_",
    "rsqrt_",
    "reciprocal_",
    "sin_",
    "square_",
    "log_",
  ] as const;
  const views: Record<string, (x: Tensor) => Tensor> = {
    "all of its base": (x) => x.view(-1),
    "a part of its base": (x) => x.select(0, 1),
    "its base the other way round": (x) => x.t(),
  };
  /** First and second derivatives of what `change` makes of twice x, by graphs that are freed as they are used. */
  const derivatives = (change: (y: Tensor) => Tensor): [number[], number[]] => {
    const x = torch.tensor([
      [0.5, 1.5],
      [0.25, 2],
    ]);
    x.requires_grad_(true);
    const [first] = torch.autograd.grad(change(x.mul(2)).pow(2).sum(), x, { create_graph: true });
    const [second] = torch.autograd.grad(first!.pow(2).sum(), x);
    return [first!.flatten().tolist() as number[], second!.flatten().tolist() as number[]];
  };
  for (const [what, view] of Object.entries(views))
    test(`that is ${what} is differentiated twice as it is elsewhere`, () => {
      for (const op of ops) {
        const inPlace = derivatives((y) => view(y)[op]());
        const elsewhere = derivatives((y) => view(y)[op.slice(0, -1) as "exp"]());
        expect(inPlace, op).toEqual(elsewhere);
      }
    });
});
