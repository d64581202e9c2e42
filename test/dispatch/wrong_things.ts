// Hands every public function and constructor what it does not take, and prints as JSON how many were asked and what came that is not
// an answer in words of the library's own. A program, for in a test each of 80,000 errors would have its stack mapped to sources.
import * as torch from "../../src/index.ts";
import { isRaised } from "../../src/base/errors.ts";

type Call = (...args: unknown[]) => unknown;
const isSpace = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" &&
  x !== null &&
  (Object.prototype.toString.call(x) === "[object Module]" || Object.getPrototypeOf(x) === Object.prototype);
const isClass = (x: unknown): x is new (...args: unknown[]) => unknown =>
  typeof x === "function" && String(x).startsWith("class");

const asked: [path: string, call: Call][] = [];
const seen = new Set<unknown>();
function walk(space: Record<string, unknown>, path: string): void {
  for (const [name, f] of Object.entries(space)) {
    if ((typeof f !== "object" && typeof f !== "function") || seen.has(f)) continue;
    seen.add(f);
    const at = `${path}.${name}`;
    if (isSpace(f)) walk(f, at);
    else if (isClass(f)) asked.push([at, (...args) => new f(...args)]);
    else if (typeof f === "function") asked.push([at, f as Call]);
  }
}
walk(torch as unknown as Record<string, unknown>, "torch");

/** What is not asked, and why. */
const EXCEPT: Readonly<Record<string, string>> = {
  "torch.nn.Transformer": "44 million weights are drawn in each call; its parts are asked",
  "torch.nn.RNNBase": "abstract",
  "torch.nn.RNNCellBase": "abstract",
  "torch.serialization.SafeOpen": "made by safe_open",
  "torch.serialization.SafeOpenUrl": "made by safe_open_url",
  "torch.serialization.SafeSlice": "made by safe_open",
  "torch.assertAdaptable": "the library's own; its types do not show it",
  "torch.assertFilled": "the library's own; its types do not show it",
  "torch.lowest": "the library's own; its types do not show it",
  "torch.special.form": "the library's own; its types do not show it",
};
/** What changes how everything after it runs, or waits for the collector. */
const RULES = /\.(set_\w+|_?(enter|exit)_dual_level|use_deterministic_algorithms|manual_seed|seed)$|^torch\.cpu\./;

const wrong: Readonly<Record<string, () => unknown>> = {
  "a number": () => 3,
  "a string": () => "no/such/word",
  null: () => null,
  undefined: () => undefined,
  "an array": () => [1, "a"],
  "an empty array": () => [],
  "an object": () => ({ no: 1 }),
};
/** What stands in the other places, so that the wrong thing is looked at. */
const others: readonly (() => unknown)[] = [
  () => torch.ones(2, 2),
  () => [torch.ones(2, 2)],
  () => new torch.nn.Linear(2, 2),
];

/** The same text for the same fault. */
const faultOf = (error: unknown, kind: string): string | null => {
  if (!(error instanceof Error)) return `throws ${String(error)}, which is no error`;
  const ours: boolean = isRaised(error);
  if (!ours) return `${error.name}: ${error.message.split("\n")[0]}`;
  const sentence = error.message.replace(/\bundefined\b/g, kind === "undefined" ? "" : "undefined");
  return /\bundefined\b|\[object |\(\) =>/.test(sentence) ? error.message : null;
};

console.warn = () => {};
// Nobody reads the stacks.
delete (Error as Partial<typeof Error>).stackTraceLimit;
const part = process.argv[2] ?? "";
const found = new Map<string, string>();
const names = asked.filter(([path]) => path.includes(part) && !RULES.test(path) && EXCEPT[path] === undefined);
for (const [path, call] of names)
  for (const [kind, value] of Object.entries(wrong))
    for (let count = 1; count <= 3; count++)
      for (const other of count === 2 ? others : others.slice(0, 1))
        for (let place = 0; place < count; place++) {
          const args = Array.from({ length: count }, (_, i) => (i === place ? value() : other()));
          try {
            const result = call(...args);
            // What is refused in a promise, or when a sampler is asked for its first index.
            if (result instanceof Promise) await result;
            const { next } = (result ?? {}) as Partial<Iterator<unknown>>;
            if (typeof next === "function" && count < 3) next.call(result);
          } catch (error) {
            const fault = faultOf(error, kind);
            const key = `${path}: ${fault}`;
            if (fault !== null && !found.has(key)) found.set(key, `${kind} in place ${place + 1} of ${count}`);
          }
        }
console.log(JSON.stringify({ asked: names.length, found: Object.fromEntries(found) }, null, 1));
process.exit();
