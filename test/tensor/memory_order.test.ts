import fs from "node:fs";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { MemoryFormat, Tensor } from "../../src/index.ts";

const F = torch.nn.functional;
interface Case {
  readonly sizes: readonly number[];
  readonly perm: readonly number[];
  readonly step: number;
  readonly strides: Readonly<Record<string, readonly number[]>>;
  readonly is_contiguous: boolean;
  readonly is_last?: boolean;
  readonly draws: Readonly<Record<string, readonly number[]>>;
  readonly double: readonly number[];
}
/** Recorded by tools/record/memory_order.py. */
const cases = JSON.parse(fs.readFileSync(new URL("../recorded/memory_order.json", import.meta.url), "utf8")) as Case[];

function base({ sizes, perm, step }: Case, dtype = torch.float32): Tensor {
  const n = sizes.reduce((a, b) => a * b, 1);
  const x = torch.arange(n).to(dtype).reshape(sizes).permute(perm);
  return step === 1 ? x : x.slice(0, null, null, step);
}
/** What broadcasts along all dims of x but the last. */
const row = (x: Tensor): Tensor => torch.ones(x.shape.slice(-1), { dtype: x.dtype });
const expanded = (x: Tensor): Tensor => x.narrow(0, 0, Math.min(1, x.shape[0])).expand_as(x);

const strides: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  neg: (x) => x.neg(),
  mul_number: (x) => x.mul(2),
  add_self: (x) => x.add(x),
  add_row: (x) => x.add(row(x)),
  row_add: (x) => row(x).add(x),
  add_0d: (x) => x.add(torch.ones([])),
  add_contiguous: (x) => x.add(x.contiguous()),
  contiguous_add: (x) => x.contiguous().add(x),
  add_expanded: (x) => expanded(x).add(x),
  neg_expanded: (x) => expanded(x).neg(),
  clone: (x) => x.clone(),
  clone_expanded: (x) => expanded(x).clone(),
  double: (x) => x.double(),
  empty_like: (x) => torch.empty_like(x),
  zeros_like: (x) => torch.zeros_like(x),
  full_like: (x) => torch.full_like(x, 2),
  rand_like: (x) => torch.rand_like(x),
  randn_like: (x) => torch.randn_like(x),
  randint_like: (x) => torch.randint_like(x, 3),
  new_empty: (x) => x.new_empty(x.shape),
  contiguous: (x) => x.contiguous(),
  lt: (x) => x.lt(x),
  where: (x) => torch.where(x.gt(1), x, x),
  sigmoid: (x) => x.sigmoid(),
  dropout: (x) => F.dropout(x, 0.5),
  sort: (x) => x.sort().values,
  argsort: (x) => x.argsort(0),
  topk: (x) => x.topk(1, 0).indices,
  flip: (x) => x.flip([0]),
  erfcx: (x) => torch.special.erfcx(x),
  igamma: (x) => torch.igamma(x.add(1), row(x)),
  scatter: (x) => x.scatter(0, torch.zeros_like(x).long(), x),
  scatter_add: (x) => x.scatter_add(0, torch.zeros_like(x).long(), x),
  index_add: (x) => x.index_add(0, torch.tensor([0n]), x.narrow(0, 0, 1)),
  index_copy: (x) => x.index_copy(0, torch.tensor([0n]), x.narrow(0, 0, 1)),
  index_fill: (x) => x.index_fill(0, torch.tensor([0n]), 1),
  masked_scatter: (x) => x.masked_scatter(x.gt(1), x),
  take: (x) => x.take(torch.zeros_like(x).long()),
  tril: (x) => (x.dim() > 1 ? x.tril() : x),
  put: (x) => (x.numel() > 0 ? x.put(torch.tensor([0n]), x.flatten().narrow(0, 0, 1)) : x),
  fft: (x) => (x.numel() > 0 ? torch.fft.fft(x, { dim: 0 }) : x),
  fft_last: (x) => (x.numel() > 0 ? torch.fft.fft(x.add(new torch.Complex(0, 0))) : x),
  rfft: (x) => (x.numel() > 0 ? torch.fft.rfft(x, { dim: 0 }) : x),
  irfft: (x) => (x.numel() > 0 ? torch.fft.irfft(x.add(new torch.Complex(0, 0)), 4) : x),
  fftn: (x) => (x.numel() > 0 ? torch.fft.fftn(x) : x),
  rfftn: (x) => (x.numel() > 0 ? torch.fft.rfftn(x) : x),
  irfftn: (x) =>
    x.numel() > 0
      ? torch.fft.irfftn(
          x,
          x.sizes.map(() => 4),
        )
      : x,
};
const formats: Readonly<Record<string, (x: Tensor, memory_format: MemoryFormat) => Tensor>> = {
  clone_last: (x, memory_format) => x.clone({ memory_format }),
  contiguous_last: (x, memory_format) => x.contiguous({ memory_format }),
  to_last: (x, memory_format) => x.to({ memory_format }),
  double_last: (x, memory_format) => x.to(torch.float64, { memory_format }),
  empty_like_last: (x, memory_format) => torch.empty_like(x, { memory_format }),
  rand_like_last: (x, memory_format) => torch.rand_like(x, { memory_format }),
  empty_last: (x, memory_format) => torch.empty(x.shape, { memory_format }),
  resize_as_last: (x, memory_format) =>
    torch.empty([...x.shape].reverse()).resize_as_(x.contiguous({ memory_format }), {
      memory_format: torch.preserve_format,
    }),
};
const draws: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  normal_: (x) => x.normal_(1, 2),
  uniform_: (x) => x.uniform_(-1, 3),
  bernoulli_: (x) => x.bernoulli_(0.4),
  bernoulli_tensor: (x) => x.bernoulli_(x.clone().div_(x.numel() + 100)),
  bernoulli: (x) => x.div(100).bernoulli(),
  exponential_: (x) => x.exponential_(2),
  log_normal_: (x) => x.log_normal_(),
  cauchy_: (x) => x.cauchy_(),
  geometric_: (x) => x.geometric_(0.3),
  random_: (x) => x.random_(0, 1000),
  dropout: (x) => F.dropout(x.add(1), 0.5),
  alpha_dropout: (x) => F.alpha_dropout(x.add(1), 0.5, true),
  feature_dropout: (x) => (x.dim() === 3 ? F.dropout1d(x.add(1), 0.5) : x),
  rand_like: (x) => torch.rand_like(x),
  randn_like: (x) => torch.randn_like(x),
  randint_like: (x) => torch.randint_like(x, 1000),
  poisson: (x) => torch.poisson(x),
  normal_tensors: (x) => torch.normal(x, x.add(1)),
  trunc_normal_: (x) => torch.nn.init.trunc_normal_(x),
  gumbel_softmax: (x) => F.gumbel_softmax(x, { dim: -1 }),
};
const told = ({ sizes, perm, step }: Case): string => JSON.stringify({ sizes, perm, step });
const lastOf = (c: Case): MemoryFormat => (c.sizes.length === 4 ? torch.channels_last : torch.channels_last_3d);
const flat = (x: Tensor): number[] => x.reshape([-1]).tolist() as number[];
function expectNear(found: readonly number[], wanted: readonly number[], what: string): void {
  expect(found.length, what).toBe(wanted.length);
  for (const [i, x] of found.entries())
    if (Math.abs(x - wanted[i]) > 2e-5 * Math.max(1, Math.abs(wanted[i]))) expect(found, what).toEqual(wanted);
}

describe("of tensors in any order of dims, PyTorch's strides has", () => {
  for (const [name, f] of Object.entries(strides))
    test(name, () => {
      for (const c of cases) expect(f(base(c)).stride(), told(c)).toEqual(c.strides[name]);
    });
  for (const [name, f] of Object.entries(formats))
    test(name, () => {
      for (const c of cases.filter(({ is_last }) => is_last !== undefined))
        expect(f(base(c), lastOf(c)).stride(), told(c)).toEqual(c.strides[name]);
    });
  test("is_contiguous", () => {
    for (const c of cases) {
      expect(base(c).is_contiguous(), told(c)).toBe(c.is_contiguous);
      if (c.is_last !== undefined) expect(base(c).is_contiguous({ memory_format: lastOf(c) }), told(c)).toBe(c.is_last);
    }
  });
});
describe("random numbers go to elements in the order of memory: Note [Order of draws]", () => {
  for (const [name, f] of Object.entries(draws))
    test(name, () => {
      for (const c of cases) {
        torch.manual_seed(5);
        expectNear(flat(f(base(c))), c.draws[name], told(c));
      }
    });
  test("normal_ of float64", () => {
    for (const c of cases) {
      torch.manual_seed(5);
      expectNear(flat(base(c, torch.float64).normal_()), c.double, told(c));
    }
  });
  test("and what lies under several indices is not filled", () => {
    for (const f of [draws.normal_, draws.uniform_, draws.random_])
      expect(() => f(torch.ones(1).expand(3))).toThrow("more than one element of the written-to tensor refers");
  });
});
