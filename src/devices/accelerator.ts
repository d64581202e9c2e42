// torch.accelerator: there is none.
import { RuntimeError } from "../base/errors.ts";
import type { Device } from "./device.ts";

export const is_available = (): boolean => false;
export const device_count = (): number => 0;
/** null: there is none. */
export const current_accelerator = (): Device | null => null;
const absent = (): never => {
  throw new RuntimeError("Cannot access accelerator device when none is available.");
};
export const current_device_index = (): number => absent();
export const set_device_index = (_device: unknown): void => absent();
export const synchronize = (_device?: unknown): void => absent();
