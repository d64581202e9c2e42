// Random functions whose arguments no one signature describes.
import { isAny } from "../common/looks.ts";
import type { Dtype } from "../../base/dtype.ts";
import { int64 } from "../../base/dtype.ts";
import { RuntimeError, TypeError } from "../../base/errors.ts";
import { withGrad } from "../../autograd/mode.ts";
import { broadcastShapes } from "../../base/layout.ts";
import { deviceOf, empty as allocate, emptyLike } from "../../tensor/allocate.ts";
import type { MemoryFormat } from "../../base/memory_format.ts";
import { bind, isOptions } from "../../dispatch/bind.ts";
import { drawnAt, isBatched } from "../../dispatch/levels.ts";
import { parseSchema } from "../../dispatch/schema.ts";
import { default_generator } from "../../random/generator.ts";
import type { Generator } from "../../random/generator.ts";
import { _bernoulli_by_, _bernoulli_fill_, _drawn_by } from "../random/random.ts";
import { randintFill } from "../../random/fill.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { asLeaf, checkSize, filledOnHost } from "../creation/from_data.ts";
import { empty } from "../creation/creation.ts";
import type { FactoryOptions } from "../creation/from_data.ts";

export interface RandomOptions extends FactoryOptions {
  generator?: Generator | null;
}
export interface RandomLikeOptions extends RandomOptions {
  memory_format?: MemoryFormat | null;
}
/** Whole numbers from low (0 by default) up to but not including high; int64 unless a dtype is given. As `torch.randint`. */
export function randint(high: number | bigint, size: readonly number[], options?: RandomOptions): Tensor;
export function randint(
  low: number | bigint,
  high: number | bigint,
  size: readonly number[],
  options?: RandomOptions,
): Tensor;
export function randint(high: number | bigint, options: RandomOptions & { size: readonly number[] }): Tensor;
export function randint(
  options: RandomOptions & { low?: number | bigint; high: number | bigint; size: readonly number[] },
): Tensor;
export function randint(...given: unknown[]): Tensor {
  const [low, high, size, dtype, device, generator, requires_grad] = bind(RANDINT, withLow(given)) as [
    Bound,
    Bound,
    number[],
    Dtype | null,
    string | null,
    Generator | null,
    boolean,
  ];
  const made = drawnAt(checkSize(size), (sizes) =>
    drawInts(allocate(sizes, dtype ?? int64, undefined, deviceOf(device)), low, high, generator),
  );
  return asLeaf(made, requires_grad);
}
const RANDINT = parseSchema(
  "randint(integer low, integer high, int[] size, *, dtype? dtype=None, device? device=None, Generator? generator=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
type Bound = number | bigint;
/** The lower bound may be left out, though it comes first. */
function withLow(given: readonly unknown[]): readonly unknown[] {
  const last = given.at(-1);
  const options = isOptions(last) ? last : {};
  if (typeof given[1] === "number" || typeof given[1] === "bigint" || given[1] instanceof Tensor) return given;
  if (Object.hasOwn(options, "low")) return given;
  if (!Object.hasOwn(options, "high")) return [0, ...given];
  return given.length === 1 ? [{ ...options, low: 0 }] : given;
}
/** {@link randint} at the sizes, dtype and strides of `input`. As `torch.randint_like`. */
export function randint_like(input: Tensor, high: number | bigint, options?: RandomLikeOptions): Tensor;
export function randint_like(
  input: Tensor,
  low: number | bigint,
  high: number | bigint,
  options?: RandomLikeOptions,
): Tensor;
export function randint_like(
  input: Tensor,
  options: RandomLikeOptions & { low?: number | bigint; high: number | bigint },
): Tensor;
export function randint_like(input: Tensor, ...given: unknown[]): Tensor {
  const [self, low, high, dtype, device, generator, requires_grad, memory_format] = bind(RANDINT_LIKE, [
    input,
    ...withLow(given),
  ]) as [Tensor, Bound, Bound, Dtype | null, string | null, Generator | null, boolean, MemoryFormat | null];
  const made = drawnAt(self.sizes, (sizes) => {
    const like = sizes === self.sizes ? emptyLike(self, { dtype, device, memory_format }) : null;
    return drawInts(like ?? allocate(sizes, dtype ?? self.dtype), low, high, generator);
  });
  return asLeaf(made, requires_grad);
}
const RANDINT_LIKE = parseSchema(
  "randint_like(Tensor input, integer low, integer high, *, dtype? dtype=None, device? device=None, Generator? generator=None, bool requires_grad=False, memory_format? memory_format=None, layout? layout=None) -> Tensor",
);
function drawInts(out: Tensor, low: Bound, high: Bound, generator: Generator | null): Tensor {
  if (low >= high)
    throw new RuntimeError(`random_ expects 'from' to be less than 'to', but got from=${low} >= to=${high}`);
  filledOnHost(out, (drawn) => randintFill(drawn, low, high, generator ?? default_generator, out.dtype));
  return out;
}
/**
 * Normal draws: of a mean and a deviation for each element (broadcast), one of which may be a number; or of two numbers,
 * of a given size. Raises RuntimeError for a negative deviation. As `torch.normal`.
 * @example torch.normal(torch.arange(3).float(), 0.1)
 */
export function normal(mean: Tensor | number, std: Tensor, options?: { generator?: Generator | null }): Tensor;
export function normal(mean: Tensor, std?: number, options?: { generator?: Generator | null }): Tensor;
export function normal(mean: number, std: number, size: readonly number[], options?: RandomOptions): Tensor;
export function normal(options: NormalOptions): Tensor;
export function normal(mean: Tensor | number, options: Omit<NormalOptions, "mean">): Tensor;
export function normal(
  mean: Tensor | number,
  std: Tensor | number,
  options: Omit<NormalOptions, "mean" | "std">,
): Tensor;
export function normal(...given: unknown[]): Tensor {
  const [mean, std, size, generator, dtype, device, requires_grad] = bind(NORMAL, given) as [
    Tensor | number,
    Tensor | number,
    number[] | null,
    Generator | null,
    Dtype | null,
    string | null,
    boolean,
  ];
  // With a size, tensors of no dims are taken for the numbers that they hold.
  const isNumber = (x: Tensor | number): boolean =>
    !(x instanceof Tensor) || (size !== null && x.sizes.length === 0 && !x.requires_grad);
  const numbers = isNumber(mean) && isNumber(std);
  const drawn = (shape: readonly number[], like: Tensor | null, mean: number, std: number): Tensor =>
    drawnAt(shape, (sizes) =>
      empty(sizes, { dtype: like?.dtype ?? dtype, device: device ?? like?.device }).normal_(mean, std, { generator }),
    );
  if (numbers) {
    if (size === null) throw new TypeError('normal() missing 1 required positional argument: "size"');
    return asLeaf(drawn(size, null, Number(mean), Number(std)), requires_grad);
  }
  if (size !== null)
    throw new TypeError(
      "normal() got an unexpected keyword argument 'size'\nIt goes with a mean and a std that are numbers.",
    );
  const like = mean instanceof Tensor ? mean : (std as Tensor);
  const made = withGrad(false, () => {
    if (!(std instanceof Tensor)) return drawn(like.sizes, like, 0, Number(std)).add_(mean);
    if (std.dtype.is_complex) throw new RuntimeError("normal expects standard deviation to be non-complex");
    if (!isBatched(std) && isAny(std.lt(0))) throw new RuntimeError("normal expects all elements of std >= 0.0");
    const shape = mean instanceof Tensor ? broadcastShapes(mean.sizes, std.sizes) : std.sizes;
    return drawn(shape, like, 0, 1).mul_(std).add_(mean);
  });
  return _drawn_by(made, mean, std);
}
interface NormalOptions extends RandomOptions {
  mean: Tensor | number;
  std?: Tensor | number;
  size?: readonly number[];
}
const NORMAL = parseSchema(
  "normal(Tensor|Scalar mean, Tensor|Scalar std=1.0, int[]? size=None, *, Generator? generator=None, dtype? dtype=None, device? device=None, bool requires_grad=False, layout? layout=None) -> Tensor",
);
declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /** Overwrites self with 1s and 0s: with probability `p`, a number or a tensor of probabilities. */
    bernoulli_(p?: number | Tensor, options?: { generator?: Generator | null }): Tensor;
    bernoulli_(options: { p?: number | Tensor; generator?: Generator | null }): Tensor;
  }
}
Tensor.prototype.bernoulli_ = function (this: Tensor, ...given: unknown[]) {
  const [self, p, generator] = bind(BERNOULLI, [this, ...given]) as [Tensor, Tensor | number, Generator | null];
  if (p instanceof Tensor) return _bernoulli_by_(self, p, { generator });
  return _bernoulli_fill_(self, Number(p), { generator });
};
const BERNOULLI = parseSchema("bernoulli_(Tensor self, Tensor|Scalar p=0.5, *, Generator? generator=None) -> Tensor");
