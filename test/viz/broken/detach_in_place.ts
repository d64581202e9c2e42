// en; detach_() on the hidden layer; cause: detached
import * as torch from "tidu";
import * as viz from "tidu/viz";

const w = torch.ones(3, { requires_grad: true });
const v = torch.ones(3, { requires_grad: true });
viz.record(() => {
  const h = w.mul(2);
  h.detach_(); // <- here
  h.mul(v).sum().backward();
});
export const why = viz.explain(w);
