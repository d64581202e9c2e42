// a rate below what float32 can add; cause: learning rate
import * as torch from "tidu";
import * as nn from "tidu/nn";
import * as optim from "tidu/optim";
import * as viz from "tidu/viz";

const model = new nn.Linear(3, 1);
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-12 });
viz.record(() => {
  for (let i = 0; i < 3; i++) {
    optimizer.zero_grad();
    model(torch.ones(2, 3)).sum().backward();
    optimizer.step(); // <- here
  }
});
export const why = viz.explain(model.weight);
