// Shapes declared in words, checked when the program runs.
import { RuntimeError } from "../base/errors.ts";
import { list } from "../base/layout.ts";
import { dims } from "../nn/module/hooks.ts";
import { Tensor as Untyped } from "../tensor/tensor.ts";
import type { AnyTensor } from "./arguments.ts";
import type { Shape } from "./shape.ts";
import type { DtypeOf, Tensor } from "./tensor.ts";

/**
 * The same tensor, seen by the declared shape: numbers are sizes, names stand for a size each. Within a call of a module
 * a name always stands for the same size; outside of modules, within one `shaped`. Raises RuntimeError if the shape is
 * another. Also a method: `x.shaped("B", 3, 32, 32)`.
 * @example const images = shaped(batch, "B", 3, 32, 32); // Tensor<["B", 3, 32, 32]>
 */
export function shaped<const T extends AnyTensor, const S extends Shape>(x: T, ...shape: S): Tensor<S, DtypeOf<T>> {
  const { sizes } = x as unknown as Untyped;
  const declared = shape.join(", ");
  if (sizes.length !== shape.length)
    throw new RuntimeError(
      `shaped(): expected a tensor of shape [${declared}], but got ${list(sizes)}, which has ${sizes.length} dims`,
    );
  const found = new Map(dims.names);
  for (const [d, wanted] of shape.entries()) {
    const size = typeof wanted === "number" ? wanted : (found.get(wanted) ?? sizes[d]);
    if (sizes[d] !== size) {
      const what = typeof wanted === "number" ? "" : `: ${wanted} is ${size} here`;
      throw new RuntimeError(
        `shaped(): expected a tensor of shape [${declared}], but got ${list(sizes)} (dim ${d}${what})`,
      );
    }
    if (typeof wanted === "string") found.set(wanted, size);
  }
  if (dims.names !== undefined) dims.names = found;
  return x as unknown as Tensor<S, DtypeOf<T>>;
}
Object.defineProperty(Untyped.prototype, "shaped", {
  configurable: true,
  writable: true,
  value(this: Untyped, ...shape: Shape) {
    return shaped(this as unknown as AnyTensor, ...shape);
  },
});

/** The same tensor, seen as `tidu` sees it: for functions of other entries, which know no shapes. */
export const untyped = (x: AnyTensor): Untyped => x as unknown as Untyped;
