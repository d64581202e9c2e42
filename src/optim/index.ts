// torch.optim
import "../ops/methods/everyday.ts";

export { Adafactor } from "./adafactor.ts";
export type { AdafactorOptions, AdafactorState } from "./adafactor.ts";
export { Adadelta } from "./adadelta.ts";
export type { AdadeltaOptions } from "./adadelta.ts";
export { Adagrad } from "./adagrad.ts";
export type { AdagradOptions } from "./adagrad.ts";
export { Adam, AdamW } from "./adam.ts";
export type { AdamOptions, AdamState } from "./adam.ts";
export { Adamax } from "./adamax.ts";
export type { AdamaxOptions } from "./adamax.ts";
export { ASGD } from "./asgd.ts";
export type { ASGDOptions, ASGDState } from "./asgd.ts";
export { LBFGS } from "./lbfgs.ts";
export type { LBFGSOptions, LBFGSState } from "./lbfgs.ts";
export * as lr_scheduler from "./lr_scheduler/index.ts";
export { Muon } from "./muon.ts";
export type { MuonOptions } from "./muon.ts";
export { NAdam } from "./nadam.ts";
export type { NAdamOptions, NAdamState } from "./nadam.ts";
export { Optimizer } from "./optimizer.ts";
export type {
  AnyOptimizer,
  CommonOptions,
  GroupSpec,
  OptimizerStateDict,
  ParamGroup,
  Params,
  State,
  StepPostHook,
  StepPreHook,
} from "./optimizer.ts";
export { RAdam } from "./radam.ts";
export type { RAdamOptions } from "./radam.ts";
export { RMSprop } from "./rmsprop.ts";
export type { RMSpropOptions, RMSpropState } from "./rmsprop.ts";
export { Rprop } from "./rprop.ts";
export type { RpropOptions } from "./rprop.ts";
export { SGD } from "./sgd.ts";
export type { SGDOptions } from "./sgd.ts";
export { SparseAdam } from "./sparse_adam.ts";
export type { SparseAdamOptions, SparseAdamState } from "./sparse_adam.ts";
export * as swa_utils from "./swa_utils.ts";
