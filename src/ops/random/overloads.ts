// Draws to which PyTorch gives several signatures.
import { isAny } from "../common/looks.ts";
import type { DeviceLike } from "../../devices/device.ts";
import type { Dtype, Scalar } from "../../base/dtype.ts";
import { int64 } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { withGrad } from "../../autograd/mode.ts";
import { broadcastShapes } from "../../base/layout.ts";
import { deviceOf, empty as allocate, emptyLike } from "../../tensor/allocate.ts";
import type { MemoryFormat } from "../../base/memory_format.ts";
import { drawnAt, isBatched } from "../../dispatch/levels.ts";
import { overload, overloaded } from "../../dispatch/overloads.ts";
import { default_generator } from "../../random/generator.ts";
import type { Generator } from "../../random/generator.ts";
import { _drawn_by, integersInto } from "./random.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { asLeaf, checkSize } from "../creation/from_data.ts";
import { empty } from "../creation/creation.ts";
import type { FactoryOptions } from "../creation/from_data.ts";

export interface RandomOptions extends FactoryOptions {
  generator?: Generator | null;
}
export interface RandomLikeOptions extends RandomOptions {
  memory_format?: MemoryFormat | null;
}
type Bound = number | bigint;
interface Randint {
  (high: Bound, size: readonly number[], options?: RandomOptions): Tensor;
  (low: Bound, high: Bound, size: readonly number[], options?: RandomOptions): Tensor;
  (high: Bound, options: RandomOptions & { size: readonly number[] }): Tensor;
  (options: RandomOptions & { low?: Bound; high: Bound; size: readonly number[] }): Tensor;
}
const OPTIONS =
  "Generator? generator=None, dtype? dtype=None, layout? layout=None, device? device=None, bool requires_grad=False";
const LIKE_OPTIONS = `${OPTIONS}, memory_format? memory_format=None` as const;
function randomInts(
  low: Bound,
  high: Bound,
  size: readonly number[],
  generator: Generator | null,
  dtype: Dtype | null,
  _layout: unknown,
  device: DeviceLike | null,
  requires_grad: boolean,
): Tensor {
  const made = drawnAt(checkSize(size), (sizes) =>
    drawInts(allocate(sizes, dtype ?? int64, undefined, deviceOf(device)), low, high, generator),
  );
  return asLeaf(made, requires_grad);
}
/** Whole numbers from low (0 by default) up to but not including high; int64 unless a dtype is given. As `torch.randint`. */
export const randint = overloaded<Randint>(
  overload(`randint(integer high, SymInt[] size, *, ${OPTIONS}) -> Tensor`, (...values) => randomInts(0, ...values)),
  overload(`randint(integer low, integer high, SymInt[] size, *, ${OPTIONS}) -> Tensor`, randomInts),
);
interface RandintLike {
  (input: Tensor, high: Bound, options?: RandomLikeOptions): Tensor;
  (input: Tensor, low: Bound, high: Bound, options?: RandomLikeOptions): Tensor;
  (input: Tensor, options: RandomLikeOptions & { low?: Bound; high: Bound }): Tensor;
}
function randomIntsLike(
  self: Tensor,
  low: Bound,
  high: Bound,
  generator: Generator | null,
  dtype: Dtype | null,
  _layout: unknown,
  device: DeviceLike | null,
  requires_grad: boolean,
  memory_format: MemoryFormat | null,
): Tensor {
  const made = drawnAt(self.sizes, (sizes) => {
    const like = sizes === self.sizes ? emptyLike(self, { dtype, device, memory_format }) : null;
    return drawInts(like ?? allocate(sizes, dtype ?? self.dtype), low, high, generator);
  });
  return asLeaf(made, requires_grad);
}
/** {@link randint} at the sizes, dtype and strides of `input`. As `torch.randint_like`. */
export const randint_like = overloaded<RandintLike>(
  overload(`randint_like(Tensor self, integer high, *, ${LIKE_OPTIONS}) -> Tensor`, (self, ...values) =>
    randomIntsLike(self, 0, ...values),
  ),
  overload(`randint_like(Tensor self, integer low, integer high, *, ${LIKE_OPTIONS}) -> Tensor`, randomIntsLike),
);
function drawInts(out: Tensor, low: Bound, high: Bound, generator: Generator | null): Tensor {
  if (low >= high)
    throw new RuntimeError(`random_ expects 'from' to be less than 'to', but got from=${low} >= to=${high}`);
  return integersInto(out, low, high, generator ?? default_generator);
}
interface NormalOptions {
  generator?: Generator | null;
  out?: Tensor | null;
}
interface Normal {
  (mean: Tensor | number, std: Tensor, options?: NormalOptions): Tensor;
  (mean: Tensor, std?: number | (NormalOptions & { std?: number | Tensor }), options?: NormalOptions): Tensor;
  (mean: number, std: number, size: readonly number[], options?: RandomOptions & NormalOptions): Tensor;
  (mean: number, std: number, options: RandomOptions & NormalOptions & { size: readonly number[] }): Tensor;
  (options: RandomOptions & { mean: number; std: number; size: readonly number[] }): Tensor;
  (options: NormalOptions & { mean: Tensor | number; std?: Tensor | number }): Tensor;
}
/** Draws for a shape, as `like` is. */
const drawn = (
  shape: readonly number[],
  like: FactoryOptions,
  mean: Scalar,
  std: Scalar,
  generator: Generator | null,
) => drawnAt(shape, (sizes) => empty(sizes, like).normal_(Number(mean), Number(std), { generator }));
function normalBy(mean: Tensor | Scalar, std: Tensor | Scalar, generator: Generator | null): Tensor {
  const { dtype, device } = mean instanceof Tensor ? mean : (std as Tensor);
  const like = { dtype, device };
  const made = withGrad(false, () => {
    if (!(std instanceof Tensor)) return drawn((mean as Tensor).sizes, like, 0, std, generator).add_(mean);
    if (std.dtype.is_complex) throw new RuntimeError("normal expects standard deviation to be non-complex");
    if (!isBatched(std) && isAny(std.lt(0))) throw new RuntimeError("normal expects all elements of std >= 0.0");
    const shape = mean instanceof Tensor ? broadcastShapes(mean.sizes, std.sizes) : std.sizes;
    return drawn(shape, like, 0, 1, generator).mul_(std).add_(mean);
  });
  return _drawn_by(made, mean, std);
}
/**
 * Normal draws: of a mean and a deviation for each element (broadcast), one of which may be a number; or of two numbers,
 * of a given size. Raises RuntimeError for a negative deviation. As `torch.normal`.
 * @example torch.normal(torch.arange(3).float(), 0.1)
 */
export const normal = overloaded<Normal>(
  overload("normal(Tensor mean, Tensor|Scalar std=1.0, *, Generator? generator=None) -> Tensor", normalBy),
  overload("normal(Scalar mean, Tensor std, *, Generator? generator=None) -> Tensor", normalBy),
  overload(
    `normal(Scalar mean, Scalar std, SymInt[] size, *, ${OPTIONS}) -> Tensor`,
    (mean, std, size, generator, dtype, _layout, device, requires_grad) =>
      asLeaf(drawn(size, { dtype, device }, mean, std, generator), requires_grad),
  ),
);
