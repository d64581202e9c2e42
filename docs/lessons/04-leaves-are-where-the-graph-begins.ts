import * as torch from "tidu";

const w = torch.ones(2, { requires_grad: true });
const h = w.mul(3);
const x = torch.ones(2);
console.log(w.is_leaf, h.is_leaf, x.is_leaf);

h.pow(2).sum().backward();
console.log(w.grad);
console.log(h.grad);

const kept = w.mul(3);
kept.retain_grad();
kept.pow(2).sum().backward();
console.log(kept.grad);

const v = torch.ones(2, { requires_grad: true }).mul(0.1);
console.log(v.is_leaf, v);
