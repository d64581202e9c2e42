// Values in the playground's output are shown as Node's console shows them.
import { inspect as ofNode } from "node:util";
import { expect, test } from "vitest";
import { inspect } from "../../playground/worker/inspect.ts";
import * as torch from "../../src/index.ts";

const { nn } = torch;
class Hidden extends nn.Module {
  layers = [new nn.Linear(1, 1)];
}
const values: Readonly<Record<string, unknown>> = {
  "a module without parts": new Hidden(),
  "a module with parts": new nn.Sequential(new nn.Linear(2, 3), new nn.ReLU()),
  "a module within an object": { model: new nn.Linear(2, 1) },
  "modules in a list": [new nn.ReLU(), new nn.Tanh()],
  tensors: { x: torch.tensor([1, 2]), list: [torch.tensor(1)] },
  "a class, and one that extends it": [nn.Module, Hidden],
  "a class of no name": class {},
  functions: [() => 1, Math.abs, function f() {}],
  "few long texts": ["scale", "layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"],
  "names of parameters": Object.fromEntries(
    [...new nn.Linear(2, 1).named_parameters()].map(([name, p]) => [name, p.shape]),
  ),
  "texts with quotes and lines": ["it's", 'say "x"', "a\nb"],
  numbers: [1, -0, 1.5, NaN, 10n],
  nothing: [null, undefined, [], {}, "", new Map(), new Set()],
  "maps and sets": [new Map([["a", 1]]), new Set([1, 2])],
  "typed arrays": Float32Array.of(1, 2.5),
};
test.each(Object.entries(values))("%s", (_, value) => {
  expect(inspect(value)).toBe(ofNode(value));
});
