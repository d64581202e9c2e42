import * as torch from "tidu";
import { nn } from "tidu";
import type { Tensor } from "tidu";

torch.manual_seed(0);

class Model extends nn.Module {
  line_layer: nn.Linear;
  constructor(in_feature = 1, out_feature = 3) {
    super();
    this.line_layer = new nn.Linear(in_feature, out_feature);
  }
  forward(x: Tensor): Tensor {
    return this.line_layer(x);
  }
}

const model = new Model(1, 3);
console.log(model);
for (const param of model.parameters()) console.log(param);

const x = torch.randn(2, 1);
const y_pred = model(x);
console.log(y_pred.shape);
const label = torch.tensor([0, 0]).unsqueeze(1).long();
console.log(label.shape);

const loss_fn = (model_out: Tensor, target: Tensor): Tensor => model_out.sub(target).mean();
const loss = loss_fn(y_pred, label);
loss.backward();
console.log(loss);
const filled = [...model.named_parameters()].filter(([, p]) => p.grad !== null).map(([name]) => name);
console.log(x.grad, filled);
console.log(model.line_layer.weight.grad, model.line_layer.bias!.grad);
