// A small GPT that learns to write like this repository's README, a character at a time.
//   npx tsx --conditions=source examples/character_gpt.ts
import { readFileSync } from "node:fs";
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";
import * as F from "tidu/nn/functional";
import { curves } from "tidu/viz";
import { keep, sized } from "./common.ts";

torch.manual_seed(1337);
const text = readFileSync(new URL("../README.md", import.meta.url), "utf8").slice(0, 20_000);
const characters = [...new Set(text)].sort();
const data = torch.tensor(
  [...text].map((c) => characters.indexOf(c)),
  { dtype: torch.int64 },
);
const [context, width, heads, layers] = [sized(64, 16), sized(96, 16), 4, sized(3, 1)];

class Block extends nn.Module {
  norm1 = new nn.LayerNorm(width);
  attend = new nn.Linear(width, 3 * width);
  project = new nn.Linear(width, width);
  norm2 = new nn.LayerNorm(width);
  mlp = new nn.Sequential(new nn.Linear(width, 4 * width), new nn.GELU(), new nn.Linear(4 * width, width));
  override forward(x: Tensor): Tensor {
    const [batch, time] = [x.size(0), x.size(1)];
    const [q, k, v] = this.attend(this.norm1(x))
      .view(batch, time, 3, heads, width / heads)
      .permute(2, 0, 3, 1, 4)
      .unbind(0);
    const attended = F.scaled_dot_product_attention(q!, k!, v!, { is_causal: true });
    const h = x.add(this.project(attended.transpose(1, 2).reshape(batch, time, width)));
    return h.add(this.mlp(this.norm2(h)));
  }
}
class GPT extends nn.Module {
  token = new nn.Embedding(characters.length, width);
  place = new nn.Embedding(context, width);
  blocks = new nn.Sequential(...Array.from({ length: layers }, () => new Block()));
  norm = new nn.LayerNorm(width);
  head = new nn.Linear(width, characters.length);
  override forward(ids: Tensor): Tensor {
    const places = torch.arange(ids.size(1));
    return this.head(this.norm(this.blocks(this.token(ids).add(this.place(places)))));
  }
}

const model = new GPT();
const optimizer = new optim.AdamW(model.parameters(), { lr: 2e-3 });
const losses: number[] = [];
for (let step = 0; step < sized(600, 3); step++) {
  const starts = (torch.randint(data.length - context - 1, [sized(24, 2)]).tolist() as number[]).map(Number);
  const pieces = torch.stack(starts.map((at) => data.narrow(0, at, context + 1)));
  const scores = model(pieces.narrow(1, 0, context));
  const loss = F.cross_entropy(scores.flatten(0, 1), pieces.narrow(1, 1, context).flatten());
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  losses.push(loss.item());
  if (step % 50 === 0) console.log(`step ${step}: loss ${loss.item().toFixed(3)}`);
}

model.eval();
let ids = data.narrow(0, 0, 8).unsqueeze(0);
torch.no_grad(() => {
  for (let i = 0; i < sized(200, 4); i++) {
    const seen = ids.narrow(1, Math.max(0, ids.size(1) - context), Math.min(context, ids.size(1)));
    const chances = model(seen).select(1, -1).div(0.8).softmax(-1);
    ids = torch.cat([ids, torch.multinomial(chances, 1)], 1);
  }
});
console.log((ids.select(0, 0).tolist() as number[]).map((id) => characters[Number(id)]).join(""));
keep("character_gpt", curves(losses));
