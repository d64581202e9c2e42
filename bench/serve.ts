// The other end of bench/side.ts in JavaScript: a process that measures its library's cases when asked, a line each.
import { createInterface } from "node:readline";
import type { Measure, Run } from "./scenario.ts";

export interface Request {
  readonly name: string;
  readonly measure: Measure;
  /** How long to measure. */
  readonly seconds: number;
}
/** What a process says of itself at the start. */
export interface Hello {
  readonly version: string;
  readonly threads: number;
  readonly details?: string;
  readonly blas?: boolean;
}
export type Answer = { readonly measured: number } | { readonly missing: string };

/** Seconds for which a case runs before it is measured. */
const WARM_UP = Number(process.env["TIDU_BENCH_WARM_UP"] ?? 1.5);
const now = (): number => performance.now() / 1e3;

/** Seconds for so many calls; every result is looked at, so that none can be left out. */
async function time(run: Run, calls: number, finish: () => void): Promise<number> {
  const start = now();
  for (let i = 0; i < calls; i++) {
    const result = run();
    if (result instanceof Promise) await result;
    else if (result === null) throw new Error("bench: no result");
  }
  finish();
  return now() - start;
}

interface Prepared {
  readonly run: Run;
  /** Seconds of a call, roughly. */
  readonly estimate: number;
}
async function warmUp(run: Run, finish: () => void): Promise<Prepared> {
  const start = now();
  let estimate = await time(run, 1, finish);
  for (let calls = 1; now() - start < WARM_UP; calls *= 2) estimate = (await time(run, calls, finish)) / calls;
  return { run, estimate };
}

/** Sets a case up; or says why the library has it not. */
export type Prepare = (name: string) => Run | string | Promise<Run | string>;

/** Answers requests until the input ends. `finish` waits for a device that works beside the program. */
export async function serve(
  hello: Hello,
  prepare: Prepare,
  peakBytes: ((name: string, inLoop: boolean) => Promise<number>) | null = null,
  finish: () => void = () => {},
): Promise<void> {
  const say = (what: unknown): void => void process.stdout.write(`${JSON.stringify(what)}\n`);
  const prepared = new Map<string, Prepared | string>();
  say(hello);
  for await (const line of createInterface({ input: process.stdin })) {
    const { name, measure, seconds } = JSON.parse(line) as Request;
    try {
      if (measure !== "seconds") {
        const inLoop = measure === "bytes in a loop";
        say((peakBytes ? { measured: await peakBytes(name, inLoop) } : { missing: "not measured" }) satisfies Answer);
        continue;
      }
      let known = prepared.get(name);
      if (known === undefined) {
        const run = await prepare(name);
        known = typeof run === "string" ? run : await warmUp(run, finish);
        prepared.set(name, known);
      }
      if (typeof known === "string") {
        say({ missing: known } satisfies Answer);
        continue;
      }
      const calls = Math.max(1, Math.round(seconds / known.estimate));
      say({ measured: (await time(known.run, calls, finish)) / calls } satisfies Answer);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      prepared.set(name, reason);
      say({ missing: reason } satisfies Answer);
    }
  }
}
