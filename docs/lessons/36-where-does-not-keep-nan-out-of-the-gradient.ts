import * as torch from "tidu";

const x = torch.tensor([0, 4], { requires_grad: true });
x.sqrt().sum().backward();
console.log(x.grad);

x.grad = null;
const y = torch.where(x.gt(0), x.sqrt(), 0);
console.log(y);
y.sum().backward();
console.log(x.grad);

x.grad = null;
const safe = torch.where(x.gt(0), x, 1);
torch.where(x.gt(0), safe.sqrt(), 0).sum().backward();
console.log(x.grad);

const n = torch.zeros(2, { requires_grad: true });
n.norm().backward();
console.log(n.grad);
n.grad = null;
n.pow(2).sum().sqrt().backward();
console.log(n.grad);
