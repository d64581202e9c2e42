// zh; set_grad_enabled(false) for a test, never turned on again; cause: no_grad
import * as torch from "tidu";
import * as nn from "tidu/nn";
import * as viz from "tidu/viz";

const model = new nn.Linear(2, 1);
let loss = torch.zeros(1);
viz.record(() => {
  torch.set_grad_enabled(false);
  model(torch.ones(1, 2));
  loss = model(torch.ones(4, 2)).pow(2).mean(); // <- here
});
torch.set_grad_enabled(true);
export const why = viz.explain(loss);
