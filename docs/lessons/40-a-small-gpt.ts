import * as torch from "tidu";
import { nn } from "tidu";
import type { Tensor } from "tidu";

const F = nn.functional;
torch.manual_seed(0);
const text = "the cat sat on the mat. ".repeat(4);
const letters = [...new Set(text)].sort();
const ids = torch.tensor([...text].map((c) => BigInt(letters.indexOf(c))));
const [length, width] = [16, 32];

class GPT extends nn.Module {
  token = new nn.Embedding(letters.length, width);
  place = new nn.Embedding(length, width);
  qkv = new nn.Linear(width, 3 * width);
  mlp = new nn.Sequential(new nn.Linear(width, 64), new nn.GELU(), new nn.Linear(64, width));
  norms = new nn.ModuleList([new nn.LayerNorm(width), new nn.LayerNorm(width)]);
  head = new nn.Linear(width, letters.length);
  override forward(x: Tensor): Tensor {
    const T = x.size(0);
    let h = this.token(x).add(this.place(torch.arange(T)));
    const [q, k, v] = this.qkv(this.norms.at(0)(h)).split(width, -1);
    const scores = q.matmul(k.t()).div(width ** 0.5);
    const future = torch.ones(T, T).triu(1).bool();
    h = h.add(scores.masked_fill(future, -Infinity).softmax(-1).matmul(v));
    h = h.add(this.mlp(this.norms.at(1)(h)));
    return this.head(h);
  }
}
const model = new GPT();
const optimizer = new torch.optim.AdamW(model.parameters(), { lr: 0.01 });
for (let step = 0; step <= 120; step++) {
  const start = (step * 7) % (ids.size(0) - length);
  const loss = F.cross_entropy(model(ids.narrow(0, start, length)), ids.narrow(0, start + 1, length));
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  if (step === 0) console.log(loss.detach());
}
let said = "the ";
while (said.length < length) {
  const seen = torch.tensor([...said].map((c) => BigInt(letters.indexOf(c))));
  const scores = torch.no_grad(() => model(seen)[seen.size(0) - 1]);
  said += letters[Number(scores.argmax().item())];
}
console.log(said);
