// A recurrent network that keeps its graph: the second backward fails.
import * as torch from "tidu";
import { nn } from "tidu";

torch.manual_seed(0);
const cell = new nn.RNNCell(2, 3);
let h = torch.zeros(1, 3);
for (let step = 0; step < 2; step++) {
  h = cell(torch.randn(1, 2), h);
  const loss = h.pow(2).sum();
  console.log(step, loss.item().toFixed(4));
  // The state still hangs on the step before. Way out: h = h.detach() after this line.
  loss.backward();
}
