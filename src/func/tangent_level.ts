// What levels of tensors with tangents share: forward-mode differentiation.
import type { FunctionClass, FunctionContext } from "../autograd/function.ts";
import { modes } from "../autograd/mode.ts";
import { RuntimeError } from "../base/errors.ts";
import { list, sameShape } from "../base/layout.ts";
import { run, runInPlace } from "../dispatch/call.ts";
import { Level, mapTensors, tensorsIn } from "../dispatch/levels.ts";
import type { Results } from "../dispatch/levels.ts";
import type { Entry } from "../dispatch/declare.ts";
import { Tensor } from "../tensor/tensor.ts";
import { ones_like, zeros_like } from "../ops/index.ts";
import { listOf } from "./custom_function.ts";
import { products, recorded } from "./derivatives.ts";
import { rules } from "./batching_rules.ts";
import { aligned } from "./batching_call.ts";

type Values = readonly unknown[];

/**
 * Note [Tangents]: a tensor's tangent tells how it changes with what is derived by. It is a tensor of the level below, of the same
 * shape; views have views of their base's, for which it is laid as its tensor as soon as there is a view or a write.
 */
export abstract class TangentLevel extends Level {
  override readonly records = false;

  /** The tangent of a tensor; null if it does not depend on the input. */
  abstract tangentOf(t: Tensor): Tensor | null;
  abstract setTangent(t: Tensor, tangent: Tensor): void;
  /** A tensor's value without its tangent, one level down. */
  abstract bareOf(t: Tensor): Tensor;
  /** A result of an op, with its tangent, as this level has it. */
  abstract made(t: Tensor, tangent: Tensor | null): Tensor;

  override compute(entry: Entry, values: Values): Results {
    const primals = mapTensors(values, this.innerOf);
    const results = this.lower(() => run(entry, primals));
    const all = results instanceof Tensor ? [results] : results;
    const tangents = modes().forwardGrad ? this.lower(() => this.tangentsOf(entry, values, all)) : [];
    const made = all.map((t, i) => this.made(t, t.dtype.is_differentiable ? (tangents[i] ?? null) : null));
    return results instanceof Tensor ? made[0] : made;
  }
  override write(of: Entry, name: string, values: Values): void {
    const self = values[0] as Tensor;
    const primals = mapTensors(values, this.innerOf);
    this.lower(() => {
      const inner = primals[0] as Tensor;
      // What was there before, for formulas.
      const copied: Values = [inner.clone(), ...primals.slice(1)];
      const changed = modes().forwardGrad && tensorsIn(values).some((t) => this.tangentOf(t) !== null);
      const result = changed ? run(of, copied) : null;
      const [tangent = null] = result === null ? [] : this.tangentsOf(of, values, [result as Tensor], copied[0]);
      runInPlace(of, name, primals);
      const base = self.view_?.base ?? self;
      if (tangent !== null && self.dtype.is_differentiable && this.tangentOf(base) === null)
        this.setTangent(base, zeros_like(this.innerOf(base)));
      if (this.tangentOf(self) !== null) this.laid(self).copy_(tangent ?? zeros_like(inner));
    });
  }
  /** What the Function's own jvp makes of tangents, one level down. */
  protected pushCustom(of: FunctionClass, ctx: FunctionContext, args: Values, results: Values): void {
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
      if (!(result instanceof Tensor) || tangent === null) continue;
      assertTangent(result, tangent);
      const before = args.includes(result) ? this.tangentOf(result) : null;
      if (before === null) this.setTangent(result, tangent);
      else if (before !== tangent) this.lower(() => before.copy_(tangent));
    }
  }
  /** The tangent of a tensor that has one, laid as it. */
  private laid(t: Tensor): Tensor {
    const tangent = this.tangentOf(t)!;
    const made = laidAs(this.innerOf(t), tangent);
    if (made !== tangent) this.setTangent(t, made);
    return made;
  }
  /** The tangents of an op's results; one level down. `values` has those of its arguments, of which self may be changed since. */
  private tangentsOf(entry: Entry, values: Values, made: readonly Tensor[], self: unknown = null): (Tensor | null)[] {
    if (tensorsIn(values).every((t) => this.tangentOf(t) === null)) return [];
    const results = made.map((t) => this.bareOf(t));
    const primals = mapTensors(values, (t) => this.bareOf(t));
    if (self !== null) primals[0] = self;
    const { kernel } = entry.definition!;
    const isView = kernel.kind === "view" && entry.schema.name !== "_as_strided";
    if (isView || LINEAR.has(entry.schema.name)) {
      const tangent = this.laid(values[0] as Tensor);
      const moved = run(entry, [tangent, ...primals.slice(1)]);
      return moved instanceof Tensor ? [moved] : [...moved];
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
      const grad = expanded(tangent.to(result.dtype), result);
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
    return sum === null ? null : expanded(sum, result);
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
      const at = mapTensors(values, (t) => (this.tangentOf(t) === null ? this.bareOf(t) : xs[next++]));
      const made = run(entry, at);
      return made instanceof Tensor ? [made] : made;
    };
    const { inputs, value } = recorded(
      moving.map((t) => this.bareOf(t)),
      f as never,
    ) as unknown as { inputs: readonly Tensor[]; value: readonly Tensor[] };
    const places = value.flatMap((t, i) => (t.requires_grad ? [i] : []));
    if (places.length === 0) return [];
    const ys = places.map((i) => value[i]);
    // At 1, for some take its logarithm; at 0 for several results, of which not each is determined alone (Note [Phases of vectors]).
    const anywhere = places.length > 1 ? zeros_like : ones_like;
    const transposed = recorded(
      places.map((i) => anywhere(results[i])),
      ((us: readonly Tensor[]) => products(inputs, ys, us)) as never,
    ) as unknown as { inputs: readonly Tensor[]; value: readonly Tensor[] };
    const made = products(transposed.inputs, transposed.value, tangents);
    const out = new Array<Tensor | null>(value.length).fill(null);
    places.forEach((i, k) => (out[i] = made[k]));
    return out;
  }
}
/** The tangent of a view: the same view of its base's. */
export const viewOf = (whole: Tensor, t: Tensor, base: Tensor): Tensor =>
  whole.as_strided(t.sizes, t.strides, whole.offset + t.offset - base.offset);
/** Raises for a tangent that is not of the tensor's shape. */
export function assertTangent(x: Tensor, tangent: Tensor): void {
  if (!sameShape(x.sizes, tangent.sizes))
    throw new RuntimeError(
      `Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size ${list(x.sizes)} while the given forward gradient is of size ${list(tangent.sizes)}.`,
    );
}
const expanded = (t: Tensor, { sizes }: Tensor): Tensor => (sameShape(t.sizes, sizes) ? t : t.expand([...sizes]));
/** The tangent with the strides of its tensor. */
export const laidAs = (t: Tensor, tangent: Tensor): Tensor =>
  t.strides.every((s, d) => s === tangent.strides[d]) ? tangent : zeros_like(t).copy_(tangent);
/** Linear in self, and in nothing else. */
const LINEAR = new Set(
  "clone _to_copy sum mean cumsum neg flip roll tril triu repeat index_select gather _index _unsafe_view take _fft_c2c _fft_r2c _fft_c2r _conj_physical pixel_shuffle pixel_unshuffle _im2col _col2im _upsample".split(
    " ",
  ),
);
