import * as torch from "tidu";

const a = torch.tensor(1, { requires_grad: true });
console.log(a.ndim);
a.backward();
console.log(a.grad);

const v = torch.tensor([1, 2], { requires_grad: true });
v.mul(2).backward();
