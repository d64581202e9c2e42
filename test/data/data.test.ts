import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, expectTypeOf, test, vi } from "vitest";
import {
  BatchSampler,
  ConcatDataset,
  DataLoader,
  Dataset,
  datasets,
  default_collate,
  RandomSampler,
  random_split,
  SequentialSampler,
  Subset,
  SubsetRandomSampler,
  TensorDataset,
  WeightedRandomSampler,
} from "../../src/data/index.ts";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const seeded = (seed: number): torch.Generator => new torch.Generator().manual_seed(seed);
const range = (n: number): number[] => [...Array(n).keys()];
const ten = new TensorDataset(torch.arange(10));
const orders = (loader: Iterable<Tensor[]>): number[][] => [...loader].map(([x]) => x.tolist() as number[]);

// Every order here was printed by PyTorch 2.13.
describe("the orders are PyTorch's", () => {
  test("of a shuffled loader, epoch by epoch, and the stream goes on as PyTorch's", () => {
    torch.manual_seed(0);
    const loader = new DataLoader(ten, { batch_size: 4, shuffle: true });
    expect(orders(loader)).toEqual([
      [6, 7, 1, 4],
      [2, 0, 9, 8],
      [3, 5],
    ]);
    expect(orders(loader)).toEqual([
      [2, 4, 7, 0],
      [8, 9, 5, 3],
      [6, 1],
    ]);
    expect(torch.rand(2).tolist()).toEqual([0.455627977848053, 0.6323062777519226]);
  });

  test("of a loader with a generator of its own", () => {
    const generator = seeded(7);
    const loader = new DataLoader(ten, { batch_size: 4, shuffle: true, generator });
    expect(orders(loader)).toEqual([
      [1, 3, 5, 7],
      [9, 4, 6, 2],
      [8, 0],
    ]);
    expect(orders(loader)).toEqual([
      [5, 1, 6, 0],
      [9, 7, 8, 4],
      [3, 2],
    ]);
    expect(torch.rand(2, { generator }).tolist()).toEqual([0.7405239939689636, 0.25287991762161255]);
  });

  test("of a loader that drops the last batch", () => {
    const loader = new DataLoader(ten, { batch_size: 4, shuffle: true, drop_last: true, generator: seeded(7) });
    expect(orders(loader)).toEqual([
      [1, 3, 5, 7],
      [9, 4, 6, 2],
    ]);
    expect(orders(loader)).toEqual([
      [5, 1, 6, 0],
      [9, 7, 8, 4],
    ]);
  });

  test("of a loader in order, which also draws a seed", () => {
    torch.manual_seed(3);
    expect(orders(new DataLoader(ten, { batch_size: 3 }))).toEqual([[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]);
    expect(torch.rand(2).tolist()).toEqual([0.2858424782752991, 0.026954829692840576]);
  });

  test("of a loader whose iterator waits: one seed is drawn at once, the other at the first batch", () => {
    torch.manual_seed(5);
    const iterator = new DataLoader(ten, { batch_size: 4, shuffle: true })[Symbol.iterator]();
    expect(torch.rand(1).item()).toBe(0.9074696898460388);
    expect(iterator.next().value![0].tolist()).toEqual([9, 4, 7, 3]);
  });

  test("of samplers that share a generator", () => {
    const generator = seeded(7);
    expect([...new RandomSampler(range(6), { generator })]).toEqual([3, 0, 1, 5, 2, 4]);
    const more = [4, 2, 1, 3, 0, 5, 4, 2, 1, 3, 0, 5, 0, 1, 5];
    expect([...new RandomSampler(range(6), { num_samples: 15, generator })]).toEqual(more);
    const replaced = [
      2, 5, 1, 0, 2, 3, 4, 0, 1, 1, 0, 0, 5, 5, 2, 1, 5, 0, 2, 2, 1, 4, 2, 2, 4, 3, 5, 5, 3, 0, 3, 2, 1, 4, 0, 4, 3, 5,
      2, 2,
    ];
    expect([...new RandomSampler(range(6), { replacement: true, num_samples: 40, generator })]).toEqual(replaced);
    expect([...new SubsetRandomSampler([3, 5, 7, 9], { generator })]).toEqual([3, 7, 9, 5]);
    expect(torch.rand(1, { generator }).item()).toBe(0.6679388284683228);
  });

  test("of a sampler by the default generator", () => {
    torch.manual_seed(11);
    expect([...new RandomSampler(range(8))]).toEqual([5, 1, 2, 3, 0, 7, 4, 6]);
  });

  test("of a weighted sampler", () => {
    const generator = seeded(2);
    const weights = [0.1, 0.9, 0.4, 0.7];
    expect([...new WeightedRandomSampler(weights, 6, { generator })]).toEqual([3, 1, 3, 2, 3, 2]);
    expect([...new WeightedRandomSampler(weights, 4, { replacement: false, generator })]).toEqual([1, 3, 0, 2]);
  });

  test("of random_split, by lengths and by fractions", () => {
    torch.manual_seed(42);
    expect(random_split(range(10), [7, 3]).map((s) => s.indices)).toEqual([
      [2, 6, 1, 8, 4, 5, 0],
      [9, 3, 7],
    ]);
    const thirds = random_split(range(10), [0.33, 0.33, 0.34], { generator: seeded(42) });
    expect(thirds.map((s) => s.indices)).toEqual([
      [2, 6, 1, 8],
      [4, 5, 0],
      [9, 3, 7],
    ]);
    const digits = random_split(range(1797), [0.8, 0.2], { generator: seeded(1998) });
    expect(digits.map((s) => [s.length, ...s.indices.slice(0, 5)])).toEqual([
      [1438, 1207, 882, 1626, 37, 1701],
      [359, 1359, 199, 1153, 221, 1345],
    ]);
  });
});

describe("a dataset", () => {
  test("of tensors gives rows, also from the end", () => {
    const dataset = new TensorDataset(torch.arange(6).reshape(3, 2), torch.tensor([1n, 2n, 3n]));
    expect(dataset.length).toBe(3);
    expect(dataset.at(-1).map(String)).toEqual(["tensor([4, 5])", "tensor(3)"]);
    expectTypeOf(dataset.at(0)).toEqualTypeOf<[Tensor, Tensor]>();
    expect(() => dataset.at(3)).toThrow("index 3 is out of bounds for dimension 0 with size 3");
    expect(() => new TensorDataset(torch.ones(2), torch.ones(3))).toThrow("Size mismatch between tensors");
  });

  test("may be cut and joined", () => {
    const [a, b] = [new Subset(range(10), [3, 5, 7]), new Subset(["x", "y"], [1])];
    expect([a.length, a.at(1), a.at(-1), b.at(0)]).toEqual([3, 5, 7, "y"]);
    const both = new ConcatDataset<number>([a, [10, 20]]).concat([30]);
    expect([both.length, ...range(6).map((i) => both.at(i)), both.at(-1)]).toEqual([6, 3, 5, 7, 10, 20, 30, 30]);
    expect(() => both.at(6)).toThrow("list index out of range");
    expect(() => both.at(-7)).toThrow("absolute value of index should not exceed dataset length");
    expect(() => a.at(3)).toThrow("list index out of range");
    expect(() => new ConcatDataset([])).toThrow("datasets should not be an empty iterable");
  });

  test("is not split into parts that do not fit it", () => {
    expect(() => random_split(range(10), [3, 3])).toThrow(
      "Sum of input lengths does not equal the length of the input dataset!",
    );
    expect(() => random_split(range(10), [1.5, -0.5])).toThrow("Fraction at index 0 is not between 0 and 1");
    expect(() => random_split(range(10), [0.5, 0.2])).toThrow("Sum of input lengths");
    expect(random_split(range(3), [0.1, 0.9]).map((s) => s.length)).toEqual([1, 2]);
  });

  test("is asked for its own samples when a subclass has others", () => {
    class Doubled extends TensorDataset<[Tensor]> {
      override at(index: number): [Tensor] {
        return [super.at(index)[0].mul(2)];
      }
    }
    const doubled = new Doubled(torch.arange(4));
    expect(orders(new DataLoader(doubled, { batch_size: 2 }))).toEqual([
      [0, 2],
      [4, 6],
    ]);
    expect(orders(new DataLoader(new Subset(doubled, [3, 1]), { batch_size: 2 }))).toEqual([[6, 2]]);
  });
});

describe("default_collate", () => {
  test("stacks tensors and makes tensors of numbers, bigints and booleans", () => {
    const batch = default_collate([
      [torch.ones(2), 0.5, 1n, true, "a"],
      [torch.zeros(2), 2, 2n, false, "b"],
    ] as [Tensor, number, bigint, boolean, string][]);
    expectTypeOf(batch).toEqualTypeOf<[Tensor, Tensor, Tensor, Tensor, string[]]>();
    expect(batch.map(String)).toEqual([
      "tensor([[1., 1.],\n        [0., 0.]])",
      "tensor([0.5000, 2.0000])",
      "tensor([1, 2])",
      "tensor([ True, False])",
      "a,b",
    ]);
  });

  test("goes into objects, maps, nested arrays and typed arrays", () => {
    const { image, meta } = default_collate([
      { image: Float64Array.of(1, 2), meta: new Map([["id", [1n, 2n]]]) },
      { image: Float64Array.of(3, 4), meta: new Map([["id", [3n, 4n]]]) },
    ]);
    expect([image.dtype, image.tolist()]).toEqual([
      torch.float64,
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    expect(meta.get("id")!.map(String)).toEqual(["tensor([1, 3])", "tensor([2, 4])"]);
  });

  test("refuses what does not fit together", () => {
    expect(() => default_collate([[1, 2], [3]])).toThrow("each element in list of batch should be of equal size");
    expect(() => default_collate([torch.ones(2), torch.ones(3)])).toThrow(
      "stack expects each tensor to be equal size, but got [2] at entry 0 and [3] at entry 1",
    );
    expect(() => default_collate([{ a: 1 }, { b: 1 } as never])).toThrow("'a'");
    expect(() => default_collate([null])).toThrow(
      "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found NoneType",
    );
  });
});

describe("a loader", () => {
  test("has as many batches as it says", () => {
    for (const drop_last of [false, true])
      for (const n of [0, 1, 4, 5, 8])
        for (const batch_size of [1, 3, 4, 10]) {
          const loader = new DataLoader(range(n), { batch_size, drop_last });
          expect([...loader].length).toBe(loader.length);
        }
  });

  test("gives the same batches at once and one by one", () => {
    const dataset = new TensorDataset(torch.rand(7, 2, 3), torch.arange(7));
    const whole = [...new DataLoader(dataset, { batch_size: 3 })];
    const single = [
      ...new DataLoader(
        range(7).map((i) => dataset.at(i)),
        { batch_size: 3 },
      ),
    ];
    expectTypeOf(whole).toEqualTypeOf<[Tensor, Tensor][]>();
    for (const [i, [x, y]] of whole.entries()) {
      expect([x.equal(single[i][0]), y.equal(single[i][1]), x.dtype, y.dtype]).toEqual([
        true,
        true,
        torch.float32,
        torch.int64,
      ]);
    }
  });

  test("takes a sampler, batches as lists of indices, and a collate function", () => {
    expect(orders(new DataLoader(ten, { batch_size: 2, sampler: [3, 1, 2] }))).toEqual([[3, 1], [2]]);
    expect(orders(new DataLoader(ten, { sampler: [-1] }))).toEqual([[9]]);
    expect(orders(new DataLoader(ten, { batch_sampler: [[3, 1], [2]] }))).toEqual([[3, 1], [2]]);
    const sums = new DataLoader([1, 2, 3], { batch_size: 2, collate_fn: (xs) => xs.reduce((a, b) => a + b) });
    expectTypeOf(sums).toEqualTypeOf<DataLoader<number, number>>();
    expect([...sums]).toEqual([3, 3]);
  });

  test("waits for samples that are promises", async () => {
    class Slow extends Dataset<Promise<[Tensor, bigint]>> {
      length = 5;
      async at(i: number): Promise<[Tensor, bigint]> {
        await Promise.resolve();
        return [torch.tensor([i]), BigInt(i)];
      }
    }
    const loader = new DataLoader(new Slow(), { batch_size: 2 });
    const seen: unknown[] = [];
    for await (const [x, y] of loader) {
      expectTypeOf(x).toEqualTypeOf<Tensor>();
      seen.push([x.size(), y.tolist()].flat());
    }
    expect(seen).toEqual([
      [2, 1, 0, 1],
      [2, 1, 2, 3],
      [1, 1, 4],
    ]);
    expect(() => [...loader]).toThrow("found Promise\nRead the loader with `for await`.");
  });

  test("gives the event loop a turn now and then when awaited", async () => {
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 10));
    let turned = 0;
    const seen: number[] = [];
    for await (const x of new DataLoader(range(40))) {
      seen.push(x.item());
      setImmediate(() => turned++);
    }
    clock.mockRestore();
    expect(seen).toEqual(range(40));
    // The time between two batches is longer than that after which a turn is due.
    expect(turned).toBeGreaterThan(5);
  });
  test("is the same when awaited as when not", async () => {
    const loader = new DataLoader(ten, { batch_size: 4, shuffle: true });
    torch.manual_seed(0);
    const awaited: number[][] = [];
    for await (const [x] of loader) awaited.push(x.tolist() as number[]);
    torch.manual_seed(0);
    expect(awaited).toEqual(orders(loader));
  });

  test("refuses options that make no sense, in PyTorch's words", () => {
    const sampler = new SequentialSampler(ten);
    const exclusive = "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last";
    const size = "should be a positive integer value, but got";
    expect(() => new DataLoader(ten, { batch_size: 0 })).toThrow(`batch_size ${size} batch_size=0`);
    expect(() => new DataLoader(ten, { batch_size: 2.5 })).toThrow(`batch_size ${size} batch_size=2.5`);
    expect(() => new DataLoader(ten, { shuffle: true, sampler })).toThrow(
      "sampler option is mutually exclusive with shuffle",
    );
    const batch_sampler = new BatchSampler(sampler, 2, false);
    expect(() => new DataLoader(ten, { batch_size: 2, batch_sampler })).toThrow(exclusive);
    expect(() => new DataLoader([], { shuffle: true })).toThrow(`num_samples ${size} num_samples=0`);
    expect(() => new DataLoader(ten, { size: 3 } as never)).toThrow(
      "DataLoader.__init__() got an unexpected keyword argument 'size'",
    );
    const endless = {
      *[Symbol.iterator]() {
        yield 1;
      },
    };
    expect(() => new DataLoader(ten, { sampler: endless }).length).toThrow("has no len()");
    expect(() => orders(new DataLoader(ten, { sampler: [12] }))).toThrow(
      "index 12 is out of bounds for dimension 0 with size 10",
    );
  });
});

describe("the digits", () => {
  const digits = new datasets.Digits();
  test("are images from 0 to 1 with labels", () => {
    const { images, labels } = digits;
    expect([digits.length, images.size(), images.dtype, labels.dtype].flat()).toEqual([
      1797,
      1797,
      1,
      8,
      8,
      torch.float32,
      torch.int64,
    ]);
    expect([images.min().item(), images.max().item()]).toEqual([0, 1]);
    expect(images.mul(16).sum().item()).toBe(561718);
    expect([labels.min().item(), labels.max().item(), digits.classes.length]).toEqual([0, 9, 10]);
    const [image, label] = digits.at(0);
    expect([image.size(), label.item()].flat()).toEqual([1, 8, 8, 0]);
    expect(image.select(1, 0).mul(16).tolist()).toEqual([[0, 0, 5, 13, 9, 1, 0, 0]]);
  });

  test("come in batches, split, and in float64", () => {
    const [train, rest] = random_split(digits, [0.8, 0.2], { generator: seeded(1998) });
    const [[images, labels]] = [...new DataLoader(rest, { batch_size: rest.length })];
    expect([train.length, images.size(), labels.size()].flat()).toEqual([1438, 359, 1, 8, 8, 359]);
    expect(labels[0].item()).toBe(digits.labels[1359].item());
    expect(new datasets.Digits({ dtype: torch.float64 }).images.dtype).toBe(torch.float64);
  });
});

describe("MNIST", () => {
  const root = mkdtempSync(join(tmpdir(), "mnist-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const idx = (shape: number[], bytes: number[]): Uint8Array =>
    Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap((n) => [0, 0, n >> 8, n & 255]), ...bytes]);

  test("says where it looked for files", () => {
    expect(() => new datasets.FashionMNIST(root)).toThrow(
      `Dataset not found. FashionMNIST needs train-images-idx3-ubyte or train-images-idx3-ubyte.gz in one of these places:\n  ${root}/train-images-idx3-ubyte\n`,
    );
  });

  test("reads plain and packed files, here and in torchvision's folder", () => {
    const raw = join(root, "MNIST", "raw");
    mkdirSync(raw, { recursive: true });
    const pixels = range(3 * 2 * 2).map((i) => (i === 0 ? 255 : i));
    writeFileSync(join(raw, "train-images-idx3-ubyte.gz"), gzipSync(idx([3, 2, 2], pixels)));
    writeFileSync(join(root, "train-labels-idx1-ubyte"), idx([3], [7, 8, 9]));
    const mnist = new datasets.MNIST(root);
    const [image, label] = mnist.at(0);
    expect([mnist.length, image.size(), image.dtype, image[0][0][0].item(), label.item()].flat()).toEqual([
      3,
      1,
      2,
      2,
      torch.float32,
      1,
      7,
    ]);
    const [[images, labels]] = [...new DataLoader(mnist, { batch_size: 2, sampler: [2, 0] })];
    expect(images[1].equal(image)).toBe(true);
    expect([images.size(), labels.tolist()].flat()).toEqual([2, 1, 2, 2, 9, 7]);
  });

  test("refuses files that do not belong together", () => {
    writeFileSync(join(root, "t10k-images-idx3-ubyte"), idx([1, 2, 2], [1, 2, 3, 4]));
    writeFileSync(join(root, "t10k-labels-idx1-ubyte"), idx([2], [1, 2]));
    expect(() => new datasets.MNIST(root, { train: false })).toThrow("1 images but 2 labels");
    writeFileSync(join(root, "t10k-labels-idx1-ubyte"), idx([1, 1], [1]));
    expect(() => new datasets.MNIST(root, { train: false })).toThrow(
      "to hold bytes with 1 dims, got torch.uint8 [1, 1]",
    );
  });
});

test("torch.utils.data is the same thing", () => {
  expect(torch.utils.data.DataLoader).toBe(DataLoader);
});
