// Values, a graph, gradients: one neuron.
import * as torch from "tidu";

// Two inputs, two weights, a bias, as micrograd's README has them.
const x1 = torch.tensor(2.0, { requires_grad: true });
const x2 = torch.tensor(0.0, { requires_grad: true });
const w1 = torch.tensor(-3.0, { requires_grad: true });
const w2 = torch.tensor(1.0, { requires_grad: true });
const b = torch.tensor(6.8813735870195432, { requires_grad: true });

const n = x1.mul(w1).add(x2.mul(w2)).add(b);
const o = n.tanh();
console.log("o =", o.item().toFixed(4));

o.backward();
console.log("dw1 =", w1.grad!.item().toFixed(4));
console.log("dw2 =", w2.grad!.item().toFixed(4));
console.log("dx1 =", x1.grad!.item().toFixed(4));
console.log("dx2 =", x2.grad!.item().toFixed(4));
