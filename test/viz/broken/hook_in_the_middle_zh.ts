// zh; a hook on what lies between scales the gradient up, for it was meant for another loss; cause: hook
import * as torch from "tidu";
import * as viz from "tidu/viz";

const w = torch.ones(3, { requires_grad: true });
viz.record(() => {
  const h = w.mul(2);
  h.register_hook((grad) => grad.mul(1e6)); // <- here
  h.pow(2).sum().backward();
});
export const why = viz.explain(w);
