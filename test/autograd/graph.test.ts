// Which calls enter the graph, under which name, and what backward says: as PyTorch recorded it (tools/record/graph.py).
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Node } from "../../src/autograd/node.ts";
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
  // PyTorch turns what it has made in place, whose nodes have other numbers.
  "torch.stft(x(8), 4, return_complex=True) 0": ["SqueezeBackward1", "grad"],
  // Weights that require grad are taken, and get none.
  "F.nll_loss(x(2,3), i(2), y(3)) 1": ["-", ""],
};
/**
 * Calls that take other steps to the same end, or whose numbers have a place among a step's inputs: of these the last step
 * alone is PyTorch's.
 */
const OTHER_STEPS = new Set([
  "torch.stft(x(8), 4, return_complex=True)",
  "F.bilinear(x(2,3), y(2,3), y(4,3,3))",
  "F.cosine_embedding_loss(x(2,3), y(2,3), f(2))",
  "F.cosine_similarity(x(2,3), y(2,3))",
  "F.cross_entropy(x(2,3), y(2,3))",
  "F.elu_(x(2,3))",
  "F.gaussian_nll_loss(x(3), y(3), y(3))",
  "F.hardtanh_(x(2,3))",
  "F.hinge_embedding_loss(x(3), y(3))",
  "F.leaky_relu_(x(2,3))",
  "F.local_response_norm(x(1,4,4), 2)",
  "F.margin_ranking_loss(x(3), y(3), y(3))",
  "F.multi_margin_loss(x(2,3), i(2))",
  "F.multilabel_soft_margin_loss(x(2,3), y(2,3))",
  "F.nll_loss(x(2,3,4), i(2,4))",
  'F.pad(x(1,2,4), [1, 1], mode="circular")',
  "F.pairwise_distance(x(2,3), y(2,3))",
  "F.rms_norm(x(2,4), [4])",
  "F.scaled_dot_product_attention(x(1,2,4), y(1,2,4), y(1,2,4))",
  "F.triplet_margin_loss(x(2,3), y(2,3), y(2,3))",
  "linalg.cond(m(3,3))",
  "linalg.matrix_power(m(3,3), 3)",
  "linalg.multi_dot([m(3,3), m(3,3)])",
  "linalg.solve_triangular(m(3,3), m(3,3), upper=True)",
  "special.ndtr(x(2,3))",
  "torch.combinations(x(3))",
  "torch.cumulative_trapezoid(x(3))",
  'torch.einsum("ij,jk->ik", x(2,2), y(2,2))',
  "torch.gradient(x(3))",
  "torch.kron(x(2), y(2))",
  "torch.tensordot(x(2,2), y(2,2), 1)",
  "torch.trapezoid(x(3))",
  "torch.vander(x(3))",
  "x(2).inner(y(2))",
  "x(2).outer(y(2))",
  "x(2,3).conj_physical_()",
  "x(2,3).corrcoef()",
  "x(2,3).cov()",
  "x(2,3).index_put([i(1)], y(3))",
  "x(3,3).fill_diagonal_(1)",
  "x(6).nanquantile(0.5)",
  "x(6).quantile(0.5)",
  "F.cosine_embedding_loss(x(2,3), y(2,3), torch_ones(2))",
  "F.rms_norm(x(2,4), [4], y(4))",
  "torch.cumulative_trapezoid(x(3), y(3))",
  'torch.einsum("ij->i", x(2,3))',
  "torch.trapezoid(x(2,3), y(2,3))",
  "x(2,3).index_put([i(1)], y(3), accumulate=True)",
  "x(2,3).inner(y(2,3))",
  "x(3,3).fill_diagonal_(1.5)",
  "x(6).quantile(y(2))",
  'torch.einsum("ij,ij->", x(2,3), y(2,3))',
]);
const last = (graph: string): string => graph.replaceAll(/\([^ ]*(?:, [^ ]*)*\)(?= |$)/g, "");
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
/** A node's name and, in parentheses, those it passes gradients to: the graph as next_functions shows it. */
function told(node: Node | null, depth = 0): string {
  if (node === null) return "None";
  if (depth === 8) return "...";
  const below = node.next_functions.map(([next]) => told(next, depth + 1));
  return `${node.typeName}${below.length > 0 ? `(${below.join(", ")})` : ""}`;
}
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
  const nodes = results.map((r) => (!r.requires_grad ? "-" : r.is_leaf ? "leaf" : told(r.grad_fn))).join(" ");
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
      const want = outcomes.map((wanted, i) => KNOWN[`${text} ${i}`] ?? wanted);
      if (!OTHER_STEPS.has(text)) expect(got, text).toEqual(want);
      else {
        expect(got, `${text} takes PyTorch's steps now`).not.toEqual(want);
        const lasts = (of: readonly Outcome[]): Outcome[] => of.map(([nodes, backward]) => [last(nodes), backward]);
        expect(lasts(got), text).toEqual(lasts(want));
      }
    }
  });
});
