// Products of matrices and vectors, tensordot, einsum.
import type { Arg } from "./arguments.ts";
import type { Promoted } from "./dtype.ts";
import type { Add, Less, Subtract } from "./numbers.ts";
import type {
  Broadcast,
  Crossed,
  Cut,
  Dim,
  IsLess,
  IsRankUnknown,
  IsUnknown,
  Joint,
  Listed,
  Numel,
  Same,
  Shape,
  Wrap,
} from "./shape.ts";
import type { DtypeOf, Made, ShapeOf } from "./tensor.ts";

type CannotMultiply<M, K, L, N> =
  `mat1 and mat2 shapes cannot be multiplied (${Crossed<[M, K]>} and ${Crossed<[L, N]>})`;
/** mat1 and mat2, where K and L must be equal; the lead of mat1 counts as rows. */
type Matrices<B extends Shape, M extends Dim, K extends Dim, L, N extends Dim> =
  Same<K, L> extends false ? CannotMultiply<Numel<[...B, M]>, K, L, N> : [...B, M, N];
type Vector<B extends Shape, K extends Dim, L extends Dim> =
  Same<K, L> extends false
    ? `size mismatch, got input (${Numel<B> & Dim}), mat (${Crossed<[Numel<B>, K]>}), vec (${Crossed<[L]>})`
    : B;
type Dot<K extends Dim, L extends Dim> =
  Same<K, L> extends false
    ? `inconsistent tensor size, expected tensor [${Listed<[K]>}] and src [${Listed<[L]>}] to have the same number of elements, but got ${Listed<[K]>} and ${Listed<[L]>} elements respectively`
    : [];
export type Batches<B extends Shape, C extends Shape, M extends Dim, K extends Dim, L extends Dim, N extends Dim> =
  Broadcast<B, C> extends infer R
    ? R extends Shape
      ? Same<K, L> extends false
        ? `Expected size for first two dimensions of batch2 tensor to be: [${Listed<[Numel<R>, K]>}] but got: [${Listed<[Numel<R>, L]>}].`
        : [...R, M, N]
      : R
    : never;
export type Matmul<A extends Shape, B extends Shape> =
  IsRankUnknown<A> extends true
    ? Shape
    : IsRankUnknown<B> extends true
      ? Shape
      : A extends readonly []
        ? `both arguments to matmul need to be at least 1D, but they are 0D and ${B["length"]}D`
        : B extends readonly []
          ? `both arguments to matmul need to be at least 1D, but they are ${A["length"]}D and 0D`
          : B extends readonly [infer L extends Dim]
            ? A extends readonly [infer K extends Dim]
              ? Dot<K, L>
              : A extends readonly [...infer H extends Shape, infer K extends Dim]
                ? Vector<H, K, L>
                : Shape
            : B extends readonly [...infer C extends Shape, infer L extends Dim, infer N extends Dim]
              ? A extends readonly [infer K extends Dim]
                ? C extends readonly []
                  ? Same<K, L> extends false
                    ? CannotMultiply<1, K, L, N>
                    : [N]
                  : Batches<[], C, 1, K, L, N> extends infer R
                    ? R extends readonly [...infer H, unknown, infer N]
                      ? [...H, N]
                      : R
                    : never
                : A extends readonly [...infer H extends Shape, infer M extends Dim, infer K extends Dim]
                  ? C extends readonly []
                    ? Matrices<H, M, K, L, N>
                    : Batches<H, C, M, K, L, N>
                  : Shape
              : Shape;
export type Mm<A extends Shape, B extends Shape> =
  IsRankUnknown<A> extends true
    ? Shape
    : A extends readonly [infer M extends Dim, infer K extends Dim]
      ? IsRankUnknown<B> extends true
        ? [M, number]
        : B extends readonly [infer L extends Dim, infer N extends Dim]
          ? Matrices<[], M, K, L, N>
          : "mat2 must be a matrix"
      : "self must be a matrix";
type Bmm<A extends Shape, B extends Shape> =
  IsRankUnknown<A> extends true
    ? Shape
    : A extends readonly [infer H extends Dim, infer M extends Dim, infer K extends Dim]
      ? IsRankUnknown<B> extends true
        ? [H, M, number]
        : B extends readonly [infer I extends Dim, infer L extends Dim, infer N extends Dim]
          ? false extends Same<H, I> | Same<K, L>
            ? boolean extends Same<H, I>
              ? Shape
              : Same<K, L> extends infer E
                ? boolean extends E
                  ? Same<H, I> extends false
                    ? BmmSentence<H, K, I, L>
                    : [H, M, N]
                  : BmmSentence<H, K, I, L>
                : never
            : [IsUnknown<H> extends true ? I : H, M, N]
          : "batch2 must be a 3D tensor"
      : "batch1 must be a 3D tensor";
type BmmSentence<H, K, I, L> =
  `Expected size for first two dimensions of batch2 tensor to be: [${Listed<[H, K]>}] but got: [${Listed<[I, L]>}].`;
type Mv<A extends Shape, B extends Shape> =
  IsRankUnknown<A> extends true
    ? Shape
    : IsRankUnknown<B> extends true
      ? Shape
      : A extends readonly [infer M extends Dim, infer K extends Dim]
        ? B extends readonly [infer L extends Dim]
          ? Vector<[M], K, L>
          : `vector + matrix @ vector expected, got 1, 2, ${B["length"]}`
        : `vector + matrix @ vector expected, got 1, ${A["length"]}, ${B["length"]}`;
type DotOf<A extends Shape, B extends Shape> =
  IsRankUnknown<A> extends true
    ? Shape
    : IsRankUnknown<B> extends true
      ? Shape
      : A extends readonly [infer K extends Dim]
        ? B extends readonly [infer L extends Dim]
          ? Dot<K, L>
          : `1D tensors expected, but got ${A["length"]}D and ${B["length"]}D tensors`
        : `1D tensors expected, but got ${A["length"]}D and ${B["length"]}D tensors`;
type Outer<A extends Shape, B extends Shape> =
  IsRankUnknown<A> extends true
    ? Shape
    : IsRankUnknown<B> extends true
      ? Shape
      : A extends readonly [infer M extends Dim]
        ? B extends readonly [infer N extends Dim]
          ? [M, N]
          : `outer: Expected 1-D argument vec2, but got ${B["length"]}-D`
        : `outer: Expected 1-D argument self, but got ${A["length"]}-D`;
/** input + mat1 · mat2 */
type Added<S extends Shape, R> = R extends Shape
  ? Broadcast<S, R> extends infer J
    ? J extends Shape
      ? R
      : J
    : never
  : R;
/** input · weightᵀ + bias */
export type Linear<S extends Shape, In, Out extends Dim> =
  IsRankUnknown<S> extends true
    ? Shape extends S
      ? readonly [...Dim[], Out]
      : S extends readonly [...infer H extends Shape, infer K]
        ? Same<K, In> extends false
          ? CannotMultiply<Dim, K, In, Out>
          : readonly [...H, Out]
        : readonly [...Dim[], Out]
    : S extends readonly [...infer H extends Shape, infer K]
      ? Same<K, In> extends false
        ? CannotMultiply<Numel<H>, K, In, Out>
        : [...H, Out]
      : "both arguments to linear need to be at least 1D, but they are 0D and 2D";
type LinearOf<S extends Shape, W extends Shape> = W extends readonly [infer O extends Dim, infer I]
  ? Linear<S, I, O>
  : Shape;

// ---- tensordot

type Counting<N, R extends readonly number[] = []> = R["length"] extends N ? R : Counting<N, [...R, R["length"]]>;
/** Over the last P dims of the one and the first of the other, or over two lists of dims. */
export type Contraction<S extends Shape, T extends Shape, P> = true extends IsRankUnknown<S> | IsRankUnknown<T>
  ? Shape
  : P extends 0 | 1 | 2 | 3 | 4
    ? true extends Less<S["length"], P> | Less<T["length"], P>
      ? `tensordot expects dims < ndim_a or ndim_b, but got dims=${P}`
      : Counting<P> extends infer C extends readonly number[]
        ? Contracted<S, T, { [K in keyof C]: Subtract<C[K], P> }, C>
        : never
    : P extends readonly [infer A extends readonly number[], infer B extends readonly number[]]
      ? number extends A["length"] | B["length"]
        ? Shape
        : A["length"] extends B["length"]
          ? Contracted<S, T, A, B>
          : "both dimension lists should have same length"
      : Shape;
type Contracted<S extends Shape, T extends Shape, A extends readonly number[], B extends readonly number[]> =
  Unlike<S, T, A, B> extends infer Wrong
    ? Wrong extends string
      ? Wrong
      : number extends WrapAll<S, A> | WrapAll<T, B>
        ? Shape
        : [...Left<S, WrapAll<S, A>>, ...Left<T, WrapAll<T, B>>]
    : never;
type WrapAll<S extends Shape, P extends readonly number[]> = { [K in keyof P]: Wrap<S, P[K]> }[number];
/** The dims at other places than these. */
type Left<S, P, N extends readonly unknown[] = []> = S extends readonly [infer H extends Dim, ...infer R]
  ? N["length"] extends P
    ? Left<R, P, [...N, 0]>
    : [H, ...Left<R, P, [...N, 0]>]
  : [];
type Unlike<S extends Shape, T extends Shape, A, B> = [A, B] extends [
  readonly [infer a extends number, ...infer RA],
  readonly [infer b extends number, ...infer RB],
]
  ? [Wrap<S, a>, Wrap<T, b>] extends [infer I, infer J]
    ? I extends string
      ? I
      : J extends string
        ? J
        : [At<S, I>, At<T, J>] extends [infer X extends Dim, infer Y extends Dim]
          ? true extends ([X] extends [1] ? true : false) | ([Y] extends [1] ? true : false)
            ? Unlike<S, T, RA, RB>
            : Same<X, Y> extends false
              ? `contracted dimensions need to match, but first has size ${X} in dim ${a} and second has size ${Y} in dim ${b}`
              : Unlike<S, T, RA, RB>
          : never
    : never
  : null;
type At<S, I> = S[I & keyof S] extends infer D extends Dim ? D : number;

// ---- einsum

/** Single letters, and the three dots. */
type Letters<T extends string> = T extends `...${infer R}`
  ? ["...", ...Letters<R>]
  : T extends `${infer H}${infer R}`
    ? H extends " "
      ? Letters<R>
      : [H, ...Letters<R>]
    : [];
type Inputs<T extends string> = T extends `${infer H},${infer R}` ? [Letters<H>, ...Inputs<R>] : [Letters<T>];
/**
 * What the letters stand for (B), after those of operand N, whose own are O. The dims of dots are one item of S.
 */
type Bind<L, S, B, N extends readonly unknown[], O = Record<never, never>> = L extends readonly [
  infer H extends string,
  ...infer RL,
]
  ? S extends readonly [infer d, ...infer RS]
    ? d extends Dim
      ? H extends keyof O
        ? Same<O[H], d> extends false
          ? `einsum(): subscript ${H} is repeated for operand ${N["length"]} but the sizes don't match, ${d} != ${O[H] & Dim}`
          : Bind<RL, RS, B, N, O>
        : H extends keyof B
          ? B[H] extends 1
            ? Bind<RL, RS, Put<B, H, d>, N, O & { [K in H]: d }>
            : d extends 1
              ? Bind<RL, RS, B, N, O & { [K in H]: d }>
              : Same<B[H], d> extends false
                ? `einsum(): subscript ${H} has size ${d} for operand ${N["length"]} which does not broadcast with previously seen size ${B[H] & Dim}`
                : Bind<RL, RS, IsUnknown<B[H]> extends true ? Put<B, H, d> : B, N, O & { [K in H]: d }>
          : Bind<RL, RS, B & { [K in H]: d }, N, O & { [K in H]: d }>
      : d extends Shape
        ? H extends keyof B
          ? B[H] extends infer Seen extends Shape
            ? Broadcast<Seen, d> extends infer J
              ? J extends Shape
                ? Bind<RL, RS, Put<B, H, J>, N, O>
                : Seen["length"] extends d["length"]
                  ? Uncovered<Seen, d, N>
                  : null
              : never
            : never
          : Bind<RL, RS, B & { [K in H]: d }, N, O>
        : never
    : B
  : B;
type Put<B, H extends string, V> = Omit<B, H> & { [K in H]: V };
/** An operand: letters before its dots and behind them stand for dims from either end. */
type Dotted<L extends readonly unknown[], S extends Shape, B, N extends readonly unknown[]> =
  AroundDots<L> extends [infer Before extends readonly unknown[], infer Behind extends readonly unknown[]]
    ? Cut<S, Before["length"]> extends [infer S1 extends Shape, infer Rest extends Shape]
      ? Cut<Rest, Subtract<Rest["length"], Behind["length"]>> extends [
          infer Middle extends Shape,
          infer S2 extends Shape,
        ]
        ? [S1["length"], S2["length"]] extends [Before["length"], Behind["length"]]
          ? Bind<L, [...S1, Middle, ...S2], B, N>
          : `einsum(): the number of subscripts in the equation (${Add<Before["length"], Behind["length"]>}) is more than the number of dimensions (${S["length"]}) for operand ${N["length"]}`
        : never
      : never
    : S["length"] extends L["length"]
      ? Bind<L, S, B, N>
      : `einsum(): the number of subscripts in the equation (${L["length"]}) does not match the number of dimensions (${S["length"]}) for operand ${N["length"]} and no ellipsis was given`;
type AroundDots<L, Before extends readonly unknown[] = []> = L extends readonly [infer H, ...infer R]
  ? H extends "..."
    ? [Before, R]
    : AroundDots<R, [...Before, H]>
  : null;
type Uncovered<S, T, N extends readonly unknown[], At extends readonly unknown[] = []> = [S, T] extends [
  readonly [infer s extends Dim, ...infer RS],
  readonly [infer t extends Dim, ...infer RT],
]
  ? Joint<s, t> extends null
    ? `einsum(): dimension ${At["length"]} covered by ellipsis in operand ${N["length"]}has size ${t} which does not broadcast with previously seen ellipsis with size ${s} for the respective dimension`
    : Uncovered<RS, RT, N, [...At, 0]>
  : null;
type BindAll<I, T, B = Record<never, never>, N extends readonly unknown[] = []> = I extends readonly [
  infer L extends readonly unknown[],
  ...infer RI,
]
  ? T extends readonly [infer H, ...infer RT]
    ? ShapeOf<H> extends infer S extends Shape
      ? IsRankUnknown<S> extends true
        ? null
        : Dotted<L, S, B, N> extends infer C
          ? C extends string | null
            ? C
            : BindAll<RI, RT, C, [...N, 0]>
          : never
      : never
    : null
  : T extends readonly []
    ? B
    : null;
/** A list of operands as long as that of their letters; or a sentence. */
type Counted<I extends readonly unknown[], T> = T extends readonly unknown[]
  ? number extends T["length"]
    ? true
    : T["length"] extends I["length"]
      ? true
      : `einsum(): ${IsLess<T["length"], I["length"]> extends true ? "fewer" : "more"} operands were provided than specified in the equation`
  : true;
type Output<L, B, R extends readonly Dim[] = []> = L extends readonly [infer H extends string, ...infer More]
  ? H extends keyof B
    ? Output<
        More,
        B,
        H extends "..." ? (B[H] extends infer M extends Shape ? [...R, ...M] : never) : [...R, B[H] & Dim]
      >
    : H extends "..."
      ? Output<More, B, R>
      : `einsum(): output subscript ${H} does not appear in the equation for any input operand`
  : R;
/** The letters that stand once, in their order, behind the dots: the output of an equation without an arrow. */
type Implied<I extends readonly unknown[], All = Joined<I>> = [
  ...(Count<All, "..."> extends 0 ? [] : ["..."]),
  ...Once<"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", All>,
];
type Joined<I, R extends readonly unknown[] = []> = I extends readonly [
  infer L extends readonly unknown[],
  ...infer More,
]
  ? Joined<More, [...R, ...L]>
  : R;
type Count<L, H, N extends readonly unknown[] = []> = L extends readonly [infer F, ...infer R]
  ? Count<R, H, F extends H ? [...N, 0] : N>
  : N["length"];
type Once<Alphabet extends string, All, R extends readonly string[] = []> = Alphabet extends `${infer H}${infer More}`
  ? Once<More, All, Count<All, H> extends 1 ? [...R, H] : R>
  : R;
/** The shape of an einsum. */
export type Einsum<E extends string, T> = string extends E
  ? Shape
  : E extends `${infer I}->${infer O}`
    ? EinsumOf<Inputs<I>, Letters<O>, T>
    : Inputs<E> extends infer I extends readonly unknown[]
      ? EinsumOf<I, Implied<I>, T>
      : never;
type EinsumOf<I extends readonly unknown[], O, T> =
  Counted<I, T> extends infer Wrong extends string
    ? Wrong
    : BindAll<I, T> extends infer B
      ? B extends string
        ? B
        : B extends null
          ? Shape
          : Output<O, B>
      : never;

type Both<A, D extends string, Name extends string> = Promoted<D, DtypeOf<Arg<A, "0", Name, unknown>>>;
export interface ProductKinds<S extends Shape, D extends string, A> {
  matmul: Made<Matmul<S, ShapeOf<Arg<A, "0", "other", Shape>>>, Both<A, D, "other">>;
  mm: Made<Mm<S, ShapeOf<Arg<A, "0", "mat2", Shape>>>, Both<A, D, "mat2">>;
  bmm: Made<Bmm<S, ShapeOf<Arg<A, "0", "mat2", Shape>>>, Both<A, D, "mat2">>;
  mv: Made<Mv<S, ShapeOf<Arg<A, "0", "vec", Shape>>>, Both<A, D, "vec">>;
  dot: Made<DotOf<S, ShapeOf<Arg<A, "0", "tensor", Shape>>>, Both<A, D, "tensor">>;
  outer: Made<Outer<S, ShapeOf<Arg<A, "0", "vec2", Shape>>>, Both<A, D, "vec2">>;
  addmm: Made<Added<S, Mm<ShapeOf<Arg<A, "0", "mat1", Shape>>, ShapeOf<Arg<A, "1", "mat2", Shape>>>>, D>;
  baddbmm: Made<Added<S, Bmm<ShapeOf<Arg<A, "0", "batch1", Shape>>, ShapeOf<Arg<A, "1", "batch2", Shape>>>>, D>;
  linear: Made<LinearOf<S, ShapeOf<Arg<A, "0", "weight", Shape>>>, D>;
}
