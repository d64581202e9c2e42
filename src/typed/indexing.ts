// Elements by their places: x[i], index, gather, index_select, embedding.
import type { AnyTensor, Arg } from "./arguments.ts";
import type { Resized } from "./reductions.ts";
import type {
  Broadcast,
  Cut,
  Dim,
  DimOf,
  IsLess,
  IsAny,
  IsRankUnknown,
  Listed,
  Same,
  Shape,
  Unknown,
  Wrap,
} from "./shape.ts";
import type { DtypeOf, Made, ShapeOf, Tensor } from "./tensor.ts";
import type { Inside, Sliced } from "./views.ts";

// ---- x.index([...])

/** How many dims the items take. */
type Taken<V, N extends readonly unknown[] = []> = V extends readonly [infer H, ...infer R]
  ? H extends null | boolean | "..."
    ? Taken<R, N>
    : H extends AnyTensor
      ? DtypeOf<H> extends "bool" | "uint8"
        ? null
        : string extends DtypeOf<H>
          ? null
          : Taken<R, [...N, 0]>
      : Taken<R, [...N, 0]>
  : V extends readonly []
    ? N["length"]
    : null;
/** The dims that "..." stands for: all but those of the items behind it. */
type Rest<S extends Shape, Behind extends number, B extends readonly Dim[] = []> = S["length"] extends Behind
  ? [B, S]
  : S extends readonly [infer H extends Dim, ...infer R extends Shape]
    ? Rest<R, Behind, [...B, H]>
    : null;
type SliceText<T extends string> = T extends `${infer A}:${infer B}:${infer C}`
  ? [Part<A>, Part<B>, Part<C>]
  : T extends `${infer A}:${infer B}`
    ? [Part<A>, Part<B>, null]
    : never;
type Part<T extends string> = T extends "" | " " ? null : T extends `${infer N extends number}` ? N : number;
/**
 * What is left of S (its dims so far in R) and where the dims of the indices go (At, once there is one). Only indices that
 * stand side by side are known.
 */
type Walk<
  S extends Shape,
  V,
  R extends readonly Dim[] = [],
  I = null,
  At extends number = 0,
  Apart = false,
  Place extends readonly unknown[] = [],
> = V extends readonly [infer H, ...infer More]
  ? H extends null
    ? Walk<S, More, [...R, 1], I, At, I extends null ? false : true, [...Place, 0]>
    : H extends "..."
      ? Taken<More> extends infer N extends number
        ? Rest<S, N> extends [infer B extends readonly Dim[], infer Behind extends Shape]
          ? Walk<Behind, More, [...R, ...B], I, At, I extends null ? false : true, Place>
          : null
        : null
      : S extends readonly [infer d extends Dim, ...infer Left extends Shape]
        ? H extends number
          ? Inside<H, d> extends false
            ? `index ${H} is out of bounds for dimension ${Place["length"]} with size ${d}`
            : Walk<Left, More, R, I, At, I extends null ? false : true, [...Place, 0]>
          : H extends `${string}:${string}`
            ? SliceText<H> extends [infer B, infer E, infer Step]
              ? Walk<
                  Left,
                  More,
                  [...R, Sliced<d, B, E, Step> & Dim],
                  I,
                  At,
                  I extends null ? false : true,
                  [...Place, 0]
                >
              : null
            : H extends AnyTensor | readonly number[]
              ? Apart extends true
                ? null
                : IndexShape<H> extends infer J extends Shape
                  ? I extends Shape
                    ? Broadcast<I, J> extends infer K
                      ? K extends Shape
                        ? Walk<Left, More, R, K, At, false, [...Place, 0]>
                        : null
                      : never
                    : Walk<Left, More, R, J, R["length"], false, [...Place, 0]>
                  : null
              : null
        : IsRankUnknown<S> extends true
          ? null
          : "too many"
  : V extends readonly []
    ? I extends Shape
      ? Cut<[...R, ...S], At> extends [infer B extends Shape, infer E extends Shape]
        ? [...B, ...I, ...E]
        : null
      : [...R, ...S]
    : null;
type IndexShape<H> = H extends readonly unknown[]
  ? [H["length"]]
  : DtypeOf<H> extends "int64" | "int32"
    ? ShapeOf<H>
    : null;
/** One mask takes as many dims as it has, and gives as many rows as are true. */
type Masked<S extends Shape, M extends Shape> = true extends IsRankUnknown<S> | IsRankUnknown<M>
  ? Shape
  : M extends readonly [infer m extends Dim, ...infer RM extends Shape]
    ? S extends readonly [infer s extends Dim, ...infer RS extends Shape]
      ? Same<m, s> extends false
        ? null
        : Masked<RS, RM>
      : null
    : [number, ...S];
type MaskedOr<S extends Shape, M extends Shape> =
  Masked<S, M> extends infer R
    ? R extends Shape
      ? R
      : M["length"] extends S["length"]
        ? MaskMisfit<S, M>
        : Shape
    : never;
type MaskMisfit<S extends Shape, M extends Shape, At extends readonly unknown[] = []> =
  Same<S[At["length"]], M[At["length"]]> extends false
    ? `The shape of the mask [${Listed<M>}] at index ${At["length"]} does not match the shape of the indexed tensor [${Listed<S>}] at index ${At["length"]}`
    : MaskMisfit<S, M, [...At, 0]>;
type IsMask<H> = H extends AnyTensor
  ? DtypeOf<H> extends infer D
    ? IsAny<D> extends true
      ? false
      : D extends "bool"
        ? true
        : false
    : false
  : false;
type Indexed<S extends Shape, V> =
  IsRankUnknown<S> extends true
    ? Shape
    : V extends readonly [infer H]
      ? IsMask<H> extends true
        ? MaskedOr<S, ShapeOf<H>>
        : IndexedBy<S, V>
      : IndexedBy<S, V>;
type IndexedBy<S extends Shape, V> =
  Walk<S, V> extends infer R
    ? R extends null
      ? Shape
      : R extends "too many"
        ? `too many indices for tensor of dimension ${S["length"]}`
        : R
    : never;

// ---- by tensors of places

type Gathered<S extends Shape, P, I extends Shape> = P extends string
  ? P
  : IsRankUnknown<S> extends true
    ? I
    : IsRankUnknown<I> extends true
      ? { [K in keyof S]: number }
      : I["length"] extends S["length"]
        ? I extends readonly []
          ? I
          : NoLarger<I, S, P> extends false
            ? `Size does not match at dimension ${FirstLarger<I, S, P>} expected index [${Listed<I>}] to be no larger than self [${Listed<S>}] apart from dimension ${P & number}`
            : I
        : S extends readonly []
          ? I
          : I extends readonly []
            ? I
            : "Index tensor must have the same number of dimensions as input tensor";
type NoLarger<I, S, P, N extends readonly unknown[] = []> = FirstLarger<I, S, P, N> extends number ? false : true;
type FirstLarger<I, S, P, N extends readonly unknown[] = []> = I extends readonly [infer i, ...infer RI]
  ? S extends readonly [infer s, ...infer RS]
    ? N["length"] extends P
      ? FirstLarger<RI, RS, P, [...N, 0]>
      : IsLess<s, i> extends true
        ? N["length"] & number
        : FirstLarger<RI, RS, P, [...N, 0]>
    : never
  : null;
type Selected<S extends Shape, P, I extends Shape> = I extends readonly [infer N extends Dim]
  ? Resized<S, P, N>
  : IsRankUnknown<I> extends true
    ? Resized<S, P, number>
    : I extends readonly []
      ? Resized<S, P, 1>
      : "index_select(): Index is supposed to be a vector";
type AlongDim<S extends Shape, P, I extends Shape> = P extends string
  ? P
  : IsRankUnknown<S> extends true
    ? Shape
    : IsRankUnknown<I> extends true
      ? { [K in keyof S]: number }
      : S["length"] extends I["length"]
        ? number extends P
          ? { [K in keyof S]: number }
          : Broadcast<Resized<S, P, 1> & Shape, Resized<I, P, 1> & Shape> extends infer R
            ? R extends Shape
              ? Cut<I, P>[1] extends readonly [infer N extends Dim, ...unknown[]]
                ? Resized<R, P, N>
                : Shape
              : R
            : never
        : `torch.take_along_dim(): input and indices should have the same number of dimensions, but got ${S["length"]} dimensions for input, and ${I["length"]} dimensions for indices`;
type Embedded<I extends Shape, W extends Shape> = W extends readonly [unknown, infer N extends Dim]
  ? [...I, N]
  : IsRankUnknown<W> extends true
    ? [...I, number]
    : "'weight' must be 2-D";
/** x[i] */
export type First<S extends Shape> =
  IsRankUnknown<S> extends true ? Shape : S extends readonly [unknown, ...infer R extends Shape] ? R : Shape;

export interface IndexKinds<S extends Shape, D extends string, A> {
  index: Made<
    Indexed<S, A extends readonly [infer L, ...unknown[]] ? (L extends readonly unknown[] ? DimsIn<L> : Shape) : Shape>,
    D
  >;
  gather: Made<Gathered<S, Wrap<S, Arg<A, "0", "dim", number>>, ShapeOf<Arg<A, "1", "index", Shape>>>, D>;
  indexSelect: Made<Selected<S, Wrap<S, Arg<A, "0", "dim", number>>, ShapeOf<Arg<A, "1", "index", Shape>>>, D>;
  takeAlong: Arg<A, "1", "dim", null> extends infer P
    ? P extends null
      ? Tensor<Unknown, D>
      : Made<AlongDim<S, Wrap<S, P>, ShapeOf<Arg<A, "0", "indices", Shape>>>, D>
    : never;
  take: Tensor<ShapeOf<Arg<A, "0", "index", Shape>>, D>;
  embedding: Made<Embedded<S, ShapeOf<Arg<A, "0", "weight", Shape>>>, DtypeOf<Arg<A, "0", "weight", unknown>>>;
  vector: Tensor<[number], D>;
  places: Tensor<[number, S["length"]], "int64">;
  unknown: Tensor<Unknown, D>;
}
type DimsIn<L> = { [K in keyof L]: L[K] extends number ? DimOf<L[K]> : L[K] };
