import * as torch from "tidu";

const rows = [
  [1, 2, 3, 4],
  [0, -1, 1, 2],
  [3, 3, 3, 3],
];
const logits = torch.tensor(rows, { requires_grad: true });
const x = torch.exp(logits.sub(logits.max()));
let out = x[0].div(x[0].sum()).unsqueeze(0);
for (let i = 1; i < rows.length; i++) {
  const row = x[i].div(x[i].sum()).unsqueeze(0);
  out = torch.cat([out, row], 0);
}
out.mul(torch.arange(4)).sum().backward();
const mine = logits.grad!;

logits.grad = null;
torch.softmax(logits, 1).mul(torch.arange(4)).sum().backward();
console.log(out);
console.log(mine);
console.log(torch.allclose(mine, logits.grad!, { atol: 1e-7 }), torch.allclose(out, torch.softmax(logits, 1)));
