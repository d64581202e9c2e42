// Shaders for hardware that SwiftShader has not, or has otherwise: Dawn's null back end, which has every feature and runs
// nothing, says whether they are WGSL. What they compute is seen where they run: by the probes when a device starts.
import { expect, test, vi } from "vitest";
import { create, globals } from "webgpu";
import * as torch from "../../../src/index.ts";
import type { Hardware } from "../../../src/devices/webgpu/emit/kernel.ts";
import { emitKernel, WORKGROUP } from "../../../src/devices/webgpu/emit/kernel.ts";
import { emitProduct } from "../../../src/devices/webgpu/emit/product.ts";
import { tilesOf } from "../../../src/devices/webgpu/emit/sums.ts";
import type { MatrixShape } from "../../../src/devices/webgpu/emit/sums.ts";
import { Launcher } from "../../../src/devices/webgpu/launch.ts";
import { PROBES } from "../../../src/devices/webgpu/worker.ts";
import type { Kernel } from "../../../src/kernel/loops.ts";
import { describeGpu } from "./adapter.ts";

/** The kernels that a program launches. */
function kernelsOf(program: () => void): Kernel[] {
  const launch = vi.spyOn(Launcher.prototype, "launch");
  program();
  const kernels = new Set(launch.mock.calls.map(([kernel]) => kernel));
  launch.mockRestore();
  return [...kernels];
}
/** Halves, reductions of each kind of accumulator, and rows that are walked several times, with their gradients. */
function program(): void {
  const x = torch.arange(24).reshape([4, 6]).to({ dtype: torch.float16, device: "webgpu" }).requires_grad_();
  const y = x
    .softmax(1)
    .add(torch.nn.functional.layer_norm(x, [6]))
    .relu();
  torch.cat([y, y.exp()]).sum().backward();
  const whole = x.detach().long();
  for (const t of [x.detach(), whole, x.detach().float()]) {
    t.sum(1);
    t.argmax(1);
    t.gt(3).any(1);
    t.amax(1);
  }
}
/** What WGSL does not allow in a shader. */
async function faultsIn(device: GPUDevice, code: string): Promise<string> {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ code });
  device.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "main" } });
  const info = await module.getCompilationInfo();
  const error = await device.popErrorScope();
  const messages = info.messages.map((m) => `${m.lineNum}: ${m.message}`);
  return [...messages, ...(error === null ? [] : [error.message])].join("\n");
}

describeGpu("shaders for other hardware", () => {
  test("are WGSL, in every form: with halves of the hardware's, and subgroups of any size", async () => {
    Object.assign(globalThis, globals);
    const dawn = create(["backend=null", "enable-dawn-features=allow_unsafe_apis"]);
    const adapter = (await dawn.requestAdapter())!;
    const requiredFeatures = ["shader-f16", "subgroups", "chromium-experimental-subgroup-matrix"] as GPUFeatureName[];
    const device = await adapter.requestDevice({ requiredFeatures });
    const kernels = kernelsOf(program);
    expect(kernels.length).toBeGreaterThan(20);
    let [halves, subgroups] = [0, 0];
    for (const kernel of kernels) {
      const canShare = kernel.reduce?.accs.every((a) => a.combine !== undefined) === true && !kernel.reduce.scan;
      for (const lanes of canShare ? [1, 8, WORKGROUP] : [1])
        for (const subgroup of [1, 4, 32]) {
          // A descriptor beside the command, or in a buffer.
          const immediates = subgroup === 4 ? 0 : 64;
          const hardware: Hardware = { subgroup, halves: true, immediates, matrices: [] };
          const form = { lanes, across: false, inOrder: false, isPart: false };
          const code = emitKernel(kernel, { form, outer: 1, reduced: kernel.reduce === null ? 0 : 1 }, hardware);
          halves += Number(code.startsWith("enable f16") || code.includes("\nenable f16"));
          subgroups += Number(code.startsWith("enable subgroups"));
          expect(await faultsIn(device, code), code).toBe("");
        }
    }
    expect(halves).toBeGreaterThan(10);
    expect(subgroups).toBeGreaterThan(10);
    const shapes: MatrixShape[] = [
      { component: "f32", m: 8, n: 8, k: 8, subgroup: 32 },
      { component: "f16", m: 16, n: 16, k: 16, subgroup: 32 },
      { component: "f16", m: 16, n: 8, k: 16, subgroup: 64 },
    ];
    for (const shape of shapes) {
      // The null back end wants subgroups of 128 threads to fill a workgroup.
      const tiles = tilesOf(shape).filter(({ size }) => size > 32);
      expect(tiles.length).toBeGreaterThan(0);
      for (const tile of tiles)
        for (const a of ["rows", "cols", "any"] as const)
          for (const b of [a, "gathered"] as const) {
            const code = emitProduct({ tile, a, b });
            expect(code).toContain("subgroupMatrixMultiplyAccumulate");
            expect(await faultsIn(device, code), code).toBe("");
          }
      const { component, m, n, k } = shape;
      const said = `alias Element = ${component}; const M = ${m}u; const N = ${n}u; const K = ${k}u; const SIZE = 128u;`;
      expect(await faultsIn(device, `enable f16;\n${PROBES.matrices}\n${said}`)).toBe("");
    }
    for (const code of [PROBES.subgroup, PROBES.halves]) expect(await faultsIn(device, code)).toBe("");
    // A check that finds nothing anywhere would be none.
    expect(await faultsIn(device, `${PROBES.halves}fn f() -> f16 { return 1f; }`)).not.toBe("");
    device.destroy();
  });
});
