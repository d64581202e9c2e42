// tidu's own side of the benchmarks; threads and BLAS by environment, see bench/side.ts.
import { execSync } from "node:child_process";
import * as torch from "tidu";
import { getDevice } from "../src/devices/registry.ts";
import type { CpuDevice } from "../src/devices/cpu/device.ts";
import { scenarios } from "./scenarios/index.ts";
import type { Run } from "./scenario.ts";
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

const device = getDevice("cpu") as CpuDevice;
const gpu = process.env["TIDU_BENCH_DEVICE"] === "webgpu" ? await import("../src/devices/webgpu/index.ts") : null;
const cases = new Map(Object.values(scenarios).flatMap((s) => s.cases.map((c) => [c.name, c])));

/** The most bytes in tensors at once: over setting up and some steps that leave nothing behind, or over many in a loop. */
async function peakBytes(name: string, inLoop: boolean): Promise<number> {
  torch.cpu.reset_peak_memory_stats();
  const before = torch.cpu.memory_allocated();
  const run = await cases.get(name)!.prepare!();
  for (let step = 0; step < (inLoop ? 60 : 4); step++) {
    run();
    if (!inLoop) device.memory.sweep();
  }
  return torch.cpu.max_memory_allocated() - before;
}

torch.manual_seed(0);
const { blas } = device;
if (gpu !== null) {
  const { useSwiftShader } = await import("../tools/swiftshader.ts");
  if (process.env["TIDU_BENCH_SWIFTSHADER"] === "1") useSwiftShader();
  torch.set_default_device("webgpu");
}
const details = gpu?.get_device_name() ?? `${device.level}${typeof blas === "string" ? "" : `, ${blas.name}`}`;
const hello = { version: revision(), threads: torch.get_num_threads(), details, blas: typeof blas !== "string" };
const compiles = process.env["TIDU_BENCH_COMPILED"] === "1";
async function prepared(name: string): Promise<Run | string> {
  const run = await cases.get(name)?.prepare?.();
  return run === undefined ? "not there" : compiles ? torch.compile(run) : run;
}
await serve(hello, prepared, peakBytes, () => {
  if (gpu !== null) torch.webgpu.synchronize();
});
