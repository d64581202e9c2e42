import fs from "node:fs";
import { describe, expect, test } from "vitest";
import { dtypeByName } from "../../src/base/dtype.ts";
import * as torch from "../../src/index.ts";
import type { Index, Tensor } from "../../src/index.ts";

type Item =
  | readonly ["i", number]
  | readonly ["s", number | null, number | null, number | null]
  | readonly ["e"]
  | readonly ["n"]
  | readonly ["b", boolean]
  | readonly ["t", "int64", readonly number[], readonly number[]]
  | readonly ["l", readonly (number | boolean)[]];
interface Got {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  readonly view: boolean;
  readonly values: readonly number[];
  readonly node: string;
  readonly grad: readonly number[];
}
interface Failed {
  readonly error: string;
}
interface Case {
  readonly sizes: readonly number[];
  readonly perm: readonly number[] | null;
  readonly step: number;
  readonly index: readonly Item[];
  readonly value: readonly number[] | null;
  readonly get: Got | Failed;
  readonly put: { readonly values: readonly number[] } | Failed;
}
/** Recorded by tools/record/indexing.py. */
const cases = JSON.parse(fs.readFileSync(new URL("../recorded/indexing.json", import.meta.url), "utf8")) as Case[];
/** Hundreds of cases in one test, perhaps on a busy machine. */
const SLOW = 120_000;
const float64 = { dtype: torch.float64 };

function baseOf({ sizes, perm, step }: Case): Tensor {
  const n = sizes.reduce((a, b) => a * b, 1);
  let x = torch.arange(n, float64).reshape(sizes);
  if (perm !== null) x = x.permute(perm);
  return step === 1 ? x : x.slice(0, null, null, step);
}
function indexOf(item: Item): Index {
  switch (item[0]) {
    case "s":
      return torch.slice_(item[1], item[2], item[3]);
    case "e":
      return "...";
    case "n":
      return null;
    case "t":
      return torch.tensor(item[3], { dtype: dtypeByName.get(item[1])! }).reshape(item[2]);
    default:
      return item[1];
  }
}
const flat = (x: Tensor): unknown => x.reshape([-1]).tolist();
function outcome<T>(body: () => T): T | Failed {
  try {
    return body();
  } catch (e) {
    return { error: `${(e as Error).name}: ${(e as Error).message.split("\n")[0]}` };
  }
}
function get(c: Case): Got {
  const x = baseOf(c);
  const index = c.index.map(indexOf);
  const y = x.index(index);
  const leaf = x.clone().requires_grad_();
  const z = leaf.index(index);
  z.mul(torch.arange(1, z.numel() + 1, float64).reshape(z.shape))
    .sum()
    .backward();
  return {
    shape: [...y.shape],
    strides: y.stride(),
    offset: y.storage_offset(),
    view: y._is_view(),
    values: flat(y) as number[],
    node: z.grad_fn!.name(),
    grad: flat(leaf.grad!) as number[],
  };
}
function put(c: Case): { values: readonly number[] } {
  const x = baseOf(c).clone();
  const n = (c.value ?? []).reduce((a, b) => a * b, 1);
  const value =
    c.value === null
      ? -7
      : torch
          .arange(1, n + 1, float64)
          .neg()
          .reshape(c.value);
  x.index_put_(c.index.map(indexOf), value);
  return { values: flat(x) as number[] };
}
describe("what stands between brackets means what it means in PyTorch, in any mixture", () => {
  const asked = ({ sizes, perm, step, index, value }: Case): string =>
    JSON.stringify({ sizes, perm, step, index, value });
  const agrees = (found: (c: Case) => unknown, recorded: (c: Case) => unknown): void => {
    const before = torch.set_warning_listener(() => {});
    for (const c of cases)
      expect(
        outcome(() => found(c)),
        asked(c),
      ).toEqual(recorded(c));
    torch.set_warning_listener(before);
  };
  test(
    "where it is read: values, strides, whether it is a view, the node, the gradient",
    () => agrees(get, (c) => c.get),
    SLOW,
  );
  test("where it is written", () => agrees(put, (c) => c.put), SLOW);
});

describe("a tensor of no dims in an index", () => {
  test("is an int: what it gives is a view", () => {
    const x = torch.arange(4, float64);
    x.at(torch.tensor(1n)).mul_(100);
    x.at(torch.tensor(2n)).zero_();
    expect(x.tolist()).toEqual([0, 100, 0, 3]);
  });
  test("leaves the dims of other indices where they are", () => {
    const x = torch.zeros(5, 4, 6, 7);
    expect([...x.index([":", torch.tensor([0n, 1n, 2n]), ":", torch.tensor(3n)]).shape]).toEqual([5, 3, 6]);
  });
});

describe("an index that is none", () => {
  test("is refused at once, however long its text", () => {
    const x = torch.arange(5);
    for (const text of [
      " ".repeat(200_000) + "x",
      ":".repeat(200_000),
      "1".repeat(200_000) + ":",
      "1:2:3:4",
      "",
      "a:b",
    ])
      expect(() => x.index([text])).toThrow("only integers, slices (`:`), ellipsis (`...`)");
  });
  test("is named", () => {
    const x = torch.arange(5);
    expect(() => x.index([undefined as never])).toThrow("valid indices (got undefined)");
    expect(() => x.index([1.5])).toThrow("valid indices (got float)");
    expect(() => x.index(undefined as never)).toThrow(
      "index(): argument 'indices' (position 1) must be tuple of Tensors",
    );
    expect(() => x.index_put_([0], "a" as never)).toThrow("can't assign a str to a torch.LongTensor");
    expect(() => x.index_put_([0], undefined as never)).toThrow("It was given, but has no value");
  });
  test("may be a slice beyond all sizes", () => {
    expect(torch.arange(3).index(["-99999999999999999999:99999999999999999999"]).tolist()).toEqual([0, 1, 2]);
  });
});

describe("where there are no elements to look for", () => {
  const rows = torch.zeros([3, 0]);
  const columns = torch.zeros([0, 2]);
  test("no index is out of bounds", () => {
    expect(rows.index([torch.tensor([5n])]).shape.join()).toBe("1,0");
    expect(columns.index([":", torch.tensor([-7n])]).shape.join()).toBe("0,1");
    const none = torch.zeros([0], { dtype: torch.int64 });
    expect(rows.index([none, torch.tensor([9n])]).shape.join()).toBe("0");
    expect(
      rows
        .clone()
        .index_put_([torch.tensor([5n])], 1)
        .shape.join(),
    ).toBe("3,0");
  });
  test("a dim without elements has no index", () => {
    for (const wrong of [
      () => columns.index([torch.tensor([0n])]),
      () => rows.index([":", torch.tensor([0n])]),
      () => columns.clone().index_put_([torch.tensor([0n])], 1),
    ])
      expect(wrong).toThrow("index is out of bounds for dimension with size 0");
  });
});
