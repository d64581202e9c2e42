// Recorded behaviours and lessons: short programs with what PyTorch shows for them.
import fs from "node:fs";
import { differenceOfText } from "./compare.ts";
import type { Runner, Shown } from "./runner.ts";

export interface Case {
  readonly id: string;
  readonly topic: string;
  readonly prelude: string;
  readonly source: string;
  readonly expected: Shown;
}
interface Recorded extends Omit<Shown, "exception"> {
  readonly id: string;
  readonly topic?: string;
  readonly prelude?: string;
  readonly source: string;
  readonly exception: { readonly type: string; readonly text: string; readonly line?: number } | null;
}

/** The cases of a behaviours.json or a lessons.json. */
export function readCases(file: string): Case[] {
  const data = JSON.parse(fs.readFileSync(file, "utf8")) as {
    prelude?: string;
    cases?: Recorded[];
    lessons?: Recorded[];
  };
  const cases = data.cases ?? data.lessons;
  if (cases === undefined) throw new Error(`conformance:python: ${file} has neither cases nor lessons`);
  return cases.map(({ id, topic = "lessons", prelude = data.prelude ?? "", source, stdout, warnings, exception }) => ({
    id,
    topic,
    prelude,
    source,
    expected: { stdout, warnings, exception: exception && { line: NaN, ...exception } },
  }));
}
/** Runs a case; tells what differs from PyTorch, or null. */
export function behaviour({ source, prelude, expected }: Case, runner: Runner): string | null {
  const got = runner.run(source, prelude);
  const why = differenceOfText(expected.stdout, got.stdout, RANDOM.test(source));
  const exception = describe(got.exception);
  if (expected.exception === null && got.exception !== null) return `raised ${exception}`;
  if (why !== null) return got.exception === null ? why : `${why}\nraised ${exception}`;
  if (expected.exception !== null) {
    const wanted = describe(expected.exception);
    if (got.exception === null) return `did not raise ${wanted}`;
    const { type, text, line } = expected.exception;
    if (got.exception.type !== type || differenceOfText(text, got.exception.text, false, true) !== null)
      return `expected ${wanted}\nraised   ${exception}`;
    if (!Number.isNaN(line) && line !== got.exception.line)
      return `raised at line ${got.exception.line}, not at line ${line}: ${exception}`;
  }
  const warnings = got.warnings.map((w) => `${w.category}: ${w.text}`);
  const wanted = expected.warnings
    .map((w) => `${w.category}: ${w.text}`)
    .filter((w) => !w.includes("`torch.jit.script`"));
  if (
    wanted.length !== warnings.length ||
    wanted.some((w, i) => differenceOfText(w, warnings[i], false, true) !== null)
  )
    return `expected warnings\n${wanted.join("\n")}\ngot\n${warnings.join("\n")}`;
  return null;
}
/** Numbers that went through log and cosine are PyTorch's only up to rounding. */
const RANDOM = /randn|normal|dropout|exponential|cauchy|gamma|rand_like/;
const describe = (e: Shown["exception"]): string => (e === null ? "nothing" : `${e.type}: ${e.text}`);
