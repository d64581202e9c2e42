// zh; the loss is computed with a copy made by .data; cause: data
import * as torch from "tidu";
import * as nn from "tidu/nn";
import * as viz from "tidu/viz";

const layer = new nn.Linear(2, 2);
const other = torch.ones(2, { requires_grad: true });
viz.record(() => {
  const copy = layer.weight.data.clone(); // <- here
  copy.matmul(other).sum().backward();
});
export const why = viz.explain(layer.weight);
