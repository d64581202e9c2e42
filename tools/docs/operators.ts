/**
 * Writes docs/operators.md: every recorded PyTorch operator, what answers to it here, dtypes, gradients and score; and
 * every case that fails, with its reason from test/recorded/conformance/known_failures.json.
 *   npm run docs:operators -- --data DIR
 */
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import * as torch from "tidu";
import prettier from "prettier";
import { lookup } from "../conformance/call.ts";
import { readDataset } from "../conformance/reader.ts";
import type { Case } from "../conformance/reader.ts";
import { KINDS, replay } from "../conformance/replay.ts";
import { Report } from "../conformance/report.ts";
import type { Outcome } from "../conformance/report.ts";

const { values: options } = parseArgs({ options: { data: { type: "string" } } });
if (options.data === undefined) throw new Error("docs:operators: --data DIR is missing");
const data = readDataset(options.data);
const reasons = JSON.parse(fs.readFileSync("test/recorded/conformance/known_failures.json", "utf8")) as Record<
  string,
  string
>;
const described = JSON.parse(fs.readFileSync(path.join(options.data, "ops.json"), "utf8")) as Record<
  string,
  { readonly autograd?: boolean } | undefined
>;

const report = new Report();
const replayed: { readonly c: Case; readonly outcome: Outcome }[] = data.cases.map((c) => {
  const outcome = replay(c, data);
  report.add(c.kind, c.op, c.id, outcome);
  return { c, outcome };
});

const KIND_NAMES: Readonly<Record<string, string>> = {
  op: "operators",
  error: "error messages",
  promotion: "promotion tables",
  module: "modules",
  module_error: "errors of modules",
  module_struct: "structure of modules",
  optim: "optimizers",
  grad_util: "clipping of gradients",
  sched: "schedulers",
  random: "random streams",
};
const summary = KINDS.filter((kind) => kind in report.kinds).map((kind) => {
  const { passed, failed, missing } = report.kinds[kind];
  const share = ((100 * passed) / (passed + failed + missing)).toFixed(1);
  return `| ${KIND_NAMES[kind] ?? kind} | ${passed} | ${failed} | ${missing} | ${share} % |`;
});

/** What a user of the library calls, or null. */
function here(op: string): string | null {
  const name = op.replace(/^Tensor\./, "");
  try {
    lookup(name);
    return `torch.${name}`;
  } catch {
    const python = /^__\w+__$/.test(name);
    if (name in torch.Tensor.prototype) return `Tensor.${name}`;
    return python ? "a method of Tensor" : null;
  }
}
const DTYPES: Readonly<Record<string, string>> = {
  float64: "f64",
  float32: "f32",
  float16: "f16",
  bfloat16: "bf16",
  int64: "i64",
  int32: "i32",
  int16: "i16",
  int8: "i8",
  uint8: "u8",
  bool: "bool",
  complex64: "c64",
  complex128: "c128",
};
const byOp = new Map<string, typeof replayed>();
for (const r of replayed) if (r.c.kind === "op") byOp.set(r.c.op, [...(byOp.get(r.c.op) ?? []), r]);
const rows = [...byOp]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([op, cases]) => {
    const passed = cases.filter(({ outcome }) => outcome.status === "passed");
    const seen = new Set(passed.flatMap(({ c }) => c.tensors.map((t) => t.dtype)));
    const dtypes = Object.keys(DTYPES).filter((d) => seen.has(d));
    const differentiable = cases.some(({ c }) => (c.grads?.length ?? 0) > 0);
    const gradient = passed.some(({ c }) => (c.grads?.length ?? 0) > 0);
    const derivative = differentiable
      ? gradient
        ? "yes"
        : "no"
      : described[op]?.autograd === true
        ? "not recorded"
        : "none";
    const name = here(op);
    return `| ${op} | ${name === null ? "missing" : name} | ${dtypes.map((d) => DTYPES[d]).join(" ")} | ${derivative} | ${passed.length}/${cases.length} |`;
  });

const failing = replayed.filter(({ outcome }) => outcome.status === "failed");
const unexplained = failing.filter(({ c }) => !(c.id in reasons));
const failures = failing.map(
  ({ c, outcome }) =>
    `- \`${c.id}\`: ${outcome.why.replaceAll("<", "&lt;")}. ${c.id in reasons ? `_${reasons[c.id]}_` : "**Not explained yet.**"}`,
);
const absent = new Map<string, number>();
for (const { c, outcome } of replayed)
  if (outcome.status === "missing") {
    const what = `${c.op}: ${outcome.why}`;
    absent.set(what, (absent.get(what) ?? 0) + 1);
  }
const missing = [...absent].sort().map(([what, n]) => `- ${what} (${n})`);

const text = `# Operators

Made by \`npm run docs:operators -- --data DIR\` from cases recorded from PyTorch 2.13's own tests; [conformance.md](conformance.md) tells how a case is judged. Dtypes are those that occur in cases that pass; integers and halves work in most ops beside them.

| kind | passed | failed | missing | |
|---|---|---|---|---|
${summary.join("\n")}

## Every operator

| PyTorch | here | dtypes | gradient | cases |
|---|---|---|---|---|
${rows.join("\n")}

## Cases that fail

${failures.join("\n")}

## Cases that cannot be replayed

${missing.join("\n")}
`;
fs.writeFileSync("docs/operators.md", await prettier.format(text, { parser: "markdown" }));
console.log(`docs/operators.md: ${rows.length} operators, ${failing.length} failing cases`);
if (unexplained.length > 0) console.log(`without a reason: ${unexplained.map(({ c }) => c.id).join(" ")}`);
