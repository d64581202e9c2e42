import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { _lstm_layer } from "../../src/ops/nn/lstm.ts";
import type { Tensor } from "../../src/index.ts";

const f64 = { dtype: torch.float64 };
const [STEPS, BATCH, HIDDEN] = [5, 3, 4];
const operands = (): Tensor[] => {
  torch.manual_seed(0);
  const sizes = [
    [STEPS, BATCH, 4 * HIDDEN],
    [BATCH, HIDDEN],
    [BATCH, HIDDEN],
    [4 * HIDDEN, HIDDEN],
  ];
  return sizes.map((s) => torch.randn(s, f64).requires_grad_());
};
/** The same, written with ops. */
function composed([x, h0, c0, weight]: readonly Tensor[], reverse: boolean): [Tensor, Tensor] {
  let [h, c] = [h0, c0];
  const [hs, cs] = [new Array<Tensor>(STEPS), new Array<Tensor>(STEPS)];
  for (let k = 0; k < STEPS; k++) {
    const t = reverse ? STEPS - 1 - k : k;
    const [i, f, g, o] = x.select(0, t).add(h.matmul(weight.t())).chunk(4, 1);
    c = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
    h = o.sigmoid().mul(c.tanh());
    [hs[t], cs[t]] = [h, c];
  }
  return [torch.stack(hs), torch.stack(cs)];
}

describe.each([false, true])("a layer of long short-term memory, backwards in time: %s", (reverse) => {
  const layer = (...tensors: Tensor[]): [Tensor, Tensor] => {
    const { result, cells } = _lstm_layer(tensors, reverse);
    return [result, cells];
  };
  test("is what its steps are, written with ops, and so are its gradients", () => {
    const inputs = operands();
    const [found, expected] = [layer(...inputs), composed(inputs, reverse)];
    const grads = expected.map((t) => torch.randn(t.shape, f64));
    for (const [i, t] of found.entries()) expect(t.allclose(expected[i], { rtol: 1e-12, atol: 1e-14 })).toBe(true);
    for (const count of [2, 1]) {
      const of = (y: Tensor[]): Tensor[] =>
        torch.autograd.grad(y.slice(0, count), inputs, grads.slice(0, count), { retain_graph: true });
      const [mine, theirs] = [of(found), of(expected)];
      for (const [i, g] of mine.entries()) expect(g.allclose(theirs[i], { rtol: 1e-10, atol: 1e-12 })).toBe(true);
    }
  });
  test("passes gradcheck, once and twice", () => {
    const inputs = operands();
    expect(torch.autograd.gradcheck(layer as never, inputs)).toBe(true);
    expect(torch.autograd.gradgradcheck(layer as never, inputs)).toBe(true);
  });
  test("takes views of any strides, and leaves alone what needs no gradient", () => {
    const [x, h, c, weight] = operands();
    const strided = x.detach().transpose(0, 1).contiguous().transpose(0, 1);
    const of = (of: Tensor): Tensor =>
      torch.autograd.grad(layer(of, h.detach(), c.detach(), weight)[0].sum(), weight)[0];
    const turned = weight.detach().t().contiguous().t().requires_grad_();
    const other = torch.autograd.grad(layer(strided, h.detach(), c.detach(), turned)[0].sum(), turned)[0];
    expect(other.allclose(of(x.detach()), { rtol: 1e-10, atol: 1e-12 })).toBe(true);
  });
});
