// XOR by a network of two layers.
import * as torch from "tidu";
import { nn, optim } from "tidu";

torch.manual_seed(1);
const x = torch.tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const y = torch.tensor([[0], [1], [1], [0]]);
const model = new nn.Sequential(new nn.Linear(2, 4), new nn.Tanh(), new nn.Linear(4, 1));
const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });

for (let step = 0; step <= 300; step++) {
  const loss = nn.functional.mse_loss(model(x), y);
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  if (step % 100 === 0) console.log(step, loss.item().toFixed(4));
}
console.log(torch.no_grad(() => model(x)).round());
