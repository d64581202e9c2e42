// Typed arrays and options made in another realm: Jest's tests, iframes, vm.
// source: https://github.com/microsoft/onnxruntime/issues/16622 · https://github.com/huggingface/transformers.js/issues/401
import vm from "node:vm";
import * as torch from "tidu";
import { show } from "./show.ts";

const foreign = (source: string): unknown => vm.runInNewContext(source);
show(() => torch.tensor(foreign("new Float32Array([1,2])") as Float32Array));
show(() => torch.tensor(foreign("new Uint8Array([1,2])") as Uint8Array));
show(() => torch.zeros(2, foreign("({requires_grad:true})") as { requires_grad: boolean }));
