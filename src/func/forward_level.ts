// The level of jvp: tensors with a tangent. Forward-mode differentiation.
import type { FunctionClass, FunctionContext } from "../autograd/function.ts";
import { RuntimeError } from "../base/errors.ts";
import { list, sameShape } from "../base/layout.ts";
import { run, runInPlace } from "../dispatch/call.ts";
import { Level, mapTensors, tensorsIn, Wrapped } from "../dispatch/levels.ts";
import type { Results } from "../dispatch/levels.ts";
import type { Entry } from "../dispatch/declare.ts";
import { Tensor } from "../tensor/tensor.ts";
import { ones_like, zeros_like } from "../ops/index.ts";
import { capturedWrite } from "./captured.ts";
import { customAt, listOf } from "./custom_function.ts";
import { products, recorded } from "./derivatives.ts";
import { rules } from "./batching_rules.ts";
import { aligned } from "./batching_call.ts";

type Values = readonly unknown[];

/** A tensor and how it changes: `holds` and, if it depends on the input at all, its tangent. */
export class Dual extends Wrapped {
  /** @internal */ tangent: Tensor | null;
  constructor(level: ForwardLevel, primal: Tensor, tangent: Tensor | null) {
    super(level, primal);
    this.tangent = tangent;
    if (tangent !== null) tangent.storage.kept = true;
  }
  override get isDifferentiated(): boolean {
    return this.tangent !== null || super.isDifferentiated;
  }
  override become(seen: Wrapped): void {
    super.become(seen);
    this.tangent = (seen as Dual).tangent;
  }
  override bare(): Tensor {
    return new Dual(this.level as ForwardLevel, this.holds, this.tangent);
  }
}

export class ForwardLevel extends Level {
  override readonly records = false;
  override readonly wraps = true;

  override compute(entry: Entry, values: Values): Results {
    const primals = mapTensors(values, this.innerOf);
    const results = this.lower(() => run(entry, primals));
    const list = results instanceof Tensor ? [results] : results;
    const tangents = this.lower(() => this.tangentsOf(entry, values, primals, list));
    const made = list.map((t, i) => new Dual(this, t, tangents[i] ?? null));
    return results instanceof Tensor ? made[0] : made;
  }
  override write(of: Entry, name: string, values: Values): void {
    const self = values[0] as Dual;
    const primals = mapTensors(values, this.innerOf);
    this.lower(() => {
      const copied = [self.holds.clone(), ...primals.slice(1)];
      const changed = tensorsIn(values).some((t) => this.tangentOf(t) !== null);
      const result = changed ? run(of, copied) : null;
      const [tangent] = result === null ? [null] : this.tangentsOf(of, values, copied, [result as Tensor]);
      runInPlace(of, name, primals);
      if (tangent !== null && self.dtype.is_differentiable)
        this.baseOf(self).tangent ??= zeros_like(this.baseOf(self).holds);
      this.tangentOf(self)?.copy_(tangent ?? zeros_like(self.holds));
    });
  }
  override custom(of: FunctionClass, args: Values): unknown {
    const given = mapTensors(args, (t) => (this.owns(t) ? t : this.wrap(t)));
    const compute = (inner: Values): unknown => this.lower(() => of.apply(...(inner as never[])));
    const seen = (ctx: FunctionContext, results: Values): void => this.pushCustom(of, ctx, given, results);
    return customAt(this, of, given, compute, seen);
  }
  /** What the Function's own jvp makes of tangents, one level down. */
  private pushCustom(of: FunctionClass, ctx: FunctionContext, args: Values, results: Values): void {
    const tensors = args.map((x) => (x instanceof Tensor ? x : null));
    if (tensors.every((t) => t === null || this.tangentOf(t) === null)) return;
    const tangents = tensors.map((t) => {
      if (t === null) return null;
      const none = ctx.materialize && t.dtype.is_differentiable;
      return this.tangentOf(t) ?? (none ? this.lower(() => zeros_like(this.innerOf(t))) : null);
    });
    ctx.shown = ctx.toSaveForward.map((t) => t && this.innerOf(t));
    const made = listOf(this.lower(() => of.jvp(ctx, ...(tangents as never[]))));
    ctx.shown = null;
    if (made.length !== results.length)
      throw new RuntimeError(
        `Function's jvp returned an invalid number of forward gradients (expected ${results.length} but got ${made.length})`,
      );
    for (const [i, tangent] of made.entries()) {
      const result = results[i];
      if (!(result instanceof Dual) || tangent === null) continue;
      assertTangent(result, tangent);
      const before = args.includes(result) ? this.tangentOf(result) : null;
      if (before === null) result.tangent = tangent;
      else if (before !== tangent) this.lower(() => before.copy_(tangent));
    }
  }
  wrap(t: Tensor): Dual {
    return new Dual(this, t, null);
  }
  override refuseWrite(of: Entry | null, name: string, values: Values): Error {
    return capturedWrite(of, name, values);
  }
  /** The tangent of a tensor; null if it does not depend on the input. Views have views of their base's. */
  tangentOf(t: Tensor): Tensor | null {
    if (!this.owns(t)) return null;
    const dual = t as Dual;
    const base = this.baseOf(dual);
    if (dual.tangent === null && base.tangent !== null)
      dual.tangent = base.tangent.as_strided(t.sizes, t.strides, base.tangent.offset + t.offset - base.offset);
    return dual.tangent;
  }
  private baseOf(t: Dual): Dual {
    return t.view_ === null ? t : (t.view_.base as Dual);
  }

  /** The tangents of an op's results. `values` has those of its arguments; one level down. */
  private tangentsOf(entry: Entry, values: Values, primals: Values, results: readonly Tensor[]): (Tensor | null)[] {
    if (tensorsIn(values).every((t) => this.tangentOf(t) === null)) return [];
    const { kernel } = entry.definition!;
    const isView = kernel.kind === "view" && entry.schema.name !== "_as_strided";
    if (isView || LINEAR.has(entry.schema.name)) {
      const tangent = laidAs(primals[0] as Tensor, this.tangentOf(values[0] as Tensor)!);
      const made = run(entry, [tangent, ...primals.slice(1)]);
      return made instanceof Tensor ? [made] : [...made];
    }
    if (entry.record === null) return [];
    const rule = rules[entry.schema.name] ?? (kernel.elementwise === true ? aligned : null);
    const isReal = tensorsIn([primals, results]).every((t) => !t.dtype.is_complex);
    if (rule === aligned && isReal && results.length === 1)
      return [this.elementwise(entry, values, primals, results[0])];
    return this.bySecondProduct(entry, values, primals, results);
  }
  /** Where each element has a derivative of its own, the formula for the gradient multiplies by it. */
  private elementwise({ schema, record }: Entry, values: Values, primals: Values, result: Tensor): Tensor | null {
    if (!result.dtype.is_differentiable) return null;
    const byName = (list: Values): Record<string, unknown> =>
      Object.fromEntries(schema.args.map(({ name }, i) => [name, list[i]]));
    const layoutOf = (of: (t: Tensor) => unknown): Record<string, unknown> =>
      byName(primals.map((v) => (v instanceof Tensor ? of(v) : null)));
    let sum: Tensor | null = null;
    for (const { arg, formula } of record!.formulas) {
      const value = values[arg];
      const tangent = value instanceof Tensor ? this.tangentOf(value) : null;
      if (tangent === null) continue;
      const grad = tangent.to(result.dtype).expand(result.shape);
      const context = {
        ...byName(primals),
        result,
        op: schema.name,
        grad,
        grads: [grad],
        sizes: layoutOf((t) => t.sizes),
        strides: layoutOf((t) => t.strides),
      };
      const part = formula(context as never) as Tensor | null;
      if (part !== null) sum = sum === null ? part : sum.add(part);
    }
    return sum?.expand(result.shape) ?? null;
  }
  /** The product with the transposed Jacobian is linear in its vector: its own derivative, anywhere, is the Jacobian. */
  private bySecondProduct(
    entry: Entry,
    values: Values,
    primals: Values,
    results: readonly Tensor[],
  ): (Tensor | null)[] {
    const given = tensorsIn(values);
    const moving = given.filter((t) => this.tangentOf(t) !== null);
    const tangents = moving.map((t) => this.tangentOf(t)!);
    const f = (xs: readonly Tensor[]): readonly Tensor[] => {
      let next = 0;
      const at = mapTensors(values, (t) => (this.tangentOf(t) === null ? this.innerOf(t) : xs[next++]));
      const made = run(entry, at);
      return made instanceof Tensor ? [made] : made;
    };
    const { inputs, value } = recorded(
      moving.map((t) => this.innerOf(t)),
      f as never,
    ) as unknown as { inputs: readonly Tensor[]; value: readonly Tensor[] };
    const places = value.flatMap((t, i) => (t.requires_grad ? [i] : []));
    if (places.length === 0) return [];
    const ys = places.map((i) => value[i]);
    const transposed = recorded(
      places.map((i) => ones_like(results[i])),
      ((us: readonly Tensor[]) => products(inputs, ys, us)) as never,
    ) as unknown as { inputs: readonly Tensor[]; value: readonly Tensor[] };
    const made = products(transposed.inputs, transposed.value, tangents);
    const out = new Array<Tensor | null>(value.length).fill(null);
    places.forEach((i, k) => (out[i] = made[k]));
    return out;
  }
}
/** Raises for a tangent that is not of the tensor's shape. */
export function assertTangent(x: Tensor, tangent: Tensor): void {
  if (!sameShape(x.sizes, tangent.sizes))
    throw new RuntimeError(
      `Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size ${list(x.sizes)} while the given forward gradient is of size ${list(tangent.sizes)}.`,
    );
}
/** Views ask for strides. */
const laidAs = (t: Tensor, tangent: Tensor): Tensor =>
  t.strides.every((s, d) => s === tangent.strides[d]) ? tangent : zeros_like(t).copy_(tangent);
/** Linear in self, and in nothing else. */
const LINEAR = new Set(
  "clone _to_copy sum mean cumsum neg flip roll tril triu repeat index_select gather _index _unsafe_view take _fft_c2c _fft_r2c _fft_c2r _conj pixel_shuffle pixel_unshuffle _im2col _col2im _upsample".split(
    " ",
  ),
);
