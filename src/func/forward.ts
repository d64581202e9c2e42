// torch.func: derivatives forwards.
import { RuntimeError, ValueError } from "../base/errors.ts";
import { sameShape } from "../base/layout.ts";
import { eye, ones_like, zeros_like } from "../ops/index.ts";
import { bindArguments } from "../dispatch/callable.ts";
import { levels, standing } from "../dispatch/levels.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Argnums, At, AuxOptions } from "./derivatives.ts";
import { assertTensors, partial, placesOf, products, recorded, vjp, withAux } from "./derivatives.ts";
import { NESTED } from "./forward_ad.ts";
import { Dual, ForwardLevel } from "./forward_level.ts";
import { assertTangent, TangentLevel } from "./tangent_level.ts";
import { isTuple, leavesOf, mapTensors, replaced, sameStructure, structureText, tensorsOf, classText } from "./tree.ts";
import type { Tree } from "./tree.ts";
import { vmap } from "./vmap.ts";
import type { Randomness } from "./vmap_level.ts";
import { movedim } from "../ops/views/view.ts";

type Fn<A extends readonly unknown[], R> = (...args: A) => R;
export interface JvpOptions extends AuxOptions {
  /** Raise if the output does not depend on the inputs. */
  readonly strict?: boolean;
}
interface JvpGiven {
  func: (...primals: never[]) => unknown;
  primals: readonly Tree[];
  tangents: readonly Tree[];
}
const JVP = "jvp(callable func, object primals, object tangents, *, bool strict=False, bool has_aux=False) -> callable";
/**
 * The value of a function and the product of its Jacobian with tangents, computed forwards: `[value, product]`, with `has_aux`
 * `[value, product, aux]`. As `torch.func.jvp`.
 * @example torch.func.jvp((x: torch.Tensor) => x.sin(), [torch.zeros(2)], [torch.ones(2)]); // [zeros, ones]
 */
export function jvp<P extends readonly Tree[], Y extends Tree>(
  f: (...primals: P) => Y,
  primals: readonly [...P],
  tangents: readonly Tree[],
  options?: JvpOptions & { readonly has_aux?: false },
): [Y, Y];
export function jvp<P extends readonly Tree[], Y extends Tree, X>(
  f: (...primals: P) => [Y, X],
  primals: readonly [...P],
  tangents: readonly Tree[],
  options: JvpOptions & { readonly has_aux: true },
): [Y, Y, X];
export function jvp(...given: unknown[]): [unknown, unknown, unknown?] {
  const { func: f, primals, tangents, strict, has_aux } = bindArguments<typeof JVP, JvpGiven>(JVP, given);
  const name = "jvp(f, primals, tangents)";
  if (!isTuple(primals))
    throw new RuntimeError(`${name}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).`);
  if (!sameStructure(primals, tangents))
    throw new RuntimeError(
      `${name}: Expected primals and tangents to have the same python structure. For example, if primals is a tuple of 3 tensors, tangents also must be. Got primals with structure ${structureText(primals)} and tangents with structure ${structureText(tangents)}`,
    );
  for (const [what, tree] of Object.entries({ primals, tangents })) {
    const leaves = leavesOf(tree);
    if (leaves.length === 0) throw new RuntimeError(`${name}: Expected ${what} to contain at least one Tensor.`);
    const other = leaves.find((x) => !(x instanceof Tensor));
    if (other !== undefined)
      throw new RuntimeError(`${name}: Expected ${what} to only contain Tensors, got ${classText(other)}`);
  }
  const moves = tensorsOf(tangents);
  for (const [i, x] of tensorsOf(primals).entries()) assertTangent(x, moves[i]);
  for (let level = levels.newest; level !== null; level = level.below)
    if (level instanceof TangentLevel && !(level instanceof ForwardLevel)) throw new RuntimeError(NESTED);
  const level = new ForwardLevel();
  const [y, aux] = level.run(() => {
    let next = 0;
    const duals = mapTensors(primals, (t) => new Dual(level, t, moves[next++]));
    return withAux(name, f(...(duals as never[])), has_aux);
  });
  assertTensors(name, y);
  const plain = has_aux ? leavesOf(aux).find((leaf) => !(leaf instanceof Tensor)) : undefined;
  if (plain !== undefined) throw new RuntimeError(`Expected tensors, got unsupported type ${classText(plain)}`);
  const product = mapTensors(y, (t) => {
    const tangent = level.tangentOf(t);
    if (tangent === null && strict)
      throw new RuntimeError(
        "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not allowed with strict=True.",
      );
    return tangent ?? zeros_like(level.innerOf(t));
  });
  // As PyTorch, which sees the value through another tensor.
  const value = mapTensors(y, (t) => level.innerOf(t).alias());
  return (has_aux ? [value, product, mapTensors(aux, level.innerOf)] : [value, product]) as unknown as [
    never,
    never,
    never?,
  ];
}

/** The unit vectors of tensors taken as one long vector, each as large as its tensor, with the vectors as their first dim. */
function unitVectors(xs: readonly Tensor[]): Tensor[] {
  const n = xs.reduce((sum, x) => sum + x.numel(), 0);
  let start = 0;
  return xs.map((x) => {
    const part = eye(n, { dtype: x.dtype }).narrow(1, start, x.numel());
    start += x.numel();
    return part.reshape([n, ...x.shape]);
  });
}
/** Rows that belong to each tensor, cut from what has all of them as its first dim. */
function rowsOf(whole: Tensor, xs: readonly Tensor[]): Tensor[] {
  let start = 0;
  return xs.map((x) => {
    const part = whole.narrow(0, start, x.numel()).reshape([...x.shape, ...whole.shape.slice(1)]);
    start += x.numel();
    return part;
  });
}
/** In the place of each tensor of the output, what is derived with respect to the input. */
export type Jacobian<Y, X> = Y extends Tensor ? X : { [K in keyof Y]: Jacobian<Y[K], X> };
export interface JacobianOf<Options extends AuxOptions> {
  <A extends readonly unknown[], Y extends Tree, const N extends Argnums = 0>(
    f: Fn<A, Y>,
    argnums?: N,
    options?: Options & { readonly has_aux?: false },
  ): Fn<A, Jacobian<Y, At<A, N>>>;
  <A extends readonly unknown[], Y extends Tree, X, const N extends Argnums = 0>(
    f: Fn<A, [Y, X]>,
    argnums: N | undefined,
    options: Options & { readonly has_aux: true },
  ): Fn<A, [Jacobian<Y, At<A, N>>, X]>;
}
function refuseComplex(name: string, what: "inputs" | "outputs", tree: unknown): void {
  for (const [i, t] of leavesOf(tree).entries())
    if (t instanceof Tensor && t.dtype.is_complex)
      throw new RuntimeError(
        `${name}: Expected all ${what} to be real but received complex tensor at flattened input idx: ${i}`,
      );
}
export interface JacobianOptions extends AuxOptions {
  /** Rows at a time; all unless told. */
  readonly chunk_size?: number | null;
}
interface Given {
  func: Fn<never[], unknown>;
  argnums: Argnums;
}
const JACREV = "jacrev(callable func, object argnums=0, *, bool has_aux=False, int? chunk_size=None) -> callable";
/**
 * The Jacobian of a function, row by row backwards, for all rows at once. As `torch.func.jacrev`: a function of the same
 * arguments that gives, in the structure of the output, that of the arguments `argnums`.
 * @example torch.func.jacrev((x: torch.Tensor) => x.sin())(torch.zeros(2)); // the identity
 */
export const jacrev: JacobianOf<JacobianOptions> = (...given: unknown[]): Fn<unknown[], never> => {
  const { func: f, argnums, has_aux, chunk_size } = bindArguments<typeof JACREV, Given>(JACREV, given);
  if (chunk_size !== null && chunk_size <= 0) throw new ValueError("jacrev: `chunk_size` should be greater than 0.");
  return (...args) => {
    refuseComplex("jacrev", "inputs", args);
    const places = placesOf(argnums, args);
    const chosen = places.map((i) => args[i]) as Tree[];
    const at = partial(f as never, args, places);
    const [y, pull, aux] = vjp(((...xs: never[]) => at(xs)) as never, chosen, { has_aux } as never) as unknown as [
      Tree,
      (cotangents: Tree) => Tree[],
      unknown,
    ];
    refuseComplex("jacrev", "outputs", y);
    const ys = tensorsOf(y);
    const all = vmap((...vs: Tensor[]) => tensorsOf(pull(replaced(y, vs))), { in_dims: 0, chunk_size })(
      ...unitVectors(ys),
    );
    const byInput = all.map((whole) => rowsOf(whole, ys));
    let next = 0;
    const jacobian = mapTensors(y, () => {
      const i = next++;
      const parts = replaced(
        chosen,
        byInput.map((rows) => rows[i]),
      );
      return (typeof argnums === "number" ? parts[0] : parts) as Tensor;
    });
    return (has_aux ? [jacobian, aux] : jacobian) as never;
  };
};
export interface ForwardOptions extends AuxOptions {
  /** What draws of random numbers do, see vmap. */
  readonly randomness?: Randomness;
}
const JACFWD = "jacfwd(callable func, object argnums=0, bool has_aux=False, *, str randomness='error') -> callable";
/**
 * The Jacobian of a function, column by column forwards, for all columns at once. As `torch.func.jacfwd`.
 * @example torch.func.jacfwd((x: torch.Tensor) => x.sin())(torch.zeros(2)); // the identity
 */
export const jacfwd: JacobianOf<ForwardOptions> = (...given: unknown[]): Fn<unknown[], never> => {
  const { func: f, argnums, has_aux, ...draws } = bindArguments<typeof JACFWD, Given>(JACFWD, given);
  const randomness = draws.randomness as Randomness;
  return (...args) => {
    refuseComplex("jacfwd", "inputs", args);
    const places = placesOf(argnums, args);
    const chosen = places.map((i) => args[i]) as Tree[];
    const xs = tensorsOf(chosen);
    const at = partial(f as never, args, places);
    const push = (...vs: Tensor[]): [Tree, unknown] => {
      const options = { has_aux } as never;
      const made = jvp(((...given: never[]) => at(given)) as never, chosen, replaced(chosen, vs), options);
      const [value, product, aux] = made as [Tree, Tree, unknown?];
      refuseComplex("jacfwd", "outputs", value);
      return [product, has_aux ? aux : []];
    };
    const [columns, all] = vmap(push, { in_dims: 0, randomness })(...unitVectors(xs));
    const jacobian = mapTensors(columns, (column) => {
      const whole = movedim(column, 0, -1);
      let start = 0;
      const parts = replaced(
        chosen,
        xs.map((x) => {
          const part = whole.narrow(-1, start, x.numel()).reshape([...column.shape.slice(1), ...x.shape]);
          start += x.numel();
          return part;
        }),
      );
      return (typeof argnums === "number" ? parts[0] : parts) as Tensor;
    });
    return (has_aux ? [jacobian, mapTensors(all, (t) => t.select(0, 0))] : jacobian) as never;
  };
};
const HESSIAN = "hessian(callable func, object argnums=0) -> callable";
/**
 * The second derivatives of a function, forwards over backwards. As `torch.func.hessian`.
 * @example torch.func.hessian((x: torch.Tensor) => x.pow(3).sum())(torch.ones(2)); // 6 on the diagonal
 */
export function hessian<A extends readonly unknown[], Y extends Tree, const N extends Argnums = 0>(
  f: Fn<A, Y>,
  argnums?: N,
): Fn<A, Jacobian<Jacobian<Y, At<A, N>>, At<A, N>>>;
export function hessian(...given: unknown[]): Fn<never[], never> {
  const { func: f, argnums } = bindArguments<typeof HESSIAN, Given>(HESSIAN, given);
  const rows: Fn<never[], Tensor> = jacrev(f as Fn<never[], Tensor>, argnums) as never;
  return jacfwd(rows, argnums) as never;
}

const LINEARIZE = "linearize(callable func, object* primals) -> object";
/**
 * The value of a function at the primals, and its Jacobian there as a function of tangents, which may be called many times:
 * `[value, push]`. As `torch.func.linearize`.
 */
export function linearize<P extends readonly Tree[], Y extends Tree>(
  f: (...primals: P) => Y,
  ...given: P
): [Y, (...tangents: P) => Y] {
  const { primals } = bindArguments<typeof LINEARIZE, { primals: P }>(LINEARIZE, [f, ...given]);
  const { inputs, value } = recorded(primals, ((leaves: P) => f(...leaves)) as never) as unknown as {
    inputs: readonly Tensor[];
    value: Tree;
  };
  const ys = tensorsOf(value);
  const shown = mapTensors(value, standing);
  const transposed = recorded(
    ys.map((y) => ones_like(standing(y))),
    ((us: readonly Tensor[]) => products(inputs, ys, us)) as never,
  ) as unknown as { inputs: readonly Tensor[]; value: readonly Tensor[] };
  const push = (...tangents: P): Y => {
    if (!sameStructure(tangents, primals))
      throw new RuntimeError(
        `Expected the tangents ${structureText(tangents)} to have the same argspec as the primals ${structureText(primals)}`,
      );
    const moves = tensorsOf(tangents);
    for (const [i, x] of tensorsOf(primals).entries()) {
      const differs = (what: string, own: unknown, given: unknown): RuntimeError =>
        new RuntimeError(
          `tangent:${i} with ${what} ${String(given)} in flattened pytree doesn't match the ${what} ${String(own)} of the corresponding primal.`,
        );
      if (!sameShape(x.sizes, moves[i].sizes)) throw differs("shape", x.shape, moves[i].shape);
      if (x.dtype !== moves[i].dtype) throw differs("dtype", x.dtype, moves[i].dtype);
    }
    return replaced(shown, products(transposed.inputs, transposed.value, moves)) as Y;
  };
  return [shown as Y, push];
}
