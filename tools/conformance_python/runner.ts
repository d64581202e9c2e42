// Python programs, run one after the other in one interpreter, and what they showed.
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

/** Keeps what a program changes for all from the next one. */
const HARNESS = `
import contextlib, gc, io, json, linecache, sys, traceback, warnings
import torch

def _fresh():
    torch.set_default_dtype(torch.float32)
    torch.set_grad_enabled(True)
    torch.autograd.set_detect_anomaly(False)
    torch.set_printoptions(profile="default")

def _run_case(prelude, source):
    name = "<case>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    scope, out, exception = {"__name__": "__main__"}, io.StringIO(), None
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(out):
        warnings.simplefilter("ignore")
        _fresh()
        warnings.simplefilter("always")
        try:
            exec(compile(prelude, "<prelude>", "exec"), scope)
            exec(compile(source, name, "exec"), scope)
        except BaseException as error:
            lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == name]
            line = lines[-1] if lines else getattr(error, "lineno", 0)
            exception = {"type": type(error).__name__, "text": str(error), "line": line}
    shown = [{"category": w.category.__name__, "text": str(w.message)} for w in caught]
    return json.dumps({"stdout": out.getvalue(), "warnings": shown, "exception": exception})
_run_case
`;

export class Runner {
  private readonly runCase: (prelude: string, source: string) => string;

  constructor(python: Python) {
    this.runCase = (python.pyodide as Pyodide).runPython(HARNESS) as Runner["runCase"];
  }
  run(source: string, prelude = ""): Shown {
    return JSON.parse(this.runCase(prelude, source)) as Shown;
  }
}
