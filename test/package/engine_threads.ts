// Threads that each make code of their own at the same time, as the workers of a loader do; run by engines.test.ts.
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import * as torch from "tidu";

/** Kernels of many forms, each used until it is worth making wide, while other threads run some for the first time. */
function work(): number {
  torch.manual_seed(0);
  const x = torch.randn(64, 100);
  let sum = x.matmul(x.T).abs().sum();
  for (const f of [torch.exp, torch.tanh, torch.sigmoid, torch.sqrt, torch.log1p, torch.sin, torch.erf, torch.abs])
    for (let i = 0; i < 60; i++) sum = sum.add(f(x.abs()).mul(x).add(0.5).sum()).add(f(x.T.abs()).mean(0).max());
  return sum.item();
}
if (isMainThread) {
  const rounds = Number(process.argv[2]);
  for (let round = 0; round < rounds; round++) {
    const workers = Array.from({ length: 4 }, () => new Worker(new URL(import.meta.url)));
    const sums = await Promise.all(
      workers.map((worker) => new Promise((resolve, reject) => worker.on("message", resolve).on("error", reject))),
    );
    if (new Set([work(), ...sums]).size !== 1) throw new Error(`not the same: ${sums.join(" ")}`);
  }
  console.log("the same");
} else parentPort!.postMessage(work());
