// Which calls enter the graph, under which name, and what backward says: as PyTorch recorded it (tools/record/graph.py).
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { Tensor } from "../../src/index.ts";
import recorded from "../recorded/graph.json" with { type: "json" };
import { make, run, spaces } from "../dispatch/dtypes_taken.ts";

type Outcome = readonly [nodes: string, backward: string];
type Arguments = readonly [readonly unknown[], Readonly<Record<string, unknown>>];
type Recorded = readonly [text: string, name: string, ...Arguments, outcomes: readonly Outcome[]];
/** What differs and stays so: what comes here, by the call and the place of the argument. */
const KNOWN: Readonly<Record<string, Outcome>> = {
  // Written here by a mask, and not through a view.
  "x(3,3).fill_diagonal_(1) 0": ["MaskedFillBackward0", "grad"],
  "x(3,3).fill_diagonal_(1.5) 0": ["MaskedFillBackward0", "grad"],
  // PyTorch writes over what it needs for the gradient, and raises for it.
  "torch.vander(x(3)) 0": ["FlipBackward0", "grad"],
  // Nothing is done to real numbers.
  "x(2,3).conj_physical_() 0": ["CloneBackward0", "grad"],
  // Computed beside the input and copied into it.
  "F.elu_(x(2,3)) 0": ["CopyBackwards", "grad"],
  "F.hardtanh_(x(2,3)) 0": ["CopyBackwards", "grad"],
  // PyTorch counts the ways to write one function.
  "F.leaky_relu_(x(2,3)) 0": ["LeakyReluBackward0", "grad"],
  // Weights that require grad are taken, and get none.
  "F.nll_loss(x(2,3), i(2), y(3)) 1": ["-", ""],
};
const byFunction = new Map<string, Recorded[]>();
for (const call of recorded as unknown as readonly Recorded[]) {
  const [space, name] = call[1].split(".");
  // Of functions that are not there, docs/operators.md has the list.
  if (spaces[space][name] === undefined) continue;
  byFunction.set(call[1], [...(byFunction.get(call[1]) ?? []), call]);
}

const firstLine = (error: unknown): string => {
  const { name, message } = error as Error;
  return `${name}: ${message.split("\n")[0].trimEnd()}`;
};
const isTensor = (x: unknown): x is Tensor => x instanceof Tensor;
/** What comes where the tensor of floats at this place, among those that the call is given, requires grad. */
function outcome([text, name, args, kwargs]: Recorded, place: number): Outcome {
  let leaf: Tensor | null = null;
  let at = 0;
  const writes = name.endsWith("_");
  torch.manual_seed(0);
  const watched = (kind: string, sizes: readonly number[]): unknown => {
    const made = make(kind, sizes, torch.float32, torch.float32);
    if (!(made instanceof Tensor) || made.dtype !== torch.float32 || at++ !== place) return made;
    leaf = made.requires_grad_();
    // What is written to must not be a leaf.
    return writes ? leaf.clone() : leaf;
  };
  let results: Tensor[];
  try {
    const result = run([text, false, name, args, kwargs, []], torch.float32, torch.float32, watched);
    results = (Array.isArray(result) ? result : [result]).filter(isTensor);
  } catch (error) {
    return ["", firstLine(error)];
  }
  const nodes = results.map((r) => (!r.requires_grad ? "-" : r.is_leaf ? "leaf" : r.grad_fn!.typeName)).join(" ");
  const roots = results.filter((r) => r.requires_grad);
  if (roots.length === 0) return [nodes, ""];
  try {
    torch.autograd.backward(
      roots,
      roots.map((r) => torch.ones_like(r)),
    );
  } catch (error) {
    return [nodes, firstLine(error)];
  }
  const { grad } = leaf! as Tensor;
  return [nodes, grad === null ? "None" : grad.any().item() ? "grad" : "zeros"];
}

describe("every function with an argument that requires grad", () => {
  test.each([...byFunction])("%s enters the graph as in PyTorch, and says the same in backward", (_name, all) => {
    for (const call of all) {
      const [text, , , , outcomes] = call;
      const got = outcomes.map((_, i) => outcome(call, i));
      expect(got, text).toEqual(outcomes.map((wanted, i) => KNOWN[`${text} ${i}`] ?? wanted));
    }
  });
});
