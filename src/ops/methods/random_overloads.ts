// Random functions whose arguments no one signature describes.
import { typeWord } from "../../type_word.ts";
import type { Dtype } from "../../dtype.ts";
import { int64 } from "../../dtype.ts";
import { RuntimeError } from "../../errors.ts";
import { no_grad } from "../../autograd/mode.ts";
import { broadcastShapes } from "../../layout.ts";
import { empty as allocate } from "../../allocate.ts";
import { default_generator } from "../../random.ts";
import type { Generator } from "../../random.ts";
import { randintFill } from "../../random_fill.ts";
import { Tensor } from "../../tensor.ts";
import { asLeaf, checkSize, filledOnHost } from "../data.ts";
import { empty } from "../creation.ts";
import type { FactoryOptions } from "../data.ts";
import { _bernoulli_fill_ } from "../random.ts";

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
  if (!Array.isArray(size))
    throw new TypeError(`randint(): argument 'size' must be tuple of ints, not ${typeWord(size)}`);
  return drawInts("randint", low, high, size, options.dtype ?? int64, options);
}
/** {@link randint} at the sizes and dtype of `input`. As `torch.randint_like`. */
export function randint_like(input: Tensor, high: number | bigint, options?: RandomOptions): Tensor;
export function randint_like(
  input: Tensor,
  low: number | bigint,
  high: number | bigint,
  options?: RandomOptions,
): Tensor;
export function randint_like(input: Tensor, ...given: unknown[]): Tensor {
  const [low, high, options = {}] = (
    typeof given[1] === "number" || typeof given[1] === "bigint" ? given : [0, ...given]
  ) as [number | bigint, number | bigint, RandomOptions?];
  return drawInts("randint_like", low, high, input.sizes, options.dtype ?? input.dtype, options);
}
function drawInts(
  name: string,
  low: number | bigint,
  high: number | bigint,
  size: readonly number[],
  dtype: Dtype,
  options: RandomOptions,
): Tensor {
  for (const [bound, x] of Object.entries({ low, high }))
    if (!Number.isInteger(x) && typeof x !== "bigint")
      throw new TypeError(`${name}(): argument '${bound}' must be int, not ${typeWord(x)}`);
  if (low >= high)
    throw new RuntimeError(`random_ expects 'from' to be less than 'to', but got from=${low} >= to=${high}`);
  const out = allocate(checkSize(size), dtype);
  filledOnHost(out, (drawn) => randintFill(drawn, low, high, options.generator ?? default_generator, dtype));
  return asLeaf(out, options.requires_grad ?? false);
}
/**
 * Normal draws: of a mean and a deviation for each element (broadcast), one of which may be a number; or of two numbers,
 * of a given size. Raises RuntimeError for a negative deviation. As `torch.normal`.
 * @example torch.normal(torch.arange(3).float(), 0.1)
 */
export function normal(mean: Tensor | number, std: Tensor, options?: { generator?: Generator | null }): Tensor;
export function normal(mean: Tensor, std?: number, options?: { generator?: Generator | null }): Tensor;
export function normal(mean: number, std: number, size: readonly number[], options?: RandomOptions): Tensor;
export function normal(mean: Tensor | number, std: Tensor | number = 1, ...given: unknown[]): Tensor {
  if (!(mean instanceof Tensor) && !(std instanceof Tensor)) {
    const [size, options = {}] = given as [number[], RandomOptions?];
    if (!Array.isArray(size)) throw new TypeError('normal() missing 1 required positional argument: "size"');
    const { generator = null, requires_grad = false, ...made } = options;
    return asLeaf(empty(size, made).normal_(mean, std, { generator }), requires_grad);
  }
  const { generator = null } = (given[0] ?? {}) as RandomOptions;
  const like = mean instanceof Tensor ? mean : (std as Tensor);
  return no_grad(() => {
    if (!(std instanceof Tensor)) return like.new_empty(like.sizes).normal_(0, std, { generator }).add_(mean);
    if (std.numel() > 0 && std.lt(0).any().item()) throw new RuntimeError("normal expects all elements of std >= 0.0");
    const shape = mean instanceof Tensor ? broadcastShapes(mean.sizes, std.sizes) : std.sizes;
    return like.new_empty(shape).normal_(0, 1, { generator }).mul_(std).add_(mean);
  });
}
declare module "../../tensor.ts" {
  interface Tensor {
    /** Overwrites self with 1s and 0s: with probability `p`, a number or a tensor of probabilities. */
    bernoulli_(p?: number | Tensor, options?: { generator?: Generator | null }): Tensor;
  }
}
Tensor.prototype.bernoulli_ = function (p = 0.5, { generator = null } = {}) {
  if (p instanceof Tensor) return this.copy_(p.expand(this.sizes).bernoulli({ generator }));
  return _bernoulli_fill_(this, p, { generator });
};
