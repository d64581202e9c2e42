// Which of three groups 20,000 people belong to: a graph network on 100,000 edges, stored sparsely.
// Source: Kipf and Welling, "Semi-supervised classification with graph convolutional networks", ICLR 2017.
//   npx tsx --conditions=source examples/large_graph.ts
import * as torch from "tidu";
import { nn, optim, sparse } from "tidu";
import type { Tensor } from "tidu";
import { sized } from "./common.ts";

torch.manual_seed(0);
const [people, friends, groups] = [sized(20_000, 300), sized(40_000, 900), 3];
const group = torch.arange(people).remainder(groups);
// Four in five know somebody of their own group: the other's number is a multiple of three further on.
const one = torch.randint(people, [friends]);
const steps = torch.randint(people, [friends]);
const isOwn = torch.rand(friends).lt(0.8);
const other = one
  .add(torch.where(isOwn, steps.sub(steps.remainder(groups)), steps))
  .remainder(people - (people % groups));
// Both ways, and everybody knows themselves: some 100,000 edges.
const self = torch.arange(people);
const edges = torch.stack([torch.cat([one, other, self]), torch.cat([other, one, self])]);
const knows = torch.sparse_coo_tensor(edges, torch.ones(edges.shape[1]), [people, people]).coalesce();
// Each edge by the roots of how many those at its ends know.
const degree = sparse.sum(knows, 1).to_dense().rsqrt();
const [from, to] = knows.indices().unbind(0);
const weights = knows.values().mul(degree.index_select(0, from)).mul(degree.index_select(0, to));
const spread = torch.sparse_coo_tensor(knows.indices(), weights, [people, people], { is_coalesced: true });

class GraphConv extends nn.Module {
  linear: nn.Linear;
  constructor(inputs: number, outputs: number) {
    super();
    this.linear = new nn.Linear(inputs, outputs);
  }
  override forward(x: Tensor): Tensor {
    return sparse.mm(spread, this.linear(x));
  }
}
/** What the network knows of each: a table that is learnt, for all that is given is who knows whom. */
const known = new nn.Embedding(people, 16);
const model = new nn.Sequential(new GraphConv(16, 16), new nn.ReLU(), new GraphConv(16, groups));
const optimizer = new optim.Adam([...known.parameters(), ...model.parameters()], { lr: 0.05 });
// One in twenty is told of.
const told = sized(people / 20, 30);
for (let step = 0; step < sized(30, 3); step++) {
  const said = model(known(self));
  const loss = nn.functional.cross_entropy(said.narrow(0, 0, told), group.narrow(0, 0, told));
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
}
const found = torch.no_grad(() => model(known(self)).argmax(1));
const right = found.eq(group).float().mean().item();
console.log(
  `${knows._nnz()} edges: of ${people} people ${Math.round(100 * right)} % are in the group that the network says`,
);
