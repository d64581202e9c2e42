import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import type { FunctionContext } from "../../src/autograd/function.ts";
import { near, ofTensors, sampledOps, shown } from "../samples/calls.ts";
import { samples } from "../samples/index.ts";

const { dual_level, make_dual, unpack_dual, enter_dual_level, exit_dual_level } = torch.autograd.forward_ad;
const { func } = torch;
const x = torch.tensor([0.5, 1]);
const t = torch.tensor([1, 2]);
const close = (a: Tensor | null, b: Tensor): void =>
  expect(a !== null && torch.allclose(a, b, { atol: 1e-6 })).toBe(true);

describe("a dual tensor", () => {
  test("is an ordinary tensor with a tangent, which ops compute anew", () => {
    dual_level(() => {
      const d = make_dual(x, t);
      expect(d).toBeInstanceOf(torch.Tensor);
      expect(String(d)).toBe("tensor([0.5000, 1.0000], tangent=tensor([1., 2.]))");
      const [primal, tangent] = unpack_dual(d.sin().mul(d));
      close(primal, x.sin().mul(x));
      close(tangent, x.cos().mul(x).add(x.sin()).mul(t));
      expect(unpack_dual(primal!).tangent).toBe(null);
      expect(unpack_dual(d.detach()).tangent).toBe(null);
    });
  });
  test("loses its tangent with its level", () => {
    const y = dual_level(() => make_dual(x, t).exp());
    expect(unpack_dual(y).tangent).toBe(null);
    expect(unpack_dual(y).primal).toBe(y);
    close(y, x.exp());
    expect(() => dual_level(() => make_dual(x, torch.ones(3)))).toThrow("Trying to set a forward gradient");
    expect(() => make_dual(x, t)).toThrow(
      "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.",
    );
  });
  test("has levels one at a time, to be entered and left", () => {
    expect(enter_dual_level()).toBe(0);
    expect(() => enter_dual_level()).toThrow("Nested forward mode AD is not supported at the moment");
    expect(() => func.jvp(torch.sin, [x], [t])).toThrow("Nested forward mode AD is not supported at the moment");
    expect(() => exit_dual_level({ level: 1 })).toThrow("Trying to exit a forward AD level that was not the last one");
    exit_dual_level();
    expect(() => exit_dual_level()).toThrow("Dual level must be a positive number.");
    expect(() => func.jvp((v: Tensor) => dual_level(() => v), [x], [t])).toThrow("Nested forward mode AD");
    expect(() => dual_level(async () => {})).toThrow("dual_level() got an asynchronous body");
  });
  test("takes part in the graph: backward over forward", () => {
    const w = x.clone().requires_grad_();
    const v = t.clone().requires_grad_();
    const tangent = dual_level(() => unpack_dual(make_dual(w, v).pow(3).sum()).tangent!);
    const [gw, gv] = torch.autograd.grad(tangent, [w, v]);
    close(gw, w.detach().mul(t).mul(6));
    close(gv, w.detach().pow(2).mul(3));
  });
  test("gives gradients tangents: forward over backward", () => {
    dual_level(() => {
      const w = make_dual(x, t).requires_grad_();
      const [g] = torch.autograd.grad(w.pow(3).sum(), w);
      close(unpack_dual(g).tangent, x.mul(t).mul(6));
      const mixed = w.sin().mul(w.exp()).softmax(0).select(0, 0);
      const [h] = torch.autograd.grad(mixed, w, { create_graph: true });
      const f = (u: Tensor): Tensor => u.sin().mul(u.exp()).softmax(0).select(0, 0);
      const { tangent } = unpack_dual(h);
      exit_dual_level();
      close(tangent!.detach(), func.hessian(f)(x).mv(t));
      enter_dual_level();
    });
  });
  test("is written to in place, through views, and into what had no tangent", () => {
    dual_level(() => {
      const d = make_dual(x.clone(), t.clone());
      const q = d.select(0, 0);
      q.mul_(5);
      close(unpack_dual(d).tangent, torch.tensor([5, 2]));
      d.mul_(2);
      close(unpack_dual(q).tangent, torch.tensor(10));
      const b = torch.zeros(2, 2);
      b.select(0, 0).add_(d);
      close(
        unpack_dual(b).tangent,
        torch.tensor([
          [10, 4],
          [0, 0],
        ]),
      );
      const wide = torch.ones(3).add(d.select(0, 0));
      const part = wide.select(0, 1);
      wide.mul_(2);
      close(unpack_dual(wide).tangent, torch.tensor([20, 20, 20]));
      close(unpack_dual(part).tangent, torch.tensor(20));
    });
  });
  test("goes through custom Functions by their jvp, whose forward may get the context", () => {
    class Tenfold extends torch.autograd.Function {
      static override forward(ctx: FunctionContext, v: Tensor): Tensor {
        ctx.save_for_forward(v);
        return v.sin();
      }
      static override jvp(ctx: FunctionContext, dv: Tensor): Tensor {
        return dv.mul(ctx.saved_tensors[0].cos()).mul(10);
      }
    }
    const { tangent } = dual_level(() => unpack_dual(Tenfold.apply(make_dual(x, t))));
    close(tangent, x.cos().mul(t).mul(10));
  });
  test("goes through layers, and through what autograd.gradcheck checks", () => {
    torch.manual_seed(0);
    const net = new torch.nn.Sequential(new torch.nn.Linear(2, 3), new torch.nn.Tanh(), new torch.nn.LayerNorm(3));
    const { tangent } = dual_level(() => unpack_dual(net(make_dual(x, t))));
    close(
      tangent,
      func
        .jacrev((v: Tensor) => net(v) as Tensor)(x)
        .mv(t),
    );
    const w = x.double().requires_grad_();
    expect(torch.autograd.gradcheck(torch.sin, [w], { check_forward_ad: true })).toBe(true);
    class Wrong extends torch.autograd.Function {
      static override forward(_ctx: FunctionContext, v: Tensor): Tensor {
        return v.mul(2);
      }
      static override backward(_ctx: FunctionContext, g: Tensor): Tensor {
        return g.mul(2);
      }
      static override jvp(_ctx: FunctionContext, dv: Tensor): Tensor {
        return dv.mul(3);
      }
    }
    const f = (v: Tensor): Tensor => Wrong.apply(v);
    expect(torch.autograd.gradcheck(f, [w])).toBe(true);
    expect(() => torch.autograd.gradcheck(f, [w], { check_forward_ad: true })).toThrow(
      "Jacobian computed with forward mode mismatch for output 0 with respect to input 0,",
    );
  });
});

/** Ops that are left out, and why. */
const apart: Record<string, string> = { rrelu: "draws" };
describe("for every op, a dual tensor has the tangent that jvp gives, and its value the graph of the op", () => {
  for (const [name, call] of sampledOps(apart)) {
    test(name, () => {
      for (const args of samples[name]()) {
        const { inputs, run } = ofTensors(call, args);
        const probe = run(...inputs);
        if (inputs.length === 0 || !probe.some((y) => y.requires_grad)) continue;
        const tangents = inputs.map((v) => torch.ones_like(v).mul(0.7).detach());
        const [, pushed] = func.jvp(
          (...vs: Tensor[]) => run(...vs),
          inputs.map((v) => v.detach()),
          tangents,
        ) as unknown as Tensor[][];
        const made = dual_level(() => {
          const duals = inputs.map((v, i) => make_dual(v, tangents[i]));
          return run(...duals).map((y) => [unpack_dual(y).tangent, y.requires_grad] as const);
        });
        for (const [i, [tangent, recorded]] of made.entries()) {
          if (recorded !== probe[i].requires_grad) throw new Error(`${name}: result ${i} requires grad: ${recorded}`);
          if (tangent !== null && !near(tangent.detach(), pushed[i].detach()))
            throw new Error(`${name} ${i}: ${shown(tangent)} for ${shown(pushed[i])}`);
          if (tangent === null && recorded && pushed[i].count_nonzero().item() > 0)
            throw new Error(`${name} ${i}: no tangent for ${shown(pushed[i])}`);
        }
      }
    });
  }
});
