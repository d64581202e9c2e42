// npm run bench [-- part of a name]: what the CPU device reaches, beside PyTorch on one thread where it is installed.
// Both sides take turns in one run; medians of the rounds. The machine may be shared: read the ratios.
import { execSync } from "node:child_process";
import { cpus } from "node:os";
import * as torch from "tidu";
import { nn, optim } from "tidu";
import { currentDevice } from "../src/devices/registry.ts";
import type { CpuDevice } from "../src/devices/cpu/device.ts";
import { peak } from "./peak.ts";
import { startPytorch } from "./peer.ts";

interface Case {
  /** Also the name of the case in pytorch.py. */
  readonly name: string;
  prepare(): () => unknown;
  /** Calls per round. */
  readonly calls: number;
  /** What to print for so many seconds per call. */
  readonly show: (seconds: number) => string;
}
const ROUNDS = 7;
/** GFLOP/s of a core with 128-bit instructions. */
const limit = peak();

const gflops =
  (n: number) =>
  (s: number): string => {
    const rate = (2 * n ** 3) / s / 1e9;
    return `${rate.toFixed(1)} GFLOP/s (${((100 * rate) / limit).toFixed(0)} % of the 128-bit limit)`;
  };
const throughput =
  (bytes: number) =>
  (s: number): string =>
    `${(bytes / s / 1e9).toFixed(1)} GB/s`;
const cases: Case[] = [
  ...[128, 512, 1024].map((n) => ({
    name: `matmul:${n}`,
    calls: Math.max(2, Math.round(1e9 / n ** 3)),
    show: gflops(n),
    prepare: () => {
      const [a, b] = [torch.rand(n, n), torch.rand(n, n)];
      return () => a.matmul(b);
    },
  })),
  {
    name: "exp",
    calls: 40,
    show: throughput(8 << 20),
    prepare: () => {
      const x = torch.rand(1 << 20);
      return () => x.exp();
    },
  },
  {
    name: "add",
    calls: 40,
    show: throughput(12 << 20),
    prepare: () => {
      const [x, y] = [torch.rand(1 << 20), torch.rand(1 << 20)];
      return () => x.add(y);
    },
  },
  {
    name: "small add",
    calls: 50_000,
    show: (s) => `${(s * 1e6).toFixed(2)} µs`,
    prepare: () => {
      const [x, y] = [torch.rand(16, { requires_grad: true }), torch.rand(16)];
      return () => x.add(y);
    },
  },
  {
    name: "mlp step",
    calls: 40,
    show: (s) => `${(1 / s).toFixed(0)} steps/s`,
    prepare: () => {
      torch.manual_seed(0);
      const model = new nn.Sequential(
        new nn.Linear(784, 256),
        new nn.ReLU(),
        new nn.Linear(256, 128),
        new nn.ReLU(),
        new nn.Linear(128, 10),
      );
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
      const x = torch.randn(64, 784);
      const y = torch.randint(0, 10, [64]);
      return () => {
        const loss = nn.functional.cross_entropy(model(x), y);
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        return loss;
      };
    },
  },
];

const median = (xs: number[]): number => xs.toSorted((a, b) => a - b)[xs.length >> 1];
/** Seconds per call; every result is looked at, so that none can be left out. */
function time(run: () => unknown, calls: number): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) if (run() === null) throw new Error("bench: no result");
  return (performance.now() - start) / 1e3 / calls;
}

const [filter = ""] = process.argv.slice(2);
const peer = await startPytorch();
const device = currentDevice() as CpuDevice;
let revision = "unknown";
try {
  revision = execSync("git describe --always --dirty", { stdio: ["ignore", "pipe", "ignore"] })
    .toString()
    .trim();
} catch {}
console.log(
  `${cpus()[0].model}, ${cpus().length} cores; Node ${process.version}; tidu ${revision}, ${device.level}, 1 thread; 128-bit limit ${limit.toFixed(0)} GFLOP/s`,
);
console.log(
  peer === null
    ? "PyTorch: not found (python3 with torch, or TIDU_BENCH_PYTHON)\n"
    : `PyTorch ${peer.version}, 1 thread\n`,
);
for (const { name, prepare, calls, show } of cases.filter((c) => c.name.includes(filter))) {
  const run = prepare();
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = -2; round < ROUNDS; round++) {
    const mine = time(run, calls);
    const other = peer === null ? NaN : await peer.time(name, calls);
    if (round < 0) continue; // compiling, warming up
    ours.push(mine);
    theirs.push(other);
  }
  const comparison =
    peer === null ? "" : `   PyTorch ${show(median(theirs))}   ratio ${(median(theirs) / median(ours)).toFixed(2)}`;
  console.log(`${name.padEnd(12)} ${show(median(ours))}${comparison}`);
}
const { live, peak: highest, reserved } = device.memoryStats();
const mb = (n: number): string => `${(n / 2 ** 20).toFixed(0)} MB`;
console.log(
  `\nmemory: live ${mb(live)}, peak ${mb(highest)}, reserved ${mb(reserved)}, process ${mb(process.memoryUsage().rss)}`,
);
peer?.close();
