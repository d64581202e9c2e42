// What PyTorch gives where a size is 0: recorded by tools/record/empty.py.
import fs from "node:fs";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { Tensor } from "../../src/index.ts";

interface Told {
  readonly shape: readonly number[];
  readonly dtype: string;
  /** Infinities and NaN as texts; null where they are drawn. */
  readonly values: readonly (number | boolean | string)[] | null;
}
interface Case {
  readonly f: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly results?: readonly (Told | null)[];
  readonly error?: readonly [name: string, sentence: string];
  readonly grads?: readonly (Told | null)[];
  readonly gradError?: string;
}
const cases = JSON.parse(fs.readFileSync(new URL("../recorded/empty.json", import.meta.url), "utf8")) as Case[];
/** Cases that are answered otherwise, by function and sizes, and why. */
const otherwise: Readonly<Record<string, string>> = {
  "F.bilinear [[2,0],[2,3],[4,0,3],[4]]": "PyTorch cannot tell the shape of what it multiplies",
  "F.bilinear [[2,4],[2,0],[4,4,0],[4]]": "PyTorch cannot tell the shape of what it multiplies",
  "F.bilinear [[0,0],[0,3],[4,0,3],[4]]": "PyTorch cannot tell the shape of what it multiplies",
  "F.bilinear [[0,4],[0,0],[4,4,0],[4]]": "PyTorch cannot tell the shape of what it multiplies",
  "F.conv1d [[2,0,6],[4,0,3],[4]]": "PyTorch's result has no channels either, though its weight has some",
  "F.conv1d [[0,0,6],[4,0,3],[4]]": "PyTorch's result has no channels either, though its weight has some",
  'F.conv1d [[2,0,6],[4,0,3],[4],"same"]': "PyTorch's result has no channels either, though its weight has some",
  'F.conv1d [[0,0,6],[4,0,3],[4],"same"]': "PyTorch's result has no channels either, though its weight has some",
  "F.conv2d [[2,0,5,6],[4,0,3,3],[4]]": "PyTorch's result has no channels either, though its weight has some",
  "F.conv2d [[0,0,5,6],[4,0,3,3],[4]]": "PyTorch's result has no channels either, though its weight has some",
  "F.conv2d [[2,0,5,6],[1,0,3,3],1,2]": "PyTorch's result has no channels either, though its weight has some",
  "F.conv2d [[0,0,5,6],[1,0,3,3],1,2]": "PyTorch's result has no channels either, though its weight has some",
  "F.conv_transpose2d [[2,4,5,6],[4,0,3,3],[0]]": "oneDNN has no kernel without channels to make",
  "F.conv_transpose2d [[0,4,5,6],[4,0,3,3],[0]]": "oneDNN has no kernel without channels to make",
  "F.conv_transpose1d [[2,4,6],[4,0,3],2]": "oneDNN has no kernel without channels to make",
  "F.conv_transpose1d [[0,4,6],[4,0,3],2]": "oneDNN has no kernel without channels to make",
  "F.embedding_bag [[2,6],[4,0]]": "PyTorch refuses what has an empty answer",
};

function numbers(shape: readonly number[], dtype: string, seed: number): Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  if (dtype === "int64") return torch.zeros([...shape], { dtype: torch.int64 });
  if (dtype === "bool")
    return torch
      .tensor(
        Array.from({ length: n }, (_, i) => i % 2 === 0),
        { dtype: torch.bool },
      )
      .view([...shape]);
  const values = Array.from({ length: n }, (_, i) => ((i * 7 + seed * 3) % 11) / 8 + 0.125);
  return torch
    .tensor(values, { dtype: torch.float32 })
    .view([...shape])
    .requires_grad_(dtype !== "fixed");
}
const isSpec = (x: unknown): x is { shape: number[]; dtype: string } =>
  typeof x === "object" && x !== null && "shape" in x;
function told(t: Tensor | null): Told | null {
  if (t === null) return null;
  const values = (t.detach().flatten().tolist() as (number | boolean | bigint)[]).slice(0, 64);
  return {
    shape: [...t.shape],
    dtype: t.dtype.name,
    values: values.map((v) =>
      typeof v === "bigint" ? Number(v) : typeof v === "number" && !Number.isFinite(v) ? text(v) : v,
    ),
  };
}
const isOwn = (e: unknown): boolean =>
  e instanceof torch.RuntimeError || e instanceof torch.IndexError || e instanceof torch.ValueError;
const text = (v: number): string => (Number.isNaN(v) ? "nan" : v > 0 ? "inf" : "-inf");
const round = (v: number | boolean | string): unknown => (typeof v === "number" ? Number(v.toPrecision(5)) : v);
function shown(t: Told | null, drawn: boolean): string {
  if (t === null) return "none";
  return JSON.stringify([t.shape, t.dtype, drawn ? null : t.values?.map(round)]);
}
function answer(c: Case): { given: string; wanted: string }[] {
  const inputs: Tensor[] = [];
  const make = (x: unknown): unknown => {
    if (Array.isArray(x)) return x.map(make);
    if (!isSpec(x)) return x;
    const t = numbers(x.shape, x.dtype, inputs.length);
    inputs.push(t);
    return t;
  };
  const path = c.f.split(".");
  let f: unknown = path[0] === "F" ? torch.nn.functional : torch;
  for (const part of path.slice(1)) f = (f as Record<string, unknown>)[part];
  const args = c.args.map(make);
  const options = Object.fromEntries(Object.entries(c.options).map(([k, v]) => [k, make(v)]));
  if (Object.keys(options).length > 0) args.push(options);
  const list = (ts: readonly (Tensor | null)[], like: readonly (Told | null)[]): string =>
    ts.map((t, i) => shown(told(t), like[i]?.values === null)).join(" ");
  const listed = (ts: readonly (Told | null)[]): string => ts.map((t) => shown(t, t?.values === null)).join(" ");
  const wanted = c.error === undefined ? listed(c.results!) : c.error[1];
  let results: Tensor[];
  try {
    const out = (f as (...x: unknown[]) => Tensor | Tensor[])(...args);
    results = out instanceof Tensor ? [out] : [...out];
  } catch (e) {
    const given = (e as Error).message.split("\n")[0];
    // Which sentence is said of sizes that nobody meant is not worth more than this.
    if (c.error !== undefined && isOwn(e)) return [];
    return [{ given: c.error === undefined ? `${(e as Error).name}: ${given}` : given, wanted }];
  }
  const answers = [{ given: list(results, c.results ?? []), wanted }];
  const seen = results.filter((t) => t.requires_grad);
  if (c.grads === undefined || seen.length === 0) return answers;
  const total = seen.map((t) => t.sum()).reduce((a, b) => a.add(b));
  let given: string;
  try {
    const found = torch.autograd.grad(
      [total],
      inputs.filter((t) => t.requires_grad),
      undefined,
      { allow_unused: true },
    );
    given = list(found, c.grads);
  } catch (e) {
    given = `${(e as Error).name}: ${(e as Error).message.split("\n")[0]}`;
  }
  return [...answers, { given: `gradients ${given}`, wanted: `gradients ${listed(c.grads)}` }];
}
const nameOf = (c: Case): string =>
  `${c.f} ${JSON.stringify([...c.args, ...Object.values(c.options)].map((x) => (isSpec(x) ? x.shape : Array.isArray(x) && x.some(isSpec) ? x.map((y: { shape: unknown }) => y.shape) : x)))}`;

describe("where a size is 0, PyTorch's answer is given by", () => {
  for (const f of new Set(cases.map((c) => c.f)))
    test(f, () => {
      const wrong = cases
        .filter((c) => c.f === f && !(nameOf(c) in otherwise))
        .flatMap((c) =>
          answer(c)
            .filter((a) => a.given !== a.wanted)
            .map((a) => `${nameOf(c)}\n  gave ${a.given}\n  not  ${a.wanted}`),
        );
      expect(wrong.join("\n")).toBe("");
    });
  test("all but those listed, which are answered otherwise still", () => {
    const same = cases.filter((c) => nameOf(c) in otherwise && answer(c).every((a) => a.given === a.wanted));
    expect(same.map(nameOf)).toEqual([]);
  });
});

test("sizes below zero are refused where dims are repeated", () => {
  for (const size of [
    [-4, 3],
    [-2, 1, 3],
  ])
    expect(() => torch.ones(1, 3).expand(size)).toThrow("numel: integer multiplication overflow");
});
