import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { dtypeByName, float32, int32, set_default_dtype } from "../../src/base/dtype.ts";
import type { Dtype, DtypeName, Scalar } from "../../src/base/dtype.ts";
import { ValueError } from "../../src/base/errors.ts";
import { get_printoptions, scalarText, set_printoptions, sizeText, tensorText } from "../../src/tensor/print.ts";
import type { Printable } from "../../src/tensor/print.ts";

// Recorded from PyTorch by tools/record/text.py, which tells the format.
type Value = number | string | boolean;
interface Case {
  shape: number[];
  dtype: DtypeName;
  values?: Value[];
  formula?: [a: number, m: number, shift: number, scale: number];
  options?: Parameters<typeof set_printoptions>[0];
  default_dtype?: DtypeName;
  requires_grad?: boolean;
  grad_fn?: string;
  text: string;
}
interface Recorded {
  cases: Case[];
  scalars: { dtype: DtypeName; value: Value; text: string }[];
  options: { set: Parameters<typeof set_printoptions>[0]; get: Record<string, unknown> }[];
}
const file = process.env.PRINT_CASES ?? new URL("../recorded/print.json", import.meta.url);
const recorded = JSON.parse(readFileSync(file, "utf8")) as Recorded;

const specials: Record<string, number> = { nan: NaN, inf: Infinity, "-inf": -Infinity };

function element(value: Value, dtype: Dtype): Scalar {
  if (dtype.name === "bool") return Boolean(value);
  if (dtype.name === "int64") return BigInt(value);
  const x = typeof value === "string" ? specials[value] : Number(value);
  return dtype.is_floating_point && dtype.name !== "float64" ? Math.fround(x) : x;
}

function printable(c: Case): Printable {
  const dtype = dtypeByName.get(c.dtype)!;
  const flat = (index: readonly number[]): number => index.reduce((n, i, d) => n * c.shape[d] + i, 0);
  const value = (i: number): Value => {
    if (c.formula === undefined) return c.values![i];
    const [a, m, shift, scale] = c.formula;
    return (((i * a) % m) + shift) * scale;
  };
  return {
    shape: c.shape,
    dtype,
    requires_grad: c.requires_grad ?? false,
    gradFn: c.grad_fn ?? null,
    at: (index) => element(value(flat(index)), dtype),
  };
}

afterEach(() => {
  set_printoptions({ profile: "default" });
  set_default_dtype(float32);
});

test("every recorded tensor prints as in PyTorch, to the letter", () => {
  expect(recorded.cases.length).toBeGreaterThan(400);
  for (const c of recorded.cases) {
    set_default_dtype(dtypeByName.get(c.default_dtype ?? "float32")!);
    set_printoptions({ profile: "default" });
    set_printoptions(c.options ?? {});
    expect(tensorText(printable(c)), JSON.stringify({ ...c, text: undefined })).toBe(c.text);
  }
});

test("scalars print as Python prints x.item()", () => {
  for (const { dtype, value, text } of recorded.scalars) {
    const d = dtypeByName.get(dtype)!;
    expect(scalarText(element(value, d), d)).toBe(text);
  }
});

test("set_printoptions keeps and resets the same options as PyTorch", () => {
  for (const step of recorded.options) {
    set_printoptions(step.set);
    const threshold = step.get.threshold === "inf" ? Infinity : step.get.threshold;
    expect(get_printoptions(), JSON.stringify(step.set)).toEqual({ ...step.get, threshold });
  }
});

test("get_printoptions gives a copy that set_printoptions takes back", () => {
  set_printoptions({ precision: 2, sci_mode: true });
  const before = get_printoptions();
  set_printoptions({ profile: "full" });
  set_printoptions(before);
  before.precision = 9;
  expect(get_printoptions()).toEqual({ precision: 2, threshold: 1000, edgeitems: 3, linewidth: 80, sci_mode: true });
});

test("options that cannot be used raise ValueError and change nothing", () => {
  const before = get_printoptions();
  expect(() => set_printoptions({ edgeitems: 5, precision: -1 })).toThrow(
    new ValueError("set_printoptions(): precision must be a non-negative integer, got -1"),
  );
  expect(() => set_printoptions({ edgeitems: 1.5 })).toThrow("edgeitems must be a non-negative integer, got 1.5");
  expect(() => set_printoptions({ precision: 1, linewidth: NaN })).toThrow("linewidth must be a number, got NaN");
  expect(() => set_printoptions({ profile: "long" as "full" })).toThrow("unknown profile 'long'");
  expect(get_printoptions()).toEqual(before);
});

test("the device comes first among the suffixes", () => {
  const t = { shape: [2], dtype: int32, requires_grad: false, gradFn: null, at: ([i]: readonly number[]) => i };
  expect(tensorText({ ...t, device: "webgpu:0" })).toBe("tensor([0, 1], device='webgpu:0', dtype=torch.int32)");
});

test("indent is the column of continuation lines", () => {
  const t = { shape: [2, 2], dtype: float32, requires_grad: false, gradFn: null, at: () => 0.5 };
  expect(tensorText(t, 2)).toBe("tensor([[0.5000, 0.5000],\n   [0.5000, 0.5000]])");
});

test("a summary reads only the elements that it shows", () => {
  let reads = 0;
  const at = () => {
    reads++;
    return 1;
  };
  tensorText({ shape: [100, 1000, 1000], dtype: float32, requires_grad: false, gradFn: null, at });
  expect(reads).toBe(6 ** 3);
});

test("sizes print as torch.Size", () => {
  expect(sizeText([])).toBe("torch.Size([])");
  expect(sizeText([3])).toBe("torch.Size([3])");
  expect(sizeText([2, 0, 3])).toBe("torch.Size([2, 0, 3])");
});
