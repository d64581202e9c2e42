// Tests of one file, in worker processes one after the other.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Result, Results } from "./results.ts";

export interface Side {
  readonly name: string;
  /** What runs `worker.py`; the test file is added. */
  readonly command: readonly string[];
}
type Said = { readonly tests: readonly string[] } | { readonly start: string } | Result;

/** A process grows with its tests, so it runs no more than these. */
const TESTS_A_PROCESS = 250;
/** To load Python, torch and the test file. */
const SECONDS_TO_LOAD = 300;

/** Adds to `results` what the tests `ids` give that are not in it yet; without `ids` all tests of the file. */
export async function runTests(
  side: Side,
  path: string,
  results: Results,
  ids: readonly string[] | undefined,
  seconds: number,
): Promise<void> {
  let all = ids;
  for (;;) {
    const left = all?.filter((id) => results.of(id) === undefined).slice(0, TESTS_A_PROCESS);
    if (left?.length === 0) break;
    const loaded = await runProcess(side, path, results, left, seconds);
    if (typeof loaded === "string") {
      console.error(`${path} does not load on ${side.name}:\n${loaded}`);
      return;
    }
    all ??= loaded;
  }
  results.end();
}

/** The tests of the file, or what was said of its not loading. */
async function runProcess(
  side: Side,
  path: string,
  results: Results,
  ids: readonly string[] | undefined,
  seconds: number,
): Promise<readonly string[] | string> {
  const [command, ...args] = side.command;
  const child = spawn(command!, [...args, path], {
    env: { ...process.env, OMP_NUM_THREADS: "1", TIDU_NUM_THREADS: "1", PYTHONDONTWRITEBYTECODE: "1" },
    detached: true,
  });
  let tail = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (tail = (tail + text).slice(-4000)));
  // A worker that died before it read them.
  child.stdin.on("error", () => undefined).end(JSON.stringify(ids ?? null));
  let tests: readonly string[] | undefined;
  let current: string | undefined;
  let isLate = false;
  const stop = (): void => {
    isLate = true;
    process.kill(-child.pid!, "SIGKILL");
  };
  let clock = setTimeout(stop, SECONDS_TO_LOAD * 1000);
  const done = new Promise<void>((end) => child.on("close", () => end()));
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("@@")) continue;
    const said = JSON.parse(line.slice(2)) as Said;
    if ("tests" in said) tests = said.tests;
    else if ("start" in said) {
      current = said.start;
      clearTimeout(clock);
      clock = setTimeout(stop, seconds * 1000);
    } else {
      results.add(said);
      current = undefined;
    }
  }
  await done;
  clearTimeout(clock);
  if (current !== undefined)
    results.add({
      id: current,
      outcome: isLate ? "time" : "crash",
      error: isLate ? `over ${seconds} s` : lastLine(tail),
    });
  return tests ?? tail;
}
const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1) ?? "";
