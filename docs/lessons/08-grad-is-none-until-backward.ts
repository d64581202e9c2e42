import * as torch from "tidu";

const a = torch.tensor([1, 2, 3], { requires_grad: true });
console.log(a.grad);

const out = a.cos();
out.sum().backward();
console.log(a.grad);
