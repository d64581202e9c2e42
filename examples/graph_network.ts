// Who belongs to which of three groups: a graph network is told of one member of each, and who knows whom.
// Source: Kipf and Welling, "Semi-supervised classification with graph convolutional networks", ICLR 2017.
//   npx tsx --conditions=source examples/graph_network.ts
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";
import { confusion_matrix } from "tidu/viz";
import { keep, sized } from "./common.ts";

torch.manual_seed(0);
const [people, groups] = [sized(90, 30), 3];
const group = torch.arange(people).remainder(groups);
// In a group one in three pairs know each other, between groups one in forty.
const together = group.unsqueeze(0).eq(group.unsqueeze(1));
const chance = torch.where(together, torch.tensor(1 / 3), torch.tensor(1 / 40));
const above = torch.rand(people, people).lt(chance).float().triu(1);
const knows = above.add(above.t()).add(torch.eye(people));
const degree = knows.sum(1).rsqrt();
const spread = knows.mul(degree.unsqueeze(0)).mul(degree.unsqueeze(1));

class GraphConv extends nn.Module {
  linear: nn.Linear;
  constructor(inputs: number, outputs: number) {
    super();
    this.linear = new nn.Linear(inputs, outputs);
  }
  override forward(x: Tensor): Tensor {
    return spread.mm(this.linear(x));
  }
}
const model = new nn.Sequential(
  new GraphConv(people, 16),
  new nn.ReLU(),
  new nn.Dropout(0.5),
  new GraphConv(16, groups),
);
const optimizer = new optim.Adam(model.parameters(), { lr: 0.02, weight_decay: 5e-4 });
const nobody = torch.eye(people); // nothing is known of anybody but who they are
for (let step = 0; step < sized(200, 3); step++) {
  const loss = nn.functional.cross_entropy(model(nobody).narrow(0, 0, groups), group.narrow(0, 0, groups));
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
}
model.eval();
const found = torch.no_grad(() => model(nobody).argmax(1));
console.log(`${found.eq(group).sum().item()} of ${people} are in the group that the network says`);
keep("graph_network", confusion_matrix(group, found));
