import { existsSync, readFileSync } from "node:fs";

/** `tidu check programs...`: tells which of torch's names in Python programs are not there, by line; ends with 1 if any. */
export async function check(programs: readonly string[]): Promise<void> {
  const missing = programs.find((path) => !existsSync(path));
  if (missing !== undefined) {
    console.error(`tidu: can't open file '${missing}': [Errno 2] No such file or directory`);
    process.exitCode = 2;
    return;
  }
  const { loadPython } = await import("tidu/python");
  const files = JSON.stringify(programs.map((path) => [path, readFileSync(path, "utf8")]));
  const py = await loadPython();
  try {
    // JSON of JSON: a literal in Python, too.
    await py.run(`import json
from torch._check import report
if report(json.loads(${JSON.stringify(files)})): raise SystemExit(1)`);
  } catch (error) {
    if ((error as { type?: string }).type !== "SystemExit") throw error;
    process.exitCode = 1;
  }
}
