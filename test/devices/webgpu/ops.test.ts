// Every op with samples gives on the WebGPU device what it gives on the CPU, gradients included. `npm test` takes every fourth
// op; all of them: npm run test:webgpu.
import { expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import type { Tensor } from "../../../src/index.ts";
import { complex128, complex64, float32, float64 } from "../../../src/base/dtype.ts";
import { floats, ofTensors, sampledOps } from "../../samples/calls.ts";
import { mapTensors } from "../../samples/leaves.ts";
import { samples } from "../../samples/index.ts";
import { describeGpu } from "./adapter.ts";

const STEP = process.env["TIDU_WEBGPU"] === "all" ? 1 : 4;
const to = (x: unknown, device: string): unknown =>
  mapTensors(x, (t) => {
    const { dtype } = t;
    const narrower = dtype === float64 ? float32 : dtype === complex128 ? complex64 : dtype;
    return t.detach().to(device, narrower).requires_grad_(t.requires_grad);
  });
/** Results and gradients of a call. */
function outcome(call: Parameters<typeof ofTensors>[0], args: readonly unknown[]): (Tensor | null)[] {
  const { inputs, run } = ofTensors(call, args);
  const results = run(...inputs);
  const wanted = floats(results).filter((t) => t.requires_grad);
  if (wanted.length === 0 || inputs.length === 0) return results;
  const ones = wanted.map((t) => torch.ones_like(t));
  return [...results, ...torch.autograd.grad(wanted, inputs, ones, { allow_unused: true })];
}

describeGpu("every op of float32 gives on the WebGPU device what it gives on the CPU", () => {
  for (const [name, call] of sampledOps({ float_power: "its results are float64" }).filter((_, i) => i % STEP === 0))
    test(name, () => {
      for (const args of samples[name]()) {
        const expected = outcome(call, to(args, "cpu") as unknown[]);
        const got = outcome(call, to(args, "webgpu") as unknown[]);
        for (const [i, t] of got.entries()) {
          const want = expected[i];
          expect(t === null).toBe(want === null);
          if (t === null || want === null) continue;
          expect([t.device.type, t.dtype, t.shape, t.stride()]).toEqual([
            "webgpu",
            want.dtype,
            want.shape,
            want.stride(),
          ]);
          const close = torch.allclose(t.cpu(), want, { rtol: 1e-3, atol: 1e-4, equal_nan: true });
          expect(close, `${name}: ${String(t.cpu())} for ${String(want)}`).toBe(true);
        }
      }
    });
});
