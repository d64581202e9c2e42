// torch.autograd.graph in TypeScript. More of it, with PyTorch's values: test/python_front/graph_hooks.py.
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";

const { allow_mutation_on_saved_tensors, get_gradient_edge, increment_version, register_multi_grad_hook } =
  torch.autograd.graph;

test("one hook sees the gradients of several tensors, once in every backward pass", () => {
  const [a, b] = [torch.ones(2, { requires_grad: true }), torch.ones(2, { requires_grad: true })];
  const said: unknown[] = [];
  const handle = register_multi_grad_hook([a, b], (grads: (torch.Tensor | null)[]) => {
    said.push(grads.map((g) => g?.tolist() ?? null));
  });
  a.mul(2).add(b.mul(3)).sum().backward();
  a.mul(5).sum().backward();
  handle.remove();
  a.sum().backward();
  expect(said).toEqual([
    [
      [2, 2],
      [3, 3],
    ],
    [[5, 5], null],
  ]);
  expect(() => register_multi_grad_hook([a], () => {}, { mode: "some" })).toThrow("Expects mode to be one of");
});
test("in the mode any it sees the first of them", () => {
  const [a, b] = [torch.ones(1, { requires_grad: true }), torch.ones(1, { requires_grad: true })];
  let calls = 0;
  register_multi_grad_hook([a, b], () => void calls++, { mode: "any" });
  const y = a.mul(b).sum();
  y.backward({ retain_graph: true });
  y.backward();
  expect(calls).toBe(2);
});
test("what nodes keep may be changed where that is allowed", () => {
  const x = torch.tensor([1, 2]).float().requires_grad_();
  allow_mutation_on_saved_tensors(() => {
    const y = x.exp();
    const z = y.mul(y).sum();
    y.zero_();
    z.backward();
    expect(() => allow_mutation_on_saved_tensors(() => null)).toThrow("contexts cannot be nested");
  });
  expect(torch.allclose(x.grad!, x.detach().mul(2).exp().mul(2))).toBe(true);
  const kept = allow_mutation_on_saved_tensors(() => x.square().sum());
  expect(() => kept.backward()).toThrow("Trying to backward outside of the 'allow_mutation_on_saved_tensors'");
});
test("a version can be raised by hand, and an edge is a node with the number of its result", () => {
  const a = torch.ones(2, { requires_grad: true });
  const b = a.clone();
  const y = b.square().sum();
  increment_version([b]);
  expect(() => y.backward()).toThrow("has been modified by an inplace operation");
  expect(get_gradient_edge(b)).toMatchObject({ output_nr: 0, node: b.grad_fn });
  expect(() => get_gradient_edge(torch.ones(1))).toThrow("It is not possible to get the gradient edge");
});
