// torch.optim.lr_scheduler
export { ChainedScheduler, SequentialLR } from "./combined.ts";
export { CosineAnnealingLR, CosineAnnealingWarmRestarts } from "./cosine.ts";
export { CyclicLR } from "./cyclic.ts";
export { ConstantLR, ExponentialLR, LinearLR, MultiStepLR, PolynomialLR, StepLR } from "./decay.ts";
export { LambdaLR, MultiplicativeLR } from "./lambda.ts";
export type { LrLambda } from "./lambda.ts";
export { OneCycleLR } from "./one_cycle.ts";
export { ReduceLROnPlateau } from "./plateau.ts";
export { LRScheduler } from "./scheduler.ts";
export type { SchedulerState } from "./scheduler.ts";
