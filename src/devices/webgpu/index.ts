// The device "webgpu", an entry of its own: importing it makes the device known. What a program asks of it is torch.webgpu.
import { getDevice, registerDevice } from "../registry.ts";
import type { Channel } from "./channel.ts";
import { WebGpuDevice } from "./device.ts";
import { openChannel } from "./open.ts";

let channel: Channel | null = null;
/** Starts the device's thread, once. */
function opened(): Channel {
  return (channel ??= openChannel());
}
/** Starts the device without making the thread wait, which a page's main thread may not. Raises RuntimeError if there is none. */
export async function ready(): Promise<void> {
  await opened().starting();
}
/** What the adapter calls itself. */
export const get_device_name = (): string => (getDevice("webgpu") as WebGpuDevice).adapter.description;

registerDevice("webgpu", () => new WebGpuDevice(opened()));
