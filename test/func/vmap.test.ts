import { describe, test } from "vitest";
import { grad, vmap } from "../../src/func/index.ts";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import { floats, mixed, near, ofTensors, shown, sampledOps } from "../samples/calls.ts";
import { samples } from "../samples/index.ts";

/** Ops that are left out, and why. */
const apart: Record<string, string> = {
  rrelu: "draws",
  as_strided: "counts its offset from the element's own place, where the loop's is absolute",
  _as_strided: "the same",
  _as_strided_backward: "the same",
  as_strided_scatter: "the same",
  _as_strided_scatter: "the same",
  as_strided_copy: "the same",
};
describe("vmap gives for every op what a loop over the batch gives", () => {
  for (const [name, call] of sampledOps(apart)) {
    test(name, () => {
      for (const args of samples[name]()) {
        const { inputs, run } = ofTensors(call, args);
        if (inputs.length === 0) continue;
        const batch = inputs.map((x) => torch.stack([x.detach(), x.detach().mul(0.999), x.detach().mul(1.0005)], 0));
        for (const which of inputs.length === 1 ? [[0]] : [inputs.map((_, i) => i), [0], [inputs.length - 1]]) {
          const dims = inputs.map((_, i) => (which.includes(i) ? 0 : null));
          const leaves = batch.map((b, i) => (which.includes(i) ? b : inputs[i].detach()).clone().requires_grad_());
          const parts = [0, 1, 2].map((i) => run(...leaves.map((t, k) => (dims[k] === null ? t : t.select(0, i)))));
          const looped = parts[0].map((_, k) =>
            torch.stack(
              parts.map((part) => part[k]),
              0,
            ),
          );
          const made = vmap((...ts: Tensor[]) => run(...ts), { in_dims: dims })(...leaves);
          for (const [k, t] of made.entries())
            if (!near(t, looped[k])) throw new Error(`${name} result ${k}: ${shown(t)} for ${shown(looped[k])}`);
          const want = floats(looped).filter((t) => t.requires_grad);
          const got = floats(made).filter((_, k) => floats(looped)[k].requires_grad);
          if (want.length === 0) continue;
          const options = { allow_unused: true, materialize_grads: true } as const;
          const wanted = torch.autograd.grad(mixed(want), leaves, null, options) as Tensor[];
          const gotten = torch.autograd.grad(mixed(got), leaves, null, options) as Tensor[];
          for (const [k, g] of gotten.entries())
            if (!near(g, wanted[k])) throw new Error(`${name} gradient ${k}: ${shown(g)} for ${shown(wanted[k])}`);
        }
      }
    });
  }
});
describe("vmap of grad gives for every op the gradient of each element", () => {
  for (const [name, call] of sampledOps(apart)) {
    test(name, () => {
      for (const args of samples[name]()) {
        const { inputs, run } = ofTensors(call, args);
        if (inputs.length === 0) continue;
        const probe = run(...inputs);
        const places = floats(probe).filter((t) => t.requires_grad).length;
        if (places === 0) continue;
        const f = (...ts: Tensor[]): Tensor =>
          mixed(floats(run(...ts)).filter((_, k) => floats(probe)[k].requires_grad));
        const batch = inputs.map((x) => torch.stack([x.detach(), x.detach().mul(0.999)], 0));
        const all = inputs.map((_, i) => i);
        const made = vmap(grad(f, all))(...batch) as unknown as Tensor[];
        const each = [0, 1].map((i) => grad(f, all)(...batch.map((t) => t.select(0, i))) as unknown as Tensor[]);
        for (const [k, g] of made.entries()) {
          const wanted = torch.stack(
            each.map((gs) => gs[k]),
            0,
          );
          if (!near(g, wanted)) throw new Error(`${name} gradient ${k}: ${shown(g)} for ${shown(wanted)}`);
        }
      }
    });
  }
});
describe("vmap of gradients through a graph made outside of it gives for every op what a loop gives", () => {
  for (const [name, call] of sampledOps(apart)) {
    test(name, () => {
      for (const args of samples[name]()) {
        const { inputs, run } = ofTensors(call, args);
        const results = floats(run(...inputs)).filter((t) => t.requires_grad);
        if (inputs.length === 0 || results.length === 0) continue;
        const options = { retain_graph: true, allow_unused: true, materialize_grads: true } as const;
        const gradients = (...vs: Tensor[]): Tensor[] => torch.autograd.grad(results, inputs, vs, options) as Tensor[];
        const directions = results.map((t) => torch.stack([t.detach(), t.detach().mul(-0.5).add(0.25)], 0));
        const made = vmap(gradients)(...directions);
        const parts = [0, 1].map((i) => gradients(...directions.map((v) => v.select(0, i))));
        for (const [k, g] of made.entries()) {
          const looped = torch.stack([parts[0][k], parts[1][k]], 0);
          if (!near(g, looped)) throw new Error(`${name} gradient ${k}: ${shown(g)} for ${shown(looped)}`);
        }
      }
    });
  }
});
