// zh; step() between two backwards on one graph; cause: changed by the optimizer
import * as torch from "tidu";
import * as nn from "tidu/nn";
import * as optim from "tidu/optim";
import * as viz from "tidu/viz";

const net = new nn.Sequential(new nn.Linear(2, 2), new nn.Linear(2, 1));
const optimizer = new optim.Adam(net.parameters());
let caught: unknown;
try {
  viz.record(() => {
    const loss = net(torch.ones(1, 2)).sum();
    loss.backward({ retain_graph: true });
    optimizer.step(); // <- here
    loss.backward();
  });
} catch (error) {
  caught = error;
}
export const why = viz.explain(caught as Error);
