// Every op, compiled: results, gradients, dtypes and strides of the eager call, to the bit. COMPILE=all tries every sample.
import { describe, expect, test } from "vitest";
import { ofTensors, sampledOps } from "../samples/calls.ts";
import { samples } from "../samples/index.ts";
import { compared } from "./equal.ts";

/** What stays eager, and why. */
const eager: Readonly<Record<string, string>> = {
  repeat_interleave: "the size of its result depends on values",
  masked_select: "the same",
  masked_scatter: "the same of what it reads",
  linalg_lu_factor: "reads whether a matrix was singular",
  embedding_bag: "reads the offsets of its bags",
  _fractional_max_pool: "reads where its windows begin",
  view_as_real: "gives a view of its argument in another dtype",
  view_as_complex: "the same",
  real: "the same",
  imag: "the same",
  conj: "gives a conjugated view of its argument",
  _conj: "the same",
  _neg_view: "the same, of the other sign",
};
const all = process.env["COMPILE"] === "all";
const tried = sampledOps({}).flatMap(([name, call]) => samples[name]!().map((args, i) => ({ name, call, args, i })));

describe("compiled", () => {
  test("is what most ops can be", () => {
    expect(tried.length).toBeGreaterThan(1000);
  });
  for (const { name, call, args, i } of tried.filter((_, k) => all || k % 9 === 0))
    test(`${name} ${i} gives what it gives eagerly`, () => {
      const { inputs, run } = ofTensors(call, args);
      const { reason, difference } = compared(run, inputs);
      expect(difference).toBeNull();
      if (!(name in eager)) expect(reason).toBeNull();
    });
});
