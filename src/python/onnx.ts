// torch.onnx.export for Python programs: their model as a module whose forward is Python's.
import { Module } from "../nn/module/module.ts";
import type { Parameter } from "../nn/module/parameter.ts";
import { exportNow } from "../onnx/export.ts";
import type { ExportOptions } from "../onnx/export.ts";
import type { Tensor } from "../tensor/tensor.ts";

type Named = readonly (readonly [name: string, tensor: Tensor])[];
class PythonModel extends Module {
  private readonly tensors: Named;
  private readonly run: (...inputs: Tensor[]) => unknown;
  constructor(run: (...inputs: Tensor[]) => unknown, tensors: Named) {
    super();
    this.run = run;
    this.tensors = tensors;
  }
  override forward(...inputs: Tensor[]): unknown {
    return this.run(...inputs);
  }
  override *named_parameters(): Generator<[string, Parameter]> {
    for (const [name, tensor] of this.tensors) yield [name, tensor as Parameter];
  }
}
export const onnx = {
  /** Writes to a path; without one gives the file's bytes, in Base64. */
  exportOnnx: (
    run: (...inputs: Tensor[]) => unknown,
    names: readonly string[],
    tensors: readonly Tensor[],
    args: readonly Tensor[],
    f: string | null,
    options: ExportOptions,
  ): string => {
    const model = new PythonModel(
      run,
      names.map((name, i) => [name, tensors[i]] as const),
    );
    const bytes = exportNow(model, args, f, options);
    return f === null ? base64(bytes) : "";
  },
};
function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
