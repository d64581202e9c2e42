// Products of matrices and vectors, einsum.
import type { Arg } from "./arguments.ts";
import type { Promoted } from "./dtype.ts";
import type { Broadcast, Crossed, Dim, IsLess, IsRankUnknown, IsUnknown, Listed, Numel, Same, Shape } from "./shape.ts";
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

// ---- einsum

type Letters<T extends string> = T extends `${infer H}${infer R}`
  ? H extends " "
    ? Letters<R>
    : [H, ...Letters<R>]
  : [];
type Inputs<T extends string> = T extends `${infer H},${infer R}` ? [Letters<H>, ...Inputs<R>] : [Letters<T>];
type Bind<L, S, B, N extends readonly unknown[]> = L extends readonly [infer H extends string, ...infer RL]
  ? S extends readonly [infer d extends Dim, ...infer RS]
    ? H extends keyof B
      ? B[H] extends 1
        ? Bind<RL, RS, Omit<B, H> & { [K in H]: d }, N>
        : d extends 1
          ? Bind<RL, RS, B, N>
          : Same<B[H], d> extends false
            ? `einsum(): subscript ${H} has size ${d} for operand ${N["length"] & number} which does not broadcast with previously seen size ${B[H] & Dim}`
            : Bind<RL, RS, IsUnknown<B[H]> extends true ? Omit<B, H> & { [K in H]: d } : B, N>
      : Bind<RL, RS, B & { [K in H]: d }, N>
    : B
  : B;
type BindAll<I, T, B = Record<never, never>, N extends readonly unknown[] = []> = I extends readonly [
  infer L extends readonly unknown[],
  ...infer RI,
]
  ? T extends readonly [infer H, ...infer RT]
    ? ShapeOf<H> extends infer S extends Shape
      ? IsRankUnknown<S> extends true
        ? null
        : S["length"] extends L["length"]
          ? Bind<L, S, B, N> extends infer C
            ? C extends string
              ? C
              : BindAll<RI, RT, C, [...N, 0]>
            : never
          : `einsum(): the number of subscripts in the equation (${L["length"]}) does not match the number of dimensions (${S["length"]}) for operand ${N["length"]} and no ellipsis was given`
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
type Output<L, B> = { [K in keyof L]: L[K] extends keyof B ? B[L[K]] : number };
/** The shape of an einsum; not known where the equation has dots, or leaves the output to be found. */
export type Einsum<E, T> = E extends `${string}.${string}`
  ? Shape
  : E extends `${infer I}->${infer O}`
    ? string extends I
      ? Shape
      : Counted<Inputs<I>, T> extends infer Wrong extends string
        ? Wrong
        : BindAll<Inputs<I>, T> extends infer B
          ? B extends string
            ? B
            : B extends null
              ? Shape
              : Output<Letters<O>, B>
          : never
    : Shape;

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
