// A network of each kind of layer that a bundler could spoil; what comes out is compared with Node's.
import * as torch from "tidu";
import { nn, optim } from "tidu";

export function trained() {
  torch.manual_seed(0);
  const net = new nn.Sequential(
    new nn.Conv2d(1, 4, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(64, 10),
  );
  const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
  const [x, y] = [torch.rand(32, 1, 8, 8), torch.arange(32).remainder(10)];
  const losses = [];
  for (let step = 0; step < 20; step++) {
    const loss = nn.functional.cross_entropy(net(x), y);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    losses.push(loss.item());
  }
  return { text: String(net), losses };
}
