// tidu/py against what CPython gave (tools/record/python_text.py).
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import * as py from "../../src/py/index.ts";

const recorded = JSON.parse(readFileSync("test/recorded/python_text.json", "utf8")) as {
  repr: [number, string][];
  quoted: [string, string][];
  floats: [number, string, string][];
  ints: [number, string, string][];
  texts: [string, string, string][];
  round: [number, number, number][];
  mod: [number, number, number][];
  slices: [number | null, number | null, number, number[]][];
  ranges: [number, number, number, number[]][];
};

test("floats, ints and texts are formatted as Python formats them", () => {
  expect(recorded.floats.map(([x, spec]) => [x, spec, py.format(x, spec, "float")])).toEqual(recorded.floats);
  expect(recorded.ints.map(([x, spec]) => [x, spec, py.format(x, spec)])).toEqual(recorded.ints);
  expect(recorded.texts.map(([x, spec]) => [x, spec, py.format(x, spec)])).toEqual(recorded.texts);
});

test("floats and texts have Python's repr", () => {
  expect(recorded.repr.map(([x]) => [x, py.repr(x, "float")])).toEqual(recorded.repr);
  expect(recorded.quoted.map(([x]) => [x, py.repr(x)])).toEqual(recorded.quoted);
});

test("round, mod, slice and range are Python's", () => {
  expect(recorded.round.map(([x, n]) => [x, n, py.round(x, n) + 0])).toEqual(
    recorded.round.map(([x, n, y]) => [x, n, y + 0]),
  );
  expect(recorded.mod.map(([a, b]) => [a, b, py.mod(a, b) + 0])).toEqual(recorded.mod);
  const items = [0, 1, 2, 3, 4, 5];
  expect(recorded.slices.map(([a, b, c]) => [a, b, c, py.slice(items, a, b, c)])).toEqual(recorded.slices);
  expect(recorded.ranges.map(([a, b, c]) => [a, b, c, py.range(a, b, c)])).toEqual(recorded.ranges);
});

test("lists, tuples, dicts, sets, None and booleans are written as Python writes them", () => {
  expect(py.repr([1, "a", null, true, [2.5]])).toBe("[1, 'a', None, True, [2.5]]");
  expect(py.repr([1, 2], "list[float]")).toBe("[1.0, 2.0]");
  expect(py.repr([1, 2], "tuple[int, float]")).toBe("(1, 2.0)");
  expect(py.repr([1], "tuple[]")).toBe("(1,)");
  expect(py.repr([[1, 1]], "list[tuple[, float]]")).toBe("[(1, 1.0)]");
  expect(py.repr({ loss: 1, step: 2 }, "{loss: float}")).toBe("{'loss': 1.0, 'step': 2}");
  expect(py.repr(new Map([[1, 2]]), "dict[, float]")).toBe("{1: 2.0}");
  expect(py.repr(new Set([1]))).toBe("{1}");
  expect(py.repr(new Set())).toBe("set()");
  expect(py.repr([torch.tensor(1)])).toBe("[tensor(1.)]");
  expect(py.str("it's")).toBe("it's");
  expect(py.format(torch.tensor(1.5), ".2f")).toBe("1.50");
  expect(py.format(torch.tensor(2n))).toBe("2");
});

test("enumerate, zip, sum, sorted, max and min are Python's", () => {
  expect([...py.enumerate("ab", 1)]).toEqual([
    [1, "a"],
    [2, "b"],
  ]);
  expect([...py.zip([1, 2, 3], "ab")]).toEqual([
    [1, "a"],
    [2, "b"],
  ]);
  expect([...py.zip()]).toEqual([]);
  expect(py.sum([1, true, 2], 10)).toBe(14);
  expect(py.sorted([10, 9, 1])).toEqual([1, 9, 10]);
  expect(py.sorted(["b", "a"], { reverse: true })).toEqual(["b", "a"]);
  expect(py.sorted([[1, 2], [1], [0, 5]])).toEqual([[0, 5], [1], [1, 2]]);
  expect(py.max(["a", "ccc", "bb"], { key: (x) => x.length })).toBe("ccc");
  expect(py.min([3, 1, 2])).toBe(1);
  expect(py.min([], { default: 7 })).toBe(7);
  expect(() => py.max([])).toThrow("max() iterable argument is empty");
});

test("values are equal by what is in them", () => {
  expect(py.equals([1, [2]], [1, [2]])).toBe(true);
  expect(py.equals([1], [1, 2])).toBe(false);
  expect(py.equals({ a: [1] }, { a: [1] })).toBe(true);
  expect(py.equals(new Map([[1, [2]]]), new Map([[1, [2]]]))).toBe(true);
  expect(py.equals(new Set([1]), new Set([2]))).toBe(false);
  expect(py.equals(torch.ones(2, 3).shape, [2, 3])).toBe(true);
});

test("a DefaultMap makes what is asked for, a Counter counts", () => {
  const groups = new py.DefaultMap<number, string[]>(() => []);
  groups.at(3).push("cat");
  expect([...groups]).toEqual([[3, ["cat"]]]);
  const counts = new py.Counter("abca");
  expect(counts.most_common(1)).toEqual([["a", 2]]);
  expect(counts.at("z")).toBe(0);
});
