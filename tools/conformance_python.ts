/**
 * Runs recorded Python programs against what PyTorch printed, warned and raised.
 *   npm run conformance:python -- --data FILE_OR_DIR [--topic 01,02] [--json FILE] [--show N]
 * FILE: a behaviours.json or lessons.json. DIR: programs NAME.py with NAME.expected.txt, compared to 1e-4 relative.
 */
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { loadPython, PythonError } from "../src/python/index.ts";
import { replayProgram, replayRecorded } from "./conformance/python.ts";
import type { Recorded } from "./conformance/python.ts";

const { values: options } = parseArgs({
  options: {
    data: { type: "string" },
    topic: { type: "string", default: "" },
    json: { type: "string" },
    show: { type: "string", default: "0" },
  },
});
if (options.data === undefined) throw new Error("conformance:python: --data FILE_OR_DIR is missing");
let printed = "";
const py = await loadPython({ stdout: (text) => (printed += text), stderr: () => {} });
const run = (source: string): { stdout: string; error: PythonError | null } => {
  printed = "";
  try {
    py.run(source);
    return { stdout: printed, error: null };
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    return { stdout: printed, error };
  }
};

const topics: Record<string, { passed: number; failed: number }> = {};
const failures: { id: string; why: string }[] = [];
function count(topic: string, id: string, why: string | null): void {
  const tally = (topics[topic] ??= { passed: 0, failed: 0 });
  if (why === null) tally.passed++;
  else {
    tally.failed++;
    failures.push({ id, why });
  }
}
if (fs.statSync(options.data).isDirectory()) {
  for (const file of fs.readdirSync(options.data).filter((f) => f.endsWith(".py"))) {
    const name = path.basename(file, ".py");
    const read = (f: string): string => fs.readFileSync(path.join(options.data!, f), "utf8");
    count("programs", name, replayProgram(read(file), read(`${name}.expected.txt`), run));
  }
} else {
  const data = JSON.parse(fs.readFileSync(options.data, "utf8")) as {
    prelude?: string;
    cases?: Recorded[];
    lessons?: Recorded[];
  };
  const wanted = options.topic.split(",").filter((t) => t !== "");
  for (const c of data.cases ?? data.lessons ?? []) {
    const topic = c.topic ?? "lessons";
    if (wanted.length > 0 && !wanted.some((t) => topic.startsWith(t))) continue;
    count(topic, c.id, replayRecorded(c, data.prelude ?? "", run));
  }
}
for (const [topic, { passed, failed }] of Object.entries(topics).sort())
  console.log(`${topic.padEnd(28)}${String(passed).padStart(5)} passed${String(failed).padStart(5)} failed`);
for (const { id, why } of failures.slice(0, Number(options.show))) console.log(`\n${id}\n${why}`);
if (options.json !== undefined) fs.writeFileSync(options.json, JSON.stringify({ topics, failures }, null, 1));
