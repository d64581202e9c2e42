// Whether a Python program did what PyTorch did: the same text, warnings and error.
import type { PythonError } from "../../src/python/index.ts";

export interface Recorded {
  readonly id: string;
  readonly topic?: string;
  readonly source: string;
  readonly stdout: string;
  readonly warnings: readonly { readonly category: string; readonly text: string }[];
  readonly exception: { readonly type: string; readonly text: string; readonly line?: number } | null;
}
type Run = (source: string) => { stdout: string; error: PythonError | null };

/** Addresses, and where in PyTorch something lies, are no one's business. */
const normalized = (text: string): string => text.replace(/0x[0-9a-f]+/g, "0xADDR").replace(/\s+$/gm, "");
const WARNINGS = "_warned";
const MARK = "\u0001warnings ";

/** What differs, or null. */
export function replayRecorded(c: Recorded, prelude: string, run: Run): string | null {
  // Warnings are collected as the recording did: every one, in order.
  // Settings of the case before are put back.
  const reset = `import torch as _t\n_t.set_default_dtype(_t.float32); _t.set_printoptions(profile="default"); _t.autograd.set_detect_anomaly(False); _t.manual_seed(0)\n`;
  const before = `${reset}import warnings as _w, json as _j\n_c = _w.catch_warnings(record=True); ${WARNINGS} = _c.__enter__(); _w.simplefilter("always")\n`;
  const after = `\nprint(${JSON.stringify(MARK)} + _j.dumps([[w.category.__name__, str(w.message)] for w in ${WARNINGS}]))`;
  const body = `${before}${prelude}\ntry:\n    exec(compile(_source, "<program>", "exec"), globals())\nfinally:\n    ${after.trim()}\n`;
  const { stdout, error } = run(`_source = ${JSON.stringify(c.source).replace(/\u007f/g, "\\u007f")}\n${body}`);
  const at = stdout.lastIndexOf(MARK);
  const printed = at < 0 ? stdout : stdout.slice(0, at);
  const warned = at < 0 ? [] : (JSON.parse(stdout.slice(at + MARK.length)) as [string, string][]);
  const difference = differenceOfText(printed, c.stdout);
  if (difference !== null) return error === null ? difference : `${difference}\n${error.traceback}`;
  if (c.exception === null && error !== null) return `raised ${error.type}: ${error.traceback}`;
  if (c.exception !== null) {
    if (error === null) return `raised nothing, expected ${c.exception.type}: ${c.exception.text}`;
    const kind = c.exception.type.replace(/^.*\./, "");
    if (error.type !== kind || !startsAlike(error.message, c.exception.text))
      return `raised ${error.type}: ${error.message}\nexpected ${c.exception.type}: ${c.exception.text}\n${error.traceback}`;
  }
  const expected = c.warnings.filter((w) => !w.text.includes("torch.jit.script"));
  for (const [i, w] of expected.entries()) {
    const got = warned[i];
    if (got === undefined) return `no warning, expected ${w.category}: ${w.text}`;
    const text = w.text.replace(/ ?\(Triggered internally at <where>\)\.?|<where>/g, "").trim();
    if (got[0] !== w.category || !startsAlike(normalized(got[1]), normalized(text)))
      return `warned ${got[0]}: ${got[1]}\nexpected ${w.category}: ${w.text}`;
  }
  return warned.length > expected.length ? `warned ${warned[expected.length].join(": ")}, expected nothing` : null;
}
/** PyTorch's text, which lines of ours may follow. */
function startsAlike(got: string, want: string): boolean {
  const [a, b] = [normalized(got).trimEnd(), normalized(want).trimEnd()];
  return a === b || a.startsWith(`${b}\n`) || a.split("\n")[0] === b;
}
/** Line by line; errors that were printed may have lines of ours after them. Numbers may differ in the last digit shown. */
function differenceOfText(got: string, want: string): string | null {
  const [a, b] = [normalized(got), normalized(want)].map((t) => t.replace(/\n+$/, "").split("\n"));
  let i = 0;
  for (const [k, line] of b.entries()) {
    // Lines that only we have follow an error's own.
    while (i < a.length && a[i] !== line && k > 0 && isSentence(b[k - 1])) i++;
    if (a[i] !== line && !nearly(a[i] ?? "", line, 2e-4))
      return `line ${k + 1}: ${a[i] ?? "(nothing)"}\nexpected: ${line}`;
    i++;
  }
  const rest = a.slice(i).filter((line) => line !== "");
  if (rest.length > 0 && !isSentence(b.at(-1) ?? "")) return `more than expected: ${rest[0]}`;
  return null;
}
/** Whether a line may be an error's, which help of ours may follow. */
const isSentence = (line: string): boolean =>
  /^\w*(Error|Exception)\b.*: /.test(line) || (line.length > 60 && !line.includes("tensor("));
const NUMBER = /-?\d+\.\d+(?:e[+-]?\d+)?|-?\d+\.(?!\w)|-?\d+/g;
/** The same but for numbers that are off by a rounding. */
function nearly(a: string, b: string, rtol: number): boolean {
  if (a.replace(NUMBER, "#").replace(/\s+/g, " ") !== b.replace(NUMBER, "#").replace(/\s+/g, " ")) return false;
  const [x, y] = [a, b].map((t) => [...t.matchAll(NUMBER)].map((m) => m[0]));
  return x.every((s, i) => {
    if (s === y[i]) return true;
    if (!/[.e]/.test(s) || !/[.e]/.test(y[i])) return false;
    return Math.abs(Number(s) - Number(y[i])) <= rtol * Math.max(Math.abs(Number(y[i])), 1e-3);
  });
}
/** A whole training program: what it prints, numbers to 1e-4 relative. */
export function replayProgram(source: string, expected: string, run: Run): string | null {
  const { stdout, error } = run(source);
  if (error !== null) return error.traceback;
  const [a, b] = [stdout, expected].map((t) => t.trimEnd().split("\n"));
  for (const [i, line] of b.entries())
    if (a[i] !== line && !nearly(a[i] ?? "", line, 1e-4))
      return `line ${i + 1}: ${a[i] ?? "(nothing)"}\nexpected: ${line}`;
  return a.length === b.length ? null : `${a.length} lines, expected ${b.length}`;
}
