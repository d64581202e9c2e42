// torch.autocast: regions in which ops choose their dtype.
import { modes, scoped } from "../autograd/mode.ts";
import type { Guard } from "../autograd/mode.ts";
import type { FunctionContext } from "../autograd/function.ts";
import { bringAutocast } from "../dispatch/autocast.ts";
import { bfloat16, float16 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import { RuntimeError, ValueError, warn } from "../base/errors.ts";
import { bindArguments, callable } from "../dispatch/callable.ts";
import { getDevice, isKnown } from "../devices/registry.ts";
import { Tensor } from "../tensor/tensor.ts";
import { classText, isNode } from "../func/tree.ts";

const DEVICES =
  "cpu cuda ipu xpu mkldnn opengl opencl ideep hip ve fpga maia xla lazy vulkan mps meta hpu mtia privateuseone".split(
    " ",
  );
/** Devices that PyTorch has lists for. */
const AVAILABLE = new Set("cpu cuda xpu hpu xla maia mtia mps privateuseone ipu webgpu".split(" "));

/** How the tensors of a kind of device say where they are; null where there is none, and casting would change nothing. */
const nameOn = (device_type: string): string | null =>
  device_type === "cpu"
    ? "cpu"
    : OWN.includes(device_type) && isKnown(device_type)
      ? getDevice(device_type).name
      : null;
/** Those that may be WebGPU's. */
const OWN = ["cuda", "webgpu"];

function checkDevice(device_type: string): void {
  if (device_type !== "webgpu" && !DEVICES.includes(device_type.replace(/:\d+$/, "")))
    throw new RuntimeError(
      `Expected one of ${DEVICES.join(", ")} device type at start of device string: ${device_type}`,
    );
}
/** Whether autocast knows a kind of device, as `torch.amp.is_autocast_available`. */
export const is_autocast_available = callable(
  "is_autocast_available(str device_type) -> bool",
  ({ device_type }): boolean => {
    checkDevice(device_type);
    return AVAILABLE.has(device_type);
  },
);
/** Whether ops choose their dtype now, on this kind of device. As `torch.is_autocast_enabled`. */
export const is_autocast_enabled = callable(
  "is_autocast_enabled(str device_type='cuda') -> bool",
  ({ device_type }): boolean => {
    checkDevice(device_type);
    if (!AVAILABLE.has(device_type))
      throw new RuntimeError("unknown device type for autocast in get_autocast_dispatch_key_from_device_type");
    return modes().autocast && nameOn(device_type) === modes().castOn;
  },
);
/** The lower of the two dtypes. As `torch.get_autocast_dtype`. */
export const get_autocast_dtype = callable("get_autocast_dtype(str device_type) -> dtype", ({ device_type }): Dtype => {
  checkDevice(device_type);
  if (!AVAILABLE.has(device_type)) throw new RuntimeError("unsupported scalarType");
  if (nameOn(device_type) === modes().castOn) return modes().castTo;
  return device_type === "cuda" || device_type === "mps" || device_type === "webgpu" ? float16 : bfloat16;
});
/** Autocast on or off from now on, as `torch.set_autocast_enabled`. */
export const set_autocast_enabled = callable(
  "set_autocast_enabled(str device_type, bool enabled) -> None",
  ({ device_type, enabled }): void => {
    checkDevice(device_type);
    bringAutocast();
    const name = nameOn(device_type);
    if (name !== null)
      Object.assign(modes(), { castTo: get_autocast_dtype(device_type), castOn: name, autocast: enabled });
  },
);
/** As `torch.set_autocast_dtype`. */
export const set_autocast_dtype = callable(
  "set_autocast_dtype(str device_type, dtype dtype) -> None",
  ({ device_type, dtype }): void => {
    checkDevice(device_type);
    const name = nameOn(device_type);
    if (name !== null) Object.assign(modes(), { castTo: dtype, castOn: name });
  },
);
/** Whether parameters are cast once for a region, as `torch.is_autocast_cache_enabled`. */
export const is_autocast_cache_enabled = callable("is_autocast_cache_enabled() -> bool", () => modes().castsOnce);
/** As `torch.set_autocast_cache_enabled`. */
export const set_autocast_cache_enabled = callable(
  "set_autocast_cache_enabled(bool enabled) -> None",
  ({ enabled }): void => void (modes().castsOnce = enabled),
);
/** Forgets the parameters that were cast, as `torch.clear_autocast_cache`. */
export const clear_autocast_cache = callable(
  "clear_autocast_cache() -> None",
  (): void => void (modes().castCache = modes().castCache === null ? null : new WeakMap()),
);

export interface AutocastOptions {
  /** bfloat16 or float16; bfloat16 unless told. */
  dtype?: Dtype | null;
  enabled?: boolean;
  /** Whether parameters are cast once for the whole region. */
  cache_enabled?: boolean | null;
}
const AUTOCAST = "autocast(str device_type, dtype? dtype=None, bool enabled=True, bool? cache_enabled=None) -> None";
/**
 * Products, convolutions and attention compute in bfloat16 (or float16) inside, losses and factorizations in float32, all else in
 * the dtype that it is given. As `torch.autocast`: a region with a body, or until the guard is disposed; gradients come in the
 * parameters' own dtype. Run backward outside.
 *
 * Raises RuntimeError for a device that does not exist; warns and does nothing for other dtypes.
 * @example const y = torch.autocast("cpu", () => torch.ones(2, 2).mm(torch.ones(2, 2))); // y.dtype is torch.bfloat16
 */
export function autocast(device_type: string, options?: AutocastOptions): Guard;
export function autocast<T>(device_type: string, body: () => T): T;
export function autocast<T>(device_type: string, options: AutocastOptions, body: () => T): T;
export function autocast(...given: unknown[]): unknown {
  const last = given.at(-1);
  const body = typeof last === "function" ? (last as () => unknown) : undefined;
  const args = body === undefined ? given : given.slice(0, -1);
  if (args.length > 0 && typeof args[0] !== "string" && !isNode(args[0]))
    throw new ValueError(`Expected \`device_type\` of type \`str\`, got: \`${classText(args[0])}\``);
  const { device_type, dtype, enabled, cache_enabled } = bindArguments(AUTOCAST, args);
  return scoped("autocast", regionOf(device_type, dtype, enabled, cache_enabled), body);
}
/** The modes of a region. */
export function regionOf(
  device_type: string,
  dtype: Dtype | null,
  enabled: boolean,
  cache_enabled: boolean | null,
): Partial<ReturnType<typeof modes>> {
  const castTo = dtype ?? get_autocast_dtype(device_type);
  if (!is_autocast_available(device_type))
    throw new RuntimeError(`User specified an unsupported autocast device_type '${device_type}'`);
  let on = enabled;
  const name = nameOn(device_type);
  if (enabled && device_type === "cuda" && name === null) {
    warn("CUDA is not available or torch_xla is imported. Disabling autocast.");
    on = false;
  } else if (enabled && castTo !== bfloat16 && castTo !== float16) {
    const NAME = device_type.toUpperCase();
    warn(
      `In ${NAME} autocast, but the target dtype is not supported. Disabling autocast.\n${NAME} Autocast only supports dtypes of torch.bfloat16, torch.float16 currently.`,
    );
    on = false;
  }
  bringAutocast();
  const now = modes();
  const session = { castCache: now.castCache ?? new WeakMap(), castsOnce: cache_enabled ?? now.castsOnce };
  return name === null ? session : { autocast: on, castTo, castOn: name, ...session };
}

const FWD = "custom_fwd(callable fwd, *, object device_type, dtype? cast_inputs=None) -> callable";
const BWD = "custom_bwd(callable bwd, *, object device_type) -> callable";
type Forward = (ctx: FunctionContext, ...args: never[]) => unknown;
const ofForward = new WeakMap<FunctionContext, { readonly enabled: boolean; readonly dtype: Dtype }>();
/**
 * For the `forward` of a Function: it runs as autocast is where it is called, or, with `cast_inputs`, without it on floats of
 * that dtype. As `torch.amp.custom_fwd`; give backward to `custom_bwd`.
 */
export function custom_fwd<F extends Forward>(
  fwd: F,
  options: { readonly device_type: string; readonly cast_inputs?: Dtype | null },
): F;
export function custom_fwd(...given: unknown[]): unknown {
  const { fwd, device_type, cast_inputs } = bindArguments<typeof FWD, { fwd: Forward; device_type: string }>(
    FWD,
    given,
  );
  checkType(device_type);
  return ((ctx: FunctionContext, ...args: never[]) => {
    const enabled = is_autocast_enabled(device_type);
    ofForward.set(ctx, { enabled: enabled && cast_inputs === null, dtype: get_autocast_dtype(device_type) });
    if (cast_inputs === null || !enabled) return fwd(ctx, ...args);
    return scoped("autocast", { autocast: false }, () =>
      fwd(ctx, ...(args.map((x) => castTree(x, cast_inputs)) as never[])),
    );
  }) as Forward;
}
const castTree = (x: unknown, dtype: Dtype): unknown => {
  if (x instanceof Tensor) return x.dtype.is_floating_point && x.dtype.name !== "float64" ? x.to(dtype) : x;
  if (Array.isArray(x)) return x.map((y) => castTree(y, dtype));
  return isNode(x) ? Object.fromEntries(Object.entries(x).map(([key, y]) => [key, castTree(y, dtype)])) : x;
};
/** For the `backward` of a Function whose forward is custom_fwd's: autocast is as it was there. As `torch.amp.custom_bwd`. */
export function custom_bwd<B extends Forward>(bwd: B, options: { readonly device_type: string }): B;
export function custom_bwd(...given: unknown[]): unknown {
  const { bwd, device_type } = bindArguments<typeof BWD, { bwd: Forward; device_type: string }>(BWD, given);
  checkType(device_type);
  return ((ctx: FunctionContext, ...grads: never[]) => {
    const { enabled, dtype } = ofForward.get(ctx) ?? { enabled: false, dtype: bfloat16 };
    return scoped("autocast", regionOf(device_type, dtype, enabled, null), () => bwd(ctx, ...grads));
  }) as Forward;
}
function checkType(device_type: unknown): void {
  if (typeof device_type !== "string")
    throw new ValueError(`Expected \`device_type\` of type \`str\`, got: \`${classText(device_type)}\``);
}
