// zh; a normalization with next to nothing below; cause: division by a small number
import * as torch from "tidu";
import * as viz from "tidu/viz";

const x = torch.tensor([1, 2], { requires_grad: true });
viz.record(() => {
  const width = torch.tensor([1e-6, 1]);
  const y = x.div(width); // <- here
  y.sum().backward();
});
export const why = viz.explain(x);
