// Synchronous loops outside Node: do they run on, and how much memory does the process take? Run: npm run bench:outside
//   npm run bench:outside -- [--rounds 5000] [--side 1] [part of a program's name]
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { executablePath, resultOfPage, script } from "../test/browser/chromium.ts";
import { programs } from "../test/browser/loops.ts";
import type { Ran, Report } from "../test/browser/loops.ts";

const BUN = "test/engines/node_modules/bun/bin/bun";
const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "5000" }, side: { type: "string", default: "1" } },
  allowPositionals: true,
});
const [rounds, side] = [Number(values.rounds), Number(values.side)];

/** MiB of the largest process below this one that was started with such a word, by what Linux tells. */
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
      const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
      most = Math.max(most, Number(kib ?? 0) / 1024);
    } catch {
      // It has ended.
    }
  }
  return most;
}
async function watched<T>(word: string, body: () => Promise<T>): Promise<[T, peak: number]> {
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, resident(word))), 100);
  try {
    return [await body(), peak];
  } finally {
    clearInterval(timer);
  }
}
function say(where: string, name: string, ran: Ran | string, peak: number): void {
  const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  const outcome =
    typeof ran === "string"
      ? ran
      : `${(ran.milliseconds / rounds).toFixed(3)} ms a round, ${ran.value.toPrecision(7)}, reserved ${mib(ran.reserved)}, moved out ${mib(ran.movedOut)}`;
  console.log(`${where}, ${name}: ${outcome}, peak of the process ${peak.toFixed(0)} MiB`);
}

const page = await script("test/browser/loops_page.ts");
for (const name of Object.keys(programs).filter((key) => key.includes(positionals.join(" ")))) {
  const wish = JSON.stringify({ rounds, side, names: [name] });
  if (existsSync(executablePath)) {
    const [found, peak] = await watched("--type=renderer", () =>
      resultOfPage<Record<"page" | "worker", Report>>(
        (path) => (path === "/page.js" ? page : undefined),
        {},
        `#${encodeURIComponent(wish)}`,
      ),
    );
    say("page", name, found.page[name], peak);
    say("worker", name, found.worker[name], peak);
  }
  if (existsSync(BUN)) {
    const [out, peak] = await watched("loops_bun.ts", async () => {
      const child = spawn(BUN, ["--conditions=source", "test/browser/loops_bun.ts", wish], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let text = "";
      for await (const part of child.stdout) text += String(part);
      return text;
    });
    say("Bun", name, (JSON.parse(out) as Report)[name], peak);
  }
}
