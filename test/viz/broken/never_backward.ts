// en; the loop steps without backward(); cause: no backward
import * as torch from "tidu";
import * as nn from "tidu/nn";
import * as optim from "tidu/optim";
import * as viz from "tidu/viz";

const model = new nn.Linear(2, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
viz.record(() => {
  optimizer.zero_grad();
  model(torch.ones(1, 2)).pow(2).mean(); // <- here
  optimizer.step();
});
export const why = viz.explain(model.weight);
