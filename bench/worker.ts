// tidu's own side of the benchmarks; threads and BLAS by environment, see bench/side.ts.
import { execSync } from "node:child_process";
import * as torch from "tidu";
import { currentDevice } from "../src/devices/registry.ts";
import type { CpuDevice } from "../src/devices/cpu/device.ts";
import { scenarios } from "./scenarios/index.ts";
import { serve } from "./serve.ts";

function revision(): string {
  try {
    return execSync("git describe --always --dirty", { stdio: ["ignore", "pipe", "ignore"] })
      .toString()
      .trim();
  } catch {
    return "of unknown revision";
  }
}

const device = currentDevice() as CpuDevice;
const cases = new Map(Object.values(scenarios).flatMap((s) => s.cases.map((c) => [c.name, c])));

/** The most bytes in tensors at once, over setting up and some steps; what is dead between two steps is not counted. */
function peakBytes(name: string): number {
  const { memory } = device;
  memory.sweep();
  memory.resetPeak();
  const before = memory.stats().live;
  const run = cases.get(name)!.prepare!();
  for (let step = 0; step < 4; step++) {
    run();
    memory.sweep();
  }
  return memory.stats().peak - before;
}

torch.manual_seed(0);
const hello = { version: revision(), threads: torch.get_num_threads(), details: device.level };
await serve(hello, (name) => cases.get(name)?.prepare?.() ?? "not there", peakBytes);
