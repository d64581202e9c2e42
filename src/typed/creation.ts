// Fresh tensors: of the sizes that are given, of data, of a range.
import type { Arg, AnyTensor, ArgsOf, ListArg, Option } from "./arguments.ts";
import type { NameOf } from "./dtype.ts";
import type { Add, Divide, Subtract } from "./numbers.ts";
import type { Dim, DimOf, DimsOf, Minus, Named, Shape, Unknown } from "./shape.ts";
import type { DtypeOf, Made, ShapeOf } from "./tensor.ts";

/** The dtype asked for, else the default one, which is taken to be float32. */
type Dtype<A, Else extends string> = NameOf<Option<A, "dtype", null>, Else>;
/** zeros(2, 3), zeros([2, 3], { dtype }) */
export type Sized<F, Else extends string = "float32"> = <const A extends ArgsOf<F>>(
  ...args: A
) => Made<DimsOf<ListArg<A, "size">>, Dtype<A, Else>>;
export type Filled<F> = <const A extends ArgsOf<F>>(
  ...args: A
) => Made<DimsOf<ListOf<Arg<A, "0", "size", Shape>>>, Dtype<A, Unknown>>;
type ListOf<V> = V extends readonly unknown[] ? V : [V];

type Whole<V> = V extends Named<string> | bigint
  ? true
  : V extends number
    ? number extends V
      ? boolean
      : `${V}` extends `${string}.${string}` | `${string}e-${string}`
        ? false
        : true
    : boolean;
/** How many steps there are from start to end. */
type Steps<Start, End, Step> = Start extends 0
  ? Step extends 1
    ? Whole<End> extends true
      ? DimOf<End>
      : number
    : Stepped<Start, End, Step>
  : Stepped<Start, End, Step>;
type Stepped<Start, End, Step> = [Whole<Start>, Whole<End>, Whole<Step>] extends [true, true, true]
  ? [Start, End, Step] extends [infer S extends number, infer E extends number, infer D extends number]
    ? `${Subtract<E, S>}${D}` extends `${string}-${string}`
      ? number
      : Divide<Subtract<Add<Subtract<E, S>, D>, 1>, D>
    : Step extends 1
      ? Minus<DimOf<End>, DimOf<Start>>
      : number
  : number;
type Places<A> = A extends readonly [...infer H, infer L] ? (L extends number | bigint ? A : H) : A;
type Range<P, D extends string> = P extends readonly [infer End]
  ? RangeOf<0, End, 1, D>
  : P extends readonly [infer Start, infer End]
    ? RangeOf<Start, End, 1, D>
    : P extends readonly [infer Start, infer End, infer Step]
      ? RangeOf<Start, End, Step, D>
      : Made<[number], D>;
type RangeOf<S, E, T, D extends string> = Made<
  [Steps<S, E, T> & Dim],
  "" extends D
    ? [Whole<S>, Whole<E>, Whole<T>] extends [true, true, true]
      ? "int64"
      : false extends Whole<S> | Whole<E> | Whole<T>
        ? boolean extends Whole<S> | Whole<E> | Whole<T>
          ? Unknown
          : "float32"
        : Unknown
    : D
>;
export type Arange = <const A extends readonly (number | bigint | object)[]>(
  ...args: A
) => Range<Places<A>, Dtype<A, "">>;
export type Linspace<F> = <const A extends ArgsOf<F>>(
  ...args: A
) => Made<[DimOf<Arg<A, "2", "steps", number>>], Dtype<A, "float32">>;
export type Eye<F> = <const A extends ArgsOf<F>>(
  ...args: A
) => Made<
  [
    DimOf<Arg<A, "0", "n", number>>,
    Arg<A, "1", "m", null> extends infer M ? (M extends null ? DimOf<Arg<A, "0", "n", number>> : DimOf<M>) : never,
  ],
  Dtype<A, "float32">
>;
/** Of one dim, whose size comes first, by that name: randperm(n), hann_window(window_length). */
export type Counted<F, Name extends string, Else extends string> = <const A extends ArgsOf<F>>(
  ...args: A
) => Made<[DimOf<Arg<A, "0", Name, number>>], Dtype<A, Else>>;
type SizeIn<A> = A extends readonly [infer H, ...infer R]
  ? H extends readonly unknown[]
    ? H
    : H extends { readonly size: infer L }
      ? L
      : SizeIn<R>
  : Shape;
export type RandomInts = <const A extends readonly (number | bigint | readonly number[] | object)[]>(
  ...args: A
) => Made<DimsOf<SizeIn<A>>, Dtype<A, "int64">>;

// ---- of data

type DataShape<T> = T extends readonly unknown[]
  ? number extends T["length"]
    ? [number, ...(T[number] extends number | boolean | bigint ? [] : Dim[])]
    : T extends readonly [infer H, ...infer R]
      ? DataShape<H> extends infer S extends Shape
        ? R[number] extends never
          ? [1, ...S]
          : AllOf<R, S> extends true
            ? [T["length"], ...S]
            : Shape
        : Shape
      : [0]
  : T extends number | boolean | bigint
    ? []
    : T extends AnyTensor
      ? ShapeOf<T>
      : Shape;
type AllOf<T, S> = T extends readonly [infer H, ...infer R]
  ? [DataShape<H>, S] extends [S, DataShape<H>]
    ? AllOf<R, S>
    : false
  : true;
type Leaf<T> = T extends readonly (infer E)[] ? Leaf<E> : T;
type DataDtype<T> = [Leaf<T>] extends [number]
  ? "float32"
  : [Leaf<T>] extends [boolean]
    ? "bool"
    : [Leaf<T>] extends [bigint]
      ? "int64"
      : T extends AnyTensor
        ? DtypeOf<T>
        : Unknown;
type Data = number | boolean | bigint | object | readonly Data[];
export type FromData = <const T extends Data, const A extends readonly object[]>(
  data: T,
  ...options: A
) => Made<DataShape<T>, NameOf<Option<A, "dtype", null>, [Leaf<T>] extends [never] ? "float32" : DataDtype<T>>>;
