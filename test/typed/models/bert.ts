// An encoder as BERT: words masked and guessed, and a label for the whole.
import { arange, int64, nn, ones, randint } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class SelfAttention extends nn.Module {
  query = new nn.Linear(48, 48);
  key = new nn.Linear(48, 48);
  value = new nn.Linear(48, 48);
  out = new nn.Linear(48, 48);
  forward(x: Tensor<["B", "T", 48], "float32">, mask: Tensor<["B", "T"], "float32">) {
    const [B, T] = x.shape;
    const q = this.query(x).view(B, T, 6, 8).permute(0, 2, 1, 3);
    const k = this.key(x).view(B, T, 6, 8).permute(0, 2, 1, 3);
    const v = this.value(x).view(B, T, 6, 8).permute(0, 2, 1, 3);
    const hidden = mask.view(B, 1, 1, T).eq(0);
    const scores = q.matmul(k.mT).div(2.8284).masked_fill(hidden, -10000);
    const found = scores.softmax(-1).matmul(v).permute(0, 2, 1, 3).reshape(B, T, 48);
    return this.out(found);
  }
}
class Layer extends nn.Module {
  attention = new SelfAttention();
  norm1 = new nn.LayerNorm(48);
  up = new nn.Linear(48, 192);
  down = new nn.Linear(192, 48);
  norm2 = new nn.LayerNorm(48);
  forward(x: Tensor<["B", "T", 48], "float32">, mask: Tensor<["B", "T"], "float32">) {
    const h = this.norm1(x.add(this.attention(x, mask)));
    return this.norm2(h.add(this.down(F.gelu(this.up(h)))));
  }
}
class Bert extends nn.Module {
  words = new nn.Embedding(200, 48);
  places = new nn.Embedding(64, 48);
  layer1 = new Layer();
  layer2 = new Layer();
  pooler = new nn.Linear(48, 48);
  mlm = new nn.Linear(48, 200);
  label = new nn.Linear(48, 2);
  forward(ids: Tensor<["B", "T"], "int64">, mask: Tensor<["B", "T"], "float32">) {
    const [, T] = ids.shape;
    const x = this.words(ids).add(this.places(arange(T)).unsqueeze(0));
    const h = this.layer2(this.layer1(x, mask), mask);
    const first = this.pooler(h.index([":", 0])).tanh();
    return { words: this.mlm(h), label: this.label(first) };
  }
}
export function run() {
  const ids = randint(0, 200, [3, 12], { dtype: int64 });
  const { words, label } = new Bert()(ids, ones(3, 12));
  const loss = F.cross_entropy(words.flatten(0, 1), ids.flatten());
  const other = F.cross_entropy(label, ids.select(1, 0).remainder(2));
  return [loss.add(other)];
}
