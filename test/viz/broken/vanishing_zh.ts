// zh; twenty sigmoids on each other; cause: vanishing
import * as torch from "tidu";
import * as viz from "tidu/viz";

const x = torch.tensor([0.5], { requires_grad: true });
viz.record(() => {
  let h = x;
  for (let i = 0; i < 20; i++) h = h.sigmoid(); // <- here
  h.sum().backward();
});
export const why = viz.explain(x);
