// What holds while a body runs, or from now on: whether ops are recorded, where tensors are made. See Note [Modes].
import { automatic } from "./auto_device.ts";
import { modes, scoped } from "../autograd/mode.ts";
import type { Guard } from "../autograd/mode.ts";
import { warn } from "../base/errors.ts";
import { device as deviceNamed } from "../devices/device.ts";
import type { Device, DeviceLike } from "../devices/device.ts";
import { getDevice } from "../devices/registry.ts";
import { bindArguments, callable } from "../dispatch/callable.ts";

/**
 * Nothing inside is recorded, and no result requires grad, as `torch.no_grad`.
 * @example const y = torch.no_grad(() => x.mul(2)); // y.requires_grad is false
 */
export function no_grad(): Guard;
export function no_grad<T>(body: () => T): T;
export function no_grad(...given: unknown[]): unknown {
  const { body } = bindArguments("no_grad(callable? body=None) -> None", given);
  return scoped("no_grad", { grad: false }, body);
}
/** Recording on, inside a `no_grad` too, as `torch.enable_grad`. */
export function enable_grad(): Guard;
export function enable_grad<T>(body: () => T): T;
export function enable_grad(...given: unknown[]): unknown {
  const { body } = bindArguments("enable_grad(callable? body=None) -> None", given);
  return scoped("enable_grad", { grad: true }, body);
}
/**
 * Recording on or off from now on; with a body, inside it only. As `torch.set_grad_enabled`.
 * The guard it returns without a body brings the former mode back.
 */
export function set_grad_enabled(mode: boolean): Guard;
export function set_grad_enabled<T>(mode: boolean, body: () => T): T;
export function set_grad_enabled(...given: unknown[]): unknown {
  const { mode, body } = bindArguments("set_grad_enabled(bool mode, callable? body=None) -> None", given);
  return scoped("set_grad_enabled", { grad: mode }, body);
}
/**
 * As `no_grad`, and the tensors made inside can never take part in a recorded computation, as `torch.inference_mode`. With
 * `mode` false all is recorded inside, in another inference_mode, too.
 */
export function inference_mode(mode?: boolean): Guard;
export function inference_mode<T>(body: () => T): T;
export function inference_mode<T>(mode: boolean, body: () => T): T;
export function inference_mode(...given: unknown[]): unknown {
  const { mode, body } = bindArguments(
    "inference_mode(bool mode=True, callable? body=None) -> None",
    typeof given[0] === "function" ? [true, ...given] : given,
  );
  return scoped("inference_mode", { grad: !mode, inference: mode }, body);
}
/** Whether ops are recorded, as `torch.is_grad_enabled`. */
export const is_grad_enabled = callable("is_grad_enabled() -> bool", () => modes().grad);
/** Whether what is made is of inference, as `torch.is_inference_mode_enabled`. */
export const is_inference_mode_enabled = callable("is_inference_mode_enabled() -> bool", () => modes().inference);

/**
 * Remembers where every op was called, so that an error in backward names the line of the forward that caused it, and
 * raises when a gradient is NaN. As `torch.autograd.set_detect_anomaly`.
 */
export function set_detect_anomaly(mode: boolean, check_nan?: boolean | { check_nan?: boolean }): Guard;
export function set_detect_anomaly<T>(mode: boolean, check_nan: boolean, body: () => T): T;
export function set_detect_anomaly(...given: unknown[]): unknown {
  const { mode, check_nan, body } = bindArguments(
    "set_detect_anomaly(bool mode, bool check_nan=True, callable? body=None) -> None",
    given,
  );
  return scoped("set_detect_anomaly", { anomaly: mode, checkNan: check_nan }, body);
}
/** `set_detect_anomaly(true)` around a body, as `torch.autograd.detect_anomaly`. */
export function detect_anomaly(check_nan?: boolean | { check_nan?: boolean }): Guard;
export function detect_anomaly<T>(body: () => T): T;
export function detect_anomaly<T>(check_nan: boolean, body: () => T): T;
export function detect_anomaly(...given: unknown[]): unknown {
  const { check_nan, body } = bindArguments(
    "detect_anomaly(bool check_nan=True, callable? body=None) -> None",
    typeof given[0] === "function" ? [true, ...given] : given,
  );
  warn(
    "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.",
  );
  return scoped("detect_anomaly", { anomaly: true, checkNan: check_nan }, body);
}
/** Whether anomalies are looked for, as `torch.is_anomaly_enabled`. */
export const is_anomaly_enabled = callable("is_anomaly_enabled() -> bool", () => modes().anomaly);

/** Where tensors are made that nothing else places, as `torch.get_default_device`. */
export const get_default_device = callable("get_default_device() -> device?", (): Device =>
  deviceNamed((modes().device ?? getDevice("cpu")).name),
);
const DEFAULT_DEVICE = "set_default_device(object device, callable? body=None) -> None";
/**
 * Makes tensors on `device` from now on unless told otherwise; with a body, inside it only, as Python's
 * `with torch.device(…)`. null brings the first device back; "auto", which PyTorch does not have, chooses the one on which a
 * layer's step takes less time, measured once, and says why on the console. Raises what `torch.zeros(1, { device })` would. As
 * `torch.set_default_device`.
 * @example torch.set_default_device("meta", () => torch.zeros(2)); // tensor(..., device='meta', size=(2,))
 */
export function set_default_device(device: DeviceLike | null): Guard;
export function set_default_device<T>(device: DeviceLike | null, body: () => T): T;
export function set_default_device(...given: unknown[]): unknown {
  const { device, body } = bindArguments<typeof DEFAULT_DEVICE, { device: DeviceLike | null }>(DEFAULT_DEVICE, given);
  const backend = device === null ? null : device === "auto" ? automatic() : getDevice(device);
  return scoped("set_default_device", { device: backend }, body);
}
