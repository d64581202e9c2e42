// zh; dropout with p = 1, meant as the part to keep; cause: dropped
import * as torch from "tidu";
import * as nn from "tidu/nn";
import * as viz from "tidu/viz";

const first = new nn.Linear(3, 4);
const last = new nn.Linear(4, 1);
viz.record(() => {
  const h = nn.functional.dropout(first(torch.ones(2, 3)), { p: 1 }); // <- here
  last(h).sum().backward();
});
export const why = viz.explain(first.weight);
