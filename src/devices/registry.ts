// The devices there are, and the one in use.
import type { Backend } from "./backend.ts";

const makers = new Map<string, () => Backend>();
const devices = new Map<string, Backend>();
let current: Backend | null = null;

export function registerDevice(name: string, make: () => Backend): void {
  makers.set(name, make);
}
/** A device by name, started when first asked for. */
export function getDevice(name: string): Backend {
  const found = devices.get(name);
  if (found) return found;
  const make = makers.get(name);
  if (!make)
    throw new RangeError(`Invalid device string: '${name}'\nThis build knows ${[...makers.keys()].join(", ")}.`);
  const device = make();
  devices.set(name, device);
  return device;
}
export function currentDevice(): Backend {
  return (current ??= getDevice("cpu"));
}
