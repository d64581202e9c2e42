// en; a head is replaced for fine-tuning, the optimizer has the old one; cause: not in the optimizer
import * as torch from "tidu";
import { nn } from "tidu";
import * as viz from "tidu/viz";

class Net extends nn.Module {
  body = new nn.Linear(3, 3);
  head = new nn.Linear(3, 5);
  override forward(x: torch.Tensor): torch.Tensor {
    return this.head(this.body(x).tanh());
  }
}
const net = new Net();
const optimizer = new torch.optim.Adam(net.parameters());
net.head = new nn.Linear(3, 2);
viz.record(() => {
  const loss = nn.functional.cross_entropy(net(torch.randn(4, 3)), torch.tensor([0n, 1n, 1n, 0n]));
  loss.backward();
  optimizer.step(); // <- here
});
export const why = viz.explain(net.head);
