// Calls as people write them, place by place and name by name, against what PyTorch gives: results, and the first line of
// errors. The list is calls.txt; tools/record/calls.py writes each in TypeScript and records PyTorch's answer.
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";

interface Call {
  readonly python: string;
  readonly typescript: string;
  readonly gives?: unknown;
  readonly raises?: readonly [type: string, line: string];
}
const read = <T>(name: string): T => JSON.parse(readFileSync(`test/recorded/${name}.json`, "utf8")) as T;
const calls = read<Call[]>("calls");
/** What differs, by call: what comes here, and why. Both ways. */
const known = read<Record<string, { readonly gives: unknown; readonly why: string }>>("calls_known");

function shown(x: unknown): unknown {
  if (x === undefined) return null;
  if (
    x instanceof torch.Tensor ||
    x instanceof torch.nn.Module ||
    x instanceof torch.Dtype ||
    x instanceof torch.Device
  )
    return String(x);
  // Named results are lists with names; a shape is its sizes.
  if (Array.isArray(x)) return x.map(shown);
  return x;
}
const names = ["torch", "F", "nn", "x", "w", "i", "n", "m", "k", "q", "z"] as const;
function outcome(typescript: string): unknown {
  torch.manual_seed(0);
  const scope: Record<(typeof names)[number], unknown> = {
    torch,
    F: torch.nn.functional,
    nn: torch.nn,
    x: torch.arange(6).float().view(2, 3),
    w: torch.tensor([
      [0.5, -1.5, 2],
      [1, 3, -0.5],
    ]),
    i: torch
      .tensor([
        [0, 2],
        [1, 1],
      ])
      .long(),
    n: torch.tensor([0, 2, 1]).long(),
    m: torch.tensor([
      [true, false, true],
      [false, false, true],
    ]),
    k: torch
      .tensor([
        [0, 1, 2],
        [2, 1, 1],
      ])
      .long(),
    q: torch.tensor([0.5, 2, 4.5]),
    z: torch.complex(torch.tensor([1, -3]), torch.tensor([2, 0.5])),
  };
  try {
    const run = new Function(...names, `return ${typescript};`) as (...scope: unknown[]) => unknown;
    return { gives: shown(run(...names.map((name) => scope[name]))) };
  } catch (error) {
    return { raises: [(error as Error).name, (error as Error).message.split("\n")[0]] };
  }
}

test("calls give what PyTorch gives, by every way to write their arguments", () => {
  torch.set_warning_listener(() => undefined);
  const found: Record<string, { gives: unknown; why: string }> = {};
  for (const { typescript, gives, raises } of calls) {
    const here = outcome(typescript);
    const expected = raises === undefined ? { gives } : { raises };
    if (JSON.stringify(here) !== JSON.stringify(expected))
      found[typescript] = { gives: here, why: known[typescript]?.why ?? "" };
  }
  if (process.env["RECORD"] !== undefined)
    writeFileSync("test/recorded/calls_known.json", JSON.stringify(found, null, 1));
  expect(found).toEqual(known);
  for (const [call, { why }] of Object.entries(known)) expect(why, call).not.toBe("");
  expect(calls.length).toBeGreaterThan(600);
});
