// Does memory stay flat in synchronous loops, and what does that cost? Prints peaks and times.
//   npx tsx bench/memory.ts [part of a name]
import { cpus } from "node:os";
import { float32 } from "../src/base/dtype.ts";
import type { SpanBlock as Block } from "../src/devices/memory/span.ts";
import { CpuMemory } from "../src/devices/cpu/memory.ts";
import type { LivenessKind } from "../src/devices/memory/liveness.ts";

const MIB = 2 ** 20;
const only = process.argv[2] ?? "";

// (module (import "" "memory" (memory 0 65535 shared)) (func (export "fill") (param i32 i32 i32) memory.fill …)):
// writes like a kernel; the typed arrays' own fill() takes twice as long on shared memory.
const fillModule = new WebAssembly.Module(
  Uint8Array.from([
    0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 3, 127, 127, 127, 0, 2, 15, 1, 0, 6, 109, 101, 109, 111, 114, 121, 2, 3,
    0, 255, 255, 3, 3, 2, 1, 0, 7, 8, 1, 4, 102, 105, 108, 108, 0, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 252, 11, 0,
    11,
  ]),
);

/** What a program holds for every result of an op: the tensor, its shape, the node with what it saved. */
class Result {
  shape = [4, 4];
  readonly block: Block;
  readonly node: { name: string; next: unknown[]; saved: Block[] };
  constructor(block: Block, inputs: Result[]) {
    this.block = block;
    this.node = { name: "AddBackward0", next: inputs.map((x) => x.node), saved: inputs.map((x) => x.block) };
  }
}

function report(name: string, liveness: LivenessKind, loop: (memory: CpuMemory) => number): void {
  if (!name.includes(only)) return;
  const memory = new CpuMemory({ liveness });
  const start = performance.now();
  const allocations = loop(memory);
  const ms = performance.now() - start;
  const { peak, reserved, sweeps } = memory.stats();
  console.log(
    name.padEnd(58),
    `${((ms / allocations) * 1e6).toFixed(0).padStart(7)} ns/block`,
    `peak live ${(peak / MIB).toFixed(1).padStart(7)} MiB, reserved ${(reserved / MIB).toFixed(0).padStart(5)}`,
    `${sweeps} sweeps`,
    `RSS ${(process.memoryUsage().rss / MIB).toFixed(0)}`,
  );
}

function chain(memory: CpuMemory, count: number, nbytes: number): number {
  let last = memory.allocate(nbytes);
  for (let i = 0; i < count; i++) last = memory.allocate(nbytes);
  return count + Math.min(last.ptr, 0);
}
function chainFreed(memory: CpuMemory, count: number, nbytes: number): number {
  for (let i = 0; i < count; i++) memory.allocate(nbytes).free();
  return count;
}
/** Chains of ops that hang together until the step ends, written to as a kernel would. */
function steps(memory: CpuMemory, count: number, sizes: (step: number, op: number) => number, ops: number): number {
  const { fill } = new WebAssembly.Instance(fillModule, { "": { memory: memory.memory } }).exports as {
    fill(ptr: number, value: number, nbytes: number): void;
  };
  const parameters = Array.from({ length: 10 }, (_, i) => memory.allocate(1024 * (i + 1)));
  for (const p of parameters) (memory.host(float32, p.ptr, p.nbytes / 4) as Float32Array).fill(1);
  for (let step = 0; step < count; step++) {
    let x = new Result(parameters[step % 10], []);
    let y = x;
    for (let op = 0; op < ops; op++) {
      const next = new Result(memory.allocate(sizes(step, op)), [x, y]);
      fill(next.block.ptr, op, next.block.nbytes);
      y = x;
      x = next;
    }
  }
  for (const p of parameters)
    if ((memory.host(float32, p.ptr, p.nbytes / 4) as Float32Array).some((v) => v !== 1))
      throw new Error("a held block was overwritten");
  return count * ops;
}

console.log(`${cpus()[0].model}, Node ${process.version}`);
for (let round = 0; round < 2; round++) {
  report("64 B, dropped", "poll", (m) => chain(m, 4e6, 64));
  report("64 B, never found dead", "none", (m) => chain(m, 4e6, 64));
  report("64 B, freed", "poll", (m) => chainFreed(m, 4e6, 64));
  report("4 KiB, dropped", "poll", (m) => chain(m, 5e5, 4096));
  report("1 MiB, dropped", "poll", (m) => chain(m, 1e5, MIB));
  report("1 MiB, freed", "poll", (m) => chainFreed(m, 1e6, MIB));
}
const mlp = (_: number, op: number): number => [64, 4, 4096, 512, 16384, 256][op % 6];
report("MLP: 20,000 steps of 60 blocks, 4 B to 16 KiB", "poll", (m) => steps(m, 20_000, mlp, 60));
report("1,000 steps of 20 blocks of 1 MiB", "poll", (m) => steps(m, 1000, () => MIB, 20));
const uneven = (step: number, op: number): number => (1 + ((step * 7919 + op * 104729) % 997)) * 1024;
report("sequences: 1,000 steps of 40 blocks, 1 to 997 KiB", "poll", (m) => steps(m, 1000, uneven, 40));
const heavy = Array.from({ length: 1e6 }, (_, i) => ({ i, next: [i] }));
report(`1,000 steps of 20 MiB beside ${heavy.length} objects`, "poll", (m) => steps(m, 1000, () => MIB, 20));
report(`MLP: 20,000 steps beside ${heavy.length} objects`, "poll", (m) => steps(m, 20_000, mlp, 60));
