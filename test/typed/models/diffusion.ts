// Denoising diffusion: noise at a step, told by sines, is guessed from a noisy image.
import { arange, cat, int64, linspace, nn, randint, randn, randn_like } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class TimeEmbedding extends nn.Module {
  mlp = new nn.Sequential(new nn.Linear(32, 64), new nn.SiLU(), new nn.Linear(64, 64));
  forward(t: Tensor<["N"], "int64">) {
    const rates = arange(0, 16).mul(-0.5).exp();
    const angles = t.unsqueeze(1).float().mul(rates.unsqueeze(0));
    return this.mlp(cat([angles.sin(), angles.cos()], 1));
  }
}
class Denoiser extends nn.Module {
  time = new TimeEmbedding();
  conv_in = new nn.Conv2d(3, 32, 3, { padding: 1 });
  scale = new nn.Linear(64, 32);
  norm = new nn.GroupNorm(8, 32);
  down = new nn.Conv2d(32, 64, 3, { stride: 2, padding: 1 });
  middle = new nn.Conv2d(64, 64, 3, { padding: 1 });
  up = new nn.Upsample({ scale_factor: 2 });
  conv_up = new nn.Conv2d(64, 32, 3, { padding: 1 });
  conv_out = new nn.Conv2d(64, 3, 3, { padding: 1 });
  forward(x: Tensor<["N", 3, 16, 16], "float32">, t: Tensor<["N"], "int64">) {
    const told = this.scale(this.time(t)).unsqueeze(-1).unsqueeze(-1);
    const h = F.silu(this.norm(this.conv_in(x)).add(told));
    const low = F.silu(this.middle(F.silu(this.down(h))));
    const high = this.conv_up(this.up(low));
    return this.conv_out(cat([high, h], 1));
  }
}
export function run() {
  const betas = linspace(0.0001, 0.02, 100);
  const kept = betas.neg().add(1).cumprod(0);
  const x = randn(4, 3, 16, 16);
  const t = randint(0, 100, [4], { dtype: int64 });
  const share = kept.index_select(0, t).view(4, 1, 1, 1);
  const noise = randn_like(x);
  const noisy = share.sqrt().mul(x).add(share.neg().add(1).sqrt().mul(noise));
  const loss = F.mse_loss(new Denoiser()(noisy, t), noise);
  return [loss, noisy];
}
