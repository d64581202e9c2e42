// torch.accelerator: the device that is no CPU, if there is one.
import { RuntimeError } from "../base/errors.ts";
import { device as deviceOf } from "../devices/device.ts";
import type { Device } from "../devices/device.ts";
import type { Backend } from "../devices/backend.ts";
import { accelerator, getDevice, starts } from "../devices/registry.ts";
import { callable } from "../dispatch/callable.ts";

const isThere = (): boolean => starts(accelerator() ?? "");
/** Whether it is known and starts. */
export const is_available = callable("is_available() -> bool", isThere);
export const device_count = callable("device_count() -> int", () => Number(isThere()));
/** The device, or null where none is known, or none starts and that is to be checked. */
export const current_accelerator = callable(
  "current_accelerator(bool check_available=False) -> device?",
  ({ check_available }): Device | null => {
    const type = accelerator();
    return type === null || (check_available && !isThere()) ? null : deviceOf(type);
  },
);
function there(): Backend {
  const type = accelerator();
  if (type === null) throw new RuntimeError("Cannot access accelerator device when none is available.");
  return getDevice(type);
}
export const current_device_index = callable("current_device_index() -> int", (): number => (there(), 0));
export const set_device_index = callable("set_device_index(object device) -> None", () => void there());
export const synchronize = callable("synchronize(object device=None) -> None", () => there().synchronize());
