// As MobileNetV3: narrow in, wide and depthwise inside, narrow out; channels weighed by what their means say.
import { int64, nn, randint, randn } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class Weigh64 extends nn.Module {
  pool = new nn.AdaptiveAvgPool2d(1);
  fc1 = new nn.Conv2d(64, 16, 1);
  fc2 = new nn.Conv2d(16, 64, 1);
  forward(x: Tensor<["N", 64, "H", "W"], "float32">) {
    const s = F.hardsigmoid(this.fc2(F.relu(this.fc1(this.pool(x)))));
    return x.mul(s);
  }
}
class Same16 extends nn.Module {
  expand = new nn.Sequential(new nn.Conv2d(16, 64, 1, { bias: false }), new nn.BatchNorm2d(64), new nn.Hardswish());
  depth = new nn.Sequential(
    new nn.Conv2d(64, 64, 3, { padding: 1, groups: 64, bias: false }),
    new nn.BatchNorm2d(64),
    new nn.Hardswish(),
  );
  weigh = new Weigh64();
  project = new nn.Sequential(new nn.Conv2d(64, 16, 1, { bias: false }), new nn.BatchNorm2d(16));
  forward(x: Tensor<["N", 16, "H", "W"], "float32">) {
    return x.add(this.project(this.weigh(this.depth(this.expand(x)))));
  }
}
class Down24 extends nn.Module {
  expand = new nn.Conv2d(16, 64, [1, 1], { bias: false });
  bn1 = new nn.BatchNorm2d(64);
  depth = new nn.Conv2d(64, 64, [5, 5], [2, 2], { padding: [2, 2], groups: 64, bias: false });
  bn2 = new nn.BatchNorm2d(64);
  project = new nn.Conv2d(64, 24, 1, 1, 0, { bias: false });
  bn3 = new nn.BatchNorm2d(24);
  forward(x: Tensor<["N", 16, 32, 32], "float32">) {
    const wide = F.hardswish(this.bn1(this.expand(x)));
    const small = F.hardswish(this.bn2(this.depth(wide)));
    return this.bn3(this.project(small));
  }
}
class MobileNet extends nn.Module {
  stem = new nn.Sequential(
    new nn.Conv2d(3, 16, 3, { stride: 2, padding: 1, bias: false }),
    new nn.BatchNorm2d(16),
    new nn.Hardswish(),
  );
  same = new nn.ModuleList([new Same16(), new Same16()]);
  down = new Down24();
  last = new nn.Conv2d(24, 96, 1);
  classifier = new nn.Sequential(
    new nn.Linear(96, 128),
    new nn.Hardswish(),
    new nn.Dropout(0.2),
    new nn.Linear(128, 10),
  );
  forward(x: Tensor<["N", 3, 64, 64], "float32">) {
    let h = this.stem(x);
    for (const block of this.same) h = block(h);
    const f = F.hardswish(this.last(this.down(h)));
    const pooled = F.adaptive_avg_pool2d(f, 1).flatten(1);
    return this.classifier(pooled);
  }
}
export function run() {
  const logits = new MobileNet()(randn(2, 3, 64, 64));
  const target = randint(0, 10, [2], { dtype: int64 });
  const loss = F.cross_entropy(logits, target, { label_smoothing: 0.1 });
  const right = logits.argmax(1).eq(target).float().mean();
  const shape: readonly [2, 10] = logits.softmax(1).shape;
  return [loss, right, shape];
}
