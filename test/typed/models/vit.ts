// A vision transformer: patches, a token of the class, blocks.
import { cat, nn, randn, zeros } from "tidu/typed";
import type { Tensor } from "tidu/typed";

class Block extends nn.Module {
  norm1 = new nn.LayerNorm(48);
  attn = new nn.MultiheadAttention(48, 4, { batch_first: true });
  norm2 = new nn.LayerNorm(48);
  mlp = new nn.Sequential(new nn.Linear(48, 96), new nn.GELU(), new nn.Dropout(0.1), new nn.Linear(96, 48));
  forward(x: Tensor<["N", 65, 48], "float32">) {
    const h = this.norm1(x);
    const [found] = this.attn(h, h, h);
    const y = x.add(found);
    return y.add(this.mlp(this.norm2(y)));
  }
}
class ViT extends nn.Module {
  patch = new nn.Conv2d(3, 48, 4, { stride: 4 });
  cls = new nn.Parameter(zeros(1, 1, 48));
  pos = new nn.Parameter(zeros(1, 65, 48));
  blocks = new nn.Sequential(new Block(), new Block());
  norm = new nn.LayerNorm(48);
  head = new nn.Linear(48, 10);
  forward(x: Tensor<["N", 3, 32, 32], "float32">) {
    const [N] = x.shape;
    const patches = this.patch(x).flatten(2).transpose(1, 2);
    const tokens = cat([this.cls.expand(N, -1, -1), patches], 1).add(this.pos);
    const seen = this.norm(this.blocks(tokens));
    return this.head(seen.select(1, 0));
  }
}
export function run() {
  const logits = new ViT()(randn(2, 3, 32, 32));
  const probs = logits.softmax(1);
  const { values, indices } = probs.max(1);
  return [values, indices];
}
