// Kernels that fold dims away, or run along one.
import type { Dtype } from "../base/dtype.ts";
import { opmath } from "../base/dtype.ts";
import { IndexError, RuntimeError } from "../base/errors.ts";
import { input } from "../kernel/expr.ts";
import type { Expr } from "../kernel/expr.ts";
import type { Accumulator, Operand } from "../kernel/loops.ts";
import { Kernel, operand } from "../kernel/loops.ts";
import { contiguousStrides, wrapDims } from "../base/layout.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { empty } from "../tensor/allocate.ts";
import type { KernelFor } from "../dispatch/declare.ts";
import type { ParsedArg } from "../dispatch/schema.ts";

/** The fold itself: accumulators over x, and what is stored of them. */
export interface Fold {
  readonly accs: readonly Accumulator[];
  readonly outputs: readonly Expr[];
}
export interface ReduceSpec {
  /** In which dtype x arrives, from self's and the argument `dtype`. Raises for dtypes it cannot take. */
  readonly compute?: (dtype: Dtype, asked: Dtype | null) => Dtype;
  readonly fold: (x: Expr) => Fold;
  /** Raise IndexError when a dim of size 0 is folded, as ops without an identity do. */
  readonly needsElements?: boolean;
}

/** A fold over the argument `dim` (int, list, or null for all) with `keepdim`. */
export function reduce<S extends string>(spec: ReduceSpec): KernelFor<S> {
  const kernels = new Map<number, Kernel>();
  return {
    kind: "loops",
    run(values, { name, args }) {
      const self = values[0] as Tensor;
      const given = named(values, args, "dim") as Dims;
      const dims = wrapDims(typeof given === "number" ? [given] : given, self.sizes.length);
      if (spec.needsElements) assertElements(name.replace(/^_(\w+)_dim$/, "$1"), self, dims, given);
      const compute = spec.compute?.(self.dtype, named(values, args, "dtype") as Dtype | null) ?? self.dtype;
      const key = self.dtype.code * 16 + compute.code;
      let kernel = kernels.get(key);
      if (!kernel) kernels.set(key, (kernel = foldKernel(self.dtype, compute, spec.fold)));
      const outs = runFold(kernel, self, dims, named(values, args, "keepdim") === true);
      return outs.length === 1 ? outs[0] : outs;
    },
  };
}
/** The value of an argument; null if the op has none of that name. */
function named(values: readonly unknown[], args: readonly ParsedArg[], name: string): unknown {
  for (let i = 0; i < args.length; i++) if (args[i].name === name) return values[i];
  return null;
}
export function foldKernel(dtype: Dtype, compute: Dtype, fold: (x: Expr) => Fold): Kernel {
  const wide = opmath(compute);
  const { accs, outputs } = fold(input(0, dtype).cast(wide));
  return new Kernel({
    inputs: [dtype],
    outputs: outputs
      .map((value) => (value.dtype === wide ? value.cast(compute) : value))
      .map((value) => ({ dtype: value.dtype, value })),
    reduce: { accs, scan: false },
  });
}
export function runFold(kernel: Kernel, self: Tensor, dims: readonly number[], keepdim: boolean): Tensor[] {
  const { sizes, backend } = self;
  const rank = sizes.length;
  const outer = rank - dims.length;
  const shape = new Array<number>(rank).fill(1);
  const strides = new Array<number>(rank);
  const outShape = new Array<number>(keepdim ? rank : outer);
  let at = 0;
  let outAt = 0;
  for (let d = 0; d < rank; d++) {
    const folded = dims.includes(d);
    if (!folded || keepdim) outShape[outAt++] = folded ? 1 : sizes[d];
    if (folded) continue;
    shape[at] = sizes[d];
    strides[at++] = self.strides[d];
  }
  const outStrides = contiguousStrides(shape);
  for (let i = 0; i < dims.length; i++) {
    shape[outer + i] = sizes[dims[i]];
    strides[outer + i] = self.strides[dims[i]];
    outStrides[outer + i] = 0;
  }
  const outs = kernel.outputs.map((o) => empty(outShape, o.dtype, undefined, backend));
  const operands = new Array<Operand>(1 + outs.length);
  operands[0] = operand(self, strides);
  for (let i = 0; i < outs.length; i++) operands[1 + i] = operand(outs[i], outStrides);
  backend.launch(kernel, { shape, reduced: dims.length, operands, params: [] });
  return outs;
}
/** An empty list of dims means all, as if none were given. */
type Dims = number | readonly number[] | null;
const isGiven = (dim: Dims): boolean => typeof dim === "number" || (dim ?? []).length > 0;
function assertElements(name: string, { sizes }: Tensor, dims: readonly number[], given: Dims): void {
  if (!isGiven(given) && sizes.includes(0))
    throw new RuntimeError(
      `${name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`,
    );
  // Of several dims PyTorch names one as it was given.
  for (const [i, d] of dims.entries())
    if (sizes[d] === 0)
      throw new IndexError(
        `${name}(): Expected reduction dim ${Array.isArray(given) ? given[i] : d} to have non-zero size.`,
      );
}

/** A fold that stores at every step along the argument `dim`: results of self's shape. */
export function scan<S extends string>(spec: ReduceSpec): KernelFor<S> {
  const kernels = new Map<number, Kernel>();
  return {
    kind: "loops",
    run(values, { args }) {
      const self = values[0] as Tensor;
      const dims = wrapDims([named(values, args, "dim") as number], self.sizes.length);
      const compute = spec.compute?.(self.dtype, named(values, args, "dtype") as Dtype | null) ?? self.dtype;
      const key = self.dtype.code * 16 + compute.code;
      let kernel = kernels.get(key);
      if (!kernel) {
        const single = foldKernel(self.dtype, compute, spec.fold);
        kernels.set(key, (kernel = new Kernel({ ...single, reduce: { accs: single.reduce!.accs, scan: true } })));
      }
      const order = [...self.sizes.map((_, d) => d).filter((d) => !dims.includes(d)), ...dims];
      const outs = kernel.outputs.map((o) => empty(self.sizes, o.dtype, undefined, self.backend));
      self.backend.launch(kernel, {
        shape: order.map((d) => self.sizes[d]),
        reduced: dims.length,
        operands: [self, ...outs].map((t) =>
          operand(
            t,
            order.map((d) => t.strides[d]),
          ),
        ),
        params: [],
      });
      return outs.length === 1 ? outs[0] : outs;
    },
  };
}
