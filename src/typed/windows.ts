// What looks at windows of the last dims: convolutions, pools; and what resizes them: padding, interpolation.
import type { Arg } from "./arguments.ts";
import type { Add, Divide, DivideWithRest, Multiply, Subtract } from "./numbers.ts";
import type {
  Crossed,
  Dim,
  DimOf,
  DimsOf,
  Forgotten,
  IsAny,
  IsLess,
  IsRankUnknown,
  IsUnknown,
  Listed,
  Minus,
  Numel,
  Plus,
  Quotient,
  Same,
  Shape,
} from "./shape.ts";

/** One number stands for all N dims. */
export type PerDim<V, N> =
  IsAny<V> extends true
    ? Times<number, N>
    : V extends readonly unknown[]
      ? V extends readonly [infer One]
        ? Times<One, N>
        : V
      : Times<V, N>;
type Times<V, N> = N extends 1 ? [V] : N extends 2 ? [V, V] : [V, V, V];
/** The lead of an input of N spatial dims: the batch, if there is one, then channels; and the spatial dims. */
export type Taken<S extends Shape, N> = N extends 1
  ? S extends readonly [...infer B extends Shape, infer C extends Dim, infer X extends Dim]
    ? B["length"] extends 0 | 1
      ? [B, C, [X]]
      : null
    : null
  : N extends 2
    ? S extends readonly [...infer B extends Shape, infer C extends Dim, infer X extends Dim, infer Y extends Dim]
      ? B["length"] extends 0 | 1
        ? [B, C, [X, Y]]
        : null
      : null
    : S extends readonly [
          ...infer B extends Shape,
          infer C extends Dim,
          infer X extends Dim,
          infer Y extends Dim,
          infer Z extends Dim,
        ]
      ? B["length"] extends 0 | 1
        ? [B, C, [X, Y, Z]]
        : null
      : null;
type Head<T> = T extends readonly [infer H, ...unknown[]] ? H : never;
type Tail<T> = T extends readonly [unknown, ...infer R] ? R : [];

/** How far a window of K elements, D apart, reaches beyond its first. */
type Reach<K, D> = K extends number ? (D extends number ? Multiply<D, Subtract<K, 1>> : number) : number;
type Twice<P> = P extends number ? Add<P, P> : number;
/** Sizes that no window has: a stride of 0, less than no padding. */
type IsOdd<K, St, P, D> = true extends IsIt<K, 0> | IsIt<St, 0> | IsIt<D, 0> ? true : IsIt<P, "-">;
/** Whether it is surely that number, or below zero. */
type IsIt<V, N> =
  IsUnknown<V> extends true
    ? false
    : [V] extends [number]
      ? N extends "-"
        ? [`${V}`] extends [`-${string}`]
          ? true
          : false
        : [V] extends [N]
          ? true
          : false
      : false;
/** Whether one of them is. */
type Has<L, N> = L extends readonly [infer H, ...infer R] ? (IsIt<H, N> extends true ? true : Has<R, N>) : false;
/** How many windows there are along a dim; null if there is no place for one. */
type Windows<H, K, St, P, D> =
  IsOdd<K, St, P, D> extends true
    ? null
    : Reach<K, D> extends infer R extends number
      ? H extends number
        ? Plus<H, Twice<P>> extends infer Wide extends number
          ? number extends Wide | R
            ? number
            : IsLess<R, Wide> extends true
              ? WindowsOf<Wide, R, St>
              : null
          : number
        : St extends 1
          ? Minus<Plus<H, Twice<P>>, R>
          : number
      : number;
type WindowsOf<Wide extends number, R extends number, St> = St extends number
  ? Add<Divide<Subtract<Subtract<Wide, R>, 1>, St>, 1>
  : number;
type AllWindows<X, K, St, P, D, R extends readonly Dim[] = []> = X extends readonly [infer H, ...infer More]
  ? Windows<H, Head<K>, Head<St>, Head<P>, Head<D>> extends infer W
    ? W extends Dim
      ? AllWindows<More, Tail<K>, Tail<St>, Tail<P>, Tail<D>, [...R, W]>
      : null
    : never
  : R;
/** "same" keeps all sizes, "valid" pads nothing. */
type Padding<P, N> = P extends "valid" ? PerDim<0, N> : PerDim<P, N>;

export interface ConvOptions {
  readonly in: unknown;
  readonly out: unknown;
  readonly kernel: unknown;
  readonly stride: unknown;
  readonly padding: unknown;
  readonly dilation: unknown;
  readonly groups: unknown;
}
type Around<X, P, R extends readonly Dim[] = []> = X extends readonly [infer H, ...infer More]
  ? Around<More, Tail<P>, [...R, Plus<H, Twice<Head<P>>> & Dim]>
  : R;
type KernelSize<K, D, R extends readonly Dim[] = []> = K extends readonly [infer H, ...infer More]
  ? KernelSize<More, Tail<D>, [...R, Plus<Reach<H, Head<D>>, 1> & Dim]>
  : R;
type Spaced<S> = S extends readonly [infer H extends Dim, ...infer R]
  ? R extends readonly []
    ? `${H}`
    : `${H} x ${Spaced<R>}`
  : "";
type WrongOptions<O extends ConvOptions, N> =
  Has<PerDim<O["padding"], N>, "-"> extends true
    ? "negative padding is not supported"
    : Has<PerDim<O["stride"], N>, 0> extends true
      ? "non-positive stride is not supported"
      : null;
type WrongKernel<K, D> =
  Has<K, 0> extends true
    ? `kernel size should be greater than zero, but got kernel_size=[${Listed<K>}]`
    : Has<D, 0> extends true
      ? `dilation should be greater than zero, but got [${Listed<D extends readonly [unknown] ? [1, ...D] : D>}]`
      : null;
export type Conv<S extends Shape, N extends number, O extends ConvOptions> =
  IsRankUnknown<S> extends true
    ? Shape
    : Taken<S, N> extends [infer B extends Shape, infer C extends Dim, infer X extends Shape]
      ? WrongOptions<O, N> extends infer Wrong extends string
        ? Wrong
        : Same<C, O["in"]> extends false
          ? `Given groups=${O["groups"] & number}, weight of size [${Listed<[O["out"], Quotient<O["in"], O["groups"]>, ...PerDim<O["kernel"], N>]>}], expected input[${Listed<B extends readonly [] ? [1, C, ...X] : [...B, C, ...X]>}] to have ${O["in"] & Dim} channels, but got ${C} channels instead`
          : WrongKernel<PerDim<O["kernel"], N>, PerDim<O["dilation"], N>> extends infer Wrong extends string
            ? Wrong
            : O["padding"] extends "same"
              ? [...B, DimOf<O["out"]>, ...X]
              : AllWindows<
                    X,
                    PerDim<O["kernel"], N>,
                    PerDim<O["stride"], N>,
                    Padding<O["padding"], N>,
                    PerDim<O["dilation"], N>
                  > extends infer W
                ? W extends Shape
                  ? [...B, DimOf<O["out"]>, ...W]
                  : `Calculated padded input size per channel: (${Spaced<Around<X, Padding<O["padding"], N>>>}). Kernel size: (${Spaced<KernelSize<PerDim<O["kernel"], N>, PerDim<O["dilation"], N>>>}). Kernel size can't be greater than actual input size`
                : never
      : `Expected ${Add<N, 1>}D (unbatched) or ${Add<N, 2>}D (batched) input to conv${N}d, but got input of size: [${Listed<S>}]`;

/** What would be below zero is not known. */
type TransposedDim<H, K, St, P, D, Out> =
  IsUnknown<H> extends true
    ? number
    : Minus<Plus<Numel<[H, St]>, Add<Add<Reach<K, D>, Out & number>, 1>>, Plus<Twice<P>, St>>;
type AllTransposed<X, K, St, P, D, Out, R extends readonly Dim[] = []> = X extends readonly [infer H, ...infer More]
  ? AllTransposed<
      More,
      Tail<K>,
      Tail<St>,
      Tail<P>,
      Tail<D>,
      Tail<Out>,
      [...R, TransposedDim<H, Head<K>, Head<St>, Head<P>, Head<D>, Head<Out>> & Dim]
    >
  : R;
/** dilation_height: 0, dilation_width: 0 */
type LetteredBy<D> = D extends readonly [infer W extends number]
  ? `dilation_height: 1, dilation_width: ${W}`
  : D extends readonly [infer H extends number, infer W extends number]
    ? `dilation_height: ${H}, dilation_width: ${W}`
    : D extends readonly [infer T extends number, infer H extends number, infer W extends number]
      ? `dilation_depth: ${T}, dilation_height: ${H}, dilation_width: ${W}`
      : string;
export interface TransposedOptions extends ConvOptions {
  readonly output_padding: unknown;
}
export type ConvTransposed<S extends Shape, N extends number, O extends TransposedOptions> =
  IsRankUnknown<S> extends true
    ? Shape
    : Taken<S, N> extends [infer B extends Shape, infer C extends Dim, infer X extends Shape]
      ? Same<C, O["in"]> extends false
        ? `Given transposed=1, weight of size [${Listed<[O["in"], Quotient<O["out"], O["groups"]>, ...PerDim<O["kernel"], N>]>}], expected input[${Listed<B extends readonly [] ? [1, C, ...X] : [...B, C, ...X]>}] to have ${O["in"] & Dim} channels, but got ${C} channels instead`
        : Has<PerDim<O["dilation"], N>, 0> extends true
          ? `dilation should be greater than zero, but got ${LetteredBy<PerDim<O["dilation"], N>>}`
          : [
              ...B,
              DimOf<O["out"]>,
              ...AllTransposed<
                X,
                PerDim<O["kernel"], N>,
                PerDim<O["stride"], N>,
                PerDim<O["padding"], N>,
                PerDim<O["dilation"], N>,
                PerDim<O["output_padding"], N>
              >,
            ]
      : `Expected ${Add<N, 1>}D (unbatched) or ${Add<N, 2>}D (batched) input to conv_transpose${N}d, but got input of size: [${Listed<S>}]`;

// ---- pools

/** Rounded up, where the last window begins inside. */
type CeilWindows<H0, K, St0, P, D> = [H0, St0, P] extends [infer H extends number, infer St extends number, number]
  ? Add<H, Twice<P>> extends infer Wide extends number
    ? Reach<K, D> extends infer R extends number
      ? IsLess<R, Wide> extends true
        ? DivideWithRest<Subtract<Subtract<Wide, R>, 1>, St> extends [infer Q extends number, infer Rest]
          ? Rest extends 0
            ? Add<Q, 1>
            : IsLess<Multiply<Add<Q, 1>, St>, Plus<H, P>> extends infer Inside
              ? boolean extends Inside
                ? number
                : Inside extends true
                  ? Add<Q, 2>
                  : Add<Q, 1>
              : never
          : never
        : number
      : number
    : number
  : number;
type AllCeil<X, K, St, P, D, R extends readonly Dim[] = []> = X extends readonly [infer H, ...infer More]
  ? AllCeil<More, Tail<K>, Tail<St>, Tail<P>, Tail<D>, [...R, CeilWindows<H, Head<K>, Head<St>, Head<P>, Head<D>>]>
  : R;
/** What PyTorch says of windows that cannot slide; null if nothing is wrong. */
type WrongPool<K, St, P, D, N, Flat> =
  Has<P, "-"> extends true
    ? Flat extends true
      ? `max_pool1d() padding must be non-negative, but got ${Head<P> & number}`
      : `pad must be non-negative, but got pad: ${Head<P> & number}`
    : true extends Has<K, 0> | Has<St, 0> | Has<D, 0>
      ? Flat extends true
        ? `max_pool1d() ${Has<K, 0> extends true ? "kernel_size" : Has<St, 0> extends true ? "stride" : "dilation"} must be greater than zero, but got 0`
        : Has<St, 0> extends true
          ? "stride should not be zero"
          : Has<K, 0> extends true
            ? `kernel size should be greater than zero, but got ${Lettered<K, "k", N>}`
            : `dilation should be greater than zero, but got ${Lettered<D, "dilation", N>}`
      : P extends readonly (0 | 1)[]
        ? Has<P, 1> extends true
          ? WideEnough<K, P, D, Flat>
          : null
        : WideEnough<K, P, D, Flat>;
/** At most half of each window may be padding. */
type WideEnough<K, P, D, Flat> = P extends readonly [infer p, ...infer More]
  ? IsLess<Twice<p>, Add<Reach<Head<K>, Head<D>>, 1>> extends false
    ? Twice<p> extends Add<Reach<Head<K>, Head<D>>, 1>
      ? WideEnough<Tail<K>, More, Tail<D>, Flat>
      : Flat extends true
        ? `max_pool1d() padding should be at most half of kernel size, but got padding=${p & number} and kernel_size=${Head<K> & number}`
        : `pad should be at most half of effective kernel size, but got pad=${p & number}, kernel_size=${Head<K> & number} and dilation=${Head<D> & number}`
    : WideEnough<Tail<K>, More, Tail<D>, Flat>
  : null;
/** kH: 2 kW: 3 */
type Lettered<L, Letter extends string, N> = N extends 1
  ? `${Letter}H: 1 ${Letter}W: ${Head<L> & number}`
  : L extends readonly [infer H extends number, infer W extends number]
    ? `${Letter}H: ${H} ${Letter}W: ${W}`
    : L extends readonly [infer T extends number, infer H extends number, infer W extends number]
      ? `${Letter}T: ${T} ${Letter}H: ${H} ${Letter}W: ${W}`
      : string;
type Pooled<S extends Shape, N extends number, K, St, P, D, Ceil, Flat, Sentence> =
  IsRankUnknown<S> extends true
    ? Shape
    : Taken<S, N> extends [infer B extends Shape, infer C extends Dim, infer X extends Shape]
      ? PooledBy<B, C, X, PerDim<K, N>, PerDim<St, N>, PerDim<P, N>, PerDim<D, N>, N, Ceil, Flat>
      : Sentence;
type PooledBy<B extends Shape, C extends Dim, X extends Shape, K, St, P, D, N, Ceil, Flat> =
  WrongPool<K, St, P, D, N, Flat> extends infer Wrong extends string
    ? Wrong
    : AllWindows<X, K, St, P, D> extends infer W
      ? W extends Shape
        ? Ceil extends false
          ? [...B, C, ...W]
          : Ceil extends true
            ? [...B, C, ...AllCeil<X, K, St, P, D>]
            : [...B, C, ...Forgotten<X>]
        : Ceil extends false
          ? `Given input size: (${Crossed<[C, ...X]>}). Calculated output size: (${Crossed<[C, ...TooSmall<X, K, St, P, D>]>}). Output size is too small`
          : [...B, C, ...Forgotten<X>]
      : never;
type TooSmall<X, K, St, P, D, R extends readonly Dim[] = []> = X extends readonly [infer H, ...infer More]
  ? TooSmall<
      More,
      Tail<K>,
      Tail<St>,
      Tail<P>,
      Tail<D>,
      [...R, Windows<H, Head<K>, Head<St>, Head<P>, Head<D>> extends infer W ? (W extends Dim ? W : 0) : never]
    >
  : R;
type OrKernel<St, K> = St extends null ? K : St;
/** Arguments: kernel_size, stride, padding, dilation; `ceil_mode` stands at `At`. */
export type MaxPooled<S extends Shape, N extends number, A, At extends string> = Pooled<
  S,
  N,
  Arg<A, "0", "kernel_size", number>,
  OrKernel<Arg<A, "1", "stride", null>, Arg<A, "0", "kernel_size", number>>,
  Arg<A, "2", "padding", 0>,
  Arg<A, "3", "dilation", 1>,
  Arg<A, At, "ceil_mode", false>,
  N extends 1 ? true : false,
  N extends 1 ? Shape : `non-empty ${Add<N, 1>}D or ${Add<N, 2>}D (batch mode) tensor expected for input`
>;
/** Arguments: kernel_size, stride, padding, ceil_mode. */
export type AvgPooled<S extends Shape, N extends number, A> = Pooled<
  S,
  N,
  Arg<A, "0", "kernel_size", number>,
  OrKernel<Arg<A, "1", "stride", null>, Arg<A, "0", "kernel_size", number>>,
  Arg<A, "2", "padding", 0>,
  1,
  Arg<A, "3", "ceil_mode", false>,
  false,
  Shape
>;
/** Arguments: norm_type, kernel_size, stride, ceil_mode. */
export type LpPooled<S extends Shape, N extends number, A> = Pooled<
  S,
  N,
  Arg<A, "1", "kernel_size", number>,
  OrKernel<Arg<A, "2", "stride", null>, Arg<A, "1", "kernel_size", number>>,
  0,
  1,
  Arg<A, "3", "ceil_mode", false>,
  false,
  Shape
>;
type AllUnpooled<X, K, St, P, R extends readonly Dim[] = []> = X extends readonly [infer H, ...infer More]
  ? AllUnpooled<More, Tail<K>, Tail<St>, Tail<P>, [...R, TransposedDim<H, Head<K>, Head<St>, Head<P>, 1, 0> & Dim]>
  : R;
/** Arguments: kernel_size, stride, padding of A; places and sizes of what comes are `Places` and `Size`. */
export type Unpooled<S extends Shape, N extends number, A, Places extends Shape, Size, From extends "01" | "12"> =
  IsRankUnknown<S> extends true
    ? Shape
    : Taken<S, N> extends [infer B extends Shape, infer C extends Dim, infer X extends Shape]
      ? AllSame<S, Places> extends false
        ? `Expected shape of indices to be same as that of the input tensor ([${Listed<Planar<S, N>>}]) but got indices tensor with shape: [${Listed<Planar<Places, N>>}]`
        : Size extends null
          ? KernelOf<A, From> extends [infer K, infer St, infer P]
            ? [...B, C, ...AllUnpooled<X, PerDim<K, N>, PerDim<OrKernel<St, K>, N>, PerDim<P, N>>]
            : never
          : Size extends readonly unknown[]
            ? Size["length"] extends N
              ? [...B, C, ...DimsOf<Size>]
              : Size["length"] extends S["length"]
                ? DimsOf<Size>
                : Forgotten<S>
            : Forgotten<S>
      : N extends 3
        ? Shape
        : `Input to max_unpooling2d should be a 3d or 4d Tensor, but got a tensor with ${Planar<S, N>["length"]} dimensions.`;
/** PyTorch takes rows for images of one column. */
type Planar<S extends Shape, N> = N extends 1 ? [...S, 1] : S;
type KernelOf<A, From> = From extends "01"
  ? [Arg<A, "0", "kernel_size", number>, Arg<A, "1", "stride", null>, Arg<A, "2", "padding", 0>]
  : [Arg<A, "1", "kernel_size", number>, Arg<A, "2", "stride", null>, Arg<A, "3", "padding", 0>];
/** Whether all dims are the same; not false where that cannot be said. */
type AllSame<S extends Shape, T extends Shape> =
  IsRankUnknown<T> extends true
    ? boolean
    : S["length"] extends T["length"]
      ? false extends { [K in keyof S]: K extends keyof T ? Surely<S[K], T[K]> : true }[number]
        ? false
        : boolean
      : false;
type Surely<A, B> = Same<A, B> extends false ? false : true;
/** Windows as columns: [N, C · |kernel|, number of windows]. */
export type Columns<S extends Shape, K, D, P, St> =
  Taken<S, 2> extends [infer B extends Shape, infer C extends Dim, infer X extends Shape]
    ? AllWindows<X, PerDim<K, 2>, PerDim<St, 2>, PerDim<P, 2>, PerDim<D, 2>> extends infer W
      ? W extends Shape
        ? [...B, Numel<[C, ...PerDim<K, 2>]>, Numel<W>]
        : Shape
      : never
    : Shape;
/** Columns as sums in an image of that size. */
export type Folded<S extends Shape, Size, K> =
  PerDim<Size, 2> extends readonly [infer H, infer W]
    ? S extends readonly [...infer B extends Shape, infer C, unknown]
      ? B["length"] extends 0 | 1
        ? [...B, Quotient<C, Numel<PerDim<K, 2>>>, DimOf<H>, DimOf<W>]
        : Shape
      : Shape
    : Shape;
type Adapted<X, V, R extends readonly Dim[] = []> = X extends readonly [infer H extends Dim, ...infer More]
  ? Adapted<More, Tail<V>, [...R, Head<V> extends null ? H : DimOf<Head<V>>]>
  : R;
export type AdaptivePooled<S extends Shape, N extends number, V, Name extends string> =
  IsRankUnknown<S> extends true
    ? Shape
    : Taken<S, N> extends [infer B extends Shape, infer C extends Dim, infer X extends Shape]
      ? [...B, C, ...Adapted<X, PerDim<V, N>>]
      : `adaptive_${Name}_pool${N}d(): Expected ${Add<N, 1>}D or ${Add<N, 2>}D tensor, but got [${Listed<S>}]`;

// ---- padding, resizing

type Pairs<S extends Shape, V, R extends readonly Dim[] = []> = V extends readonly [infer L, infer T, ...infer More]
  ? S extends readonly [...infer B extends Shape, infer H extends Dim]
    ? Pairs<B, More, [Padded1<H, L, T>, ...R]>
    : null
  : [...S, ...R];
type Padded1<H extends Dim, L, T> = Padded2<Padded2<H, L>, T>;
type Padded2<H, P> = P extends number
  ? number extends P
    ? number
    : `${P}` extends `-${infer M extends number}`
      ? IsLess<H, M> extends true
        ? number
        : Minus<H, M>
      : Plus<H, P> & Dim
  : number;
export type Padded<S extends Shape, V> =
  IsRankUnknown<S> extends true
    ? Shape
    : V extends readonly unknown[]
      ? number extends V["length"]
        ? { [K in keyof S]: number }
        : Pairs<S, V> extends infer R
          ? R extends null
            ? `Padding length should be less than or equal to two times the input dimension but got padding length ${V["length"]} and input of dimension ${S["length"]}`
            : R
          : never
      : { [K in keyof S]: number };
type Scaled<X, F, R extends readonly Dim[] = []> = X extends readonly [infer H extends Dim, ...infer More]
  ? Scaled<More, Tail<F>, [...R, Scale<H, Head<F>>]>
  : R;
type Scale<H extends Dim, F> = F extends number
  ? number extends F
    ? number
    : `${F}` extends `${string}.${string}`
      ? F extends 0.5
        ? H extends number
          ? Divide<H, 2>
          : number
        : number
      : F extends 1
        ? H
        : Numel<[H, F]> & Dim
  : number;
type InterpolatedN<S extends Shape, N, V, F> =
  Taken<S, N> extends [infer B extends Shape, infer C extends Dim, infer X extends Shape]
    ? V extends null
      ? [...B, C, ...Scaled<X, PerDim<F, N>>]
      : [...B, C, ...Adapted<X, PerDim<V, N>>]
    : Shape;
export type Interpolated<S extends Shape, V, F, Mode> =
  IsRankUnknown<S> extends true
    ? Shape
    : S["length"] extends 3
      ? InterpolatedN<S, 1, V, F>
      : S["length"] extends 4
        ? InterpolatedN<S, 2, V, F>
        : S["length"] extends 5
          ? InterpolatedN<S, 3, V, F>
          : `Input Error: Only 3D, 4D and 5D input Tensors supported (got ${S["length"]}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact (got ${Mode & string})`;
/** [*, C r², H, W] to [*, C, H r, W r] */
export type Shuffled<S extends Shape, F> = S extends readonly [
  ...infer B extends Shape,
  infer C extends Dim,
  infer H extends Dim,
  infer W extends Dim,
]
  ? F extends number
    ? Quotient<C, Multiply<F, F>> extends infer Q extends Dim
      ? [...B, Q, Numel<[H, F]> & Dim, Numel<[W, F]> & Dim]
      : Shape
    : Shape
  : Shape;
export type Unshuffled<S extends Shape, F> = S extends readonly [
  ...infer B extends Shape,
  infer C extends Dim,
  infer H extends Dim,
  infer W extends Dim,
]
  ? F extends number
    ? [...B, Numel<[C, Multiply<F, F>]> & Dim, Quotient<H, F>, Quotient<W, F>]
    : Shape
  : Shape;
