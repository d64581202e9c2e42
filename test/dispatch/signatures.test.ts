// Every public function and constructor takes PyTorch's arguments, by place and by name, and refuses others.
//
// Names and places come from PyTorch (tools/record/signatures.py), functions from walking the exports: what is new is met. No
// call here gets as far as to compute: each has an argument that does not exist, or one too many.
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { registry } from "../../src/dispatch/declare.ts";
import { overloadsOf } from "../../src/dispatch/overloads.ts";
import { takesOut } from "../../src/dispatch/schema.ts";
import { formerOrder } from "../../src/dispatch/size_average.ts";

const read = (name: string): unknown => JSON.parse(readFileSync(`test/recorded/${name}.json`, "utf8"));
const recorded = read("signatures") as Record<string, string | string[]>;
/** What differs, by function, and why: arguments that it has not; "nonsense" if it takes what PyTorch does not have. Both ways. */
const known = read("signatures_known") as Record<string, { readonly names: string[]; readonly why: string }>;

type Call = (...args: unknown[]) => unknown;
interface Asked {
  readonly path: string;
  readonly call: Call;
  readonly f: unknown;
  /** PyTorch's arguments; several lists for several overloads. */
  readonly told: readonly string[];
}
const isSpace = (x: unknown): x is Record<string, unknown> => Object.prototype.toString.call(x) === "[object Module]";
const isClass = (x: unknown): x is new (...args: unknown[]) => unknown =>
  typeof x === "function" && String(x).startsWith("class");

const asked: Asked[] = [];
function walk(space: Record<string, unknown>, path: string, seen: Set<unknown>): void {
  for (const [name, f] of Object.entries(space)) {
    const at = `${path}.${name}`;
    if (isSpace(f)) walk(f, at, seen);
    if (typeof f !== "function" || seen.has(f)) continue;
    seen.add(f);
    const told = recorded[at];
    // Only PyTorch's own are compared.
    if (told !== undefined)
      asked.push({
        path: at,
        f,
        call: isClass(f) ? (...args) => new f(...args) : (f as Call),
        told: Array.isArray(told) ? told : [told],
      });
  }
}
walk(torch as unknown as Record<string, unknown>, "torch", new Set());

const messageOf = (run: () => unknown): string => {
  try {
    run();
    return "no error";
  } catch (error) {
    return String((error as Error).message).split("\n")[0];
  }
};
const namesOf = (signature: string): string[] =>
  signature
    .split(", ")
    .map((part) => part.replace(/=$/, ""))
    .filter((name) => /^\w+$/.test(name));
/** What functions of several overloads need before they look further. */
const REQUIRED: Readonly<Record<string, object>> = {
  "torch.arange": { end: 3 },
  "torch.tensor": { data: [1] },
  "torch.as_tensor": { data: [1] },
  "torch.randint": { high: 2, size: [1] },
  "torch.normal": { mean: 0, std: 1, size: [1] },
  "torch.randint_like": { input: torch.ones(1), high: 2 },
};
/** Something of no type that any argument has. */
const PROBE = Symbol("probe");

/** Python's words for what nothing is called. */
const refused = (message: string, name: string): boolean => message.includes(`unexpected keyword argument '${name}'`);

/** PyTorch's arguments that the function does not take; "nonsense" if it takes what PyTorch does not have. */
function complaints({ path, call, f, told }: Asked): string[] {
  const names = [...new Set(told.flatMap(namesOf))];
  const schema = registry.get(f)?.schema;
  const schemas = schema === undefined ? overloadsOf.get(f) : [schema];
  if (schemas !== undefined) {
    const taken = new Set(schemas.flatMap(({ args }) => args.flatMap((a) => [a.name, ...a.also])));
    if (schemas.some(takesOut)) taken.add("out");
    if (schemas.some((one) => formerOrder(one) !== null)) ["size_average", "reduce"].forEach((name) => taken.add(name));
    return names.filter((name) => !taken.has(name));
  }
  // An object at the end that is no argument by name may stand for the first one.
  const first = REQUIRED[path] ?? (names.length === 0 ? {} : { [names[0]]: PROBE });
  const found = refused(
    messageOf(() => call({ ...first, nonsense: 1 })),
    "nonsense",
  )
    ? []
    : ["nonsense"];
  return [
    ...found,
    ...names.filter((name) =>
      refused(
        messageOf(() => call({ ...first, [name]: PROBE, nonsense: 1 })),
        name,
      ),
    ),
  ];
}

test("every public function and constructor takes PyTorch's arguments by name, and refuses an unknown one", () => {
  const found = Object.fromEntries(
    asked.flatMap((one) => {
      const wrong = complaints(one);
      return wrong.length === 0 ? [] : [[one.path, wrong]];
    }),
  );
  if (process.env["RECORD"] !== undefined)
    writeFileSync(
      "test/recorded/signatures_known.json",
      JSON.stringify(
        Object.fromEntries(
          Object.entries(found).map(([path, names]) => [path, { names, why: known[path]?.why ?? "" }]),
        ),
        null,
        2,
      ),
    );
  expect(asked.length).toBeGreaterThan(700);
  expect(found).toEqual(Object.fromEntries(Object.entries(known).map(([path, { names }]) => [path, names])));
  for (const [path, { why }] of Object.entries(known)) expect(why, path).toMatch(/\w+ \w+/);
});
