// Functions at zeros, infinities, NaN, poles, branch cuts and the ends of the dtypes, held against recorded PyTorch.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

type Point = number | null | "inf" | "-inf";
/** A number, or what PyTorch gives in lanes and what alone. */
type Entry = Point | readonly [Point, Point];
type Row = readonly Entry[] | null;
/** Recorded by tools/record/edges.py. */
const { points, cases } = JSON.parse(readFileSync(new URL("../recorded/edges.json", import.meta.url), "utf8")) as {
  readonly points: {
    readonly unary: readonly Point[];
    readonly [binary: string]: readonly (Point | readonly Point[])[];
  };
  readonly cases: Readonly<Record<string, readonly Row[]>>;
};
const numberOf = (p: Point): number => (p === null ? NaN : p === "inf" ? Infinity : p === "-inf" ? -Infinity : p);

/** Entries whose right value is not PyTorch's; docs/differences.json says why. */
const differences = JSON.parse(
  readFileSync(new URL("../../docs/differences.json", import.meta.url), "utf8"),
) as readonly {
  readonly edges?: string;
}[];
const others = differences.flatMap(({ edges }) => (edges === undefined ? [] : [new RegExp(`^${edges}$`)]));
const met = new Set<RegExp>();

type Call = (...args: unknown[]) => Tensor;
const spaces = [torch.nn.functional, torch, torch.special] as unknown as readonly Record<string, Call>[];
/** Functions by what the recorded case is called: the name, then numbers that it is called with. */
function called(title: string): Call {
  const [name, option, second] = title.split(" ");
  const f = spaces.find((s) => typeof s[name] === "function")?.[name];
  if (name === "pow_of") return (z) => torch.pow(Number(option), z as Tensor);
  if (name === "polygamma") return (x) => f!(Number(option), x);
  if (name === "gelu" && option) return (x) => f!(x, { approximate: option });
  if (option === "floor" || option === "trunc") return (x, y) => f!(x, y, { rounding_mode: option });
  if (f === undefined) throw new Error(`edges: no function ${name}`);
  return (...x) => f(...x, ...(option === undefined ? [] : [Number(option)]), ...(second ? [Number(second)] : []));
}
const numbers = (t: Tensor): number[] =>
  (t.dtype.is_complex ? t.view_as_real() : t).double().reshape([-1]).tolist() as number[];

/** The values, the gradients of their sum, and for order 2 those of the first gradient's sum. */
function derivatives(f: Call, inputs: readonly Tensor[], order: number): (number[] | null)[] {
  let out = f(...inputs);
  const rows: (number[] | null)[] = [numbers(out.detach())];
  for (let n = 0; n < order && out.requires_grad; n++) {
    const grads = torch.autograd.grad(out.sum(), inputs, null, { create_graph: n + 1 < order, allow_unused: true });
    rows.push(...grads.map((g) => g && numbers(g.detach())));
    if (grads[0] === null) break;
    out = grads[0];
  }
  return rows;
}
/** Whether it is the same number to rounding, infinity or NaN. */
function agrees(got: number, want: number, dtype: string, isValue: boolean): boolean {
  if (Number.isNaN(want) || !Number.isFinite(want) || !Number.isFinite(got))
    return Object.is(got, want) || got === want;
  const single = dtype === "float32" || dtype === "complex64";
  // What underflows may be 0 or subnormal; gradients are sums of terms that may be as large as 1 and cancel.
  const least = isValue ? (single ? 1e-37 : 1e-300) : single ? 1e-6 : 1e-14;
  return Math.abs(got - want) <= (single ? 2e-5 : 1e-7) * Math.abs(want) + least;
}
const DTYPES: Readonly<Record<string, torch.Dtype>> = {
  float32: torch.float32,
  float64: torch.float64,
  complex64: torch.complex64,
  complex128: torch.complex128,
};
const LABELS = ["value", "gradient", "second"];

describe("at the edges of their domains", () => {
  for (const [title, rows] of Object.entries(cases)) {
    const [kind, dtype, ...name] = title.split(" ");
    test(title, () => {
      const at = points[kind].map((p) => [p].flat().map((x) => numberOf(x as Point)));
      const options = { dtype: DTYPES[dtype], requires_grad: kind !== "complex" };
      const flat = torch.tensor(at, { dtype: torch.float64 });
      const inputs =
        kind === "complex"
          ? [torch.view_as_complex(flat).to(options.dtype)]
          : flat.unbind(1).map((x) => x.clone().to(options.dtype).detach().requires_grad_(true));
      const got = derivatives(
        called(name.join(" ")),
        inputs,
        kind === "binary" ? Math.min(1, rows.length - 1) : rows.length - 1,
      );
      const wrong: string[] = [];
      for (const [r, row] of rows.entries()) {
        if (row === null) continue;
        const label = r === 0 ? "value" : kind === "binary" ? `gradient ${r}` : LABELS[r];
        const per = row.length / at.length;
        for (const [i, entry] of row.entries()) {
          const wanted = [entry].flat().map((x) => numberOf(x as Point));
          const found = got[r]?.[i] ?? 0;
          if (wanted.some((w) => agrees(found, w, dtype, r === 0))) continue;
          const where = `${title} ${label} at ${at[Math.floor(i / per)].join(", ")}`;
          const known = others.filter((other) => other.test(where));
          for (const other of known) met.add(other);
          if (known.length > 0) continue;
          wrong.push(`${where}${per > 1 ? ` part ${i % per}` : ""}: got ${found}, PyTorch ${wanted.join(" or ")}`);
        }
      }
      expect(wrong).toEqual([]);
    });
  }
  test("every difference that is listed was met", () => {
    expect(others.filter((other) => !met.has(other))).toEqual([]);
  });
});

test("softmax has subnormal numbers, as in PyTorch, and 0 only where those end", () => {
  const singles = torch.tensor([0, -88, -95, -100, -103, -104, -1000, -Infinity]).softmax(0);
  expect(singles.tolist()).toEqual([
    1, 6.054601485195952e-39, 5.521115949439779e-42, 3.783505853677006e-44, 1.401298464324817e-45, 0, 0, 0,
  ]);
  const doubles = torch.tensor([740, 0, -10], { dtype: torch.float64 }).softmax(0);
  expect(doubles.tolist()).toEqual([1, 4.2e-322, 0]);
});

describe("what the fuzzer found at the edges, as PyTorch 2.13 has it", () => {
  test("slopes of evenly spaced samples do not look at the sample between their neighbours", () => {
    const f = torch.tensor([1, Infinity, 2, 3, 4]);
    for (const edge_order of [1, 2])
      expect(torch.gradient(f, { edge_order })[0].tolist()).toEqual([Infinity, 0.5, -Infinity, 1, 1]);
    const placed = torch.gradient(f, { spacing: [torch.arange(5).float()] })[0].tolist();
    expect(placed).toEqual([Infinity, NaN, -Infinity, 1, 1]);
    const squares = torch.arange(5).pow(2);
    expect(torch.gradient(squares, { spacing: 2, edge_order: 2 })[0].tolist()).toEqual([0, 1, 2, 3, 4]);
  });
  test("an element at the edge of two bins is in the one that its dtype's rounding says", () => {
    expect(torch.fft.fftfreq(5, 0.5).histc(5, -2, 2).tolist()).toEqual([0, 1, 2, 2, 0]);
    expect(torch.arange(0, 1, 0.1).histc(10, 0, 1).tolist()).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });
  test("a running extreme of nothing has a gradient of nothing, along whatever dim", () => {
    const x = torch.zeros(0, 3, 1, { requires_grad: true });
    for (const { values } of [x.cummax(3), x.cummin(3)]) {
      values.sum().backward();
      expect([...x.grad!.shape]).toEqual([0, 3, 1]);
    }
  });
  test("slices scaled down lie in memory as new tensors do", () => {
    const overlapping = torch.tensor([1, 2, 3, 4, 5, 6]).as_strided([3, 4], [1, 1], 0);
    expect([overlapping.renorm(2, 0, 0.5).stride(), torch.ones(4, 3).t().renorm(2, 0, 0.5).stride()]).toEqual([
      [4, 1],
      [4, 1],
    ]);
  });
  test("one value goes where a mask says, also into the tensor that it is of", () => {
    const x = torch.tensor([1, 2]);
    x.index_put_([torch.tensor([true, false])], x.index([1]));
    expect(x.tolist()).toEqual([2, 2]);
    const one = torch.tensor([1]);
    one.index_put_([torch.tensor([true])], one);
    expect(one.tolist()).toEqual([1]);
    expect(() => one.index_put_([torch.tensor([0], { dtype: torch.int64 })], one)).toThrow("unsupported operation");
  });
});
