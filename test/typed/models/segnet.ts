// A SegNet: what is pooled away going down is put back at its place going up.
import { int64, nn, randint, randn } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class SegNet extends nn.Module {
  down1 = new nn.Sequential(new nn.Conv2d(3, 16, 3, { padding: 1 }), new nn.BatchNorm2d(16), new nn.ReLU());
  down2 = new nn.Sequential(new nn.Conv2d(16, 32, 3, { padding: 1 }), new nn.BatchNorm2d(32), new nn.ReLU());
  pool = new nn.MaxPool2d(2, 2, { return_indices: true });
  unpool = new nn.MaxUnpool2d(2, 2);
  up2 = new nn.Sequential(new nn.Conv2d(32, 16, 3, { padding: 1 }), new nn.BatchNorm2d(16), new nn.ReLU());
  up1 = new nn.Conv2d(16, 5, 3, { padding: 1 });
  forward(x: Tensor<["B", 3, 24, 32], "float32">) {
    const full = this.down1(x);
    const [half, places1] = this.pool(full);
    const deep = this.down2(half);
    const [quarter, places2] = this.pool(deep);
    const back = this.up2(this.unpool(quarter, places2));
    return this.up1(this.unpool(back, places1));
  }
}
export function run() {
  const net = new SegNet();
  const logits = net(randn(2, 3, 24, 32));
  const target = randint(0, 5, [2, 24, 32], { dtype: int64 });
  const loss = F.cross_entropy(logits, target);
  loss.backward();
  const hit = logits.argmax(1).eq(target).float().mean();
  const map: readonly [2, 5, 24, 32] = logits.shape;
  return [loss, hit, map];
}
