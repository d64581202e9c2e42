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
  assertOwn(result.dtype, target.dtype, name);
  if (!sameShape(target.sizes, result.sizes))
    throw new RuntimeError(
      `output with shape ${list(target.sizes)} doesn't match the broadcast shape ${list(result.sizes)}\n${name}() writes into its tensor, which cannot grow.`,
    );
  assertCast(result.dtype, target.dtype, name);
}
/** Raises if what has one dtype cannot be stored as another, of a lower category. */
export function assertCast(result: Dtype, target: Dtype, name: string): void {
  assertOwn(result, target, name);
  if (!can_cast(result, target))
    throw new RuntimeError(
      `result type ${result.legacyName} can't be cast to the desired output type ${target.legacyName}`,
    );
}

/** Ops that see to the dtype before anything else, with a sentence of their own. */
const OWN: Readonly<Record<string, (result: Dtype, target: Dtype) => string | null>> = {
  float_power_: (r, t) =>
    r === t
      ? null
      : `the base given to float_power_ has dtype ${t.legacyName} but the operation's result requires dtype ${r.legacyName}`,
  mvlgamma_: (r, t) =>
    can_cast(r, t)
      ? null
      : `mvlgamma: result type ${t.legacyName} can't be cast to the desired output type ${r.legacyName}`,
  ldexp_: (_, t) =>
    t.is_floating_point || t.is_complex ? null : `ldexp can't be cast to the desired output type ${t.legacyName}`,
};
function assertOwn(result: Dtype, target: Dtype, name: string): void {
  if (result === target) return;
  const sentence = OWN[name]?.(result, target) ?? null;
  if (sentence !== null) throw new RuntimeError(sentence);
}
