// A VQ-VAE: images as a grid of codes from a codebook, with gradients that pass the choice by.
import { cdist, nn, randn } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class Residual extends nn.Module {
  block = new nn.Sequential(
    new nn.ReLU(),
    new nn.Conv2d(32, 16, 3, { padding: 1, bias: false }),
    new nn.ReLU(),
    new nn.Conv2d(16, 32, 1, { bias: false }),
  );
  forward(x: Tensor<["B", 32, "H", "W"], "float32">) {
    return x.add(this.block(x));
  }
}
class Encoder extends nn.Module {
  down1 = new nn.Conv2d(3, 16, 4, 2, 1);
  down2 = new nn.Conv2d(16, 32, 4, 2, 1);
  res = new Residual();
  out = new nn.Conv2d(32, 24, 1);
  forward(x: Tensor<["B", 3, 32, 32], "float32">) {
    const h = F.relu(this.down1(x));
    return this.out(this.res(this.down2(h)));
  }
}
class Codebook extends nn.Module {
  codes = new nn.Embedding(64, 24);
  forward(z: Tensor<["B", 24, 8, 8], "float32">) {
    const flat = z.permute(0, 2, 3, 1).reshape(-1, 24);
    const distances = cdist(flat, this.codes.weight);
    const ids = distances.argmin(1);
    const [B] = z.shape;
    const chosen = this.codes(ids).view(B, 8, 8, 24).permute(0, 3, 1, 2);
    const commitment = F.mse_loss(z, chosen.detach());
    const loss = F.mse_loss(chosen, z.detach()).add(commitment.mul(0.25));
    const passed = z.add(chosen.sub(z).detach());
    const used = F.one_hot(ids, 64).float().mean(0);
    const perplexity = used.mul(used.add(1e-10).log()).sum().neg().exp();
    return { passed, loss, perplexity, ids: ids.view(B, 8, 8) };
  }
}
class Decoder extends nn.Module {
  grow = new nn.Conv2d(24, 32, 3, { padding: 1 });
  res = new Residual();
  up1 = new nn.ConvTranspose2d(32, 16, 4, 2, 1);
  up2 = new nn.ConvTranspose2d(16, 3, 4, { stride: 2, padding: 1 });
  forward(z: Tensor<["B", 24, 8, 8], "float32">) {
    const h = this.res(this.grow(z));
    return this.up2(F.relu(this.up1(h)));
  }
}
export function run() {
  const [encoder, codebook, decoder] = [new Encoder(), new Codebook(), new Decoder()];
  const images = randn(2, 3, 32, 32);
  const { passed, loss, perplexity, ids } = codebook(encoder(images));
  const back = decoder(passed);
  const total = F.mse_loss(back, images).add(loss);
  total.backward();
  const same: readonly [2, 3, 32, 32] = back.shape;
  const grid: readonly [2, 8, 8] = ids.shape;
  return [total, perplexity, same, grid];
}
