import * as torch from "tidu";

const a = torch.tensor(2, { requires_grad: true });
const b = torch.tensor(3);
const c = a.mul(b);
const d = c.exp();
console.log(a.is_leaf, b.is_leaf, c.is_leaf, d.is_leaf);
console.log(a.grad_fn, c.grad_fn!.typeName, d.grad_fn!.typeName);

const [[beforeExp]] = d.grad_fn!.next_functions;
const [[left], [right]] = c.grad_fn!.next_functions;
console.log(beforeExp!.typeName, left!.typeName, right);

d.backward();
console.log(a.grad, b.grad);
