// The score of each file, and what the failures have in common.
import type { Known } from "./known.ts";
import type { Result, Results } from "./results.ts";

const COLUMNS = ["pass", "fail", "time", "crash", "absent", "needs"] as const;
type Column = (typeof COLUMNS)[number];
type Counts = Record<Column | "left out", number>;
const none = (): Counts => ({ pass: 0, fail: 0, time: 0, crash: 0, absent: 0, needs: 0, "left out": 0 });

export class Report {
  readonly passed: string[] = [];
  /** Failures that are not in the list. */
  readonly unknown: string[] = [];
  private readonly failures: { readonly test: string; readonly result: Result }[] = [];
  private readonly sum = none();

  /** The line of a file. What needs a package that is not there, and what is left out, does not count. */
  add(file: string, ids: readonly string[], results: Results, leftOut: number, known: Known): string {
    const counts = none();
    counts["left out"] = leftOut;
    for (const id of ids) {
      const result = results.of(id) ?? { id, outcome: "absent" };
      const test = `${file}::${id}`;
      // What PyTorch runs and this side skips is not done.
      const outcome = result.outcome === "skip" ? "fail" : result.outcome;
      counts[outcome]++;
      if (outcome === "pass") this.passed.push(test);
      else if (outcome !== "needs") {
        this.failures.push({ test, result });
        if (!known.isKnown(file, id)) this.unknown.push(test);
      }
    }
    const head = this.sum.pass + this.failures.length - (ids.length - counts.needs) === 0 ? `${title()}\n` : "";
    for (const column of Object.keys(counts) as (keyof Counts)[]) this.sum[column] += counts[column];
    return head + row(file, counts);
  }
  total(): string {
    return row("total", this.sum);
  }
  /** The commonest first: their number, their text, and two tests each. */
  causes(limit: number): string {
    const groups = new Map<string, string[]>();
    for (const { test, result } of this.failures) {
      const cause = (result.error ?? result.outcome).split("\n")[0]!.replace(/\d+/g, "N").slice(0, 150);
      groups.set(cause, [...(groups.get(cause) ?? []), `${test}:${result.line ?? ""}`]);
    }
    return [...groups]
      .sort(([, a], [, b]) => b.length - a.length)
      .slice(0, limit)
      .map(
        ([cause, tests]) => `${String(tests.length).padStart(5)}  ${cause}\n         ${tests.slice(0, 2).join("  ")}`,
      )
      .join("\n");
  }
  /** What is other than known.json says. */
  news(known: Known): string {
    const fixed = this.passed.filter((test) => {
      const [file, id] = test.split("::") as [string, string];
      return known.isKnown(file, id);
    });
    return `${this.unknown.length} failures are not known${list(this.unknown)}\n${fixed.length} known failures pass${list(fixed)}`;
  }
}
const list = (tests: readonly string[]): string =>
  tests
    .slice(0, 30)
    .map((test) => `\n  ${test}`)
    .join("");
function title(): string {
  return `${"file".padEnd(34)}${[...COLUMNS, "left out"].map((c) => c.padStart(9)).join("")}    score`;
}
function row(name: string, counts: Counts): string {
  const failed = counts.fail + counts.time + counts.crash + counts.absent;
  const score = (100 * counts.pass) / Math.max(counts.pass + failed, 1);
  const cells = [...COLUMNS, "left out" as const].map((column) => String(counts[column]).padStart(9)).join("");
  return `${name.padEnd(34)}${cells}${score.toFixed(1).padStart(8)} %`;
}
