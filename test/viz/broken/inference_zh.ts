// zh; features computed in inference_mode; cause: inference_mode
import * as torch from "tidu";
import * as nn from "tidu/nn";
import * as viz from "tidu/viz";

const backbone = new nn.Linear(2, 2);
const head = torch.ones(2, 1, { requires_grad: true });
viz.record(() => {
  const features = torch.inference_mode(() => backbone(torch.ones(1, 2))); // <- here
  features.clone().matmul(head).sum().backward();
});
export const why = viz.explain(backbone.bias);
