// A small nanoGPT: blocks of attention with several heads, weights shared with the head, AdamW in two groups.
import * as torch from "tidu";
import { nn } from "tidu";
import type { Tensor } from "tidu";

const F = nn.functional;
torch.manual_seed(1337);
const text = "to see a gradient is to see where it came from, and to see where it came from is to know why. ".repeat(3);
const letters = [...new Set(text)].sort();
const idsOf = (said: string): Tensor => torch.tensor([...said].map((c) => BigInt(letters.indexOf(c))));
const data = idsOf(text);
const [context, width, heads, layers] = [24, 32, 4, 2];

class Attention extends nn.Module {
  qkv = new nn.Linear(width, 3 * width);
  project = new nn.Linear(width, width);
  override forward(x: Tensor): Tensor {
    const [B, T, C] = x.shape;
    const [q, k, v] = this.qkv(x)
      .split(C, 2)
      .map((t) => t.view(B, T, heads, C / heads).transpose(1, 2));
    const y = F.scaled_dot_product_attention(q, k, v, { is_causal: true });
    return this.project(y.transpose(1, 2).reshape(B, T, C));
  }
}
class Block extends nn.Module {
  norm1 = new nn.LayerNorm(width);
  attention = new Attention();
  norm2 = new nn.LayerNorm(width);
  mlp = new nn.Sequential(new nn.Linear(width, 4 * width), new nn.GELU(), new nn.Linear(4 * width, width));
  override forward(x: Tensor): Tensor {
    const h = x.add(this.attention(this.norm1(x)));
    return h.add(this.mlp(this.norm2(h)));
  }
}
class GPT extends nn.Module {
  token = new nn.Embedding(letters.length, width);
  place = new nn.Embedding(context, width);
  blocks = new nn.Sequential(...Array.from({ length: layers }, () => new Block()));
  norm = new nn.LayerNorm(width);
  head = new nn.Linear(width, letters.length, { bias: false });
  constructor() {
    super();
    this.head.weight = this.token.weight;
    for (const table of [this.token, this.place]) nn.init.normal_(table.weight, { std: 0.05 });
  }
  override forward(ids: Tensor): Tensor {
    const x = this.token(ids).add(this.place(torch.arange(ids.shape[1])));
    return this.head(this.norm(this.blocks(x)));
  }
}
const model = new GPT();
const parameters = [...model.parameters()];
console.log(
  parameters.reduce((sum, p) => sum + p.numel(), 0),
  "parameters",
);
const optimizer = new torch.optim.AdamW(
  [
    { params: parameters.filter((p) => p.dim() >= 2), weight_decay: 0.1 },
    { params: parameters.filter((p) => p.dim() < 2), weight_decay: 0 },
  ],
  { lr: 8e-3 },
);
const steps = 91;
for (let step = 0; step < steps; step++) {
  // Up in ten steps, then down along a cosine.
  const rate = 8e-3 * Math.min(1, (step + 1) / 10) * (0.55 + 0.45 * Math.cos((Math.PI * step) / steps));
  for (const group of optimizer.param_groups) group.lr = rate;
  const at = torch.randint(data.size(0) - context - 1, [8]).tolist() as number[];
  const x = torch.stack(at.map((i) => data.narrow(0, Number(i), context)));
  const y = torch.stack(at.map((i) => data.narrow(0, Number(i) + 1, context)));
  const loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten());
  optimizer.zero_grad();
  loss.backward();
  nn.utils.clip_grad_norm_(model.parameters(), 1);
  optimizer.step();
  if (step % 30 === 0) console.log(step, loss.item().toFixed(2));
}
let said = "to see ";
torch.no_grad(() => {
  while (said.length < 60) {
    const scores = model(idsOf(said.slice(-context)).unsqueeze(0));
    said += letters[Number(scores[0][scores.size(1) - 1].argmax().item())];
  }
});
console.log(said);
