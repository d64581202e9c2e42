import * as torch from "tidu";

const x = torch.tensor([2, 3], { requires_grad: true });
const [g] = torch.autograd.grad(x.pow(3).sum(), [x], { create_graph: true });
console.log(g);
const [h] = torch.autograd.grad(g.sum(), [x]);
console.log(h);

const w = torch.tensor([0.5, -1], { requires_grad: true });
const critic = x.mul(w).pow(2).sum();
const [slope] = torch.autograd.grad(critic, [x], { create_graph: true });
const penalty = slope.norm().sub(1).pow(2);
penalty.backward();
console.log(penalty, w.grad);

const [plain] = torch.autograd.grad(x.pow(3).sum(), [x]);
plain.pow(2).sum().backward();
