// The kinds of kernel that need no loops of their own: views, composites, and code written with other ops.
import type { Dtype } from "../base/dtype.ts";
import { float32 } from "../base/dtype.ts";
import { isHalf } from "../kernel/half.ts";
import type { Layout } from "../base/layout.ts";
import { contiguous_format, formatOf, stridesIn } from "../base/memory_format.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { KernelFor, OpKernel } from "../dispatch/declare.ts";
import type { Schema } from "../dispatch/schema.ts";
import type { Values } from "../dispatch/signature.ts";

type Results = Tensor | readonly Tensor[];
const named = (values: readonly unknown[], { args }: Schema): Record<string, unknown> => {
  const out: Record<string, unknown> = {};
  for (let i = 0; i < args.length; i++) out[args[i].name] = values[i];
  return out;
};

/** Shares self's storage under another layout; a list of layouts gives a list of views. */
export function view<S extends string>(
  layout: (self: Layout, args: Omit<Values<S>, "self">, dtype: Dtype) => Layout | readonly Layout[],
): KernelFor<S> {
  const seen = (t: Tensor, l: Layout): Tensor => t.laid(l.shape, l.strides, l.offset);
  return {
    kind: "view",
    run(values, schema) {
      const self = values[0] as Tensor;
      const made = layout(self.geometry, named(values, schema) as Values<S>, self.dtype);
      return Array.isArray(made) ? made.map((l: Layout) => seen(self, l)) : seen(self, made as Layout);
    },
  };
}

/**
 * A kernel that 16-bit floats enter as float32; what it gives is rounded to them once. PyTorch calls it opmath. Pointwise
 * kernels and folds do so by themselves.
 */
export function inOpmath<S extends string>(kernel: KernelFor<S>): KernelFor<S> {
  return {
    kind: kernel.kind,
    run(values, schema) {
      const half = values.find((v): v is Tensor => v instanceof Tensor && isHalf(v.dtype))?.dtype;
      if (half === undefined) return kernel.run(values, schema);
      const wide = values.map((v) => (v instanceof Tensor && isHalf(v.dtype) ? v.to(float32) : v));
      const back = (t: Tensor): Tensor => (t.dtype === float32 ? t.to(half) : t);
      const results = kernel.run(wide, schema);
      return results instanceof Tensor ? back(results) : results.map(back);
    },
  };
}

/**
 * A kernel whose results have their channels last where the first argument has, or one of those at `places`: PyTorch's
 * kernels for images keep a network in the format that its input came in.
 */
export function inFormat<S extends string>(kernel: KernelFor<S>, places: readonly number[] = [0]): KernelFor<S> {
  return {
    ...kernel,
    run(values, schema) {
      const results = kernel.run(values, schema);
      const of = values[places.find((i) => hasChannelsLast(values[i] as Tensor)) ?? -1] as Tensor | undefined;
      if (of === undefined) return results;
      return results instanceof Tensor ? formatted(results, of) : results.map((t) => formatted(t, of));
    },
  };
}
/** Whether PyTorch takes a tensor to be an image, or a volume, whose channels are last in memory. */
export const hasChannelsLast = (t: Tensor): boolean =>
  t.sizes.length > 3 && formatOf(t.sizes, t.strides) !== contiguous_format;
/** `t` with its channels last, if `of` has them so. */
export function formatted(t: Tensor, of: Tensor): Tensor {
  if (t.sizes.length !== of.sizes.length || !hasChannelsLast(of)) return t;
  const memory_format = formatOf(of.sizes, of.strides);
  // A size of 1 leaves its stride open; PyTorch gives it the format's all the same.
  const strides = stridesIn(memory_format, t.sizes);
  return strides.every((n, d) => t.strides[d] === n) ? t : t.clone({ memory_format });
}

/** Differentiable ops put together: the derivative follows from theirs. */
export function composite<S extends string>(body: (args: Values<S>) => Results): KernelFor<S> {
  return { kind: "composite", run: (values, schema) => body(named(values, schema) as Values<S>) };
}

/** Code on tensors that is not recorded; the op has a derivative of its own, or none. */
export function compute<S extends string>(body: (args: Values<S>) => Results): KernelFor<S> {
  return { kind: "compute", run: (values, schema) => body(named(values, schema) as Values<S>) };
}

/**
 * The same of code that reads or writes host memory: see Note [Ops on the host]. `elsewhere` does without, for devices that
 * have memory of their own.
 */
export function host<S extends string>(
  body: (args: Values<S>) => Results,
  elsewhere?: (args: Values<S>) => Results,
): KernelFor<S> {
  const run =
    (of: typeof body): OpKernel["run"] =>
    (values, schema) =>
      of(named(values, schema) as Values<S>);
  return { kind: "host", run: run(body), ...(elsewhere !== undefined && { elsewhere: run(elsewhere) }) };
}
