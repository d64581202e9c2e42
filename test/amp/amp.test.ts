// Automatic mixed precision as TypeScript programs use it; what PyTorch gives for each op is in test/python_front/autocast.py.
import { describe, expect, expectTypeOf, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const { amp, nn } = torch;
const x = torch.ones(2, 2);

describe("autocast", () => {
  test("holds in its body, or until its guard is disposed", () => {
    expect(torch.autocast("cpu", () => x.mm(x)).dtype).toBe(torch.bfloat16);
    expect(torch.autocast("cpu", { dtype: torch.float16 }, () => x.mm(x)).dtype).toBe(torch.float16);
    expectTypeOf(torch.autocast("cpu", () => 3)).toEqualTypeOf<number>();
    {
      using region = torch.autocast("cpu");
      expect(region).toBeDefined();
      expect(x.mm(x).dtype).toBe(torch.bfloat16);
    }
    expect(x.mm(x).dtype).toBe(torch.float32);
  });
  test("goes with a body over its awaits, and never to what runs beside it", async () => {
    const inside = torch.autocast("cpu", async () => {
      await Promise.resolve();
      return x.mm(x).dtype;
    });
    expect(x.mm(x).dtype).toBe(torch.float32);
    expect(await inside).toBe(torch.bfloat16);
  });
  test("gives gradients in the parameters' own dtype", () => {
    const net = new nn.Linear(2, 2);
    const loss = torch.autocast("cpu", () => nn.functional.mse_loss(net(x), x));
    expect(loss.dtype).toBe(torch.float32);
    loss.backward();
    expect(net.weight.grad!.dtype).toBe(torch.float32);
  });
  test("casts a parameter anew when it has changed", () => {
    const net = new nn.Linear(2, 2, { bias: false });
    torch.autocast("cpu", () => {
      const before = net(x);
      torch.no_grad(() => net.weight.zero_());
      expect(net(x).abs().sum().item()).toBe(0);
      expect(before.abs().sum().item()).not.toBe(0);
    });
  });
  test("works with vmap and grad around and inside", () => {
    const f = (v: Tensor): Tensor => v.unsqueeze(0).mm(x).sum();
    const made = torch.autocast("cpu", () => torch.func.vmap(f)(x));
    expect(made.dtype).toBe(torch.bfloat16);
    expect(torch.func.vmap((v: Tensor) => torch.autocast("cpu", () => f(v)))(x).dtype).toBe(torch.bfloat16);
    const g = torch.autocast("cpu", () => torch.func.grad((v: Tensor) => f(v).float())(torch.ones(2)));
    expect([g.dtype, g.tolist()]).toEqual([torch.float32, [2, 2]]);
  });
  test("refuses what is no device, and an unknown option", () => {
    expect(() => torch.autocast("foo", () => 1)).toThrow("Expected one of cpu, cuda,");
    expect(() => torch.autocast(3 as never)).toThrow("Expected `device_type` of type `str`, got: `int`");
    expect(() => torch.autocast("cpu", { dtpye: torch.float16 } as never, () => 1)).toThrow(
      "autocast() got an unexpected keyword argument 'dtpye'",
    );
  });
});
describe("GradScaler", () => {
  test("leaves out a step whose gradients are not finite, and then scales less", () => {
    const p = new nn.Parameter(torch.ones(2));
    const optimizer = new torch.optim.SGD([p], { lr: 0.5 });
    const scaler = new amp.GradScaler("cpu", { init_scale: 8 });
    for (const [factor, value, scale] of [
      [Infinity, 1, 4],
      [1, 0.5, 4],
    ]) {
      optimizer.zero_grad();
      scaler.scale(p.mul(factor).sum()).backward();
      scaler.step(optimizer);
      scaler.update();
      expect([p.tolist(), scaler.get_scale()]).toEqual([[value, value], scale]);
    }
  });
  test("reads its arguments as all constructors do", () => {
    expect(() => new amp.GradScaler("cpu", { grow: 2 } as never)).toThrow("unexpected keyword argument 'grow'");
  });
});
test("custom_fwd and custom_bwd keep backward as forward was", () => {
  const seen: boolean[] = [];
  class Product extends torch.autograd.Function {
    static override forward = amp.custom_fwd(
      (ctx: torch.autograd.FunctionContext, a: Tensor) => {
        seen.push(torch.is_autocast_enabled("cpu"), a.dtype === torch.float32);
        ctx.save_for_backward(a);
        return a.mm(a);
      },
      { device_type: "cpu", cast_inputs: torch.float32 },
    );
    static override backward = amp.custom_bwd(
      (_ctx: torch.autograd.FunctionContext, grad: Tensor) => {
        seen.push(torch.is_autocast_enabled("cpu"));
        return grad;
      },
      { device_type: "cpu" },
    );
  }
  const a = torch.ones(2, 2, { requires_grad: true });
  const made = torch.autocast("cpu", () => Product.apply(a.bfloat16()));
  made.sum().backward();
  expect(seen).toEqual([false, true, false]);
});
