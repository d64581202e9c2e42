// A decoder that generates with a cache of keys and values: grouped queries, rotary places.
import { arange, cat, no_grad, nn, ones, outer, randint, int64, stack } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

interface Past {
  readonly k: Tensor<[2, 2, "P", 16], "float32">;
  readonly v: Tensor<[2, 2, "P", 16], "float32">;
}
class Rotary extends nn.Module {
  forward(x: Tensor<["B", "H", "T", 16], "float32">, at: Tensor<["T", 8], "float32">) {
    const [even, odd] = x.chunk(2, -1);
    const [cos, sin] = [at.cos(), at.sin()];
    return cat([even.mul(cos).sub(odd.mul(sin)), even.mul(sin).add(odd.mul(cos))], -1);
  }
}
class Attention extends nn.Module {
  q = new nn.Linear(64, 64, false);
  k = new nn.Linear(64, 32, false);
  v = new nn.Linear(64, 32, false);
  o = new nn.Linear(64, 64, false);
  rotate = new Rotary();
  /** The last token against all that came before. */
  step(x: Tensor<[2, 1, 64], "float32">, past: Past, at: Tensor<[1, 8], "float32">) {
    const q = this.rotate(this.q(x).view(2, 1, 4, 16).transpose(1, 2), at);
    const key = this.rotate(this.k(x).view(2, 1, 2, 16).transpose(1, 2), at);
    const value = this.v(x).view(2, 1, 2, 16).transpose(1, 2);
    const [k, v] = [cat([past.k, key], 2), cat([past.v, value], 2)];
    const [keys, values] = [k.repeat_interleave(2, 1), v.repeat_interleave(2, 1)];
    const y = F.scaled_dot_product_attention(q, keys, values);
    return { y: this.o(y.transpose(1, 2).reshape(2, 1, 64)), k, v };
  }
}
class Decoder extends nn.Module {
  embed = new nn.Embedding(100, 64);
  norm = new nn.RMSNorm(64);
  attention = new Attention();
  final = new nn.RMSNorm(64);
  forward(token: Tensor<[2, 1], "int64">, past: Past, at: Tensor<[1, 8], "float32">) {
    const x = this.embed(token);
    const { y, k, v } = this.attention.step(this.norm(x), past, at);
    const h = this.final(x.add(y));
    return { logits: F.linear(h, this.embed.weight).squeeze(1), k, v };
  }
}
export function run() {
  const model = new Decoder();
  const rates = arange(0, 8).float().mul(-1.15).exp();
  const angles = outer(arange(0, 3).float(), rates);
  let token = randint(0, 100, [2, 1], { dtype: int64 });
  const start = ones(2, 2, 1, 16);
  return no_grad(() => {
    const first = model(token, { k: start, v: start }, angles.narrow(0, 0, 1));
    token = first.logits.argmax(-1, { keepdim: true });
    const second = model(token, first, angles.narrow(0, 1, 1));
    token = second.logits.softmax(-1).multinomial(1);
    const both = stack([first.logits, second.logits], 1);
    const [cached, all]: [number, readonly [2, 2, 100]] = [second.k.shape[2], both.shape];
    return [cached, all, token];
  });
}
