// LeNet-5, and a step of its training.
import { int64, nn, randint, randn } from "tidu/typed";
import type { Tensor } from "tidu/typed";

class LeNet extends nn.Module {
  conv1 = new nn.Conv2d(1, 6, 5, { padding: 2 });
  pool = new nn.AvgPool2d(2);
  conv2 = new nn.Conv2d(6, 16, 5);
  fc1 = new nn.Linear(400, 120);
  fc2 = new nn.Linear(120, 84);
  fc3 = new nn.Linear(84, 10);
  forward(x: Tensor<["N", 1, 28, 28], "float32">) {
    const a = this.pool(this.conv1(x).tanh());
    const b = this.pool(this.conv2(a).tanh());
    const c = this.fc1(b.reshape(-1, 400)).tanh();
    return this.fc3(this.fc2(c).tanh());
  }
}
export function run() {
  const model = new LeNet();
  const loss_fn = new nn.CrossEntropyLoss();
  const images = randn(8, 1, 28, 28);
  const labels = randint(0, 10, [8], { dtype: int64 });
  const logits = model(images);
  const loss = loss_fn(logits, labels);
  loss.backward();
  return [loss, logits.argmax(1)];
}
