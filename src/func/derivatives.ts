// torch.func: derivatives of functions. As functorch's.
import { matching } from "../autograd/backward.ts";
import { runBackward } from "../autograd/engine.ts";
import { gradientEdge } from "../autograd/node.ts";
import { assertUnhooked } from "../autograd/saved_hooks.ts";
import { modes, scoped } from "../autograd/mode.ts";
import { RuntimeError, ValueError } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import { amongEnded, levels, standing } from "../dispatch/levels.ts";
import { zeros_like } from "../ops/index.ts";
import { Tensor } from "../tensor/tensor.ts";
import { DerivativeLevel } from "./derivative_level.ts";
import {
  classText,
  isTuple,
  leavesOf,
  mapLeaves,
  mapTensors,
  pythonText,
  replaced,
  sameStructure,
  tensorsOf,
} from "./tree.ts";
import type { Tree } from "./tree.ts";

type Fn<A extends readonly unknown[], R> = (...args: A) => R;
/** Which of the arguments: one, or several. */
export type Argnums = number | readonly number[];
/** What stands at these places of the arguments. */
export type At<A extends readonly unknown[], N extends Argnums> = N extends readonly number[]
  ? { -readonly [K in keyof N]: A[N[K] & keyof A] }
  : N extends number
    ? A[N]
    : never;

export interface Recorded {
  readonly level: DerivativeLevel;
  readonly inputs: readonly Tensor[];
}
const HOOKS =
  "torch.func.{grad, vjp, jacrev, hessian} don't yet support saved tensor hooks. Please open an issue with your use case.";
/** Runs a function of tensors on leaves of a level of its own, whose graph keeps tensors as they are. */
export function recorded<R>(primals: unknown, f: (leaves: never) => R): Recorded & { readonly value: R } {
  const unhooked = { grad: true, savedHooks: null, hooksRefused: HOOKS };
  const level = new DerivativeLevel();
  return level.run(() => {
    const body = (): Recorded & { readonly value: R } => {
      const leaves = mapLeaves(primals, (t) => {
        if (!(t instanceof Tensor))
          throw new ValueError(`Thing passed to transform API must be Tensor, got ${classText(t)}`);
        return level.leaf(t);
      });
      const value = f(leaves as never);
      return { level, inputs: tensorsOf(leaves), value };
    };
    return scoped("grad", unhooked, body) as Recorded & { readonly value: R };
  });
}
/** The products of `vs` with the Jacobian of `ys`, zeros where nothing depends. The level has ended. */
export function products(inputs: readonly Tensor[], ys: readonly Tensor[], vs: readonly Tensor[]): Tensor[] {
  const roots = ys.flatMap((y, i) => {
    const edge = gradientEdge(y);
    return edge === null ? [] : [{ edge, grad: vs[i] }];
  });
  const wanted = inputs.map((x) => gradientEdge(x));
  const recording = modes().grad;
  return amongEnded(() => {
    const found =
      roots.length === 0
        ? []
        : runBackward({
            roots,
            keepGraph: true,
            createGraph: true,
            inputs: wanted.flatMap((edge) => edge ?? []),
            accumulate: false,
          });
    let next = 0;
    return inputs.map((x, i) => {
      const g = wanted[i] === null ? null : (found[next++] ?? null);
      const made = g === null ? zeros_like(standing(x)) : standing(g);
      return recording || !made.requires_grad ? made : made.detach();
    });
  });
}
const stars = (x: unknown): string => pythonText(x, () => "*");
const ended = <T>(x: T): T => mapTensors(x, standing);

export interface AuxOptions {
  /** The function gives two things, of which the second is passed on untouched. */
  readonly has_aux?: boolean;
}
export function withAux(name: string, result: unknown, has_aux: boolean): [unknown, unknown] {
  if (!has_aux) return [result, undefined];
  if (!isTuple(result) || result.length !== 2)
    throw new RuntimeError(`${name}: output of function f should be a tuple: (output, aux) if has_aux is True`);
  return result as unknown as [unknown, unknown];
}
/** Raises unless the value is made of tensors alone, and of some. */
export function assertTensors(name: string, value: unknown): void {
  const leaves = leavesOf(value);
  if (leaves.length === 0 || (leaves.length === 1 && (leaves[0] === null || leaves[0] === undefined)))
    throw new RuntimeError(
      `${name}: Expected f to be a function that has non-empty output (got output = [${leaves.length === 0 ? "" : "None"}])`,
    );
  for (const leaf of leaves)
    if (!(leaf instanceof Tensor))
      throw new RuntimeError(
        `${name}: expected f(*primals) to return only tensors, got unsupported type ${classText(leaf)}`,
      );
}
/** The places that are meant, counted from the front. */
export function placesOf(argnums: Argnums, args: readonly unknown[]): number[] {
  const n = args.length;
  if (typeof argnums !== "number" && !isTuple(argnums))
    throw new RuntimeError(`argnums must be int or Tuple[int, ...], got: ${classText(argnums)}`);
  const places = (typeof argnums === "number" ? [argnums] : argnums).map((place: unknown) => {
    if (typeof place !== "number") throw new RuntimeError(`argnum must be int, got: ${classText(place)}`);
    if (place < -n || place >= n) throw new RuntimeError(`Got argnum=${place}, but only ${n} positional inputs`);
    return place < 0 ? place + n : place;
  });
  if (places.length === 0) throw new RuntimeError("argnums must be non-empty");
  if (new Set(places).size < places.length)
    throw new RuntimeError(`argnums elements must be unique, got (${places.join(", ")})`);
  return places;
}
/** The function of the arguments at these places alone, for the newest level: it may write to the others, too. */
export const partial =
  <R>(f: (...args: never[]) => R, args: readonly unknown[], places: readonly number[]) =>
  (chosen: readonly unknown[]): R => {
    const given = [...mapTensors(args, (t) => levels.newest!.wrap(t))];
    places.forEach((place, i) => (given[place] = chosen[i]));
    return f(...(given as never[]));
  };

interface Given {
  func: Fn<never[], unknown>;
  argnums: Argnums;
}
const GRAD_AND_VALUE = "grad_and_value(callable func, object argnums=0, bool has_aux=False) -> callable";
/**
 * The gradient of a function that gives one number, with respect to its argument `argnums` (or several), and its value. As
 * `torch.func.grad_and_value`: returns a function that gives `[gradient, value]`, with `has_aux` `[gradient, [value, aux]]`.
 * @example const [g, y] = torch.func.grad_and_value((x: torch.Tensor) => x.sin().sum())(torch.zeros(3)); // g is ones
 */
export function grad_and_value<A extends readonly unknown[], const N extends Argnums = 0>(
  f: Fn<A, Tensor>,
  argnums?: N,
  options?: AuxOptions & { readonly has_aux?: false },
): Fn<A, [At<A, N>, Tensor]>;
export function grad_and_value<A extends readonly unknown[], X, const N extends Argnums = 0>(
  f: Fn<A, [Tensor, X]>,
  argnums: N | undefined,
  options: AuxOptions & { readonly has_aux: true },
): Fn<A, [At<A, N>, [Tensor, X]]>;
export function grad_and_value(...given: unknown[]): Fn<unknown[], [never, never]> {
  const { func: f, argnums, has_aux } = bindArguments<typeof GRAD_AND_VALUE, Given>(GRAD_AND_VALUE, given);
  const name = "grad_and_value(f)(*args)";
  return (...args) => {
    const places = placesOf(argnums, args);
    const chosen = places.map((i) => args[i]);
    assertUnhooked(HOOKS);
    const { inputs, value } = recorded(chosen, partial(f as never, args, places));
    const [y, aux] = withAux(name, value, has_aux);
    if (!(y instanceof Tensor))
      throw new RuntimeError(`${name}: Expected f(*args) to return a Tensor, got ${classText(y)}`);
    if (y.dim() !== 0)
      throw new RuntimeError(
        `${name}: Expected f(*args) to return a scalar Tensor, got tensor with ${y.dim()} dims. Maybe you wanted to use the vjp or jacrev APIs instead?`,
      );
    const shown = standing(y);
    const grads = replaced(chosen, products(inputs, [y], [shown.new_ones([])]));
    const gradient = typeof argnums === "number" ? grads[0] : grads;
    return [gradient, has_aux ? [shown, ended(aux)] : shown] as [never, never];
  };
}
const GRAD = "grad(callable func, object argnums=0, bool has_aux=False) -> callable";
/**
 * The gradient of a function that gives one number, as `torch.func.grad`: returns a function of the same arguments. With
 * `has_aux` that gives `[gradient, aux]`. Nest it for derivatives of derivatives.
 * @example torch.func.grad(torch.func.grad((x: torch.Tensor) => x.sin()))(torch.tensor(1)); // -sin(1)
 */
export function grad<A extends readonly unknown[], const N extends Argnums = 0>(
  f: Fn<A, Tensor>,
  argnums?: N,
  options?: AuxOptions & { readonly has_aux?: false },
): Fn<A, At<A, N>>;
export function grad<A extends readonly unknown[], X, const N extends Argnums = 0>(
  f: Fn<A, [Tensor, X]>,
  argnums: N | undefined,
  options: AuxOptions & { readonly has_aux: true },
): Fn<A, [At<A, N>, X]>;
export function grad(...given: unknown[]): Fn<unknown[], unknown> {
  const { func, argnums, has_aux } = bindArguments<typeof GRAD, Given>(GRAD, given);
  const both = grad_and_value(func as never, argnums, { has_aux } as never) as Fn<unknown[], [unknown, unknown]>;
  return (...args) => {
    const [gradient, value] = both(...args);
    return (has_aux ? [gradient, (value as unknown[])[1]] : gradient) as never;
  };
}
const VJP = "vjp(callable func, object primals, *, bool has_aux=False) -> callable";
/**
 * The value of a function, and the function that multiplies a cotangent by its Jacobian: `[value, pull]`, with `has_aux`
 * `[value, pull, aux]`. As `torch.func.vjp`. `pull` gives a list, an entry for each primal.
 */
export function vjp<P extends readonly Tree[], Y extends Tree>(
  f: (...primals: P) => Y,
  primals: readonly [...P],
  options?: AuxOptions & { readonly has_aux?: false },
): [Y, (cotangents: Tree) => P];
export function vjp<P extends readonly Tree[], Y extends Tree, X>(
  f: (...primals: P) => [Y, X],
  primals: readonly [...P],
  options: AuxOptions & { readonly has_aux: true },
): [Y, (cotangents: Tree) => P, X];
export function vjp(...given: unknown[]): [unknown, (cotangents: Tree) => unknown, unknown?] {
  const { func: f, primals, has_aux } = bindArguments<typeof VJP, Given & { primals: readonly Tree[] }>(VJP, given);
  assertUnhooked(HOOKS);
  const { inputs, value } = recorded(primals, (leaves: never[]) => f(...leaves));
  const [y, aux] = withAux("vjp(f, *primals)", value, has_aux);
  assertTensors("vjp(f, *primals)", y);
  const ys = tensorsOf(y);
  for (const t of ys)
    if (!t.dtype.is_differentiable)
      throw new RuntimeError(
        `vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype ${String(t.dtype)}`,
      );
  const pull = (cotangents: Tree): unknown => {
    if (!sameStructure(cotangents, y))
      throw new RuntimeError(
        `Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. cotangents: ${stars(cotangents)}, primal output: ${stars(y)}`,
      );
    const vs = tensorsOf(cotangents).map((v, i) => matching(ys[i], v, i));
    return replaced(primals, products(inputs, ys, vs));
  };
  return has_aux ? [ended(y), pull, ended(aux)] : [ended(y), pull];
}
