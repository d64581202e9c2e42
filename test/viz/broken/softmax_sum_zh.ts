// zh; softmax over a dim of one column; cause: constant
import * as torch from "tidu";
import * as viz from "tidu/viz";

const logits = torch.randn(4, 1, { requires_grad: true });
viz.record(() => {
  const p = logits.softmax(1); // <- here
  p.mul(3).sum().backward();
});
export const why = viz.explain(logits);
