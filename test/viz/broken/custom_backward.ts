// en; a Function that returns its gradients in the wrong places; cause: backward returned None
import * as torch from "tidu";
import type { Tensor } from "tidu";
import * as viz from "tidu/viz";

class Scale extends torch.autograd.Function {
  static override forward(_ctx: unknown, x: Tensor, s: Tensor): Tensor {
    return x.mul(s);
  }
  static override backward(_ctx: unknown, grad: Tensor): (Tensor | null)[] {
    return [null, grad.sum()];
  }
}
const w = torch.ones(3, { requires_grad: true });
const s = torch.tensor(2, { requires_grad: true });
viz.record(() => {
  const y = Scale.apply(w, s); // <- here
  y.sum().backward();
});
export const why = viz.explain(w);
