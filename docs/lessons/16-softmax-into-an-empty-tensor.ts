import * as torch from "tidu";

const rows = [
  [1, 2, 3, 4],
  [0, -1, 1, 2],
  [3, 3, 3, 3],
];
const logits = torch.tensor(rows, { requires_grad: true });
const x = torch.exp(logits.sub(logits.max()));
let out = torch.tensor([]);
for (let i = 0; i < rows.length; i++) {
  const row = x[i].div(x[i].sum()).unsqueeze(0);
  out = torch.cat([out, row], 0);
}
console.log(out);

out.mul(torch.arange(4)).sum().backward();
console.log(logits.grad);
