// The library calls no method that tidu/lean leaves out: it imports what is not of every day. Here those methods are taken
// from tensors, and everything recorded runs without them.
import { beforeAll, expect, test, vi } from "vitest";
import { registry } from "../../src/dispatch/declare.ts";
import { Tensor } from "../../src/index.ts";
import { readDataset } from "../../tools/conformance/reader.ts";
import { replay } from "../../tools/conformance/replay.ts";
import { floats, mixed, ofTensors } from "../samples/calls.ts";
import type { Call } from "../samples/calls.ts";
import { samples } from "../samples/index.ts";

/** What only `tidu` can do all the same, and why. */
const known: Readonly<Record<string, string>> = {
  "x.svd at src/ops/reduction/reduction.ts": "the nuclear norm, for which a norm need not bring factorizations",
};
/** Who may call them: the recorded cases and the samples themselves, and files that only `tidu` has. */
const callers = /(tools\/conformance|test|src\/ops\/methods)\//;
const met = new Map<string, Set<string>>();
let doing = "";

beforeAll(async () => {
  vi.resetModules();
  const lean = await import("../../src/lean.ts");
  const there = new Set(Object.getOwnPropertyNames(lean.Tensor.prototype));
  for (const name of Object.getOwnPropertyNames(Tensor.prototype)) {
    if (there.has(name)) continue;
    const method = Object.getOwnPropertyDescriptor(Tensor.prototype, name)!.value as (...given: unknown[]) => unknown;
    Object.defineProperty(Tensor.prototype, name, {
      get(this: Tensor) {
        const caller = new Error().stack!.split("\n")[2];
        if (!callers.test(caller)) {
          const where = `x.${name} at ${/src\/[^)]*/.exec(caller)?.[0] ?? caller}`;
          met.set(where, (met.get(where) ?? new Set()).add(doing));
        }
        return method;
      },
    });
  }
});
const offences = (): string[] =>
  [...met]
    .map(([where, ops]) => `${where}: ${[...ops].join()}`)
    .filter((text) => !Object.keys(known).some((k) => text.includes(k)));

test("the methods left out are asked for in this test", () => {
  doing = "this test";
  const x = samples["abs"]()[0][0] as Tensor;
  // As a file of the library would call it.
  Function("x", "//# sourceURL=src/ops/mine.ts\nreturn x.cumprod(0);")(x);
  expect(offences()).toEqual([expect.stringContaining("x.cumprod")]);
  met.clear();
});
test("no op with samples, nor its derivative, calls a method that tidu/lean leaves out", () => {
  for (const [call, { schema, inplaceOf }] of registry) {
    if (inplaceOf !== null) continue;
    doing = schema.name;
    for (const args of samples[schema.name]?.() ?? []) {
      const { inputs, run } = ofTensors(call as Call, args);
      const out = floats(run(...inputs)).filter((t) => t.requires_grad);
      if (out.length > 0) mixed(out).backward(null, { create_graph: true });
    }
  }
  expect(offences()).toEqual([]);
});
test("no recorded case of a layer, a loss or an optimizer calls one", () => {
  const data = readDataset("test/recorded/conformance/");
  for (const c of data.cases) {
    if (!/^(module|optim|sched)/.test(c.kind)) continue;
    doing = `${c.kind} ${c.op}`;
    replay(c, data);
  }
  expect(offences()).toEqual([]);
});
