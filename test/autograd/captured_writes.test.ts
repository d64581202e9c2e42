// What PyTorch says where a function that grad or vmap runs writes in place into what it captured.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

type Said = readonly [type: string, text: string] | null;
type Case = readonly [name: string, args: readonly unknown[], ofGrad: Said, ofVmap: Said];
const cases = JSON.parse(readFileSync("test/recorded/captured_writes.json", "utf8")) as readonly Case[];

const absent = new Set(cases.map(([name]) => name).filter((name) => !(name in torch.Tensor.prototype)));
/** What changes no elements of the tensor, and is let through. */
const HARMLESS = ["detach_"];
function said(run: (f: (v: Tensor) => Tensor) => unknown, name: string, args: readonly unknown[]): Said {
  const floats = !name.startsWith("bitwise");
  const shape = name === "tril_" || name === "triu_" ? [3, 3] : [3];
  const captured = floats ? torch.full(shape, 0.5) : torch.ones(shape, { dtype: torch.int64 });
  const f = (v: Tensor): Tensor => {
    const made: Record<string, unknown> = {
      v,
      whole: v.long(),
      mask: v.gt(0),
      fixed_mask: torch.tensor([true, false, true]),
      index: torch.tensor([0n, 1n, 2n]),
    };
    const pick = (x: unknown): unknown => (Array.isArray(x) ? x.map(pick) : typeof x === "string" ? (made[x] ?? x) : x);
    (captured as unknown as Record<string, (...given: unknown[]) => unknown>)[name](...args.map(pick));
    return v.sum();
  };
  const before = captured.toString();
  try {
    run(f);
  } catch (error) {
    expect(captured.toString()).toBe(before);
    const { name: type, message } = error as Error;
    return [type, message.split("\n")[0]];
  }
  return null;
}
test("all of them are in the library", () => expect([...absent]).toEqual([]));
describe("a write into what was captured is refused in PyTorch's words", () => {
  for (const [name, args, ofGrad, ofVmap] of cases.filter(([name]) => !absent.has(name) && !HARMLESS.includes(name)))
    test(`${name}(${JSON.stringify(args).slice(1, -1)})`, () => {
      const one = torch.ones(3);
      expect(said((f) => torch.func.grad(f)(one), name, args)).toEqual(ofGrad);
      expect(said((f) => torch.func.jvp(f, [one], [one]), name, args)).toEqual(ofGrad);
      expect(said((f) => torch.func.vmap(f)(torch.ones(2, 3)), name, args)).toEqual(ofVmap);
    });
});
