// What an in-place op may write into its tensor.
import type { Dtype } from "../dtype.ts";
import { can_cast } from "../dtype.ts";
import { RuntimeError } from "../errors.ts";
import { list, sameShape } from "../layout.ts";
import type { Shape } from "../layout.ts";

interface Result {
  readonly sizes: Shape;
  readonly dtype: Dtype;
}
/** Raises if `result` cannot be stored in `target`: another shape, or a dtype of a higher category. */
export function assertFits(target: Result, result: Result, name: string): void {
  if (!sameShape(target.sizes, result.sizes))
    throw new RuntimeError(
      `output with shape ${list(target.sizes)} doesn't match the broadcast shape ${list(result.sizes)}\n${name}() writes into its tensor, which cannot grow.`,
    );
  if (!can_cast(result.dtype, target.dtype))
    throw new RuntimeError(
      `result type ${result.dtype.legacyName} can't be cast to the desired output type ${target.dtype.legacyName}`,
    );
}
