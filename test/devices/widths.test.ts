// A device without numbers of 64 bits, see Note [Widths]: kernels of float32 name none, and give what the CPU gives.
import { describe, expect, test } from "vitest";
import { Twin } from "./twin.ts";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import { complex128, complex64, float32, float64, int32, int64 } from "../../src/base/dtype.ts";
import type { Dtype } from "../../src/base/dtype.ts";
import { registerDevice } from "../../src/devices/registry.ts";
import type { Expr } from "../../src/kernel/expr.ts";
import { interpret } from "../../src/kernel/interpret.ts";
import { changed } from "../../src/kernel/loops.ts";
import type { Kernel, Launch } from "../../src/kernel/loops.ts";
import { Widths } from "../../src/kernel/widths.ts";
import { floats, ofTensors, sampledOps } from "../samples/calls.ts";
import { mapTensors } from "../samples/leaves.ts";
import { samples } from "../samples/index.ts";

const NARROW = new Widths(float32, int32);
/** Dtypes of 64 bits in what a kernel computes that none of its operands has. */
function foreign(kernel: Kernel): Dtype[] {
  const own = new Set([...kernel.inputs, ...kernel.outputs.map((o) => o.dtype)]);
  const seen = new Set<Expr>();
  const found = new Set<Dtype>(kernel.reduce?.accs.map((a) => a.dtype));
  const walk = (e: Expr): Expr => {
    if (seen.has(e)) return e;
    seen.add(e);
    found.add(e.dtype);
    e.src.forEach(walk);
    return e;
  };
  changed(kernel, walk);
  return [float64, int64, complex128].filter((d) => found.has(d) && !own.has(d));
}
class Narrow extends Twin {
  override readonly name = "mps";
  override readonly widths = NARROW;
  readonly foreign: string[] = [];
  protected override run(kernel: Kernel, launch: Launch): void {
    this.foreign.push(...foreign(NARROW.of(kernel)).map(String));
    interpret(kernel, launch, (dtype, place, n) => this.cpu.host(dtype, place, n), NARROW);
  }
}
let narrow: Narrow;
registerDevice("mps", () => (narrow = new Narrow()));

const to = (x: unknown, device: string): unknown =>
  mapTensors(x, (t) => {
    const { dtype } = t;
    const narrower = dtype === float64 ? float32 : dtype === complex128 ? complex64 : dtype;
    return t.detach().to(device, narrower).requires_grad_(t.requires_grad);
  });
/** What computes in 64 bits all the same. */
const WIDE_BY_NAME: Readonly<Record<string, string>> = {
  float_power: "torch.float64", // its results are float64
  masked_select: "torch.int64", // a bool beside a whole number is promoted to int64
  masked_scatter: "torch.int64",
};
/** Results and gradients of a call. */
function outcome(call: Parameters<typeof ofTensors>[0], args: readonly unknown[]): (Tensor | null)[] {
  const { inputs, run } = ofTensors(call, args);
  const results = run(...inputs);
  const wanted = floats(results).filter((t) => t.requires_grad);
  if (wanted.length === 0 || inputs.length === 0) return results;
  const ones = wanted.map((t) => torch.ones_like(t));
  return [...results, ...torch.autograd.grad(wanted, inputs, ones, { allow_unused: true })];
}

describe("every op of float32 runs on a device without float64 and int64 as on the CPU", () => {
  for (const [name, call] of sampledOps({}))
    test(name, () => {
      for (const args of samples[name]()) {
        const expected = outcome(call, to(args, "cpu") as unknown[]);
        const got = outcome(call, to(args, "mps") as unknown[]);
        for (const [i, t] of got.entries()) {
          const want = expected[i];
          expect(t === null).toBe(want === null);
          if (t === null || want === null) continue;
          expect([t.dtype, t.shape]).toEqual([want.dtype, want.shape]);
          const close = torch.allclose(t.cpu(), want, { rtol: 1e-3, atol: 1e-4, equal_nan: true });
          expect(close, `${name}: ${String(t.cpu())} for ${String(want)}`).toBe(true);
        }
      }
      expect([...new Set(narrow.foreign.splice(0))]).toEqual(name in WIDE_BY_NAME ? [WIDE_BY_NAME[name]] : []);
    });
});
