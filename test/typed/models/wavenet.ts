// As WaveNet: gated dilated convolutions, what they skip added up, a distribution over levels.
import { int64, nn, randint } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class Gated1 extends nn.Module {
  conv = new nn.Conv1d(16, 32, 2, { dilation: 1 });
  res = new nn.Conv1d(16, 16, 1);
  skip = new nn.Conv1d(16, 24, 1);
  forward(x: Tensor<["N", 16, 40], "float32">) {
    const [f, g] = this.conv(F.pad(x, [1, 0])).chunk(2, 1);
    const h = f.tanh().mul(g.sigmoid());
    return [x.add(this.res(h)), this.skip(h)] as const;
  }
}
class Gated2 extends nn.Module {
  conv = new nn.Conv1d(16, 32, 2, { dilation: 2 });
  res = new nn.Conv1d(16, 16, 1);
  skip = new nn.Conv1d(16, 24, 1);
  forward(x: Tensor<["N", 16, 40], "float32">) {
    const [f, g] = this.conv(F.pad(x, [2, 0])).chunk(2, 1);
    const h = f.tanh().mul(g.sigmoid());
    return [x.add(this.res(h)), this.skip(h)] as const;
  }
}
class WaveNet extends nn.Module {
  embed = new nn.Embedding(64, 16);
  block1 = new Gated1();
  block2 = new Gated2();
  out1 = new nn.Conv1d(24, 24, 1);
  out2 = new nn.Conv1d(24, 64, 1);
  forward(levels: Tensor<["N", 40], "int64">) {
    const x = this.embed(levels).transpose(1, 2);
    const [a, skip1] = this.block1(x);
    const [, skip2] = this.block2(a);
    const s = skip1.add(skip2).relu();
    return this.out2(this.out1(s).relu());
  }
}
export function run() {
  const levels = randint(0, 64, [2, 40], { dtype: int64 });
  const logits = new WaveNet()(levels);
  const loss = F.cross_entropy(logits.slice(2, 0, 39), levels.slice(1, 1));
  return [logits, loss];
}
