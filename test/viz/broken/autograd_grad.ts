// en; autograd.grad gives gradients back; cause: autograd.grad
import * as torch from "tidu";
import * as viz from "tidu/viz";

const w = torch.ones(2, { requires_grad: true });
viz.record(() => {
  const loss = w.pow(2).sum();
  torch.autograd.grad(loss, w); // <- here
});
export const why = viz.explain(w);
