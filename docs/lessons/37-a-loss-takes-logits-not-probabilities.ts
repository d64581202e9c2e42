import * as torch from "tidu";
import { nn } from "tidu";

const F = nn.functional;
const logits = torch.tensor([[200, 0, -200]], { requires_grad: true });
const target = torch.tensor([2n]);

const log = logits.softmax(1).log();
console.log(log);
F.nll_loss(log, target).backward();
console.log(logits.grad);

logits.grad = null;
const loss = F.cross_entropy(logits, target);
loss.backward();
console.log(loss, logits.grad);

console.log(F.cross_entropy(logits.softmax(1), torch.tensor([0n])));
F.cross_entropy(logits, torch.tensor([2]));
