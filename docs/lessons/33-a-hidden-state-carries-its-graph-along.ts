import * as torch from "tidu";
import { nn } from "tidu";

torch.manual_seed(0);
const cell = new nn.RNNCell(1, 2);
const x = torch.ones(1, 1);

let h = torch.zeros(1, 2);
for (let step = 0; step < 2; step++) {
  h = cell(x, h.detach());
  h.sum().backward();
  console.log(cell.weight_ih.grad);
}

h = torch.zeros(1, 2);
for (let step = 0; step < 2; step++) {
  h = cell(x, h);
  h.sum().backward();
  console.log("step", step);
}
