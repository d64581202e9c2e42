// As CLIP: pictures and texts in one space, each nearest to its own.
import { arange, int64, nn, randint, randn, zeros } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class Layer extends nn.Module {
  ln1 = new nn.LayerNorm(48);
  attn = new nn.MultiheadAttention(48, 4, { batch_first: true });
  ln2 = new nn.LayerNorm(48);
  mlp = new nn.Sequential(new nn.Linear(48, 192), new nn.GELU(), new nn.Linear(192, 48));
  forward(x: Tensor<["B", "T", 48], "float32">) {
    const n = this.ln1(x);
    const [seen] = this.attn(n, n, n, null, false);
    const h = x.add(seen);
    return h.add(this.mlp(this.ln2(h)));
  }
}
class Picture extends nn.Module {
  patch = new nn.Conv2d(3, 48, 8, 8, { bias: false });
  first = new nn.Parameter(randn(48).mul(0.02));
  places = new nn.Parameter(randn(17, 48).mul(0.02));
  layers = new nn.Sequential(new Layer(), new Layer());
  ln = new nn.LayerNorm(48);
  proj = new nn.Parameter(randn(48, 32));
  forward(x: Tensor<["B", 3, 32, 32], "float32">) {
    const patches = this.patch(x).flatten(2).mT;
    const first = this.first.expand(x.size(0), 1, -1);
    const all = F.pad(patches, [0, 0, 1, 0])
      .add(F.pad(first, [0, 0, 0, 16]))
      .add(this.places);
    return this.ln(this.layers(all).select(1, 0)).matmul(this.proj);
  }
}
class Text extends nn.Module {
  embed = new nn.Embedding(60, 48);
  places = new nn.Parameter(zeros(12, 48));
  layers = new nn.Sequential(new Layer(), new Layer());
  ln = new nn.LayerNorm(48);
  proj = new nn.Linear(48, 32, false);
  forward(words: Tensor<["B", 12], "int64">) {
    const h = this.ln(this.layers(this.embed(words).add(this.places)));
    const end = words.argmax(-1);
    const at = end.view(-1, 1, 1).expand(-1, 1, 48);
    return this.proj(h.gather(1, at).squeeze(1));
  }
}
class Clip extends nn.Module {
  picture = new Picture();
  text = new Text();
  scale = new nn.Parameter(zeros([]));
  forward(images: Tensor<["B", 3, 32, 32], "float32">, words: Tensor<["B", 12], "int64">) {
    const i = F.normalize(this.picture(images), { dim: -1 });
    const t = F.normalize(this.text(words), { dim: -1 });
    return i.matmul(t.t()).mul(this.scale.exp());
  }
}
export function run() {
  const images = randn(6, 3, 32, 32);
  const words = randint(0, 60, [6, 12], { dtype: int64 });
  const logits = new Clip()(images, words);
  const own = arange(6);
  const loss = F.cross_entropy(logits, own).add(F.cross_entropy(logits.T, own)).div(2);
  const ranks = logits.argsort(1, true).eq(own.unsqueeze(1)).long().argmax(1);
  const shape: readonly [6, 6] = logits.shape;
  return [loss, ranks, shape];
}
