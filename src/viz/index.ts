// tidu/viz: graphs to look at, runs to step through, reasons for gradients.
import "./display.ts";
export { Chart, confusion_matrix, curves, histogram } from "./charts.ts";
export { Summary, summary } from "./summary.ts";
export type { SummaryRow } from "./summary.ts";
export { Explanation } from "./explain/explanation.ts";
export { explain, where_from } from "./explain/explain.ts";
export { make_dot, Picture } from "./picture.ts";
export type { Arrow, Box, Graph, GraphOptions, Named } from "./graph.ts";
export { record, Run } from "./run.ts";
export type { Moment, PassGraph, RecordOptions } from "./run.ts";
export type { Replay } from "./replay.ts";
export type { ShownTensor } from "./story.ts";
export type { Known, Ref, Step } from "./recorder.ts";
export type { Figures, Value } from "./values.ts";
