// Random functions whose arguments no one signature describes.
import type { Dtype } from "../dtype.ts";
import { int64 } from "../dtype.ts";
import { RuntimeError } from "../errors.ts";
import { empty as allocate } from "../allocate.ts";
import { default_generator } from "../random.ts";
import type { Generator } from "../random.ts";
import { randintFill } from "../random_fill.ts";
import { Tensor } from "../tensor.ts";
import { asLeaf, checkSize, filledOnHost } from "./data.ts";
import type { FactoryOptions } from "./data.ts";

export interface RandomOptions extends FactoryOptions {
  generator?: Generator | null;
}
/** Whole numbers from low (0 by default) up to but not including high; int64 unless a dtype is given. As `torch.randint`. */
export function randint(high: number | bigint, size: readonly number[], options?: RandomOptions): Tensor;
export function randint(
  low: number | bigint,
  high: number | bigint,
  size: readonly number[],
  options?: RandomOptions,
): Tensor;
export function randint(...given: unknown[]): Tensor {
  const [low, high, size, options = {}] = (
    typeof given[1] === "number" || typeof given[1] === "bigint" ? given : [0, ...given]
  ) as [number | bigint, number | bigint, number[], RandomOptions?];
  for (const [name, x] of [
    ["low", low],
    ["high", high],
  ] as const)
    if (!Number.isInteger(x) && typeof x !== "bigint")
      throw new TypeError(`randint(): argument '${name}' must be int, not ${typeof x}`);
  if (!Array.isArray(size)) throw new TypeError(`randint(): argument 'size' must be tuple of ints, not ${typeof size}`);
  if (low >= high)
    throw new RuntimeError(`random_ expects 'from' to be less than 'to', but got from=${low} >= to=${high}`);
  const dtype: Dtype = options.dtype ?? int64;
  const out = allocate(checkSize(size), dtype);
  filledOnHost(out, (values) => randintFill(values, low, high, options.generator ?? default_generator, dtype));
  return asLeaf(out, options.requires_grad ?? false);
}
declare module "../tensor.ts" {
  interface Tensor {
    /** Overwrites self with 1s and 0s: with probability `p`, a number or a tensor of probabilities. */
    bernoulli_(p?: number | Tensor, options?: { generator?: Generator | null }): Tensor;
  }
}
Tensor.prototype.bernoulli_ = function (p = 0.5, { generator = null } = {}) {
  if (p instanceof Tensor) return this.copy_(p.expand(this.sizes).bernoulli({ generator }));
  return this._bernoulli_fill_(p, { generator });
};
