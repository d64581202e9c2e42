// Learns from pictures in folders, a folder for each class, changed a little each time they are seen.
//   npm install sharp; npx tsx --conditions=source examples/image_folder.ts
import { mkdirSync, rmSync } from "node:fs";
import sharp from "sharp";
import * as torch from "tidu";
import { nn, optim } from "tidu";
import { DataLoader, datasets } from "tidu/data";
import { ImageFolder } from "tidu/io";
import { accuracy, ProgressBar, Trainer } from "tidu/train";
import { Compose, Grayscale, RandomAffine, ToDtype } from "tidu/transforms";
import { images, keep, sized } from "./common.ts";

torch.manual_seed(0);
// Whoever has pictures leaves this out: digits as PNG files, runs/pictures/0/12.png.
const folder = "runs/pictures";
rmSync(folder, { recursive: true, force: true });
const digits = new datasets.Digits();
for (let i = 0; i < sized(600, 20); i++) {
  const [x, label] = digits.at(i);
  const y = String(label.item());
  const bytes = x.mul(255).to(torch.uint8).contiguous().typed_array() as Uint8Array;
  mkdirSync(`${folder}/${y}`, { recursive: true });
  await sharp(bytes, { raw: { width: 8, height: 8, channels: 1 } })
    .png()
    .toFile(`${folder}/${y}/${i}.png`);
}

const transform = new Compose([
  new Grayscale(),
  new RandomAffine(10, { translate: [0.1, 0.1] }),
  new ToDtype(torch.float32, { scale: true }),
]);
const data = new ImageFolder(folder, {
  transform,
  target_transform: (label) => torch.tensor(label, { dtype: torch.int64 }),
});
console.log(`${data.length} pictures of ${data.classes.join(", ")}`);
const model = new nn.Sequential(
  new nn.Conv2d(1, 16, 3),
  new nn.ReLU(),
  new nn.Conv2d(16, 32, 3),
  new nn.ReLU(),
  new nn.Flatten(),
  new nn.Linear(512, 10),
);
const trainer = new Trainer(model, new optim.Adam(model.parameters(), { lr: 2e-3 }), {
  loss_fn: nn.functional.cross_entropy,
  metrics: { accuracy },
});
const loader = new DataLoader(data, { batch_size: 32, shuffle: true });
await trainer.fit(loader, { epochs: sized(5, 1), callbacks: [new ProgressBar()] });
for await (const [x] of loader) {
  keep("image_folder", images(x.squeeze(1)));
  break;
}
