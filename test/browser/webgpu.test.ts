import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { executablePath, resultOfPage, script } from "./chromium.ts";
import type { result } from "./webgpu_page.ts";

const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
/** WebGPU by SwiftShader, whose compiler needs seconds for shaders with tiles unless it is told not to use an extension. */
const FLAGS = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension",
];
// Without a browser on the machine there is nothing to run this in; CI installs one.
describe.skipIf(!existsSync(executablePath) && process.env["CI"] !== "true")("in headless Chromium", () => {
  test("the main thread of an isolated page trains on the WebGPU device, and reads its losses without await", async () => {
    const page = await script("test/browser/webgpu_page.ts");
    const serve = (path: string) => (path === "/page.js" ? page : undefined);
    const there = await resultOfPage<typeof result>(serve, ISOLATED, "", undefined, FLAGS);
    expect(there.isolated).toBe(true);
    expect(there.text).toBe("tensor([[0, 1],\n        [2, 3]], device='webgpu')");
    for (const [i, loss] of there.losses.entries()) expect(loss).toBeCloseTo(there.expected[i], 3);
    expect(there.losses[9]).toBeLessThan(there.losses[0]);
  });
});
