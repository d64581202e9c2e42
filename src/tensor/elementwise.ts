// Elementwise kernels on tensors: how operands are laid under the shape of the result, and copies from tensor to tensor.
import type { Dtype, Scalar } from "../base/dtype.ts";
import { Complex, Float, float64, scalarDtype } from "../base/dtype.ts";

import { assertHolds } from "../base/dtype_info.ts";
import { RuntimeError } from "../base/errors.ts";
import { input, param } from "../kernel/expr.ts";
import { isHalf } from "../kernel/half.ts";
import { Kernel, operand } from "../kernel/loops.ts";
import type { Operand } from "../kernel/loops.ts";
import { copyStrides, expandStrides, isContiguous, isDense, isExpanded, numel, sameShape } from "../base/layout.ts";
import type { Shape } from "../base/layout.ts";
import { strided } from "../base/memory_format.ts";
import { empty } from "./allocate.ts";
import { turned } from "./lazy.ts";
import { Tensor } from "./tensor.ts";

/** Runs the kernel at every element of `shape`, which the result has; operands are broadcast to it. */
export function launch(
  kernel: Kernel,
  shape: Shape,
  tensors: readonly Tensor[],
  out: Tensor,
  numbers: readonly Scalar[],
): void {
  if (isContiguous(shape, out.strides) && areFlat(tensors, shape)) return launchFlat(kernel, tensors, out, numbers);
  const operands: Operand[] = tensors.map((t) => operand(t, expandStrides(t.sizes, t.strides, shape)));
  operands.push(operand(out, out.strides));
  out.backend.launch(kernel, { shape, reduced: 0, operands, params: numbers });
}
/** Whether all have this shape and lie in row-major order: then one loop without strides does it. */
export function areFlat(tensors: readonly Tensor[], shape: Shape): boolean {
  for (let i = 0; i < tensors.length; i++) {
    const t = tensors[i];
    if (!isContiguous(t.sizes, t.strides) || !sameShape(t.sizes, shape)) return false;
  }
  return true;
}
const ONE = [1];
/** The same for operands that all lie flat: one loop. */
export function launchFlat(kernel: Kernel, tensors: readonly Tensor[], out: Tensor, numbers: readonly Scalar[]): void {
  const n = tensors.length;
  const operands = new Array<Operand>(n + 1);
  for (let i = 0; i < n; i++) operands[i] = operand(tensors[i], ONE);
  operands[n] = operand(out, ONE);
  out.backend.launch(kernel, { shape: [numel(out.sizes)], reduced: 0, operands, params: numbers });
}

/** A number as a tensor of that dtype would hold it. */
export function castScalar(x: Scalar, dtype: Dtype): Scalar {
  assertHolds(x, dtype);
  if (dtype.is_differentiable) return x;
  if (dtype.name === "bool") return x instanceof Complex ? x.re !== 0 || x.im !== 0 : Number(x) !== 0;
  return typeof x === "number" || x instanceof Float ? Math.trunc(Number(x)) : x;
}

/** In which dtype a kernel is told a number: the one that is filled, unless that would lose more than the filling does. */
function fillDtype(x: Scalar, to: Dtype): Dtype {
  const isLossy = x instanceof Complex ? !to.is_complex : typeof x === "bigint" && to.is_differentiable;
  return isLossy ? scalarDtype(x) : to;
}
const LAZY = [null, "conj", "neg"] as const;
const copies = new Map<number, Kernel>();
/** Writes `source`, broadcast and cast, into `target`. The shapes are known to fit. Bumps no version. */
export function assign(target: Tensor, source: Tensor | Scalar): void {
  const isTensor = source instanceof Tensor;
  const from = isTensor ? source.dtype : fillDtype(source, target.dtype);
  // See Note [Conjugated views].
  const seen = isTensor ? source.lazy : null;
  const turns = seen === target.lazy ? 0 : LAZY.indexOf(seen) * LAZY.length + LAZY.indexOf(target.lazy);
  const key = turns * 2048 + (isTensor ? 0 : 1024) + from.code * 32 + target.dtype.code;
  let kernel = copies.get(key);
  if (!kernel) {
    const given = isTensor ? input(0, from) : param(0, from);
    // Where both are turned, neither is.
    const value = turns === 0 ? given.cast(target.dtype) : turned(turned(given, seen).cast(target.dtype), target.lazy);
    kernel = new Kernel({
      inputs: isTensor ? [from] : [],
      params: isTensor ? [] : [from],
      outputs: [{ dtype: target.dtype, value }],
    });
    copies.set(key, kernel);
  }
  if (!isTensor) {
    // PyTorch fills 16-bit floats with what the number is rounded to, infinity if need be.
    assertHolds(source, isHalf(target.dtype) ? float64 : target.dtype);
    launch(kernel, target.sizes, [], target, [source]);
  } else {
    assertNoOverlap(target, [source]);
    launch(kernel, target.sizes, [source], target, []);
  }
}

/** Refuses to write where one element lies under several indices, or under a shifted view of a source. */
export function assertNoOverlap(target: Tensor, sources: readonly Tensor[]): void {
  if (target.sizes.includes(0)) return;
  if (isExpanded(target.sizes, target.strides))
    throw new RuntimeError(
      "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.",
    );
  for (const s of sources) {
    if (s.layout !== strided || s.storage.block !== target.storage.block || s === target) continue;
    if (s.offset === target.offset && sameShape(s.strides, target.strides) && sameShape(s.sizes, target.sizes))
      continue;
    assertApart(target, s);
  }
}
/** Refuses to write into elements that are read in another order. */
export function assertApart(target: Tensor, source: Tensor): void {
  if (source.storage.block === target.storage.block && extent(source, target))
    throw new RuntimeError(
      "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please clone() the tensor before performing the operation.",
    );
}
/** Whether two tensors of one storage may share an element: dense runs that intersect. PyTorch, too, only refuses what it is sure of. */
function extent(a: Tensor, b: Tensor): boolean {
  if (numel(a.sizes) === 0 || numel(b.sizes) === 0) return false;
  if (!isDense(a.sizes, a.strides) || !isDense(b.sizes, b.strides)) return false;
  return a.offset < b.offset + numel(b.sizes) && b.offset < a.offset + numel(a.sizes);
}

/** The same numbers, as they are seen, where they lie otherwise in memory: see Note [Conjugated views]. */
export function settled(t: Tensor): Tensor {
  if (t.lazy === null) return t;
  const copy = empty(t.sizes, t.dtype, copyStrides(t.geometry), t.backend);
  assign(copy, t);
  return copy;
}
