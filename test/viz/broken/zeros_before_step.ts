// zero_grad() that leaves zeros, before the gradients are read; cause: zero_grad
import * as torch from "tidu";
import * as nn from "tidu/nn";
import * as optim from "tidu/optim";
import * as viz from "tidu/viz";

const model = new nn.Linear(3, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
viz.record(() => {
  model(torch.ones(4, 3)).pow(2).mean().backward();
  optimizer.zero_grad({ set_to_none: false }); // <- here
  optimizer.step();
});
export const why = viz.explain(model.weight);
