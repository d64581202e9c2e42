/**
 * Runs recorded Python programs on tidu and counts what agrees with PyTorch.
 *   npm run conformance:python -- --data FILE_OR_DIR [--topic 01,24] [--json FILE]
 * FILE: behaviours.json or lessons.json; DIR: programs NAME.py beside NAME.expected.txt.
 */
import fs from "node:fs";
import { parseArgs } from "node:util";
import { loadPython } from "../../src/python/index.ts";
import { behaviour, readCases } from "./behaviours.ts";
import { program, readPrograms } from "./programs.ts";
import { PythonReport } from "./report.ts";
import { Runner } from "./runner.ts";

const { values: options } = parseArgs({
  options: { data: { type: "string" }, topic: { type: "string", default: "" }, json: { type: "string" } },
});
if (options.data === undefined)
  throw new Error("conformance:python: --data FILE_OR_DIR is missing: behaviours.json or a folder of programs");

const runner = new Runner(await loadPython());
const report = new PythonReport();
const topics = options.topic.split(",");
if (fs.statSync(options.data).isDirectory()) {
  for (const p of readPrograms(options.data)) report.add("programs", p.id, program(p, runner));
} else {
  for (const c of readCases(options.data))
    if (topics.some((t) => c.topic.startsWith(t))) report.add(c.topic, c.id, behaviour(c, runner));
}
console.log(String(report));
if (options.json !== undefined) fs.writeFileSync(options.json, JSON.stringify(report, null, 1));
