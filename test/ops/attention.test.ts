import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { nn } from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const F = nn.functional;
const f64 = { dtype: torch.float64 };
const query = torch.linspace(-1, 1, 24, f64).view([2, 3, 4]);
const key = torch.linspace(2, -1, 40, f64).view([2, 5, 4]);
const value = torch.linspace(0, 3, 20, f64).view([2, 5, 2]);
const attend = F.scaled_dot_product_attention;
const close = (a: Tensor, b: Tensor): boolean => a.allclose(b, { rtol: 1e-12, atol: 1e-12 });

describe("attention", () => {
  test("is softmax of scaled products, times the values", () => {
    const weights = query.matmul(key.mT).div(2).softmax(-1);
    expect(close(attend(query, key, value), weights.matmul(value))).toBe(true);
    expect(close(attend(query, key, value, { scale: 0 }), value.mean(1, true).expand([2, 3, 2]))).toBe(true);
  });
  test("looks only where a mask of bools is true, and gives 0 and no gradient where that is nowhere", () => {
    const mask = torch.tensor([
      [true, false, false, false, false],
      [false, false, false, false, false],
      [true, true, true, true, true],
    ]);
    const q = query.clone().requires_grad_();
    const found = attend(q, key, value, mask);
    expect(close(found.select(1, 0).detach(), value.select(1, 0))).toBe(true);
    expect(found.select(1, 1).tolist()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    found.sum().backward();
    expect(q.grad!.select(1, 1).abs().sum().item()).toBe(0);
    expect(q.grad!.isnan().any().item()).toBe(false);
    const floats = torch.zeros([3, 5], f64).masked_fill(mask.logical_not(), -Infinity);
    expect(close(attend(query, key, value, floats), found.detach())).toBe(true);
  });
  test("that is causal looks at keys up to the query's own place", () => {
    const lower = torch.ones([3, 5], { dtype: torch.bool }).tril();
    expect(close(attend(query, key, value, { is_causal: true }), attend(query, key, value, lower))).toBe(true);
  });
  describe("block by block", () => {
    const [batch, queries, keys] = [[2, 3], 150, 170];
    const operands = (): Tensor[] => {
      torch.manual_seed(0);
      const sizes = [
        [...batch, queries, 5],
        [...batch, keys, 5],
        [...batch, keys, 4],
      ];
      return sizes.map((s) => torch.randn(s, f64).requires_grad_());
    };
    const plain = ([q, k, v]: Tensor[], mask: Tensor): Tensor =>
      q.matmul(k.mT).div(Math.sqrt(5)).add(mask).softmax(-1).matmul(v);
    const causal = torch.full([queries, keys], -Infinity, f64).triu(1);
    const masks: Record<string, Tensor> = {
      "of all": torch.randn([...batch, queries, keys], f64),
      "of queries and keys": torch.randn([queries, keys], f64),
      "of keys": torch.randn([1, keys], f64),
      "of queries, for each member": torch.randn([2, 1, queries, 1], f64),
      "of bools": torch.rand([2, 1, 1, keys]).gt(0.3),
      none: torch.zeros([1], f64),
      causal,
    };
    for (const [name, mask] of Object.entries(masks))
      test(`with a mask ${name} is what it is all at once, gradients too`, () => {
        const inputs = operands();
        const floats =
          mask.dtype === torch.bool
            ? torch.zeros(mask.shape, f64).masked_fill(mask.mul(-1).add(1).bool(), -Infinity)
            : mask;
        const expected = plain(inputs, floats);
        const [q, k, v] = inputs;
        const found =
          mask === causal ? attend(q, k, v, { is_causal: true }) : attend(q, k, v, name === "none" ? null : mask);
        expect(close(found, expected)).toBe(true);
        const grad = torch.randn(found.shape, f64);
        const of = (y: Tensor): readonly (Tensor | null)[] => torch.autograd.grad(y, inputs, grad);
        const wanted = of(expected);
        for (const [i, g] of of(found).entries()) expect(close(g!, wanted[i]!)).toBe(true);
      });
    test("needs no memory for all scores at once, forward and backward", () => {
      const length = 1024;
      const [q, k, v] = [1, 2, 3].map(() => torch.randn(2, 4, length, 8).requires_grad_());
      torch.cpu.reset_peak_memory_stats();
      const before = torch.cpu.memory_allocated();
      attend(q, k, v, { is_causal: true }).sum().backward();
      expect(torch.cpu.max_memory_allocated() - before).toBeLessThan((2 * 4 * length * length * 4) / 3);
    });
  });
  test("shares heads of keys and values among those of queries", () => {
    const q = torch.rand([1, 4, 3, 2], f64);
    const [k, v] = [torch.rand([1, 2, 5, 2], f64), torch.rand([1, 2, 5, 2], f64)];
    const each = attend(q, k.repeat_interleave(2, 1), v.repeat_interleave(2, 1));
    expect(close(attend(q, k, v, { enable_gqa: true }), each)).toBe(true);
    expect(() => attend(q, k.repeat([1, 2, 1, 1]).narrow(1, 0, 3), v, { enable_gqa: true })).toThrow(
      "Number of heads in key and value must divide",
    );
  });
  test("says in PyTorch's words what does not fit", () => {
    expect(() => attend(query, key.float(), value)).toThrow(
      "Expected query, key, and value to have the same dtype, but got query.dtype: double key.dtype: float and value.dtype: double instead.",
    );
    expect(() => attend(query, key, value, torch.ones([3, 5]))).toThrow(
      "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: float and  query.dtype: double instead.",
    );
    expect(() => attend(query, key, value, torch.ones([3, 5], f64), 0, true)).toThrow(
      "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True",
    );
    expect(() => attend(torch.rand(3), torch.rand(3), torch.rand(3))).toThrow("at least 2 dimensional");
  });
  test("a mask and is_causal together let a query look where both do, in four dims", () => {
    torch.manual_seed(3);
    const [q, k, v] = [0, 1, 2].map(() => torch.randn([1, 2, 4, 3], f64));
    const ahead = torch.ones([4, 4], { dtype: torch.bool }).triu(1);
    const floats = torch.randn([4, 4], f64);
    expect(torch.equal(attend(q, k, v, floats, 0, true), attend(q, k, v, floats.masked_fill(ahead, -Infinity)))).toBe(
      true,
    );
    const bools = torch.rand(4, 4).gt(0.3).logical_or(torch.eye(4).bool());
    const want = attend(q, k, v, bools.logical_and(ahead.logical_not()));
    expect(torch.equal(attend(q, k, v, bools, 0, true), want)).toBe(true);
    expect(() => attend(q, k, v, floats, 0.5, true)).toThrow("Explicit attn_mask should not be set");
  });
});

describe("MultiheadAttention", () => {
  torch.manual_seed(1);
  const layer = new nn.MultiheadAttention(8, 2, { add_bias_kv: true, add_zero_attn: true }).double();
  layer.eval();
  const x = torch.rand([4, 3, 8], f64);

  test("gives the same with and without weights, one projection or three, batched or not", () => {
    const [all, weights] = layer(x, x, x);
    expect([all.shape, weights!.shape].map((s) => [...s])).toEqual([
      [4, 3, 8],
      [3, 4, 6],
    ]);
    expect(close(weights!.sum(-1), torch.ones([3, 4], f64))).toBe(true);
    const [other, none] = layer(x, x, x, null, false);
    expect([close(other, all), none]).toEqual([true, null]);
    expect(close(layer(x, x.clone(), x.clone())[0], all)).toBe(true);
    const one = x.select(1, 1);
    expect(close(layer(one, one, one)[0], all.select(1, 1))).toBe(true);
  });
  test("puts the batch first where asked", () => {
    const first = new nn.MultiheadAttention(8, 2, {
      add_bias_kv: true,
      add_zero_attn: true,
      batch_first: true,
    }).double();
    first.load_state_dict(layer.state_dict());
    const [y] = first(x.transpose(0, 1), x.transpose(0, 1), x.transpose(0, 1));
    expect(close(y.transpose(0, 1), layer(x, x, x)[0])).toBe(true);
  });
  test("does not look at padding", () => {
    const padding = torch.tensor([
      [false, false, false, true],
      [false, false, true, true],
      [false, false, false, false],
    ]);
    const [y, weights] = layer(x, x, x, padding);
    expect(
      weights!
        .narrow(-1, 0, 4)
        .masked_select(padding.unsqueeze(1).expand([3, 4, 4]))
        .abs()
        .sum()
        .item(),
    ).toBe(0);
    const [without] = layer(x, x, x, padding, false);
    expect(close(y, without)).toBe(true);
  });
  test("prints and names its parts as PyTorch does", () => {
    expect(String(new nn.MultiheadAttention(4, 2))).toBe(
      "MultiheadAttention(\n  (out_proj): NonDynamicallyQuantizableLinear(in_features=4, out_features=4, bias=True)\n)",
    );
    const apart = new nn.MultiheadAttention(4, 2, { kdim: 3, vdim: 5 });
    expect([...apart.named_parameters()].map(([name]) => name)).toEqual([
      "q_proj_weight",
      "k_proj_weight",
      "v_proj_weight",
      "in_proj_bias",
      "out_proj.weight",
      "out_proj.bias",
    ]);
    expect(() => new nn.MultiheadAttention(5, 2)).toThrow("embed_dim must be divisible by num_heads");
  });
});

describe("EmbeddingBag", () => {
  const weight = torch.linspace(0, 1.1, 12).view([4, 3]);
  const L = (...values: bigint[]): Tensor => torch.tensor(values);
  test("takes bags from offsets, empty ones as 0", () => {
    const ids = L(0n, 2n, 1n);
    const rows = (mode: string): unknown[] =>
      F.embedding_bag(ids, weight, L(0n, 2n, 2n, 3n), { mode }).tolist() as unknown[];
    expect(rows("sum")[1]).toEqual([0, 0, 0]);
    expect(rows("max")[3]).toEqual([0, 0, 0]);
    expect(rows("mean")[2]).toEqual(weight.select(0, 1).tolist());
    expect(F.embedding_bag(torch.zeros(0, { dtype: torch.int64 }), weight, L(0n, 0n)).tolist()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });
  test("divides the gradient of a row by how often it was looked up, if asked", () => {
    const w = weight.clone().requires_grad_();
    F.embedding_bag(L(2n, 2n, 0n), w, L(0n), { mode: "sum", scale_grad_by_freq: true })
      .sum()
      .backward();
    expect(w.grad!.select(1, 0).tolist()).toEqual([1, 0, 1, 0]);
  });
  test("says in PyTorch's words what is wrong", () => {
    const ids = L(0n, 1n, 3n);
    expect(() => F.embedding_bag(L(0n, 4n), weight, L(0n))).toThrow(
      "Index 1 of input takes value 4 which is not in the valid range [0, 4)",
    );
    expect(() => F.embedding_bag(ids, weight, L(1n))).toThrow("offsets[0] has to be 0, i.e., the first sequence");
    expect(() => F.embedding_bag(ids, weight, L(0n, 4n))).toThrow(
      "offsets[-1] can not be greater than input's length 3 but got offsets[-1] of 4",
    );
    expect(() => F.embedding_bag(ids, weight, L(0n), { padding_idx: 7 })).toThrow(
      "padding_idx must be within the number of embeddings, -4 through 3, but got 7",
    );
    expect(() => F.embedding_bag(ids, weight)).toThrow("offsets has to be a 1D Tensor but got None");
  });
  test("starts from given vectors, frozen unless told otherwise", () => {
    expect(nn.EmbeddingBag.from_pretrained(weight).weight.requires_grad).toBe(false);
    expect(String(new nn.EmbeddingBag(4, 3, { max_norm: 1, mode: "sum", padding_idx: -1 }))).toBe(
      "EmbeddingBag(4, 3, max_norm=1.0, mode='sum', padding_idx=3)",
    );
  });
});

describe("AdaptiveLogSoftmaxWithLoss", () => {
  test("gives log probabilities that sum to 1, and predicts the largest", () => {
    torch.manual_seed(3);
    const layer = new nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10], 2).double();
    const x = torch.rand([6, 8], f64);
    const logs = layer.log_prob(x);
    expect(close(logs.exp().sum(1), torch.ones([6], f64))).toBe(true);
    const target = L6(0n, 3n, 4n, 9n, 10n, 19n);
    const { output, loss } = layer(x, target) as nn.AdaptiveOutput;
    expect(close(output, logs.gather(1, target.unsqueeze(1)).squeeze(1))).toBe(true);
    expect(loss.item()).toBeCloseTo(-(output.mean().item() as number), 12);
    expect(layer.predict(x).shape).toEqual(target.shape);
    expect(() => layer(x, L6(0n, 3n, 4n, 9n, 10n, 20n))).toThrow(
      "Target values should be in [0, 19], but values in range [0, 20]",
    );
  });
});
const L6 = (...values: bigint[]): Tensor => torch.tensor(values);
