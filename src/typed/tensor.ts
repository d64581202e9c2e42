// A tensor seen by its shape and dtype, and how a kind of rule becomes a method and a function.
import type { Dtype, Scalar } from "../base/dtype.ts";
import type { ToOptions, ToTarget } from "../ops/copies/to_target.ts";
import type { Tensor as Untyped } from "../tensor/tensor.ts";
import type { AnyTensor, ArgsAfterFirst, ArgsOf, Loose } from "./arguments.ts";
import type { Known } from "./dtype.ts";
import type { First } from "./indexing.ts";
import type { Kind, Kinds } from "./kinds.ts";
import type { Table } from "./names.ts";
import type { Numel, Plain, Said, Shape, Size, Sizes, Unknown, Wrap } from "./shape.ts";
import type { AllTransposed, MatrixTransposed } from "./views.ts";

declare const SHAPE: unique symbol;
declare const DTYPE: unique symbol;

/** A tensor of this shape and dtype. The object is a Tensor as any other. */
export interface Tensor<S extends Shape = Unknown, D extends string = Unknown> extends Methods, Others {
  readonly [SHAPE]: S;
  readonly [DTYPE]: D;
  readonly dtype: Known<D>;
  readonly shape: Sizes<S>;
  readonly ndim: S["length"];
  readonly length: S extends readonly [infer H, ...unknown[]] ? Size<H> : number;
  /** The sizes, or the size of one dim. */
  size(): Sizes<S>;
  size<const P extends number>(
    dim: P | { dim: P },
  ): Wrap<Plain<S>, P> extends infer I extends keyof Sizes<S> ? Sizes<S>[I] : number;
  /** The same tensor, seen by the declared shape: see `shaped`. */
  shaped<const T extends Shape>(...shape: T): Tensor<T, D>;
  dim(): S["length"];
  numel(): Size<Numel<Plain<S>>>;
  get grad(): Tensor<S, D> | null;
  set grad(grad: AnyTensor | null);
  data: Tensor<S, D>;
  readonly T: Tensor<Said<AllTransposed<Plain<S>>>, D>;
  readonly mT: Made<MatrixTransposed<Plain<S>>, D>;
  readonly H: Tensor<Said<AllTransposed<Plain<S>>>, D>;
  readonly mH: Made<MatrixTransposed<Plain<S>>, D>;
  readonly [index: number]: Tensor<Said<First<Plain<S>>>, D>;
  [Symbol.iterator](): Generator<Tensor<Said<First<Plain<S>>>, D>, void, undefined>;
}
export type ShapeOf<A> = A extends { readonly [SHAPE]: infer S extends Shape }
  ? Plain<S>
  : A extends Scalar | null | undefined
    ? []
    : Shape;
export type DtypeOf<A> = A extends { readonly [DTYPE]: infer D extends string } ? D : Unknown;
/** A tensor of the shape that a rule gives, or the sentence with which it refuses. */
export type Made<R, D extends string> = [R] extends [string]
  ? R
  : [R] extends [Shape]
    ? Tensor<Said<R>, D>
    : Tensor<Unknown, D>;

// Note [Rules in calls]: the checker asks what the parameters of a call may be before it knows what it is given, and compares
// what the call may give with what the program expects of it. There a rule would be worked out for shapes of all kinds, in
// all its branches, with all methods of all arrays. So among the arguments stands a type parameter R, which nothing infers
// and whose default is what the rule gives; and the result goes by way of T, of which nothing is known before. The result is
// not R: of two functions of which a program calls the one or the other R is the first one's. Layers and modules, of which
// programs do, have no R.

/**
 * The arguments that are given, or the sentence that refuses them in place of the first. The sentence is a parameter of
 * its own, for R itself would be narrowed to `R & string`, which has the checker look into all that a tensor has.
 */
export type Accepted<R, A, Sentence = R> = [R] extends [string] ? [NoInfer<Sentence>, ...unknown[]] : A;
/** What is wrong with an input is said of it. */
export type Input<R, I, Sentence = R> = [R] extends [string] ? NoInfer<Sentence> : I;
/** The result; nothing is known of what was refused. */
export type Result<R> = [R] extends [infer T] ? ([T] extends [string] ? Tensor : T) : never;

/** A method by its kind of rule. */
type Method<F, K extends Kind> = <
  S extends Shape,
  D extends string,
  const A extends ArgsOf<F>,
  R = Kinds<Plain<S>, D, A>[K],
>(
  this: Tensor<S, D>,
  ...args: Accepted<R, A>
) => Result<Kinds<Plain<S>, D, A>[K]>;
/** Kinds that may refuse without an argument of which to say it: they say it of the tensor. */
type Alone =
  | "t"
  | "inv"
  | "cholesky"
  | "matrixExp"
  | "det"
  | "slogdet"
  | "eigh"
  | "eig"
  | "eigvals"
  | "eigvalsh"
  | "svd"
  | "svdvals"
  | "oldSvd"
  | "lu"
  | "luFactor"
  | "matrixRank"
  | "trace"
  | "diag"
  | "diagonal"
  | "lastDiagonal"
  | "rot90"
  | "viewAsComplex"
  | "fftn"
  | "rfftn"
  | "irfft"
  | "glu";
type MethodAlone<F, K extends Kind> = <
  S extends Shape,
  D extends string,
  const A extends ArgsOf<F>,
  R = Kinds<Plain<S>, D, A>[K],
>(
  this: Input<R, Tensor<S, D>>,
  ...args: A
) => Result<Kinds<Plain<S>, D, A>[K]>;
// Names as `Named` in ops/methods/index.ts.
type Ruled = keyof Table & keyof Untyped;
/** Forms of calls that no type can be asked for. */
export interface Overloaded {
  view(...size: number[] | [size: readonly number[]] | [size: { size: readonly number[] }] | [dtype: Dtype]): void;
  max(...args: Extreme | [other: Untyped]): void;
  min(...args: Extreme | [other: Untyped]): void;
  median(...args: Extreme): void;
  nanmedian(...args: Extreme): void;
  where(condition: Untyped, other: Untyped | Scalar): void;
  to(target: ToTarget, ...options: (Dtype | boolean | ToOptions)[]): void;
}
type Extreme =
  [] | [dim: number, keepdim?: boolean | { keepdim?: boolean }] | [along: { dim: number; keepdim?: boolean }];
type Called<N extends keyof Untyped> = N extends keyof Overloaded ? Overloaded[N] : Untyped[N];
type Methods = {
  readonly [N in keyof Pick<Untyped, Ruled>]: Table[N] extends Alone
    ? MethodAlone<Called<N>, Table[N]>
    : Method<Called<N>, Table[N]>;
};
type Own =
  | Ruled
  | "dtype"
  | "shape"
  | "ndim"
  | "length"
  | "size"
  | "dim"
  | "numel"
  | "grad"
  | "data"
  | "T"
  | "mT"
  | "H"
  | "mH"
  | number
  | typeof Symbol.iterator;
type Rest = Exclude<keyof Untyped & string, Own>;
/** The methods without a rule, and what is no method. */
type Others = { [N in keyof Pick<Untyped, Rest | Exclude<keyof Untyped & symbol, Own>>]: Unruled<Untyped[N]> };
/** The same with tensors of any shape, and a result of which nothing is known. */
export type Unruled<F> = F extends (...args: infer A) => infer R
  ? R extends Untyped | readonly Untyped[]
    ? (...args: Loose<A>) => Seen<R>
    : R extends boolean
      ? (...args: Loose<A>) => R
      : F
  : F extends Untyped
    ? Tensor
    : F;
export type Seen<R> = R extends Untyped ? Tensor : R extends Untyped[] ? { [K in keyof R]: Seen<R[K]> } : R;

/** A namespace: its functions, classes and namespaces, with tensors of any shape. */
export type Lifted<N, Table = unknown> = {
  readonly [K in keyof N]: K extends keyof Table
    ? Function<N[K], Table[K] & Kind>
    : N[K] extends (...args: infer A) => infer R
      ? (...args: Loose<A>) => Seen<R>
      : N[K] extends abstract new (...args: infer A) => infer I
        ? N[K] & (new (...args: Loose<A>) => I)
        : N[K];
};

/** The bare numbers that a function takes in place of its first tensor. */
type Bare<F> = F extends (...args: infer A) => unknown
  ? A extends readonly [infer I, ...unknown[]]
    ? Extract<I, Scalar>
    : never
  : never;
/** The function of that name whose first argument is the tensor. */
export type Function<F, K extends Kind> = K extends Alone ? FunctionAlone<F, K> : FunctionWith<F, K>;
type FunctionAlone<F, K extends Kind> = <
  const I extends AnyTensor,
  const A extends ArgsAfterFirst<F>,
  R = Kinds<ShapeOf<I>, DtypeOf<I>, A>[K],
>(
  input: Input<R, I>,
  ...args: A
) => Result<Kinds<ShapeOf<I>, DtypeOf<I>, A>[K]>;
type FunctionWith<F, K extends Kind> = <
  const I extends AnyTensor | Bare<F>,
  const A extends ArgsAfterFirst<F>,
  R = Kinds<ShapeOf<I>, DtypeOf<I>, A>[K],
>(
  input: I,
  ...args: Accepted<R, A>
) => Result<Kinds<ShapeOf<I>, DtypeOf<I>, A>[K]>;
/** The function of an overloaded method. */
export type MethodOf<F, N extends keyof Table> = <
  const I extends AnyTensor,
  const A extends ArgsOf<F>,
  R = Kinds<ShapeOf<I>, DtypeOf<I>, A>[Table[N]],
>(
  input: I,
  ...args: Accepted<R, A>
) => Result<Kinds<ShapeOf<I>, DtypeOf<I>, A>[Table[N]]>;
export type { Untyped };
