// torch.viz for Python: recordings and explanations as plain data.
import { explain, explainError } from "../viz/explain/explain.ts";
import type { Explanation } from "../viz/explain/explanation.ts";
import { where_from } from "../viz/explain/explain.ts";
import { latest, Run } from "../viz/run.ts";
import type { Tensor } from "../tensor/tensor.ts";

type Told = [cause: string, line: string, lines: readonly string[], text: string];
const told = ({ cause, line, lines, text }: Explanation): Told => [cause, line, lines, text];

export const viz = {
  vizStart: (memory: number): Run => new Run({ memory }).start(),
  vizStop: (run: Run): void => run.stop(),
  vizEnter: (run: Run, name: string): void => void run.recorder.modules.push(name),
  vizExit: (run: Run): void => void run.recorder.modules.pop(),
  vizExplain: (x: Tensor | readonly Tensor[] | null): Told => told(explain(x)),
  vizExplainError: (name: string, message: string, place: string): Told =>
    told(latest.run === null ? explain() : explainError(latest.run.recorder, name, message, place)),
  vizWhereFrom: (t: Tensor): string => where_from(t),
};
