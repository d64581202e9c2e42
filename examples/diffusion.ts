// Digits out of noise: a network learns to tell the noise in a picture, and takes it out in fifty steps.
// Source: Ho, Jain and Abbeel, "Denoising diffusion probabilistic models", NeurIPS 2020.
//   npx tsx --conditions=source examples/diffusion.ts
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";
import { DataLoader, datasets } from "tidu/data";
import { ProgressBar, Trainer } from "tidu/train";
import { images, keep, sized } from "./common.ts";

torch.manual_seed(0);
const STEPS = sized(50, 5);
const betas = torch.linspace(1e-3, 0.2, STEPS);
const alphas = betas.neg().add(1);
const kept = alphas.cumprod(0); // how much of the picture is left after so many steps

class Denoiser extends nn.Module {
  time = new nn.Embedding(STEPS, 64);
  first = new nn.Linear(64, 256);
  second = new nn.Linear(256, 256);
  last = new nn.Linear(256, 64);
  at = new nn.Linear(64, 256);
  override forward(x: Tensor, t: Tensor): Tensor {
    const h = this.first(x)
      .add(this.at(this.time(t)))
      .relu();
    return this.last(this.second(h).relu().add(h));
  }
}
const model = new Denoiser();
const trainer = new Trainer(model, new optim.Adam(model.parameters(), { lr: 2e-3 }), {
  step: (m: Denoiser, batch: readonly Tensor[]) => {
    const x = batch[0]!.flatten(1).mul(2).sub(1);
    const t = torch.randint(STEPS, [x.size(0)]);
    const noise = torch.randn_like(x);
    const left = kept.index([t]).unsqueeze(1);
    return nn.functional.mse_loss(m(x.mul(left.sqrt()).add(noise.mul(left.neg().add(1).sqrt())), t), noise);
  },
  ema: 0.99,
});
const digits = new DataLoader(new datasets.Digits(), { batch_size: sized(64, 512), shuffle: true });
await trainer.fit(digits, { epochs: sized(100, 1), callbacks: [new ProgressBar()] });

const drawn = torch.no_grad(() => {
  const m = trainer.ema!.module.eval();
  let x = torch.randn(40, 64);
  for (let t = STEPS - 1; t >= 0; t--) {
    const [beta, alpha, left] = [betas, alphas, kept].map((of) => Number(of.select(0, t).item())) as [
      number,
      number,
      number,
    ];
    const noise = m(x, torch.full([40], t, { dtype: torch.int64 }));
    x = x.sub(noise.mul(beta / Math.sqrt(1 - left))).div(Math.sqrt(alpha));
    if (t > 0) x = x.add(torch.randn_like(x).mul(Math.sqrt(beta)));
  }
  return x.add(1).div(2);
});
keep("diffusion", images(drawn.view(-1, 8, 8)));
