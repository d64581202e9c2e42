// npm run bench [-- name,name] [--sides tidu,PyTorch] [--rounds 5] [--seconds 0.4] [--before DIR] [--gpu] [--json FILE]: what
// the CPU device reaches, or the one on the GPU, beside its peers and beside another checkout of the repository. All sides take
// turns in one run; medians of the rounds. The machine may be shared: read the ratios. --json writes the figures into a file.
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { compile } from "./compile.ts";
import { distributed } from "./distributed.ts";
import type { Figures } from "./figures.ts";
import { peak } from "./peak.ts";
import type { Case, Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios/index.ts";
import { before, gpuBefore, gpuSides, sides, start } from "./side.ts";
import type { Side, Started } from "./side.ts";
import { webgpuCounts } from "./webgpu.ts";

/** What takes longer than this is measured once. */
const LONG = 1;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sides: { type: "string", default: "" },
    rounds: { type: "string", default: "5" },
    // What one measurement takes.
    seconds: { type: "string", default: "0.4" },
    before: { type: "string" },
    python: { type: "string" },
    gpu: { type: "boolean", default: false },
    json: { type: "string" },
  },
});
const [rounds, seconds] = [Number(options.rounds), Number(options.seconds)];
const wanted = options.sides.toLowerCase().split(",");
const filters = positionals.length === 0 ? [""] : positionals.join(" ").toLowerCase().split(",");
if (filters.includes("distributed")) {
  // Several processes: another kind of measurement.
  distributed(options.python);
  process.exit();
}

if (filters.includes("webgpu")) {
  await webgpuCounts();
  process.exit();
}
if (filters.includes("compile")) {
  compile();
  process.exit();
}

const label = ({ library, variant, threads }: Side): string =>
  `${[library, variant].filter((s) => s !== "").join(" ")} ${threads}T`;
const median = (xs: readonly number[]): number => xs.toSorted((a, b) => a - b)[xs.length >> 1];

/** The median of each side, or why there is none. */
async function measure(scenario: Scenario, { name }: Case, running: readonly Started[]): Promise<(number | string)[]> {
  const measured = running.map((): number[] => []);
  const missing = running.map((): string | null => null);
  for (let round = 0; round < rounds; round++)
    for (const [i, side] of running.entries()) {
      if (missing[i] !== null || measured[i][0] > LONG) continue;
      const answer =
        scenario.measure === "start" ? side.coldStart() : await side.ask({ name, measure: scenario.measure, seconds });
      if ("missing" in answer) missing[i] = answer.missing;
      else measured[i].push(answer.measured);
    }
  return running.map((_, i) => missing[i] ?? median(measured[i]));
}

const figure = (x: number): string => (x >= 100 ? x.toFixed(0) : x.toPrecision(3));
const ratio = (theirs: number, mine: number): string => `${(theirs / mine).toFixed(2)}x`;

/**
 * A row: each side's figure; ours with its ratio to PyTorch on as many threads, or to the checkout before, and to the best
 * JavaScript peer.
 */
function row({ name, show }: Case, running: readonly Started[], medians: readonly (number | string)[]): string[] {
  const pytorch = new Map<number, number>();
  const earlier = new Map<string, number>();
  const javascript: number[] = [];
  for (const [i, { library, threads }] of running.entries()) {
    const m = medians[i];
    if (typeof m === "string") continue;
    if (library === "tidu") {
      earlier.set(label(running[i]), m);
      continue;
    }
    if (library === "PyTorch") pytorch.set(threads, m);
    else javascript.push(m);
  }
  const cells = running.map((side, i) => {
    const { library, threads, variant } = side;
    const m = medians[i];
    if (typeof m === "string") return m.length > 16 ? `${m.slice(0, 15)}…` : m;
    const was = earlier.get(label({ ...side, variant: `before ${variant}`.trim() }));
    const peer = was ?? (library === "tidu" ? pytorch.get(threads) : undefined);
    return figure(show(m)) + (peer === undefined ? "" : ` ${ratio(peer, m)}`);
  });
  const [first] = medians;
  const best = javascript.length > 0 && typeof first === "number" ? [ratio(Math.min(...javascript), first)] : [];
  return [name, ...cells, ...best];
}

const running: Started[] = [];
const absent: string[] = [];
const checkout = options.before === undefined ? null : resolve(options.before);
const all = options.gpu
  ? [...gpuSides, ...(checkout === null ? [] : [gpuBefore(checkout)])]
  : [...sides, ...(checkout === null ? [] : before(checkout))];
for (const side of all.filter((s) => wanted.some((w) => label(s).toLowerCase().includes(w)))) {
  const started = await start(side);
  if (started !== null) running.push(started);
  else absent.push(`${label(side)}: not found (${side.help})`);
}
const told: { -readonly [K in keyof Figures]: Figures[K] } = {
  machine: `${cpus()[0].model}, ${cpus().length} cores`,
  node: process.version,
  load: loadavg().map((x) => Number(x.toFixed(1))),
  rounds,
  sides: running.map((side) => ({ name: label(side), version: side.hello.version })),
  tables: [],
};
console.log(
  `${cpus()[0].model}, ${cpus().length} cores; Node ${process.version}; 128-bit limit ${peak().toFixed(0)} GFLOP/s a core`,
);
for (const side of running) console.log([label(side) + ":", side.hello.version, side.hello.details ?? ""].join(" "));
for (const line of absent) console.log(line);
console.log(
  `Medians of ${rounds}; ratios to ${options.before ?? "PyTorch on as many threads"}, last to the best JavaScript peer.`,
);

for (const [key, scenario] of Object.entries(scenarios)) {
  // Of devices beside the CPU only times are measured.
  if (options.gpu && scenario.measure !== "seconds") continue;
  const cases = scenario.cases.filter((c) =>
    filters.some((filter) => key.includes(filter) || c.name.toLowerCase().includes(filter)),
  );
  if (cases.length === 0) continue;
  const hasPeer = running.some((s) => s.library !== "tidu" && s.library !== "PyTorch");
  const table = new Table({
    head: ["", ...running.map(label), ...(hasPeer ? ["to best JS"] : [])],
    colAligns: ["left", ...running.map(() => "right" as const), "right"],
    style: { head: [], border: [], compact: true },
  });
  const rows: Figures["tables"][number]["rows"][number][] = [];
  for (const c of cases) {
    const medians = await measure(scenario, c, running);
    table.push(row(c, running, medians));
    rows.push({ name: c.name, figures: medians.map((m) => (typeof m === "string" ? null : Number(c.show(m).toPrecision(3)))) }); // prettier-ignore
  }
  told.tables = [...told.tables, { title: scenario.title, unit: scenario.unit, rows }];
  console.log(`\n${scenario.title}, ${scenario.unit}\n${table.toString()}`);
}
for (const side of running) side.close();
told.load = [...told.load, ...loadavg().map((x) => Number(x.toFixed(1)))];
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(told, null, 1)}\n`);
