// 10,000 training steps on the WebGPU device in one task: what they reserve there, and what they hold of JavaScript's heap.
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import * as webgpu from "../../src/devices/webgpu/index.ts";

const STEPS = 10_000;
const device = "webgpu";
await webgpu.ready();
const { nn } = torch;
torch.manual_seed(0);
const model = new nn.Sequential(new nn.Linear(4, 16), new nn.Tanh(), new nn.Linear(16, 1)).to(device);
const x = torch.randn(256, 4, { device });
const y = x.pow(2).sum(1, true);
const optimizer = new torch.optim.Adam(model.parameters(), { lr: 0.01 });
function step(): Tensor {
  optimizer.zero_grad();
  const loss = nn.functional.mse_loss(model(x) as Tensor, y);
  loss.backward();
  optimizer.step();
  return loss;
}
const heap = (): number =>
  (performance as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ??
  globalThis.process.memoryUsage().heapUsed;
const start = performance.now();
const reserved: number[] = [];
const heaps: number[] = [];
let least = Infinity;
for (let i = 1; i <= STEPS; i++) {
  const loss = step();
  // The least of a hundred: between two collections it grows.
  least = Math.min(least, heap());
  if (i % (STEPS / 5) !== 0) continue;
  reserved.push(torch.webgpu.memory_stats().reserved);
  heaps.push(least);
  least = Infinity;
  if (!(loss.item() < 20)) throw new Error(`it does not learn: ${loss.item()}`);
}
export const result = { reserved, heaps, loss: Number(step().item()), seconds: (performance.now() - start) / 1000 };
(globalThis as { result?: typeof result }).result = result;
