// torch.device: where a tensor is.
import { RuntimeError, TypeError } from "../base/errors.ts";

const INSPECT = Symbol.for("nodejs.util.inspect.custom");
/** The types that a device may have, in PyTorch's order. */
const TYPES =
  "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, privateuseone";
/** The one that PyTorch does not have. */
const OWN = "webgpu";

/** Where a tensor is. There is one object for each device, so that `===` compares them. */
export class Device {
  /** "cpu", "meta", … */
  readonly type: string;
  /** Which of several of its type; null where none was named. */
  readonly index: number | null;

  /** @internal Made by `device`. */
  constructor(type: string, index: number | null) {
    this.type = type;
    this.index = index;
  }
  /** As it is written where a device is asked for: `cuda:1`. */
  toString(): string {
    return this.index === null ? this.type : `${this.type}:${this.index}`;
  }
  [INSPECT](): string {
    return `device(type='${this.type}'${this.index === null ? "" : `, index=${this.index}`})`;
  }
}

/** What functions take as their argument `device`. */
export type DeviceLike = string | Device;

const known = new Map<string, Device>();
/**
 * The device of a type (and index), or of a string that names both, as `torch.device`. It need not be there.
 * Raises RuntimeError for what names no device.
 * @example torch.device("cuda", 1) === torch.device("cuda:1") // true
 */
export function device(type: DeviceLike, index?: number | null): Device {
  const made = parse(type, index ?? null);
  const found = known.get(String(made));
  if (found !== undefined) return found;
  known.set(String(made), made);
  return made;
}
function parse(type: unknown, index: number | null): Device {
  if (type instanceof Device) return type;
  if (typeof type !== "string")
    throw new TypeError(
      `device() received an invalid combination of arguments: expected a string or a torch.device, got ${typeof type}`,
    );
  if (type === "") throw new RuntimeError("Device string must not be empty");
  const [, name, number] = /^([a-zA-Z_]+)(?::(0|[1-9]\d*))?$/.exec(type) ?? [];
  if (name === undefined) throw new RuntimeError(`Invalid device string: '${type}'`);
  if (name !== OWN && !TYPES.split(", ").includes(name))
    throw new RuntimeError(`Expected one of ${TYPES} device type at start of device string: ${type}`);
  if (index === null) return new Device(name, number === undefined ? null : Number(number));
  if (number !== undefined)
    throw new RuntimeError(`type (string) must not include an index because index was passed explicitly: ${type}`);
  if (index < 0) throw new RuntimeError("Device index must not be negative");
  return new Device(name, index);
}
