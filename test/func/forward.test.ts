import { describe, test } from "vitest";
import { jvp } from "../../src/func/index.ts";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import { ofTensors, sampledOps } from "../samples/calls.ts";
import { samples } from "../samples/index.ts";

/** Numbers of no pattern, in the shape and dtype of t. */
function vector(t: Tensor, seed: number): Tensor {
  const real = torch
    .arange(1, t.numel() + 1, { dtype: torch.float64 })
    .mul(seed)
    .sin()
    .reshape([...t.shape]);
  return t.dtype.is_complex ? torch.complex(real, real.mul(3).cos()).to(t.dtype) : real.to(t.dtype);
}
/** The inner product of lists of tensors as real vectors. */
function product(xs: readonly Tensor[], ys: readonly Tensor[]): number {
  const parts = xs.map((x, i) => {
    const made = x.conj().mul(ys[i]).sum();
    return Number((made.dtype.is_complex ? made.real : made).item());
  });
  return parts.reduce((sum, part) => sum + part, 0);
}
/** Ops that are left out, and why. */
const apart: Record<string, string> = { rrelu: "draws" };

describe("for every op, the product forwards is the transposed one of the product backwards", () => {
  for (const [name, call] of sampledOps(apart)) {
    test(name, () => {
      for (const args of samples[name]()) {
        const { inputs, run } = ofTensors(call, args);
        const ys = run(...inputs);
        const places = ys.flatMap((y, i) => (y.requires_grad ? [i] : []));
        if (inputs.length === 0 || places.length === 0) continue;
        const us = places.map((i) => vector(ys[i], 0.7));
        const ts = inputs.map((x) => vector(x, 1.3));
        const options = { allow_unused: true, materialize_grads: true } as const;
        const back = torch.autograd.grad(
          places.map((i) => ys[i]),
          inputs,
          us,
          options,
        ) as Tensor[];
        const [value, pushed] = jvp(
          (...xs: Tensor[]) => run(...xs),
          inputs.map((x) => x.detach()),
          ts,
        ) as unknown as Tensor[][];
        for (const [k, i] of places.entries())
          if (!torch.allclose(value[i], ys[i].detach(), { equal_nan: true })) throw new Error(`${name}: value ${k}`);
        const [forwards, backwards] = [
          product(
            us,
            places.map((i) => pushed[i]),
          ),
          product(back, ts),
        ];
        if (Math.abs(forwards - backwards) > 1e-7 * (1 + Math.abs(forwards)))
          throw new Error(`${name}: ${forwards} forwards, ${backwards} backwards`);
      }
    });
  }
});
