// A small GPT: causal self-attention in blocks, its output layer over the vocabulary.
import { arange, int64, nn, ones, randint } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class CausalSelfAttention extends nn.Module {
  c_attn = new nn.Linear(64, 192);
  c_proj = new nn.Linear(64, 64);
  attn_dropout = new nn.Dropout(0.1);
  resid_dropout = new nn.Dropout(0.1);
  forward(x: Tensor<["B", "T", 64], "float32">) {
    const [B, T] = x.shape;
    const [q, k, v] = this.c_attn(x).split(64, 2);
    const query = q.view(B, T, 4, 16).transpose(1, 2);
    const key = k.view(B, T, 4, 16).transpose(1, 2);
    const value = v.view(B, T, 4, 16).transpose(1, 2);
    const scores = query.matmul(key.transpose(-2, -1)).mul(0.25);
    const mask = ones(T, T).tril().view(1, 1, T, T);
    const weights = this.attn_dropout(scores.masked_fill(mask.eq(0), -Infinity).softmax(-1));
    const y = weights.matmul(value).transpose(1, 2).contiguous().view(B, T, 64);
    return this.resid_dropout(this.c_proj(y));
  }
}
class MLP extends nn.Module {
  c_fc = new nn.Linear(64, 256);
  c_proj = new nn.Linear(256, 64);
  dropout = new nn.Dropout(0.1);
  forward(x: Tensor<["B", "T", 64], "float32">) {
    const h = F.gelu(this.c_fc(x), "tanh");
    return this.dropout(this.c_proj(h));
  }
}
class Block extends nn.Module {
  ln_1 = new nn.LayerNorm(64);
  attn = new CausalSelfAttention();
  ln_2 = new nn.LayerNorm(64);
  mlp = new MLP();
  forward(x: Tensor<["B", "T", 64], "float32">) {
    const h = x.add(this.attn(this.ln_1(x)));
    return h.add(this.mlp(this.ln_2(h)));
  }
}
class GPT extends nn.Module {
  wte = new nn.Embedding(50, 64);
  wpe = new nn.Embedding(32, 64);
  drop = new nn.Dropout(0.1);
  blocks = new nn.ModuleList([new Block(), new Block()]);
  ln_f = new nn.LayerNorm(64);
  lm_head = new nn.Linear(64, 50, false);
  forward(idx: Tensor<["B", "T"], "int64">) {
    const [, T] = idx.shape;
    const pos = arange(0, T);
    let x = this.drop(this.wte(idx).add(this.wpe(pos)));
    for (const block of this.blocks) x = block(x);
    return this.lm_head(this.ln_f(x));
  }
}
export function run() {
  const model = new GPT();
  const idx = randint(0, 50, [2, 8], { dtype: int64 });
  const targets = randint(0, 50, [2, 8], { dtype: int64 });
  const logits = model(idx);
  const loss = F.cross_entropy(logits.view(16, 50), targets.view(16));
  const next = logits.index([":", -1, ":"]).div(0.8);
  const [top] = next.topk(5);
  const probs = F.softmax(next, -1);
  const last: readonly [2, 50] = probs.shape;
  return [loss, top, last];
}
