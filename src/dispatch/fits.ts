// What an in-place op may write into its tensor.
import type { Dtype } from "../base/dtype.ts";
import { can_cast } from "../base/dtype.ts";
import { RuntimeError } from "../base/errors.ts";
import { list, sameShape } from "../base/layout.ts";
import type { Shape } from "../base/layout.ts";

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
  assertCast(result.dtype, target.dtype);
}
/** Raises if what has one dtype cannot be stored as another, of a lower category. */
export function assertCast(result: Dtype, target: Dtype): void {
  if (!can_cast(result, target))
    throw new RuntimeError(
      `result type ${result.legacyName} can't be cast to the desired output type ${target.legacyName}`,
    );
}
