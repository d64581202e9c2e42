// Trains a multilayer perceptron and a small convolutional network to read handwritten digits, saves the better one,
// loads it again, and writes a report. Run with: npm start; on a GPU: npm start -- --device webgpu
import { mkdirSync, writeFileSync } from "node:fs";
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";
import { DataLoader, datasets, random_split } from "tidu/data";
import { accuracy, ProgressBar, Trainer } from "tidu/train";
import { confusion_matrix } from "tidu/viz";
import { chosenDevice, sized } from "./common.ts";
import { reportPage } from "./report.ts";
import type { Epoch, Mistake } from "./report.ts";

class Perceptron extends nn.Module {
  layers = new nn.Sequential(
    new nn.Flatten(),
    new nn.Linear(64, 128),
    new nn.ReLU(),
    new nn.Dropout(0.2),
    new nn.Linear(128, 64),
    new nn.ReLU(),
    new nn.Linear(64, 10),
  );
  forward(x: Tensor): Tensor {
    return this.layers(x);
  }
}

class ConvNet extends nn.Module {
  conv1 = new nn.Conv2d(1, 16, 3, { padding: 1 });
  norm1 = new nn.BatchNorm2d(16);
  conv2 = new nn.Conv2d(16, 32, 3, { padding: 1 });
  norm2 = new nn.BatchNorm2d(32);
  pool = new nn.MaxPool2d(2);
  dropout = new nn.Dropout(0.3);
  fc = new nn.Linear(32 * 2 * 2, 10);
  forward(x: Tensor): Tensor {
    const h1 = this.pool(this.norm1(this.conv1(x)).relu());
    const h2 = this.pool(this.norm2(this.conv2(h1)).relu());
    return this.fc(this.dropout(h2.flatten(1)));
  }
}

const device = await chosenDevice();
const EPOCHS = sized(30, 1);
const begin = performance.now();
torch.manual_seed(1998);
const digits = new datasets.Digits();
const [train, test] = random_split(digits, [0.8, 0.2]);
const batches = new DataLoader(train, { batch_size: 64, shuffle: true });
const [testImages, testLabels] = [...new DataLoader(test, { batch_size: test.length })][0]!.map((t) =>
  t.to(device),
) as [Tensor, Tensor];
/** What the model takes each image for. */
function recognise(model: Perceptron | ConvNet, images: Tensor): Tensor {
  model.eval();
  return torch.no_grad(() => model(images).argmax(1));
}
const accuracyOf = (guesses: Tensor): number => guesses.eq(testLabels).float().mean().item();

async function fit(name: string, model: Perceptron | ConvNet): Promise<Epoch[]> {
  console.log(name);
  const optimizer = new optim.AdamW(model.parameters(), { lr: 2e-3, weight_decay: 0.01 });
  const trainer = new Trainer(model, optimizer, { loss_fn: nn.functional.cross_entropy, metrics: { accuracy } });
  const val = new DataLoader(test, { batch_size: test.length });
  const history = await trainer.fit(batches, { epochs: EPOCHS, val, callbacks: [new ProgressBar()] });
  return history.map(({ epoch, loss, val_accuracy }) => ({
    model: name,
    epoch: epoch + 1,
    loss: loss!,
    accuracy: val_accuracy!,
  }));
}

console.log(`${digits.length} images of 8x8 pixels: ${train.length} to learn from, ${test.length} held out.\n`);
const perceptron = new Perceptron().to(device);
const convnet = new ConvNet().to(device);
console.log(String(convnet), "\n");
const log = [...(await fit("MLP", perceptron)), ...(await fit("ConvNet", convnet))];

// Save, load into a fresh network, and see that it reads the same.
mkdirSync("runs", { recursive: true });
torch.save(convnet.state_dict(), "runs/digits.safetensors");
const restored = new ConvNet().to(device);
restored.load_state_dict(torch.load("runs/digits.safetensors"));
const guesses = recognise(restored, testImages);
const reads = accuracyOf(guesses);
const before = accuracyOf(recognise(convnet, testImages));
if (reads !== before)
  throw new Error(`the loaded checkpoint reads ${reads} of the digits, the network that was saved ${before}`);

// Which digit was taken for which.
const truth = testLabels.tolist() as number[];
const taken = guesses.tolist() as number[];
const confusion = confusion_matrix(truth.map(Number), taken.map(Number));
console.log(`\nConvNet on the held-out digits (rows: digit, columns: recognised as)\n${String(confusion)}`);

const mistakes: Mistake[] = truth.flatMap((label, i) => {
  if (label === taken[i]) return [];
  return [{ pixels: testImages.select(0, i).flatten().tolist() as number[], label, guess: taken[i]! }];
});
const count = (m: Perceptron | ConvNet): number => [...m.parameters()].reduce((n, p) => n + p.numel(), 0);
const facts = {
  data: `${train.length} digits to learn from, ${test.length} held out`,
  parameters: `MLP ${count(perceptron)}, ConvNet ${count(convnet)}`,
  optimizer: "AdamW, lr 0.002, weight decay 0.01, batches of 64",
  epochs: String(EPOCHS),
  seed: "1998",
  took: `${((performance.now() - begin) / 1000).toFixed(1)} s on ${device === "cpu" ? `${torch.get_num_threads()} threads` : device} of Node ${process.version}`,
};
writeFileSync("runs/digits.html", reportPage("Reading handwritten digits", facts, log, mistakes, confusion));

console.log("\nSaved the network to runs/digits.safetensors and a report to runs/digits.html.");
console.log(`MLP test accuracy: ${(100 * accuracyOf(recognise(perceptron, testImages))).toFixed(2)} %`);
console.log(`ConvNet test accuracy (loaded checkpoint): ${(100 * reads).toFixed(2)} %`);
