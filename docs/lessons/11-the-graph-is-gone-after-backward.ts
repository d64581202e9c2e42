import * as torch from "tidu";

const w = torch.tensor([1, 2, 3], { requires_grad: true });
const loss = w.pow(2).sum();
loss.backward({ retain_graph: true });
console.log(w.grad);
loss.backward();
console.log(w.grad);

const sum = w.sum();
sum.backward();
sum.backward();
console.log(w.grad);

loss.backward();
