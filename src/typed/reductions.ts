// Along one dim, some or all: sums, extremes, sorts.
import type { AnyTensor, Arg, Option } from "./arguments.ts";
import type { AsFloat, AsReal, AsSum, NameOf } from "./dtype.ts";
import type { Broadcast, Cut, Dim, IsLess, IsRankUnknown, Replaced, Shape, Wrap } from "./shape.ts";
import type { DtypeOf, Made, ShapeOf, Tensor } from "./tensor.ts";

/** The places of dims from the start, as a union; or a sentence. */
type Places<S extends Shape, Dims, R = never> = Dims extends readonly [infer H, ...infer More]
  ? Wrap<S, H> extends infer P
    ? P extends string
      ? P
      : P extends R
        ? number extends P
          ? number
          : `dim ${P & number} appears multiple times in the list of dims`
        : Places<S, More, R | P>
    : never
  : R;
type Drop<S, P, Keep, At extends readonly unknown[] = [], R extends readonly Dim[] = []> = S extends readonly [
  infer H extends Dim,
  ...infer More,
]
  ? Drop<More, P, Keep, [...At, 0], At["length"] extends P ? (Keep extends true ? [...R, 1] : R) : [...R, H]>
  : R;
type All<S extends Shape, Keep> = Keep extends true ? { [K in keyof S]: 1 } : [];
/** S reduced along dims: a number, a list of them, or null for all. */
export type Reduced<S extends Shape, Dims, Keep> = boolean extends Keep
  ? Shape
  : [Dims] extends [null]
    ? All<S, Keep>
    : IsRankUnknown<S> extends true
      ? Shape
      : Dims extends readonly unknown[]
        ? number extends Dims["length"]
          ? Shape
          : Dims extends readonly []
            ? All<S, Keep>
            : Along<S, Places<S, Dims>, Keep>
        : [Dims] extends [number]
          ? Along<S, Wrap<S, Dims>, Keep>
          : Shape;
type Along<S extends Shape, P, Keep> = [P] extends [string]
  ? P
  : number extends P
    ? Keep extends true
      ? { [K in keyof S]: number }
      : Shape
    : S extends readonly []
      ? []
      : Drop<S, P, Keep>;
type Reduce<S extends Shape, A> = Reduced<S, Arg<A, "0", "dim", null>, Arg<A, "1", "keepdim", false>>;
type ReduceOne<S extends Shape, A, Else> = Reduced<S, Arg<A, "0", "dim", Else>, Arg<A, "1", "keepdim", false>>;
type Typed<A, D extends string> = NameOf<Option<A, "dtype", null>, D>;

/** Several results, by place and by name. */
export type Named<A, NA extends string, B, NB extends string> = [A, B] & { readonly [N in NA]: A } & {
  readonly [N in NB]: B;
};
type Pair<R, D extends string> = R extends string ? R : Named<Made<R, D>, "values", Made<R, "int64">, "indices">;
/** max and min: of all, along a dim with the places, or of two tensors. */
type Extreme<S extends Shape, D extends string, A> = A extends readonly []
  ? Tensor<[], D>
  : A extends readonly [infer O extends AnyTensor, ...unknown[]]
    ? Made<Broadcast<S, ShapeOf<O>>, DtypeOf<O> extends D ? D : string>
    : Pair<ReduceOne<S, A, 0>, D>;
type Pairs<R, NA extends string, NB extends string, D extends string> = R extends string
  ? R
  : Named<Made<R, D>, NA, Made<R, D>, NB>;
/** One quantile, or a list of them before all else. */
type Quantiles<Q, R> = Q extends readonly []
  ? R
  : Q extends readonly [infer N extends Dim]
    ? R extends Shape
      ? [N, ...R]
      : R
    : Shape;
/** The same shape, if there is such a dim. */
export type Checked<S extends Shape, P> = P extends string ? P : S;
/** S with the dim at a place of another size. */
export type Resized<S extends Shape, P, N extends Dim> = P extends string
  ? P
  : IsRankUnknown<S> extends true
    ? Shape
    : number extends P
      ? { [K in keyof S]: number }
      : S extends readonly []
        ? []
        : Replaced<S, P, [N]>;
type Variance<A> = A extends readonly [boolean, ...unknown[]] ? null : Arg<A, "0", "dim", null>;

export interface ReductionKinds<S extends Shape, D extends string, A> {
  sum: Made<Reduce<S, A>, Typed<A, AsSum<D>>>;
  mean: Made<Reduce<S, A>, Typed<A, D>>;
  reduce: Made<Reduce<S, A>, D>;
  reduceReal: Made<Reduce<S, A>, AsReal<D>>;
  all: Made<Reduce<S, A>, D extends "uint8" ? "uint8" : "bool">;
  argmax: Made<Reduce<S, A>, "int64">;
  count: Made<Reduced<S, Arg<A, "0", "dim", null>, false>, "int64">;
  logsumexp: Made<Reduce<S, A>, AsFloat<D>>;
  variance: Made<Reduced<S, Variance<A>, Arg<A, "2", "keepdim", false>>, D>;
  varMean: Pairs<Reduced<S, Variance<A>, Option<A, "keepdim", false>>, "var", "mean", D>;
  stdMean: Pairs<Reduced<S, Variance<A>, Option<A, "keepdim", false>>, "std", "mean", D>;
  aminmax: Pairs<Reduced<S, Option<A, "dim", null>, Option<A, "keepdim", false>>, "min", "max", D>;
  quantile: Made<
    Quantiles<ShapeOf<Arg<A, "0", "q", Shape>>, Reduced<S, Arg<A, "1", "dim", null>, Arg<A, "2", "keepdim", false>>>,
    D
  >;
  norm: Made<Reduced<S, Arg<A, "1", "dim", null>, Arg<A, "2", "keepdim", false>>, Typed<A, AsReal<D>>>;
  extreme: Extreme<S, D, A>;
  median: A extends readonly [] ? Tensor<[], D> : Pair<ReduceOne<S, A, 0>, D>;
  mode: Pair<ReduceOne<S, A, -1>, D>;
  kth: Pair<Reduced<S, Arg<A, "1", "dim", -1>, Arg<A, "2", "keepdim", false>>, D>;
  /** Running along a dim: cumsum. */
  running: Made<Checked<S, Wrap<S, Arg<A, "0", "dim", -1>>>, Typed<A, AsSum<D>>>;
  runningPair: Pair<Checked<S, Wrap<S, Arg<A, "0", "dim", -1>>>, D>;
  softmax: Made<Checked<S, Wrap<S, Arg<A, "0", "dim", -1>>>, NameOf<Arg<A, "1", "dtype", null>, AsFloat<D>>>;
  sort: Pair<Checked<S, Wrap<S, Arg<A, "0", "dim", -1>>>, D>;
  argsort: Made<Checked<S, Wrap<S, Arg<A, "0", "dim", -1>>>, "int64">;
  topk: Pair<TopK<S, Wrap<S, Arg<A, "1", "dim", -1>>, Arg<A, "0", "k", number>>, D>;
}
type TopK<S extends Shape, P, N> =
  Resized<S, P, N extends Dim ? N : number> extends infer R
    ? Cut<S, P>[1] extends readonly [infer H extends number, ...unknown[]]
      ? IsLess<H, N> extends true
        ? "selected index k out of range"
        : R
      : R
    : never;
