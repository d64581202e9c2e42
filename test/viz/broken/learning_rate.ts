// en; training that diverges; cause: overflow
import * as torch from "tidu";
import * as optim from "tidu/optim";
import * as viz from "tidu/viz";

const w = torch.tensor([3], { requires_grad: true });
const optimizer = new optim.SGD([w], { lr: 1000 });
viz.record(() => {
  for (let i = 0; i < 20; i++) {
    optimizer.zero_grad();
    const loss = w.mul(5).pow(2).sum(); // <- here
    loss.backward();
    optimizer.step();
  }
});
export const why = viz.explain(w);
