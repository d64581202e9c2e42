import * as torch from "tidu";
import { nn } from "tidu";

torch.manual_seed(0);
const G = new nn.Linear(1, 1);
const D = new nn.Linear(1, 1);
const opt = new torch.optim.SGD(D.parameters(), { lr: 0.1 });
const noise = torch.randn(4, 1);

const fake = G(noise);
D(fake.detach()).mean().backward();
opt.step();
console.log(G.weight.grad, D.weight.grad);
D(fake).mean().neg().backward();
console.log(G.weight.grad, D.weight.grad);

const again = G(noise);
const lossG = D(again).mean().neg();
opt.zero_grad();
D(again.detach()).mean().backward();
opt.step();
lossG.backward();
