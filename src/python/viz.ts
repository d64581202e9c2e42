// torch.viz for Python: recordings and explanations as plain data.
import { explain, explainError } from "../viz/explain/explain.ts";
import type { Explanation } from "../viz/explain/explanation.ts";
import { where_from } from "../viz/explain/explain.ts";
import { make_dot } from "../viz/picture.ts";
import type { Picture } from "../viz/picture.ts";
import { latest, Run } from "../viz/run.ts";
import type { Tensor } from "../tensor/tensor.ts";

type Told = [cause: string, line: string, lines: readonly string[], text: string];
const told = ({ cause, line, lines, text }: Explanation): Told => [cause, line, lines, text];

export const viz = {
  vizStart: (memory: number, steps: number | null, graphs: boolean): Run =>
    new Run({ memory, steps: steps ?? Infinity, graphs }).start(),
  vizStop: (run: Run): void => run.stop(),
  vizEnter: (run: Run, name: string): void => void run.recorder.enter(name, false),
  vizExit: (run: Run): void => void run.recorder.leave(),
  vizExplain: (x: Tensor | readonly Tensor[] | null): Told => told(explain(x)),
  vizExplainError: (name: string, message: string, place: string): Told =>
    told(latest.run === null ? explain() : explainError(latest.run.recorder, name, message, place)),
  vizDot: (
    of: Tensor | readonly Tensor[],
    params: readonly (readonly [string, Tensor])[],
    show_saved: boolean,
    show_attrs: boolean,
  ): Picture => make_dot(of, { params, show_saved, show_attrs }),
  vizText: (of: Picture | Run, as: "dot" | "svg" | "html" | "text"): string => {
    if (as === "text") return String(of);
    if (as === "html") return of.html();
    return as === "svg" ? (of as Picture).svg() : (of as Picture).dot;
  },
  vizReplay(run: Run): [boolean, number] {
    const { same, compared } = run.replay();
    return [same, compared];
  },
  /** Of each step its kind, name, line and module. */
  vizSteps: (run: Run): string[][] => run.steps.map(({ kind, name, line, module }) => [kind, name, line, module]),
  vizWhereFrom: (t: Tensor): string => where_from(t),
};
