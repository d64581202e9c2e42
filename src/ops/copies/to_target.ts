// What `to` of tensors and modules can be given.
import { Device } from "../../devices/device.ts";
import type { DeviceLike } from "../../devices/device.ts";
import { TypeError } from "../../base/errors.ts";
import { Dtype, dtypeByName } from "../../base/dtype.ts";
import type { MemoryFormat } from "../../base/memory_format.ts";
import { isOptions } from "../../dispatch/bind.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { typeWord } from "../../tensor/type_word.ts";

/** What `to` can be given: a dtype, a device's name, a tensor to be like, or these by name. */
export interface ToOptions extends CastOptions {
  dtype?: Dtype | null;
  device?: DeviceLike | null;
  non_blocking?: boolean;
  copy?: boolean;
}
export interface CastOptions {
  /** The order of dims in memory: kept unless told. */
  memory_format?: MemoryFormat | null;
}
export type ToTarget = Dtype | DeviceLike | Tensor | ToOptions;
/** What all of it comes to. */
export type Target = Omit<Required<ToOptions>, "non_blocking">;
const TO =
  "to(dtype? dtype=None, device? device=None, bool non_blocking=False, bool copy=False, *, memory_format? memory_format=None) -> Tensor";
/**
 * What `to` is told: a device, a dtype or a tensor, then flags (non_blocking means nothing here, copy), the rest by name.
 * Raises what PyTorch raises for anything else.
 */
export function toTarget(name: string, given: readonly unknown[]): Target {
  const places: ToOptions = {};
  const flags: unknown[] = [];
  const last = given.at(-1);
  for (const x of isOptions(last) ? given.slice(0, -1) : given)
    if ((typeof x === "string" || x instanceof Device) && flags.length === 0) places.device = x;
    else if (x instanceof Tensor && flags.length === 0) Object.assign(places, { dtype: x.dtype, device: x.device });
    else if (x instanceof Dtype && flags.length === 0) places.dtype = x;
    else if (typeof x === "boolean" && flags.length < 2) flags.push(x);
    else if (x !== null && x !== undefined)
      throw new TypeError(
        `${name}() received an invalid combination of arguments - got (${given.map(typeWord).join(", ")}), but expected one of:\n * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (torch.dtype dtype, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n * (Tensor tensor, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)`,
      );
  if (typeof places.device === "string" && dtypeByName.has(places.device as never))
    throw new TypeError(`${name}(): '${places.device}' is a dtype: write ${name}(torch.${places.device})`);
  if (flags.length > 0) places.non_blocking = flags[0] as boolean;
  if (flags.length > 1) places.copy = flags[1] as boolean;
  return bindArguments(TO, [{ ...places, ...(isOptions(last) ? last : {}) }], name);
}
