// The tests that are left out, and those that are known to fail, with the reasons: known.json.
import { readFileSync, writeFileSync } from "node:fs";
import type { Report } from "./report.ts";

interface Group {
  readonly why: string;
  /** `FILE::CLASS.TEST`; a `*` at the end stands for anything. */
  tests: string[];
}
interface Lists {
  readonly files: readonly string[];
  readonly leftOut: readonly Group[];
  known: Group[];
}
const FILE = new URL("known.json", import.meta.url);
const NEW = "not looked into";

export class Known {
  private readonly lists = JSON.parse(readFileSync(FILE, "utf8")) as Lists;

  /** The test files that are run when none is named. */
  get files(): readonly string[] {
    return this.lists.files;
  }
  isLeftOut(file: string, id: string): boolean {
    return has(this.lists.leftOut, `${file}::${id}`);
  }
  isKnown(file: string, id: string): boolean {
    return has(this.lists.known, `${file}::${id}`);
  }
  write(report: Report): void {
    const passed = new Set(report.passed);
    const add = report.unknown;
    for (const group of this.lists.known) group.tests = group.tests.filter((test) => !passed.has(test));
    const fresh = this.lists.known.find(({ why }) => why === NEW) ?? { why: NEW, tests: [] };
    fresh.tests = [...fresh.tests, ...add].sort();
    this.lists.known = [...this.lists.known.filter((group) => group !== fresh), fresh].filter(
      (g) => g.tests.length > 0,
    );
    writeFileSync(FILE, `${JSON.stringify(this.lists, null, 2)}\n`);
  }
}
function has(groups: readonly Group[], test: string): boolean {
  return groups.some(({ tests }) =>
    tests.some((t) => (t.endsWith("*") ? test.startsWith(t.slice(0, -1)) : t === test)),
  );
}
