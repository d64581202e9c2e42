// Products of which hardware's matrices make the sums. No machine of these tests has such hardware: Dawn's null back end says
// whether the shaders are WGSL (shaders.test.ts), and here each multiplication of matrices is written out, for every thread.
import { expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { registerDevice } from "../../../src/devices/registry.ts";
import type { Channel } from "../../../src/devices/webgpu/channel.ts";
import { WebGpuDevice } from "../../../src/devices/webgpu/device.ts";
import type { MatrixShape } from "../../../src/devices/webgpu/emit/sums.ts";
import { openChannel } from "../../../src/devices/webgpu/open.ts";
import { describeGpu } from "./adapter.ts";

/** A shader without matrices that does the same: each thread of a subgroup makes its part of their sums. */
function writtenOut(code: string, { m, n, k, subgroup }: MatrixShape): string {
  const part = (m * n) / subgroup;
  const each = (body: string): string =>
    `for (var i = 0u; i < ${part}u; i++) { let row = (me + i * ${subgroup}u) / ${n}u; let col = (me + i * ${subgroup}u) % ${n}u; ${body} }`;
  const written = code
    .replaceAll(/enable (?:chromium_experimental_subgroup_matrix|subgroups);\n/g, "")
    .replace("\n  @builtin(subgroup_id) subgroup: u32,", "")
    .replace("let first_col =", `me = lane % ${subgroup}u;\n  let subgroup = lane / ${subgroup}u;\n  let first_col =`)
    .replaceAll(/subgroup_matrix_result<[^>]*>/g, `array<f32, ${part}>`)
    .replaceAll(/subgroupMatrixLoad<subgroup_matrix_left<[^>]*>, col_major>\(\s*&tile_a,/g, "vec2u(")
    .replaceAll(/subgroupMatrixLoad<subgroup_matrix_right<[^>]*>, row_major>\(\s*&tile_b,/g, "vec2u(")
    .replaceAll(/(sum_\d+_\d+) = subgroupMatrixMultiplyAccumulate\((left_\d+), (right_\d+), \1\)/g, "add($2, $3, &$1)")
    .replaceAll(/subgroupMatrixStore<row_major>\(&made, own, (sum_\d+_\d+),/g, "keep(own, &$1,");
  return `${written}
var<private> me: u32;
fn add(a: vec2u, b: vec2u, sums: ptr<function, array<f32, ${part}>>) {
  ${each(`for (var j = 0u; j < ${k}u; j++) { (*sums)[i] += tile_a[a.x + j * a.y + row] * tile_b[b.x + j * b.y + col]; }`)}
}
fn keep(at: u32, sums: ptr<function, array<f32, ${part}>>, stride: u32) { ${each("made[at + row * stride + col] = (*sums)[i];")} }
`;
}

describeGpu("products of hardware's matrices", () => {
  test.each([
    ["mps", { component: "f32", m: 8, n: 8, k: 8, subgroup: 32 }],
    ["xpu", { component: "f32", m: 16, n: 16, k: 16, subgroup: 32 }],
  ] as const)("give the CPU's numbers on %s: %o", (device, matrix) => {
    let written = 0;
    registerDevice(device, () => {
      const channel: Channel = openChannel();
      const compile = channel.compile.bind(channel);
      channel.compile = (number, code) => {
        const isOfMatrices = code.includes("subgroupMatrixMultiplyAccumulate");
        written += Number(isOfMatrices);
        compile(number, isOfMatrices ? writtenOut(code, matrix) : code);
      };
      const made = new WebGpuDevice(channel, { name: device });
      Object.assign(made.adapter, { matrices: [matrix] });
      return made;
    });
    const same = (name: string, f: (draw: (...sizes: number[]) => torch.Tensor) => torch.Tensor): void => {
      const on = (where: string): torch.Tensor => {
        torch.manual_seed(3);
        return f((...sizes) => torch.randn(sizes).to(where)).cpu();
      };
      const [got, want, before] = [on(device), on("cpu"), written];
      expect(torch.allclose(got, want, { rtol: 1e-4, atol: 1e-4 }), name).toBe(true);
      expect(before, `${name} is not made of matrices`).toBeGreaterThan(0);
    };
    same("rows by rows", (draw) => draw(20, 130, 20).matmul(draw(20, 20, 140)));
    same("columns by columns, in tiles of 128", (draw) => draw(34, 20, 132).mT.matmul(draw(34, 140, 20).mT));
    same("with an addend", (draw) => torch.baddbmm(draw(20, 1, 140), draw(20, 130, 17), draw(20, 17, 140)));
  });
});
