import * as torch from "tidu";

const rows = [
  [1, 2],
  [3, 4],
];
const x = torch.tensor(rows, { requires_grad: true });
let h = torch.exp(x);
h = h.div(h.sum(1, { keepdim: true }));
h.at(0, 0).backward();
console.log(h);
console.log(x.grad);
