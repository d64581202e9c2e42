// What levels of tensors with tangents share: forward-mode differentiation.
import type { FunctionClass, FunctionContext } from "../autograd/function.ts";
import { modes } from "../autograd/mode.ts";
import { help, NotImplementedError, RuntimeError } from "../base/errors.ts";
import { list, sameShape } from "../base/layout.ts";
import { run, runInPlace } from "../dispatch/call.ts";
import { isBatched, Level, mapTensors, tensorsIn } from "../dispatch/levels.ts";
import type { Results } from "../dispatch/levels.ts";
import type { Entry } from "../dispatch/declare.ts";
import { Tensor } from "../tensor/tensor.ts";
import { _new_zeros_with_same_feature_meta } from "../ops/creation/creation.ts";
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
  /** The tensor of which it is a view that changes with it. */
  rootOf(t: Tensor): Tensor {
    return t.view_?.base ?? t;
  }
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
      const base = this.rootOf(self);
      if (tangent !== null && self.dtype.is_differentiable && this.tangentOf(base) === null)
        this.setTangent(base, _new_zeros_with_same_feature_meta(tangent, this.innerOf(base)));
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
    const versions = new Map(tangents.map((t) => [t, t?.storage.version]));
    const made = listOf(this.lower(() => of.jvp(ctx, ...(tangents as never[]))));
    ctx.shown = null;
    if (made.length !== results.length)
      throw new RuntimeError(
        `Function's jvp returned an invalid number of forward gradients (expected ${results.length} but got ${made.length})`,
      );
    for (const [i, tangent] of made.entries()) {
      const result = results[i];
      if (!(result instanceof Tensor)) continue;
      if (!result.dtype.is_differentiable || ctx.nonDifferentiable.includes(result)) {
        if (tangent === null) continue;
        throw new RuntimeError(
          `Function's jvp returned a gradient at position ${i}, but  the corresponding forward output is not a differentiable Tensor.You should return ${help({ TypeScript: "null", Python: "None" })} at that position instead.`,
        );
      }
      if (ctx.dirty.includes(result)) {
        const before = this.tangentOf(result);
        if (before !== null && (before !== tangent || before.storage.version === versions.get(before)))
          throw new RuntimeError(
            "An inplace custom Function is not modifying the forward mode gradients inplace. If the forward is modifying an input inplace, then the jvp function must modify the corresponding gradient inplace.",
          );
      } else if (tangent !== null) this.assertSeen(result, tangent, tensors);
      if (tangent === null) continue;
      assertTangent(result, tangent);
      this.setTangent(result, tangent);
    }
  }
  /** Raises unless the tangent of a view of an argument is a view of that argument's. */
  private assertSeen(result: Tensor, tangent: Tensor, args: readonly (Tensor | null)[]): void {
    if (this.wraps || result.view_ === null) return;
    const root = this.rootOf(result);
    const of = args.find((t) => t !== null && this.rootOf(t) === root);
    const moves = of ? this.tangentOf(of) : null;
    if (moves === null) return;
    const refused = (sentence: string): RuntimeError => new RuntimeError(`A custom Function${sentence}.`);
    if (tangent.view_ === null)
      throw refused("'s forward is returning a view (or an input as-is) but the jvp is not returning a view");
    if (moves.view_ !== null ? tangent.view_.base !== moves.view_.base : tangent.view_.base !== moves)
      throw refused(
        ` is returning a view but the jvp is not returning a view of the ${moves.view_ === null ? "given grad input" : "same base as the given grad input"}`,
      );
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
    const isView = kernel.kind === "view";
    if (isView || LINEAR.has(entry.schema.name)) {
      const tangent = this.laid(values[0] as Tensor);
      const moved = run(entry, [tangent, ...primals.slice(1)]);
      return moved instanceof Tensor ? [moved] : [...moved];
    }
    if (entry.record === null) return [];
    const rule = rules[entry.schema.name] ?? (kernel.elementwise === true ? aligned : null);
    try {
      return this.derived(entry, values, primals, results, rule === aligned);
    } catch (error) {
      throw error instanceof NotImplementedError ? unsupported(entry) : error;
    }
  }
  private derived(
    entry: Entry,
    values: Values,
    primals: Values,
    results: readonly Tensor[],
    isElementwise: boolean,
  ): (Tensor | null)[] {
    const isReal = tensorsIn([primals, results]).every((t) => !t.dtype.is_complex);
    if (isElementwise && isReal && results.length === 1) return [this.elementwise(entry, values, primals, results[0])];
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
  t.offset === base.offset && sameShape(t.sizes, base.sizes) && sameShape(t.strides, base.strides)
    ? whole
    : whole.as_strided(t.sizes, t.strides, whole.offset + t.offset - base.offset);
/** Raises for a tangent that is not of the tensor's shape. */
export function assertTangent(x: Tensor, tangent: Tensor): void {
  if (!sameShape(x.sizes, tangent.sizes))
    throw new RuntimeError(
      `Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of size ${list(x.sizes)} while the given forward gradient is of size ${list(tangent.sizes)}.`,
    );
}
const unsupported = ({ schema: { name } }: Entry): NotImplementedError =>
  new NotImplementedError(
    `Trying to use forward AD with ${name === "zeta" ? "special_zeta" : name} that does not support it because it has not been implemented yet.\nPlease file an issue to PyTorch at https://github.com/pytorch/pytorch/issues/new?template=feature-request.yml so that we can prioritize its implementation or submit a PR adding the implementation to derivatives.yaml`,
  );
const expanded = (t: Tensor, { sizes }: Tensor): Tensor => (sameShape(t.sizes, sizes) ? t : t.expand([...sizes]));
const stored = ({ storage, dtype }: Tensor): number => storage.block.nbytes / dtype.itemsize;
/** The tangent as its tensor lies in memory. */
export function laidAs(t: Tensor, tangent: Tensor): Tensor {
  const isSame =
    t.offset === tangent.offset &&
    t.strides.every((s, d) => t.sizes[d] < 2 || s === tangent.strides[d]) &&
    t.is_conj() === tangent.is_conj() &&
    t.is_neg() === tangent.is_neg() &&
    // What is of a batch has the memory of all of it.
    (isBatched(tangent) || stored(t) === stored(tangent));
  return isSame ? tangent : _new_zeros_with_same_feature_meta(tangent, t).copy_(tangent);
}
/** Linear in self, and in nothing else. */
const LINEAR = new Set(
  "clone _to_copy sum mean cumsum neg flip roll tril triu repeat index_select gather _index _unsafe_view take _fft_c2c _fft_r2c _fft_c2r _conj_physical pixel_shuffle pixel_unshuffle _im2col _col2im _upsample".split(
    " ",
  ),
);
