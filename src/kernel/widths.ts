// Kernels with the dtypes that a device has: see Note [Widths].
import type { Dtype } from "../base/dtype.ts";
import { complexOf, float64, int64 } from "../base/dtype.ts";
import { index, precise, preciseComplex } from "./abstract.ts";
import { constant, Expr, rewriting } from "./expr.ts";
import { changed, Kernel } from "./loops.ts";

/** The dtypes that a device has for `precise` and `index`. */
export class Widths {
  readonly precise: Dtype;
  private readonly chosen: ReadonlyMap<Dtype, Dtype>;
  /** What became of each kernel, by its number. */
  private readonly known: Kernel[] = [];

  constructor(ofFloats: Dtype, ofPlaces: Dtype) {
    this.precise = ofFloats;
    this.chosen = new Map([
      [precise, ofFloats],
      [preciseComplex, complexOf(ofFloats)],
      [index, ofPlaces],
    ]);
  }
  /** The kernel in the dtypes of this device; itself if it names none that are to be chosen. */
  of(kernel: Kernel): Kernel {
    return (this.known[kernel.id] ??= this.choose(kernel));
  }
  private choose(kernel: Kernel): Kernel {
    const to = (d: Dtype): Dtype => this.chosen.get(d) ?? d;
    let isChanged = kernel.params.some((d) => to(d) !== d);
    const change = rewriting((e, src) => {
      const dtype = to(e.dtype);
      if (dtype === e.dtype && src.every((x, i) => x === e.src[i])) return e;
      isChanged = true;
      if (e.op === "const") return constant(e.value, dtype);
      return e.op === "cast" ? src[0].cast(dtype) : new Expr(e.op, src, dtype, e.value);
    });
    const { outputs, reduce } = changed(kernel, change);
    const accs = reduce?.accs.map((a) => ({ ...a, dtype: to(a.dtype) }));
    if (!isChanged) return kernel;
    return new Kernel({
      inputs: kernel.inputs,
      params: kernel.params.map(to),
      outputs,
      reduce: reduce && { ...reduce, accs: accs! },
    });
  }
}
/** 64 bits for both. */
export const WIDE = new Widths(float64, int64);
