// Which tensors each function takes for `out`, and what it says of the others: as PyTorch recorded it
// (tools/record/out_arguments.py).
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { Tensor } from "../../src/index.ts";
import type { Dtype } from "../../src/index.ts";
import { make, run } from "./dtypes_taken.ts";
import type { Recorded } from "./dtypes_taken.ts";
import known from "../recorded/out_arguments_known.json" with { type: "json" };
import data from "../recorded/out_arguments.json" with { type: "json" };

/** The call as text, the function, its arguments, and what came of each tensor for `out`, by the dtype of the operands. */
type Call = readonly [string, string, readonly unknown[], Readonly<Record<string, unknown>>, Record<string, number[]>];
const calls = data.calls as unknown as readonly Call[];
const reasons = known as Readonly<Record<string, { readonly why: string; readonly differing: number }>>;
const named = torch as unknown as Record<string, Dtype>;

/** What is not there for a dtype is told by dtypes_taken.test.ts. */
function unlessMissing(f: () => unknown): unknown {
  try {
    return f();
  } catch (error) {
    if ((error as Error).name === "NotImplementedError") return null;
    throw error;
  }
}
function differences([text, name, args, kwargs, rows]: Call): string[] {
  const recorded: Recorded = [text, false, name, args, kwargs, []];
  const call = (x: Dtype, more: Readonly<Record<string, unknown>>, grad = false): unknown => {
    const operand = (kind: string, sizes: readonly number[]): unknown => {
      const t = make(kind, sizes, x, x);
      return grad && t instanceof Tensor && t.dtype.is_differentiable ? t.requires_grad_() : t;
    };
    return run(recorded, x, x, operand, more);
  };
  return Object.entries(rows).flatMap(([x, row]) => {
    const result = unlessMissing(() => call(named[x], {}));
    if (result === null) return [];
    const results = (Array.isArray(result) ? result : [result]) as Tensor[];
    const outcome = (of: (dtype: Dtype) => Tensor, grad = false): string => {
      const outs = results.map((r) => of(r.dtype));
      try {
        call(named[x], { out: result instanceof Tensor ? outs[0] : outs }, grad);
        return "-";
      } catch (error) {
        const { name: type, message } = error as Error;
        return `${type}: ${message.split("\n")[0].trimEnd()}`;
      }
    };
    const got = [
      ...data.dtypes.map((d) => outcome(() => torch.zeros([0], { dtype: named[d] }))),
      outcome((dtype) => torch.zeros([0], { dtype }), true),
      torch.no_grad(() => outcome((dtype) => torch.zeros([2], { dtype }).requires_grad_(dtype.is_differentiable))),
      outcome(() => torch.zeros([0], { dtype: torch.float64 }).requires_grad_()),
    ];
    const into = [...data.dtypes, "what needs no gradient", "another size", "what requires a gradient"];
    // Of a tensor that requires a gradient it counts whether it is written to.
    const alike = (p: string, q: string, i: number): boolean =>
      i === row.length - 1 ? (p === "-") === (q === "-") : p === q;
    return row.flatMap((place, i) =>
      alike(got[i], data.outcomes[place].trimEnd(), i)
        ? []
        : [`${x}, ${into[i]}: ${got[i]}, and not ${data.outcomes[place]}`],
    );
  });
}
/** Sentences that are no user's business. */
const INTERNAL = /^Error|RangeError|emit:|assembler:|kernel:|BigInt/;

describe("tensors for results", () => {
  const byFunction = new Map<string, Call[]>();
  for (const call of calls) byFunction.set(call[1], [...(byFunction.get(call[1]) ?? []), call]);
  test.each([...byFunction])("%s takes and refuses those that PyTorch does", (_name, all) => {
    for (const call of all) {
      const found = differences(call);
      const listed = reasons[call[0]];
      if (listed === undefined) expect(found, call[0]).toEqual([]);
      else expect(found.length, `${call[0]} is on the list of differences: ${found.join("\n")}`).toBe(listed.differing);
      expect(found.filter((line) => INTERNAL.test(line))).toEqual([]);
    }
  });
});

test("whether a factory's result requires grad is what the call says, whatever tensor is given for it", () => {
  for (const make of [torch.zeros, torch.ones, torch.rand]) {
    const out = torch.zeros([3]).requires_grad_();
    expect(() => make([3], { out })).toThrow("aten::");
    torch.no_grad(() => make([3], { out }));
    expect(out.requires_grad).toBe(false);
    make([3], { out, requires_grad: true });
    expect(out.requires_grad).toBe(true);
    expect(out.is_leaf).toBe(true);
  }
});
