import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { registry } from "../../src/dispatch/declare.ts";
import type { Entry } from "../../src/dispatch/declare.ts";
import { ofTensors } from "../samples/calls.ts";
import type { Call } from "../samples/calls.ts";
import { samples } from "../samples/index.ts";

const ops = [...registry].filter(([, entry]) => isDifferentiable(entry)) as [Call, Entry][];

/** Has a derivative of its own, or is made of ops that may. */
function isDifferentiable({ record, definition, inplaceOf }: Entry): boolean {
  return inplaceOf === null && (record !== null || definition?.kernel.kind === "composite");
}
/** Composites whose result never requires grad, and why. */
const withoutGradient: Record<string, string> = {
  floor_divide: "has none in PyTorch, either",
  heaviside: "the same",
  all: "gives truth values",
  any: "gives truth values",
  count_nonzero: "gives a count",
  argsort: "gives places",
  _unravel_index: "gives places",
  isreal: "gives truth values",
  greater: "gives truth values",
  greater_equal: "gives truth values",
  less: "gives truth values",
  less_equal: "gives truth values",
  not_equal: "gives truth values",
  eq: "gives truth values",
  ne: "gives truth values",
  lt: "gives truth values",
  le: "gives truth values",
  gt: "gives truth values",
  ge: "gives truth values",
  bincount: "has none in PyTorch, either",
  geqrf: "the same",
  linalg_ldl_factor_ex: "the same",
  _underived: "is for what has none",
  _unshaped: "refuses a gradient",
  _drawn_by: "draws",
  linalg_ldl_factor: "PyTorch has no derivative for it either",
  nextafter: "PyTorch's derivative, 1, is that of the identity: no finite step shows it",
  isclose: "gives truth values",
  native_layer_norm: "as in PyTorch its mean and deviation are cut off the graph; layer_norm is checked",
  native_batch_norm: "the same; batch_norm is checked",
  ctc_loss: "its gradient is that of log_softmax and loss together, as PyTorch's: see test/ops/losses.test.ts",
  _ctc_loss: "the same",
  _ctc_loss_backward: "PyTorch has no second derivative of it",
  _attention: "what it keeps for the gradient is cut off; scaled_dot_product_attention is checked",
  _lstm_layer: "the same; test/nn/lstm.test.ts checks h and the cells",
  rand_like: "draws anew",
  log_normal: "draws anew",
  cauchy: "draws anew",
  geometric: "draws anew",
  poisson: "draws anew",
  randn_like: "draws anew",
  uniform: "draws anew",
  normal: "draws anew",
  exponential: "draws anew",
  bernoulli: "draws anew",
  _bernoulli: "draws anew",
  arcsinh_: "another name of asinh_",
  _bernoulli_fill: "draws anew",
  _bernoulli_by: "draws anew",
  random: "draws anew",
  ...Object.fromEntries(
    ["_sparse_pack", "_sparse_values", "_sparse_coalesce", "_spmm", "_sddmm"].map((name) => [
      name,
      "of sparse tensors: test/sparse checks their gradients",
    ]),
  ),
};

describe("every differentiable op", () => {
  test("has samples", () => {
    const missing = ops.map(([, e]) => e.schema.name).filter((name) => !samples[name] && !withoutGradient[name]);
    expect(missing).toEqual([]);
  });

  for (const [call, { schema }] of ops) {
    for (const [i, args] of (samples[schema.name]?.() ?? []).entries()) {
      test(`${schema.name} ${i} passes gradcheck and gradgradcheck`, () => {
        const { inputs, run } = ofTensors(call, args);
        expect(torch.autograd.gradcheck(run as never, inputs)).toBe(true);
        if (run(...inputs).some((t) => t.requires_grad))
          expect(torch.autograd.gradgradcheck(run as never, inputs)).toBe(true);
      });
    }
  }
});
