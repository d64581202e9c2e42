// Synchronous loops outside Node: do they run on, and how much memory does the process take? Run: npm run bench:outside
//   npm run bench:outside -- [--rounds 5000] [--side 1] [--minutes 60] [--json FILE] [part of a program's name]
// --minutes: how long a program may take; --json: a file for the figures. What fails, or takes 1 GiB, is told in the end.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { executablePath, resultOfPage, script } from "../test/browser/chromium.ts";
import { programs } from "../test/browser/loops.ts";
import type { Ran, Report, Wish } from "../test/browser/loops.ts";

const MOST_MIB = 1024;
const { values, positionals } = parseArgs({
  options: {
    rounds: { type: "string", default: "5000" },
    side: { type: "string", default: "1" },
    minutes: { type: "string", default: "60" },
    json: { type: "string" },
  },
  allowPositionals: true,
});
const [rounds, side, limit] = [Number(values.rounds), Number(values.side), Number(values.minutes) * 60_000];

/** MiB that the largest process below this one that was started with such a word has taken, by what Linux tells. */
function resident(word: string): number {
  let most = 0;
  const parents = new Map<string, string>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
    try {
      parents.set(pid, / \d+ /.exec(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) ./, ""))![0].trim());
    } catch {
      // It has ended.
    }
  for (const pid of parents.keys()) {
    let above: string | undefined = pid;
    while (above !== undefined && above !== String(process.pid)) above = parents.get(above);
    if (above === undefined) continue;
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(word)) continue;
      const [, kib] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
      most = Math.max(most, Number(kib ?? 0) / 1024);
    } catch {
      // It has ended.
    }
  }
  return most;
}

/** Where a program runs: the word by which its process is found, and what runs it there. */
interface Place {
  readonly word: string;
  run(wish: Wish): Promise<Report>;
}
const places: Record<string, Place> = {};
if (existsSync(executablePath)) {
  const page = await script("test/browser/loops_page.ts");
  for (const where of ["page", "worker"] as const)
    places[`Chromium, ${where}`] = {
      word: "--type=renderer",
      async run(wish) {
        const hash = `#${encodeURIComponent(JSON.stringify({ ...wish, where }))}`;
        const serve = (path: string) => (path === "/page.js" ? page : undefined);
        return (await resultOfPage<Record<"page" | "worker", Report>>(serve, {}, hash, limit))[where];
      },
    };
}
const engines = {
  Bun: ["test/engines/node_modules/bun/bin/bun"],
  Deno: ["test/engines/node_modules/deno/deno", "run", "--allow-all"],
};
for (const [name, [engine, ...options]] of Object.entries(engines))
  if (existsSync(engine))
    places[name] = {
      word: "loops_bun.ts",
      async run(wish) {
        const args = [...options, "--conditions=source", "test/browser/loops_bun.ts", JSON.stringify(wish)];
        const child = spawn(engine, args, { stdio: ["ignore", "pipe", "inherit"], timeout: limit });
        const ended = once(child, "close");
        let text = "";
        for await (const part of child.stdout) text += String(part);
        await ended;
        if (text === "") throw new Error(`no result, ended by ${child.signalCode ?? child.exitCode}`);
        return JSON.parse(text) as Report;
      },
    };

interface Figures {
  readonly program: string;
  readonly place: string;
  /** Of the process, in MiB. */
  readonly peak: number;
  /** An error as its text. */
  readonly ran: Ran | string;
}
async function measure(program: string, place: string): Promise<Figures> {
  const { word, run } = places[place];
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, resident(word))), 100);
  const report: Report = await run({ rounds, side, names: [program] }).catch((e) => ({ [program]: String(e) }));
  clearInterval(timer);
  return { program, place, peak: Math.round(peak), ran: report[program] };
}
const failed = ({ ran, peak }: Figures): boolean => typeof ran === "string" || peak >= MOST_MIB;

const figures: Figures[] = [];
for (const program of Object.keys(programs).filter((key) => key.includes(positionals.join(" "))))
  for (const place of Object.keys(places)) {
    const found = await measure(program, place);
    figures.push(found);
    if (values.json !== undefined)
      writeFileSync(values.json, `${JSON.stringify({ rounds, side, figures }, null, 1)}\n`);
    const { ran, peak } = found;
    const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
    const outcome =
      typeof ran === "string"
        ? ran
        : `${(ran.milliseconds / rounds).toFixed(3)} ms a round, ${ran.value.toPrecision(7)}, reserved ${mib(ran.reserved)}, moved out ${mib(ran.movedOut)}`;
    console.log(`${place}, ${program}: ${outcome}, peak of the process ${peak} MiB${failed(found) ? " FAILED" : ""}`);
  }

console.log(`\nPeak in MiB (ms a round), ${rounds} rounds\n`);
console.log(["| program", ...Object.keys(places)].join(" | "), "|");
console.log(`| --- |${" ---: |".repeat(Object.keys(places).length)}`);
for (const program of new Set(figures.map((f) => f.program))) {
  const cells = figures
    .filter((f) => f.program === program)
    .map(({ ran, peak }) =>
      typeof ran === "string" ? "failed" : `${peak} (${(ran.milliseconds / rounds).toFixed(1)})`,
    );
  console.log(["| " + program, ...cells].join(" | "), "|");
}
if (figures.some(failed)) {
  console.log(`\nFailed, or took ${MOST_MIB} MiB:`);
  for (const f of figures.filter(failed)) console.log(`${f.place}, ${f.program}: ${typeof f.ran === "string" ? f.ran : `${f.peak} MiB`}`); // prettier-ignore
  process.exitCode = 1;
}
