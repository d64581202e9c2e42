// As T5: an encoder and a decoder without biases, whose attention adds a learnt number for each distance.
import { arange, int64, nn, ones, randint, where } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class RelativeBias extends nn.Module {
  table = new nn.Embedding(16, 4);
  forward(queries: Tensor<["B", "L", 64], "float32">, keys: Tensor<["B", "S", 64], "float32">) {
    const distance = arange(keys.size(1))
      .unsqueeze(0)
      .sub(arange(queries.size(1)).unsqueeze(1));
    const far = distance.abs().clamp(0, 7);
    const bucket = where(distance.gt(0), far.add(8), far);
    return this.table(bucket).permute(2, 0, 1).unsqueeze(0);
  }
}
class Attention extends nn.Module {
  q = new nn.Linear(64, 64, false);
  kv = new nn.Linear(64, 128, false);
  o = new nn.Linear(64, 64, false);
  bias = new RelativeBias();
  forward(x: Tensor<["B", "L", 64], "float32">, memory: Tensor<["B", "S", 64], "float32">) {
    const q = this.q(x).unflatten(-1, [4, 16]).transpose(1, 2);
    const [k, v] = this.kv(memory).unflatten(-1, [2, 4, 16]).permute(2, 0, 3, 1, 4).unbind(0);
    const scores = q.matmul(k.mT).add(this.bias(x, memory));
    return this.o(scores.softmax(-1).matmul(v).transpose(1, 2).flatten(2));
  }
}
class CausalAttention extends nn.Module {
  qkv = new nn.Linear(64, 192, false);
  o = new nn.Linear(64, 64, false);
  forward(x: Tensor<["B", "L", 64], "float32">) {
    const [B, L] = x.shape;
    const [q, k, v] = this.qkv(x).view(B, L, 3, 4, 16).permute(2, 0, 3, 1, 4).unbind();
    const future = ones(L, L).triu(1).bool();
    const scores = q.matmul(k.transpose(2, 3)).masked_fill(future, -1e9);
    return this.o(scores.softmax(-1).matmul(v).transpose(1, 2).reshape(B, L, 64));
  }
}
class GatedFeedForward extends nn.Module {
  wi = new nn.Linear(64, 256, false);
  wo = new nn.Linear(128, 64, false);
  forward(x: Tensor<["B", "L", 64], "float32">) {
    const [gate, up] = this.wi(x).chunk(2, -1);
    return this.wo(F.gelu(gate, "tanh").mul(up));
  }
}
class EncoderBlock extends nn.Module {
  norm1 = new nn.RMSNorm(64);
  attention = new Attention();
  norm2 = new nn.RMSNorm(64);
  ff = new GatedFeedForward();
  forward(x: Tensor<["B", "S", 64], "float32">) {
    const n = this.norm1(x);
    const h = x.add(this.attention(n, n));
    return h.add(this.ff(this.norm2(h)));
  }
}
class DecoderBlock extends nn.Module {
  norm1 = new nn.RMSNorm(64);
  own = new CausalAttention();
  norm2 = new nn.RMSNorm(64);
  cross = new Attention();
  norm3 = new nn.RMSNorm(64);
  ff = new GatedFeedForward();
  forward(x: Tensor<["B", "L", 64], "float32">, memory: Tensor<["B", "S", 64], "float32">) {
    const a = x.add(this.own(this.norm1(x)));
    const b = a.add(this.cross(this.norm2(a), memory));
    return b.add(this.ff(this.norm3(b)));
  }
}
class T5 extends nn.Module {
  shared = new nn.Embedding(100, 64);
  encoder = new nn.ModuleList([new EncoderBlock(), new EncoderBlock()]);
  decoder = new nn.ModuleList([new DecoderBlock(), new DecoderBlock()]);
  norm = new nn.RMSNorm(64);
  forward(source: Tensor<["B", "S"], "int64">, target: Tensor<["B", "L"], "int64">) {
    let memory = this.shared(source);
    for (const block of this.encoder) memory = block(memory);
    let x = this.shared(target);
    for (const block of this.decoder) x = block(x, memory);
    return F.linear(this.norm(x).mul(64 ** -0.5), this.shared.weight);
  }
}
export function run() {
  const source = randint(0, 100, [2, 9], { dtype: int64 });
  const target = randint(0, 100, [2, 6], { dtype: int64 });
  const logits = new T5()(source, target);
  const loss = F.cross_entropy(logits.transpose(1, 2), target);
  const likely: readonly [2, 6] = logits.argmax(-1).shape;
  return [loss, likely];
}
