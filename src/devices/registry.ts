// The devices there are, and the one in use.
import { AssertionError, RuntimeError } from "../errors.ts";
import type { Backend } from "./backend.ts";

const makers = new Map<string, () => Backend>();
const devices = new Map<string, Backend>();
let current: Backend | null = null;

export function registerDevice(name: string, make: () => Backend): void {
  makers.set(name, make);
}
/** The types that a device string may begin with, in PyTorch's order. */
const TYPES =
  "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, privateuseone";
/** A device by its string ("cpu", "cpu:0"), started when first asked for. Raises PyTorch's errors for all others. */
export function getDevice(text: string): Backend {
  const found = devices.get(text);
  if (found) return found;
  const name = typeOf(text);
  const make = makers.get(name);
  if (!make) throw isAbsent(name);
  const device = devices.get(name) ?? make();
  devices.set(name, device).set(text, device);
  return device;
}
function typeOf(text: string): string {
  if (text === "") throw new RuntimeError("Device string must not be empty");
  const [, name] = /^([a-zA-Z_]+)(?::(?:0|[1-9]\d*))?$/.exec(text) ?? [];
  if (name === undefined) throw new RuntimeError(`Invalid device string: '${text}'`);
  if (!TYPES.split(", ").includes(name))
    throw new RuntimeError(`Expected one of ${TYPES} device type at start of device string: ${text}`);
  return name;
}
function isAbsent(name: string): Error {
  const known = `This build computes on '${[...makers.keys()].join("', '")}'.`;
  if (name === "cuda" || name === "xpu" || name === "mtia")
    return new AssertionError(`Torch not compiled with ${name.toUpperCase()} enabled\n${known}`);
  return new RuntimeError(`PyTorch is not linked with support for ${name} devices\n${known}`);
}
export function currentDevice(): Backend {
  return (current ??= getDevice("cpu"));
}
