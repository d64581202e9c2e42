// Parameters and buffers whose sizes are not known yet: those of lazy modules.
import { RuntimeError, ValueError } from "../../base/errors.ts";
import type { Shape } from "../../base/layout.ts";
import type { Dtype } from "../../base/dtype.ts";
import type { DeviceLike } from "../../devices/device.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import { empty } from "../../ops/creation/creation.ts";
import type { Size } from "../../tensor/tensor.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { Buffer, Parameter } from "./parameter.ts";

const MATERIALIZE = "materialize(SymInt[] shape, device? device=None, dtype? dtype=None) -> None";

const NO_SHAPE =
  "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` to initialize the parameters before accessing their attributes.";
const NO_USE =
  "Attempted to use an uninitialized parameter. This error happens when you are using a `LazyModule` or explicitly manipulating `torch.nn.parameter.UninitializedParameter` objects. When using LazyModules Call `forward` with a dummy batch to initialize the parameters before calling torch functions";

/** Has every use of the tensor's elements raise. */
export function guard(t: Tensor): void {
  Object.defineProperty(t.storage, "block", {
    get() {
      throw new ValueError(NO_USE);
    },
  });
}
const UNINITIALIZED =
  "UninitializedParameter(bool requires_grad=True, device? device=None, dtype? dtype=None) -> Parameter";
/**
 * A parameter that gets its sizes later, by `materialize`; it is a plain Parameter from then on, the same object. As
 * `torch.nn.UninitializedParameter`.
 * @example
 * const p = new nn.UninitializedParameter();
 * p.materialize([2, 3]);
 * p.shape // torch.Size([2, 3])
 */
export class UninitializedParameter extends Parameter {
  constructor(...args: Arguments<typeof UNINITIALIZED>) {
    const { requires_grad, device, dtype } = bindArguments(UNINITIALIZED, args);
    super(empty([0], { device, dtype }), requires_grad);
    guard(this);
  }
  /** Raises RuntimeError: there are no sizes yet. */
  override get shape(): Size {
    throw new RuntimeError(NO_SHAPE);
  }
  /** Gives it sizes and memory, whose elements are not set. */
  materialize(...args: Arguments<typeof MATERIALIZE>): void {
    const { shape, device, dtype } = bindArguments(MATERIALIZE, args);
    materialize(this, shape, device, dtype);
  }
  override toString(): string {
    return "<UninitializedParameter>";
  }
}
/** A buffer that gets its sizes later, as {@link UninitializedParameter} does. As `torch.nn.UninitializedBuffer`. */
export class UninitializedBuffer extends Buffer {
  constructor(...args: Arguments<typeof UNINITIALIZED>) {
    const { device, dtype } = bindArguments(UNINITIALIZED, args, "UninitializedBuffer");
    super(empty([0], { device, dtype }));
    guard(this);
  }
  /** Raises RuntimeError: there are no sizes yet. */
  override get shape(): Size {
    throw new RuntimeError(NO_SHAPE);
  }
  /** Gives it sizes and memory, whose elements are not set. */
  materialize(...args: Arguments<typeof MATERIALIZE>): void {
    const { shape, device, dtype } = bindArguments(MATERIALIZE, args);
    materialize(this, shape, device, dtype);
  }
  override toString(): string {
    return "<UninitializedBuffer>";
  }
}
export type Uninitialized = UninitializedParameter | UninitializedBuffer;
/** Whether a tensor has no sizes yet. */
export const isUninitialized = (t: Tensor | null): t is Uninitialized =>
  t instanceof UninitializedParameter || t instanceof UninitializedBuffer;

function materialize(t: Uninitialized, shape: Shape, device: DeviceLike | null, dtype: Dtype | null): void {
  t.data = empty(shape, { device: device ?? t.device, dtype: dtype ?? t.dtype });
  Object.setPrototypeOf(t, (t instanceof Parameter ? Parameter : Tensor).prototype);
}
/** What becomes of its dtype and device when a module is moved. */
export function convert(t: Uninitialized, f: (t: Tensor) => Tensor): void {
  t.data = f(empty([0], { dtype: t.dtype, device: t.device }));
  guard(t);
}
