// A temporal convolutional network: dilated causal convolutions with ways around.
import { nn, randn } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class First extends nn.Module {
  conv1 = new nn.Conv1d(4, 16, 3);
  conv2 = new nn.Conv1d(16, 16, 3);
  around = new nn.Conv1d(4, 16, 1);
  forward(x: Tensor<["N", 4, 50], "float32">) {
    const a = this.conv1(F.pad(x, [2, 0])).relu();
    const b = this.conv2(F.pad(a, [2, 0])).relu();
    return b.add(this.around(x)).relu();
  }
}
class Second extends nn.Module {
  conv1 = new nn.Conv1d(16, 16, 3, { dilation: 2 });
  conv2 = new nn.Conv1d(16, 16, 3, { dilation: 2 });
  forward(x: Tensor<["N", 16, 50], "float32">) {
    const a = this.conv1(F.pad(x, [4, 0])).relu();
    const b = this.conv2(F.pad(a, [4, 0])).relu();
    return b.add(x).relu();
  }
}
export function run() {
  const body = new nn.Sequential(new First(), new Second());
  const head = new nn.Linear(16, 1);
  const h = body(randn(3, 4, 50));
  const y = head(h.index(["...", -1]));
  const all = head(h.mT).squeeze(-1);
  return [y, all, F.mse_loss(y, randn(3, 1))];
}
