// A run recorded and told: steps, graphs, and what went wrong.
import type * as Explain from "../../src/viz/explain/explain.ts";
import { flush, send } from "./output.ts";
import { latest, storyOf } from "./viz.ts";
import type { Explanation, Run } from "./viz.ts";
import type { Fault, Told } from "../told.ts";

/** As many steps as a page can show well; programs go on without being watched. */
export const STEPS = 3000;
const GRAPHS = 40;
const EVERY = 100;

/** Whether a program watches itself: two cannot at once. */
export const watchesItself = (source: string): boolean =>
  /viz\s*\.\s*(record|summary)|profiler|\b(record|summary)\(/.test(source);

/** The numbers of a program's lines in `program.ts:3` and the like, as they come. */
export const linesIn = (text: string): number[] =>
  [...text.matchAll(/program\.(?:ts|py)(?::|", line )(\d+)/g)].map(([, line]) => Number(line));

export interface Raised {
  readonly name: string;
  readonly message: string;
  readonly frames: readonly number[];
}
/** What is asked for reasons comes with the first error. */
export const reasons = (): Promise<typeof Explain> => import("../../src/viz/explain/explain.ts");

/** `why` is asked only where a program raised something and was recorded. */
export async function told(
  run: Run | null,
  raised: Raised | null,
  why: () => Promise<Explanation>,
  begun: number,
): Promise<Told> {
  const now = toldBy(run, begun);
  return raised === null ? now : { ...now, fault: await faultOf(run ?? latest.run, raised, why) };
}
function toldBy(run: Run | null, begun: number): Told {
  const milliseconds = performance.now() - begun;
  const own = run ?? latest.run;
  return {
    story: own === null ? { steps: [], tensors: {} } : storyOf(own.steps),
    graphs: own?.graphs(GRAPHS) ?? [],
    fault: null,
    recorded: own === null || run === null ? "not" : own.recorder.isFull ? "beginning" : "all",
    milliseconds,
  };
}
async function faultOf(run: Run | null, raised: Raised, why: () => Promise<Explanation>): Promise<Fault> {
  if (run === null) return { ...raised, why: null, steps: [] };
  const { cause, lines, text } = await why();
  const { spoiled, failed } = run.recorder;
  const steps = [spoiled?.savedBy ?? -1, failed?.index ?? -1, failed?.of ?? -1].filter((step) => step >= 0);
  return { ...raised, why: { cause, lines: linesIn(lines.join("\n")), text }, steps };
}
/**
 * Has the page follow a run: what was recorded is sent every tenth of a second, and less often where telling it takes long, so
 * that the program has most of the time.
 */
export function follow(run: Run, begun: number): void {
  let next = begun + EVERY;
  run.recorder.follower = () => {
    const now = performance.now();
    if (now < next) return;
    flush();
    send({ type: "partly", told: toldBy(run, begun) });
    const end = performance.now();
    next = end + Math.max(EVERY, 5 * (end - now));
  };
}
