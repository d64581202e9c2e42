// torch.nn
export * as functional from "./functional.ts";
export * as init from "./init.ts";
export * as utils from "./clip_grad.ts";
export { ModuleDict, ModuleList, ParameterList, Sequential } from "./containers.ts";
export {
  AvgPool2d,
  Dropout,
  ELU,
  Flatten,
  GELU,
  LeakyReLU,
  LogSoftmax,
  MaxPool1d,
  MaxPool2d,
  ReLU,
  Sigmoid,
  SiLU,
  Softmax,
  Tanh,
} from "./layers/activation.ts";
export { Conv1d, Conv2d, Conv3d } from "./layers/conv.ts";
export { Embedding } from "./layers/embedding.ts";
export { Identity, Linear } from "./layers/linear.ts";
export { BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss } from "./layers/loss.ts";
export { BatchNorm1d, BatchNorm2d, BatchNorm3d, GroupNorm, LayerNorm } from "./layers/norm.ts";
export { IncompatibleKeys, Module } from "./module.ts";
export type { ForwardHook, ForwardPreHook, StateDict } from "./module.ts";
export { Parameter } from "./parameter.ts";
