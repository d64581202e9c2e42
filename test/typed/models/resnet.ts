// ResNet-18 for images of 64x64 pixels.
import { nn, randn } from "tidu/typed";
import type { Tensor } from "tidu/typed";

class Stay64 extends nn.Module {
  conv1 = new nn.Conv2d(64, 64, 3, { padding: 1, bias: false });
  bn1 = new nn.BatchNorm2d(64);
  conv2 = new nn.Conv2d(64, 64, 3, { padding: 1, bias: false });
  bn2 = new nn.BatchNorm2d(64);
  forward(x: Tensor<["N", 64, 16, 16], "float32">) {
    const h = this.bn1(this.conv1(x)).relu();
    return this.bn2(this.conv2(h)).add(x).relu();
  }
}
class Down128 extends nn.Module {
  conv1 = new nn.Conv2d(64, 128, 3, { stride: 2, padding: 1, bias: false });
  bn1 = new nn.BatchNorm2d(128);
  conv2 = new nn.Conv2d(128, 128, 3, { padding: 1, bias: false });
  bn2 = new nn.BatchNorm2d(128);
  downsample = new nn.Sequential(new nn.Conv2d(64, 128, 1, { stride: 2, bias: false }), new nn.BatchNorm2d(128));
  forward(x: Tensor<["N", 64, 16, 16], "float32">) {
    const h = this.bn1(this.conv1(x)).relu();
    return this.bn2(this.conv2(h)).add(this.downsample(x)).relu();
  }
}
class Stay128 extends nn.Module {
  conv1 = new nn.Conv2d(128, 128, 3, { padding: 1, bias: false });
  bn1 = new nn.BatchNorm2d(128);
  conv2 = new nn.Conv2d(128, 128, 3, { padding: 1, bias: false });
  bn2 = new nn.BatchNorm2d(128);
  forward(x: Tensor<["N", 128, 8, 8], "float32">) {
    const h = this.bn1(this.conv1(x)).relu();
    return this.bn2(this.conv2(h)).add(x).relu();
  }
}
class Down256 extends nn.Module {
  conv1 = new nn.Conv2d(128, 256, 3, { stride: 2, padding: 1, bias: false });
  bn1 = new nn.BatchNorm2d(256);
  conv2 = new nn.Conv2d(256, 256, 3, { padding: 1, bias: false });
  bn2 = new nn.BatchNorm2d(256);
  downsample = new nn.Sequential(new nn.Conv2d(128, 256, 1, { stride: 2, bias: false }), new nn.BatchNorm2d(256));
  forward(x: Tensor<["N", 128, 8, 8], "float32">) {
    const h = this.bn1(this.conv1(x)).relu();
    return this.bn2(this.conv2(h)).add(this.downsample(x)).relu();
  }
}
class Stay256 extends nn.Module {
  conv1 = new nn.Conv2d(256, 256, 3, { padding: 1, bias: false });
  bn1 = new nn.BatchNorm2d(256);
  conv2 = new nn.Conv2d(256, 256, 3, { padding: 1, bias: false });
  bn2 = new nn.BatchNorm2d(256);
  forward(x: Tensor<["N", 256, 4, 4], "float32">) {
    const h = this.bn1(this.conv1(x)).relu();
    return this.bn2(this.conv2(h)).add(x).relu();
  }
}
class ResNet extends nn.Module {
  conv1 = new nn.Conv2d(3, 64, 7, { stride: 2, padding: 3, bias: false });
  bn1 = new nn.BatchNorm2d(64);
  maxpool = new nn.MaxPool2d(3, { stride: 2, padding: 1 });
  layer1 = new nn.Sequential(new Stay64(), new Stay64());
  layer2 = new nn.Sequential(new Down128(), new Stay128());
  layer3 = new nn.Sequential(new Down256(), new Stay256());
  avgpool = new nn.AdaptiveAvgPool2d(1);
  fc = new nn.Linear(256, 10);
  forward(x: Tensor<["N", 3, 64, 64], "float32">) {
    const stem = this.maxpool(this.bn1(this.conv1(x)).relu());
    const h = this.layer3(this.layer2(this.layer1(stem)));
    return this.fc(this.avgpool(h).flatten(1));
  }
}
export function run() {
  const logits = new ResNet()(randn(2, 3, 64, 64));
  const guess = logits.argmax(1);
  const accuracy = guess.eq(guess).float().mean();
  return [logits, accuracy];
}
