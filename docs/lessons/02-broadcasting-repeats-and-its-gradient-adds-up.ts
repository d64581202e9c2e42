import * as torch from "tidu";
import { nn } from "tidu";

const scores = torch.ones(3, 2, { requires_grad: true });
const bias = torch.tensor([10, 20], { requires_grad: true });
scores.add(bias).sum().backward();
console.log(scores.grad);
console.log(bias.grad);

const predicted = torch.tensor([[1], [2], [3]]);
const wanted = torch.tensor([1, 2, 3]);
console.log(predicted.sub(wanted).shape);
console.log(nn.functional.mse_loss(predicted, wanted));

torch.ones(3, 2).add(torch.ones(3));
