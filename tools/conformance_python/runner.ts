// Python programs, run one after the other in one interpreter, and what they showed.
import { readFileSync } from "node:fs";
import type { Python } from "../../src/python/index.ts";

/** What a program printed, warned of and raised. */
export interface Shown {
  readonly stdout: string;
  readonly warnings: readonly { readonly category: string; readonly text: string }[];
  /** `line`: the innermost of the program's own. */
  readonly exception: { readonly type: string; readonly text: string; readonly line: number } | null;
}
interface Pyodide {
  runPython(source: string): unknown;
}

const HARNESS = readFileSync(new URL("run_case.py", import.meta.url), "utf8");

export class Runner {
  private readonly runCase: (prelude: string, source: string) => string;

  constructor(python: Python) {
    this.runCase = (python.pyodide as Pyodide).runPython(`${HARNESS}\nrun_case`) as Runner["runCase"];
  }
  run(source: string, prelude = ""): Shown {
    return JSON.parse(this.runCase(prelude, source)) as Shown;
  }
}
