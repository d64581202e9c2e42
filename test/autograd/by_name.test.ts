// Arguments by name, in one object at the end, of functions that no signature of an op describes.
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";

const { autograd, nn } = torch;
const x = torch.tensor([1, 2], { requires_grad: true });
const cubes = (): torch.Tensor => x.pow(3).sum();
/** A call with no arguments by name, and every optional argument with a value. */
const functions: Record<string, { call: (options: object) => unknown; options: Record<string, unknown> }> = {
  "autograd.grad": {
    call: (options) => autograd.grad(cubes(), x, options),
    options: {
      grad_outputs: torch.tensor(1),
      retain_graph: true,
      create_graph: true,
      only_inputs: true,
      allow_unused: true,
      is_grads_batched: false,
      materialize_grads: true,
    },
  },
  "autograd.backward": {
    call: (options) => autograd.backward([cubes()], options),
    options: { grad_tensors: [torch.tensor(1)], retain_graph: true, create_graph: false, inputs: [x] },
  },
  clip_grad_norm_: {
    call: (options) => nn.utils.clip_grad_norm_([x], 1, options),
    options: { norm_type: 1, error_if_nonfinite: true, foreach: null },
  },
  clip_grad_value_: {
    call: (options) => nn.utils.clip_grad_value_([x], 1, options),
    options: { foreach: false },
  },
};
describe("every optional argument may be given by name, and an unknown one is refused", () => {
  for (const [name, { call, options }] of Object.entries(functions))
    test(name, () => {
      for (const [key, value] of Object.entries(options)) expect(() => call({ [key]: value })).not.toThrow();
      expect(() => call(options)).not.toThrow();
      expect(() => call({ nonsense: 1 })).toThrow(
        `${name.replace("autograd.", "")}() got an unexpected keyword argument 'nonsense'`,
      );
    });
});
test("what is given by name is heeded", () => {
  const [g] = autograd.grad(cubes(), x, { create_graph: true });
  expect(autograd.grad(g.sum(), x)[0].tolist()).toEqual([6, 12]);
  expect(autograd.grad(x.mul(1), x, { grad_outputs: torch.tensor([5, 6]) })[0].tolist()).toEqual([5, 6]);
  const rows = autograd.grad(x.mul(x), x, { grad_outputs: torch.eye(2), is_grads_batched: true })[0];
  expect(rows.tolist()).toEqual([
    [2, 0],
    [0, 4],
  ]);
  x.grad = torch.tensor([3, 4]);
  expect(nn.utils.clip_grad_norm_([x], 1, { norm_type: 1 }).item()).toBe(7);
});
