// torch.nn with shapes: the same classes under other types.
import * as untyped from "../nn/index.ts";
import type { LayerTable } from "./layers.ts";
import type * as modules from "./module.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import type { AnyTensor } from "./arguments.ts";
import type { DtypeOf, ShapeOf } from "./tensor.ts";

export * from "../nn/index.ts";
export * as functional from "./functional.ts";

export type Module = modules.Module;
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
