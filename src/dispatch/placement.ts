// Where an op runs: see Note [Device in use] in devices/registry.ts.
//
// Note [Ops on the host]: code of kind `host` reads and writes memory that the host shares. For tensors elsewhere it works
// on copies in the host's memory, and what it makes goes back, unless the op has code for elsewhere, too. On "meta" the copies are stand-ins, for nobody looks at
// more than the results' shapes.
import type { Backend, HostBackend } from "../devices/backend.ts";
import type { DeviceLike } from "../devices/device.ts";
import { currentDevice, getDevice, onDevice, placement } from "../devices/registry.ts";
import { RuntimeError } from "../base/errors.ts";
import { Tensor } from "../tensor/tensor.ts";
import { tensorsIn } from "./levels.ts";
import type { Entry, OpKernel } from "./declare.ts";
import { assign } from "../tensor/elementwise.ts";
import type { Schema } from "./schema.ts";
import { standIn, transferred } from "./transfer.ts";

type Values = readonly unknown[];
type Results = Tensor | readonly Tensor[];

/** Runs `body` with the device in use that the values ask for. */
export function placed<T>(entry: Entry, values: Values, body: (values: Values) => T): T {
  const { deviceArg } = entry;
  const device = deviceArg < 0 ? null : (values[deviceArg] as DeviceLike | null);
  const [on, moved] = entry.definition?.anyDevice === true ? [null, values] : together(values);
  const backend = device === null ? (on ?? homeOf(values)) : getDevice(device);
  return backend === null || backend === placement.running ? body(moved) : onDevice(backend, () => body(moved));
}
/** The device that all tensors share, null if there are none; and the values, single numbers brought to it. */
function together(values: Values): [Backend | null, Values] {
  const tensors = tensorsIn(values);
  const on = (tensors.find((t) => t.sizes.length > 0) ?? tensors[0])?.backend ?? null;
  if (tensors.every((t) => t.backend === on)) return [on, values];
  for (const t of tensors) if (t.backend !== on && !isNumber(t)) throw isElsewhere(t, on!);
  const bring = (v: unknown): unknown =>
    v instanceof Tensor ? (v.backend === on ? v : transferred(v, on!)) : Array.isArray(v) ? v.map(bring) : v;
  return [on, values.map(bring)];
}
const homeOf = (values: Values): Backend | null => tensorsIn(values)[0]?.backend ?? null;
/** A single number in the host's memory goes with every device. */
const isNumber = (t: Tensor): boolean => t.sizes.length === 0 && isHost(t.backend);
/** The error for a tensor that is not where the others of a call are. */
export function isElsewhere(t: Tensor, on: Backend): RuntimeError {
  return new RuntimeError(
    `Tensor on device ${t.backend.name} is not on the expected device ${on.name}!\nAll tensors of a call must be on one device: x.to("${on.name}") moves one.`,
  );
}

const isHost = (backend: Backend): backend is HostBackend => "host" in backend;

/** Runs a kernel of kind `host`, see Note [Ops on the host]. */
export function runOnHost(kernel: OpKernel, values: Values, schema: Schema): Results {
  const backend = currentDevice();
  if (isHost(backend)) return kernel.run(values, schema);
  if (backend.holdsData && kernel.elsewhere !== undefined) return kernel.elsewhere(values, schema);
  const results = onDevice(getDevice("cpu"), () => kernel.run(values.map(toHost), schema));
  return results instanceof Tensor ? transferred(results, backend) : results.map((t) => transferred(t, backend));
}
/** The same for a kernel that writes its result into a tensor. */
export function writeOnHost(kernel: OpKernel, values: Values, schema: Schema, target: Tensor): void {
  if (isHost(target.backend)) return kernel.into!(values, schema, target);
  const copies = values.map(toHost);
  onDevice(getDevice("cpu"), () => kernel.into!(copies, schema, copies[0] as Tensor));
  assign(target, transferred(copies[0] as Tensor, target.backend));
}
function toHost(v: unknown): unknown {
  if (v instanceof Tensor) return (v.backend.holdsData ? transferred : standIn)(v, getDevice("cpu"));
  return Array.isArray(v) ? v.map(toHost) : v;
}
