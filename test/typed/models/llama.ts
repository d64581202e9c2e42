// As Llama: rotated queries and keys, fewer keys than queries, gated layers, root-mean-square norms; writes with a cache.
import { arange, cat, float32, int64, multinomial, nn, ones, outer, randint, stack } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

/** Cosines and sines of each place, for pairs of 16 numbers. */
function angles(places: Tensor<["T"], "int64">) {
  const frequencies = arange(0, 16, 2).to(float32).div(16).mul(-Math.log(10000)).exp();
  const turned = outer(places.to(float32), frequencies);
  return [turned.cos().view(1, 1, places.size(0), 8), turned.sin().view(1, 1, places.size(0), 8)] as const;
}
class Rotary extends nn.Module {
  forward(
    x: Tensor<["B", "H", "T", 16], "float32">,
    cos: Tensor<[1, 1, "T", 8], "float32">,
    sin: Tensor<[1, 1, "T", 8], "float32">,
  ) {
    const [a, b] = x.unflatten(-1, [8, 2]).unbind(-1);
    return stack([a.mul(cos).sub(b.mul(sin)), a.mul(sin).add(b.mul(cos))], -1).flatten(3);
  }
}
class Attention extends nn.Module {
  wq = new nn.Linear(64, 64, { bias: false });
  wk = new nn.Linear(64, 32, { bias: false });
  wv = new nn.Linear(64, 32, { bias: false });
  wo = new nn.Linear(64, 64, { bias: false });
  rotary = new Rotary();
  forward(
    x: Tensor<["B", "T", 64], "float32">,
    cos: Tensor<[1, 1, "T", 8], "float32">,
    sin: Tensor<[1, 1, "T", 8], "float32">,
  ) {
    const [B, T] = x.shape;
    const q = this.rotary(this.wq(x).view(B, T, 4, 16).transpose(1, 2), cos, sin);
    const k = this.rotary(this.wk(x).view(B, T, 2, 16).transpose(1, 2), cos, sin).repeat_interleave(2, 1);
    const v = this.wv(x).view(B, T, 2, 16).transpose(1, 2).repeat_interleave(2, 1);
    const seen = F.scaled_dot_product_attention(q, k, v, { is_causal: true });
    return this.wo(seen.transpose(1, 2).reshape(B, T, -1));
  }
}
class FeedForward extends nn.Module {
  w1 = new nn.Linear(64, 176, { bias: false });
  w2 = new nn.Linear(176, 64, { bias: false });
  w3 = new nn.Linear(64, 176, { bias: false });
  forward(x: Tensor<["B", "T", 64], "float32">) {
    return this.w2(F.silu(this.w1(x)).mul(this.w3(x)));
  }
}
class Block extends nn.Module {
  attention_norm = new nn.RMSNorm([64], 1e-5);
  attention = new Attention();
  ffn_norm = new nn.RMSNorm([64], 1e-5);
  feed_forward = new FeedForward();
  forward(
    x: Tensor<["B", "T", 64], "float32">,
    cos: Tensor<[1, 1, "T", 8], "float32">,
    sin: Tensor<[1, 1, "T", 8], "float32">,
  ) {
    const h = x.add(this.attention(this.attention_norm(x), cos, sin));
    return h.add(this.feed_forward(this.ffn_norm(h)));
  }
}
class Llama extends nn.Module {
  tok_embeddings = new nn.Embedding(120, 64);
  layers = new nn.ModuleList([new Block(), new Block(), new Block()]);
  norm = new nn.RMSNorm(64);
  output = new nn.Linear(64, 120, { bias: false });
  forward(tokens: Tensor<["B", "T"], "int64">) {
    const [cos, sin] = angles(arange(tokens.size(1)));
    let h = this.tok_embeddings(tokens);
    for (const layer of this.layers) h = layer(h, cos, sin);
    return this.output(this.norm(h));
  }
}
export function run() {
  const model = new Llama();
  const tokens = randint(0, 120, [2, 10], { dtype: int64 });
  const logits = model(tokens);
  const loss = F.cross_entropy(logits.index([":", ":-1"]).flatten(0, 1), tokens.index([":", "1:"]).flatten());
  const last = logits.select(1, -1).div(0.7);
  const [best] = last.topk(20, { dim: -1 });
  const kept = last.masked_fill(last.lt(best.index([":", [-1]])), -Infinity);
  const next = multinomial(kept.softmax(-1), 1);
  const longer = cat([tokens, next], 1);
  const shape: readonly [2, 11] = longer.shape;
  return [loss, model(longer), ones(2).to(float32), shape];
}
