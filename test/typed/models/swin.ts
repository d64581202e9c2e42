// Shifted windows: attention within windows of an image, with a bias by relative places.
import { arange, meshgrid, nn, randn, stack } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class WindowAttention extends nn.Module {
  qkv = new nn.Linear(48, 144);
  proj = new nn.Linear(48, 48);
  bias = new nn.Parameter(randn(49, 3).mul(0.02));
  /** For each pair of places in a window of 4 x 4 the row of its bias. */
  places() {
    const coords = stack(meshgrid(arange(0, 4), arange(0, 4), { indexing: "ij" })).flatten(1);
    const apart = coords.unsqueeze(2).sub(coords.unsqueeze(1)).add(3);
    const [rows, columns] = apart.unbind(0);
    return rows.mul(7).add(columns);
  }
  forward(x: Tensor<["N", 16, 48], "float32">) {
    const [N] = x.shape;
    const [q, k, v] = this.qkv(x).view(N, 16, 3, 3, 16).permute(2, 0, 3, 1, 4).unbind(0);
    const scores = q.mul(0.25).matmul(k.transpose(-2, -1));
    const bias = this.bias.index_select(0, this.places().flatten()).view(16, 16, 3).permute(2, 0, 1);
    const weights = F.softmax(scores.add(bias.unsqueeze(0)), -1);
    return this.proj(weights.matmul(v).transpose(1, 2).reshape(N, 16, 48));
  }
}
class Swin extends nn.Module {
  norm1 = new nn.LayerNorm(48);
  attention = new WindowAttention();
  norm2 = new nn.LayerNorm(48);
  mlp = new nn.Sequential(new nn.Linear(48, 192), new nn.GELU(), new nn.Linear(192, 48));
  readonly shift: number;
  constructor(shift: number) {
    super();
    this.shift = shift;
  }
  forward(x: Tensor<["B", 16, 16, 48], "float32">) {
    const [B] = x.shape;
    const shifted = this.norm1(x).roll([-this.shift, -this.shift], [1, 2]);
    const windows = shifted.view(B, 4, 4, 4, 4, 48).permute(0, 1, 3, 2, 4, 5).reshape(-1, 16, 48);
    const attended = this.attention(windows).view(B, 4, 4, 4, 4, 48).permute(0, 1, 3, 2, 4, 5);
    const back = attended.reshape(B, 16, 16, 48).roll([this.shift, this.shift], [1, 2]);
    const h = x.add(back);
    return h.add(this.mlp(this.norm2(h)));
  }
}
class Merge extends nn.Module {
  norm = new nn.LayerNorm(192);
  reduce = new nn.Linear(192, 96, { bias: false });
  forward(x: Tensor<["B", 16, 16, 48], "float32">) {
    const [B] = x.shape;
    const fours = x.view(B, 8, 2, 8, 2, 48).permute(0, 1, 3, 4, 2, 5).flatten(3);
    return this.reduce(this.norm(fours));
  }
}
export function run() {
  const patches = new nn.Conv2d(3, 48, 4, 4);
  const [plain, shifted, merge] = [new Swin(0), new Swin(2), new Merge()];
  const head = new nn.Linear(96, 10);
  const image = randn(2, 3, 64, 64);
  const x = patches(image).permute(0, 2, 3, 1);
  const merged = merge(shifted(plain(x)));
  const logits = head(merged.mean([1, 2]));
  logits.sum().backward();
  const [small, classes]: [readonly [2, 8, 8, 96], readonly [2, 10]] = [merged.shape, logits.shape];
  return [small, classes];
}
