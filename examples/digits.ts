// Trains a multilayer perceptron and a small convolutional network to read handwritten digits, saves the better one,
// loads it again, and writes a report. Run with: npm start
import { mkdirSync, writeFileSync } from "node:fs";
import { Presets, SingleBar } from "cli-progress";
import * as torch from "tidu";
import { nn, optim } from "tidu";
import type { Tensor } from "tidu";
import { DataLoader, datasets, random_split } from "tidu/data";
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

const EPOCHS = 30;
torch.manual_seed(1998);
const digits = new datasets.Digits();
const [train, test] = random_split(digits, [0.8, 0.2]);
const batches = new DataLoader(train, { batch_size: 64, shuffle: true });
const [testImages, testLabels] = [...new DataLoader(test, { batch_size: test.length })][0]!;
const loss_fn = new nn.CrossEntropyLoss();

/** What the model takes each image for. */
function recognise(model: Perceptron | ConvNet, images: Tensor): Tensor {
  model.eval();
  return torch.no_grad(() => model(images).argmax(1));
}
const accuracyOf = (guesses: Tensor): number => guesses.eq(testLabels).float().mean().item();

function fit(name: string, model: Perceptron | ConvNet): Epoch[] {
  const optimizer = new optim.AdamW(model.parameters(), { lr: 2e-3, weight_decay: 0.01 });
  const bar = new SingleBar(
    {
      format: `${name.padEnd(10)} {bar} {value}/{total} epochs | loss {loss} | test accuracy {accuracy} %`,
      noTTYOutput: true,
      notTTYSchedule: 5000,
    },
    Presets.shades_classic,
  );
  bar.start(EPOCHS, 0, { loss: "-", accuracy: "-" });
  const log: Epoch[] = [];
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    model.train();
    let total = 0;
    for (const [images, labels] of batches) {
      const loss = loss_fn(model(images), labels);
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      total += loss.item() * images.length;
    }
    const loss = total / train.length;
    const accuracy = accuracyOf(recognise(model, testImages));
    log.push({ model: name, epoch, loss, accuracy });
    bar.update(epoch, { loss: loss.toFixed(4), accuracy: (100 * accuracy).toFixed(2) });
  }
  bar.stop();
  return log;
}

console.log(`${digits.length} images of 8x8 pixels: ${train.length} to learn from, ${test.length} held out.\n`);
const perceptron = new Perceptron();
const convnet = new ConvNet();
console.log(String(convnet), "\n");
const log = [...fit("MLP", perceptron), ...fit("ConvNet", convnet)];

// Save, load into a fresh network, and see that it reads the same.
mkdirSync("runs", { recursive: true });
torch.save(convnet.state_dict(), "runs/digits.safetensors");
const restored = new ConvNet();
restored.load_state_dict(torch.load("runs/digits.safetensors"));
const guesses = recognise(restored, testImages);
const accuracy = accuracyOf(guesses);
const before = accuracyOf(recognise(convnet, testImages));
if (accuracy !== before)
  throw new Error(`the loaded checkpoint reads ${accuracy} of the digits, the network that was saved ${before}`);

// Which digit was taken for which.
const truth = testLabels.tolist() as number[];
const taken = guesses.tolist() as number[];
const confusion = Array.from({ length: 10 }, () => new Array<number>(10).fill(0));
for (const [i, label] of truth.entries()) confusion[label]![taken[i]!]!++;
console.log("\nConvNet on the held-out digits (rows: digit, columns: recognised as)");
console.log(`     ${[...Array(10).keys()].map((d) => String(d).padStart(4)).join("")}`);
for (const [label, row] of confusion.entries())
  console.log(`${String(label).padStart(4)} ${row.map((n) => (n ? String(n) : "·").padStart(4)).join("")}`);

const mistakes: Mistake[] = truth.flatMap((label, i) => {
  if (label === taken[i]) return [];
  return [{ pixels: testImages.select(0, i).flatten().tolist() as number[], label, guess: taken[i]! }];
});
writeFileSync("runs/digits.html", reportPage("Reading handwritten digits", log, mistakes, confusion));

console.log("\nSaved the network to runs/digits.safetensors and a report to runs/digits.html.");
console.log(`MLP test accuracy: ${(100 * accuracyOf(recognise(perceptron, testImages))).toFixed(2)} %`);
console.log(`ConvNet test accuracy (loaded checkpoint): ${(100 * accuracy).toFixed(2)} %`);
