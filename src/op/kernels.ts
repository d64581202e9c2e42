// The kinds of kernel that need no loops of their own: views, composites, and code written with other ops.
import type { Layout } from "../layout.ts";
import { Tensor } from "../tensor.ts";
import type { KernelFor } from "./op.ts";
import type { Schema, Values } from "./schema.ts";

type Results = Tensor | readonly Tensor[];
const named = (values: readonly unknown[], { args }: Schema): Record<string, unknown> => {
  const out: Record<string, unknown> = {};
  for (let i = 0; i < args.length; i++) out[args[i].name] = values[i];
  return out;
};

/** Shares self's storage under another layout; a list of layouts gives a list of views. */
export function view<S extends string>(
  layout: (self: Layout, args: Omit<Values<S>, "self">) => Layout | readonly Layout[],
): KernelFor<S> {
  const seen = (t: Tensor, l: Layout): Tensor => new Tensor(t.storage, t.dtype, l.shape, l.strides, l.offset);
  return {
    kind: "view",
    run(values, schema) {
      const self = values[0] as Tensor;
      const made = layout(self.layout, named(values, schema) as Values<S>);
      return Array.isArray(made) ? made.map((l: Layout) => seen(self, l)) : seen(self, made as Layout);
    },
  };
}

/** Differentiable ops put together: the derivative follows from theirs. */
export function composite<S extends string>(body: (args: Values<S>) => Results): KernelFor<S> {
  return { kind: "composite", run: (values, schema) => body(named(values, schema) as Values<S>) };
}

/** Code on tensors or on host memory that is not recorded; the op has a derivative of its own, or none. */
export function compute<S extends string>(body: (args: Values<S>) => Results): KernelFor<S> {
  return { kind: "compute", run: (values, schema) => body(named(values, schema) as Values<S>) };
}
