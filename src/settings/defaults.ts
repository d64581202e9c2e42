// What holds for the whole program: the dtype of numbers without one, threads, how tensors are printed.
import type { Dtype } from "../base/dtype.ts";
import * as dtypes from "../base/dtype.ts";
import * as threads from "../devices/cpu/threads/num_threads.ts";
import { callable } from "../dispatch/callable.ts";
import * as print from "../tensor/print.ts";

type PrintOptions = Required<Parameters<typeof print.set_printoptions>[0]>;

/** The dtype of numbers without one, as `torch.get_default_dtype`. */
export const get_default_dtype = callable("get_default_dtype() -> dtype", dtypes.get_default_dtype);
/** Sets the dtype that numbers get; only floating-point dtypes are accepted, as in `torch.set_default_dtype`. */
export const set_default_dtype = callable<{ d: Dtype }>()("set_default_dtype(object d) -> None", ({ d }) =>
  dtypes.set_default_dtype(d),
);
/** The smallest dtype that holds both, as `torch.promote_types`. */
export const promote_types = callable("promote_types(dtype type1, dtype type2) -> dtype", ({ type1, type2 }) =>
  dtypes.promote_types(type1, type2),
);
/** Whether a value of `from_` may be written into `to` by an in-place op, as `torch.can_cast`. */
export const can_cast = callable("can_cast(dtype from_, dtype to) -> bool", ({ from_, to }) =>
  dtypes.can_cast(from_, to),
);

/**
 * How many threads share the work of large ops: what {@link set_num_threads} said, else the environment variable
 * `TIDU_NUM_THREADS`, else as many as the machine runs at once. Always 1 where memory cannot be shared, as on web pages
 * that are not cross-origin isolated, or where no worker may be started. `torch.get_num_threads`.
 * @example
 * torch.get_num_threads();
 */
export const get_num_threads = callable("get_num_threads() -> int", threads.get_num_threads);
/**
 * Says how many threads may share the work of large ops, the calling one among them. Results do not depend on it.
 * Raises RuntimeError unless `n` is a positive integer, and warns where there can be one only. `torch.set_num_threads`.
 * @example
 * torch.set_num_threads(1);
 */
export const set_num_threads = callable<{ n: number }>()("set_num_threads(object n) -> None", ({ n }) =>
  threads.set_num_threads(n),
);

/**
 * Sets how tensors are printed, as `torch.set_printoptions`: first the profile, then the options given beside it.
 * What is not given stays, except `sci_mode`, which goes back to null as in PyTorch.
 * Raises ValueError for an unknown profile or an option that cannot be used, and then changes nothing.
 * @example
 * torch.set_printoptions({ precision: 2 });
 * String(torch.tensor([1.12345])); // "tensor([1.12])"
 * torch.set_printoptions({ profile: "default" });
 */
export const set_printoptions = callable<PrintOptions>()(
  "set_printoptions(object precision=None, object threshold=None, object edgeitems=None, object linewidth=None, object profile=None, object sci_mode=None) -> None",
  print.set_printoptions,
);
