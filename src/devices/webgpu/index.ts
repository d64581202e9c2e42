// The device "webgpu", an entry of its own: importing it makes the device known. What a program asks of it is torch.webgpu.
import { RuntimeError } from "../../base/errors.ts";
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

let started: WebGpuDevice | null = null;
let shown = "webgpu";
const start = (): WebGpuDevice => (started ??= new WebGpuDevice(opened(), { name: shown }));
registerDevice("webgpu", start);
/**
 * Makes "cuda" mean this device, for programs that ask for that: `torch.cuda.is_available()` is true, `x.cuda()` goes there,
 * and its tensors say that they are on `cuda:0`. Raises RuntimeError once the device was used under its own name.
 * @example
 * import { as_cuda } from "tidu/webgpu";
 * as_cuda();
 * torch.ones(2).cuda().device // device(type='cuda', index=0)
 */
export function as_cuda(): void {
  if (started !== null && shown === "webgpu")
    throw new RuntimeError(
      "as_cuda() comes too late: the device is in use as webgpu. Call it before anything is made there.",
    );
  shown = "cuda:0";
  registerDevice("cuda", start);
}
