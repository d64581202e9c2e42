// Shapes in types, and what all rules are made of. A rule is a type that gives the shape of a result, or the sentence with
// which PyTorch refuses: a shape is a tuple, a sentence a text.
//
// Note [Unknown]: a dim is a number, a name ("B"), or `number`: not known. A shape that is no tuple is of unknown rank, and
// may still say what it ends with: [...number[], 64]. Where a rule cannot say what comes out it gives what is not known,
// never a guess, and refuses only what fails for all that the names may stand for. Names made of others by + and * are
// sizes that were computed ("B*T"), which may be equal to anything.
import type { Add, DivideWithRest, Less, Multiply, Subtract } from "./numbers.ts";

/** The size of a dim: a number, a name that stands for one, or `number`: not known. */
export type Dim = number | string;
/** The sizes of a tensor, one a dim. `Shape` itself is any number of them. */
export type Shape = readonly Dim[];
/**
 * What is not known, as the types of tensors say it: it may be given wherever something known is wanted, for what cannot be
 * said is no fault. Rules see `number` and `Shape` in its place.
 */
// oxlint-disable-next-line typescript/no-explicit-any
export type Unknown = any;
export type IsAny<T> = 0 extends 1 & T ? true : false;
/** A shape as rules see it. */
export type Plain<S extends Shape> =
  IsAny<S> extends true
    ? Shape
    : IsAny<S[number]> extends true
      ? { [K in keyof S]: IsAny<S[K]> extends true ? number : S[K] }
      : S;
/** A shape as tensors say it. */
export type Said<S extends Shape> = number extends S["length"]
  ? Unknown
  : number extends S[number]
    ? { -readonly [K in keyof S]: number extends S[K] ? Unknown : S[K] }
    : S;

declare const NAME: unique symbol;
/** What a size has that the type checker knows by a name. */
export interface Named<N extends string> {
  readonly [NAME]: N;
}
/** A dim as the number that it is when the program runs. */
export type Size<D> =
  IsAny<D> extends true ? number : D extends string ? (string extends D ? number : number & Named<D>) : D;
export type Sizes<S extends Shape> = number extends S["length"]
  ? readonly number[]
  : { readonly [K in keyof S]: Size<S[K]> };

export type IsUnion<T, U = T> = [T] extends [never] ? true : T extends T ? ([U] extends [T] ? false : true) : never;
/** The dim that a given size is. */
export type DimOf<V> =
  IsAny<V> extends true
    ? number
    : V extends { readonly [NAME]: infer N extends string }
      ? N
      : IsUnion<V> extends true
        ? number
        : V extends string
          ? string extends V
            ? number
            : V
          : V extends number
            ? V
            : number;
export type DimsOf<V> =
  IsAny<V> extends true
    ? Shape
    : V extends readonly unknown[]
      ? number extends V["length"]
        ? Shape
        : V extends readonly [infer H, ...infer R]
          ? [DimOf<H>, ...TailOf<DimsOf<R>>]
          : []
      : Shape;
type TailOf<S> = S extends Dim[] ? S : S extends Shape ? S : [];

// ---- what is known

export type IsUnknown<D> = number extends D ? true : string extends D ? true : false;
export type IsRankUnknown<S extends Shape> = number extends S["length"] ? true : false;
type IsComputed<D> = D extends `${string}${"*" | "+" | "-"}${string}` ? true : false;
/** Whether two dims are equal; `boolean` if that cannot be said. */
export type Same<A, B> =
  IsUnknown<A> extends true
    ? boolean
    : IsUnknown<B> extends true
      ? boolean
      : [A] extends [B]
        ? true
        : true extends IsComputed<A> | IsComputed<B>
          ? Offset<A>[0] extends Offset<B>[0]
            ? false
            : boolean
          : false;
/** Whether a dim is a known number. */
export type IsNumber<D> = D extends number ? (number extends D ? false : true) : false;
/** Whether all dims of a shape are known numbers. */
export type AllNumbers<S> = S extends readonly [infer H, ...infer R]
  ? IsNumber<H> extends true
    ? AllNumbers<R>
    : false
  : S extends readonly []
    ? true
    : false;

// ---- shapes as text

type Text<D> = D extends Dim ? (IsUnknown<D> extends true ? "?" : `${D}`) : "?";
/** 2x3x4 */
export type Crossed<S> = S extends readonly [infer H, ...infer R]
  ? R extends readonly []
    ? Text<H>
    : `${Text<H>}x${Crossed<R>}`
  : "";
/** 2, 3, 4 */
export type Listed<S> = S extends readonly [infer H, ...infer R]
  ? R extends readonly []
    ? Text<H>
    : `${Text<H>}, ${Listed<R>}`
  : "";

// ---- arithmetic of dims

/** A name and what is added to it and taken from it: "T+1" is ["T", 1, 0]. */
type Offset<D> = D extends `${infer X}+${infer N extends number}`
  ? [X, N, 0]
  : D extends `${infer X}-${infer N extends number}`
    ? [X, 0, N]
    : [D, 0, 0];
type Written<X, N> = N extends 0
  ? X
  : N extends number
    ? number extends N
      ? number
      : `${N}` extends `-${string}`
        ? `${X & string}${N}`
        : `${X & string}+${N}`
    : number;
/** A named dim with so many more and so many less. */
export type Shifted<D, More extends number, Less extends number> =
  Offset<D> extends [infer X, infer U extends number, infer W extends number]
    ? Written<X, Subtract<Add<U, More>, Add<W, Less>>>
    : number;
export type Plus<A, B> = A extends 0
  ? B
  : B extends 0
    ? A
    : IsUnknown<A> extends true
      ? number
      : IsUnknown<B> extends true
        ? number
        : A extends number
          ? B extends number
            ? Add<A, B>
            : Shifted<B, A, 0>
          : B extends number
            ? Shifted<A, B, 0>
            : `${A & Dim}+${B & Dim}`;
/** What would be below zero is not known. */
export type Minus<A, B> = B extends 0
  ? A
  : B extends number
    ? number extends B
      ? number
      : A extends number
        ? NotBelow<Subtract<A, B>>
        : IsUnknown<A> extends true
          ? number
          : Shifted<A, 0, B>
    : [A, B] extends [B, A]
      ? 0
      : number;
type NotBelow<N extends number> = `${N}` extends `-${string}` ? number : N;
/** A product of dims: its known part, the names of the others, and whether it is known at all. */
interface Factors {
  readonly number: number;
  readonly names: readonly string[];
}
type FactorsOf<S, N extends number = 1, Names extends readonly string[] = []> = S extends readonly [infer H, ...infer R]
  ? IsUnknown<H> extends true
    ? null
    : H extends number
      ? FactorsOf<R, Multiply<N, H>, Names>
      : H extends `${string}${"+" | "-"}${string}`
        ? FactorsOf<R, N, [...Names, H]>
        : H extends `${infer A}*${infer B}`
          ? FactorsOf<
              [A extends `${infer M extends number}` ? M : A, B extends `${infer M extends number}` ? M : B, ...R],
              N,
              Names
            >
          : FactorsOf<R, N, [...Names, H & string]>
  : S extends readonly []
    ? { number: N; names: Names }
    : null;
/** As text; a product with a sum in it has none, for "A*B+C" is the sum. */
type Joined<Names, N extends number> = Names extends readonly [infer H extends string]
  ? N extends 1
    ? H
    : Product<H, N>
  : Names extends readonly [infer H extends string, ...infer R]
    ? Product<H, Joined<R, N>>
    : N;
type Product<A, B> =
  IsUnknown<B> extends true
    ? number
    : `${A & Dim}*${B & Dim}` extends infer T
      ? T extends `${string}${"+" | "-"}${string}`
        ? number
        : T
      : never;
type AsDim<F> = F extends Factors ? (number extends F["number"] ? number : Joined<F["names"], F["number"]>) : number;
/** The product of all dims. */
export type Numel<S> = AsDim<FactorsOf<S>>;
type Without<Names, One, Before extends readonly string[] = []> = Names extends readonly [
  infer H extends string,
  ...infer R extends readonly string[],
]
  ? H extends One
    ? [...Before, ...R]
    : Without<R, One, [...Before, H]>
  : null;
type Cancelled<Names, By> = By extends readonly [infer H, ...infer R]
  ? Without<Names, H> extends infer W extends readonly string[]
    ? Cancelled<W, R>
    : null
  : Names;
/** The dim that stands for -1 in `Given`, so that it has as many elements as S; null if there is none; or not known. */
export type Inferred<S, Given> =
  FactorsOf<S> extends infer A extends Factors
    ? FactorsOf<Given> extends infer B extends Factors
      ? Cancelled<A["names"], B["names"]> extends infer Names extends readonly string[]
        ? DivideWithRest<A["number"], B["number"]> extends [infer Q extends number, infer R]
          ? number extends Q
            ? number
            : R extends 0
              ? Joined<Names, Q>
              : Names extends readonly []
                ? null
                : number
          : number
        : number
      : number
    : number;
export type Quotient<A, B> = Inferred<[A], [B]> extends infer Q extends Dim ? Q : number;
export type IsLess<A, B> = A extends number ? (B extends number ? Less<A, B> : boolean) : boolean;

// ---- dims by their place

/** A place counted from either end as a place from the start; a sentence for one outside; `number` if not known. */
export type Wrap<S extends Shape, D> = IsRankUnknown<S> extends true ? number : Wrapped<S["length"], D>;
export type Wrapped<Rank extends number, D> = D extends number
  ? number extends D
    ? number
    : IsUnion<D> extends true
      ? number
      : `${D}` extends `-${infer N extends number}`
        ? Subtract<Rank, N> extends infer P extends number
          ? `${P}` extends `-${string}`
            ? Rank extends 0
              ? N extends 1
                ? 0
                : Outside<1, D>
              : Outside<Rank, D>
            : P
          : number
        : Less<D, Rank> extends true
          ? D
          : Rank extends 0
            ? D extends 0
              ? 0
              : Outside<1, D>
            : Outside<Rank, D>
  : number;
type Outside<
  Rank extends number,
  D extends number,
> = `Dimension out of range (expected to be in range of [-${Rank}, ${Subtract<Rank, 1>}], but got ${D})`;
/** What stands before place I, and what from there on. */
export type Cut<S, I, Before extends readonly Dim[] = []> = Before["length"] extends I
  ? [Before, S]
  : S extends readonly [infer H extends Dim, ...infer R]
    ? Cut<R, I, [...Before, H]>
    : [Before, []];
/** With `New` in place of the dim at I. */
export type Replaced<S, I, New extends Shape> =
  Cut<S, I> extends [infer B extends Shape, readonly [unknown, ...infer R extends Shape]]
    ? [...B, ...New] extends infer F extends Shape
      ? [...F, ...R]
      : never
    : Shape;
/** With `New` before place I. */
export type Inserted<S, I, New extends Shape> =
  Cut<S, I> extends [infer B extends Shape, infer R extends Shape] ? [...B, ...New, ...R] : Shape;
/** The same number of dims, none of them known. */
export type Forgotten<S extends Shape> = IsRankUnknown<S> extends true ? Shape : { [K in keyof S]: number };

// ---- broadcasting

/** Two shapes as one, by PyTorch's rule. */
export type Broadcast<A extends Shape, B extends Shape> = [A, B] extends [B, A]
  ? A
  : B extends readonly []
    ? A
    : A extends readonly []
      ? B
      : FromRight<A, B>;
type FromRight<A extends Shape, B extends Shape, R extends Shape = []> = A extends readonly [
  ...infer RestA extends Shape,
  infer a,
]
  ? B extends readonly [...infer RestB extends Shape, infer b]
    ? Joint<a, b> extends infer D extends Dim
      ? FromRight<RestA, RestB, [D, ...R]>
      : `The size of tensor a (${Text<a>}) must match the size of tensor b (${Text<b>}) at non-singleton dimension ${Longer<RestA, RestB>}`
    : B extends readonly []
      ? [...A, ...R]
      : [...Dim[], ...R]
  : A extends readonly []
    ? IsRankUnknown<B> extends true
      ? [...Dim[], ...R]
      : [...B, ...R]
    : [...Dim[], ...R];
type Longer<A extends Shape, B extends Shape> =
  IsRankUnknown<A> extends true
    ? "?"
    : IsRankUnknown<B> extends true
      ? "?"
      : Less<A["length"], B["length"]> extends true
        ? B["length"]
        : A["length"];
/** The size of two dims together; null if they do not fit. */
export type Joint<A, B> = A extends 1
  ? B
  : B extends 1
    ? A
    : Same<A, B> extends infer E
      ? boolean extends E
        ? IsNumber<A> extends true
          ? A
          : IsNumber<B> extends true
            ? B
            : [A, B] extends [B, A]
              ? A
              : number
        : E extends true
          ? A
          : null
      : never;
