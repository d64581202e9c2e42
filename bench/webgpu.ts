// npm run bench -- webgpu: what can be counted of the WebGPU device without a GPU, on Chromium's SwiftShader if there is no other:
// launches and bytes of a training step, what a launch costs the calling thread, and how far products could be from a card's limits.
import Table from "cli-table3";
import { getDevice } from "../src/devices/registry.ts";
import type { WebGpuDevice } from "../src/devices/webgpu/device.ts";
import { DEPTH, TILES } from "../src/devices/webgpu/emit/sums.ts";
import * as torch from "../src/index.ts";
import { set_default_device, webgpu } from "../src/index.ts";
import { useSwiftShader } from "../tools/swiftshader.ts";
import { trainingSteps } from "./scenarios/models.ts";

/** Figures of cards as their makers give them: float32 operations and bytes of memory a second. */
const CARDS = [
  { name: "integrated (2 TFLOPS, 60 GB/s)", flops: 2e12, bandwidth: 60e9 },
  { name: "desktop (20 TFLOPS, 500 GB/s)", flops: 20e12, bandwidth: 500e9 },
  { name: "server (60 TFLOPS, 4.8 TB/s)", flops: 60e12, bandwidth: 4.8e12 },
] as const;
const median = (xs: number[]): number => xs.sort((a, b) => a - b)[xs.length >> 1];

export async function webgpuCounts(): Promise<void> {
  useSwiftShader();
  await import("../src/devices/webgpu/index.ts");
  const gpu = getDevice("webgpu") as WebGpuDevice;
  console.log(`${gpu.adapter.description}`);
  const steps = new Table({ head: ["training step", "launches", "on the host", "waits", "bytes handed out"] });
  for (const [name, make] of Object.entries(trainingSteps))
    set_default_device("webgpu", () => {
      const step = make();
      for (let i = 0; i < 2; i++) step();
      webgpu.synchronize();
      const before = counts(gpu);
      step();
      const after = counts(gpu);
      webgpu.synchronize();
      steps.push([
        name,
        after.launches - before.launches,
        after.onHost - before.onHost,
        after.waits - before.waits,
        `${((after.bytes - before.bytes) / 2 ** 20).toFixed(1)} MiB`,
      ]);
    });
  console.log(steps.toString());

  // Of work so small that the device is not what is measured; the ring has room for all of it, so nobody waits meanwhile. A
  // thread's own time, where Node tells it: SwiftShader's threads want the same cores.
  const clock = threadTime() === null ? "us a launch, others' work among them" : "us of its time a launch";
  const each = new Table({ head: ["what the calling thread does", clock] });
  for (const [name, body] of Object.entries(small()))
    set_default_device("webgpu", () => {
      const times = Array.from({ length: 12 }, () => {
        const start = threadTime() ?? performance.now();
        for (let i = 0; i < LAUNCHES; i++) body();
        const taken = (threadTime() ?? performance.now()) - start;
        webgpu.synchronize();
        return (taken * 1e3) / LAUNCHES;
      });
      each.push([name, median(times.slice(2)).toFixed(2)]);
    });
  console.log(each.toString());

  // A tile's results need size * k elements of each operand; a thread keeps them, and its results, in registers.
  const products = new Table({
    head: [
      "product of n x n",
      "tile",
      "workgroups",
      "reads of memory, each element",
      "multiplications a read of workgroup memory",
      ...CARDS.map(({ name }) => `least ms: ${name}`),
    ],
  });
  for (const n of [1024, 2048, 4096]) {
    const [tile] = TILES;
    const groups = (n / tile.size) ** 2;
    const bytes = (2 * n * n * (n / tile.size) + n * n) * 4;
    const perThread = 16 * tile.rows * tile.cols;
    products.push([
      n,
      `${tile.size} x ${tile.size} x ${DEPTH}, ${perThread} results a thread`,
      groups,
      n / tile.size,
      (perThread / (4 * (tile.rows + tile.cols))).toFixed(1),
      ...CARDS.map(({ flops, bandwidth }) => {
        const [compute, memory] = [(2 * n ** 3) / flops, bytes / bandwidth].map((s) => s * 1e3);
        return `${compute.toFixed(2)} computing, ${memory.toFixed(2)} reading`;
      }),
    ]);
  }
  console.log(products.toString());
}
/** Programs of one launch. */
function small(): Record<string, () => void> {
  const x = torch.ones(16, { device: "webgpu" });
  const w = torch.ones(16, { device: "webgpu" }).requires_grad_();
  return {
    "x.add_(1), of 16 elements": () => void x.add_(1),
    "x.mul(x), of 16 elements": () => void x.mul(x),
    "w.mul(x), recorded": () => void w.mul(x),
  };
}
/** Milliseconds that this thread has worked; null before Node 24, which does not say. */
function threadTime(): number | null {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => { readonly user: number; readonly system: number } };
  if (threadCpuUsage === undefined) return null;
  const { user, system } = threadCpuUsage.call(process);
  return (user + system) / 1e3;
}
/** A system's clock of a thread may tick a hundred times a second only. */
const LAUNCHES = 6000;
const counts = (gpu: WebGpuDevice): { launches: number; onHost: number; waits: number; bytes: number } => ({
  launches: gpu.launched,
  onHost: gpu.onHost,
  waits: gpu.waits,
  bytes: gpu.memoryStats().allocated,
});
