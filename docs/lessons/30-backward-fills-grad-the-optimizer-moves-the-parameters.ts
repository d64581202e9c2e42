import * as torch from "tidu";
import { nn } from "tidu";

torch.manual_seed(0);
const model = new nn.Linear(1, 3);
const before = model.weight.detach().clone();
const opt = new torch.optim.SGD(model.parameters(), { lr: 0.1 });

const loss = model(torch.ones(2, 1)).pow(2).mean();
loss.backward();
console.log(torch.equal(before, model.weight));

opt.step();
const expected = before.sub(model.weight.grad!.mul(0.1));
console.log(torch.equal(before, model.weight), torch.allclose(model.weight, expected));

opt.zero_grad();
console.log(model.weight.grad);
