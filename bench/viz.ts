// What recording costs: steps of training with and without torch.viz.record, in turns, the medians and their ratio.
// node --import tsx --conditions=source bench/viz.ts
import * as torch from "tidu";
import type { Tensor } from "tidu";
import * as nn from "tidu/nn";
import * as optim from "tidu/optim";
import { record } from "tidu/viz";

const ROUNDS = 15;
const STEPS = 10;

function training(model: nn.Module, x: Tensor, y: Tensor): () => void {
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  return () => {
    optimizer.zero_grad();
    nn.functional.cross_entropy((model as unknown as (x: Tensor) => Tensor)(x), y).backward();
    optimizer.step();
  };
}
const labels = torch.randint(0, 10, [64]);
const cases: Readonly<Record<string, () => void>> = {
  "MLP 784-256-10, batch 64": training(
    new nn.Sequential(new nn.Linear(784, 256), new nn.ReLU(), new nn.Linear(256, 10)),
    torch.randn(64, 784),
    labels,
  ),
  "CNN 8-16 on 28x28, batch 64": training(
    new nn.Sequential(
      new nn.Conv2d(1, 8, 3),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Conv2d(8, 16, 3),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Flatten(),
      new nn.Linear(400, 10),
    ),
    torch.randn(64, 1, 28, 28),
    labels,
  ),
};
const time = (body: () => void): number => {
  const start = performance.now();
  for (let i = 0; i < STEPS; i++) body();
  return (performance.now() - start) / STEPS;
};
const median = (x: readonly number[]): number => x.toSorted((a, b) => a - b)[x.length >> 1];

for (const [name, step] of Object.entries(cases)) {
  const [plain, digests, elements]: number[][] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    plain.push(time(step));
    for (const [times, memory] of [
      [digests, 0],
      [elements, 64 * 2 ** 20],
    ] as const) {
      const run = record({ memory });
      times.push(time(step));
      run.stop();
    }
  }
  const [a, b, c] = [plain, digests, elements].map(median);
  console.log(
    `${name}: ${a.toFixed(2)} ms a step; with digests ${b.toFixed(2)} (${(b / a).toFixed(2)}x); with elements ${c.toFixed(2)} (${(c / a).toFixed(2)}x)`,
  );
}
