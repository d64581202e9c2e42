// A program: for every op that has samples, and larger calls, a digest of the bits of results and gradients, as JSON.
import * as torch from "../../src/index.ts";
import { Tensor } from "../../src/index.ts";
import { registry } from "../../src/dispatch/declare.ts";
import type { Entry } from "../../src/dispatch/declare.ts";
import { samples } from "../samples/index.ts";
import { large } from "../samples/large.ts";
import { leaf, mapTensors } from "../samples/leaves.ts";

type Call = (...args: unknown[]) => Tensor | readonly Tensor[];

/** FNV-1a over the bytes of tensors. */
function digest(tensors: readonly Tensor[]): string {
  let hash = 0x811c9dc5;
  for (const t of tensors) {
    const plain = t.detach().resolve_conj().contiguous();
    const { buffer, byteOffset, byteLength } = (plain.dtype.is_complex ? torch.view_as_real(plain) : plain).host();
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16);
}
/** Results of a call in `dtype` and the gradients of its inputs, from gradients that are all different. */
function bits(call: Call, args: readonly unknown[], dtype: torch.Dtype): string {
  const wanted: Tensor[] = [];
  const cast = (x: Tensor): Tensor => {
    if (x.dtype !== torch.float64) return x;
    const t = x.detach().to(dtype).requires_grad_(x.requires_grad);
    if (t.requires_grad) wanted.push(t);
    return t;
  };
  torch.manual_seed(0);
  const made = call(...args.map((x) => mapTensors(x, cast)));
  const results = made instanceof Tensor ? [made] : [...made];
  const seen = results.filter((t) => t.requires_grad);
  if (wanted.length === 0 || seen.length === 0) return digest(results);
  const seeds = seen.map((t) =>
    leaf([...t.sizes])
      .detach()
      .to(t.dtype),
  );
  const grads = torch.autograd.grad(seen, wanted, seeds, { allow_unused: true });
  return digest([...results, ...grads.filter((g) => g !== null)]);
}

const digests: Record<string, string> = {};
const put = (name: string, call: Call, args: readonly unknown[]): void => {
  for (const dtype of [torch.float32, torch.float64]) digests[`${name} ${dtype.name}`] = bits(call, args, dtype);
};
for (const [call, { schema }] of [...registry] as [Call, Entry][])
  for (const [i, args] of (samples[schema.name]?.() ?? []).entries()) put(`${schema.name} ${i}`, call, args);
for (const [name, make] of Object.entries(large)) {
  const [call, ...args] = make();
  put(`${name}, large`, call as Call, args);
}
console.log(JSON.stringify(digests));
