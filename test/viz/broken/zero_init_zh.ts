// zh; all weights of the last layer are zero; cause: multiplied by zero
import * as torch from "tidu";
import * as nn from "tidu/nn";
import * as viz from "tidu/viz";

const first = new nn.Linear(2, 3);
const last = new nn.Linear(3, 1);
nn.init.zeros_(last.weight);
viz.record(() => {
  const h = first(torch.ones(2, 2)).tanh();
  last(h).sum().backward(); // <- here
});
export const why = viz.explain(first.weight);
