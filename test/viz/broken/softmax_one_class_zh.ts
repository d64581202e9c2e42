// zh; a softmax over a dim of one; cause: constant
import * as torch from "tidu";
import * as viz from "tidu/viz";

const w = torch.tensor([[0.3], [0.5]], { requires_grad: true });
viz.record(() => {
  const score = torch.ones(4, 2).matmul(w);
  const p = score.softmax(1); // <- here
  p.sub(torch.zeros(4, 1)).pow(2).mean().backward();
});
export const why = viz.explain(w);
