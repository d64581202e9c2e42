// What is said of arguments that do not fit: PyTorch's sentences, recorded by tools/record/refusals.py.
import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { dtypeByName } from "../../src/base/dtype.ts";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import type { DtypeName } from "../../src/base/dtype.ts";

interface Given {
  readonly dtype: DtypeName;
  readonly shape?: readonly number[];
  readonly values?: unknown;
}
interface Case {
  readonly call: readonly [name: string, ...args: readonly unknown[]];
  readonly result?: unknown;
  readonly error?: string;
}
const cases = JSON.parse(fs.readFileSync(new URL("../recorded/refusals.json", import.meta.url), "utf8")) as Case[];

function made(arg: unknown): unknown {
  const { dtype: name, shape, values } = (arg ?? {}) as Given;
  if (name === undefined) return arg;
  const dtype = dtypeByName.get(name)!;
  return shape === undefined ? torch.tensor(values as number[], { dtype }) : torch.zeros(shape, { dtype });
}
function told(result: unknown): unknown {
  if (Array.isArray(result)) return result.map(told);
  const t = result as Tensor;
  const plain = (x: unknown): unknown =>
    Array.isArray(x) ? x.map(plain) : typeof x === "bigint" ? Number(x) : x !== x ? "NaN" : x;
  return t.numel() === 0 || t.dtype.is_complex ? { shape: [...t.shape] } : plain(t.tolist());
}
type Call = (...args: unknown[]) => unknown;
function answered([name, ...args]: Case["call"]): unknown {
  const values = args.map(made);
  const [first, ...rest] = values;
  if (name === "embedding") return torch.nn.functional.embedding(rest[0] as Tensor, first as Tensor);
  const method = (first as unknown as Record<string, Call>)[name];
  return method === undefined ? (torch as unknown as Record<string, Call>)[name](...values) : method.apply(first, rest);
}

describe("arguments that do not fit are refused in PyTorch's words", () => {
  test.each(cases.map((c) => [JSON.stringify(c.call), c] as const))("%s", (_, { call, result, error }) => {
    if (error === undefined) {
      expect(told(answered(call))).toEqual(result);
      return;
    }
    let said = "a result";
    try {
      answered(call);
    } catch (e) {
      said = `${(e as Error).name}: ${(e as Error).message}`;
    }
    // Our own help stands on lines below.
    expect(said.slice(0, error.length)).toBe(error);
    expect(["", "\n"]).toContain(said.slice(error.length, error.length + 1));
  });
});
