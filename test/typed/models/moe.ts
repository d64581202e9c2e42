// A mixture of experts: each token goes through the two experts that its gate likes best.
import { einsum, nn, randn } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class Experts extends nn.Module {
  up = new nn.Parameter(randn(8, 32, 64).mul(0.1));
  down = new nn.Parameter(randn(8, 64, 32).mul(0.1));
  forward(x: Tensor<["N", 32], "float32">) {
    const hidden = F.silu(einsum("nd,edh->neh", x, this.up));
    return einsum("neh,ehd->ned", hidden, this.down);
  }
}
class Mixture extends nn.Module {
  gate = new nn.Linear(32, 8, false);
  experts = new Experts();
  forward(x: Tensor<["B", "T", 32], "float32">) {
    const [B, T] = x.shape;
    const tokens = x.flatten(0, 1);
    const scores = this.gate(tokens).softmax(-1);
    const { values, indices } = scores.topk(2, -1);
    const shares = values.div(values.sum(-1, { keepdim: true }));
    const of_all = this.experts(tokens);
    const places = indices.unsqueeze(-1).expand(-1, -1, 32);
    const chosen = of_all.gather(1, places);
    const mixed = chosen.mul(shares.unsqueeze(2)).sum(1);
    // How evenly the experts are used: their share of tokens and of the gate.
    const used = F.one_hot(indices, 8).float().sum(1).mean(0);
    const balance = used.mul(scores.mean(0)).sum().mul(8);
    return [mixed.view(B, T, 32), balance] as const;
  }
}
class Block extends nn.Module {
  norm1 = new nn.RMSNorm(32);
  attention = new nn.MultiheadAttention(32, 4, { batch_first: true });
  norm2 = new nn.RMSNorm(32);
  mixture = new Mixture();
  forward(x: Tensor<["B", "T", 32], "float32">) {
    const n = this.norm1(x);
    const [attended] = this.attention(n, n, n, null, false);
    const h = x.add(attended);
    const [mixed, balance] = this.mixture(this.norm2(h));
    return [h.add(mixed), balance] as const;
  }
}
export function run() {
  const blocks = [new Block(), new Block()];
  let x = randn(2, 6, 32);
  let losses = randn(1).mul(0);
  for (const block of blocks) {
    const [next, balance] = block(x);
    x = next;
    losses = losses.add(balance);
  }
  const out: readonly [2, 6, 32] = x.shape;
  x.pow(2).mean().add(losses.sum()).backward();
  return [losses, out];
}
