// Blocks of ConvNeXt: a wide depthwise convolution, then a network per pixel.
import { nn, ones, randn } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class Block extends nn.Module {
  dwconv = new nn.Conv2d(24, 24, 7, { padding: 3, groups: 24 });
  norm = new nn.LayerNorm(24, 1e-6);
  pw1 = new nn.Linear(24, 96);
  pw2 = new nn.Linear(96, 24);
  gamma = new nn.Parameter(ones(24));
  forward(x: Tensor<["N", 24, "H", "W"], "float32">) {
    const h = this.norm(this.dwconv(x).permute(0, 2, 3, 1));
    const y = this.pw2(F.gelu(this.pw1(h))).mul(this.gamma);
    return x.add(y.permute(0, 3, 1, 2));
  }
}
class ConvNeXt extends nn.Module {
  stem = new nn.Conv2d(3, 24, 4, { stride: 4 });
  stage1 = new nn.Sequential(new Block(), new Block());
  down = new nn.Conv2d(24, 24, 2, { stride: 2 });
  stage2 = new nn.Sequential(new Block(), new Block());
  head = new nn.Linear(24, 10);
  forward(x: Tensor<["N", 3, 64, 64], "float32">) {
    const a = this.stage1(this.stem(x));
    const b = this.stage2(this.down(a));
    return this.head(b.mean([-2, -1]));
  }
}
export function run() {
  const logits = new ConvNeXt()(randn(2, 3, 64, 64));
  return [logits, logits.sigmoid()];
}
