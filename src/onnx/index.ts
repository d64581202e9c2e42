// torch.onnx: models as files of ONNX, both ways.
import "../ops/methods/index.ts";

export { export } from "./export.ts";
export type { ExportOptions } from "./export.ts";
export { load, OnnxModel } from "./load.ts";
