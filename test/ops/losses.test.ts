import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { nn } from "../../src/index.ts";
import { registry } from "../../src/dispatch/declare.ts";
import { formerOrder } from "../../src/dispatch/size_average.ts";
import type { Tensor } from "../../src/index.ts";

const F = nn.functional;
const scores = torch.tensor([
  [0.5, 1.5, -0.5],
  [2, 0.25, 1],
]);
const classes = torch.tensor([2n, 0n]);
const whole = torch.arange(6).reshape([2, 3]);
const rounded = (t: Tensor): number[] => (t.tolist() as number[]).map((x) => Number(x.toFixed(4)));

describe("losses and distances, beside the recorded cases", () => {
  test("take whole numbers where PyTorch does, and give its dtypes", () => {
    const ones = torch.ones_like(whole);
    expect(F.margin_ranking_loss(whole, whole.add(1), ones, 1).item()).toBe(2);
    const hinge = F.hinge_embedding_loss(whole, torch.tensor([1n, -1n, 0n]), 2.5, { reduction: "none" });
    expect([hinge.dtype, hinge.tolist()]).toEqual([
      torch.int64,
      [
        [0, 1, 2],
        [3, 0, 5],
      ],
    ]);
    expect(F.poisson_nll_loss(whole, whole, false, true, { reduction: "none" }).dtype).toBe(torch.float32);
    expect(F.pairwise_distance(whole, whole.add(1), 1, 1).tolist()).toEqual([0, 0]);
    expect(() => F.soft_margin_loss(whole, whole)).toThrow("result type Float can't be cast");
    expect(() => F.cosine_similarity(whole, whole)).toThrow("yet common dtype is Long");
  });

  test("pdist orders the pairs by rows and gives no gradient to equal ones", () => {
    const x = torch.tensor(
      [
        [1, 2],
        [1, 2],
        [3, 4],
      ],
      { requires_grad: true },
    );
    const grads = [0, 0.5, 1, 2, 3, Infinity].map((p) => {
      const y = F.pdist(x, p);
      return [rounded(y), rounded(torch.autograd.grad(y.sum(), x)[0]!.select(0, 2))];
    });
    expect(grads).toEqual([
      [
        [0, 2, 2],
        [0, 0],
      ],
      [
        [0, 8, 8],
        [4, 4],
      ],
      [
        [0, 4, 4],
        [2, 2],
      ],
      [
        [0, 2.8284, 2.8284],
        [1.4142, 1.4142],
      ],
      [
        [0, 2.5198, 2.5198],
        [1.2599, 1.2599],
      ],
      // What is largest together moves the distance together.
      [
        [0, 2, 2],
        [2, 2],
      ],
    ]);
  });

  test("a triplet's distance may be any function or module", () => {
    const [a, p, n] = [1, 2, 3].map((seed) =>
      torch.tensor([
        [seed, 1],
        [0, seed * seed],
      ]),
    );
    const city = (x: Tensor, y: Tensor): Tensor => x.sub(y).abs().sum(1);
    expect(
      F.triplet_margin_with_distance_loss(a, p, n, { distance_function: city, reduction: "none" }).tolist(),
    ).toEqual([0, 0]);
    const swapped = new nn.TripletMarginWithDistanceLoss({ distance_function: city, margin: 4, swap: true });
    expect(swapped(a, p, n).item()).toBe(3);
    const usual = new nn.TripletMarginWithDistanceLoss({ margin: 4 });
    expect([...usual.named_children()].map(([name]) => name)).toEqual(["distance_function"]);
    expect((usual(a, p, n) as Tensor).item()).toBeCloseTo(F.triplet_margin_loss(a, p, n, 4).item() as number, 6);
  });

  test("scores far out give what PyTorch's formulas give", () => {
    const far = torch.tensor([-1000, 1000], { requires_grad: true });
    const y = F.soft_margin_loss(far, torch.ones([2]), { reduction: "none" });
    expect(y.tolist()).toEqual([Infinity, 0]);
    expect(F.binary_cross_entropy_with_logits(far, torch.ones([2]), { reduction: "none" }).tolist()).toEqual([1000, 0]);
  });

  test("ctc_loss counts every alignment, and its gradient through log_softmax is right", () => {
    const x = torch.linspace(-1, 2, 24, { dtype: torch.float64 }).sin().view([4, 2, 3]).requires_grad_();
    const targets = torch.tensor([
      [1n, 1n],
      [2n, 1n],
    ]);
    const loss = (scores: Tensor): Tensor =>
      F.ctc_loss(scores.log_softmax(2), targets, [4, 3], [2, 1], { reduction: "none" });
    const p = x.detach().softmax(2);
    const [a, b] = [0, 1].map((n) => p.select(1, n).tolist() as number[][]);
    // All sequences of four labels that read "11", and of three that read "2".
    const ones = ["1011", "1101", "1001", "0101", "1010"].map((s) =>
      [...s].reduce((q, c, t) => q * a[t][Number(c)], 1),
    );
    const twos = ["200", "020", "002", "220", "022", "222"].map((s) =>
      [...s].reduce((q, c, t) => q * b[t][Number(c)], 1),
    );
    const [first, second] = [ones, twos].map((each) => -Math.log(each.reduce((x, y) => x + y)));
    expect(loss(x).tolist()).toEqual([expect.closeTo(first, 12), expect.closeTo(second, 12)]);
    expect(torch.autograd.gradcheck(loss, [x])).toBe(true);
    const grad = torch.autograd.grad(loss(x).sum(), x, null, { create_graph: true })[0]!;
    expect(() => torch.autograd.grad(grad.sum(), x)).toThrow(
      "derivative for aten::_ctc_loss_backward is not implemented",
    );
    const long = (zero_infinity: boolean): unknown =>
      F.ctc_loss(p.log(), targets, [2, 2], [2, 2], { reduction: "none", zero_infinity }).select(0, 0).item();
    expect([long(false), long(true)]).toEqual([Infinity, 0]);
  });

  const raises: Record<string, readonly [() => unknown, string]> = {
    "a reduction that does not exist": [
      () => F.soft_margin_loss(scores, scores, { reduction: "x" }),
      "ValueError: x is not a valid value for reduction",
    ],
    "a margin that is not above 0": [
      () => F.triplet_margin_loss(scores, scores, scores, -1),
      "ValueError: margin must be greater than 0, got -1.0",
    ],
    "a negative variance": [
      () => F.gaussian_nll_loss(scores, scores, scores),
      "ValueError: var has negative entry/entries",
    ],
    "a variance of another size": [
      () => F.gaussian_nll_loss(scores, scores, torch.ones([3])),
      "ValueError: var is of incorrect size",
    ],
    "a class out of range": [
      () => F.multi_margin_loss(scores, torch.tensor([0n, 3n])),
      "RuntimeError: target out of range",
    ],
    "classes that are no int64": [
      () => F.multi_margin_loss(scores, torch.tensor([0, 1])),
      "RuntimeError: expected scalar type Long but found Float",
    ],
    "a list of labels beyond the classes": [
      () =>
        F.multilabel_margin_loss(
          scores,
          torch.tensor([
            [0n, 3n, -1n],
            [0n, 1n, 2n],
          ]),
        ),
      "RuntimeError: argument #2 'target' is out of range",
    ],
    "several targets a sample": [
      () => F.cosine_embedding_loss(scores, scores, torch.ones([2, 1])),
      "RuntimeError: 0D or 1D target tensor expected, multi-target not supported",
    ],
    "classes of another dtype": [
      () => F.cross_entropy(scores, classes.int()),
      "RuntimeError: expected target dtype to be Long or Byte, but got Int",
    ],
    "more classes than one for one sample": [
      () => F.nll_loss(scores.select(0, 0), torch.tensor([0n, 1n])),
      "ValueError: For 1D input, 1D target must have size 1, but got target size: 2",
    ],
    "targets of another plane": [
      () => F.nll_loss(torch.rand(2, 3, 2, 2), torch.zeros(2, 3, 2, { dtype: torch.int64 })),
      "RuntimeError: size mismatch (got input: [2, 3, 2, 2] , target: [2, 3, 2]",
    ],
    "weights of another dtype": [
      () => F.cross_entropy(scores, classes, torch.ones(3, { dtype: torch.float64 })),
      "RuntimeError: expected scalar type Float but found Double",
    ],
    "weights in further dims": [
      () => F.linear_cross_entropy(torch.rand(3), torch.rand(4, 2, 3), classes),
      "RuntimeError: K-dimensional loss defined by linear_weight shape (4, 2, 3) requires batched input, (N, 3), got unbatched input with shape (3,)",
    ],
    "inputs longer than there is time": [
      () => F.ctc_loss(torch.rand(5, 2, 4), torch.ones(2, 2).long(), [5, 6], [2, 2]),
      "RuntimeError: Expected input_lengths to have value at most 5, but got value 6 (while checking arguments for ctc_loss_allocate_outputs)",
    ],
    "labels that are no classes": [
      () => F.ctc_loss(torch.rand(5, 4), torch.tensor([4n]), [5], [1]),
      "RuntimeError: Expected targets to be labels in [0, 4), but got 4",
    ],
    "rows that are no matrix": [() => F.pdist(torch.rand(3)), "RuntimeError: pdist only supports 2D tensors, got: 1D"],
  };
  for (const [what, [body, sentence]] of Object.entries(raises))
    test(`refuse ${what}`, () => {
      let told = "nothing";
      try {
        body();
      } catch (error) {
        told = String(error).split("\n")[0];
      }
      expect(told).toBe(sentence);
    });
});

test("ignored targets cost nothing and get no gradient, whatever the scores", () => {
  const x = torch
    .tensor([
      [-Infinity, -1, -2],
      [-Infinity, NaN, -Infinity],
      [-3, -1, -0.5],
    ])
    .requires_grad_(true);
  const target = torch.tensor([1n, -100n, 2n]);
  const weight = torch.tensor([9, 1, 3]);
  const nll = (reduction: string): torch.Tensor => torch.nn.functional.nll_loss(x, target, weight, { reduction });
  expect(nll("none").tolist()).toEqual([1, 0, 1.5]);
  expect(nll("sum").item()).toBe(2.5);
  const mean = nll("mean");
  expect(mean.item()).toBe(0.625);
  mean.backward();
  expect(x.grad!.tolist()).toEqual([
    [0, -0.25, 0],
    [0, 0, 0],
    [0, 0, -0.75],
  ]);
});

describe("size_average and reduce", () => {
  const warnings: string[] = [];
  const told = (f: () => unknown): readonly [result: unknown, warnings: readonly string[]] => {
    warnings.length = 0;
    const before = torch.set_warning_listener((text) => warnings.push(text));
    try {
      return [f(), [...warnings]];
    } finally {
      torch.set_warning_listener(before);
    }
  };
  const sentence = (reduction: string): string =>
    `size_average and reduce args will be deprecated, please use reduction='${reduction}' instead.`;
  // TypeScript's types show what is in use; programs that were written before them call so all the same.
  type Former = (...args: unknown[]) => Tensor;
  const former = F as unknown as Record<string, Former>;
  const made = torch.nn as unknown as Record<string, new (...args: unknown[]) => { reduction: string } & Former>;
  const x = torch.ones([2, 3]);
  const twice = x.mul(2);
  const classes = torch.tensor([0n, 1n]);

  test("stand where PyTorch's signatures have them, in every loss that has them", () => {
    const orders = [...registry.values()]
      .map(({ schema }) => [schema.name, formerOrder(schema)?.join(" ")])
      .filter(([, order]) => order !== undefined);
    expect(Object.fromEntries(orders)).toEqual({
      binary_cross_entropy: "input target weight size_average reduce reduction",
      binary_cross_entropy_with_logits: "input target weight size_average reduce reduction pos_weight",
      cosine_embedding_loss: "input1 input2 target margin size_average reduce reduction",
      cross_entropy: "input target weight size_average ignore_index reduce reduction label_smoothing",
      hinge_embedding_loss: "input target margin size_average reduce reduction",
      kl_div: "input target size_average reduce reduction log_target",
      l1_loss: "input target size_average reduce reduction weight",
      margin_ranking_loss: "input1 input2 target margin size_average reduce reduction",
      mse_loss: "input target size_average reduce reduction weight",
      multi_margin_loss: "input target p margin weight size_average reduce reduction",
      multilabel_margin_loss: "input target size_average reduce reduction",
      multilabel_soft_margin_loss: "input target weight size_average reduce reduction",
      nll_loss: "input target weight size_average ignore_index reduce reduction",
      poisson_nll_loss: "input target log_input full size_average eps reduce reduction",
      smooth_l1_loss: "input target size_average reduce reduction beta",
      soft_margin_loss: "input target size_average reduce reduction",
      triplet_margin_loss: "anchor positive negative margin p eps swap size_average reduce reduction",
    });
  });
  test("are taken by name and by place, with PyTorch's warning", () => {
    const cases: readonly (readonly [() => unknown, number, string | null])[] = [
      [() => new made.MSELoss(false)(x, twice), 6, "sum"],
      [() => new made.MSELoss({ size_average: false })(x, twice), 6, "sum"],
      [() => new made.MSELoss(null, null, "sum")(x, twice), 6, null],
      [() => new made.BCEWithLogitsLoss({ size_average: true })(x, x), 0.3132616877555847, "mean"],
      [() => new made.CrossEntropyLoss(null, null, -100)(x, classes), 1.0986123085021973, null],
      [() => new made.CrossEntropyLoss(torch.ones([3]), false, 1)(x, classes), 1.0986123085021973, "sum"],
      [() => former.nll_loss(x, classes, null, false), -2, "sum"],
      [() => former.kl_div(x, x, { size_average: false }), -6, "sum"],
      [() => former.mse_loss(x, twice, true, true, "sum"), 1, "mean"],
      [() => former.mse_loss(x, x.mul(3), { reduce: false }).select(0, 0).select(0, 1), 4, "none"],
      [() => former.huber_loss(x, x.mul(3), "sum", 2), 12, null],
    ];
    for (const [i, [f, value, reduction]] of cases.entries()) {
      const [result, texts] = told(f);
      expect((result as Tensor).item(), `case ${i}`).toBeCloseTo(value, 6);
      expect(texts, `case ${i}`).toEqual(reduction === null ? [] : [sentence(reduction)]);
    }
    expect(told(() => new made.L1Loss({ reduce: false }).reduction)[0]).toBe("none");
  });
  test("tell what was meant, where a reduction or data stands in their place", () => {
    expect(told(() => former.mse_loss(x, x, "sum"))[1]).toEqual([
      `${sentence("mean")}\n'sum' was given for size_average: reduction goes by name.`,
    ]);
    expect(() => new made.MSELoss(x, x)).toThrow(
      "Boolean value of Tensor with more than one value is ambiguous\nIt was given for size_average",
    );
    expect(() => former.mse_loss(x, x, false, { size_average: true })).toThrow(
      "mse_loss() got multiple values for argument 'size_average'",
    );
  });
});

test.each([F.cross_entropy, F.nll_loss])(
  "a target without dims for a batch is told, with what makes it one",
  (loss) => {
    const of =
      (...sizes: number[]) =>
      () =>
        loss(torch.zeros(sizes), torch.tensor(2n));
    expect(of(5)().item()).toBeCloseTo(loss === F.cross_entropy ? Math.log(5) : 0, 6);
    expect(of(1, 5)).toThrow(
      "Expected input batch_size (1) to match target batch_size (0).\nThe target has no dims: target.unsqueeze(0) is a batch of one.",
    );
    expect(of(3, 5)).toThrow("Expected input batch_size (3) to match target batch_size (0).");
    expect(of(0, 5)).toThrow("Dimension specified as 0 but tensor has no dimensions");
  },
);
