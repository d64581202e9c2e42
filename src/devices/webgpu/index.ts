// The device "webgpu", an entry of its own: importing it makes the device known. What a program asks of it is torch.webgpu.
import { RuntimeError } from "../../base/errors.ts";
import { getDevice, registerDevice } from "../registry.ts";
import { Channel } from "./channel.ts";
import { WebGpuDevice } from "./device.ts";

let channel: Channel | null = null;
/** Starts the device's thread, once. */
function opened(): Channel {
  if (channel !== null) return channel;
  if (typeof SharedArrayBuffer === "undefined")
    throw new RuntimeError(
      "the WebGPU device needs shared memory.\nA page has it if it is cross-origin isolated: served with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.",
    );
  return (channel = new Channel({ dawn: findDawn(), toggles: toggles() }));
}
interface NodeModule {
  createRequire(from: string): NodeJS.Require;
}
/** Where the package `webgpu` is in Node; null where the engine has WebGPU itself. */
function findDawn(): string | null {
  const { createRequire } = (globalThis.process?.getBuiltinModule?.("node:module") ??
    {}) as unknown as Partial<NodeModule>;
  if (createRequire === undefined || (globalThis.navigator as { gpu?: unknown } | undefined)?.gpu !== undefined)
    return null;
  const found = [import.meta.url, `${process.cwd()}/`].flatMap((from) => {
    try {
      return [createRequire(from).resolve("webgpu")];
    } catch {
      return [];
    }
  });
  if (found.length === 0)
    throw new RuntimeError("the WebGPU device needs the package webgpu in Node: npm install webgpu");
  return found[0];
}
/** What Dawn is told, in an environment variable: `TIDU_DAWN="disable-dawn-features=…"`, several after spaces. */
const toggles = (): string[] => globalThis.process?.env?.["TIDU_DAWN"]?.split(" ").filter(Boolean) ?? [];

/** Starts the device without making the thread wait, which a page's main thread may not. Raises RuntimeError if there is none. */
export async function ready(): Promise<void> {
  await opened().starting();
}
/** What the adapter calls itself. */
export const get_device_name = (): string => (getDevice("webgpu") as WebGpuDevice).adapter.description;

registerDevice("webgpu", () => new WebGpuDevice(opened()));
