// gradients clipped to a norm of zero; cause: gradient changed
import * as torch from "tidu";
import * as nn from "tidu/nn";
import * as viz from "tidu/viz";

const model = new nn.Linear(3, 1);
viz.record(() => {
  model(torch.ones(4, 3)).pow(2).mean().backward();
  nn.utils.clip_grad_norm_(model.parameters(), 0); // <- here
});
export const why = viz.explain(model);
