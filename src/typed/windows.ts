// What looks at windows of the last dims: convolutions, pools; and what resizes them: padding, interpolation.
import type { Arg, Option } from "./arguments.ts";
import type { Add, Divide, Multiply, Subtract } from "./numbers.ts";
import type {
  Crossed,
  Dim,
  DimOf,
  IsLess,
  IsRankUnknown,
  Listed,
  Minus,
  Numel,
  Plus,
  Quotient,
  Same,
  Shape,
} from "./shape.ts";

/** One number stands for all N dims. */
export type PerDim<V, N> = V extends readonly unknown[]
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
/** How many windows there are along a dim; null if there is no place for one. */
type Windows<H, K, St, P, D> =
  Reach<K, D> extends infer R extends number
    ? H extends number
      ? Plus<H, Twice<P>> extends infer Wide extends number
        ? number extends Wide | R
          ? number
          : IsLess<R, Wide> extends true
            ? WindowsOf<Wide, R, St>
            : null
        : number
      : St extends 1
        ? Same<Twice<P>, R> extends true
          ? H
          : number
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
export type Conv<S extends Shape, N extends number, O extends ConvOptions> =
  IsRankUnknown<S> extends true
    ? Shape
    : Taken<S, N> extends [infer B extends Shape, infer C extends Dim, infer X extends Shape]
      ? Same<C, O["in"]> extends false
        ? `Given groups=${O["groups"] & number}, weight of size [${Listed<[O["out"], Quotient<O["in"], O["groups"]>, ...PerDim<O["kernel"], N>]>}], expected input[${Listed<B extends readonly [] ? [1, C, ...X] : [...B, C, ...X]>}] to have ${O["in"] & Dim} channels, but got ${C} channels instead`
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

type TransposedDim<H, K, St, P, D, Out> = H extends number
  ? number extends H
    ? number
    : Add<
        Add<
          Add<Multiply<Subtract<H, 1>, St & number> extends infer M extends number ? Back<M, P> : number, Reach<K, D>>,
          Out & number
        >,
        1
      >
  : number;
/** Padding takes away; what would be below zero is not said. */
type Back<M extends number, P> =
  Twice<P> extends infer T extends number
    ? Subtract<M, T> extends infer R extends number
      ? `${R}` extends `-${string}`
        ? number
        : R
      : number
    : number;
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
export interface TransposedOptions extends ConvOptions {
  readonly output_padding: unknown;
}
export type ConvTransposed<S extends Shape, N extends number, O extends TransposedOptions> =
  IsRankUnknown<S> extends true
    ? Shape
    : Taken<S, N> extends [infer B extends Shape, infer C extends Dim, infer X extends Shape]
      ? Same<C, O["in"]> extends false
        ? `Given transposed=1, weight of size [${Listed<[O["in"], Quotient<O["out"], O["groups"]>, ...PerDim<O["kernel"], N>]>}], expected input[${Listed<B extends readonly [] ? [1, C, ...X] : [...B, C, ...X]>}] to have ${O["in"] & Dim} channels, but got ${C} channels instead`
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

type Unsized<X> = { -readonly [K in keyof X]: number };
type Pooled<S extends Shape, N extends number, K, St, P, D, Ceil, Sentence> =
  IsRankUnknown<S> extends true
    ? Shape
    : Taken<S, N> extends [infer B extends Shape, infer C extends Dim, infer X extends Shape]
      ? Ceil extends false
        ? AllWindows<X, PerDim<K, N>, PerDim<St, N>, PerDim<P, N>, PerDim<D, N>> extends infer W
          ? W extends Shape
            ? [...B, C, ...W]
            : `Given input size: (${Crossed<[C, ...X]>}). Calculated output size: (${Crossed<[C, ...TooSmall<X, PerDim<K, N>, PerDim<St, N>, PerDim<P, N>, PerDim<D, N>>]>}). Output size is too small`
          : never
        : [...B, C, ...Unsized<X>]
      : Sentence;
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
/** Arguments: kernel_size, stride, padding, dilation, return_indices, ceil_mode. */
export type MaxPooled<S extends Shape, N extends number, A> = Pooled<
  S,
  N,
  Arg<A, "0", "kernel_size", number>,
  OrKernel<Arg<A, "1", "stride", null>, Arg<A, "0", "kernel_size", number>>,
  Arg<A, "2", "padding", 0>,
  Arg<A, "3", "dilation", 1>,
  Option<A, "ceil_mode", false>,
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
  Shape
>;
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
      ? H extends number
        ? IsLess<H, M> extends false
          ? Minus<H, M> & Dim
          : number
        : number
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
