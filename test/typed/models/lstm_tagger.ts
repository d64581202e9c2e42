// A tagger of words: embeddings, an LSTM both ways, a label for each word.
import { int64, nn, randint } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class Tagger extends nn.Module {
  embed = new nn.Embedding(100, 24);
  lstm = new nn.LSTM(24, 16, 2, { batch_first: true, bidirectional: true });
  dropout = new nn.Dropout(0.2);
  out = new nn.Linear(32, 7);
  forward(words: Tensor<["N", "T"], "int64">) {
    const vectors = this.embed(words);
    const [hidden] = this.lstm(this.dropout(vectors));
    return this.out(hidden).log_softmax(-1);
  }
}
export function run() {
  const words = randint(0, 100, [3, 9], { dtype: int64 });
  const tags = randint(0, 7, [3, 9], { dtype: int64 });
  const scores = new Tagger()(words);
  const loss = F.nll_loss(scores.transpose(1, 2), tags);
  const right = scores.argmax(-1).eq(tags).sum();
  return [loss, right];
}
