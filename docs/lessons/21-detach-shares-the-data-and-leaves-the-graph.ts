import * as torch from "tidu";

const a = torch.tensor([1, 2, 3], { requires_grad: true });
const b = a.mul(2);
const c = b.detach();
console.log(c.requires_grad, c.grad_fn, c.data_ptr() === b.data_ptr(), c.grad);
c[0] = torch.tensor(7);
console.log(b);

const d = b.sum();
d.backward();
console.log(a.grad);

const e = a.mul(3);
console.log(e.detach_() === e, e.requires_grad, e.is_leaf);
