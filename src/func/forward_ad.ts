// torch.autograd.forward_ad: tangents on ordinary tensors, while a level of them is open.
import type { FunctionClass, FunctionContext } from "../autograd/function.ts";
import { nodeNamed } from "../autograd/op_node.ts";
import { RuntimeError, TypeError, ValueError } from "../base/errors.ts";
import { levels, mapTensors, refuseBatch, standing, tensorsIn } from "../dispatch/levels.ts";
import type { Results } from "../dispatch/levels.ts";
import { callable } from "../dispatch/callable.ts";
import type { Entry } from "../dispatch/declare.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";
import { assertTangent, laidAs, TangentLevel, viewOf } from "./tangent_level.ts";

type Values = readonly unknown[];
export const NESTED = "Nested forward mode AD is not supported at the moment";

/** Tensors are those of the program, which has a graph of its own; their tangents are known here alone. See Note [Tangents]. */
class DualLevel extends TangentLevel {
  override readonly transforms = false;
  private readonly tangents = new WeakMap<Tensor, Tensor>();
  /** What stands for another tensor in the graph. */
  private readonly origins = new WeakMap<Tensor, Tensor>();
  /** Of tensors made of others with another tangent, or none, and of views of them: those tensors. */
  private readonly roots = new WeakMap<Tensor, Tensor>();
  /** Values without their tangents, and views of such. */
  private readonly values = new WeakSet<Tensor>();

  override readonly claims = (t: Tensor): boolean => this.values.has(t) || this.tangentOf(t) !== null;

  override tangentOf(t: Tensor): Tensor | null {
    const known = this.tangents.get(t);
    if (known !== undefined) return known;
    if (this.values.has(t)) return null;
    const origin = this.origins.get(t);
    if (origin !== undefined) return this.tangentOf(origin);
    const base = this.rootOf(t);
    const whole = this.tangents.get(base);
    if (whole === undefined) return null;
    const made = this.lower(() => viewOf(whole, t, base));
    this.setTangent(t, made);
    return made;
  }
  override rootOf(t: Tensor): Tensor {
    return this.roots.get(t) ?? super.rootOf(t);
  }
  override setTangent(t: Tensor, tangent: Tensor): void {
    this.tangents.set(t, tangent);
    tangent.storage.kept = true;
  }
  override made(t: Tensor, tangent: Tensor | null): Tensor {
    if (tangent !== null) this.setTangent(t, tangent);
    return t;
  }
  override compute(entry: Entry, values: Values): Results {
    const results = super.compute(entry, values);
    if (entry.definition!.kernel.kind !== "view") return results;
    const [self] = tensorsIn(values);
    const root = this.roots.get(self);
    mapTensors([results], (t) => {
      if (this.values.has(self)) this.asValue(t);
      if (root !== undefined) this.roots.set(t, root);
      return t;
    });
    return results;
  }
  override custom(of: FunctionClass, args: Values): unknown {
    const given = mapTensors(args, standing);
    let ctx: FunctionContext | null = null;
    const seen = (made: FunctionContext): void => void (ctx = made);
    const results = this.lower(() => of.alone(given, { called: of.name, seen }));
    const made: Values = Array.isArray(results) ? results : [results];
    // Forward ran beneath, where a dual tensor is a view of another.
    for (const result of made)
      for (const t of given)
        if (result instanceof Tensor && t instanceof Tensor && result !== t && super.rootOf(result) === super.rootOf(t))
          this.roots.set(result, this.rootOf(t));
    this.pushCustom(of, ctx!, given, made);
    return results;
  }
  override refuseWrite(): null {
    return null;
  }
  override bareOf(t: Tensor): Tensor {
    return this.values.has(t) ? t : this.asValue(t.alias());
  }
  asValue(t: Tensor): Tensor {
    this.values.add(t);
    return this.asRoot(t);
  }
  asRoot(t: Tensor): Tensor {
    this.roots.set(t, t);
    return t;
  }
  drop(t: Tensor): void {
    this.tangents.delete(t);
    this.values.add(t);
  }
  sameAs(made: Tensor, t: Tensor): void {
    this.origins.set(made, t);
  }
  of(t: Tensor): Tensor | null {
    return this.tangentOf(t);
  }
}
let current: DualLevel | null = null;

/** Begins a level of dual tensors and gives its number, 0: there is one at a time. As `torch.autograd.forward_ad.enter_dual_level`. */
export const enter_dual_level = callable("enter_dual_level() -> int", (): number => {
  for (let level = levels.newest; level !== null; level = level.below)
    if (level instanceof TangentLevel) throw new RuntimeError(NESTED);
  levels.newest = Tensor.tangents = current = new DualLevel();
  return 0;
});
/** Ends the level: its tangents are gone. As `torch.autograd.forward_ad.exit_dual_level`. */
export const exit_dual_level = callable("exit_dual_level(*, int? level=None) -> None", ({ level }): void => {
  if ((level !== null && level !== (current === null ? -1 : 0)) || (current !== null && levels.newest !== current))
    throw new RuntimeError(
      "Trying to exit a forward AD level that was not the last one that was created. This is not supported.",
    );
  if (current === null) throw new RuntimeError("Dual level must be a positive number.");
  levels.newest = current.below;
  current.open = false;
  Tensor.tangents = current = null;
});
/**
 * Runs a body in which tensors may have tangents, as `torch.autograd.forward_ad.dual_level`.
 *
 * Raises RuntimeError inside another level, or inside torch.func.jvp.
 * @example
 * const { dual_level, make_dual, unpack_dual } = torch.autograd.forward_ad;
 * dual_level(() => unpack_dual(make_dual(torch.zeros(2), torch.ones(2)).sin()).tangent); // ones
 */
export function dual_level<T>(body: (level: number) => T): T {
  if (typeof body !== "function") throw new TypeError(`'${typeWord(body)}' object is not callable`);
  const level = enter_dual_level();
  try {
    const result = body(level);
    if (result instanceof Promise)
      throw new TypeError(
        "dual_level() got an asynchronous body: whatever else runs while it waits would be in its level, too.\nPut it around the synchronous parts between the awaits.",
      );
    return result;
  } finally {
    exit_dual_level();
  }
}

/** A dual tensor taken apart. Both names and places: `const [primal, tangent] = unpack_dual(x)`. */
export class UnpackedDualTensor {
  readonly primal: Tensor;
  /** null if the tensor does not depend on what has a tangent. */
  readonly tangent: Tensor | null;
  constructor(primal: Tensor, tangent: Tensor | null) {
    this.primal = primal;
    this.tangent = tangent;
  }
  *[Symbol.iterator](): Generator<Tensor | null, void, undefined> {
    yield this.primal;
    yield this.tangent;
  }
}
const MAKE_DUAL = "make_dual(Tensor tensor, Tensor tangent, *, int? level=None) -> Tensor";
const UNPACK_DUAL = "unpack_dual(Tensor tensor, *, int? level=None) -> UnpackedDualTensor";
const isFloat = ({ dtype }: Tensor): boolean => dtype.is_differentiable;

/**
 * A view of the tensor that has a tangent, from which ops compute the tangents of their results. As
 * `torch.autograd.forward_ad.make_dual`; backward goes through both.
 *
 * Raises RuntimeError outside of a level and for a tangent of another shape, ValueError for integers.
 */
export const make_dual = callable(MAKE_DUAL, ({ tensor, tangent, level }): Tensor => {
  if ((level ?? (current === null ? -1 : 0)) < 0)
    throw new RuntimeError(
      "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.",
    );
  for (const [what, t] of Object.entries({ primal: tensor, tangent }))
    if (!isFloat(t))
      throw new ValueError(`Expected ${what} to be floating point or complex, but got: ${String(t.dtype)}`);
  refuseBatch(
    tensor,
    "Batching rule not implemented for aten::_make_dual; the fallback path doesn't work on out= or view ops.",
  );
  const open = current;
  if (open === null || (level ?? 0) !== 0) throw new RuntimeError("Invalid level given to _make_dual");
  if (open.tangentOf(tensor) !== null)
    throw new RuntimeError(
      "Making a dual Tensor based on a Tensor that already has a forward gradient at the same level 0 is not supported.",
    );
  if (open.tangentOf(tangent) !== null)
    throw new RuntimeError(
      "Setting a forward grad that itself has a forward gradient at the same level0 is not supported.",
    );
  assertTangent(tensor, tangent);
  return open.lower(() => {
    const dual = open.asRoot(nodeNamed(tensor.alias(), "ViewBackward0"));
    return open.made(dual, laidAs(tensor, tangent));
  });
});
/** A tensor's value, as a view without a tangent, and its tangent. As `torch.autograd.forward_ad.unpack_dual`. */
export const unpack_dual = callable(UNPACK_DUAL, ({ tensor, level }): UnpackedDualTensor => {
  const open = current;
  if (open === null || (level ?? 0) < 0) return new UnpackedDualTensor(tensor, null);
  const primal = open.lower(() => open.asValue(nodeNamed(tensor.alias(), "Identity")));
  return new UnpackedDualTensor(primal, open.tangentOf(tensor));
});
