import * as torch from "tidu";
import type { Tensor } from "tidu";

const f = (x: Tensor): Tensor => torch.stack([x[0].mul(x[1]), x[1].mul(x[2])]);
const x = torch.tensor([1, 2, 3], { requires_grad: true });
const y = f(x);
console.log(y);

y.backward(torch.tensor([1, 0]), { retain_graph: true });
console.log(x.grad);
x.grad = null;
y.backward(torch.tensor([0, 1]), { retain_graph: true });
console.log(x.grad);
x.grad = null;
y.backward(torch.tensor([1, 10]));
console.log(x.grad);

console.log(torch.func.jacrev(f)(x.detach()));
f(x).backward(torch.tensor([1, 1, 1]));
