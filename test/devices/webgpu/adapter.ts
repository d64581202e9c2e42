// The device for tests: the machine's own, or SwiftShader's, a GPU in software that Chromium brings along.
import { describe, expect, test } from "vitest";
import { getDevice, registerDevice } from "../../../src/devices/registry.ts";
import { WebGpuDevice } from "../../../src/devices/webgpu/device.ts";
import { openChannel } from "../../../src/devices/webgpu/open.ts";
import { webgpu } from "../../../src/index.ts";
import { folder, useSwiftShader } from "../../../tools/swiftshader.ts";
import { options } from "./options.ts";

useSwiftShader();
registerDevice("webgpu", () => new WebGpuDevice(openChannel(), options));
const available = webgpu.is_available();
if (!available)
  console.warn("Tests of the WebGPU device do not run here: there is neither a GPU nor a Chromium with SwiftShader.");
test("there is a WebGPU device wherever Chromium is installed", () => {
  expect(available || folder === undefined).toBe(true);
});
export const describeGpu = describe.skipIf(!available);
export const gpu = (): WebGpuDevice => getDevice("webgpu") as WebGpuDevice;
