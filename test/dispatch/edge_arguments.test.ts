// Arguments at the edge of what functions take. Sentences and numbers are PyTorch's.
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { nn } from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const F = nn.functional;
const image = torch.zeros(1, 1, 4, 4);
const t = (values: readonly number[]): Tensor => torch.tensor([...values]);
const index = torch.tensor([0n, 0n, 1n]);

const refused: Readonly<Record<string, readonly [() => unknown, string]>> = {
  "a target of binary_cross_entropy beyond 1": [
    () => F.binary_cross_entropy(t([0.5]), t([2])),
    "all elements of target should be between 0 and 1",
  ],
  "a target of binary_cross_entropy that is NaN": [
    () => F.binary_cross_entropy(t([0.5]), t([NaN])),
    "all elements of target should be between 0 and 1",
  ],
  "a grid of another dtype": [
    () => F.grid_sample(image, torch.zeros(1, 1, 1, 2).double(), { align_corners: false }),
    "expected scalar type Float but found Double",
  ],
  "one size for two dims": [
    () => F.interpolate(image, { size: [1] }),
    "Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of [4, 4] and output size of [1].",
  ],
  "one scale for two dims": [
    () => new nn.Upsample({ scale_factor: [2] })(image),
    "but got input with spatial dimensions of [4, 4] and scale_factor of shape [2.0].",
  ],
  "a norm that there is not": [() => torch.ones(2).norm("foo"), "linalg.matrix_norm: Order foo not supported."],
  "a nuclear norm of a vector": [
    () => torch.ones(2).norm("nuc"),
    "linalg.matrix_norm: The input tensor A must have at least 2 dimensions.",
  ],
  "a norm of nothing that has no value": [
    () => torch.empty(0).norm(-1),
    "linalg.vector_norm cannot compute the -1 norm on an empty tensor because the operation does not have an identity",
  ],
  "the same along a dim": [
    () => torch.empty(2, 0).norm(Infinity, 1),
    "linalg.vector_norm cannot compute the inf norm on the dimension 1because this dimension is empty and the operation does not have an identity",
  ],
};
describe("are refused:", () => {
  test.each(Object.entries(refused))("%s", (_, [call, sentence]) => expect(call).toThrow(sentence));
});

test("one number is meant for every dim", () => {
  expect(F.interpolate(image, { size: 2 }).sizes).toEqual([1, 1, 2, 2]);
  expect(new nn.Upsample({ scale_factor: 2 })(image).sizes).toEqual([1, 1, 8, 8]);
  expect(String(new nn.Upsample({ scale_factor: 2 }))).toBe("Upsample(scale_factor=2.0, mode='nearest')");
  expect(String(new nn.Upsample({ size: [2, 3] }))).toBe("Upsample(size=(2, 3), mode='nearest')");
});
test("InstanceNorm takes eps 0, and no samples", () => {
  const y = new nn.InstanceNorm1d(2, { eps: 0 })(torch.arange(6).float().view(1, 2, 3));
  expect(String(y)).toBe(
    "tensor([[[-1.2247,  0.0000,  1.2247],\n         [-1.2247,  0.0000,  1.2247]]])",
  ); // prettier-ignore
  expect(F.instance_norm(torch.zeros(0, 2, 3)).sizes).toEqual([0, 2, 3]);
});
test("quantiles go by what is there, infinities and NaN included", () => {
  const of = (values: number[], q: number, interpolation: string): number =>
    Number(t(values).quantile(q, { interpolation }).item());
  for (const method of ["lower", "higher", "nearest"]) {
    expect(of([1, 2, Infinity], 1, method)).toBe(Infinity);
    expect(of([-Infinity, 2, Infinity], 0, method)).toBe(-Infinity);
  }
  expect(of([-Infinity, 2, Infinity], 0.25, "linear")).toBe(-Infinity);
  expect(of([-Infinity, 2, Infinity], 1, "linear")).toBeNaN();
  const gradient = (values: number[], f: (x: Tensor) => Tensor): unknown => {
    const x = torch.tensor(values, { requires_grad: true });
    f(x).sum().backward();
    return x.grad!.tolist();
  };
  expect(gradient([1, NaN, 3], (x) => x.quantile(0.5))).toEqual([0, 1, 0]);
  expect(gradient([1, NaN, 3, NaN], (x) => x.quantile(t([0.5, 0.2])))).toEqual([0, 0, 0, 2]);
  expect(gradient([NaN, NaN], (x) => x.nanquantile(0.3))).toEqual([1, 0]);
});
describe("in place, ops made of others keep the old elements for backward:", () => {
  const changes: Readonly<Record<string, (y: Tensor, s: Tensor) => Tensor>> = {
    scatter_reduce_: (y, s) => y.scatter_reduce_(0, index, s, "prod"),
    index_reduce_: (y, s) => y.index_reduce_(0, index, s, "amax"),
    clamp_min_: (y, s) => y.clamp_min_(s),
    square_: (y) => y.square_(),
    float_power: (y, s) => y.copy_(y.float_power(s)),
  };
  test.each(Object.entries(changes))("%s", (_, change) => {
    const run = (inPlace: boolean): [unknown, unknown] => {
      const [x, s] = [t([1, 2, 3]), t([4, 5, 6])].map((v) => v.requires_grad_(true));
      const y = x.clone();
      const out = change(inPlace ? y : y.clone(), s);
      out.sum().backward();
      return [x.grad!.tolist(), s.grad?.tolist()];
    };
    expect(run(true)).toEqual(run(false));
  });
  test("a product's gradients are products of the others", () => {
    const [y, s] = [t([1, 2, 3]).requires_grad_(true).clone(), t([4, 5, 6]).requires_grad_(true)];
    y.scatter_reduce_(0, index, s, "prod").sum().backward();
    expect(s.grad!.tolist()).toEqual([5, 4, 2]);
  });
});
test("scatter_reduce multiplies complex numbers", () => {
  const ones = torch.ones(2, { dtype: torch.complex64 });
  const c = torch.tensor([new torch.Complex(0, 2)]);
  expect(String(ones.clone().scatter_reduce_(0, torch.tensor([0n]), c, "prod"))).toBe("tensor([0.+2.j, 1.+0.j])");
  expect(String(ones.clone().scatter_reduce_(0, torch.tensor([0n]), c, "mean"))).toBe(
    "tensor([0.5000+1.j, 1.0000+0.j])",
  );
});
test("nan_to_num of halves and of complex numbers is finite", () => {
  const wild = [Infinity, -Infinity, NaN];
  expect(torch.tensor(wild, { dtype: torch.float16 }).nan_to_num().tolist()).toEqual([65504, -65504, 0]);
  expect(
    torch
      .tensor([new torch.Complex(Infinity, NaN)])
      .nan_to_num()
      .isfinite()
      .all()
      .item(),
  ).toBe(true);
});
test("new dims of size 1 go round what is within them, so that what expands to itself may be written over itself", () => {
  const x = torch.arange(6).view(2, 3);
  const expanded: readonly (readonly [Tensor, number[], number[]])[] = [
    [x, [1, 2, 3], [6, 3, 1]],
    [x, [4, 2, 3], [0, 3, 1]],
    [x, [1, 1, 2, 3], [6, 6, 3, 1]],
    [x, [4, 1, 2, 3], [0, 6, 3, 1]],
    [x, [1, 4, 1, 2, 3], [0, 0, 6, 3, 1]],
    [x.t(), [1, 3, 2], [3, 1, 3]],
    [x.slice(1, 0, null, 2), [1, 2, 2], [6, 3, 2]],
    [torch.ones([]), [1, 1], [0, 0]],
    [torch.ones(0), [1, 0], [0, 1]],
    [torch.ones(1), [3, 1], [0, 1]],
  ];
  for (const [t, size, strides] of expanded) expect(t.expand(size).stride(), String(size)).toEqual(strides);
  x.index_put_([null], x);
  expect(x.tolist()).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ]);
});
test("so many values that they have no room are refused as a tensor of them is", () => {
  // Numbers are found in float64, a window's in its dtype.
  for (const [nbytes, make] of [
    [8e15, () => torch.linspace(0, 1, 1e15)],
    [8e15, () => torch.logspace(0, 1, 1e15)],
    [4e15, () => torch.hann_window(1e15, false)],
  ] as const)
    expect(make).toThrow(`DefaultCPUAllocator: can't allocate memory: you tried to allocate ${nbytes} bytes.`);
});
test("names that every object has are no padding modes and no layers", () => {
  for (const mode of ["hasOwnProperty", "toString", "__proto__"])
    expect(() => F.pad(t([1]).view(1, 1), [1, 1], { mode })).toThrow(`Unrecognised padding mode ${mode}`);
  const net = new nn.Sequential(new nn.ReLU());
  for (const run of [() => net.get_submodule("__proto__"), () => net.set_submodule("__proto__", new nn.ReLU())])
    expect(run).toThrow("Sequential has no attribute `__proto__`");
  expect(Object.getPrototypeOf(net)).toBe(nn.Sequential.prototype);
});
