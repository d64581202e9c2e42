// zh; the error is silenced by loss.requires_grad_(), and nothing learns; cause: not differentiable
import * as torch from "tidu";
import * as nn from "tidu/nn";
import * as viz from "tidu/viz";

const model = new nn.Linear(2, 1);
viz.record(() => {
  const p = model(torch.randn(8, 2)).sigmoid();
  const hit = p.gt(0.5).to({ dtype: torch.float32 }); // <- here
  const loss = hit.sub(1).pow(2).mean();
  loss.requires_grad_(true);
  loss.backward();
});
export const why = viz.explain(model.weight);
