// tidu/train: what everybody writes around a training loop.
import "../ops/methods/index.ts";

export type { Callback, EpochLogs, Plan, Running, StepLogs, StepResult } from "./callback.ts";
export { EarlyStopping } from "./early_stopping.ts";
export type { EarlyStoppingOptions, Mode } from "./early_stopping.ts";
export { GradientFlow } from "./gradient_flow.ts";
export type { Flow } from "./gradient_flow.ts";
export { JsonLines } from "./json_lines.ts";
export type { JsonLinesOptions } from "./json_lines.ts";
export {
  accuracy,
  ConfusionMatrix,
  F1Score,
  mean_absolute_error,
  mean_squared_error,
  Precision,
  Recall,
  top_k_accuracy,
} from "./metrics.ts";
export type { AnyMetric, Metric, MetricFunction } from "./metrics.ts";
export { ModelCheckpoint } from "./model_checkpoint.ts";
export type { ModelCheckpointOptions } from "./model_checkpoint.ts";
export { ProgressBar } from "./progress_bar.ts";
export type { PageElement, ProgressBarOptions } from "./progress_bar.ts";
export { SummaryWriter, TensorBoard } from "./summary_writer.ts";
export type { TensorBoardOptions } from "./summary_writer.ts";
export { Trainer } from "./trainer.ts";
export type { Batches, FitOptions, TrainerOptions, TrainerState } from "./trainer.ts";
