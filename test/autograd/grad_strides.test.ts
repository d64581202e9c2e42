import fs from "node:fs";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const F = torch.nn.functional;
interface Case {
  readonly name: string;
  readonly sizes: readonly number[];
  /** Its dims in memory, the slowest first; null: with holes. */
  readonly perm: readonly number[] | null;
  readonly strides: Readonly<Record<"backward" | "twice" | "create_graph", readonly number[]>>;
}
/** Recorded by tools/record/grad_strides.py. */
const cases = JSON.parse(fs.readFileSync(new URL("../recorded/grad_strides.json", import.meta.url), "utf8")) as Case[];

const ones = (...sizes: number[]): Tensor => torch.ones(sizes);
function laid({ sizes, perm }: Case): Tensor {
  if (perm !== null) return ones(...perm.map((d) => sizes[d])).permute(sizes.map((_, d) => perm.indexOf(d)));
  return sizes.reduce((x, _, d) => x.slice(d, null, null, 2), ones(...sizes.map((n) => 2 * n)));
}
const uses: Readonly<Record<string, (w: Tensor) => Tensor>> = {
  linear: (w) => F.linear(ones(5, 3), w),
  linear_bias: (w) => F.linear(ones(5, 3), w, ones(4)),
  linear_3d: (w) => F.linear(ones(2, 5, 3), w, ones(4)),
  mm_right: (w) => ones(5, 3).mm(w),
  mm_left: (w) => w.mm(ones(4, 5)),
  mm_transposed: (w) => w.t().mm(ones(4, 5)),
  matmul_batches: (w) => ones(2, 5, 3).matmul(w),
  addmm_left: (w) => torch.addmm(ones(3, 5), w, ones(4, 5), { alpha: 2 }),
  addmm_self: (w) => torch.addmm(w, ones(3, 5), ones(5, 4)),
  mv: (w) => w.mv(ones(4)),
  bmm: (w) => w.bmm(ones(2, 4, 5)),
  mul: (w) => w.mul(w),
  sum: (w) => w.sum(),
  add_twice: (w) => w.add(w.t().contiguous().t().mul(2)),
  transposed_sum: (w) => w.t().mul(ones(4, 3)),
  broadcast: (w) => w.mul(ones(3, 4)),
  relu: (w) => w.relu(),
  softmax: (w) => w.softmax(1),
  index_select: (w) => w.index_select(0, torch.tensor([0n, 1n])),
  embedding: (w) => F.embedding(torch.tensor([0n, 2n]), w),
  view: (w) => w.reshape([-1]).mul(2),
  select: (w) => w.select(1, 1).mul(2),
  conv2d: (w) => F.conv2d(ones(2, 3, 5, 5), w),
  conv2d_1x1: (w) => F.conv2d(ones(2, 3, 5, 5), w),
  conv_transpose2d: (w) => F.conv_transpose2d(ones(2, 3, 5, 5), w),
  conv1d: (w) => F.conv1d(ones(2, 3, 5), w),
  conv2d_input: (w) => F.conv2d(w, ones(4, 3, 2, 2)),
  max_pool2d: (w) => F.max_pool2d(w, 2),
  layer_norm: (w) => F.layer_norm(ones(2, 3, 4), [3, 4], w),
};

/** Nobody steps along a dim of one, and what a gradient is computed by shows there. */
const matter = ({ sizes }: Case, strides: readonly number[]): number[] =>
  strides.map((s, d) => (sizes[d] === 1 ? 0 : s));

describe("the gradient of a parameter lies in memory as PyTorch lays it", () => {
  for (const c of cases)
    test(`${c.name} with the dims ${c.perm === null ? "spaced" : c.perm.join()}`, () => {
      const strides = Object.keys(c.strides).map((way) => {
        const w = laid(c).requires_grad_();
        for (let i = 0; i < (way === "twice" ? 2 : 1); i++)
          uses[c.name](w)
            .pow(2)
            .sum()
            .backward({ create_graph: way === "create_graph" });
        return [way, matter(c, w.grad!.stride())];
      });
      const expected = Object.entries(c.strides).map(([way, s]) => [way, matter(c, s)]);
      expect(Object.fromEntries(strides)).toEqual(Object.fromEntries(expected));
    });
});
