// en; the wrong side of the loss is under no_grad; cause: no_grad
import * as torch from "tidu";
import * as nn from "tidu/nn";
import * as viz from "tidu/viz";

const q = new nn.Linear(2, 2);
const target = new nn.Linear(2, 2);
viz.record(() => {
  const s = torch.randn(4, 2);
  const predicted = torch.no_grad(() => q(s)); // <- here
  predicted.sub(target(s)).pow(2).mean().backward();
});
export const why = viz.explain(q.weight);
