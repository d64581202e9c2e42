import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const { nn } = torch;
const { checkpoint, checkpoint_sequential, set_checkpoint_early_stop } = torch.utils.checkpoint;
const bits = (ts: readonly Tensor[]): string => JSON.stringify(ts.map((t) => [...t.detach().typed_array()]));

describe("a checkpointed net gives the plain one's numbers to the bit, dropout included", () => {
  torch.manual_seed(0);
  const net = new nn.Sequential(
    new nn.Linear(4, 8),
    new nn.Dropout(0.3),
    new nn.ReLU(),
    new nn.Linear(8, 8),
    new nn.LayerNorm(8),
    new nn.Dropout(0.5),
    new nn.Linear(8, 2),
  );
  const x = torch.randn(5, 4);
  const trained = (run: (x: Tensor) => Tensor): string => {
    net.zero_grad();
    torch.manual_seed(1);
    const input = x.clone().requires_grad_();
    const out = run(input);
    out.pow(2).sum().backward();
    return bits([out, input.grad!, ...[...net.parameters()].map((p) => p.grad!)]);
  };
  const plain = trained((v) => net(v));
  for (const use_reentrant of [false, true]) {
    const how = use_reentrant ? "by another backward" : "by what nodes keep";
    test(`in one piece, ${how}`, () => expect(trained((v) => checkpoint(net, v, { use_reentrant }))).toBe(plain));
    test(`in pieces, ${how}`, () =>
      expect(trained((v) => checkpoint_sequential(net, 3, v, { use_reentrant }))).toBe(plain));
    test(`one within another, ${how}`, () => {
      const inner = (v: Tensor): Tensor => checkpoint(net, v, { use_reentrant });
      expect(trained((v) => checkpoint(inner, v, { use_reentrant }))).toBe(plain);
    });
  }
  test("and other numbers where the generator is not brought back", () =>
    expect(trained((v) => checkpoint(net, v, { use_reentrant: false, preserve_rng_state: false }))).not.toBe(plain));
});

describe("what is computed again", () => {
  const x = torch.tensor([0.3, 0.4], { requires_grad: true });
  let calls: string[] = [];
  const f = (v: Tensor): Tensor => {
    calls.push("begin");
    const y = v.sin().exp();
    calls.push("end");
    return y;
  };
  test("is no more than backward needs, unless it is told to be all", () => {
    calls = [];
    checkpoint(f, x, { use_reentrant: false }).sum().backward();
    expect(calls).toEqual(["begin", "end", "begin"]);
    calls = [];
    checkpoint(f, x, { use_reentrant: false, early_stop: false }).sum().backward();
    expect(calls).toEqual(["begin", "end", "begin", "end"]);
    calls = [];
    const y = set_checkpoint_early_stop(false, () => checkpoint(f, x, { use_reentrant: false }));
    y.sum().backward();
    expect(calls).toEqual(["begin", "end", "begin", "end"]);
  });
  test("is computed once for a pass, and again for the next", () => {
    calls = [];
    const y = checkpoint(f, x, { use_reentrant: false }).sum();
    y.backward(null, { retain_graph: true });
    y.backward();
    expect(calls.filter((c) => c === "begin").length).toBe(3);
  });
  test("runs in the contexts it is given, and with the options that are the function's own", () => {
    const seen: unknown[] = [];
    const inside =
      (name: string) =>
      <T>(body: () => T): T => {
        seen.push(name);
        return body();
      };
    const g = (v: Tensor, { times }: { times: number }): Tensor => v.sin().mul(times);
    const given = { times: 3, use_reentrant: false, context_fn: () => [inside("forward"), inside("again")] };
    const y = (checkpoint as unknown as (...args: unknown[]) => Tensor)(g, x, given);
    y.sum().backward();
    expect(seen).toEqual(["forward", "again"]);
  });
  test("can be derived twice", () => {
    const [g] = torch.autograd.grad(checkpoint(f, x, { use_reentrant: false }).sum(), x, { create_graph: true });
    const [h] = torch.autograd.grad(g.sum(), x);
    const [p] = torch.autograd.grad(x.sin().exp().sum(), x, { create_graph: true });
    const [q] = torch.autograd.grad(p.sum(), x);
    expect(torch.allclose(h, q)).toBe(true);
  });
  test("must be what was computed first", () => {
    let n = 0;
    const shorter = (v: Tensor): Tensor => (n++ === 0 ? v.sin().exp().exp() : v.sin());
    expect(() => checkpoint(shorter, x, { use_reentrant: false }).sum().backward()).toThrow(
      "torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\nNumber of tensors saved during forward: 3\nNumber of tensors saved during recomputation: 1.",
    );
    n = 0;
    const wider = (v: Tensor): Tensor => v.mul(n++ === 0 ? v : v.double()).sin();
    expect(() => checkpoint(wider, x, { use_reentrant: false }).sum().backward()).toThrow(
      "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.\ntensor at position 0:\nsaved metadata: {'shape': torch.Size([2]), 'dtype': torch.float32, 'device': device(type='cpu')}\nrecomputed metadata: {'shape': torch.Size([2]), 'dtype': torch.float64, 'device': device(type='cpu')}\n",
    );
    n = 0;
    checkpoint(wider, x, { use_reentrant: false, determinism_check: "none" }).sum().backward();
    n = 0;
    const longer = (v: Tensor): Tensor => (n++ === 0 ? v.sin() : v.sin().exp());
    expect(() => checkpoint(longer, x, { use_reentrant: false, early_stop: false }).sum().backward()).toThrow(
      "torch.utils.checkpoint: trying to save more tensors during recomputation than during the original forward pass.",
    );
  });
  test("is not to be found by autograd.grad where it is another backward", () => {
    expect(() => torch.autograd.grad(checkpoint(f, x, { use_reentrant: true }).sum(), x)).toThrow(
      "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to .backward().",
    );
  });
  test("uses the arguments as they were, or says who changed them", () => {
    const y = x.mul(2);
    const z = checkpoint(f, y, { use_reentrant: false });
    y.add_(1);
    expect(() => z.sum().backward()).toThrow(
      "one of the variables needed for gradient computation has been modified by an inplace operation",
    );
  });
});
