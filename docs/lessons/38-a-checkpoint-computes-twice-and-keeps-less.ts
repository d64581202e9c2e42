import * as torch from "tidu";
import type { Tensor } from "tidu";

const { checkpoint } = torch.utils.checkpoint;
const block = (x: Tensor): Tensor => {
  console.log("block runs");
  return x.exp().sin().exp();
};
let kept = 0;
const count = torch.autograd.graph.saved_tensors_hooks;
const counted = (f: () => Tensor): Tensor => {
  kept = 0;
  return count(
    (t: Tensor) => {
      kept += 1;
      return t;
    },
    (t: Tensor) => t,
    f,
  );
};
const x = torch.tensor([0.5, 1], { requires_grad: true });
counted(() => block(x))
  .sum()
  .backward();
console.log(kept, x.grad);

x.grad = null;
const y = counted(() => checkpoint(block, x, { use_reentrant: false }));
console.log(kept, "backward begins");
y.sum().backward();
console.log(x.grad);
