import * as torch from "tidu";

const a = torch.tensor([1, 2, 3], { requires_grad: true });
const b = a.mul(2);
console.log(b._version);
b.add_(1);
console.log(b._version, b);
b.sum().backward();
console.log(a.grad);

const c = a.exp();
const d = c.mul(2);
c.add_(1);
console.log(c._version, d._version);
d.sum().backward();
