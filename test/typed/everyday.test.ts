// What programs do with modules and tensors every day compiles: a false alarm here fails `npm run types`.
import { expect, test } from "vitest";
import * as torch from "../../src/typed/index.ts";
import { autograd, fft, func, linalg, nn, optim, randn, tensor, zeros } from "../../src/typed/index.ts";
import type { Tensor } from "../../src/typed/index.ts";

const F = nn.functional;

test("a field may be declared as any module, as a layer, or as a buffer", () => {
  class Net extends nn.Module {
    fc: nn.Linear;
    act: nn.Module;
    mask: Tensor;
    rest: nn.Module[] = [];
    constructor(act: nn.Module = new nn.ReLU()) {
      super();
      this.fc = new nn.Linear(4, 3);
      this.act = act;
      this.register_buffer("mask", zeros(3, 3));
      this.mask = this.get_buffer("mask");
      this.register_parameter("w", new nn.Parameter(zeros(3)));
      this.rest.push(new nn.Linear(3, 3), new nn.Tanh(), new nn.Sequential(new nn.Identity()));
      this.apply((m) => {
        if (m instanceof nn.Linear) nn.init.xavier_uniform_(m.weight);
      });
      nn.init.normal_(this.fc.weight, 0, 0.02);
    }
    forward(x: Tensor) {
      let h: Tensor = this.act(this.fc(x));
      for (const layer of this.rest) h = layer(h);
      return h.matmul(this.mask);
    }
  }
  expect([...new Net()(randn(2, 4)).shape]).toEqual([2, 3]);
  const kept: nn.Module = new Net(new nn.GELU());
  expect([...(kept(randn(5, 4)) as Tensor).shape]).toEqual([5, 3]);
});

// Two layers are told apart by their names and arguments: were they compared by all that they have, this took minutes.
test("layers stand in arrays, lists and branches, of one kind or of several", () => {
  const mixed: nn.Module[] = [new nn.Linear(3, 2), new nn.ReLU(), new nn.Linear(2, 2)];
  const linears: nn.Linear[] = [new nn.Linear(3, 2), new nn.Linear(2, 2)];
  const list = new nn.ModuleList([new nn.Linear(3, 2), new nn.Linear(2, 2)]);
  expect([mixed.length, linears.length, list.length]).toEqual([3, 2, 2]);
  const wide = mixed.length > 2;
  const conv = wide ? new nn.Conv2d(3, 8, 5) : new nn.Conv2d(3, 8, 3);
  expect([...conv(randn(1, 3, 9, 9)).shape]).toEqual([1, 8, 5, 5]);
  const norm: nn.Module = wide ? new nn.BatchNorm2d(4) : new nn.Identity();
  expect([...(norm(randn(2, 4, 3, 3)) as Tensor).shape]).toEqual([2, 4, 3, 3]);
});

test("namespaces without rules take typed tensors", () => {
  const net = new nn.Linear(4, 3);
  const optimizer = new optim.SGD([{ params: [net.weight] }, { params: [net.bias!], lr: 0.1 }], { lr: 0.1 });
  const scheduler = new optim.lr_scheduler.StepLR(optimizer, 3);
  F.mse_loss(net(randn(2, 4)), randn(2, 3)).backward();
  nn.utils.clip_grad_norm_(net.parameters(), 1);
  optimizer.step();
  scheduler.step();
  expect(linalg.inv(randn(3, 3)).dim()).toBe(2);
  expect(fft.rfft(randn(2, 8)).size(1)).toBe(5);
  const [g] = autograd.grad(net(randn(2, 4)).sum(), [net.weight]);
  expect([...g.shape]).toEqual([3, 4]);
  expect([...func.grad((x: Tensor) => x.pow(2).sum())(randn(3)).shape]).toEqual([3]);
  expect(torch.equal(zeros(2), zeros(2))).toBe(true);
  expect(new torch.utils.data.TensorDataset(randn(5, 2), randn(5)).length).toBe(5);
});

test("one of several layers can be called, a network of layers or a layer", () => {
  const isDeep = randn(1).numel() > 0;
  const act = isDeep ? new nn.ReLU() : new nn.Identity();
  const net = isDeep ? new nn.Sequential(new nn.Linear(4, 4), new nn.Tanh()) : new nn.Identity();
  const shape: readonly [2, 4] = act(net(randn(2, 4))).shape;
  expect([...shape]).toEqual([2, 4]);
});

test("recurrent layers take packed sequences, others do not", () => {
  const { pack_padded_sequence, pad_packed_sequence } = nn.utils.rnn;
  const packed = pack_padded_sequence(randn(5, 2, 4), tensor([5n, 3n]));
  const [found, [h]] = new nn.LSTM(4, 6, 2)(packed);
  const [layers, , size] = h.shape;
  const sizes: readonly [2, 6] = [layers, size];
  expect(sizes).toEqual([2, 6]);
  expect([...h.shape]).toEqual([2, 2, 6]);
  expect([...pad_packed_sequence(found)[0].shape]).toEqual([5, 2, 6]);
  // @ts-expect-error a Linear takes tensors
  expect(() => new nn.Linear(4, 6)(packed)).toThrow();
});

test("a pool that tells places gives two tensors, by whatever way it is asked", () => {
  const x = randn(1, 1, 5, 4);
  const [most, places] = new nn.MaxPool2d(2, { return_indices: true })(x);
  const both: readonly [1, 1, 2, 2] = most.add(places).shape;
  const up: readonly [1, 1, 3, 2] = new nn.MaxPool2d(2, 2, 0, 1, false, true)(x).shape;
  const same: readonly [1, 1, 3, 2] = F.max_pool2d(x, 2, 2, 0, 1, true).shape;
  expect([both, up, same].map((s) => [...s])).toEqual([
    [1, 1, 2, 2],
    [1, 1, 3, 2],
    [1, 1, 3, 2],
  ]);
});

test("weights have the shapes that follow from what their layer was made of", () => {
  const linear: readonly [3, 4] = new nn.Linear(4, 3).weight.shape;
  const tied: readonly [2, 9] = F.linear(randn(2, 5), new nn.Embedding(9, 5).weight).shape;
  const kernel: readonly [6, 2, 3, 5] = new nn.Conv2d(4, 6, [3, 5], { groups: 2 }).weight.shape;
  const { bias } = new nn.Linear(4, 3, false);
  expect([linear, tied, kernel].map((s) => [...s])).toEqual([
    [3, 4],
    [2, 9],
    [6, 2, 3, 5],
  ]);
  expect(bias).toBe(null);
  // @ts-expect-error in_features is a number
  const text: string = new nn.Linear(4, 3).in_features;
  expect(text).toBe(4);
});

test("sizes that are a little more or less than a name are told apart", () => {
  function shifted(x: Tensor<["B", "T"], "float32">) {
    const [past, next] = [x.index([":", ":-1"]), x.index([":", "1:"])];
    const both: Tensor<["B", "T-1"], "float32"> = past.add(next);
    // @ts-expect-error The size of tensor a (T-1) must match the size of tensor b (T) at non-singleton dimension 1
    expect(() => both.add(x)).toThrow("The size of tensor a (3) must match the size of tensor b (4)");
    return F.pad(both, [0, 1]).add(x);
  }
  class Shift extends nn.Module {
    forward(x: Tensor<["B", "T"], "float32">) {
      return x.narrow(1, 0, x.size(1)).index([":", "2:"]);
    }
  }
  const less: readonly [2, 5] = new Shift()(randn(2, 7)).shape;
  expect([...less]).toEqual([2, 5]);
  expect(() => shifted(randn(2, 4) as never)).not.toThrow();
});

test("what constructors refuse does not compile", () => {
  // @ts-expect-error in_channels must be divisible by groups
  expect(() => void new nn.Conv2d(5, 4, 1, { groups: 4 })).toThrow("in_channels must be divisible by groups");
  // @ts-expect-error out_channels must be divisible by groups
  expect(() => void new nn.Conv2d(4, 6, 1, { groups: 4 })).toThrow("out_channels must be divisible by groups");
  // @ts-expect-error num_channels (12) must be divisible by num_groups (5)
  expect(() => void new nn.GroupNorm(5, 12)).toThrow("num_channels (12) must be divisible by num_groups (5)");
  // @ts-expect-error embed_dim must be divisible by num_heads
  expect(() => void new nn.MultiheadAttention(48, 5)).toThrow("embed_dim must be divisible by num_heads");
});

test("what a variable, a field or a result is declared as does not change what a call gives", () => {
  const x = randn(2, 3);
  // @ts-expect-error: it has six elements
  const method: Tensor<[2, 4]> = x.add(1);
  // @ts-expect-error: a function, as the method
  const fn: Tensor<[4]> = torch.cat([x, x]);
  // @ts-expect-error: a layer
  const layer: Tensor<[2, 5]> = new nn.Linear(3, 4)(x);
  // @ts-expect-error: several layers
  const several: Tensor<[2, 5]> = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU())(x);
  // @ts-expect-error: two of them
  const pair: [Tensor<[2, 1]>, Tensor<[2, 1]>] = x.chunk(3, 1);
  const one = (): Tensor<[3]> => x.sum(0);
  const whole: { scores: Tensor<[2, 3], "float32"> } = { scores: F.softmax(x.matmul(randn(3, 3)), -1) };
  class Net extends nn.Module {
    fc = new nn.Linear(3, 4);
    forward(given: Tensor<["B", 3], "float32">): Tensor<["B", 4], "float32"> {
      return this.fc(given);
    }
  }
  // @ts-expect-error: a network
  const net: Tensor<[2, 5]> = new Net()(x);
  expect([method, fn, layer, several, pair, one(), whole.scores, net].flat().length).toBeGreaterThan(8);
});

test("what one of two gives may be what either gives, whichever stands first", () => {
  const [x, i] = [randn(1, 3, 9, 9), tensor([1n, 4n])];
  const first = x.dim() > 3;
  const conv = first ? new nn.Conv2d(3, 8, 5) : new nn.Conv2d(3, 8, 3);
  const net = first ? new nn.Linear(9, 4) : new nn.Sequential(new nn.Linear(9, 5), new nn.ReLU());
  const root = first ? torch.sqrt : torch.neg;
  const either: readonly [1, 8, 5, 5] | readonly [1, 8, 7, 7] = conv(x).shape;
  // @ts-expect-error: the second
  const five: readonly [1, 8, 5, 5] = conv(x).shape;
  // @ts-expect-error: the first
  const seven: readonly [1, 8, 7, 7] = conv(x).shape;
  // @ts-expect-error: the second
  const linear: readonly [1, 3, 9, 4] = net(x).shape;
  // @ts-expect-error: the first
  const sequence: readonly [1, 3, 9, 5] = net(x).shape;
  // @ts-expect-error: the first gives floats
  const whole: Tensor<[2], "int64"> = root(i);
  // @ts-expect-error: the second takes what comes
  const float: Tensor<[2], "float32"> = root(i);
  expect([either, five, seven].map((shape) => shape[2])).toEqual([5, 5, 5]);
  expect([linear[3], sequence[3], whole, float]).toHaveLength(4);
});

test("products over named dims have shapes: equations with dots, without an arrow, tensordot, meshgrid", () => {
  const heads: readonly [5, 2, 3, 3] = torch.einsum("...qd,...kd->...qk", randn(5, 2, 3, 4), randn(3, 4)).shape;
  const implied: readonly [3, 2] = torch.einsum("ba", randn(2, 3)).shape;
  const over: readonly [2, 5] = torch.tensordot(randn(2, 3, 4), randn(3, 4, 5)).shape;
  const lists: readonly [3] = torch.tensordot(randn(2, 3, 4), randn(4, 2), { dims: [[0, 2], [1, 0]] }).shape; // prettier-ignore
  const [rows] = torch.meshgrid(randn(2), randn(3), { indexing: "xy" });
  const grid: readonly [3, 2] = rows.shape;
  const { solution } = linalg.lstsq(randn(5, 4, 3), randn(5, 4, 2));
  const solved: readonly [5, 3, 2] = solution.shape;
  expect([heads, implied, over, lists, grid, solved].map((shape) => [...shape])).toEqual([
    [5, 2, 3, 3],
    [3, 2],
    [2, 5],
    [3],
    [3, 2],
    [5, 3, 2],
  ]);
  // @ts-expect-error: two dims, where there is one
  expect(() => torch.tensordot(randn(2, 3), randn(3))).toThrow(/^tensordot expects dims < ndim_a or ndim_b, but got dims=2$/m); // prettier-ignore
  // @ts-expect-error: 4 and 5
  expect(() => torch.tensordot(randn(3, 4), randn(5, 3), 1)).toThrow(
    /^contracted dimensions need to match, but first has size 4 in dim -1 and second has size 5 in dim 0$/m,
  );
  // @ts-expect-error: no letter of the inputs
  expect(() => torch.einsum("ij->ik", randn(2, 3))).toThrow(/output subscript k does not appear/);
});

test("what was pooled is put back in its sizes, and bags of rows give a row each", () => {
  const [small, places] = new nn.MaxPool2d(2, 2, { return_indices: true })(randn(1, 3, 8, 8));
  const back: readonly [1, 3, 8, 8] = new nn.MaxUnpool2d(2)(small, places).shape;
  const wider: readonly [1, 3, 9, 9] = new nn.MaxUnpool2d(2)(small, places, [9, 9]).shape;
  const ids = torch.randint(0, 9, [4, 5], { dtype: torch.int64 });
  const bags: readonly [4, 3] = new nn.EmbeddingBag(10, 3)(ids).shape;
  const offsets: readonly [2, 3] = F.embedding_bag(ids.flatten(), randn(10, 3), tensor([0n, 7n])).shape;
  expect([back, wider, bags, offsets].map((shape) => [...shape])).toEqual([
    [1, 3, 8, 8],
    [1, 3, 9, 9],
    [4, 3],
    [2, 3],
  ]);
  // @ts-expect-error: a list of rows without offsets
  expect(() => new nn.EmbeddingBag(10, 3)(ids.flatten())).toThrow("offsets has to be a 1D Tensor but got None");
  // @ts-expect-error: a kernel whose elements lie on one another
  expect(() => new nn.Conv2d(3, 4, 3, { dilation: 0 })(randn(1, 3, 8, 8))).toThrow(
    "dilation should be greater than zero, but got [0, 0]",
  );
});

test("a network is called with states in a tuple and a cache in an object, whose names it binds or lets be", () => {
  interface Past {
    readonly k: Tensor<["B", "P", 3], "float32">;
  }
  class Cell extends nn.Module {
    forward(
      x: Tensor<["B", 4], "float32">,
      [h, c]: readonly [Tensor<["B", 8], "float32">, Tensor<["B", 8], "float32">],
      past: Past | null = null,
    ) {
      return [h.add(c), x, past === null ? x : past.k] as const;
    }
  }
  const cell = new Cell();
  const state: readonly [5, 8] = cell(randn(5, 4), [zeros(5, 8), zeros(5, 8)])[0].shape;
  const cached = cell(randn(5, 4), [zeros(5, 8), zeros(5, 8)], { k: randn(5, 7, 3) });
  const given: readonly [5, 4] = cached[1].shape;
  expect([state, given, cached[2].shape].map((shape) => [...shape])).toEqual([
    [5, 8],
    [5, 4],
    [5, 7, 3],
  ]);
  // @ts-expect-error: six of the one, five of the other
  expect(() => cell(randn(5, 4), [zeros(5, 8), zeros(6, 8)])).toThrow("The size of tensor a (5) must match");
});
