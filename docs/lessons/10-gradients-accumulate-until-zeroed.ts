import * as torch from "tidu";

const a = torch.tensor([1, 2, 3], { requires_grad: true });
for (let step = 0; step < 3; step++) {
  a.mul(a).sum().backward();
  console.log(a.grad);
}
a.grad!.zero_();
console.log(a.grad);
