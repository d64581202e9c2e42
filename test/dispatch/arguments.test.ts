import vm from "node:vm";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import { registry } from "../../src/dispatch/declare.ts";

/** The library as a program sees it that no type checker has read. */
const T = torch as unknown as Record<string, (...args: unknown[]) => Tensor>;
const x = torch.ones(3);
const X = x as unknown as Record<string, (...args: unknown[]) => Tensor>;
const { nn } = torch;

describe("a device that is not there is refused as PyTorch refuses it", () => {
  const makers: Readonly<Record<string, (device: string) => unknown>> = {
    zeros: (device) => torch.zeros(2, { device }),
    randn: (device) => torch.randn(2, { device }),
    arange: (device) => torch.arange(2, { device }),
    tensor: (device) => torch.tensor([1], { device }),
    as_tensor: (device) => torch.as_tensor([1], { device }),
    full: (device) => torch.full([2], 1, { device }),
    randint: (device) => torch.randint(2, [1], { device }),
    normal: (device) => torch.normal(0, 1, [1], { device }),
    zeros_like: (device) => torch.zeros_like(x, { device }),
    rand_like: (device) => torch.rand_like(x, { device }),
    new_zeros: (device) => x.new_zeros([2], { device }),
    "Tensor.to": (device) => x.to(device),
    "Tensor.to by name": (device) => x.to({ device }),
    "Module.to": (device) => new nn.Linear(1, 1).to(device),
    Linear: (device) => new nn.Linear(1, 1, { device }),
    LSTM: (device) => new nn.LSTM(1, 1, { device }),
    MultiheadAttention: (device) => new nn.MultiheadAttention(2, 1, { device }),
    Generator: (device) => new torch.Generator({ device }),
  };
  for (const [name, make] of Object.entries(makers))
    test(name, () => {
      expect(() => make("cuda")).toThrow(/^Torch not compiled with CUDA enabled\n/);
      expect(() => make("cuda:1")).toThrow(torch.AssertionError);
      expect(() => make("nonsense")).toThrow(
        /^Expected one of cpu, cuda, ipu, .*privateuseone device type at start of device string: nonsense$/,
      );
      expect(() => make("cpu:x")).toThrow("Invalid device string: 'cpu:x'");
      expect(() => make("")).toThrow("Device string must not be empty");
      expect(() => make("vulkan")).toThrow("not linked with support for vulkan devices");
      make("cpu");
      make("cpu:0");
    });
  test("by every op that takes one", () => {
    for (const { schema } of registry.values())
      for (const arg of schema.args) if (arg.name === "device") expect(arg.type, schema.name).toBe("device?");
  });
  test("and what is no device's name, by its type", () => {
    expect(() => T.zeros([2], { device: 3 })).toThrow("zeros(): argument 'device' must be torch.device, not int");
    expect(() => X.to(3)).toThrow("to() received an invalid combination of arguments - got (int)");
    expect(() => X.to("float32")).toThrow("to(): 'float32' is a dtype: write to(torch.float32)");
  });
});

describe("a tensor that holds one number is taken for it where PyTorch takes it", () => {
  const int = torch.tensor(2n);
  const float = torch.tensor(2);
  test("as an int: of an integer dtype, one element", () => {
    expect([...T.ones(int).shape, ...T.ones([int, 1]).shape, ...T.ones(1, int).shape]).toEqual([2, 2, 1, 1, 2]);
    expect(T.ones(4).view(int as never, -1).shape.join()).toBe("2,2"); // prettier-ignore
    expect([...X.topk(int)][0].tolist()).toEqual([1, 1]);
    expect(T.eye(torch.tensor([2n])).shape.join()).toBe("2,2");
    expect((X.split(int) as unknown as Tensor[]).map((t) => t.shape[0])).toEqual([2, 1]);
    for (const wrong of [float, torch.tensor(true), torch.tensor([1n, 2n])]) {
      expect(() => X.topk(wrong)).toThrow("topk(): argument 'k' (position 1) must be int, not Tensor");
      expect(() => T.ones(wrong)).toThrow("ones(): argument 'size' (position 1) must be tuple of ints, not Tensor");
    }
  });
  test("as a number: of no dims, not requiring grad", () => {
    expect(X.add(x, { alpha: float }).tolist()).toEqual([3, 3, 3]);
    expect(String(T.full([1], int))).toBe("tensor([2])");
    expect(String(T.full([1], float))).toBe("tensor([2.])");
    expect(torch.nn.functional.leaky_relu(x.neg(), float as never).tolist()).toEqual([-2, -2, -2]);
    expect(() => T.full([1], torch.tensor([2]))).toThrow(
      "argument 'fill_value' (position 2) must be Number, not Tensor",
    );
    expect(() => X.add(x, { alpha: torch.tensor(2, { requires_grad: true }) })).toThrow("must be Number, not Tensor");
    expect(String(T.arange(float))).toBe("tensor([0., 1.])");
    expect(String(T.arange(int))).toBe("tensor([0, 1])");
  });
  test("never as a bool", () => {
    expect(() => X.sum(0, torch.tensor(true))).toThrow("argument 'keepdim' (position 2) must be bool, not Tensor");
  });
});

describe("a bigint", () => {
  test("is an int", () => {
    expect([...T.ones(2n).shape, ...X.reshape(3n, 1n).shape]).toEqual([2, 3, 1]);
    expect(X.sum(0n).item()).toBe(3);
    expect([...X.topk(1n)][0].tolist()).toEqual([1]);
    expect(String(new nn.Linear(2n as never, 3n as never))).toContain("in_features=2, out_features=3");
    expect(x.at(0n as never).item()).toBe(1);
    expect(T.arange(3n).dtype).toBe(torch.int64);
  });
  test("beyond 64 bits is refused, never wrapped", () => {
    for (const n of [2n ** 63n, 2n ** 64n, -(2n ** 63n) - 1n]) {
      expect(() => torch.tensor(n)).toThrow("Overflow when unpacking long long");
      expect(() => torch.tensor([1n, n])).toThrow("Overflow when unpacking long long");
      expect(() => X.sum(n)).toThrow("Overflow when unpacking long long");
    }
    expect(() => X.add(2n ** 64n)).toThrow("int too big to convert");
    expect(torch.tensor([2n ** 63n - 1n, -(2n ** 63n)]).tolist()).toEqual([2n ** 63n - 1n, -(2n ** 63n)]);
    expect(torch.tensor([2n ** 64n], { dtype: torch.float32 }).item()).toBe(2 ** 64);
  });
});

describe("what was not meant is said", () => {
  test("an argument that is undefined is named", () => {
    expect(() => X.mul(undefined)).toThrow(/^mul\(\): argument 'other' \(position 1\) must be Tensor, not undefined\n/);
    expect(() => T.add(x, { other: undefined })).toThrow("argument 'other' must be Tensor, not undefined");
    expect(() => new nn.Linear(1, 1)(undefined as never)).toThrow(
      "linear(): argument 'input' (position 1) must be Tensor",
    );
    expect(() => X.add()).toThrow(
      "add() received an invalid combination of arguments - got (), but expected (Tensor other, *, Number alpha = 1)",
    );
    expect(X.sum(undefined).item()).toBe(3); // as if it were not there, where it need not be
  });
  test("options that do not exist are refused", () => {
    const unknown = (f: () => unknown): void => expect(f).toThrow("got an unexpected keyword argument");
    unknown(() => T.tensor([1], { requiresGrad: true }));
    unknown(() => T.as_tensor([1], { requiresGrad: true }));
    unknown(() => T.arange(3, { type: "int32" }));
    const unknownToAll = (f: () => unknown): void => {
      expect(f).toThrow(
        /^\w+\(\) received an invalid combination of arguments - got \(.*, seed=int\), but expected one of:\n/,
      );
      expect(f).toThrow(/\nNone of them has an argument 'seed'\.$/);
    };
    unknownToAll(() => T.randint(3, [1], { seed: 1 }));
    unknownToAll(() => T.normal(0, 1, [1], { seed: 1 }));
    unknown(() => X.to({ dtyp: torch.float64 }));
    unknown(() => new nn.Linear(1, 1).to({ dtyp: torch.float64 } as never));
    unknown(() => X.resize_([3], { format: 1 }));
    unknown(() => X.bernoulli_({ prob: 1 }));
    expect(() => T.tensor([1, 2, 3, 4], [2, 2])).toThrow("tensor() takes 1 positional argument but 2 were given");
    expect(() => T.tensor([1], true)).toThrow("tensor() takes 1 positional argument but 2 were given");
    expect(() => T.tensor([1], { dtype: "int32" })).toThrow("tensor(): argument 'dtype' must be torch.dtype, not str");
  });
  test("operators of JavaScript name the methods", () => {
    const [a, b] = [x, x] as unknown as number[];
    expect(() => a + b).toThrow(/unsupported operand.*\n.*a\.add\(b\)/);
    expect(() => a + 1).toThrow("a.add(b)");
    expect(() => a * 2).toThrow(/a Tensor with 3 elements cannot be converted to Scalar\n.*a\.mul\(b\)/);
    expect(`${x}, ${String(x)}`).toBe("tensor([1., 1., 1.]), tensor([1., 1., 1.])");
    expect((torch.tensor([3]) as unknown as number) * 2).toBe(6);
    expect(a === b).toBe(true);
  });
  test("brackets that JavaScript turns into text are refused", () => {
    const written = x as unknown as Record<string, unknown>;
    for (const key of ["1:", "0,1", "true", "tensor([True])", "1.5"]) {
      expect(() => written[key], key).toThrow("x.index([...])");
      expect(() => (written[key] = 5), key).toThrow("x.index_put_([mask], y)");
    }
    expect([written["then"], written["shapes"], written[""]]).toEqual([undefined, undefined, undefined]);
  });
  test("arrays that hold themselves end", () => {
    const direct: unknown[] = [];
    direct.push(direct);
    const later: unknown[] = [1];
    later.push(later);
    for (const data of [direct, later]) expect(() => T.tensor(data)).toThrow("too many dimensions 'list'");
  });
});

describe("numbers come in arrays", () => {
  test("of another realm, too", () => {
    const { data, options, cut } = vm.runInNewContext(
      `({ data: new Float32Array([1, 2]), options: { requires_grad: true }, cut: [1, [2n].length] })`,
    ) as { data: Float32Array; options: { requires_grad: boolean }; cut: number[] };
    expect(data instanceof Float32Array).toBe(false);
    expect(torch.tensor(data, options).requires_grad).toBe(true);
    expect(torch.zeros(2, options).requires_grad).toBe(true);
    expect(torch.tensor([data]).shape.join()).toBe("1,2");
    expect(torch.tensor(cut).tolist()).toEqual([1, 1]);
  });
  test("of every kind that JavaScript has", () => {
    const made = [
      new Int8Array([1]),
      new Uint8Array([1]),
      new Uint8ClampedArray([1]),
      new Int16Array([1]),
      new Uint16Array([65535]),
      new Int32Array([1]),
      new Uint32Array([2 ** 32 - 1]),
      new BigInt64Array([1n]),
      new BigUint64Array([2n ** 63n - 1n]),
      new Float32Array([1.5]),
      new Float64Array([1.5]),
    ].map((data) => torch.tensor(data));
    expect(made.map((t) => t.dtype.name).join()).toBe(
      "int8,uint8,uint8,int16,int32,int32,int64,int64,int64,float32,float64",
    );
    expect([made[4], made[6], made[8]].map((t) => t.item())).toEqual([65535, 2 ** 32 - 1, 2n ** 63n - 1n]);
    expect(() => torch.tensor(new BigUint64Array([2n ** 63n]))).toThrow("Overflow when unpacking long long");
    expect(torch.tensor(new Uint16Array([0x3c00]), { dtype: torch.float16 }).item()).toBe(1);
    expect(torch.tensor(new Uint32Array([7]), { dtype: torch.float32 }).item()).toBe(7);
    expect(() => T.tensor(new DataView(new ArrayBuffer(8)))).toThrow("invalid data type");
  });
  test("of pixels", () => {
    class ImageData {
      readonly width = 2;
      readonly height = 1;
      readonly data = new Uint8ClampedArray([1, 2, 3, 4, 5, 6, 7, 8]);
      get [Symbol.toStringTag](): string {
        return "ImageData";
      }
    }
    const image = torch.tensor(new ImageData());
    expect([image.dtype, image.tolist()]).toEqual([torch.uint8, [[[1, 2, 3, 4], [5, 6, 7, 8]]]]); // prettier-ignore
  });
  test("to PyTorch's old constructor, in the default dtype", () => {
    const made = (...given: unknown[]): Tensor => new torch.Tensor(...given);
    expect([String(made([1, 2])), made(2, 3).shape.join(), made().shape.join(), made([1]).dtype]).toEqual([
      "tensor([1., 2.])",
      "2,3",
      "0",
      torch.float32,
    ]);
    torch.set_default_dtype(torch.float64);
    expect([made(2, 3).dtype, made([1]).dtype]).toEqual([torch.float64, torch.float64]);
    torch.set_default_dtype(torch.float32);
    expect(() => made("a")).toThrow("new(): data must be a sequence (got str)");
    expect(() => made(-1)).toThrow("Trying to create tensor with negative dimension -1: [-1]");
  });
});

describe("random functions take their arguments by name", () => {
  test("randint", () => {
    const sizes = [
      torch.randint(9, { size: [3] }),
      torch.randint({ low: 0, high: 9, size: [3] }),
      torch.randint({ high: 9, size: [3] }),
      torch.randint(2, 9, [3]),
      T.randint(2, { high: 9, size: [3] }),
      torch.randint_like(x, 9),
      torch.randint_like(x, 2, 9),
      torch.randint_like(x, { high: 9 }),
    ].map((t) => t.shape.join());
    expect(new Set(sizes)).toEqual(new Set(["3"]));
  });
  test("normal and bernoulli_", () => {
    torch.manual_seed(0);
    expect(torch.normal(0, 1, { size: [2] }).shape.join()).toBe("2");
    expect(torch.normal({ mean: torch.zeros(3), std: 1 }).shape.join()).toBe("3");
    expect(torch.normal(0, torch.zeros(3)).tolist()).toEqual([0, 0, 0]);
    expect(torch.ones(3).bernoulli_({ p: 0 }).tolist()).toEqual([0, 0, 0]);
    expect(() => T.normal(0, 1)).toThrow(
      "normal() received an invalid combination of arguments - got (int, int), but expected one of:",
    );
  });
});

describe("a tensor keeps its own count of changes", () => {
  test("when other elements are put under it", () => {
    const t = torch.ones(2);
    t.add_(1);
    const y = torch.zeros(2);
    for (let i = 0; i < 3; i++) y.add_(1);
    t.data = y;
    expect([t._version, y._version]).toEqual([1, 3]);
    t.add_(1);
    expect([t._version, y._version, y.tolist()]).toEqual([2, 3, [4, 4]]);
  });
  test("and the graph notices what was saved before it", () => {
    const p = torch.ones(2, { requires_grad: true });
    const loss = p.mul(p).sum();
    torch.no_grad(() => p.add_(1));
    p.data = torch.zeros(2);
    expect(() => loss.backward()).toThrow("modified by an inplace operation");
  });
  test("which resize_ to the shape that it has does not raise", () => {
    const t = torch.empty(2, 3).t();
    t.resize_(3, 2);
    expect([t._version, t.stride()]).toEqual([0, [1, 3]]);
    expect(torch.empty(2, 3).t().resize_as_(torch.empty(3, 2)).stride()).toEqual([1, 3]);
  });
});

describe("what only some of PyTorch's functions take", () => {
  test("the result goes into a tensor given as out", () => {
    const [a, out] = [torch.tensor([1, 4]), torch.zeros(2)];
    expect(torch.add(a, 1, { out })).toBe(out);
    expect(out.tolist()).toEqual([2, 5]);
    expect(torch.sqrt({ input: a, out } as never).tolist()).toEqual([1, 2]);
    expect(torch.zeros(3, { out: torch.empty(0) }).tolist()).toEqual([0, 0, 0]);
    const whole = torch.zeros([4], { dtype: torch.int8 });
    expect(torch.arange(4, { out: whole } as never)).toBe(whole);
    expect(whole.tolist()).toEqual([0, 1, 2, 3]);
    const row = torch.ones(3, { requires_grad: true });
    const place = torch.zeros([], { dtype: torch.int64 });
    expect(torch.argmax(row, { out: place })).toBe(place);
    const [values, indices] = [torch.empty(2), torch.empty(2, { dtype: torch.int64 })];
    expect(torch.sort(a, { descending: true, out: [values, indices] }).values).toBe(values);
    expect([values.tolist(), indices.tolist()]).toEqual([
      [4, 1],
      [1, 0],
    ]);
    expect(torch.add(a, 1, { out: null }).tolist()).toEqual([2, 5]);
    const learnt = torch.ones(2, { requires_grad: true });
    expect(() => torch.add(learnt, 1, { out })).toThrow(
      "add(): functions with out=... arguments don't support automatic",
    );
    expect(() => torch.add(a, 1, { out: torch.zeros(2, { dtype: torch.int64 }) })).toThrow(
      "result type Float can't be cast to the desired output type Long",
    );
    expect(() => T.add(a, 1, { out: 3 })).toThrow("add(): argument 'out' must be Tensor, not int");
    expect(() => T.reshape(a, [2], { out })).toThrow("reshape() got an unexpected keyword argument 'out'");
  });
  test("NumPy's names where PyTorch takes them", () => {
    const a = torch.ones(2, 3);
    expect(T.sum(a, { axis: 1, keepdims: true }).tolist()).toEqual([[3], [3]]);
    expect(T.add({ x1: a, x2: 1 }).tolist()).toEqual(a.add(1).tolist());
    expect(T.vander({ x: torch.tensor([2]) }).tolist()).toEqual([[1]]);
    expect((T.split({ tensor: a, split_size_or_sections: [1, 1] }) as unknown as unknown[]).length).toBe(2);
    expect(() => T.sum(a, { axes: 1 })).toThrow("sum() got an unexpected keyword argument 'axes'");
  });
  test("the one layout that there is", () => {
    expect(torch.zeros(2, { layout: torch.strided }).tolist()).toEqual([0, 0]);
    expect(torch.rand_like(x, { layout: torch.strided }).shape.join()).toBe("3");
    expect(() => T.zeros(2, { layout: 1 })).toThrow("zeros(): argument 'layout' must be torch.layout, not int");
  });
});
