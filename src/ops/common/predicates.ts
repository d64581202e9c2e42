// What functions tell of a tensor or of anything, without a tensor as result.
import { callable } from "../../dispatch/callable.ts";
import { overload, overloaded } from "../../dispatch/overloads.ts";
import { Tensor } from "../../tensor/tensor.ts";

/** Whether it is a tensor. As `torch.is_tensor`. @example torch.is_tensor(5) // false */
export const is_tensor = (obj: unknown): obj is Tensor => obj instanceof Tensor;
type Asks = (input: Tensor | { input: Tensor }) => boolean;
/** Whether it is of a dtype of floating point numbers. As `torch.is_floating_point`. */
export const is_floating_point = overloaded<Asks>(
  overload("is_floating_point(Tensor input) -> bool", (input) => input.is_floating_point()),
);
/** Whether it is of a complex dtype. As `torch.is_complex`. */
export const is_complex = overloaded<Asks>(overload("is_complex(Tensor input) -> bool", (input) => input.is_complex()));
/** Whether its dtype has negative numbers. As `torch.is_signed`. */
export const is_signed = overloaded<Asks>(overload("is_signed(Tensor input) -> bool", (input) => input.is_signed()));
/** Whether it sees the memory's numbers conjugated, as {@link conj} does. As `torch.is_conj`. */
export const is_conj = overloaded<Asks>(overload("is_conj(Tensor input) -> bool", (input) => input.is_conj()));
/** Whether it sees the memory's numbers with their signs changed. As `torch.is_neg`. */
export const is_neg = overloaded<Asks>(overload("is_neg(Tensor input) -> bool", (input) => input.is_neg()));
/** Whether it was made under `inference_mode`. As `torch.is_inference`. */
export const is_inference = overloaded<Asks>(
  overload("is_inference(Tensor input) -> bool", (input) => input.is_inference()),
);
/** Whether its one element is not zero. Raises RuntimeError if it has not one. As `torch.is_nonzero`. */
export const is_nonzero = overloaded<Asks>(overload("is_nonzero(Tensor input) -> bool", (input) => input.is_nonzero()));
/** Whether both have the same sizes. As `torch.is_same_size`. */
export const is_same_size = callable("is_same_size(Tensor input, Tensor other) -> bool", ({ input, other }) =>
  input.is_same_size(other),
);
/** -1: the number of a device that has none. As `torch.get_device`. */
export const get_device = overloaded<(input: Tensor | { input: Tensor }) => number>(
  overload("get_device(Tensor input) -> int", (input) => input.get_device()),
);
/** The number of its elements. As `torch.numel`. */
export const numel = overloaded<(input: Tensor | { input: Tensor }) => number>(
  overload("numel(Tensor input) -> int", (input) => input.numel()),
);
