// torch.nn with shapes: the same classes under other types.
import * as untyped from "../nn/index.ts";
import type { LayerTable } from "./layers.ts";
import type * as modules from "./module.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import type { AnyTensor, Loose } from "./arguments.ts";
import type { DtypeOf, Lifted, ShapeOf, Unruled } from "./tensor.ts";

export * from "../nn/index.ts";
export * as functional from "./functional.ts";

export type Module = modules.SomeModule;
export const Module = untyped.Module as unknown as new () => modules.Module;
export const Sequential = untyped.Sequential as unknown as modules.SequentialClass;
export const ModuleList = untyped.ModuleList as unknown as modules.ModuleListClass;
export const ModuleDict = untyped.ModuleDict as unknown as modules.ModuleDictClass;

/** A tensor that is learnt. */
export interface Parameter<S extends Shape, D extends string> extends Tensor<S, D> {
  readonly _is_param: true;
}
export const Parameter = untyped.Parameter as unknown as new <const T extends AnyTensor>(
  data: T,
  requires_grad?: boolean | { requires_grad?: boolean },
) => Parameter<ShapeOf<T>, DtypeOf<T>>;

/** Initializers give back their tensor in the type that it has. */
type Init<N> = {
  readonly [K in keyof N]: N[K] extends {
    (tensor: never, ...args: infer A): unknown;
    (byName: infer O): unknown;
  }
    ? { <T extends AnyTensor>(tensor: T, ...args: A): T; (byName: Loose<O>): unknown }
    : Unruled<N[K]>;
};
export const init = untyped.init as unknown as Init<typeof untyped.init>;
type Utils = Lifted<Omit<typeof untyped.utils, "rnn">> & { readonly rnn: Lifted<typeof untyped.utils.rnn> };
export const utils = untyped.utils as unknown as Utils;

type Classes = { readonly [N in keyof LayerTable]: modules.LayerClass<N> };
// prettier-ignore
export const {
  AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d, AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d,
  AlphaDropout, AvgPool1d, AvgPool2d, AvgPool3d, BCELoss, BCEWithLogitsLoss, BatchNorm1d, BatchNorm2d, BatchNorm3d,
  Bilinear, CELU, CTCLoss, ChannelShuffle, CircularPad1d, CircularPad2d, CircularPad3d, ConstantPad1d, ConstantPad2d,
  ConstantPad3d, Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, CosineEmbeddingLoss,
  CosineSimilarity, CrossEntropyLoss, CrossMapLRN2d, Dropout, Dropout1d, Dropout2d, Dropout3d, ELU, Embedding,
  EmbeddingBag, FeatureAlphaDropout, Flatten, Fold, FractionalMaxPool2d, FractionalMaxPool3d, GELU, GLU, GRU,
  GRUCell, GaussianNLLLoss, GroupNorm, Hardshrink, Hardsigmoid, Hardswish, Hardtanh, HingeEmbeddingLoss, HuberLoss,
  Identity, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, KLDivLoss, L1Loss, LPPool1d, LPPool2d, LPPool3d, LSTM,
  LSTMCell, LayerNorm, LeakyReLU, Linear, LocalResponseNorm, LogSigmoid, LogSoftmax, MSELoss, MarginRankingLoss,
  MaxPool1d, MaxPool2d, MaxPool3d, MaxUnpool1d, MaxUnpool2d, MaxUnpool3d, Mish, MultiLabelMarginLoss,
  MultiLabelSoftMarginLoss, MultiMarginLoss, MultiheadAttention, NLLLoss, PReLU, PairwiseDistance, PixelShuffle,
  PixelUnshuffle, PoissonNLLLoss, RMSNorm, RNN, RNNCell, RReLU, ReLU, ReLU6, ReflectionPad1d, ReflectionPad2d,
  ReflectionPad3d, ReplicationPad1d, ReplicationPad2d, ReplicationPad3d, SELU, SiLU, Sigmoid, SmoothL1Loss,
  SoftMarginLoss, Softmax, Softmax2d, Softmin, Softplus, Softshrink, Softsign, Tanh, Tanhshrink, Threshold,
  Transformer, TransformerDecoder, TransformerDecoderLayer, TransformerEncoder, TransformerEncoderLayer,
  TripletMarginLoss, Unflatten, Unfold, Upsample, UpsamplingBilinear2d, UpsamplingNearest2d, ZeroPad1d, ZeroPad2d,
  ZeroPad3d,
} = untyped as unknown as Classes;

// The classes as types: `fc: nn.Linear`.
export type AdaptiveAvgPool1d = modules.SomeLayer<"AdaptiveAvgPool1d">;
export type AdaptiveAvgPool2d = modules.SomeLayer<"AdaptiveAvgPool2d">;
export type AdaptiveAvgPool3d = modules.SomeLayer<"AdaptiveAvgPool3d">;
export type AdaptiveMaxPool1d = modules.SomeLayer<"AdaptiveMaxPool1d">;
export type AdaptiveMaxPool2d = modules.SomeLayer<"AdaptiveMaxPool2d">;
export type AdaptiveMaxPool3d = modules.SomeLayer<"AdaptiveMaxPool3d">;
export type AlphaDropout = modules.SomeLayer<"AlphaDropout">;
export type AvgPool1d = modules.SomeLayer<"AvgPool1d">;
export type AvgPool2d = modules.SomeLayer<"AvgPool2d">;
export type AvgPool3d = modules.SomeLayer<"AvgPool3d">;
export type BCELoss = modules.SomeLayer<"BCELoss">;
export type BCEWithLogitsLoss = modules.SomeLayer<"BCEWithLogitsLoss">;
export type BatchNorm1d = modules.SomeLayer<"BatchNorm1d">;
export type BatchNorm2d = modules.SomeLayer<"BatchNorm2d">;
export type BatchNorm3d = modules.SomeLayer<"BatchNorm3d">;
export type Bilinear = modules.SomeLayer<"Bilinear">;
export type CELU = modules.SomeLayer<"CELU">;
export type CTCLoss = modules.SomeLayer<"CTCLoss">;
export type ChannelShuffle = modules.SomeLayer<"ChannelShuffle">;
export type CircularPad1d = modules.SomeLayer<"CircularPad1d">;
export type CircularPad2d = modules.SomeLayer<"CircularPad2d">;
export type CircularPad3d = modules.SomeLayer<"CircularPad3d">;
export type ConstantPad1d = modules.SomeLayer<"ConstantPad1d">;
export type ConstantPad2d = modules.SomeLayer<"ConstantPad2d">;
export type ConstantPad3d = modules.SomeLayer<"ConstantPad3d">;
export type Conv1d = modules.SomeLayer<"Conv1d">;
export type Conv2d = modules.SomeLayer<"Conv2d">;
export type Conv3d = modules.SomeLayer<"Conv3d">;
export type ConvTranspose1d = modules.SomeLayer<"ConvTranspose1d">;
export type ConvTranspose2d = modules.SomeLayer<"ConvTranspose2d">;
export type ConvTranspose3d = modules.SomeLayer<"ConvTranspose3d">;
export type CosineEmbeddingLoss = modules.SomeLayer<"CosineEmbeddingLoss">;
export type CosineSimilarity = modules.SomeLayer<"CosineSimilarity">;
export type CrossEntropyLoss = modules.SomeLayer<"CrossEntropyLoss">;
export type CrossMapLRN2d = modules.SomeLayer<"CrossMapLRN2d">;
export type Dropout = modules.SomeLayer<"Dropout">;
export type Dropout1d = modules.SomeLayer<"Dropout1d">;
export type Dropout2d = modules.SomeLayer<"Dropout2d">;
export type Dropout3d = modules.SomeLayer<"Dropout3d">;
export type ELU = modules.SomeLayer<"ELU">;
export type Embedding = modules.SomeLayer<"Embedding">;
export type EmbeddingBag = modules.SomeLayer<"EmbeddingBag">;
export type FeatureAlphaDropout = modules.SomeLayer<"FeatureAlphaDropout">;
export type Flatten = modules.SomeLayer<"Flatten">;
export type Fold = modules.SomeLayer<"Fold">;
export type FractionalMaxPool2d = modules.SomeLayer<"FractionalMaxPool2d">;
export type FractionalMaxPool3d = modules.SomeLayer<"FractionalMaxPool3d">;
export type GELU = modules.SomeLayer<"GELU">;
export type GLU = modules.SomeLayer<"GLU">;
export type GRU = modules.SomeLayer<"GRU">;
export type GRUCell = modules.SomeLayer<"GRUCell">;
export type GaussianNLLLoss = modules.SomeLayer<"GaussianNLLLoss">;
export type GroupNorm = modules.SomeLayer<"GroupNorm">;
export type Hardshrink = modules.SomeLayer<"Hardshrink">;
export type Hardsigmoid = modules.SomeLayer<"Hardsigmoid">;
export type Hardswish = modules.SomeLayer<"Hardswish">;
export type Hardtanh = modules.SomeLayer<"Hardtanh">;
export type HingeEmbeddingLoss = modules.SomeLayer<"HingeEmbeddingLoss">;
export type HuberLoss = modules.SomeLayer<"HuberLoss">;
export type Identity = modules.SomeLayer<"Identity">;
export type InstanceNorm1d = modules.SomeLayer<"InstanceNorm1d">;
export type InstanceNorm2d = modules.SomeLayer<"InstanceNorm2d">;
export type InstanceNorm3d = modules.SomeLayer<"InstanceNorm3d">;
export type KLDivLoss = modules.SomeLayer<"KLDivLoss">;
export type L1Loss = modules.SomeLayer<"L1Loss">;
export type LPPool1d = modules.SomeLayer<"LPPool1d">;
export type LPPool2d = modules.SomeLayer<"LPPool2d">;
export type LPPool3d = modules.SomeLayer<"LPPool3d">;
export type LSTM = modules.SomeLayer<"LSTM">;
export type LSTMCell = modules.SomeLayer<"LSTMCell">;
export type LayerNorm = modules.SomeLayer<"LayerNorm">;
export type LeakyReLU = modules.SomeLayer<"LeakyReLU">;
export type Linear = modules.SomeLayer<"Linear">;
export type LocalResponseNorm = modules.SomeLayer<"LocalResponseNorm">;
export type LogSigmoid = modules.SomeLayer<"LogSigmoid">;
export type LogSoftmax = modules.SomeLayer<"LogSoftmax">;
export type MSELoss = modules.SomeLayer<"MSELoss">;
export type MarginRankingLoss = modules.SomeLayer<"MarginRankingLoss">;
export type MaxPool1d = modules.SomeLayer<"MaxPool1d">;
export type MaxPool2d = modules.SomeLayer<"MaxPool2d">;
export type MaxPool3d = modules.SomeLayer<"MaxPool3d">;
export type MaxUnpool1d = modules.SomeLayer<"MaxUnpool1d">;
export type MaxUnpool2d = modules.SomeLayer<"MaxUnpool2d">;
export type MaxUnpool3d = modules.SomeLayer<"MaxUnpool3d">;
export type Mish = modules.SomeLayer<"Mish">;
export type MultiLabelMarginLoss = modules.SomeLayer<"MultiLabelMarginLoss">;
export type MultiLabelSoftMarginLoss = modules.SomeLayer<"MultiLabelSoftMarginLoss">;
export type MultiMarginLoss = modules.SomeLayer<"MultiMarginLoss">;
export type MultiheadAttention = modules.SomeLayer<"MultiheadAttention">;
export type NLLLoss = modules.SomeLayer<"NLLLoss">;
export type PReLU = modules.SomeLayer<"PReLU">;
export type PairwiseDistance = modules.SomeLayer<"PairwiseDistance">;
export type PixelShuffle = modules.SomeLayer<"PixelShuffle">;
export type PixelUnshuffle = modules.SomeLayer<"PixelUnshuffle">;
export type PoissonNLLLoss = modules.SomeLayer<"PoissonNLLLoss">;
export type RMSNorm = modules.SomeLayer<"RMSNorm">;
export type RNN = modules.SomeLayer<"RNN">;
export type RNNCell = modules.SomeLayer<"RNNCell">;
export type RReLU = modules.SomeLayer<"RReLU">;
export type ReLU = modules.SomeLayer<"ReLU">;
export type ReLU6 = modules.SomeLayer<"ReLU6">;
export type ReflectionPad1d = modules.SomeLayer<"ReflectionPad1d">;
export type ReflectionPad2d = modules.SomeLayer<"ReflectionPad2d">;
export type ReflectionPad3d = modules.SomeLayer<"ReflectionPad3d">;
export type ReplicationPad1d = modules.SomeLayer<"ReplicationPad1d">;
export type ReplicationPad2d = modules.SomeLayer<"ReplicationPad2d">;
export type ReplicationPad3d = modules.SomeLayer<"ReplicationPad3d">;
export type SELU = modules.SomeLayer<"SELU">;
export type SiLU = modules.SomeLayer<"SiLU">;
export type Sigmoid = modules.SomeLayer<"Sigmoid">;
export type SmoothL1Loss = modules.SomeLayer<"SmoothL1Loss">;
export type SoftMarginLoss = modules.SomeLayer<"SoftMarginLoss">;
export type Softmax = modules.SomeLayer<"Softmax">;
export type Softmax2d = modules.SomeLayer<"Softmax2d">;
export type Softmin = modules.SomeLayer<"Softmin">;
export type Softplus = modules.SomeLayer<"Softplus">;
export type Softshrink = modules.SomeLayer<"Softshrink">;
export type Softsign = modules.SomeLayer<"Softsign">;
export type Tanh = modules.SomeLayer<"Tanh">;
export type Tanhshrink = modules.SomeLayer<"Tanhshrink">;
export type Threshold = modules.SomeLayer<"Threshold">;
export type Transformer = modules.SomeLayer<"Transformer">;
export type TransformerDecoder = modules.SomeLayer<"TransformerDecoder">;
export type TransformerDecoderLayer = modules.SomeLayer<"TransformerDecoderLayer">;
export type TransformerEncoder = modules.SomeLayer<"TransformerEncoder">;
export type TransformerEncoderLayer = modules.SomeLayer<"TransformerEncoderLayer">;
export type TripletMarginLoss = modules.SomeLayer<"TripletMarginLoss">;
export type Unflatten = modules.SomeLayer<"Unflatten">;
export type Unfold = modules.SomeLayer<"Unfold">;
export type Upsample = modules.SomeLayer<"Upsample">;
export type UpsamplingBilinear2d = modules.SomeLayer<"UpsamplingBilinear2d">;
export type UpsamplingNearest2d = modules.SomeLayer<"UpsamplingNearest2d">;
export type ZeroPad1d = modules.SomeLayer<"ZeroPad1d">;
export type ZeroPad2d = modules.SomeLayer<"ZeroPad2d">;
export type ZeroPad3d = modules.SomeLayer<"ZeroPad3d">;
export type Sequential = modules.SomeModule & Omit<modules.Sequential<modules.SomeModule[]>, "forward">;
export type ModuleList = modules.ModuleList<modules.SomeModule>;
export type ModuleDict = modules.ModuleDict<Readonly<Record<string, modules.SomeModule>>>;
