// en; backward with inputs leaves out the rest; cause: inputs
import * as torch from "tidu";
import * as viz from "tidu/viz";

const a = torch.ones(2, { requires_grad: true });
const b = torch.ones(2, { requires_grad: true });
viz.record(() => {
  a.mul(b)
    .sum()
    .backward({ inputs: [a] }); // <- here
});
export const why = viz.explain(b);
