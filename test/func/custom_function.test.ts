import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import type { FunctionContext, VmapInfo } from "../../src/autograd/function.ts";

const { func } = torch;
const close = (a: Tensor, b: Tensor): void => {
  expect([...a.shape]).toEqual([...b.shape]);
  expect(torch.allclose(a, b, { atol: 1e-6 })).toBe(true);
};

/** x y k, written by hand. */
class Product extends torch.autograd.Function {
  static override generate_vmap_rule = true;
  static override forward(x: Tensor, y: Tensor, k: number): Tensor {
    return x.mul(y).mul(k);
  }
  static override setup_context(ctx: FunctionContext, [x, y, k]: [Tensor, Tensor, number], _output: Tensor): void {
    ctx.save_for_backward(x, y);
    ctx.save_for_forward(x, y);
    ctx["k"] = k;
  }
  static override backward(ctx: FunctionContext, grad: Tensor): (Tensor | null)[] {
    const [x, y] = ctx.saved_tensors;
    const k = ctx["k"] as number;
    return [grad.mul(y).mul(k), grad.mul(x).mul(k), null];
  }
  static override jvp(ctx: FunctionContext, dx: Tensor, dy: Tensor): Tensor {
    const [x, y] = ctx.saved_tensors;
    return dx
      .mul(y)
      .add(x.mul(dy))
      .mul(ctx["k"] as number);
  }
}
/** The same with a rule of its own for batches. */
class Ruled extends Product {
  static override generate_vmap_rule = false;
  static override vmap(
    { batch_size }: VmapInfo,
    [dx, dy]: readonly (number | null)[],
    x: Tensor,
    y: Tensor,
    k: number,
  ): readonly [Tensor, number] {
    const whole = (t: Tensor, dim: number | null): Tensor =>
      dim === null ? t.expand([batch_size, ...t.shape]) : t.movedim(dim, 0);
    return [Ruled.apply(whole(x, dx), whole(y, dy), k), 0];
  }
}
const plain = (x: Tensor, y: Tensor): Tensor => x.mul(y).mul(2);
const x = torch.tensor([0.5, 1, 2]);
const rows = torch.arange(6).reshape(2, 3).float();

for (const Made of [Product, Ruled]) {
  const made = (a: Tensor, b: Tensor): Tensor => Made.apply(a, b, 2);
  describe(`a ${Made === Product ? "Function whose rule for batches is made" : "Function with a rule for batches"}`, () => {
    const same = (of: (f: typeof plain) => Tensor | readonly Tensor[]): void => {
      const [got, wanted] = [of(made), of(plain)].map((r) => (Array.isArray(r) ? r : [r]) as Tensor[]);
      for (const [i, t] of wanted.entries()) close(got[i], t);
    };
    test("is called without any", () => {
      const w = x.clone().requires_grad_();
      const y = made(w, x);
      expect(y.grad_fn!.name()).toBe(`${Made.name}Backward`);
      close(torch.autograd.grad(y.sum(), w)[0], x.mul(2));
    });
    test("is differentiated, and again", () => {
      same((f) => func.grad((v: Tensor) => f(v, v).sum())(x));
      same((f) =>
        func.grad((v: Tensor) =>
          func
            .grad((u: Tensor) => f(u, f(u, v)).sum())(v)
            .sum(),
        )(x),
      );
      same((f) => func.jvp((v: Tensor) => f(v, v), [x], [x]) as readonly Tensor[]);
      same((f) => func.jacfwd((v: Tensor) => f(v, v.sum()))(x));
      same((f) => func.jacrev((v: Tensor) => f(v, v.sum()))(x));
      same((f) => func.hessian((v: Tensor) => f(v, v).sum())(x));
    });
    test("is mapped over batches of any of its arguments, nested and differentiated", () => {
      same((f) => func.vmap(f)(rows, rows));
      same((f) => func.vmap(f, { in_dims: [0, null] })(rows, x));
      same((f) => func.vmap(func.vmap(f, { in_dims: [0, null] }), { in_dims: [null, 0] })(x, x));
      same((f) => func.vmap(func.grad((v: Tensor) => f(v, v).sum()))(rows));
      same((f) =>
        func.grad((v: Tensor) =>
          func
            .vmap(f, { in_dims: [0, null] })(rows, v)
            .sum(),
        )(x),
      );
      same((f) => func.jvp((v: Tensor) => func.vmap(f)(v, v), [rows], [rows]) as readonly Tensor[]);
    });
    test("takes part in a graph that the program records", () => {
      const w = x.clone().requires_grad_();
      same((f) =>
        torch.autograd.grad(
          func
            .vmap(f, { in_dims: [0, null] })(rows, w)
            .sum(),
          w,
        ),
      );
      same((f) =>
        torch.autograd.grad(
          func
            .grad((v: Tensor) => f(v, f(v, w)).sum())(x)
            .sum(),
          w,
        ),
      );
    });
  });
}
describe("a custom Function is refused inside a transform", () => {
  test("where its forward gets the context", () => {
    class Old extends torch.autograd.Function {
      static override forward(_ctx: FunctionContext, v: Tensor): Tensor {
        return v.mul(2);
      }
    }
    expect(() => func.vmap((v: Tensor) => Old.apply(v))(x)).toThrow(
      "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must override the setup_context staticmethod.",
    );
  });
  test("where vmap has no rule, or two", () => {
    class None extends Product {
      static override generate_vmap_rule = false;
    }
    class Two extends Ruled {
      static override generate_vmap_rule = true;
    }
    expect(() => func.vmap((v: Tensor) => None.apply(v, v, 2))(x)).toThrow(
      "You tried to vmap over None, but it does not have vmap support. Please override and implement the vmap staticmethod or set generate_vmap_rule=True.",
    );
    expect(() => func.vmap((v: Tensor) => Two.apply(v, v, 2))(x)).toThrow(
      "You tried to vmap over Two, but it has both generate_vmap_rule=True and an overridden vmap staticmethod.",
    );
  });
});
