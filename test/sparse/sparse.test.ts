// Sparse tensors: what they are, that dense ones pay nothing for them, and that no op reads what is not there.
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { otherLayouts } from "../../src/dispatch/layouts.ts";
import { registry } from "../../src/dispatch/declare.ts";
import type { Entry } from "../../src/dispatch/declare.ts";
import { SparseTensor } from "../../src/ops/sparse/tensor.ts";
import { Tensor } from "../../src/tensor/tensor.ts";

test("as long as a program has no sparse tensor its calls are led nowhere else", () => {
  torch.ones(2, 2).matmul(torch.ones(2, 2)).sum();
  torch.zeros(2, { layout: torch.strided });
  expect(otherLayouts.route).toBeNull();
  torch.zeros(2, 2, { layout: torch.sparse_coo });
  expect(otherLayouts.route).not.toBeNull();
});

const INDICES = [
  [0n, 1n, 1n, 3n],
  [2n, 0n, 0n, 4n],
];
const coo = (): Tensor =>
  torch.sparse_coo_tensor(torch.tensor(INDICES), torch.tensor([3, 4, 5, -6], { dtype: torch.float64 }), [4, 5]);

describe("what is not there", () => {
  test("a sparse tensor has no memory that a kernel, a view or a program could read", () => {
    const x = coo();
    const seen = new Tensor(x.storage, x.dtype, x.sizes, [5, 1], 0);
    for (const read of [
      () => x.data_ptr(),
      () => x.block,
      () => x.tolist(),
      () => x.typed_array(),
      () => seen.add(1),
      () => seen.tolist(),
      () => seen.fill_(0),
    ])
      expect(read).toThrow("Cannot access data pointer of Tensor that doesn't have storage");
    expect(() => x.numpy()).toThrow("can't convert Sparse layout tensor to numpy. Use Tensor.to_dense() first.");
    expect(() => x.nbytes).toThrow("nbytes is not defined for sparse tensors.");
  });
  test("indices that point past the size are refused, whatever is asked to be checked", () => {
    const make = (): Tensor => torch.sparse_coo_tensor([[5]], [1], [2], { check_invariants: false });
    expect(make).toThrow("size is inconsistent with indices: for dim 0, size is 2 but found index 5");
    expect(() => torch.sparse_coo_tensor([[-1]], [1], [2])).toThrow("found negative index -1 for dim 0");
    expect(() => torch.sparse_csr_tensor([0, 1, 2], [0, 5], [1, 2], [2, 2])).toThrow("`0 <= col_indices < ncols`");
    expect(() => torch.sparse_csr_tensor([0, 3, 2], [0, 1], [1, 2], [2, 2])).toThrow("crow_indices[..., 1:]");
  });
  test("what only an order is claimed of is checked when asked", () => {
    const make = (): Tensor => torch.sparse_coo_tensor([[1, 0]], [1, 2], [2], { is_coalesced: true });
    expect(make().is_coalesced()).toBe(true);
    torch.sparse.check_sparse_tensor_invariants.enable();
    try {
      expect(make).toThrow("cannot set is_coalesced to true if indices correspond to uncoalesced COO tensor");
    } finally {
      torch.sparse.check_sparse_tensor_invariants.disable();
    }
  });
});

/** Something for an argument of this type. */
function given(type: string): unknown {
  if (type.startsWith("Tensor?") || type.endsWith("?")) return null;
  if (type.startsWith("Tensor[]") || type === "Tensor*") return [torch.ones(4, 5), torch.ones(4, 5)];
  if (type.startsWith("Tensor")) return torch.ones(4, 5);
  if (type === "Scalar" || type === "float") return 0.5;
  if (type === "int") return 0;
  if (type === "bool") return false;
  if (type === "str") return "mean";
  if (type.includes("[]")) return [1, 1];
  return undefined;
}
function callOf({ schema }: Entry, at: number, sparse: Tensor): unknown[] {
  return schema.args
    .slice(0, schema.positional)
    .flatMap((arg, i) =>
      i === at ? [arg.type.includes("[]") ? [sparse, sparse] : sparse] : arg.optional ? [] : [given(arg.type)],
    );
}
test("every op gives what it gives of a dense operand or refuses a sparse one, wherever it stands, in PyTorch's words", () => {
  const unlike: string[] = [];
  const broken: string[] = [];
  let [refused, computed] = [0, 0];
  for (const [call, entry] of registry) {
    const { args, positional, name } = entry.schema;
    if (entry.inplaceOf !== null || name.startsWith("_sparse") || RANDOM.test(name)) continue;
    const run = (...given: unknown[]): unknown => (call as (...args: unknown[]) => unknown)(...given);
    for (const x of [coo(), coo().to_sparse_csr()])
      for (let at = 0; at < positional; at++) {
        if (!args[at].type.startsWith("Tensor") || (args[at].optional && args[at].type.includes("[]"))) continue;
        try {
          const made = run(...callOf(entry, at, x));
          if (!(made instanceof Tensor)) continue;
          computed++;
          const dense = run(...callOf(entry, at, x.to_dense())) as Tensor;
          if (!torch.allclose(made.to_dense().double(), dense.double(), { equal_nan: true })) unlike.push(name);
        } catch (error) {
          const { constructor, message } = error as Error;
          if (message.startsWith("Could not run 'aten::")) refused++;
          // JavaScript's own errors are of classes that the library does not raise.
          if (constructor === TypeError || constructor === RangeError || constructor === Error)
            broken.push(`${name}: ${message}`);
        }
      }
  }
  expect([[...new Set(unlike)], [...new Set(broken)]]).toEqual([[], []]);
  expect(refused).toBeGreaterThan(600);
  expect(computed).toBeGreaterThan(100);
});
/** Not for comparisons: what draws, what leaves elements unset, what writes over its operand; and ones in CSR stand where its elements do. */
const RANDOM = /empty|rand|dropout|bernoulli|poisson|normal|multinomial|_$|^ones_like$/;

describe("the same as of dense tensors", () => {
  const other = (): Tensor =>
    torch.sparse_coo_tensor(
      [
        [0, 1, 2, 3],
        [2, 0, 1, 4],
      ],
      torch.tensor([1, 2, 3, 4], { dtype: torch.float64 }),
      [4, 5],
    );
  const mat = torch.arange(10, { dtype: torch.float64 }).view(5, 2).sub(4);
  const functions: Record<string, (x: Tensor, y: Tensor) => Tensor> = {
    add: (x, y) => x.add(y),
    "add, scaled": (x, y) => x.add(y, { alpha: -2 }),
    sub: (x, y) => x.sub(y),
    mul: (x, y) => x.mul(y),
    "mul by a number": (x) => x.mul(3),
    div: (x) => x.div(4),
    pow: (x) => x.pow(3),
    sin: (x) => x.sin(),
    abs: (x) => x.abs(),
    relu: (x) => x.relu(),
    neg: (x) => x.neg(),
    transpose: (x) => x.transpose(0, 1),
    permute: (x) => x.permute(1, 0),
    unsqueeze: (x) => x.unsqueeze(1),
    sum: (x) => x.sum(),
    "sum of rows": (x) => x.sum([1]),
    "sum of columns": (x) => x.sum([0]),
    select: (x) => x.select(1, 4),
    "first row": (x) => x.select(0, -1),
    index_select: (x) => x.index_select(0, torch.tensor([3n, 1n, 1n, 0n])),
    narrow: (x) => x.narrow_copy(1, 1, 3),
    cat: (x, y) => torch.cat([x, y], 1),
    stack: (x, y) => torch.stack([x, y], 1),
    "a product with a dense matrix": (x) => x.matmul(mat),
    "a dense matrix times it": (x) => mat.t().matmul(x.t()),
    "a product of two": (x, y) => x.matmul(y.t()),
    addmm: (x) => torch.addmm(torch.ones(4, 2, { dtype: torch.float64 }), x, mat, { beta: 2, alpha: 3 }),
    norm: (x) => x.norm(),
    clone: (x) => x.clone(),
    "another dtype": (x) => x.float(),
    linear: (x) => torch.nn.functional.linear(x, mat.t()),
  };
  for (const [name, f] of Object.entries(functions))
    test(name, () => {
      const [x, y] = [coo(), other()];
      const want = f(x.to_dense(), y.to_dense());
      const of = (a: Tensor, b: Tensor): Tensor => f(a, b).to_dense();
      expect(torch.allclose(of(x, y), want)).toBe(true);
      expect(torch.allclose(of(x.coalesce(), y.coalesce()), want)).toBe(true);
    });
  for (const layout of ["to_sparse_csr", "to_sparse_csc", "to_sparse"] as const)
    test(`${layout}, and back`, () => {
      const x = coo();
      const made = x[layout]();
      expect(torch.equal(made.to_dense(), x.to_dense())).toBe(true);
      expect(torch.equal(x.to_dense()[layout]().to_dense(), x.to_dense())).toBe(true);
      expect(torch.allclose(made.matmul(mat), x.to_dense().matmul(mat))).toBe(true);
      expect(torch.equal(made.mul(2).to_dense(), x.to_dense().mul(2))).toBe(true);
      expect(torch.equal(made.t().to_dense(), x.to_dense().t())).toBe(true);
    });
});

describe("gradients", () => {
  const values = (): Tensor => torch.tensor([3, 4, 5, -6], { dtype: torch.float64, requires_grad: true });
  const mat = (): Tensor => torch.arange(10, { dtype: torch.float64 }).view(5, 2).sub(4.5).requires_grad_();
  const of = (v: Tensor): Tensor => torch.sparse_coo_tensor(torch.tensor(INDICES), v, [4, 5]);
  const functions: Record<string, (v: Tensor, m: Tensor) => Tensor> = {
    to_dense: (v) => of(v).to_dense(),
    "a product": (v, m) => of(v).matmul(m),
    "a product, in rows": (v, m) => of(v).to_sparse_csr().matmul(m),
    "a product, turned": (v, m) => m.t().matmul(of(v).t()),
    "a product of two": (v) => of(v).matmul(of(v).t()).to_dense(),
    "products of a batch": (v, m) => torch.bmm(torch.stack([of(v), of(v)]), torch.stack([m, m.mul(2)])),
    "a product where elements are": (v, m) =>
      torch.sparse
        .sampled_addmm(of(v).to_sparse_csr(), m.t().matmul(m.t().t()).matmul(m.t()).t().narrow(0, 0, 4), m.t())
        .to_dense(),
    sums: (v) => torch.sparse.sum(of(v), 0).to_dense(),
    softmax: (v) => torch.sparse.softmax(of(v), 1).to_dense(),
    log_softmax: (v) => torch.sparse.log_softmax(of(v), 0).to_dense(),
    elements: (v) => of(v).sin().mul(of(v)).add(of(v).pow(2)).to_dense(),
    "dense times sparse": (v, m) => m.t().matmul(m).sum().mul(of(v)).to_dense(),
    parts: (v) => torch.cat([of(v).index_select(1, torch.tensor([0n, 4n])), of(v).narrow_copy(1, 0, 2)], 1).to_dense(),
    "of a dense matrix": (_, m) => m.to_sparse().mul(2).coalesce().values(),
    masked: (v, m) => m.sparse_mask(of(v).detach().narrow_copy(0, 0, 4).t().narrow_copy(1, 0, 2)).to_dense(),
  };
  for (const [name, f] of Object.entries(functions))
    test(`${name}: as differences say, of first and second order`, () => {
      expect(torch.autograd.gradcheck(f, [values(), mat()])).toBe(true);
      expect(torch.autograd.gradgradcheck(f, [values(), mat()])).toBe(true);
    });
  test("the gradient of a sparse leaf is sparse, and adds up", () => {
    const x = coo().coalesce().requires_grad_();
    for (let i = 0; i < 2; i++) torch.sparse.mm(x, mat()).sum().backward();
    expect(x.grad).toBeInstanceOf(SparseTensor);
    const want = torch.ones(4, 2, { dtype: torch.float64 }).matmul(mat().detach().t()).mul(2);
    expect(torch.equal(x.grad!.to_dense(), want.mul(x.detach().to_dense().ne(0)))).toBe(true);
    x.grad = null;
    expect(x.grad).toBeNull();
  });
  test("sparse and dense gradients of one tensor add up, in whatever order they come", () => {
    const w = torch.ones(4, 5, { dtype: torch.float64, requires_grad: true });
    const sparseGrad = coo();
    w.register_hook((g) => g);
    for (const grads of [
      [sparseGrad, w.detach()],
      [w.detach(), sparseGrad],
    ]) {
      w.grad = null;
      for (const g of grads) w.grad = w.grad === null ? g : w.grad.is_sparse ? g.add(w.grad) : w.grad.add(g);
      expect(torch.equal(w.grad!, coo().to_dense().add(1))).toBe(true);
    }
  });
});

describe("files", () => {
  test("a file of PyTorch's with a sparse tensor is read", () => {
    const x = torch.load("test/recorded/serialization/sparse.pt") as Tensor;
    expect(String(x)).toBe(String(torch.eye(2).to_sparse()));
  });
  test("one without zip, whose numbers come after what is made of them, is read, too, and checked then", () => {
    const path = "test/recorded/serialization/layouts.legacy.pt";
    const eye = torch.eye(3);
    const all = [eye.to_sparse(), eye.to_sparse_csr(), eye.to_sparse_csc()];
    expect((torch.load(path) as Tensor[]).map(String)).toEqual(all.map(String));
    // Another place in the indices, one that is none, wherever it stands.
    const bytes = readFileSync(path);
    const places = Buffer.from(BigInt64Array.of(0n, 1n, 2n).buffer);
    const refusals: string[] = [];
    for (let at = bytes.indexOf(places); at >= 0; at = bytes.indexOf(places, at + 1)) {
      const changed = Buffer.from(bytes);
      changed[at + 8] = 9;
      try {
        // Indices that no tensor has were in the memory, too.
        expect(torch.serialization.decode<Tensor[]>(changed).map(String)).toEqual(all.map(String));
      } catch (error) {
        expect(error).toBeInstanceOf(torch.RuntimeError);
        refusals.push((error as Error).message);
      }
    }
    expect(refusals.length).toBe(6);
    expect(refusals).toContain("size is inconsistent with indices: for dim 0, size is 3 but found index 9");
  });
  test("sparse tensors are saved as PyTorch saves them, and come back as they were", () => {
    const all = [coo(), coo().coalesce(), coo().to_sparse_csr(), coo().to_sparse_csc()];
    const file = join(mkdtempSync(join(tmpdir(), "sparse-")), "all.pt");
    torch.save(all, file);
    const back = torch.load(file) as Tensor[];
    expect(back.map(String)).toEqual(all.map(String));
    expect(back.slice(0, 2).map((x) => x.is_coalesced())).toEqual([false, true]);
  });
});

describe("with the rest of the library", () => {
  let a: Tensor;
  beforeAll(() => {
    a = coo().coalesce();
  });
  const x = torch.arange(10, { dtype: torch.float64 }).view(5, 2);
  const f = (x: Tensor): Tensor => torch.sparse.mm(a, x).pow(2);
  test("functions of functions go through products", () => {
    const [batch, unit] = [torch.stack([x, x.neg()]), torch.ones_like(x)];
    expect(torch.equal(torch.vmap(f)(batch), torch.stack([f(x), f(x.neg())]))).toBe(true);
    const dense = (x: Tensor): Tensor => a.to_dense().mm(x).pow(2);
    const [value, tangent] = torch.func.jvp(f, [x], [unit]) as [Tensor, Tensor];
    const [, wanted] = torch.func.jvp(dense, [x], [unit]) as [Tensor, Tensor];
    expect(torch.allclose(value, dense(x)) && torch.allclose(tangent, wanted)).toBe(true);
    const sum =
      (g: typeof f) =>
      (x: Tensor): Tensor =>
        g(x).sum();
    expect(torch.allclose(torch.func.grad(sum(f))(x) as Tensor, torch.func.grad(sum(dense))(x) as Tensor)).toBe(true);
  });
  test("a compiled function with a sparse tensor runs as it is, and says why", () => {
    const compiled = torch.compile(f);
    for (let i = 0; i < 3; i++) expect(torch.equal(compiled(x.mul(i)), f(x.mul(i)))).toBe(true);
    expect(torch._dynamo.explain(f)(x).break_reasons[0]).toContain("it works on tensors of layout torch.sparse_coo");
  });
  test("a compiled function may bring data of any size", () => {
    const data = Float32Array.from({ length: 200_000 }, (_, i) => i);
    const compiled = torch.compile(() => torch.from_numpy(data).sum());
    for (let i = 0; i < 3; i++) expect(compiled().item()).toBe(torch.from_numpy(data).sum().item());
  });
  test("a dense result is written where the call says", () => {
    const out = torch.zeros(4, 2, { dtype: torch.float64 });
    expect(torch.mm(a, x, { out })).toBe(out);
    expect(torch.equal(out, a.to_dense().mm(x))).toBe(true);
  });
  test("a parameter is dense: what is learnt of a sparse tensor are its values", () => {
    expect(() => new torch.nn.Parameter(a)).toThrow("a tensor of layout torch.sparse_coo cannot be one here");
  });
});
