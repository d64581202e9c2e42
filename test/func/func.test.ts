import { describe, expect, expectTypeOf, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const { func, nn } = torch;
const sum = (x: Tensor): Tensor => x.sin().sum();
const close = (a: Tensor, b: Tensor): void => {
  expect([...a.shape]).toEqual([...b.shape]);
  expect(torch.allclose(a, b, { atol: 1e-6 })).toBe(true);
};

describe("grad and its kin", () => {
  const x = torch.tensor([0.3, 0.5, 0.7]);
  test("gives the gradient, in the structure of the argument", () => {
    close(func.grad(sum)(x), x.cos());
    const g = func.grad((p: { w: Tensor; b: Tensor }) => p.w.mul(x).sum().add(p.b.sum()))({ w: x, b: torch.ones(2) });
    close(g.w, x);
    close(g.b, torch.ones(2));
    expectTypeOf(g).toEqualTypeOf<{ w: Tensor; b: Tensor }>();
  });
  test("of several arguments gives a list", () => {
    const [a, b] = func.grad((u: Tensor, v: Tensor) => u.mul(v).sum(), [0, 1])(x, x.add(1));
    close(a, x.add(1));
    close(b, x);
  });
  test("passes something else on", () => {
    const [g, aux] = func.grad((v: Tensor): [Tensor, string] => [sum(v), "seen"], 0, { has_aux: true })(x);
    close(g, x.cos());
    expect(aux).toBe("seen");
  });
  test("nests: each grad has a graph of its own, and does not take the others' variables for its own", () => {
    const third = func.grad(func.grad(func.grad((v: Tensor) => v.pow(4))));
    close(third(torch.tensor(2)), torch.tensor(48));
    // d/dx (x * d/dy (x + y)) is 1: confused, it would be 2.
    const f = (u: Tensor): Tensor => u.mul(func.grad((v: Tensor) => u.add(v))(torch.tensor(1)));
    close(func.grad(f)(torch.tensor(1)), torch.tensor(1));
  });
  test("takes part in a graph that the program records, and not inside no_grad", () => {
    const w = torch.tensor([2.0], { requires_grad: true });
    const g = func.grad((v: Tensor) => v.mul(w).pow(2).sum())(torch.tensor([3.0]));
    g.sum().backward();
    close(w.grad!, torch.tensor([24.0]));
    expect(torch.no_grad(() => func.grad((v: Tensor) => v.mul(w).sum())(torch.tensor([3.0]))).requires_grad).toBe(
      false,
    );
  });
  test("sees what a function writes into tensors that it makes", () => {
    const f = (v: Tensor): Tensor => {
      const out = torch.zeros(3);
      out.select(0, 1).copy_(v.select(0, 0).mul(2));
      return out.add_(v).sum();
    };
    close(func.grad(f)(x), torch.tensor([3.0, 1, 1]));
    const [, moved] = func.jvp(f, [x], [torch.ones(3)]);
    close(moved, torch.tensor(5.0));
  });
  test("refuses to write into what a function captured", () => {
    const seen = torch.zeros(3);
    expect(() => func.grad((v: Tensor) => seen.add_(v).sum())(x)).toThrow(
      "During a grad (vjp, jvp, grad, etc) transform, the function provided attempted to call in-place operation (aten::add_.Tensor) that would mutate a captured Tensor.",
    );
    expect(seen.tolist()).toEqual([0, 0, 0]);
  });
  test("a value that is no number, or no tensor, is refused", () => {
    expect(() => func.grad((v: Tensor) => v)(x)).toThrow(
      "grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with 1 dims. Maybe you wanted to use the vjp or jacrev APIs instead?",
    );
    expect(() => func.grad((_v: Tensor) => 3 as unknown as Tensor)(x)).toThrow(
      "Expected f(*args) to return a Tensor, got",
    );
    expect(() => func.grad(sum, 1)(x)).toThrow("Got argnum=1, but only 1 positional inputs");
  });
  test("leaves nothing of it behind", () => {
    expect(() =>
      func.grad((_v: Tensor) => {
        throw new Error("own");
      })(x),
    ).toThrow("own");
    expect(x.add(1).requires_grad).toBe(false);
    expect(torch.zeros(2).constructor).toBe(torch.Tensor);
  });
});

describe("Jacobians", () => {
  const x = torch.tensor([0.3, 0.5, 0.7]);
  const f = (v: Tensor): Tensor => v.sin().mul(v.sum());
  test("are the same forwards, backwards and linearized", () => {
    close(func.jacrev(f)(x), func.jacfwd(f)(x));
    close(func.jacrev(f, 0, { chunk_size: 2 })(x), func.jacfwd(f)(x));
    const [value, push] = func.linearize(f, x);
    close(value, f(x));
    close(push(torch.ones(3)), func.jvp(f, [x], [torch.ones(3)])[1]);
    close(push(torch.ones(3)), func.jacfwd(f)(x).sum(1));
  });
  test("of nested results by several arguments have the results' structure outside", () => {
    const g = (a: Tensor, b: Tensor): { p: Tensor; q: Tensor } => ({ p: a.mul(b), q: b.sum() });
    const made = func.jacrev(g, [0, 1])(x, x.add(1));
    close(made.p[0], x.add(1).diag());
    close(made.p[1], x.diag());
    close(made.q[0], torch.zeros(3));
    close(made.q[1], torch.ones(3));
    const forwards = func.jacfwd(g, [0, 1])(x, x.add(1));
    close(forwards.p[0], made.p[0]);
    close(forwards.q[1], made.q[1]);
  });
  test("hessian is symmetric and right", () => {
    const h = func.hessian((v: Tensor) => v.pow(3).sum().mul(v.prod()))(x);
    close(h, h.t());
    close(func.hessian((v: Tensor) => v.pow(3).sum())(x), x.mul(6).diag());
    close(func.jacrev(func.jacfwd((v: Tensor) => v.pow(3).sum()))(x), x.mul(6).diag());
  });
  test("vjp pulls back as often as asked, and jvp names what does not fit", () => {
    const [y, pull] = func.vjp(f, [x]);
    close(y, f(x));
    close(pull(torch.ones(3))[0], func.jacrev(f)(x).sum(0));
    close(pull(torch.ones(3))[0], func.jacrev(f)(x).sum(0));
    expect(() => func.jvp(f, [x], [torch.ones(2)])).toThrow(
      "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size [3] while the given forward gradient is of size [2].",
    );
    expect(() => func.jvp((_v: Tensor) => torch.ones(2), [x], [x], { strict: true })).toThrow(
      "independent of the inputs",
    );
  });
});

describe("vmap", () => {
  const x = torch.arange(6).reshape(3, 2).float();
  test("maps over any dim, into any dim, and over what is nested", () => {
    close(func.vmap(torch.dot)(x, x), x.mul(x).sum(1));
    close(func.vmap((v: Tensor) => v.mul(2), { in_dims: 1, out_dims: 1 })(x), x.mul(2));
    close(func.vmap((v: Tensor) => v.mul(2), 1, 0)(x), x.t().mul(2));
    const made = func.vmap(({ a, b }: { a: Tensor; b: Tensor }) => [a.add(b), a] as const, {
      in_dims: [{ a: 0, b: null }],
    })({
      a: x,
      b: torch.ones(2),
    });
    close(made[0], x.add(1));
    close(func.vmap((v: Tensor) => v.mul(2), { chunk_size: 2 })(x), x.mul(2));
    close(func.vmap((v: Tensor) => v.mul(2))(torch.zeros(0, 2)), torch.zeros(0, 2));
  });
  test("nests, and with grad inside and outside", () => {
    const outer = func.vmap((a: Tensor) => func.vmap((b: Tensor) => a.mul(b))(torch.arange(2).float()))(
      torch.arange(3).float(),
    );
    close(outer, torch.outer(torch.arange(3).float(), torch.arange(2).float()));
    close(func.vmap(func.grad((v: Tensor) => v.pow(3).sum()))(x), x.pow(2).mul(3));
    close(
      func.grad((v: Tensor) =>
        func
          .vmap((r: Tensor) => r.sin().sum())(v)
          .sum(),
      )(x),
      x.cos(),
    );
  });
  test("gives the gradient of each sample of a network", () => {
    torch.manual_seed(0);
    const net = new nn.Sequential(
      new nn.Conv2d(1, 2, 3),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Flatten(),
      new nn.Linear(18, 3),
    );
    const params = Object.fromEntries([...net.named_parameters()].map(([name, p]) => [name, p.detach()]));
    const images = torch.randn(4, 1, 8, 8);
    const classes = torch.tensor([0n, 1n, 2n, 1n]);
    const loss = (p: Record<string, Tensor>, image: Tensor, k: Tensor): Tensor =>
      nn.functional.cross_entropy(func.functional_call(net, p, [image.unsqueeze(0)]) as Tensor, k.unsqueeze(0));
    const each = func.vmap(func.grad(loss), { in_dims: [null, 0, 0] })(params, images, classes);
    for (let i = 0; i < 4; i++) {
      net.zero_grad();
      loss(Object.fromEntries(net.named_parameters()), images.select(0, i), classes.select(0, i)).backward();
      for (const [name, p] of net.named_parameters()) close(each[name].select(0, i), p.grad!);
    }
  });
  test("runs an ensemble of networks at once", () => {
    const nets = [0, 1, 2].map(() => new nn.Linear(2, 3));
    const [params, buffers] = func.stack_module_state(nets);
    const run = (p: Record<string, Tensor>, b: Record<string, Tensor>, v: Tensor): Tensor =>
      func.functional_call(nets[0], [p, b], [v]);
    const made = func.vmap(run, { in_dims: [0, 0, null] })(params, buffers, x);
    for (const [i, net] of nets.entries()) close(made.select(0, i), net(x));
  });
  test("refuses random numbers, looks at numbers, sizes that depend on them, and writing into what is not mapped", () => {
    const vmap = (f: (v: Tensor) => unknown) => () => func.vmap(f as (v: Tensor) => Tensor)(x);
    expect(vmap((v) => v.add(torch.rand(2)))).toThrow("vmap: called random operation while in randomness error mode.");
    expect(vmap((v) => nn.functional.dropout(v))).toThrow(
      "vmap: called random operation while in randomness error mode.",
    );
    expect(vmap((v) => v.mul(Number(v.sum().item())))).toThrow(
      "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor,",
    );
    expect(vmap((v) => v.nonzero())).toThrow(
      "vmap: We do not support batching operators that can output dynamic shape.",
    );
    expect(vmap((v) => v.index([v.gt(0)]))).toThrow("We do not support batching operators that can");
    expect(vmap((v) => torch.zeros(2).mul_(v))).toThrow(
      "This happened due to `other` being vmapped over but `self` not",
    );
    expect(vmap(() => 3)).toThrow("must only return Tensors, got type");
    close(func.vmap((v: Tensor) => v.new_zeros(2).add_(v))(x), x);
  });
  test("draws the same or different numbers where told", () => {
    const f = (v: Tensor): Tensor => v.mul(0).add(torch.rand(2));
    torch.manual_seed(0);
    const different = func.vmap(f, { randomness: "different" })(x);
    expect(torch.equal(different.select(0, 0), different.select(0, 1))).toBe(false);
    torch.manual_seed(0);
    const same = func.vmap(f, { randomness: "same" })(x);
    expect(torch.equal(same.select(0, 0), same.select(0, 1))).toBe(true);
  });
  test("says which dims do not fit", () => {
    expect(() => func.vmap((a: Tensor, b: Tensor) => a.add(b))(torch.zeros(2), torch.zeros(3))).toThrow(
      "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes [2, 3] for the mapped dimension",
    );
    expect(() => func.vmap((a: Tensor) => a, { in_dims: 3 })(x)).toThrow(
      "so expected in_dim to satisfy -2 <= in_dim < 2.",
    );
    expect(() => func.vmap((a: Tensor) => a, { in_dims: null as never })(x)).toThrow(
      "expected `in_dims` to be int or a",
    );
    expect(() => func.vmap((a: Tensor) => a, { in_dims: [null] })(x)).toThrow(
      "vmap: Expected at least one Tensor to vmap over",
    );
  });
});

describe("debug_unwrap and functionalize", () => {
  test("show what a level's tensor stands for", () => {
    const x = torch.arange(4).view(2, 2).to(torch.float32);
    const shown: string[] = [];
    func.vmap(
      func.grad((v: Tensor) => {
        shown.push(String(func.debug_unwrap(v)), String(func.debug_unwrap(v, { recurse: false }).shape));
        return v.sum();
      }),
    )(x);
    expect(shown).toEqual([String(x), "torch.Size([2])"]);
    expect(func.debug_unwrap(x)).toBe(x);
  });
  test("leave a function what it is, and refuse what cannot be removed", () => {
    const x = torch.ones(2);
    const f = func.functionalize((v: Tensor) => [v.add_(1), v.clone().mul_(2)], { remove: "mutations_and_views" });
    expect(f(x).map(String)).toEqual(["tensor([2., 2.])", "tensor([4., 4.])"]);
    // @ts-expect-error no such option
    expect(() => func.functionalize(f, { remove: "views" })).toThrow("received invalid argument for remove=views");
  });
});

describe("functional_call", () => {
  test("leaves the module as it was, and gives buffers back into the object", () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.BatchNorm1d(2));
    const state = Object.fromEntries(
      [...net.named_parameters(), ...net.named_buffers()].map(([k, v]) => [k, v.detach().clone()]),
    );
    const names = [...net.named_parameters()].map(([name]) => name);
    const before = net.get_parameter("0.weight");
    func.functional_call(net, { ...state, "0.weight": torch.zeros(2, 2) }, [torch.randn(4, 2)]);
    expect(net.get_parameter("0.weight")).toBe(before);
    expect([...net.named_parameters()].map(([name]) => name)).toEqual(names);
    func.functional_call(net, state, [torch.randn(4, 2)]);
    expect(state["1.num_batches_tracked"].item()).toBe(2);
    expect((net.get_buffer("1.num_batches_tracked") as Tensor).item()).toBe(0);
  });
  test("says with strict what is missing", () => {
    expect(() =>
      func.functional_call(new nn.Linear(2, 2), { x: torch.ones(1) }, [torch.ones(2)], { strict: true }),
    ).toThrow(
      "Error(s) in reparametrizing for Linear:\n\tUnexpected key(s): 'x'.\n\tMissing key(s): 'bias', 'weight'.",
    );
  });
});
