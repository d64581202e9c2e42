// tidu/viz: graphs to look at, runs to step through, reasons for gradients.
export { Explanation } from "./explain/explanation.ts";
export { explain, where_from } from "./explain/explain.ts";
export { record, Run } from "./run.ts";
export type { RecordOptions } from "./run.ts";
export type { Known, Ref, Step } from "./recorder.ts";
export type { Figures, Value } from "./values.ts";
