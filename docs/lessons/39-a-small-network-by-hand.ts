import * as torch from "tidu";

torch.manual_seed(1);
const x = torch.tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const y = torch.tensor([[0], [1], [1], [0]]);
const w1 = torch.randn(2, 8, { requires_grad: true });
const b1 = torch.zeros(8, { requires_grad: true });
const w2 = torch.randn(8, 1, { requires_grad: true });
const b2 = torch.zeros(1, { requires_grad: true });
const parameters = [w1, b1, w2, b2];

for (let step = 0; step <= 50; step++) {
  const h = x.matmul(w1).add(b1).tanh();
  const out = h.matmul(w2).add(b2);
  const error = out.sub(y);
  const loss = error.pow(2).mean();
  for (const p of parameters) p.grad = null;
  loss.backward();
  if (step === 0) {
    // The chain rule by hand, from the loss back to the first weights.
    const d_out = error.mul(2).div(4);
    const d_h = d_out.matmul(w2.t());
    const d_pre = d_h.mul(h.pow(2).neg().add(1));
    console.log(torch.allclose(w2.grad!, h.t().matmul(d_out)), torch.allclose(w1.grad!, x.t().matmul(d_pre)));
  }
  if (step % 25 === 0) console.log(step, loss.detach());
  torch.no_grad(() => {
    for (const p of parameters) p.sub_(p.grad!.mul(0.2));
  });
}
console.log(x.matmul(w1).add(b1).tanh().matmul(w2).add(b2).gt(0.5).flatten());
