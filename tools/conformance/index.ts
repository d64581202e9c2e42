/**
 * Replays recorded PyTorch cases and counts what agrees.
 *   npm run conformance -- --data DIR [--kind op,error] [--filter REGEX] [--device NAME] [--narrow] [--json FILE]
 * --narrow: what was recorded in float64 is replayed in float32, for devices without float64.
 */
import fs from "node:fs";
import { parseArgs } from "node:util";
import { set_default_device } from "../../src/index.ts";
import { narrowed } from "./narrow.ts";
import { readDataset } from "./reader.ts";
import { KINDS, replay } from "./replay.ts";
import { Report } from "./report.ts";
import { useSwiftShader } from "../swiftshader.ts";

const { values: options } = parseArgs({
  options: {
    data: { type: "string" },
    kind: { type: "string", default: KINDS.join() },
    filter: { type: "string", default: "" },
    device: { type: "string", default: "cpu" },
    narrow: { type: "boolean", default: false },
    json: { type: "string" },
  },
});
if (options.data === undefined)
  throw new Error("conformance: --data DIR is missing: the folder with cases.jsonl.gz and blob.bin.gz");
const kinds = options.kind.split(",");
const unknown = kinds.filter((k) => !KINDS.includes(k));
if (unknown.length > 0) throw new Error(`conformance: no kind ${unknown.join()}; there are ${KINDS.join()}`);

if (options.device === "webgpu") {
  useSwiftShader();
  await import("../../src/devices/webgpu/index.ts");
}
const recorded = readDataset(options.data);
const data = options.narrow ? narrowed(recorded) : recorded;
const filter = new RegExp(options.filter);
const report = new Report();
for (const c of data.cases)
  if (kinds.includes(c.kind) && filter.test(c.id))
    report.add(
      c.kind,
      c.op,
      c.id,
      set_default_device(options.device, () => replay(c, data)),
    );
console.log(String(report));
if (options.json !== undefined) fs.writeFileSync(options.json, JSON.stringify(report, null, 1));
