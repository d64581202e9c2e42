// npm run bench:kernels: which kernels do not run in vector lanes, and why. Runs every op of one tensor once, of float32
// and of float64, and every case of the benchmarks.
import * as torch from "tidu";
import { isHostCall, Lowering } from "../src/devices/cpu/code/lower.ts";
import type { CpuDevice } from "../src/devices/cpu/device.ts";
import type { Report } from "../src/devices/cpu/launch.ts";
import { currentDevice } from "../src/devices/registry.ts";
import type { Expr } from "../src/kernel/expr.ts";
import { IN_HOST } from "../src/kernel/formulas/format.ts";
import { observer } from "../src/base/observer.ts";
import { registry } from "../src/dispatch/declare.ts";
import { scenarios } from "./scenarios/index.ts";

const device = currentDevice() as CpuDevice;
torch.set_num_threads(1);

/** Host functions that a kernel calls for each element, but for those that formulas leave to it in rare cases. */
function hostCalls({ kernel: { outputs, reduce } }: Report): string[] {
  const lowering = new Lowering();
  const found = new Set<string>();
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    if (isHostCall(e) && e.value !== IN_HOST) found.add(`${e.dtype.name} ${e.op}`);
    e.src.forEach(visit);
  };
  for (const e of [...outputs.map((o) => o.value), ...(reduce?.accs.map((a) => a.step) ?? [])])
    visit(lowering.lower(e));
  return [...found];
}
/** Why a kernel is not in lanes; null if it is. */
function scalar(report: Report): string | null {
  const calls = hostCalls(report);
  if (calls.length > 0) return `calls the host: ${calls.join(", ")}`;
  const { reduce, outputs } = report.kernel;
  if (report.variant.lanes !== "none") return null;
  if (reduce?.scan) return "a scan along one row";
  if (reduce?.accs.some((a) => a.combine === undefined)) return "a fold in order, along one row";
  return outputs.some((o) => o.offset !== undefined) ? "a scatter" : "a fold with nothing beside it";
}

const reasons = new Map<string, Set<string>>();
let kernels = 0;
/** Gives what was compiled since the last call to an op. */
function attribute(op: string): void {
  const all = device.kernelReport();
  for (const report of all.slice(kernels)) {
    const reason = scalar(report);
    if (reason === null) continue;
    const ops = reasons.get(reason) ?? new Set();
    reasons.set(reason, ops.add(op));
  }
  kernels = all.length;
}
const open: string[] = ["outside of ops"];
observer.current = {
  begin(name) {
    attribute(open.at(-1)!);
    open.push(name);
  },
  end() {
    attribute(open.pop()!);
  },
};
const inputs = [torch.float32, torch.float64].map((dtype) => torch.rand(64, 64, { dtype }));
for (const [call, { schema }] of registry) {
  const [first, ...rest] = schema.args;
  if (first?.type !== "Tensor" || schema.name.endsWith("_") || rest.some((a) => !a.optional)) continue;
  for (const x of inputs)
    try {
      (call as (x: torch.Tensor) => unknown)(x);
    } catch {} // not of floats, or of other shapes
}
for (const { cases } of Object.values(scenarios)) for (const c of cases) if (c.prepare) (await c.prepare())();

console.log(`${kernels} kernels compiled, ${device.level}; not in lanes:`);
for (const [reason, ops] of [...reasons].toSorted()) console.log(`\n${reason}\n  ${[...ops].toSorted().join(", ")}`);
