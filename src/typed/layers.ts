// What layers and functions of neural networks give: norms, embeddings, recurrence, attention, losses.
import type { PackedSequence } from "../nn/utils/rnn.ts";
import type { Arg, Option } from "./arguments.ts";
import type { Linear } from "./products.ts";
import type { Checked, Reduced, Resized } from "./reductions.ts";
import type {
  Broadcast,
  Cut,
  Dim,
  DimOf,
  DimsOf,
  Inferred,
  IsRankUnknown,
  Listed,
  Minus,
  Numel,
  Quotient,
  Same,
  Shape,
  Unknown,
  Wrap,
} from "./shape.ts";
import type { DtypeOf, Made, ShapeOf, Tensor } from "./tensor.ts";
import type { Batches } from "./products.ts";
import type { Flattened, Unflattened } from "./views.ts";
import type {
  AdaptivePooled,
  AvgPooled,
  Columns,
  Conv,
  ConvOptions,
  ConvTransposed,
  Folded,
  Interpolated,
  LpPooled,
  MaxPooled,
  Padded,
  PerDim,
  Shuffled,
  Unpooled,
  Unshuffled,
} from "./windows.ts";
import type { AsFloat, NameOf } from "./dtype.ts";

type ListOf<V> = V extends readonly unknown[] ? V : [V];

// ---- norms

type EndsWith<S extends Shape, V extends Shape> = V extends readonly [...infer RV extends Shape, infer v]
  ? S extends readonly [...infer RS extends Shape, infer s]
    ? Same<s, v> extends false
      ? false
      : EndsWith<RS, RV>
    : false
  : true;
export type LayerNormed<S extends Shape, V> =
  IsRankUnknown<S> extends true
    ? Shape
    : DimsOf<ListOf<V>> extends infer N extends Shape
      ? IsRankUnknown<N> extends true
        ? S
        : EndsWith<S, N> extends false
          ? `Given normalized_shape=[${Listed<N>}], expected input with shape [*, ${Listed<N>}], but got input of size[${Listed<S>}]`
          : S
      : never;
type Ranks<N> = N extends 1 ? "2D or 3D" : N extends 2 ? "4D" : "5D";
type Channels<S extends Shape, N> = S extends readonly [unknown, infer C extends Dim, ...unknown[]]
  ? Same<C, N> extends false
    ? `running_mean should contain ${C} elements not ${N & Dim}`
    : S
  : S;
type BatchNormed<S extends Shape, N, Features> =
  IsRankUnknown<S> extends true
    ? Shape
    : S["length"] extends (N extends 1 ? 2 | 3 : N extends 2 ? 4 : 5)
      ? Channels<S, Features>
      : `expected ${Ranks<N>} input (got ${S["length"]}D input)`;
type GroupNormed<S extends Shape, N> = S extends readonly [unknown, infer C extends Dim, ...unknown[]]
  ? Same<C, N> extends false
    ? `Expected weight to be a vector of size equal to the number of channels in input, but got weight of shape [${Listed<[N]>}] and input of shape [${Listed<S>}]`
    : S
  : S;

// ---- recurrence

interface RecurrentOptions {
  readonly input: unknown;
  readonly hidden: Dim;
  readonly layers: Dim;
  readonly first: unknown;
  readonly both: unknown;
  readonly out: Dim;
}
type Recurrent<C> = {
  input: Arg<C, "0", "input_size", number>;
  hidden: DimOf<Arg<C, "1", "hidden_size", number>>;
  layers: DimOf<Arg<C, "2", "num_layers", 1>>;
  first: Option<C, "batch_first", false>;
  both: Option<C, "bidirectional", false>;
  out: Option<C, "proj_size", 0> extends 0
    ? DimOf<Arg<C, "1", "hidden_size", number>>
    : DimOf<Option<C, "proj_size", 0>>;
};
/** Options by place behind num_layers are rare: of such a layer only what comes first is known. */
type IsPlain<C> = C extends readonly [unknown, unknown, unknown, boolean, ...unknown[]] ? false : true;
type Directions<O extends RecurrentOptions> = O["both"] extends true ? 2 : O["both"] extends false ? 1 : number;
type States<O extends RecurrentOptions, B extends Shape, H extends Dim, D extends string> = Made<
  [Numel<[O["layers"], Directions<O>]>, ...B, H],
  D
>;
type Steps<S extends Shape, O extends RecurrentOptions, D extends string, Two> = S extends readonly [
  ...infer L extends Shape,
  infer K extends Dim,
]
  ? L["length"] extends 1 | 2
    ? Same<K, O["input"]> extends false
      ? `input.size(-1) must be equal to input_size. Expected ${O["input"] & Dim}, got ${K}`
      : (
            L extends readonly [infer A extends Dim, infer B extends Dim]
              ? O["first"] extends true
                ? [A]
                : O["first"] extends false
                  ? [B]
                  : [number]
              : []
          ) extends infer B extends Shape
        ? [
            Made<[...L, Numel<[O["out"], Directions<O>]>], D>,
            Two extends true
              ? readonly [States<O, B, O["out"], D>, States<O, B, O["hidden"], D>]
              : States<O, B, O["hidden"], D>,
          ]
        : never
    : `${Two extends true ? "LSTM" : "GRU"}: Expected input to be 2D or 3D, got ${S["length"]}D instead`
  : [Tensor<Unknown, D>, Two extends true ? readonly [Tensor<Unknown, D>, Tensor<Unknown, D>] : Tensor<Unknown, D>];
type Cell<S extends Shape, C> = S extends readonly [...infer B extends Shape, infer K extends Dim]
  ? Same<K, Arg<C, "0", "input_size", number>> extends false
    ? `input has inconsistent input_size: got ${K} expected ${Arg<C, "0", "input_size", number> & Dim}`
    : [...B, DimOf<Arg<C, "1", "hidden_size", number>>]
  : Shape;

// ---- attention

export type Attended<Q extends Shape, K extends Shape, V extends Shape> = Q extends readonly [
  ...infer B extends Shape,
  infer L extends Dim,
  infer E extends Dim,
]
  ? K extends readonly [...infer C extends Shape, infer T extends Dim, infer F extends Dim]
    ? Batches<B, C, L, E, F, T> extends infer W
      ? W extends readonly [...infer BW extends Shape, unknown, unknown]
        ? V extends readonly [...infer G extends Shape, infer U extends Dim, infer O extends Dim]
          ? Batches<BW, G, L, T, U, O>
          : Shape
        : W
      : never
    : Shape
  : Shape;
/** With grouped queries there are fewer heads of keys than of queries. */
type Attention<S extends Shape, A> =
  Option<A, "enable_gqa", false> extends false
    ? Attended<S, ShapeOf<Arg<A, "0", "key", Shape>>, ShapeOf<Arg<A, "1", "value", Shape>>>
    : S extends readonly [...infer B extends Shape, unknown]
      ? ShapeOf<Arg<A, "1", "value", Shape>> extends readonly [...unknown[], infer O extends Dim]
        ? [...B, O]
        : Shape
      : Shape;
/** How much each query sees of each key: the mean over heads. */
type Weights<Q extends Shape, K extends Shape, First, Average> = Average extends true
  ? Q extends readonly [infer A extends Dim, infer B extends Dim, unknown]
    ? K extends readonly [infer X extends Dim, infer Y extends Dim, unknown]
      ? First extends true
        ? [A, B, Y]
        : First extends false
          ? [B, A, X]
          : Shape
      : Shape
    : Q extends readonly [infer L extends Dim, unknown]
      ? K extends readonly [infer T extends Dim, unknown]
        ? [L, T]
        : Shape
      : Shape
  : Shape;
type Embeds<S extends Shape, E> = S extends readonly [...unknown[], infer K extends Dim]
  ? Same<K, E> extends false
    ? `was expecting embedding dimension of ${E & Dim}, but got ${K}`
    : S
  : S;

// ---- losses

type Reduction<O> = O extends "none" ? "none" : O extends "mean" | "sum" ? "one" : unknown;
type Loss<S, Red> = S extends string
  ? S
  : Reduction<Red> extends "one"
    ? []
    : Reduction<Red> extends "none"
      ? S
      : Shape;
type EqualShapes<S extends Shape, T extends Shape> =
  IsRankUnknown<S> extends true
    ? true
    : IsRankUnknown<T> extends true
      ? true
      : S["length"] extends T["length"]
        ? EndsWith<S, T>
        : false;
type BinaryLoss<S extends Shape, T extends Shape> =
  EqualShapes<S, T> extends false
    ? `Target size (torch.Size([${Listed<T>}])) must be the same as input size (torch.Size([${Listed<S>}]))`
    : S;
type BceLoss<S extends Shape, T extends Shape> =
  EqualShapes<S, T> extends false
    ? `Using a target size (torch.Size([${Listed<T>}])) that is different to the input size (torch.Size([${Listed<S>}])) is deprecated. Please ensure they have the same size.`
    : S;
/** Classes: input [N, C, ...], target [N, ...]; or probabilities of the input's shape. */
type ClassLoss<S extends Shape, T extends Shape, DT> =
  IsRankUnknown<S> extends true
    ? Shape
    : IsRankUnknown<T> extends true
      ? Shape
      : DT extends "int64" | "uint8"
        ? ClassIndices<S, T>
        : EqualShapes<S, T> extends true
          ? Probabilities<S>
          : ClassIndices<S, T> extends infer R
            ? R extends string
              ? DT extends `${string}float${string}`
                ? Shape
                : Shape
              : R
            : never;
type Probabilities<S extends Shape> = S extends readonly [unknown]
  ? []
  : S extends readonly [infer N extends Dim, unknown, ...infer R extends Shape]
    ? [N, ...R]
    : Shape;
type ClassIndices<S extends Shape, T extends Shape> = S extends readonly [unknown]
  ? T["length"] extends 0
    ? T
    : Shape
  : S extends readonly [infer N extends Dim, unknown, ...infer R extends Shape]
    ? T extends readonly [infer M extends Dim, ...infer Q extends Shape]
      ? Same<N, M> extends false
        ? `Expected input batch_size (${N}) to match target batch_size (${M}).`
        : R["length"] extends Q["length"]
          ? EndsWith<R, Q> extends false
            ? `Expected target size [${Listed<[N, ...R]>}], got [${Listed<T>}]`
            : T
          : S["length"] extends 2
            ? "0D or 1D target tensor expected, multi-target not supported"
            : `Expected target size [${Listed<[N, ...R]>}], got [${Listed<T>}]`
      : Shape
    : Shape;
type TargetOf<A> = ShapeOf<Arg<A, "0", "target", Shape>>;

// ---- others

type GatedHalf<S extends Shape, P> = P extends string
  ? P
  : Cut<S, P>[1] extends readonly [infer H extends Dim, ...unknown[]]
    ? Inferred<[H], [2]> extends infer Q
      ? Q extends null
        ? `Halving dimension must be even, but dimension ${P & number} is size ${H}`
        : Resized<S, P, Q & Dim>
      : never
    : Resized<S, P, number>;
type AsWeight<
  W extends Shape,
  G,
  A,
  At1 extends string,
  At2 extends string,
  At3 extends string,
  At4 extends string,
> = W extends readonly [infer O, infer I, ...infer K]
  ? {
      in: Numel<[I, G]>;
      out: O;
      kernel: K;
      stride: Arg<A, At1, "stride", 1>;
      padding: Arg<A, At2, "padding", 0>;
      dilation: Arg<A, At3, "dilation", 1>;
      groups: Arg<A, At4, "groups", 1>;
    }
  : never;
type ConvOf<S extends Shape, N extends number, A> =
  AsWeight<ShapeOf<Arg<A, "0", "weight", Shape>>, Arg<A, "5", "groups", 1>, A, "2", "3", "4", "5"> extends infer O
    ? [O] extends [never]
      ? Shape
      : Conv<S, N, O & ConvOptions>
    : never;
type ConvTransposedOf<S extends Shape, N extends number, A> =
  ShapeOf<Arg<A, "0", "weight", Shape>> extends readonly [infer I, infer O, ...infer K]
    ? ConvTransposed<
        S,
        N,
        {
          in: I;
          out: Numel<[O, Arg<A, "5", "groups", 1>]>;
          kernel: K;
          stride: Arg<A, "2", "stride", 1>;
          padding: Arg<A, "3", "padding", 0>;
          output_padding: Arg<A, "4", "output_padding", 0>;
          groups: Arg<A, "5", "groups", 1>;
          dilation: Arg<A, "6", "dilation", 1>;
        }
      >
    : Shape;
/** With the places of what was taken, if they are asked for. */
type WithIndices<Asked, R, D extends string> = R extends string
  ? R
  : Asked extends false
    ? Made<R, D>
    : Asked extends true
      ? [Made<R, D>, Made<R, "int64">]
      : Unknown;
type Places<A> = ShapeOf<Arg<A, "0", "indices", Shape>>;
/** One row a bag: bags are rows, or begin at the offsets. */
type Bags<S extends Shape, N extends Dim, Offsets, Last> =
  IsRankUnknown<S> extends true
    ? [number, N]
    : S extends readonly [infer B extends Dim, unknown]
      ? [B, N]
      : S extends readonly [unknown]
        ? Offsets extends null
          ? "offsets has to be a 1D Tensor but got None"
          : ShapeOf<Offsets> extends readonly [infer M extends Dim]
            ? [Last extends false ? M : Last extends true ? Minus<M, 1> & Dim : number, N]
            : [number, N]
        : `input has to be 1D or 2D Tensor, but got Tensor of dimension ${S["length"]}`;
type UnfoldedOf<S extends Shape, A> = Columns<
  S,
  Arg<A, "0", "kernel_size", number>,
  Arg<A, "1", "dilation", 1>,
  Arg<A, "2", "padding", 0>,
  Arg<A, "3", "stride", 1>
>;
type FoldedOf<S extends Shape, A> = Folded<S, Arg<A, "0", "output_size", number>, Arg<A, "1", "kernel_size", number>>;
type Distance<S extends Shape, T extends Shape, P, Keep> =
  Broadcast<S, T> extends infer R ? (R extends Shape ? Reduced<R, P, Keep> : R) : never;

/** Functions and layers alike: A are the arguments behind the input, or those of the constructor. */
interface SharedKinds<S extends Shape, D extends string, A> {
  glu: Made<GatedHalf<S, Wrap<S, Arg<A, "0", "dim", -1>>>, D>;
  layerNorm: Made<LayerNormed<S, Arg<A, "0", "normalized_shape", number>>, D>;
  adaptiveMaxPool1d: WithIndices<
    Arg<A, "1", "return_indices", false>,
    AdaptivePooled<S, 1, Arg<A, "0", "output_size", number>, "max">,
    D
  >;
  adaptiveMaxPool2d: WithIndices<
    Arg<A, "1", "return_indices", false>,
    AdaptivePooled<S, 2, Arg<A, "0", "output_size", number>, "max">,
    D
  >;
  adaptiveMaxPool3d: WithIndices<
    Arg<A, "1", "return_indices", false>,
    AdaptivePooled<S, 3, Arg<A, "0", "output_size", number>, "max">,
    D
  >;
  unfoldF: Made<UnfoldedOf<S, A>, D>;
  foldF: Made<FoldedOf<S, A>, D>;
  avgPool1d: Made<AvgPooled<S, 1, A>, D>;
  avgPool2d: Made<AvgPooled<S, 2, A>, D>;
  avgPool3d: Made<AvgPooled<S, 3, A>, D>;
  adaptiveAvgPool1d: Made<AdaptivePooled<S, 1, Arg<A, "0", "output_size", number>, "avg">, D>;
  adaptiveAvgPool2d: Made<AdaptivePooled<S, 2, Arg<A, "0", "output_size", number>, "avg">, D>;
  adaptiveAvgPool3d: Made<AdaptivePooled<S, 3, Arg<A, "0", "output_size", number>, "avg">, D>;
  interpolate: Made<
    Interpolated<S, Arg<A, "0", "size", null>, Arg<A, "1", "scale_factor", null>, Arg<A, "2", "mode", "nearest">>,
    D
  >;
  pixelShuffle: Made<Shuffled<S, Arg<A, "0", "upscale_factor", number>>, D>;
  pixelUnshuffle: Made<Unshuffled<S, Arg<A, "0", "downscale_factor", number>>, D>;
}
/** Functions of torch.nn.functional: A are the arguments behind the input. */
export interface FunctionalKinds<S extends Shape, D extends string, A> extends SharedKinds<S, D, A> {
  dropout: Tensor<S, D>;
  softmaxF: Made<Checked<S, Wrap<S, Arg<A, "0", "dim", -1>>>, NameOf<Option<A, "dtype", null>, AsFloat<D>>>;
  oneHot: Made<
    [...S, Arg<A, "0", "num_classes", -1> extends infer N ? (N extends -1 ? number : DimOf<N>) : never],
    "int64"
  >;
  conv1d: Made<ConvOf<S, 1, A>, D>;
  conv2d: Made<ConvOf<S, 2, A>, D>;
  conv3d: Made<ConvOf<S, 3, A>, D>;
  convTranspose1dF: Made<ConvTransposedOf<S, 1, A>, D>;
  convTranspose2dF: Made<ConvTransposedOf<S, 2, A>, D>;
  convTranspose3dF: Made<ConvTransposedOf<S, 3, A>, D>;
  maxPool1d: WithIndices<Arg<A, "5", "return_indices", false>, MaxPooled<S, 1, A, "4">, D>;
  maxPool2d: WithIndices<Arg<A, "5", "return_indices", false>, MaxPooled<S, 2, A, "4">, D>;
  maxPool3d: WithIndices<Arg<A, "5", "return_indices", false>, MaxPooled<S, 3, A, "4">, D>;
  pad: Made<Padded<S, Arg<A, "0", "pad", number>>, D>;
  attention: Made<Attention<S, A>, D>;
  cosine: Made<Distance<S, ShapeOf<Arg<A, "0", "x2", Shape>>, Arg<A, "1", "dim", 1>, false>, D>;
  pairwise: Made<Distance<S, ShapeOf<Arg<A, "0", "x2", Shape>>, -1, Arg<A, "3", "keepdim", false>>, D>;
  maxUnpool1d: Made<Unpooled<S, 1, A, Places<A>, Arg<A, "4", "output_size", null>, "12">, D>;
  maxUnpool2d: Made<Unpooled<S, 2, A, Places<A>, Arg<A, "4", "output_size", null>, "12">, D>;
  maxUnpool3d: Made<Unpooled<S, 3, A, Places<A>, Arg<A, "4", "output_size", null>, "12">, D>;
  embeddingBag: Made<
    Bags<
      S,
      ShapeOf<Arg<A, "0", "weight", Shape>> extends readonly [unknown, infer N extends Dim] ? N : number,
      Arg<A, "1", "offsets", null>,
      Arg<A, "8", "include_last_offset", false>
    >,
    DtypeOf<Arg<A, "0", "weight", unknown>>
  >;
  pointLoss: Made<Loss<Broadcast<S, TargetOf<A>>, Option<A, "reduction", "mean">>, D>;
  binaryLoss: Made<Loss<BinaryLoss<S, TargetOf<A>>, Option<A, "reduction", "mean">>, D>;
  bceLoss: Made<Loss<BceLoss<S, TargetOf<A>>, Option<A, "reduction", "mean">>, D>;
  classLoss: Made<
    Loss<ClassLoss<S, TargetOf<A>, DtypeOf<Arg<A, "0", "target", unknown>>>, Option<A, "reduction", "mean">>,
    D
  >;
}
/** Layers: C are the arguments of the constructor, A those of a call behind the input. */
export interface LayerKinds<C, S extends Shape, D extends string, A> extends SharedKinds<S, D, C> {
  same: Tensor<S, D>;
  linear: Made<Linear<S, Arg<C, "0", "in_features", number>, DimOf<Arg<C, "1", "out_features", number>>>, D>;
  softmax: Made<
    Checked<S, Arg<C, "0", "dim", null> extends infer P ? (P extends null ? number : Wrap<S, P>) : never>,
    D
  >;
  embedding: Made<[...S, DimOf<Arg<C, "1", "embedding_dim", number>>], NameOf<Option<C, "dtype", null>, "float32">>;
  batchNorm1d: Made<BatchNormed<S, 1, Arg<C, "0", "num_features", number>>, D>;
  batchNorm2d: Made<BatchNormed<S, 2, Arg<C, "0", "num_features", number>>, D>;
  batchNorm3d: Made<BatchNormed<S, 3, Arg<C, "0", "num_features", number>>, D>;
  groupNorm: Made<GroupNormed<S, Arg<C, "1", "num_channels", number>>, D>;
  flatten: Made<Flattened<S, Arg<C, "0", "start_dim", 1>, Arg<C, "1", "end_dim", -1>>, D>;
  unflatten: Made<Unflattened<S, Arg<C, "0", "dim", number>, DimsOf<Arg<C, "1", "unflattened_size", Shape>>>, D>;
  conv1d: Made<Conv<S, 1, ConvArgs<C>>, D>;
  conv2d: Made<Conv<S, 2, ConvArgs<C>>, D>;
  conv3d: Made<Conv<S, 3, ConvArgs<C>>, D>;
  convTranspose1d: A extends readonly [] ? Made<ConvTransposed<S, 1, TransposedArgs<C>>, D> : Tensor<Unknown, D>;
  convTranspose2d: A extends readonly [] ? Made<ConvTransposed<S, 2, TransposedArgs<C>>, D> : Tensor<Unknown, D>;
  convTranspose3d: A extends readonly [] ? Made<ConvTransposed<S, 3, TransposedArgs<C>>, D> : Tensor<Unknown, D>;
  maxPool1d: WithIndices<Arg<C, "4", "return_indices", false>, MaxPooled<S, 1, C, "5">, D>;
  maxPool2d: WithIndices<Arg<C, "4", "return_indices", false>, MaxPooled<S, 2, C, "5">, D>;
  maxPool3d: WithIndices<Arg<C, "4", "return_indices", false>, MaxPooled<S, 3, C, "5">, D>;
  pad1d: Made<Padded<S, Sides<Arg<C, "0", "padding", number>, 1>>, D>;
  pad2d: Made<Padded<S, Sides<Arg<C, "0", "padding", number>, 2>>, D>;
  pad3d: Made<Padded<S, Sides<Arg<C, "0", "padding", number>, 3>>, D>;
  lstm: IsPlain<C> extends true
    ? Steps<S, Recurrent<C>, D, true>
    : [Tensor<Unknown, D>, readonly [Tensor<Unknown, D>, Tensor<Unknown, D>]];
  gru: IsPlain<C> extends true ? Steps<S, Recurrent<C>, D, false> : [Tensor<Unknown, D>, Tensor<Unknown, D>];
  cell: Made<Cell<S, C>, D>;
  lstmCell: Cell<S, C> extends infer R ? (R extends string ? R : readonly [Made<R, D>, Made<R, D>]) : never;
  multihead: Embeds<S, Arg<C, "0", "embed_dim", number>> extends infer R
    ? R extends string
      ? R
      : [
          Made<R, D>,
          Arg<A, "3", "need_weights", true> extends infer W
            ? W extends true
              ? Made<
                  Weights<
                    S,
                    ShapeOf<Arg<A, "0", "key", Shape>>,
                    Option<C, "batch_first", false>,
                    Arg<A, "5", "average_attn_weights", true>
                  >,
                  D
                >
              : W extends false
                ? null
                : Tensor<Unknown, D> | null
            : never,
        ]
    : never;
  transformer: Made<Embeds<S, Arg<C, "0", "d_model", number>>, D>;
  encoder: Tensor<S, D>;
  maxUnpool1d: Made<Unpooled<S, 1, C, Places<A>, Arg<A, "1", "output_size", null>, "01">, D>;
  maxUnpool2d: Made<Unpooled<S, 2, C, Places<A>, Arg<A, "1", "output_size", null>, "01">, D>;
  maxUnpool3d: Made<Unpooled<S, 3, C, Places<A>, Arg<A, "1", "output_size", null>, "01">, D>;
  embeddingBag: Made<
    Bags<
      S,
      DimOf<Arg<C, "1", "embedding_dim", number>>,
      Arg<A, "0", "offsets", null>,
      Arg<C, "8", "include_last_offset", false>
    >,
    NameOf<Option<C, "dtype", null>, "float32">
  >;
  pointLoss: Made<Loss<Broadcast<S, TargetOf<A>>, Option<C, "reduction", "mean">>, D>;
  binaryLoss: Made<Loss<BinaryLoss<S, TargetOf<A>>, Option<C, "reduction", "mean">>, D>;
  bceLoss: Made<Loss<BceLoss<S, TargetOf<A>>, Option<C, "reduction", "mean">>, D>;
  classLoss: Made<
    Loss<ClassLoss<S, TargetOf<A>, DtypeOf<Arg<A, "0", "target", unknown>>>, Option<C, "reduction", "mean">>,
    D
  >;
  oneNumber: Reduction<Option<C, "reduction", "mean">> extends "one" ? Tensor<[], D> : Tensor<Unknown, D>;
  cosine: Made<Distance<S, ShapeOf<Arg<A, "0", "x2", Shape>>, Arg<C, "0", "dim", 1>, false>, D>;
  lpPool1d: Made<LpPooled<S, 1, C>, D>;
  lpPool2d: Made<LpPooled<S, 2, C>, D>;
  lpPool3d: Made<LpPooled<S, 3, C>, D>;
  pairwise: Made<Distance<S, ShapeOf<Arg<A, "0", "x2", Shape>>, -1, Arg<C, "2", "keepdim", false>>, D>;
  bilinear: Made<
    S extends readonly [...infer B extends Shape, unknown] ? [...B, DimOf<Arg<C, "2", "out_features", number>>] : Shape,
    D
  >;
  /** As many as the target has. */
  encoderDecoder: Made<ShapeOf<Arg<A, "0", "tgt", Shape>>, D>;
  unknown: Tensor<Unknown, D>;
}
/** What recurrent layers give of packed sequences, whose number is not told. */
export type OfPacked<C, Kind, D extends string> =
  Recurrent<C> extends infer O extends RecurrentOptions
    ? Kind extends "lstm"
      ? [PackedSequence, readonly [States<O, [number], O["out"], D>, States<O, [number], O["hidden"], D>]]
      : [PackedSequence, States<O, [number], O["hidden"], D>]
    : never;
/** What constructors refuse: C are their arguments. Of the kinds that are not named nothing is refused. */
export interface BuildKinds<C> {
  conv1d: Grouped<ConvArgs<C>>;
  conv2d: Grouped<ConvArgs<C>>;
  conv3d: Grouped<ConvArgs<C>>;
  convTranspose1d: Grouped<TransposedArgs<C>>;
  convTranspose2d: Grouped<TransposedArgs<C>>;
  convTranspose3d: Grouped<TransposedArgs<C>>;
  groupNorm: IsMultiple<Arg<C, "1", "num_channels", number>, Arg<C, "0", "num_groups", number>> extends false
    ? `num_channels (${Arg<C, "1", "num_channels", number> & Dim}) must be divisible by num_groups (${Arg<C, "0", "num_groups", number> & Dim})`
    : null;
  multihead: IsMultiple<Arg<C, "0", "embed_dim", number>, Arg<C, "1", "num_heads", number>> extends false
    ? "embed_dim must be divisible by num_heads"
    : null;
  transformer: IsMultiple<Arg<C, "0", "d_model", number>, Arg<C, "1", "nhead", number>> extends false
    ? "embed_dim must be divisible by num_heads"
    : null;
}
/** Shapes of what layers hold: C are the arguments of their constructor. */
export interface HeldKinds<C> {
  weight: {
    linear: [DimOf<Arg<C, "1", "out_features", number>>, DimOf<Arg<C, "0", "in_features", number>>];
    embedding: [DimOf<Arg<C, "0", "num_embeddings", number>>, DimOf<Arg<C, "1", "embedding_dim", number>>];
    layerNorm: DimsOf<ListOf<Arg<C, "0", "normalized_shape", number>>>;
    batchNorm1d: [DimOf<Arg<C, "0", "num_features", number>>];
    batchNorm2d: [DimOf<Arg<C, "0", "num_features", number>>];
    batchNorm3d: [DimOf<Arg<C, "0", "num_features", number>>];
    groupNorm: [DimOf<Arg<C, "1", "num_channels", number>>];
    conv1d: Kernel<ConvArgs<C>, 1>;
    conv2d: Kernel<ConvArgs<C>, 2>;
    conv3d: Kernel<ConvArgs<C>, 3>;
  };
  bias: {
    linear: [DimOf<Arg<C, "1", "out_features", number>>];
    layerNorm: DimsOf<ListOf<Arg<C, "0", "normalized_shape", number>>>;
    batchNorm1d: [DimOf<Arg<C, "0", "num_features", number>>];
    batchNorm2d: [DimOf<Arg<C, "0", "num_features", number>>];
    batchNorm3d: [DimOf<Arg<C, "0", "num_features", number>>];
    groupNorm: [DimOf<Arg<C, "1", "num_channels", number>>];
    conv1d: [DimOf<Arg<C, "1", "out_channels", number>>];
    conv2d: [DimOf<Arg<C, "1", "out_channels", number>>];
    conv3d: [DimOf<Arg<C, "1", "out_channels", number>>];
  };
}
type Kernel<
  O extends { readonly in: unknown; readonly out: unknown; readonly groups: unknown; readonly kernel: unknown },
  N,
> =
  DimsOf<PerDim<O["kernel"], N>> extends infer K extends readonly Dim[]
    ? [DimOf<O["out"]>, Quotient<DimOf<O["in"]>, O["groups"]>, ...K]
    : Shape;
type IsMultiple<A, B> = Inferred<[A], [B]> extends null ? false : true;
type Grouped<O extends { readonly in: unknown; readonly out: unknown; readonly groups: unknown }> =
  O["groups"] extends 1
    ? null
    : IsMultiple<O["in"], O["groups"]> extends false
      ? "in_channels must be divisible by groups"
      : IsMultiple<O["out"], O["groups"]> extends false
        ? "out_channels must be divisible by groups"
        : null;
type Sides<V, N extends number> = V extends readonly unknown[]
  ? V
  : N extends 1
    ? [V, V]
    : N extends 2
      ? [V, V, V, V]
      : [V, V, V, V, V, V];
type ConvArgs<C> = {
  in: Arg<C, "0", "in_channels", number>;
  out: Arg<C, "1", "out_channels", number>;
  kernel: Arg<C, "2", "kernel_size", number>;
  stride: Arg<C, "3", "stride", 1>;
  padding: Arg<C, "4", "padding", 0>;
  dilation: Arg<C, "5", "dilation", 1>;
  groups: Arg<C, "6", "groups", 1>;
};
type TransposedArgs<C> = {
  in: Arg<C, "0", "in_channels", number>;
  out: Arg<C, "1", "out_channels", number>;
  kernel: Arg<C, "2", "kernel_size", number>;
  stride: Arg<C, "3", "stride", 1>;
  padding: Arg<C, "4", "padding", 0>;
  output_padding: Arg<C, "5", "output_padding", 0>;
  groups: Arg<C, "6", "groups", 1>;
  dilation: Arg<C, "8", "dilation", 1>;
};

/* prettier-ignore */
interface Lists {
  same: "ReLU" | "ReLU6" | "LeakyReLU" | "RReLU" | "ELU" | "CELU" | "SELU" | "GELU" | "SiLU" | "Mish" | "Sigmoid" | "LogSigmoid" | "Tanh" | "Tanhshrink" | "Softsign" | "Softplus" | "Hardtanh" | "Hardsigmoid" | "Hardswish" | "Hardshrink" | "Softshrink" | "Threshold" | "PReLU" | "Softmax2d" | "Identity" | "Dropout" | "Dropout1d" | "Dropout2d" | "Dropout3d" | "AlphaDropout" | "FeatureAlphaDropout" | "InstanceNorm1d" | "InstanceNorm2d" | "InstanceNorm3d" | "LocalResponseNorm" | "CrossMapLRN2d" | "ChannelShuffle";
  linear: "Linear";
  softmax: "Softmax" | "Softmin" | "LogSoftmax";
  glu: "GLU";
  embedding: "Embedding";
  layerNorm: "LayerNorm" | "RMSNorm";
  batchNorm1d: "BatchNorm1d";
  batchNorm2d: "BatchNorm2d";
  batchNorm3d: "BatchNorm3d";
  groupNorm: "GroupNorm";
  flatten: "Flatten";
  unflatten: "Unflatten";
  conv1d: "Conv1d";
  conv2d: "Conv2d";
  conv3d: "Conv3d";
  convTranspose1d: "ConvTranspose1d";
  convTranspose2d: "ConvTranspose2d";
  convTranspose3d: "ConvTranspose3d";
  maxPool1d: "MaxPool1d";
  maxPool2d: "MaxPool2d";
  maxPool3d: "MaxPool3d";
  avgPool1d: "AvgPool1d";
  avgPool2d: "AvgPool2d";
  avgPool3d: "AvgPool3d";
  adaptiveAvgPool1d: "AdaptiveAvgPool1d";
  adaptiveAvgPool2d: "AdaptiveAvgPool2d";
  adaptiveAvgPool3d: "AdaptiveAvgPool3d";
  adaptiveMaxPool1d: "AdaptiveMaxPool1d";
  adaptiveMaxPool2d: "AdaptiveMaxPool2d";
  adaptiveMaxPool3d: "AdaptiveMaxPool3d";
  pad1d: "ConstantPad1d" | "ZeroPad1d" | "ReflectionPad1d" | "ReplicationPad1d" | "CircularPad1d";
  pad2d: "ConstantPad2d" | "ZeroPad2d" | "ReflectionPad2d" | "ReplicationPad2d" | "CircularPad2d";
  pad3d: "ConstantPad3d" | "ZeroPad3d" | "ReflectionPad3d" | "ReplicationPad3d" | "CircularPad3d";
  interpolate: "Upsample" | "UpsamplingNearest2d" | "UpsamplingBilinear2d";
  pixelShuffle: "PixelShuffle";
  pixelUnshuffle: "PixelUnshuffle";
  lstm: "LSTM";
  gru: "GRU" | "RNN";
  cell: "GRUCell" | "RNNCell";
  lstmCell: "LSTMCell";
  multihead: "MultiheadAttention";
  transformer: "TransformerEncoderLayer" | "TransformerDecoderLayer";
  encoder: "TransformerEncoder" | "TransformerDecoder";
  pointLoss: "MSELoss" | "L1Loss" | "SmoothL1Loss" | "HuberLoss" | "KLDivLoss" | "PoissonNLLLoss";
  binaryLoss: "BCEWithLogitsLoss";
  bceLoss: "BCELoss";
  classLoss: "CrossEntropyLoss" | "NLLLoss";
  oneNumber: "TripletMarginLoss" | "MarginRankingLoss" | "HingeEmbeddingLoss" | "CosineEmbeddingLoss" | "SoftMarginLoss" | "MultiMarginLoss" | "MultiLabelMarginLoss" | "MultiLabelSoftMarginLoss" | "GaussianNLLLoss" | "CTCLoss";
  cosine: "CosineSimilarity";
  unfoldF: "Unfold";
  foldF: "Fold";
  lpPool1d: "LPPool1d";
  lpPool2d: "LPPool2d";
  lpPool3d: "LPPool3d";
  pairwise: "PairwiseDistance";
  bilinear: "Bilinear";
  encoderDecoder: "Transformer";
  maxUnpool1d: "MaxUnpool1d";
  maxUnpool2d: "MaxUnpool2d";
  maxUnpool3d: "MaxUnpool3d";
  embeddingBag: "EmbeddingBag";
  unknown: "FractionalMaxPool2d" | "FractionalMaxPool3d";
}
/** The kind of each layer. */
export type LayerTable = { [K in keyof Lists as Lists[K]]: K };
