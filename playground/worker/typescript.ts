// The worker in which TypeScript programs run: one for each run, so that no program finds what another left behind.
import * as torch from "tidu";
import { digits } from "../later/digits.ts";
import type * as Library from "../later/library.ts";
import { pages } from "../later/pages.ts";
import type { ToWorker } from "../told.ts";
import { lineOf } from "./inspect.ts";
import { begin, flush, send, write } from "./output.ts";
import { follow, linesIn, reasons, STEPS, told, watchesItself } from "./recording.ts";
import type { Raised } from "./recording.ts";
import { Run } from "./viz.ts";
import type { Explanation } from "./viz.ts";

const rest = async (name: Exclude<keyof typeof Library, "torch">): Promise<object> =>
  (await import("../later/library.ts"))[name];
/** What programs may import. The rest of the library comes when it is asked for. */
const modules: Readonly<Record<string, () => object | Promise<object>>> = {
  tidu: () => torch,
  "tidu/nn": () => torch.nn,
  "tidu/nn/functional": () => torch.nn.functional,
  "tidu/optim": () => torch.optim,
  "tidu/autograd": () => torch.autograd,
  "tidu/serialization": () => torch.serialization,
  "tidu/typed": () => rest("typed"),
  // The same names; here tensors have all methods anyway.
  "tidu/lean": () => torch,
  "tidu/train": () => rest("train"),
  "tidu/data": () => rest("data"),
  "tidu/distributions": () => rest("distributions"),
  "tidu/transforms": () => rest("transforms"),
  "tidu/viz": async () => {
    await pages();
    return rest("viz");
  },
};
for (const [method, channel] of [
  ["log", "out"],
  ["info", "out"],
  ["debug", "out"],
  ["warn", "warning"],
  ["error", "error"],
] as const)
  console[method] = (...args: unknown[]) => write(channel, `${lineOf(args)}\n`);

let run: Run | null = null;
addEventListener("message", async ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "run") return start(data.source, data.records);
  await pages();
  send({ type: "page", html: run?.html() ?? "" });
});
send({ type: "ready" });
/** Comes after what the first view needs. */
const compiler = import("./compile.ts");

async function start(source: string, records: boolean): Promise<void> {
  begin();
  torch.set_warning_listener((text, category) => write("warning", `${category}: ${text}\n`));
  let raised: Raised | null = null;
  let cause: unknown = null;
  let begun = performance.now();
  try {
    const program = (await compiler).compile(source);
    const found = await load(program.imports, source);
    send({ type: "begins" });
    begun = performance.now();
    run = records && !watchesItself(source) ? new Run({ graphs: true, steps: STEPS }).start() : null;
    if (run !== null) follow(run, begun);
    await program.run((name) => found.get(name));
  } catch (error) {
    cause = error;
    raised = raisedBy(error);
  } finally {
    run?.stop();
  }
  if (raised !== null) write("error", `${raised.name}: ${raised.message}\n`);
  flush();
  const why = async (): Promise<Explanation> => (await reasons()).explain(cause instanceof Error ? cause : null);
  send({ type: "done", told: await told(run, raised, why, begun) });
}
async function load(names: readonly string[], source: string): Promise<Map<string, object>> {
  if (/\bDigits\b/.test(source)) await digits();
  const found = new Map<string, object>();
  for (const name of names) {
    const from = modules[name];
    if (from === undefined)
      throw new torch.ImportError(
        `No module named '${name}'\nHere programs can import ${Object.keys(modules).join(", ")}.`,
      );
    // As a module that was compiled would be: its names and no default.
    found.set(name, { ...(await from()), __esModule: true });
  }
  return found;
}
function raisedBy(error: unknown): Raised {
  if (!(error instanceof Error)) return { name: "Uncaught", message: lineOf([error]), frames: [] };
  return { name: error.name, message: error.message, frames: linesIn(error.stack ?? "") };
}
