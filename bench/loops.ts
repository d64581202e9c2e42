// Endless loops without a dispose: memory after each tenth of the way. Run: npm run bench:loops
import * as torch from "tidu";
import { nn, optim } from "tidu";
import { currentDevice } from "../src/devices/registry.ts";

const mb = (n: number): string => `${(n / 2 ** 20).toFixed(0).padStart(5)} MB`;
/** Runs `step` so many times in one synchronous loop and prints what memory it held on the way. */
function loop(name: string, steps: number, step: () => void): void {
  console.log(`${name}, ${steps} steps in one synchronous loop`);
  const start = performance.now();
  for (let i = 1; i <= steps; i++) {
    step();
    if (i % (steps / 10) !== 0) continue;
    const { live, peak, reserved } = currentDevice().memoryStats();
    const { rss, heapUsed } = process.memoryUsage();
    console.log(
      `  ${String(i).padStart(6)}: tensors ${mb(live)} (peak ${mb(peak)}, reserved ${mb(reserved)}), JS heap ${mb(heapUsed)}, process ${mb(rss)}`,
    );
  }
  console.log(`  ${((performance.now() - start) / steps).toFixed(3)} ms a step\n`);
}

torch.manual_seed(0);
const model = new nn.Sequential(new nn.Linear(64, 64), new nn.ReLU(), new nn.Linear(64, 10));
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
const x = torch.randn(32, 64);
const y = torch.randint(0, 10, [32]);
loop("training an MLP 64-64-10 with Adam, batch 32", 20_000, () => {
  const loss = nn.functional.cross_entropy(model(x), y);
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
});

const a = torch.rand(1 << 18);
loop("20 tensors of 1 MB", 1_000, () => {
  let t = a;
  for (let i = 0; i < 20; i++) t = t.add(1);
});
