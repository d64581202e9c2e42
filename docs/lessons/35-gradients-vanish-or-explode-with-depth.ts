import * as torch from "tidu";
import { nn } from "tidu";

torch.manual_seed(0);
const first = torch.randn(1, 16, { requires_grad: true });
const weights = Array.from({ length: 20 }, () => torch.randn(16, 16));
for (const scale of [0.1, 0.25, 1]) {
  let h = first;
  for (const w of weights) h = h.matmul(w.mul(scale));
  first.grad = null;
  h.sum().backward();
  console.log(scale, first.grad!.norm());
}

let h = first;
for (const w of weights) h = h.matmul(w.mul(0.25)).sigmoid();
first.grad = null;
h.sum().backward();
console.log("sigmoid", first.grad!.norm());

const p = torch.ones(2, { requires_grad: true });
p.mul(torch.tensor([3000, 4000]))
  .sum()
  .backward();
console.log(nn.utils.clip_grad_norm_([p], 1), p.grad);
