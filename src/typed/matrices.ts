// Matrices and Fourier transforms: decompositions, solutions, diagonals.
import type { Arg, Option } from "./arguments.ts";
import type { AsReal, NameOf, Promoted } from "./dtype.ts";
import type { Named, Reduced, Resized } from "./reductions.ts";
import type { Add, Divide, Less, Multiply, Subtract } from "./numbers.ts";
import type {
  Broadcast,
  Crossed,
  Cut,
  Dim,
  DimOf,
  Forgotten,
  IsRankUnknown,
  Listed,
  Minus,
  Numel,
  Plus,
  Same,
  Shape,
  Unknown,
  Wrap,
} from "./shape.ts";
import type { Contraction } from "./products.ts";
import type { DtypeOf, Made, ShapeOf, Tensor } from "./tensor.ts";

/** Rows, columns, and what comes before; or a sentence; null if nothing is known. */
type Matrices<S extends Shape, Name extends string> =
  IsRankUnknown<S> extends true
    ? null
    : S extends readonly [...infer B extends Shape, infer M extends Dim, infer N extends Dim]
      ? [B, M, N]
      : `${Name}: The input tensor A must have at least 2 dimensions.`;
/** The shape, if its matrices are square. */
export type Square<S extends Shape, Name extends string> =
  Matrices<S, Name> extends infer R
    ? R extends readonly [Shape, infer M extends Dim, infer N extends Dim]
      ? Same<M, N> extends false
        ? `${Name}: A must be batches of square matrices, but they are ${M} by ${N} matrices`
        : S
      : R extends string
        ? R
        : Shape
    : never;
/** Without so many dims at the end. */
type Head<S, N extends 1 | 2> = S extends Shape
  ? N extends 1
    ? S extends readonly [...infer B extends Shape, unknown]
      ? B
      : Shape
    : S extends readonly [...infer B extends Shape, unknown, unknown]
      ? B
      : Shape
  : S;
type Smaller<A, B> = [A, B] extends [B, A]
  ? A
  : A extends number
    ? B extends number
      ? Less<A, B> extends infer L
        ? boolean extends L
          ? number
          : L extends true
            ? A
            : B
        : never
      : number
    : number;
type Pair<A, NA extends string, B, NB extends string, D extends string, E extends string> = A extends string
  ? A
  : Named<Made<A, D>, NA, Made<B, E>, NB>;
/** U, S and V of [..., M, N]. */
type Svd<S extends Shape, Full, D extends string, Turned extends boolean> =
  Matrices<S, "linalg.svd"> extends infer R
    ? R extends readonly [infer B extends Shape, infer M extends Dim, infer N extends Dim]
      ? SvdOf<
          B,
          M,
          N,
          Smaller<M, N>,
          Full extends true ? M : Full extends false ? Smaller<M, N> : number,
          Full extends true ? N : Full extends false ? Smaller<M, N> : number,
          D,
          Turned
        >
      : R extends string
        ? R
        : SvdOf<readonly Dim[], number, number, number, number, number, D, Turned>
    : never;
type SvdOf<
  B extends Shape,
  M extends Dim,
  N extends Dim,
  K extends Dim,
  P extends Dim,
  Q extends Dim,
  D extends string,
  Turned extends boolean,
> = Turned extends true
  ? Three<Made<[...B, M, P], D>, "U", Made<[...B, K], AsReal<D>>, "S", Made<[...B, Q, N], D>, "Vh">
  : Three<Made<[...B, M, P], D>, "U", Made<[...B, K], AsReal<D>>, "S", Made<[...B, N, Q], D>, "V">;
type Three<A, NA extends string, B, NB extends string, C, NC extends string> = [A, B, C] & {
  readonly [N in NA]: A;
} & { readonly [N in NB]: B } & { readonly [N in NC]: C };
/** "reduced", "complete" or "r". */
type Qr<S extends Shape, Mode, D extends string> =
  Matrices<S, "linalg.qr"> extends infer R
    ? R extends readonly [infer B extends Shape, infer M extends Dim, infer N extends Dim]
      ? Mode extends "complete"
        ? Pair<[...B, M, M], "Q", [...B, M, N], "R", D, D>
        : Mode extends "reduced"
          ? Pair<[...B, M, Smaller<M, N>], "Q", [...B, Smaller<M, N>, N], "R", D, D>
          : Mode extends "r"
            ? Pair<[0], "Q", [...B, Smaller<M, N>, N], "R", D, D>
            : Pair<Shape, "Q", Shape, "R", D, D>
      : R extends string
        ? R
        : Pair<Shape, "Q", Shape, "R", D, D>
    : never;
/** What of factors wants matrices says so in its own words. */
type Factored<S extends Shape, Name extends string> = S extends readonly [] | readonly [unknown]
  ? `${Name}: Expected tensor with 2 or more dimensions. Got size: [${Listed<S>}] instead`
  : Matrices<S, Name>;
type Lu<S extends Shape, D extends string> =
  Factored<S, "linalg.lu"> extends infer R
    ? R extends readonly [infer B extends Shape, infer M extends Dim, infer N extends Dim]
      ? Three<
          Made<[...B, M, M], D>,
          "P",
          Made<[...B, M, Smaller<M, N>], D>,
          "L",
          Made<[...B, Smaller<M, N>, N], D>,
          "U"
        >
      : R extends string
        ? R
        : Three<Made<Shape, D>, "P", Made<Shape, D>, "L", Made<Shape, D>, "U">
    : never;
type LuFactor<S extends Shape, D extends string> =
  Factored<S, "torch.lu_factor"> extends infer R
    ? R extends readonly [infer B extends Shape, infer M extends Dim, infer N extends Dim]
      ? Pair<S, "LU", [...B, Smaller<M, N>], "pivots", D, "int32">
      : R extends string
        ? R
        : Pair<Shape, "LU", Shape, "pivots", D, "int32">
    : never;
/** A X = B as well as can be; of the rest of what it gives nothing is known, which goes by the driver. */
type LeastSquares<S extends Shape, T extends Shape, D extends string> =
  FittedTo<S, T> extends infer R
    ? R extends string
      ? R
      : Made<R, D> extends infer X
        ? [X, Tensor<Unknown, D>, Tensor<Unknown, "int64">, Tensor<Unknown, AsReal<D>>] & {
            readonly solution: X;
            readonly residuals: Tensor<Unknown, D>;
            readonly rank: Tensor<Unknown, "int64">;
            readonly singular_values: Tensor<Unknown, AsReal<D>>;
          }
        : never
    : never;
type FittedTo<S extends Shape, T extends Shape> = S extends readonly [] | readonly [unknown]
  ? "torch.linalg.lstsq: input must have at least 2 dimensions."
  : Matrices<S, ""> extends readonly [infer B extends Shape, infer M extends Dim, infer N extends Dim]
    ? T extends readonly [...infer C extends Shape, infer L extends Dim, infer K extends Dim]
      ? C["length"] extends B["length"]
        ? Same<M, L> extends false
          ? "torch.linalg.lstsq: input.size(-2) should match other.size(-2)"
          : Broadcast<B, C> extends infer J extends Shape
            ? [...J, N, K]
            : Shape
        : T["length"] extends Head<S, 1>["length"]
          ? [...B, N]
          : Shape
      : T extends readonly [unknown]
        ? B extends readonly []
          ? [N]
          : Shape
        : Shape
    : Shape;
type Pinv<S extends Shape> =
  Matrices<S, ""> extends readonly [infer B extends Shape, infer M extends Dim, infer N extends Dim]
    ? [...B, N, M]
    : Shape;
/** A X = B, where B is of vectors if it has the shape of A without its last dim. */
type Solved<S extends Shape, T extends Shape> =
  Square<S, "linalg.solve"> extends infer R
    ? R extends string
      ? R
      : IsRankUnknown<T> extends true
        ? Shape
        : T extends readonly [unknown]
          ? SolvedVectors<S, T>
          : T["length"] extends Head<S, 1>["length"]
            ? SolvedVectors<S, T>
            : S extends readonly [...infer B extends Shape, unknown, infer K]
              ? T extends readonly [...infer C extends Shape, infer L extends Dim, infer N extends Dim]
                ? Same<K, L> extends true
                  ? Broadcast<B, C> extends infer J
                    ? J extends Shape
                      ? [...J, L, N]
                      : J
                    : never
                  : Shape
                : Shape
              : Shape
    : never;
type SolvedVectors<S extends Shape, T extends Shape> = [T] extends [Head<S, 1>] ? T : Shape;

// ---- diagonals

type Diagonal<S extends Shape, K, P, Q> = P extends string
  ? P
  : Q extends string
    ? Q
    : IsRankUnknown<S> extends true
      ? Shape
      : number extends P | Q
        ? Shape
        : [P] extends [Q]
          ? `diagonal dimensions cannot be identical ${P & number}, ${Q & number}`
          : Dropped<S, P | Q> extends infer R extends Shape
            ? [...R, DiagonalSize<S[P & keyof S], S[Q & keyof S], K>]
            : never;
type Dropped<S, P, At extends readonly unknown[] = [], R extends readonly Dim[] = []> = S extends readonly [
  infer H extends Dim,
  ...infer More,
]
  ? Dropped<More, P, [...At, 0], At["length"] extends P ? R : [...R, H]>
  : R;
/** How long the diagonal K above the main one is. */
type DiagonalSize<M, N, K> = K extends 0
  ? Smaller<M, N>
  : K extends number
    ? number extends K
      ? number
      : `${K}` extends `-${infer Down extends number}`
        ? M extends number
          ? Smaller<AtLeast0<Subtract<M, Down>>, N>
          : number
        : N extends number
          ? Smaller<M, AtLeast0<Subtract<N, K>>>
          : number
    : number;
type AtLeast0<N extends number> = `${N}` extends `-${string}` ? 0 : N;
type Absolute<K> = K extends number
  ? number extends K
    ? number
    : `${K}` extends `-${infer N extends number}`
      ? N
      : K
  : number;
type Diag<S extends Shape, K> =
  IsRankUnknown<S> extends true
    ? Shape
    : S extends readonly [infer N]
      ? Plus<N, Absolute<K>> extends infer W extends Dim
        ? [W, W]
        : never
      : S extends readonly [infer M, infer N]
        ? [DiagonalSize<M, N, K>]
        : `diag(): Supports 1D or 2D tensors. Got ${S["length"]}D`;
type DiagEmbedded<S extends Shape, K> = S extends readonly [...infer B extends Shape, infer N]
  ? Plus<N, Absolute<K>> extends infer W extends Dim
    ? [...B, W, W]
    : never
  : Shape;
type Trace<S extends Shape> =
  IsRankUnknown<S> extends true
    ? []
    : S["length"] extends 2
      ? []
      : `trace: expected a matrix, but got tensor with dim ${S["length"]}`;

// ---- products

type Inner<S extends Shape, T extends Shape> = S extends readonly []
  ? T
  : T extends readonly []
    ? S
    : S extends readonly [...infer B extends Shape, infer K]
      ? T extends readonly [...infer C extends Shape, infer L]
        ? Same<K, L> extends false
          ? `inner() the last dimension must match on both input tensors but got shapes [${Listed<S>}] and [${Listed<T>}]`
          : Joined<B, C>
        : Shape
      : Shape;
type Joined<A extends Shape, B extends Shape> = number extends A["length"] | B["length"] ? Shape : [...A, ...B];
type Distances<S extends Shape, T extends Shape> = S extends readonly [
  ...infer B extends Shape,
  infer P extends Dim,
  infer K extends Dim,
]
  ? T extends readonly [...infer C extends Shape, infer R extends Dim, infer L extends Dim]
    ? Same<K, L> extends false
      ? `X1 and X2 must have the same number of columns. X1: ${K} X2: ${L}`
      : Broadcast<B, C> extends infer J
        ? J extends Shape
          ? [...J, P, R]
          : J
        : never
    : Shape
  : Shape;
/** Sizes times sizes, from the last on. */
type Kron<S extends Shape, T extends Shape, R extends readonly Dim[] = []> = S extends readonly [
  ...infer A extends Shape,
  infer a,
]
  ? T extends readonly [...infer B extends Shape, infer b]
    ? Kron<A, B, [Numel<[a, b]> & Dim, ...R]>
    : T extends readonly []
      ? [...S, ...R]
      : Shape
  : S extends readonly []
    ? [...T, ...R]
    : Shape;
type MatrixVector<S extends Shape, M extends Shape, V extends Shape> = M extends readonly [
  infer R extends Dim,
  infer K extends Dim,
]
  ? V extends readonly [infer L extends Dim]
    ? Same<K, L> extends false
      ? `size mismatch, got input (${R}), mat (${Crossed<[R, K]>}), vec (${L})`
      : Onto<S, [R]>
    : Shape
  : Shape;
/** What is added to must broadcast to the product. */
type Onto<S extends Shape, R extends Shape> = Broadcast<S, R> extends infer J ? (J extends Shape ? R : J) : never;

// ---- repeated, turned, apart

type RepeatedEach<S extends Shape, N, P> = P extends string
  ? P
  : P extends null
    ? [Times<Numel<S>, N>]
    : IsRankUnknown<S> extends true
      ? Shape
      : number extends P
        ? Forgotten<S>
        : S extends readonly []
          ? [DimOf<N>]
          : Resized<S, P, Times<Cut<S, P>[1] extends readonly [infer H, ...unknown[]] ? H : number, N>>;
type Times<A, N> = N extends number ? Numel<[A, DimOf<N>]> : number;
type Rot90<S extends Shape, K, Dims> =
  IsRankUnknown<S> extends true
    ? Shape
    : S["length"] extends 0 | 1
      ? `expected total dims >= 2, but got total dims = ${S["length"]}`
      : Dims extends readonly [0, 1]
        ? `${K & number}` extends `${string}${"1" | "3" | "5" | "7" | "9"}`
          ? number extends K
            ? Forgotten<S>
            : S extends readonly [infer A extends Dim, infer B extends Dim, ...infer R extends Shape]
              ? [B, A, ...R]
              : Shape
          : number extends K
            ? Forgotten<S>
            : S
        : Forgotten<S>;
type Diff<S extends Shape, N, P> = P extends string
  ? P
  : IsRankUnknown<S> extends true
    ? Shape
    : Cut<S, P>[1] extends readonly [infer H, ...unknown[]]
      ? Resized<
          S,
          P,
          H extends number
            ? N extends number
              ? number extends H | N
                ? number
                : AtLeast0<Subtract<H, N>>
              : number
            : Minus<H, N> extends infer R extends Dim
              ? R
              : number
        >
      : Forgotten<S>;
type Sampled<S extends Shape, N> =
  IsRankUnknown<S> extends true
    ? Shape
    : S extends readonly [unknown]
      ? [DimOf<N>]
      : S extends readonly [infer R extends Dim, unknown]
        ? [R, DimOf<N>]
        : "prob_dist must be 1 or 2 dim";
type OfPairs<S extends Shape> = S extends readonly [...infer B extends Shape, infer N]
  ? Same<N, 2> extends false
    ? "Tensor must have a last dimension of size 2"
    : B
  : Shape;

// ---- Fourier transforms

type AsComplex<D extends string> = string extends D
  ? Unknown
  : D extends "float64" | "complex128"
    ? "complex128"
    : D extends "float16"
      ? Unknown
      : "complex64";
type Size<S, P> = Cut<S, P>[1] extends readonly [infer H, ...unknown[]] ? H : number;
/** Along one dim, of N points or as many as there are. */
type Fft<S extends Shape, N, P> = P extends string
  ? P
  : IsRankUnknown<S> extends true
    ? Shape
    : number extends P
      ? Forgotten<S>
      : Resized<S, P, N extends null ? Size<S, P> & Dim : DimOf<N>>;
type Rfft<S extends Shape, N, P> =
  Fft<S, N, P> extends infer R
    ? R extends Shape
      ? number extends R["length"] | (P & number)
        ? R
        : Resized<R, P, Size<R, P> extends infer H ? (H extends number ? HalfPlus1<H> : number) : never>
      : R
    : never;
type HalfPlus1<N extends number> = number extends N ? number : Add<Divide<N, 2>, 1>;
type Irfft<S extends Shape, N, P> = N extends null
  ? P extends string
    ? P
    : IsRankUnknown<S> extends true
      ? Shape
      : number extends P
        ? Forgotten<S>
        : Size<S, P> extends infer H extends number
          ? number extends H
            ? Resized<S, P, number>
            : H extends 0 | 1
              ? "Invalid number of data points (0) specified"
              : Resized<S, P, Multiply<Subtract<H, 1>, 2>>
          : Resized<S, P, number>
  : Fft<S, N, P>;
/** Along several dims; of other sizes than those there are nothing is known. */
type Fftn<S extends Shape, Sizes> = Sizes extends null ? S : Forgotten<S>;
type Rfftn<S extends Shape, Sizes, Dims> = Sizes extends null
  ? Dims extends readonly [...unknown[], infer P]
    ? Rfft<S, null, Wrap<S, P>>
    : Dims extends null
      ? Rfft<S, null, Wrap<S, -1>>
      : Forgotten<S>
  : Forgotten<S>;

type Both<A, D extends string, Name extends string> = Promoted<D, DtypeOf<Arg<A, "0", Name, unknown>>>;
type Other<A, Name extends string = "other"> = ShapeOf<Arg<A, "0", Name, Shape>>;
export interface MatrixKinds<S extends Shape, D extends string, A> {
  inv: Made<Square<S, "linalg.inv">, D>;
  cholesky: Made<Square<S, "linalg.cholesky">, D>;
  matrixExp: Made<Square<S, "linalg.matrix_exp">, D>;
  matrixPower: Made<Square<S, "linalg.matrix_power">, D>;
  det: Made<Head<Square<S, "linalg.det">, 2>, D>;
  slogdet: Square<S, "linalg.slogdet"> extends infer R
    ? Pair<Head<R, 2>, "sign", Head<R, 2>, "logabsdet", D, AsReal<D>>
    : never;
  eigh: Square<S, "linalg.eigh"> extends infer R
    ? Pair<Head<R, 1>, "eigenvalues", R, "eigenvectors", AsReal<D>, D>
    : never;
  eig: Square<S, "linalg.eig"> extends infer R
    ? Pair<Head<R, 1>, "eigenvalues", R, "eigenvectors", AsComplex<D>, AsComplex<D>>
    : never;
  eigvals: Made<Head<Square<S, "linalg.eigvals">, 1>, AsComplex<D>>;
  eigvalsh: Made<Head<Square<S, "linalg.eigh">, 1>, AsReal<D>>;
  svd: Svd<S, Arg<A, "0", "full_matrices", true>, D, true>;
  svdvals: Matrices<S, "linalg.svd"> extends infer R
    ? R extends readonly [infer B extends Shape, infer M, infer N]
      ? Made<[...B, Smaller<M, N>], AsReal<D>>
      : R extends string
        ? R
        : Tensor<Unknown, AsReal<D>>
    : never;
  oldSvd: Arg<A, "1", "compute_uv", true> extends true
    ? Svd<
        S,
        Arg<A, "0", "some", true> extends infer F ? (F extends true ? false : F extends false ? true : F) : never,
        D,
        false
      >
    : Unknown;
  qr: Qr<S, Arg<A, "0", "mode", "reduced">, D>;
  oldQr: Qr<
    S,
    Arg<A, "0", "some", true> extends infer F ? (F extends true ? "reduced" : F extends false ? "complete" : F) : never,
    D
  >;
  pinv: Made<Pinv<S>, D>;
  lu: Lu<S, D>;
  luFactor: LuFactor<S, D>;
  lstsq: LeastSquares<S, Other<A, "B">, D>;
  tensordot: Made<Contraction<S, Other<A, "b">, Arg<A, "1", "dims", 2>>, Both<A, D, "b">>;
  solve: Option<A, "left", true> extends true
    ? Made<Solved<S, ShapeOf<Arg<A, "0", "B", Shape>>>, Both<A, D, "B">>
    : Tensor<Unknown, D>;
  matrixRank: Made<
    Matrices<S, "torch.linalg.matrix_rank"> extends infer R ? (R extends string ? R : Head<S, 2>) : never,
    "int64"
  >;
  vectorNorm: Made<
    Reduced<S, Arg<A, "1", "dim", null>, Arg<A, "2", "keepdim", false>>,
    NameOf<Option<A, "dtype", null>, AsReal<D>>
  >;
  matrixNorm: Made<
    Matrices<S, "linalg.matrix_norm"> extends infer R
      ? R extends string
        ? R
        : Reduced<S, Arg<A, "1", "dim", readonly [-2, -1]>, Arg<A, "2", "keepdim", false>>
      : never,
    NameOf<Option<A, "dtype", null>, AsReal<D>>
  >;
  vecdot: Made<
    Broadcast<S, Other<A, "y">> extends infer R
      ? R extends Shape
        ? Reduced<R, Option<A, "dim", -1>, false>
        : R
      : never,
    Both<A, D, "y">
  >;
  diag: Made<Diag<S, Arg<A, "0", "diagonal", 0>>, D>;
  diagonal: Made<
    Diagonal<S, Arg<A, "0", "offset", 0>, Wrap<S, Arg<A, "1", "dim1", 0>>, Wrap<S, Arg<A, "2", "dim2", 1>>>,
    D
  >;
  lastDiagonal: Made<
    Diagonal<S, Option<A, "offset", 0>, Wrap<S, Option<A, "dim1", -2>>, Wrap<S, Option<A, "dim2", -1>>>,
    D
  >;
  diagEmbed: A extends readonly [] | readonly [number]
    ? Made<DiagEmbedded<S, Arg<A, "0", "offset", 0>>, D>
    : Tensor<Unknown, D>;
  trace: Made<Trace<S>, D extends "bool" | `${string}int${string}` ? "int64" : D>;
  inner: Made<Inner<S, Other<A>>, Both<A, D, "other">>;
  kron: Made<Kron<S, Other<A>>, Both<A, D, "other">>;
  cdist: Made<Distances<S, Other<A, "x2">>, D>;
  addmv: Made<MatrixVector<S, Other<A, "mat">, ShapeOf<Arg<A, "1", "vec", Shape>>>, D>;
  addr: Made<
    Other<A, "vec1"> extends readonly [infer M extends Dim]
      ? ShapeOf<Arg<A, "1", "vec2", Shape>> extends readonly [infer N extends Dim]
        ? Onto<S, [M, N]>
        : Shape
      : Shape,
    D
  >;
  tile: Made<
    Kron<
      S,
      A extends readonly [infer L extends readonly unknown[]]
        ? Sizes<L>
        : A extends readonly number[]
          ? Sizes<A>
          : Shape
    >,
    D
  >;
  repeatInterleave: Made<
    RepeatedEach<
      S,
      Arg<A, "0", "repeats", number>,
      Arg<A, "1", "dim", null> extends infer P ? (P extends null ? null : Wrap<S, P>) : never
    >,
    D
  >;
  rot90: Made<Rot90<S, Arg<A, "0", "k", 1>, Arg<A, "1", "dims", readonly [0, 1]>>, D>;
  diff: Made<
    Arg<A, "2", "prepend", null> extends null
      ? Arg<A, "3", "append", null> extends null
        ? Diff<S, Arg<A, "0", "n", 1>, Wrap<S, Arg<A, "1", "dim", -1>>>
        : Forgotten<S>
      : Forgotten<S>,
    D
  >;
  multinomial: Made<Sampled<S, Arg<A, "0", "num_samples", number>>, "int64">;
  viewAsReal: Made<IsRankUnknown<S> extends true ? Shape : [...S, 2], AsReal<D>>;
  viewAsComplex: Made<OfPairs<S>, AsComplex<D>>;
  fft: Made<Fft<S, Arg<A, "0", "n", null>, Wrap<S, Arg<A, "1", "dim", -1>>>, AsComplex<D>>;
  rfft: Made<Rfft<S, Arg<A, "0", "n", null>, Wrap<S, Arg<A, "1", "dim", -1>>>, AsComplex<D>>;
  irfft: Made<Irfft<S, Arg<A, "0", "n", null>, Wrap<S, Arg<A, "1", "dim", -1>>>, AsReal<AsComplex<D>>>;
  fftn: Made<Fftn<S, Arg<A, "0", "s", null>>, AsComplex<D>>;
  rfftn: Made<Rfftn<S, Arg<A, "0", "s", null>, Arg<A, "1", "dim", null>>, AsComplex<D>>;
}
type Sizes<L> = { -readonly [K in keyof L]: DimOf<L[K]> } extends infer T extends Shape ? T : Shape;
