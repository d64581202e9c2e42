// An MLP-Mixer: patches mixed with each other, then channels.
import { nn, randn } from "tidu/typed";
import type { Tensor } from "tidu/typed";

class Mixer extends nn.Module {
  norm1 = new nn.LayerNorm(32);
  tokens = new nn.Sequential(new nn.Linear(16, 64), new nn.GELU(), new nn.Linear(64, 16));
  norm2 = new nn.LayerNorm(32);
  channels = new nn.Sequential(new nn.Linear(32, 128), new nn.GELU(), new nn.Linear(128, 32));
  forward(x: Tensor<["N", 16, 32], "float32">) {
    const mixed = this.tokens(this.norm1(x).transpose(1, 2)).transpose(1, 2);
    const h = x.add(mixed);
    return h.add(this.channels(this.norm2(h)));
  }
}
class MlpMixer extends nn.Module {
  stem = new nn.Conv2d(3, 32, 8, { stride: 8 });
  blocks = new nn.ModuleList([new Mixer(), new Mixer(), new Mixer()]);
  norm = new nn.LayerNorm(32);
  head = new nn.Linear(32, 10);
  forward(x: Tensor<["N", 3, 32, 32], "float32">) {
    let h = this.stem(x).flatten(2).permute(0, 2, 1);
    for (const block of this.blocks) h = block(h);
    return this.head(this.norm(h).mean(1));
  }
}
export function run() {
  const logits = new MlpMixer()(randn(2, 3, 32, 32));
  return [logits, logits.logsumexp(1, true)];
}
