// en; requires_grad_ after the forward pass; cause: set too late
import * as torch from "tidu";
import * as viz from "tidu/viz";

const x = torch.ones(3);
const w = torch.ones(3, { requires_grad: true });
viz.record(() => {
  const y = x.mul(w);
  x.requires_grad_(); // <- here
  y.sum().backward();
});
export const why = viz.explain(x);
