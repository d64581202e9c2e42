// What files take: torch.load of 40 MB in both languages, beside PyTorch's where there is one; and damaged files of about a
// megabyte, the slowest answer of each reader by the thread's own clock, whole files beside them. npm run bench:files [-- --python PYTHON]
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as torch from "tidu";
import type { Tensor } from "tidu";
import { encode_wav, read_csv, read_jsonl, read_wav } from "tidu/io";
import { loadPython } from "tidu/python";
import { encodeNpy, encodeNpz } from "tidu/serialization";
import { threadClock } from "./clock.ts";
import { Damage } from "../test/serialization/damage.ts";

const { python, rounds } = parseArgs({
  options: { python: { type: "string" }, rounds: { type: "string", default: "200" } },
}).values;
const median = (x: readonly number[]): number => x.toSorted((a, b) => a - b)[x.length >> 1];
const ROUNDS = 9;
const TICK = 4;

const folder = mkdtempSync(join(tmpdir(), "tidu-files-"));
const path = join(folder, "state.pt");
const state = new Map(Array.from({ length: 40 }, (_, i) => [`layers.${i}.weight`, torch.randn(250, 1000)] as const));
torch.save(state, path);
const told = (where: string, wall: readonly number[], own: readonly number[]): void =>
  console.log(
    `torch.load of 40 MB, ${where}: ${median(wall).toFixed(0)} ms (median of ${ROUNDS}), ${median(own).toFixed(0)} by the thread's own clock`,
  );
const timedLoads = async (where: string, load: () => unknown): Promise<void> => {
  const [wall, own]: number[][] = [[], []];
  for (let i = 0; i < ROUNDS; i++) {
    const [begun, began] = [performance.now(), threadClock()];
    await load();
    wall.push(performance.now() - begun);
    own.push(threadClock() - began);
  }
  told(where, wall, own);
};
let loaded = new Map<string, Tensor>();
await timedLoads("TypeScript", () => (loaded = torch.load(path)));
if (!loaded.get("layers.39.weight")!.equal(state.get("layers.39.weight")!)) throw new Error("not what was saved");
const front = await loadPython();
const { FS } = front.pyodide as { FS: { writeFile(path: string, data: Uint8Array): void } };
FS.writeFile("/tmp/state.pt", readFileSync(path));
const program =
  "import torch\nloaded = torch.load('/tmp/state.pt')\nassert loaded['layers.39.weight'].shape == (250, 1000)";
await front.run(program);
await timedLoads("Python on tidu", () => front.run(program));
if (python !== undefined) {
  const program = `
import time, torch
times = []
for _ in range(${ROUNDS}):
    begun, began = time.perf_counter(), time.thread_time()
    loaded = torch.load(${JSON.stringify(path)})
    times.append((time.perf_counter() - begun, time.thread_time() - began))
print([[1000 * t[k] for t in times] for k in (0, 1)])
`;
  const [wall, own] = JSON.parse(execFileSync(python, ["-c", program], { encoding: "utf8" })) as number[][];
  told("PyTorch", wall, own);
}
rmSync(folder, { recursive: true });

const million = torch.randn(250_000);
const lines = (line: (i: number) => string, count: number): Uint8Array =>
  new TextEncoder().encode(Array.from({ length: count }, (_, i) => line(i)).join("\n"));
const { decode, encode, decodeNpy, decodeNpz } = torch.serialization;
const readers: Readonly<Record<string, readonly [Uint8Array, (bytes: Uint8Array) => unknown]>> = {
  pt: [encode({ a: million, b: [million.narrow(0, 3, 7)] }), decode],
  safetensors: [encode({ a: million }, { format: "safetensors" }), decode],
  npy: [encodeNpy(million), decodeNpy],
  npz: [encodeNpz({ a: million }), decodeNpz],
  csv: [lines((i) => `${i},${i / 7},word ${i % 10}`, 40_000), (x) => read_csv(x)],
  jsonl: [lines((i) => JSON.stringify({ a: i, b: i / 7 }), 30_000), (x) => read_jsonl(x)],
  wav: [encode_wav(torch.linspace(-1, 1, 500_000).view(2, -1), 8000), (x) => read_wav(x)],
};
const damage = new Damage();
for (const [name, [whole, read]] of Object.entries(readers)) {
  /** The slowest, each taken again to leave out what the machine did meanwhile. */
  const slowest: { bytes: Uint8Array; time: number }[] = [];
  const timed = async (bytes: Uint8Array): Promise<number> => {
    const [begun, began] = [performance.now(), threadClock()];
    try {
      await read(bytes);
    } catch {
      // That it is an error of the library's is test/serialization/mutations.test.ts's affair.
    }
    // The thread's clock ticks every few milliseconds.
    return Math.min(performance.now() - begun, threadClock() - began + TICK);
  };
  for (let i = 0; i < Number(rounds); i++) {
    const bytes = damage.of(whole);
    slowest.push({ bytes, time: await timed(bytes) });
    slowest.sort((a, b) => b.time - a.time).splice(5);
  }
  for (const each of slowest) for (let i = 0; i < 5; i++) each.time = Math.min(each.time, await timed(each.bytes));
  const intact = [];
  for (let i = 0; i < 5; i++) intact.push(await timed(whole));
  const most = Math.max(...slowest.map(({ time }) => time));
  console.log(
    `damaged .${name} of ${(whole.length / 1e6).toFixed(1)} MB: the slowest of ${Number(rounds)} takes ${most.toFixed(1)} ms, ${(most / (whole.length / 1e6)).toFixed(1)} ms a MB; the whole file ${median(intact).toFixed(1)} ms`,
  );
}
