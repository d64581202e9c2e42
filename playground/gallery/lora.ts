// LoRA: a network that is frozen, and two thin matrices beside it that learn.
import * as torch from "tidu";
import { nn } from "tidu";
import type { Tensor } from "tidu";

torch.manual_seed(5);

class LoRA extends nn.Module {
  base: nn.Linear;
  down: Tensor;
  up: Tensor;
  constructor(base: nn.Linear, rank: number) {
    super();
    this.base = base.requires_grad_(false);
    this.down = new nn.Parameter(torch.randn(rank, base.in_features).mul(0.3));
    // Zero: at first nothing is changed.
    this.up = new nn.Parameter(torch.zeros(base.out_features, rank));
  }
  override forward(x: Tensor): Tensor {
    return this.base(x).add(x.matmul(this.down.t()).matmul(this.up.t()));
  }
}
const base = new nn.Linear(8, 8);
const layer = new LoRA(base, 2);
const before = base.weight.clone();
const x = torch.randn(64, 8);
const target = base(x).add(x.matmul(torch.randn(8, 1)).matmul(torch.randn(1, 8)));
const learns = [...layer.parameters()].filter((p) => p.requires_grad);
const optimizer = new torch.optim.Adam(learns, { lr: 0.05 });
for (let step = 0; step < 101; step++) {
  const loss = layer(x).sub(target).pow(2).mean();
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  if (step % 50 === 0) console.log(step, loss.item().toFixed(3));
}
const count = (all: Iterable<Tensor>): number => [...all].reduce((sum, p) => sum + p.numel(), 0);
console.log("learns", count(learns), "of", count(layer.parameters()));
const isSame = torch.equal(base.weight, before);
console.log("the base has a gradient:", base.weight.grad !== null, "and is as it was:", isSame);
