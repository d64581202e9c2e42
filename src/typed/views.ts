// The same elements under other dims; parts of them, and several joined.
import type { Arg, ListArg, Option } from "./arguments.ts";
import type { NameOf, Promoted } from "./dtype.ts";
import type { Resized } from "./reductions.ts";
import type {
  Cut,
  Dim,
  DimOf,
  DimsOf,
  Inferred,
  Inserted,
  IsLess,
  IsNumber,
  IsRankUnknown,
  IsUnknown,
  Listed,
  Minus,
  Numel,
  Plus,
  Replaced,
  Same,
  Shape,
  Unknown,
  Wrap,
  Wrapped,
} from "./shape.ts";
import type { Add, Divide, DivideWithRest, Subtract } from "./numbers.ts";
import type { DtypeOf, Made, ShapeOf, Tensor } from "./tensor.ts";

// ---- view, reshape, flatten

/** The dims of V other than -1, and whether there is one. */
type Others<V, R extends readonly Dim[] = [], N extends readonly unknown[] = []> = V extends readonly [
  infer H extends Dim,
  ...infer More,
]
  ? H extends -1
    ? Others<More, R, [...N, 0]>
    : Others<More, [...R, H], N>
  : [R, N["length"]];
type Put<V, D extends Dim> = { [K in keyof V]: V[K] extends -1 ? D : V[K] };
export type Viewed<S extends Shape, V> = V extends Shape
  ? IsRankUnknown<V> extends true
    ? Shape
    : Negative<V> extends readonly [infer D extends number, infer At extends number]
      ? `invalid shape dimension ${D} at index ${At} of shape [${Listed<V>}]`
      : Others<V> extends [infer R, infer N]
        ? N extends 0
          ? IsMismatch<S, V> extends true
            ? `shape '[${Listed<V>}]' is invalid for input of size ${Numel<S> & Dim}`
            : V
          : N extends 1
            ? Inferred<S, R> extends infer D
              ? D extends Dim
                ? Put<V, D>
                : `shape '[${Listed<V>}]' is invalid for input of size ${Numel<S> & Dim}`
              : never
            : "only one dimension can be inferred"
        : never
  : Shape;
/** Whether two shapes are of different numbers of elements for all that names may stand for. */
type IsMismatch<S, V> =
  Inferred<S, V> extends infer Q
    ? Q extends null
      ? true
      : Q extends number
        ? number extends Q
          ? IsNumber<Numel<V>> extends true
            ? IsNumber<Numel<S>> extends true
              ? true
              : false
            : false
          : Q extends 1
            ? false
            : true
        : false
    : never;
type Flat<S extends Shape, From, To> = From extends string
  ? From
  : To extends string
    ? To
    : IsRankUnknown<S> extends true
      ? Shape
      : number extends From | To
        ? Shape
        : S extends readonly []
          ? [1]
          : IsLess<To, From> extends true
            ? "flatten() has invalid args: start_dim cannot come after end_dim"
            : Cut<S, Add<To & number, 1>> extends [infer Head extends Shape, infer Tail extends Shape]
              ? Cut<Head, From> extends [infer Before extends Shape, infer Middle]
                ? [...Before, Numel<Middle>, ...Tail]
                : never
              : never;
export type Flattened<S extends Shape, From, To> = Flat<S, Wrap<S, From>, Wrap<S, To>>;
type Unflat<S extends Shape, P, V> = P extends string
  ? P
  : IsRankUnknown<S> extends true
    ? Shape
    : number extends P
      ? Shape
      : Cut<S, P>[1] extends readonly [infer H extends Dim, ...unknown[]]
        ? Viewed<[H], V> extends infer R
          ? R extends Shape
            ? Replaced<S, P, R>
            : V extends Shape
              ? Others<V>[1] extends 0
                ? `unflatten: Provided sizes [${Listed<V>}] don't multiply up to the size of dim ${P & number} (${H}) in the input tensor`
                : `unflatten: Provided sizes [${Listed<V>}] don't multiply up to the size of dim ${P & number} (${H}) in the input tensor`
              : R
          : never
        : Shape;
export type Unflattened<S extends Shape, D, V> = Unflat<S, Wrap<S, D>, V>;

// ---- dims in another order

type Order<S extends Shape, Dims, Seen = never, R extends readonly Dim[] = []> = Dims extends readonly [
  infer H,
  ...infer More,
]
  ? Wrap<S, H> extends infer P
    ? P extends string
      ? P
      : number extends P
        ? Shape
        : P extends Seen
          ? "permute(): duplicate dims are not allowed."
          : Order<S, More, Seen | P, [...R, S[P & keyof S] & Dim]>
    : never
  : R;
type Permuted<S extends Shape, V> =
  IsRankUnknown<S> extends true
    ? V extends readonly unknown[]
      ? { -readonly [K in keyof V]: number }
      : Shape
    : V extends readonly unknown[]
      ? number extends V["length"]
        ? Shape
        : V["length"] extends S["length"]
          ? Order<S, V>
          : `permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${S["length"]} is not equal to len(dims) = ${V["length"] & number}`
      : Shape;
type Swap<S extends Shape, P, Q> = P extends string
  ? P
  : Q extends string
    ? Q
    : IsRankUnknown<S> extends true
      ? Shape
      : number extends P | Q
        ? { [K in keyof S]: number }
        : S extends readonly []
          ? []
          : {
              -readonly [K in keyof S]: K extends `${P & number}`
                ? S[Q & keyof S]
                : K extends `${Q & number}`
                  ? S[P & keyof S]
                  : S[K];
            };
export type Transposed<S extends Shape, A, B> = Swap<S, Wrap<S, A>, Wrap<S, B>>;
export type Turned<S extends Shape> =
  IsRankUnknown<S> extends true
    ? Shape
    : S extends readonly [] | readonly [unknown]
      ? S
      : S extends readonly [infer A extends Dim, infer B extends Dim]
        ? [B, A]
        : `t() expects a tensor with <= 2 dimensions, but self is ${S["length"]}D`;
type Reversed<S, R extends readonly Dim[] = []> = S extends readonly [infer H extends Dim, ...infer More]
  ? Reversed<More, [H, ...R]>
  : S extends readonly []
    ? R
    : Shape;
export type MatrixTransposed<S extends Shape> =
  IsRankUnknown<S> extends true
    ? Shape
    : S extends readonly [...infer B extends Shape, infer M extends Dim, infer N extends Dim]
      ? [...B, N, M]
      : `tensor.mT is only supported on matrices or batches of matrices. Got ${S["length"]}-D tensor.`;
export type AllTransposed<S extends Shape> = Reversed<S>;
/** One dim moved to another place. */
type Moved<S extends Shape, From, To> = From extends string
  ? From
  : To extends string
    ? To
    : IsRankUnknown<S> extends true
      ? Shape
      : number extends From | To
        ? { [K in keyof S]: number }
        : Cut<S, From> extends [infer B extends Shape, readonly [infer D extends Dim, ...infer R extends Shape]]
          ? Inserted<[...B, ...R], To, [D]>
          : S;

// ---- dims of size 1

type Ones<S, R extends readonly Dim[] = []> = S extends readonly [infer H extends Dim, ...infer More]
  ? H extends 1
    ? Ones<More, R>
    : IsUnknown<H> extends true
      ? Shape
      : Ones<More, [...R, H]>
  : S extends readonly []
    ? R
    : Shape;
type Squeeze<S extends Shape, P> = P extends string
  ? P
  : IsRankUnknown<S> extends true
    ? Shape
    : number extends P
      ? Shape
      : Cut<S, P> extends [infer B extends Shape, readonly [infer H, ...infer R extends Shape]]
        ? H extends 1
          ? [...B, ...R]
          : IsUnknown<H> extends true
            ? Shape
            : S
        : S;
type Squeezed<S extends Shape, D> = D extends null
  ? Ones<S>
  : D extends number
    ? Squeeze<S, Wrap<S, D>>
    : D extends readonly []
      ? S
      : D extends readonly [infer H]
        ? Squeeze<S, Wrap<S, H>>
        : D extends readonly [infer H, infer I]
          ? SqueezeTwo<S, Wrap<S, H>, Wrap<S, I>>
          : Shape;
type SqueezeTwo<S extends Shape, P, Q> = P extends string
  ? P
  : Q extends string
    ? Q
    : number extends P | Q
      ? Shape
      : IsLess<P, Q> extends true
        ? SqueezeTwo<S, Q, P>
        : Squeeze<S, P> extends infer R extends Shape
          ? Squeeze<R, Q>
          : Shape;
export type Unsqueezed<S extends Shape, D> =
  IsRankUnknown<S> extends true
    ? Shape
    : Wrapped<Add<S["length"], 1>, D> extends infer P
      ? P extends string
        ? P
        : number extends P
          ? Shape
          : Inserted<S, P, [1]>
      : never;

// ---- repeated

type Expand<S extends Shape, V extends Shape, R extends readonly Dim[] = []> = V extends readonly [
  ...infer RestV extends Shape,
  infer v extends Dim,
]
  ? S extends readonly [...infer RestS extends Shape, infer s extends Dim]
    ? v extends -1
      ? Expand<RestS, RestV, [s, ...R]>
      : s extends 1
        ? Expand<RestS, RestV, [v, ...R]>
        : Same<s, v> extends false
          ? [s, v, RestS["length"]]
          : Expand<RestS, RestV, [IsUnknown<s> extends true ? v : s, ...R]>
    : Expand<[], RestV, [v, ...R]>
  : R;
type Expanded<S extends Shape, V> =
  IsRankUnknown<S> extends true
    ? V extends Shape
      ? number extends V["length"]
        ? Shape
        : { -readonly [K in keyof V]: V[K] extends -1 ? number : V[K] }
      : Shape
    : V extends Shape
      ? IsRankUnknown<V> extends true
        ? Shape
        : IsLess<V["length"], S["length"]> extends true
          ? `expand(torch.FloatTensor{[${Listed<S>}]}, size=[${Listed<V>}]): the number of sizes provided (${V["length"]}) must be greater or equal to the number of dimensions in the tensor (${S["length"]})`
          : ExpandedOf<Expand<S, V>, S, V>
      : Shape;
type ExpandedOf<R, S extends Shape, V extends Shape> = R extends readonly [
  infer s extends Dim,
  infer v extends Dim,
  infer At,
]
  ? R["length"] extends V["length"]
    ? Misfit<S, V> extends true
      ? ExpandSentence<S, V, s, v, At>
      : Nowhere<R>
    : ExpandSentence<S, V, s, v, At>
  : Nowhere<R>;
/** Sizes below zero: -1 before the dims there are, others anywhere. */
type Nowhere<R> = R extends Shape
  ? -1 extends R[number]
    ? number extends R[number]
      ? R
      : `The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension ${PlaceOf<R, -1>}`
    : Negative<R> extends null
      ? R
      : "numel: integer multiplication overflow"
  : R;
type PlaceOf<V, D, At extends readonly unknown[] = []> = V extends readonly [infer H, ...infer R]
  ? [H] extends [D]
    ? At["length"]
    : PlaceOf<R, D, [...At, 0]>
  : number;
type ExpandSentence<
  S extends Shape,
  V extends Shape,
  s extends Dim,
  v extends Dim,
  At,
> = `The expanded size of the tensor (${v}) must match the existing size (${s}) at non-singleton dimension ${Plus<At, Minus<V["length"], S["length"]>> & Dim}.  Target sizes: [${Listed<V>}].  Tensor sizes: [${Listed<S>}]`;
type Misfit<S extends Shape, V extends Shape> = V extends readonly [...infer RestV extends Shape, infer v]
  ? S extends readonly [...infer RestS extends Shape, infer s]
    ? v extends -1
      ? Misfit<RestS, RestV>
      : s extends 1
        ? Misfit<RestS, RestV>
        : Same<s, v> extends false
          ? true
          : Misfit<RestS, RestV>
    : false
  : false;
type Times<A, B> = A extends 1 ? B : B extends 1 ? A : Numel<[A, B]>;
type Repeated<S extends Shape, V> =
  IsRankUnknown<S> extends true
    ? Shape
    : V extends Shape
      ? IsRankUnknown<V> extends true
        ? Shape
        : IsLess<V["length"], S["length"]> extends true
          ? "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor"
          : Repeats<S, V> extends infer R extends Shape
            ? IsBelow<R[number]> extends false
              ? R
              : `Trying to create tensor with negative dimension: [${Listed<R>}]`
            : never
      : Shape;
type Repeats<S extends Shape, V extends Shape, R extends readonly Dim[] = []> = V extends readonly [
  ...infer RestV extends Shape,
  infer v extends Dim,
]
  ? S extends readonly [...infer RestS extends Shape, infer s extends Dim]
    ? Repeats<RestS, RestV, [Times<s, v>, ...R]>
    : Repeats<[], RestV, [v, ...R]>
  : [...S, ...R];

/** Whether a number is known to be below zero. */
type IsBelow<N> = N extends number ? (`${N}` extends `-${string}` ? true : false) : false;
/** The first of sizes that is below zero and no -1, with its place. */
type Negative<V, At extends readonly unknown[] = []> = V extends readonly [infer H, ...infer R]
  ? IsBelow<H> extends true
    ? H extends -1
      ? Negative<R, [...At, 0]>
      : [H, At["length"]]
    : Negative<R, [...At, 0]>
  : null;

// ---- parts

type Select<S extends Shape, P, I> = P extends string
  ? P
  : IsRankUnknown<S> extends true
    ? Shape
    : S extends readonly []
      ? "select() cannot be applied to a 0-dim tensor."
      : number extends P
        ? Shape
        : Cut<S, P> extends [infer B extends Shape, readonly [infer H extends Dim, ...infer R extends Shape]]
          ? Inside<I, H> extends false
            ? `select(): index ${I & number} out of range for tensor of size [${Listed<S>}] at dimension ${P & number}`
            : [...B, ...R]
          : Shape;
/** Whether a place, counted from either end, is one of so many. */
export type Inside<I, N> = I extends number
  ? number extends I
    ? boolean
    : N extends number
      ? `${I}` extends `-${infer M extends number}`
        ? IsLess<N, M> extends true
          ? false
          : true
        : IsLess<I, N>
      : boolean
  : boolean;
type Narrow<S extends Shape, P, Start, N> = P extends string
  ? P
  : IsBelow<N> extends true
    ? "narrow(): length must be non-negative."
    : Cut<S, P>[1] extends readonly [infer H extends number, ...unknown[]]
      ? Start extends number
        ? N extends number
          ? IsLess<H, Plus<Start, N>> extends true
            ? `${Start}` extends `-${string}`
              ? Resized<S, P, N>
              : `start (${Start}) + length (${N}) exceeds dimension size (${H}).`
            : Resized<S, P, N>
          : Resized<S, P, number>
        : Resized<S, P, N extends Dim ? N : number>
      : Resized<S, P, N extends Dim ? N : number>;
/** How many elements a slice takes of H. */
export type Sliced<H, Start, Stop, Step> = [Start, Stop, Step] extends [null, null, null | 1]
  ? H
  : H extends number
    ? number extends H
      ? number
      : Bound<H, Start, 0> extends infer B extends number
        ? Bound<H, Stop, H> extends infer E extends number
          ? number extends B | E
            ? number
            : IsLess<B, E> extends true
              ? Step extends null | 1
                ? Subtract<E, B>
                : Step extends number
                  ? Divide<Subtract<Add<Subtract<E, B>, Step>, 1>, Step>
                  : number
              : 0
          : number
        : number
    : Step extends null | 1
      ? SlicedName<H, Start extends null ? 0 : Start, Stop extends null ? H : Stop>
      : number;
/** Of a named dim what is left between so many from its start and so many from its end; all of it, or less, if it is short. */
type SlicedName<H, Start, Stop> = Start extends number
  ? number extends Start
    ? number
    : `${Start}` extends `-${string}`
      ? number
      : [Stop] extends [H]
        ? Minus<H, Start>
        : Stop extends number
          ? number extends Stop
            ? number
            : `${Stop}` extends `-${infer N extends number}`
              ? Minus<H, Add<N, Start>>
              : number
          : number
  : number;
type Bound<H extends number, I, Else> = I extends null
  ? Else
  : I extends number
    ? number extends I
      ? number
      : `${I}` extends `-${infer M extends number}`
        ? IsLess<H, M> extends true
          ? 0
          : Subtract<H, M>
        : IsLess<H, I> extends true
          ? H
          : I
    : number;
type Slice<S extends Shape, P, Start, Stop, Step> = P extends string
  ? P
  : Cut<S, P>[1] extends readonly [infer H, ...unknown[]]
    ? Resized<S, P, Sliced<H, Start, Stop, Step> & Dim>
    : Resized<S, P, number>;
type Unfolded<S extends Shape, P, N, Step> = P extends string
  ? P
  : Cut<S, P>[1] extends readonly [infer H extends number, ...unknown[]]
    ? N extends number
      ? Step extends number
        ? IsLess<H, N> extends true
          ? `maximum size for tensor at dimension ${P & number} is ${H} but size is ${N}`
          : Resized<S, P, Add<Divide<Subtract<H, N>, Step>, 1>> extends infer R extends Shape
            ? [...R, N]
            : Shape
        : Shape
      : Shape
    : Shape;

// ---- lists of parts

type Several<T, N, R extends readonly unknown[] = []> = R["length"] extends N
  ? R
  : R["length"] extends 64
    ? T[]
    : Several<T, N, [...R, T]>;
/** N parts of which the last is another. */
type WithLast<T, N extends number, L> =
  Several<T, N> extends infer R extends readonly unknown[]
    ? number extends R["length"]
      ? (T | L)[]
      : [...R, L]
    : never;
type Parts<S extends Shape, P, Size extends number, D extends string> = P extends string
  ? P
  : number extends P
    ? Tensor<Unknown, D>[]
    : Cut<S, P>[1] extends readonly [infer H, ...unknown[]]
      ? H extends number
        ? number extends H | Size
          ? Part<S, P, number, D>[]
          : Size extends 0
            ? H extends 0
              ? [Part<S, P, 0, D>]
              : `split_size can only be 0 if dimension size is 0, but got dimension size of ${H}`
            : DivideWithRest<H, Size> extends [infer N extends number, infer R]
              ? R extends 0
                ? N extends 0
                  ? [Part<S, P, 0, D>]
                  : Several<Part<S, P, Size, D>, N>
                : WithLast<Part<S, P, Size, D>, N, Part<S, P, R & number, D>>
              : never
        : Part<S, P, number, D>[]
      : Tensor<Unknown, D>[];
type Part<S extends Shape, P, N extends Dim, D extends string> = Made<Resized<S, P, N>, D>;
type Sections<S extends Shape, P, Sizes, D extends string, At> = P extends string
  ? P
  : Sizes extends Shape
    ? number extends Sizes["length"]
      ? Tensor<Unknown, D>[]
      : Cut<S, P>[1] extends readonly [infer H extends Dim, ...unknown[]]
        ? Same<Sum<Sizes>, H> extends false
          ? `split_with_sizes expects split_sizes to sum exactly to ${H} (input tensor's size at dimension ${At & number}), but got split_sizes=[${Listed<Sizes>}]`
          : { -readonly [K in keyof Sizes]: Part<S, P, Sizes[K] & Dim, D> }
        : { -readonly [K in keyof Sizes]: Part<S, P, Sizes[K] & Dim, D> }
    : Tensor<Unknown, D>[];
type Sum<V, R = 0> = V extends readonly [infer H, ...infer More] ? Sum<More, Plus<R, H>> : R;
type Split<S extends Shape, V, P, D extends string, At = P> = V extends number
  ? IsBelow<V> extends true
    ? `split expects split_size be non-negative, but got split_size=${V}`
    : Parts<S, P, V, D>
  : Sections<S, P, DimsOf<V>, D, At>;
/** In so many parts, the first of which are longer by one. */
type TensorSplit<S extends Shape, N, P, D extends string> = P extends string
  ? P
  : N extends number
    ? number extends N
      ? Part<S, P, number, D>[]
      : Cut<S, P>[1] extends readonly [infer H extends number, ...unknown[]]
        ? DivideWithRest<H, N> extends [infer Q extends number, infer R extends number]
          ? number extends Q
            ? Part<S, P, number, D>[]
            : Concat<Several<Part<S, P, Add<Q, 1>, D>, R>, Several<Part<S, P, Q, D>, Subtract<N, R>>>
          : never
        : Part<S, P, number, D>[]
    : Part<S, P, number, D>[];
type Concat<A, B> = A extends readonly unknown[] ? (B extends readonly unknown[] ? [...A, ...B] : never) : never;
/** Chunks are of the size rounded up. */
type Chunk<S extends Shape, N, P, D extends string> = P extends string
  ? P
  : true extends IsBelow<N> | (N extends 0 ? true : false)
    ? `chunk expects \`chunks\` to be greater than 0, got: ${N & number}`
    : Cut<S, P>[1] extends readonly [infer H extends number, ...unknown[]]
      ? N extends number
        ? Parts<S, P, Divide<Subtract<Add<H, N>, 1>, N>, D>
        : Tensor<Unknown, D>[]
      : N extends number
        ? Cut<S, P>[1] extends readonly [string, ...unknown[]]
          ? Part<S, P, number, D>[]
          : Tensor<Unknown, D>[]
        : Tensor<Unknown, D>[];
type Unbound<S extends Shape, P, D extends string> = P extends string
  ? P
  : number extends P
    ? Tensor<Unknown, D>[]
    : Cut<S, P> extends [infer B extends Shape, readonly [infer H, ...infer R extends Shape]]
      ? H extends number
        ? Several<Tensor<[...B, ...R], D>, H>
        : Tensor<[...B, ...R], D>[]
      : Tensor<Unknown, D>[];

// ---- joined

type Shapes<T> = { [K in keyof T]: ShapeOf<T[K]> };
type DtypeOfAll<T, R extends string = never> = T extends readonly [infer H, ...infer More]
  ? DtypeOfAll<More, [R] extends [never] ? DtypeOf<H> : Promoted<R, DtypeOf<H>>>
  : [R] extends [never]
    ? T extends readonly (infer E)[]
      ? DtypeOf<E>
      : string
    : R;
/** Like old PyTorch's tensors of nothing, [0] fits everything. */
type Cat<T, P, R = null, N extends number = 0> = T extends readonly [infer H, ...infer More]
  ? H extends Shape
    ? IsRankUnknown<H> extends true
      ? Shape
      : H extends readonly [0]
        ? Cat<More, P, R, Add<N, 1>>
        : R extends Shape
          ? IsRankUnknown<R> extends true
            ? Shape
            : CatTwo<R, H, P, N> extends infer J
              ? J extends Shape
                ? Cat<More, P, J, Add<N, 1>>
                : J
              : never
          : Cat<More, P, H, Add<N, 1>>
    : Shape
  : T extends readonly []
    ? R extends Shape
      ? R
      : [0]
    : Shape;
type CatTwo<A extends Shape, B extends Shape, D, N extends number> = A["length"] extends B["length"]
  ? Wrap<A, D> extends infer P
    ? P extends string
      ? P
      : number extends P
        ? { [K in keyof A]: number }
        : CatDims<A, B, P, N>
    : never
  : `Tensors must have same number of dimensions: got ${A["length"]} and ${B["length"]}`;
type CatDims<
  A extends Shape,
  B extends Shape,
  P,
  N extends number,
  R extends readonly Dim[] = [],
> = A extends readonly [infer a extends Dim, ...infer RestA extends Shape]
  ? B extends readonly [infer b extends Dim, ...infer RestB extends Shape]
    ? R["length"] extends P
      ? CatDims<RestA, RestB, P, N, [...R, Plus<a, b> & Dim]>
      : Same<a, b> extends false
        ? `Sizes of tensors must match except in dimension ${P & number}. Expected size ${a} but got size ${b} for tensor number ${N} in the list.`
        : CatDims<RestA, RestB, P, N, [...R, IsUnknown<a> extends true ? b : a]>
    : R
  : R;
type Stack<T, D> = T extends readonly [infer H extends Shape, ...infer More]
  ? AllEqual<H, More> extends infer E
    ? E extends string
      ? E
      : E extends Shape
        ? IsRankUnknown<E> extends true
          ? Shape
          : Wrapped<Add<E["length"], 1>, D> extends infer P
            ? P extends string
              ? P
              : number extends P
                ? Shape
                : Inserted<E, P, [Add<More["length"] & number, 1>]>
            : never
        : Shape
    : never
  : Shape;
type AllEqual<A extends Shape, T, N extends number = 1> = T extends readonly [infer H extends Shape, ...infer More]
  ? Equal<A, H> extends infer E
    ? E extends false
      ? `stack expects each tensor to be equal size, but got [${Listed<A>}] at entry 0 and [${Listed<H>}] at entry ${N}`
      : AllEqual<E extends true ? A : IsRankUnknown<A> extends true ? H : A, More, Add<N, 1>>
    : never
  : T extends readonly []
    ? A
    : Shape;
type Equal<A extends Shape, B extends Shape> =
  IsRankUnknown<A> extends true
    ? boolean
    : IsRankUnknown<B> extends true
      ? boolean
      : A extends readonly [infer a, ...infer RestA extends Shape]
        ? B extends readonly [infer b, ...infer RestB extends Shape]
          ? Same<a, b> extends false
            ? false
            : Equal<RestA, RestB>
          : false
        : B extends readonly []
          ? true
          : false;

export interface ViewKinds<S extends Shape, D extends string, A> {
  view: A extends readonly [{ readonly itemsize: number }]
    ? Tensor<Shape, NameOf<A[0], never>>
    : Made<Viewed<S, DimsOf<ListArg<A, "size">>>, D>;
  reshape: Made<Viewed<S, DimsOf<ListArg<A, "shape">>>, D>;
  shapeAs: Made<Viewed<S, ShapeOf<Arg<A, "0", "other", Shape>>>, D>;
  flatten: Made<Flattened<S, Arg<A, "0", "start_dim", 0>, Arg<A, "1", "end_dim", -1>>, D>;
  unflatten: Made<Unflattened<S, Arg<A, "0", "dim", number>, DimsOf<Arg<A, "1", "sizes", Shape>>>, D>;
  ravel: Made<[Numel<S>], D>;
  permute: Made<Permuted<S, ListArg<A, "dims">>, D>;
  transpose: Made<Transposed<S, Arg<A, "0", "dim0", number>, Arg<A, "1", "dim1", number>>, D>;
  swapaxes: Made<Transposed<S, Arg<A, "0", "axis0", number>, Arg<A, "1", "axis1", number>>, D>;
  t: Made<Turned<S>, D>;
  movedim: Made<Moved<S, Wrap<S, Arg<A, "0", "source", number>>, Wrap<S, Arg<A, "1", "destination", number>>>, D>;
  squeeze: Made<Squeezed<S, Arg<A, "0", "dim", null>>, D>;
  unsqueeze: Made<Unsqueezed<S, Arg<A, "0", "dim", number>>, D>;
  expand: Made<Expanded<S, DimsOf<ListArg<A, "size">>>, D>;
  expandAs: Made<Expanded<S, ShapeOf<Arg<A, "0", "other", Shape>>>, D>;
  repeat: Made<Repeated<S, DimsOf<ListArg<A, "repeats">>>, D>;
  select: Made<Select<S, Wrap<S, Arg<A, "0", "dim", number>>, Arg<A, "1", "index", number>>, D>;
  narrow: Made<
    Narrow<S, Wrap<S, Arg<A, "0", "dim", number>>, Arg<A, "1", "start", number>, DimOf<Arg<A, "2", "length", number>>>,
    D
  >;
  slice: Made<
    Slice<
      S,
      Wrap<S, Arg<A, "0", "dim", 0>>,
      DimOrNull<Arg<A, "1", "start", null>>,
      DimOrNull<Arg<A, "2", "end", null>>,
      Arg<A, "3", "step", null>
    >,
    D
  >;
  unfold: Made<
    Unfolded<S, Wrap<S, Arg<A, "0", "dimension", number>>, Arg<A, "1", "size", number>, Arg<A, "2", "step", number>>,
    D
  >;
  unbind: Unbound<S, Wrap<S, Arg<A, "0", "dim", 0>>, D>;
  split: Split<S, Arg<A, "0", "split_size", number>, Wrap<S, Arg<A, "1", "dim", 0>>, D, Arg<A, "1", "dim", 0>>;
  splitSizes: Split<
    S,
    Arg<A, "0", "split_sizes", readonly number[]>,
    Wrap<S, Arg<A, "1", "dim", 0>>,
    D,
    Arg<A, "1", "dim", 0>
  >;
  tensorSplit: TensorSplit<S, Arg<A, "0", "indices_or_sections", unknown>, Wrap<S, Arg<A, "1", "dim", 0>>, D>;
  /** Of a dtype as the tensor's own: new_zeros. */
  fresh: Made<DimsOf<ListArg<A, "size">>, NameOf<Option<A, "dtype", null>, D>>;
  freshFull: Made<DimsOf<Arg<A, "0", "size", Shape>>, NameOf<Option<A, "dtype", null>, D>>;
  strided: Made<DimsOf<Arg<A, "0", "size", Shape>>, D>;
  histc: Made<[DimOf<Arg<A, "0", "bins", 100>>], D>;
  chunk: Chunk<S, Arg<A, "0", "chunks", number>, Wrap<S, Arg<A, "1", "dim", 0>>, D>;
  /** Of a list of tensors, which is the first argument. */
  cat: Made<
    Cat<Shapes<A extends readonly [infer T, ...unknown[]] ? T : []>, Arg<A, "1", "dim", 0>>,
    DtypeOfAll<A extends readonly [infer T, ...unknown[]] ? T : []>
  >;
  stack: Made<
    Stack<Shapes<A extends readonly [infer T, ...unknown[]] ? T : []>, Arg<A, "1", "dim", 0>>,
    DtypeOfAll<A extends readonly [infer T, ...unknown[]] ? T : []>
  >;
}
export type DimOrNull<V> = V extends null ? null : DimOf<V>;
