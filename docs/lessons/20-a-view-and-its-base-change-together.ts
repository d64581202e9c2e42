import * as torch from "tidu";

const a = torch.zeros(2, 2, { requires_grad: true });
const b = a.mul(1);
const row = b[0];
console.log(row._base === b, row.grad_fn!.name(), b.grad_fn!.name());
row.add_(5);
console.log(b);
console.log(row.grad_fn!.name(), b.grad_fn!.name(), b._version, row._version);

const t = torch.arange(4).reshape(2, 2).t();
t.reshape(4).zero_();
console.log(t);
t.contiguous().view(4).zero_();
console.log(t);

a[0].add_(1);
