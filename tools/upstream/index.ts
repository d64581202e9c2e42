/**
 * Runs PyTorch's own test files against the Python front, and counts what passes of what PyTorch passes.
 *   npm run upstream -- --tests DIR [--python PYTHON] [FILE...]
 * DIR: the folder `test` of PyTorch's sources, which are not part of this one. PYTHON: a Python that has torch (or
 * TORCH_PYTHON, or python3). FILE: test_nn, nn/test_pooling, ...; without any, those of `known.json`.
 *   --out DIR      where results are kept, by side and file; a run goes on where an earlier one ended
 *   --again        run what failed once more;  --fresh: run everything once more
 *   --limit S      seconds that a test may take (60)
 *   --causes N     how many causes are listed (40)
 *   --write        take from known.json what passes, and add to it what does not
 * Both sides run under `stand_in/`, which stands for `torch.testing._internal`: what PyTorch does not pass under it does
 * not count. Ends with 1 if a test fails that is not in `known.json`.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Known } from "./known.ts";
import { Report } from "./report.ts";
import { Results } from "./results.ts";
import { type Side, runTests } from "./run.ts";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tests: { type: "string" },
    python: { type: "string", default: process.env["TORCH_PYTHON"] ?? "python3" },
    out: { type: "string", default: join(tmpdir(), "tidu-upstream") },
    again: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    limit: { type: "string", default: "60" },
    causes: { type: "string", default: "40" },
    write: { type: "boolean", default: false },
  },
});
if (options.tests === undefined)
  throw new Error("upstream: --tests DIR is missing: the folder `test` of PyTorch's sources");
const tests = resolve(options.tests);
const internal = execFileSync(
  options.python,
  ["-c", "import os, torch; print(os.path.join(torch.__path__[0], 'testing', '_internal'), end='')"],
  { encoding: "utf8" },
);
const worker = new URL("worker.py", import.meta.url).pathname;
const cli = new URL("../../cli/index.ts", import.meta.url).pathname;
const pytorch: Side = { name: "pytorch", command: [options.python, worker, internal] };
const tidu: Side = {
  name: "tidu",
  command: [
    "node",
    "--import",
    "tsx",
    "--conditions=source",
    cli,
    "run",
    "--mount",
    tests,
    "--mount",
    internal,
    worker,
    internal,
  ],
};

const known = new Known();
const report = new Report();
for (const name of positionals.length > 0 ? positionals.map((file) => file.replace(/\.py$/, "")) : known.files) {
  const path = join(tests, `${name}.py`);
  if (!existsSync(path)) throw new Error(`upstream: there is no file ${path}`);
  const seconds = Number(options.limit);
  const theirs = new Results(join(options.out, pytorch.name, `${name}.jsonl`));
  if (!theirs.isWhole) await runTests(pytorch, path, theirs, undefined, seconds);
  const ids = theirs.passed.filter((id) => !known.isLeftOut(name, id));
  const ours = new Results(join(options.out, tidu.name, `${name}.jsonl`));
  if (options.fresh) ours.forget(() => true);
  else if (options.again) ours.forget(({ outcome }) => outcome !== "pass");
  await runTests(tidu, path, ours, ids, seconds);
  console.log(report.add(name, ids, ours, theirs.passed.length - ids.length, known));
}
console.log(report.total());
console.log(report.causes(Number(options.causes)));
if (options.write) known.write(report);
console.log(report.news(known));
if (report.unknown.length > 0 && !options.write) process.exitCode = 1;
