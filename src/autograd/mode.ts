/// <reference lib="esnext.disposable" preserve="true" />
// Whether operations are recorded: no_grad and its kin.
import { warn } from "../errors.ts";
import type { Tensor } from "../tensor.ts";

interface Mode {
  grad: boolean;
  inference: boolean;
  anomaly: boolean;
  checkNan: boolean;
  /** What packs the tensors that nodes keep, and gives them back. */
  savedHooks: SavedHooks | null;
}
export interface SavedHooks {
  readonly pack: (t: Tensor) => unknown;
  readonly unpack: (packed: unknown) => Tensor;
}
/** The mode now. Read by every call, so a plain object. */
export const mode: Mode = { grad: true, inference: false, anomaly: false, checkNan: true, savedHooks: null };

/** Ends a mode at the end of a block: `using _ = torch.no_grad()`. */
export interface Guard {
  [Symbol.dispose](): void;
}

/** Runs `body` with `changes` in force, or, without a body, until the returned guard is disposed. */
function scoped<T>(changes: Partial<Mode>, body: (() => T) | undefined): T | Guard {
  const before = { ...mode };
  Object.assign(mode, changes);
  return restoring(() => void Object.assign(mode, before), body);
}
/** Runs `body`, a promise to its end, then `restore`; without a body, that is for the returned guard to do. */
export function restoring<T>(restore: () => void, body: (() => T) | undefined): T | Guard {
  if (body === undefined) return { [Symbol.dispose]: restore };
  let result: T;
  try {
    result = body();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as T;
  restore();
  return result;
}

/**
 * Nothing inside is recorded, and no result requires grad, as `torch.no_grad`.
 * @example const y = torch.no_grad(() => x.mul(2)); // y.requires_grad is false
 */
export function no_grad(): Guard;
export function no_grad<T>(body: () => T): T;
export function no_grad<T>(body?: () => T): T | Guard {
  return scoped({ grad: false }, body);
}
/** Recording on, inside a `no_grad` too, as `torch.enable_grad`. */
export function enable_grad(): Guard;
export function enable_grad<T>(body: () => T): T;
export function enable_grad<T>(body?: () => T): T | Guard {
  return scoped({ grad: true }, body);
}
/**
 * Recording on or off from now on; with a body, inside it only. As `torch.set_grad_enabled`.
 * The guard it returns without a body brings the former mode back.
 */
export function set_grad_enabled(on: boolean): Guard;
export function set_grad_enabled<T>(on: boolean, body: () => T): T;
export function set_grad_enabled<T>(on: boolean, body?: () => T): T | Guard {
  return scoped({ grad: on }, body);
}
/**
 * As `no_grad`, and the tensors made inside can never take part in a recorded computation, as `torch.inference_mode`.
 */
export function inference_mode(): Guard;
export function inference_mode<T>(body: () => T): T;
export function inference_mode<T>(body?: () => T): T | Guard {
  return scoped({ grad: false, inference: true }, body);
}
export const is_grad_enabled = (): boolean => mode.grad;
export const is_inference_mode_enabled = (): boolean => mode.inference;

/**
 * Remembers where every op was called, so that an error in backward names the line of the forward that caused it, and
 * raises when a gradient is NaN. As `torch.autograd.set_detect_anomaly`.
 */
export function set_detect_anomaly(on: boolean, check_nan?: boolean): Guard;
export function set_detect_anomaly<T>(on: boolean, check_nan: boolean, body: () => T): T;
export function set_detect_anomaly<T>(on: boolean, check_nan = true, body?: () => T): T | Guard {
  return scoped({ anomaly: on, checkNan: check_nan }, body);
}
/** `set_detect_anomaly(true)` around a body, as `torch.autograd.detect_anomaly`. */
export function detect_anomaly(): Guard;
export function detect_anomaly<T>(body: () => T): T;
export function detect_anomaly<T>(body?: () => T): T | Guard {
  warn(
    "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.",
  );
  return scoped({ anomaly: true, checkNan: true }, body);
}
export const is_anomaly_enabled = (): boolean => mode.anomaly;
