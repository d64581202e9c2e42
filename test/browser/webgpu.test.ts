import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { folder, useSwiftShader } from "../../tools/swiftshader.ts";
import { executablePath, resultOfPage, script } from "./chromium.ts";
import type { result as long } from "./webgpu_long_page.ts";
import type { result } from "./webgpu_page.ts";
import type { result as unshared } from "./webgpu_unshared_page.ts";

const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
/** WebGPU by SwiftShader, whose compiler needs seconds for shaders with tiles unless it is told not to use an extension. */
const FLAGS = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension",
  "--enable-precise-memory-info",
];
/** Milliseconds. */
const LONG = 1_800_000;
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
  test("a page that is not isolated awaits its values, and is told so where it does not", async () => {
    const page = await script("test/browser/webgpu_unshared_page.ts");
    const serve = (path: string) => (path === "/page.js" ? page : undefined);
    const there = await resultOfPage<typeof unshared>(serve, {}, "", undefined, FLAGS);
    expect(there.isolated).toBe(false);
    for (const [i, loss] of there.trained.entries()) expect(loss).toBeCloseTo(there.expected[i], 3);
    for (const sentence of [there.waited, there.printed])
      expect(sentence).toMatch(
        /^the program cannot wait for the WebGPU device here.*\nAwait the value: await x\.item_async/,
      );
    expect(there.indexed).toContain("index out of range in self");
    expect(there.lost).toMatch(/^WebGPU error: the device was lost.*\nIts tensors are gone/);
    expect(there.after).toEqual([2, 2]);
  });
  // Minutes: `npm run test:webgpu` runs them.
  test.skipIf(process.env["TIDU_WEBGPU"] !== "all")(
    "10,000 steps in one task of the main thread hold both memories flat",
    async () => {
      const page = await script("test/browser/webgpu_long_page.ts");
      const serve = (path: string) => (path === "/page.js" ? page : undefined);
      assertFlat(await resultOfPage<typeof long>(serve, ISOLATED, "", LONG, FLAGS));
    },
    LONG,
  );
});
test.skipIf(process.env["TIDU_WEBGPU"] !== "all" || folder === undefined)(
  "10,000 steps in one task hold both memories flat in Node",
  async () => {
    useSwiftShader();
    assertFlat((await import("./webgpu_long_page.ts")).result);
  },
  LONG,
);
/** From the fourth fifth on, when a page has begun to move out what was unused the longest; engines compile what runs often again and again, which fills some of the heap. */
function assertFlat({ reserved, heaps, loss, seconds }: typeof long): void {
  console.log("reserved", reserved, "heap", heaps, "in", seconds, "s");
  expect(reserved[4]).toBeLessThanOrEqual(reserved[3]);
  expect(heaps[4]).toBeLessThan(1.25 * heaps[3]);
  expect(loss).toBeLessThan(1);
}
