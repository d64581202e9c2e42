// A U-Net of three levels: down with convolutions, up again with what was seen on the way.
import { cat, nn, randn } from "tidu/typed";
import type { Tensor } from "tidu/typed";

class UNet extends nn.Module {
  enc1 = new nn.Sequential(new nn.Conv2d(1, 8, 3, { padding: 1 }), new nn.BatchNorm2d(8), new nn.ReLU());
  enc2 = new nn.Sequential(new nn.Conv2d(8, 16, 3, { padding: 1 }), new nn.BatchNorm2d(16), new nn.ReLU());
  bottom = new nn.Sequential(new nn.Conv2d(16, 32, 3, { padding: 1 }), new nn.BatchNorm2d(32), new nn.ReLU());
  pool = new nn.MaxPool2d(2);
  up2 = new nn.ConvTranspose2d(32, 16, 2, { stride: 2 });
  dec2 = new nn.Sequential(new nn.Conv2d(32, 16, 3, { padding: 1 }), new nn.ReLU());
  up1 = new nn.ConvTranspose2d(16, 8, 2, { stride: 2 });
  dec1 = new nn.Sequential(new nn.Conv2d(16, 8, 3, { padding: 1 }), new nn.ReLU());
  head = new nn.Conv2d(8, 2, 1);
  forward(x: Tensor<["N", 1, 32, 32], "float32">) {
    const a = this.enc1(x);
    const b = this.enc2(this.pool(a));
    const c = this.bottom(this.pool(b));
    const d = this.dec2(cat([this.up2(c), b], 1));
    const e = this.dec1(cat([this.up1(d), a], 1));
    return this.head(e);
  }
}
export function run() {
  const masks = new UNet()(randn(2, 1, 32, 32));
  const inside = masks.softmax(1).select(1, 1).gt(0.5);
  const share = inside.float().mean([1, 2]);
  return [masks, share];
}
