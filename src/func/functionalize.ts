// torch.func.functionalize.
import { RuntimeError } from "../base/errors.ts";
import { callable } from "../dispatch/callable.ts";

type Fn = (...args: never[]) => unknown;
const OPTIONS = `Valid options are:
     remove='mutations': all inplace and out= operators will be removed from the program, and replaced with their out-of-place equivalents.
     remove='mutations_and_views': In addition to the above, all aliasing operators {view} will be replaced with their non-aliasing counterparts, {view}_copy.
`;
const bound = callable<{ func: Fn }>()(
  "functionalize(callable func, *, object remove='mutations') -> callable",
  ({ func, remove }) => {
    if (remove !== "mutations" && remove !== "mutations_and_views")
      throw new RuntimeError(
        `functionalize(f, remove='mutations'): received invalid argument for remove=${String(remove)}. ${OPTIONS}`,
      );
    return func;
  },
);
/**
 * The function for what wants none that writes in place. Whoever calls it gets the same results, and finds in its arguments what it
 * wrote, as in PyTorch: what is replaced there shows in traces only, and here grad and vmap take functions that write in place as
 * they are. As `torch.func.functionalize`. Raises RuntimeError for any other `remove`.
 * @example torch.func.functionalize((x: torch.Tensor) => x.clone().add_(1))(torch.ones(2)); // tensor([2., 2.])
 */
export const functionalize: <F extends Fn>(
  func: F,
  options?: { remove?: "mutations" | "mutations_and_views" },
) => (...args: Parameters<F>) => ReturnType<F> = bound as never;
