import * as torch from "tidu";
import type { Tensor } from "tidu";

const a = torch.tensor([0, 1], { requires_grad: true });
const ways: [string, (b: Tensor) => Tensor][] = [
  ["b.clone()", (b) => b.clone()],
  ["b.detach()", (b) => b.detach()],
  ["b.detach().clone()", (b) => b.detach().clone()],
  ["b.detach_()", (b) => b.detach_()],
  ["b.data", (b) => b.data],
];
console.log("c = ...: c requires grad, c is b's memory, b's version after c.add_(0)");
for (const [name, way] of ways) {
  const b = a.exp();
  const c = way(b);
  const requires_grad = c.requires_grad;
  c.add_(0);
  console.log(name, requires_grad, c.data_ptr() === b.data_ptr(), b._version);
}

const b = a.exp();
b.data.zero_();
b.sum().backward();
console.log(a.grad);
