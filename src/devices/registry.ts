// The devices there are, and the one in use.
//
// Note [Device in use]: memory is made on the device in use. While an op runs that is the device of its tensors, or the one
// that its argument `device` names (dispatch/placement.ts); otherwise the default, torch.set_default_device's. As long as the
// CPU is the only one nobody asks.
import { AssertionError, help, RuntimeError } from "../base/errors.ts";
import type { Backend } from "./backend.ts";
import { device } from "./device.ts";
import type { DeviceLike } from "./device.ts";

const makers = new Map<string, () => Backend>();
const backends = new Map<string, Backend>();
/** Backends by what they were asked for as. */
const named = new Map<DeviceLike, Backend>();

/** Makes a device known under a type; it is started when first asked for. */
export function registerDevice(type: string, make: () => Backend): void {
  makers.set(type, make);
}
/** Whether a device of this type was made known. */
export const isKnown = (type: string): boolean => makers.has(type);
/** The one that is no CPU and holds numbers, as it was made known first; null where there is none. */
export const accelerator = (): string | null => ["cuda", "webgpu"].find((type) => makers.has(type)) ?? null;
/** Whether a device of this type was made known and starts, which it is asked to. */
export function starts(type: string): boolean {
  try {
    return isKnown(type) && getDevice(type).holdsData;
  } catch {
    return false;
  }
}
/** What does the work of a device ("cpu", "cpu:0"). Raises PyTorch's errors for those that are not there. */
export function getDevice(asked: DeviceLike): Backend {
  const found = named.get(asked);
  if (found !== undefined) return found;
  const { type } = device(asked);
  const make = makers.get(type);
  if (make === undefined) throw isAbsent(type);
  const backend = backends.get(type) ?? make();
  backends.set(type, backend);
  named.set(asked, backend);
  placement.several ||= type !== "cpu";
  return backend;
}
function isAbsent(type: string): Error {
  const there = `This build computes on '${[...makers.keys()].join("', '")}'.`;
  if (type === "cuda" || type === "xpu" || type === "mtia")
    return new AssertionError(`Torch not compiled with ${type.toUpperCase()} enabled\n${there}`);
  if (type === "webgpu") {
    const way = help({
      TypeScript: 'import "tidu/webgpu" first',
      Python: "run the program by tidu run --device webgpu",
    });
    return new RuntimeError(`no WebGPU device: ${way}\n${there}`);
  }
  return new RuntimeError(`PyTorch is not linked with support for ${type} devices\n${there}`);
}
/** Those that were started beside the CPU. */
export const started = (): Backend[] =>
  [...backends.values()].filter(({ name, holdsData }) => name !== "cpu" && holdsData);
/** Which device is in use, see Note [Device in use]. */
export const placement = {
  /** Whether another than the CPU was ever asked for. */
  several: false,
  /** The one that the op at hand runs on. */
  running: null as Backend | null,
  /** The default: set by autograd/mode.ts, for it belongs to what runs. */
  fallback: (): Backend => getDevice("cpu"),
};
let first: Backend | null = null;
export function currentDevice(): Backend {
  if (!placement.several) return (first ??= getDevice("cpu"));
  return placement.running ?? placement.fallback();
}
/** Runs `body` with a device in use. */
export function onDevice<T>(backend: Backend, body: () => T): T {
  const outer = placement.running;
  placement.running = backend;
  try {
    return body();
  } finally {
    placement.running = outer;
  }
}
/** The same with the device that is asked for by name, if any is. */
export const placedOn = <T>(asked: DeviceLike | null, body: () => T): T =>
  asked === null ? body() : onDevice(getDevice(asked), body);
