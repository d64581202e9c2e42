// As DeepLabV3: what stands near and far seen at once by holes in the kernels; every pixel gets a class.
import { cat, int64, nn, randint, randn } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class Bottleneck extends nn.Module {
  conv1 = new nn.Conv2d(64, 16, 1, { bias: false });
  bn1 = new nn.BatchNorm2d(16);
  conv2 = new nn.Conv2d(16, 16, 3, 1, 2, 2, { bias: false });
  bn2 = new nn.BatchNorm2d(16);
  conv3 = new nn.Conv2d(16, 64, 1, { bias: false });
  bn3 = new nn.BatchNorm2d(64);
  relu = new nn.ReLU(true);
  forward(x: Tensor<["N", 64, "H", "W"], "float32">) {
    const a = this.relu(this.bn1(this.conv1(x)));
    const b = this.relu(this.bn2(this.conv2(a)));
    return this.relu(this.bn3(this.conv3(b)).add(x));
  }
}
class Pyramid extends nn.Module {
  near = new nn.Sequential(new nn.Conv2d(64, 32, 1), new nn.BatchNorm2d(32), new nn.ReLU());
  mid = new nn.Sequential(new nn.Conv2d(64, 32, 3, { padding: 2, dilation: 2 }), new nn.BatchNorm2d(32), new nn.ReLU());
  far = new nn.Sequential(new nn.Conv2d(64, 32, 3, { padding: 4, dilation: 4 }), new nn.BatchNorm2d(32), new nn.ReLU());
  whole = new nn.Sequential(new nn.AdaptiveAvgPool2d(1), new nn.Conv2d(64, 32, 1), new nn.ReLU());
  project = new nn.Conv2d(128, 48, 1);
  forward(x: Tensor<["N", 64, 16, 16], "float32">) {
    const whole = F.interpolate(this.whole(x), { size: [16, 16], mode: "bilinear", align_corners: false });
    return this.project(cat([this.near(x), this.mid(x), this.far(x), whole], 1));
  }
}
class DeepLab extends nn.Module {
  stem = new nn.Conv2d(3, 24, 7, { stride: 2, padding: 3 });
  pool = new nn.MaxPool2d(3, { stride: 2, padding: 1 });
  widen = new nn.Conv2d(24, 64, 1);
  layers = new nn.Sequential(new Bottleneck(), new Bottleneck());
  pyramid = new Pyramid();
  low = new nn.Conv2d(24, 8, 1);
  up = new nn.UpsamplingBilinear2d({ scale_factor: 2 });
  fine = new nn.Sequential(new nn.Conv2d(56, 32, 3, { padding: "same" }), new nn.ReLU(), new nn.Conv2d(32, 6, 1));
  forward(x: Tensor<["N", 3, 64, 64], "float32">) {
    const early = F.relu(this.stem(x));
    const f = this.layers(this.widen(this.pool(early)));
    const seen = this.up(this.pyramid(f));
    const fine = this.fine(cat([seen, this.low(early)], 1));
    return F.interpolate(fine, { scale_factor: 2, mode: "nearest" });
  }
}
export function run() {
  const logits = new DeepLab()(randn(2, 3, 64, 64));
  const labels = randint(0, 6, [2, 64, 64], { dtype: int64 });
  const loss = F.cross_entropy(logits, labels, { ignore_index: 255 });
  const found = logits.argmax(1);
  const hits = F.one_hot(found, 6).mul(F.one_hot(labels, 6)).sum([0, 1, 2]);
  const union = F.one_hot(found, 6).add(F.one_hot(labels, 6)).gt(0).sum([0, 1, 2]);
  const iou = hits.float().div(union.clamp(1).float());
  const shape: readonly [6] = iou.shape;
  return [loss, iou.mean(), shape];
}
