// torch.accelerator: there is none.
import { RuntimeError } from "../base/errors.ts";
import type { Device } from "../devices/device.ts";
import { callable } from "../dispatch/callable.ts";

export const is_available = callable("is_available() -> bool", () => false);
export const device_count = callable("device_count() -> int", () => 0);
/** null: there is none. */
export const current_accelerator = callable(
  "current_accelerator(bool check_available=False) -> device?",
  (): Device | null => null,
);
const absent = (): never => {
  throw new RuntimeError("Cannot access accelerator device when none is available.");
};
export const current_device_index = callable("current_device_index() -> int", (): number => absent());
export const set_device_index = callable("set_device_index(object device) -> None", absent);
export const synchronize = callable("synchronize(object device=None) -> None", absent);
