import * as torch from "tidu";

const rows = [
  [1, 2, 3],
  [0, -1, 1],
];
const logits = torch.tensor(rows, { requires_grad: true });
const e = torch.exp(logits.sub(logits.max()));

// Write into a copy: the gradient flows.
const x = e.clone();
for (let i = 0; i < rows.length; i++) x[i] = e[i].div(e[i].sum());
x.at(0, 2).backward({ retain_graph: true });
console.log(x, logits.grad);

// Write outside the graph: no gradient is wanted, but the memory is still that of e.
logits.grad = null;
const y = e.detach();
for (let i = 0; i < rows.length; i++) y[i] = y[i].div(y[i].sum());
console.log(y, y.requires_grad);
try {
  e.sum().backward();
} catch (error) {
  console.log(error);
}
