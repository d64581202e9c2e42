// Translation with attention: a GRU reads, another writes and looks back.
import { cat, int64, nn, randint } from "tidu/typed";
import type { Tensor } from "tidu/typed";

class Encoder extends nn.Module {
  embed = new nn.Embedding(80, 24);
  gru = new nn.GRU(24, 32, 1, { batch_first: true });
  forward(src: Tensor<["N", "S"], "int64">) {
    const [states, last] = this.gru(this.embed(src));
    return [states, last.squeeze(0)] as const;
  }
}
class Step extends nn.Module {
  embed = new nn.Embedding(90, 24);
  attn = new nn.Linear(32, 32);
  cell = new nn.GRUCell(56, 32);
  out = new nn.Linear(64, 90);
  forward(
    word: Tensor<["N"], "int64">,
    hidden: Tensor<["N", 32], "float32">,
    states: Tensor<["N", "S", 32], "float32">,
  ) {
    const scores = this.attn(states).bmm(hidden.unsqueeze(2)).squeeze(2);
    const weights = scores.softmax(1);
    const context = weights.unsqueeze(1).bmm(states).squeeze(1);
    const next = this.cell(cat([this.embed(word), context], 1), hidden);
    return [this.out(cat([next, context], 1)), next] as const;
  }
}
export function run() {
  const src = randint(0, 80, [4, 7], { dtype: int64 });
  const [states, last] = new Encoder()(src);
  const step = new Step();
  const word = randint(0, 90, [4], { dtype: int64 });
  const [logits, hidden] = step(word, last, states);
  const [more] = step(logits.argmax(1), hidden, states);
  return [logits, more.log_softmax(-1)];
}
