import * as torch from "tidu";

const rows = [
  [1, 2, 3, 4],
  [0, -1, 1, 2],
  [3, 3, 3, 3],
];
const logits = torch.tensor(rows, { requires_grad: true });
const x = torch.exp(logits.sub(logits.max()));
for (let i = 0; i < rows.length; i++) x[i] = x[i].div(x[i].sum());
console.log(x);

x.mul(torch.arange(4)).sum().backward();
