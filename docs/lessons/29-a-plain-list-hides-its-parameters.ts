import * as torch from "tidu";
import { nn } from "tidu";

class Registered extends nn.Module {
  layers = new nn.ModuleList([new nn.Linear(2, 3), new nn.Linear(3, 1)]);
  scale = new nn.Parameter(torch.ones(1));
}
class Hidden extends nn.Module {
  layers = [new nn.Linear(2, 3), new nn.Linear(3, 1)];
  scale = torch.ones(1, { requires_grad: true });
}
console.log([...new Registered().named_parameters()].map(([name]) => name));
console.log([...new Hidden().named_parameters()].map(([name]) => name));
console.log(new Hidden());
new torch.optim.SGD(new Hidden().parameters(), { lr: 0.1 });
