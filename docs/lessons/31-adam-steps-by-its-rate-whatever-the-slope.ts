import * as torch from "tidu";

const { SGD, Adam } = torch.optim;
for (const slope of [1, 1000]) {
  const a = torch.tensor([1], { requires_grad: true });
  const b = torch.tensor([1], { requires_grad: true });
  a.add(b).mul(slope).sum().backward();
  new SGD([a], { lr: 0.01 }).step();
  new Adam([b], { lr: 0.01 }).step();
  console.log("SGD", a, "Adam", b);
}

const p = torch.tensor([1], { requires_grad: true });
const optimizer = new SGD([p], { lr: 0.1, momentum: 0.9 });
p.sum().backward();
optimizer.step();
optimizer.zero_grad();
optimizer.step();
console.log(p);
p.grad = torch.zeros(1);
optimizer.step();
console.log(p);

new SGD([p.mul(2)], { lr: 0.1 });
