// A GPU in software: SwiftShader, as Chromium brings it along. For tests and tools where there is no other.
import fs from "node:fs";
import koffi from "koffi";

const FOLDERS = ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/opt/google/chrome"];
/** Where it is, if it is installed. */
export const folder = FOLDERS.find((f) => fs.existsSync(`${f}/vk_swiftshader_icd.json`));

/** Has the WebGPU device of this process find it, unless a driver was chosen by VK_DRIVER_FILES. Before the device starts. */
export function useSwiftShader(): void {
  // Without, shaders with tiles take seconds to compile there.
  process.env["TIDU_DAWN"] ??= "disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension";
  if (folder === undefined || process.env["VK_DRIVER_FILES"] !== undefined) return;
  process.env["VK_DRIVER_FILES"] = `${folder}/vk_swiftshader_icd.json`;
  // Dawn looks for a loader of Vulkan by name, and finds the one that is there. What nobody holds, koffi unloads.
  (globalThis as { tiduVulkan?: unknown }).tiduVulkan = koffi.load(`${folder}/libvulkan.so.1`);
}
