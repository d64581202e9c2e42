// Squeezes digits of 64 pixels into two numbers and draws them again.
//   npx tsx --conditions=source examples/autoencoder.ts
import * as torch from "tidu";
import { nn, optim } from "tidu";
import { DataLoader, datasets } from "tidu/data";
import { ProgressBar, Trainer } from "tidu/train";
import { images, keep, scatter, sized } from "./common.ts";

torch.manual_seed(0);
const [x, labels] = [...new DataLoader(new datasets.Digits(), { batch_size: sized(1797, 64) })][0]!;
const pixels = x.flatten(1);
const encoder = new nn.Sequential(
  new nn.Linear(64, 64),
  new nn.ReLU(),
  new nn.Linear(64, 32),
  new nn.ReLU(),
  new nn.Linear(32, 2),
);
const decoder = new nn.Sequential(
  new nn.Linear(2, 32),
  new nn.ReLU(),
  new nn.Linear(32, 64),
  new nn.ReLU(),
  new nn.Linear(64, 64),
  new nn.Sigmoid(),
);
const model = new nn.Sequential(encoder, decoder);
const trainer = new Trainer(model, new optim.Adam(model.parameters(), { lr: 2e-3 }), {
  step: (m: typeof model, batch: torch.Tensor) => nn.functional.mse_loss(m(batch), batch),
});
const loader = new DataLoader<torch.Tensor>([...pixels.unbind(0)], { batch_size: 64, shuffle: true });
await trainer.fit(loader, { epochs: sized(40, 1), callbacks: [new ProgressBar()] });
model.eval();
torch.no_grad(() => {
  const shown = pixels.narrow(0, 0, 20);
  keep("autoencoder", images(torch.cat([shown, model(shown)]).view(-1, 8, 8), 20));
  keep("autoencoder_codes", scatter(encoder(pixels), labels));
});
