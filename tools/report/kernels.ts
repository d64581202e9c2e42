// A program: the hashes of the WebAssembly emitted for each op that has samples, forwards and backwards, in float32 and
// float64, as JSON. A kernel counts for the op that needed it first. Run it as tools/report/index.ts does: with one
// thread, one level of instructions and no BLAS, so that every machine emits the same.
import { createHash } from "node:crypto";
import * as torch from "../../src/index.ts";
import { Tensor } from "../../src/index.ts";
import { registry } from "../../src/dispatch/declare.ts";
import { samples } from "../../test/samples/index.ts";
import { mapTensors } from "../../test/samples/leaves.ts";

let emitted: string[] = [];
const { Module } = WebAssembly;
WebAssembly.Module = new Proxy(Module, {
  construct(target, [bytes]: [Uint8Array<ArrayBuffer>]) {
    emitted.push(createHash("sha256").update(bytes).digest("hex").slice(0, 12));
    return new target(bytes);
  },
});

type Call = (...args: unknown[]) => Tensor | readonly Tensor[];
function run(call: Call, args: readonly unknown[], dtype: torch.Dtype): void {
  const cast = (x: Tensor): Tensor =>
    x.dtype === torch.float64 ? x.detach().to(dtype).requires_grad_(x.requires_grad) : x;
  torch.manual_seed(0);
  const made = call(...args.map((x) => mapTensors(x, cast)));
  const results = (made instanceof Tensor ? [made] : [...made]).filter((t) => t.requires_grad);
  if (results.length > 0)
    torch.autograd.backward(
      results,
      results.map((t) => t.detach().ones_like()),
    );
}

const kernels: Record<string, string> = {};
const names = [...registry].map(([call, { schema }]) => [schema.name, call as Call] as const);
for (const [name, call] of names.sort(([a], [b]) => (a < b ? -1 : 1))) {
  emitted = [];
  for (const args of samples[name]?.() ?? [])
    for (const dtype of [torch.float32, torch.float64]) run(call, args, dtype);
  if (emitted.length > 0) kernels[name] = [...new Set(emitted)].sort().join(" ");
}
console.log(JSON.stringify(kernels));
