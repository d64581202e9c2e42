// What recording costs: steps of training with and without torch.viz.record, in turns, the medians and their ratio; on one
// thread, by its own clock where the system has one, which other programs beside it do not move much.
// npm run bench:viz
import * as torch from "tidu";
import type { Tensor } from "tidu";
import * as nn from "tidu/nn";
import * as optim from "tidu/optim";
import { record } from "tidu/viz";
import { threadClock } from "./clock.ts";

const ROUNDS = 15;
/** About so many milliseconds a measurement. */
const LENGTH = 60;

function training(model: nn.Module, x: Tensor, y: Tensor): () => void {
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  return () => {
    optimizer.zero_grad();
    nn.functional.cross_entropy((model as unknown as (x: Tensor) => Tensor)(x), y).backward();
    optimizer.step();
  };
}
const mlp = (batch: number, ...sizes: number[]): (() => void) => {
  const layers = sizes.slice(1).flatMap((n, i) => [new nn.Linear(sizes[i], n), new nn.ReLU()]);
  const labels = torch.randint(0, sizes.at(-1)!, [batch]);
  return training(new nn.Sequential(...layers.slice(0, -1)), torch.randn(batch, sizes[0]), labels);
};
const cases: Readonly<Record<string, () => void>> = {
  "MLP 4-16-3, batch 8": mlp(8, 4, 16, 3),
  "MLP 64-64-10, batch 64": mlp(64, 64, 64, 10),
  "MLP 784-256-10, batch 64": mlp(64, 784, 256, 10),
  "MLP 512-1024-1024-10, batch 64": mlp(64, 512, 1024, 1024, 10),
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
    torch.randint(0, 10, [64]),
  ),
};
const time = (body: () => void, count: number): number => {
  const start = threadClock();
  for (let i = 0; i < count; i++) body();
  return (threadClock() - start) / count;
};
const median = (x: readonly number[]): number => x.toSorted((a, b) => a - b)[x.length >> 1];

torch.set_num_threads(1);
for (const [name, step] of Object.entries(cases)) {
  time(step, 20);
  const count = Math.max(4, Math.ceil(LENGTH / time(step, 20)));
  const [plain, digests, elements]: number[][] = [[], [], []];
  let steps = 0;
  for (let round = 0; round < ROUNDS; round++) {
    plain.push(time(step, count));
    for (const [times, memory] of [
      [digests, 0],
      [elements, 64 * 2 ** 20],
    ] as const) {
      const run = record({ memory });
      times.push(time(step, count));
      run.stop();
      steps = run.steps.length / count;
    }
  }
  const [a, b, c] = [plain, digests, elements].map(median);
  console.log(
    `${name}: ${a.toFixed(2)} ms a step; with digests ${b.toFixed(2)} (${(b / a).toFixed(2)}x), ${(((b - a) * 1000) / steps).toFixed(1)} us for each of ${steps} steps; with elements ${c.toFixed(2)} (${(c / a).toFixed(2)}x)`,
  );
}
