// zh; the test loop adds up losses without no_grad; cause: graph kept
import * as torch from "tidu";
import type { Tensor } from "tidu";
import * as nn from "tidu/nn";
import * as viz from "tidu/viz";

const model = new nn.Linear(2, 1);
let total: Tensor = torch.zeros(1);
viz.record(() => {
  for (let i = 0; i < 5; i++) {
    const loss = model(torch.randn(3, 2)).pow(2).mean();
    total = total.add(loss); // <- here
  }
});
export const why = viz.explain(total);
