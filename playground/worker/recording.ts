// A run recorded and told: steps, graphs, and what went wrong.
import { explain, latest } from "./viz.ts";
import type { Explanation, Run } from "./viz.ts";
import { storyOf } from "./viz.ts";
import type { Fault, Told } from "../told.ts";

/** As many steps as a page can show well; programs go on without being watched. */
export const STEPS = 3000;
const GRAPHS = 40;

/** Whether a program watches itself: two cannot at once. */
export const watchesItself = (source: string): boolean => /viz\s*\.\s*record|profiler|\brecord\(/.test(source);

/** The numbers of a program's lines in `program.ts:3` and the like, as they come. */
export const linesIn = (text: string): number[] =>
  [...text.matchAll(/program\.(?:ts|py)(?::|", line )(\d+)/g)].map(([, line]) => Number(line));

export interface Raised {
  readonly name: string;
  readonly message: string;
  readonly frames: readonly number[];
}
export function told(run: Run | null, raised: Raised | null, explained: () => Explanation, begun: number): Told {
  const milliseconds = performance.now() - begun;
  const own = run ?? latest.run;
  return {
    story: own === null ? { steps: [], tensors: {} } : storyOf(own.steps),
    graphs: own?.graphs(GRAPHS) ?? [],
    fault: raised === null ? null : faultOf(own, raised, explained),
    recorded: own === null || run === null ? "not" : own.recorder.isFull ? "beginning" : "all",
    milliseconds,
  };
}
function faultOf(run: Run | null, raised: Raised, explained: () => Explanation): Fault {
  if (run === null) return { ...raised, why: null, steps: [] };
  const { cause, lines, text } = explained();
  const { spoiled, failed } = run.recorder;
  const steps = [spoiled?.savedBy ?? -1, failed?.index ?? -1, failed?.of ?? -1].filter((step) => step >= 0);
  return { ...raised, why: { cause, lines: linesIn(lines.join("\n")), text }, steps };
}
export { explain };
