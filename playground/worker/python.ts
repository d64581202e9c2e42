// The worker in which Python programs run. Python takes seconds to start, so it stays from run to run.
import { loadPython, PythonError } from "tidu/python";
import type { Python } from "tidu/python";
import { digits } from "../later/digits.ts";
import { pages } from "../later/pages.ts";
import type { ToWorker } from "../told.ts";
import { begin, flush, send, write } from "./output.ts";
import { follow, linesIn, reasons, STEPS, told, watchesItself } from "./recording.ts";
import type { Raised } from "./recording.ts";
import { latest } from "./viz.ts";
import type { Explanation, Run } from "./viz.ts";

/** Bytes of pyodide's files, to tell how far it is. */
const TOTAL = 12_500_000;
let loaded = 0;
const { fetch } = globalThis;
/** Counts what comes while Python starts. */
globalThis.fetch = async (...args) => {
  const response = await fetch(...args);
  const counted = response.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        loaded += chunk.byteLength;
        send({ type: "progress", text: "Loading Python", part: Math.min(0.95, loaded / TOTAL) });
        controller.enqueue(chunk);
      },
    }),
  );
  return counted === undefined ? response : new Response(counted, response);
};
const python = start();

async function start(): Promise<Python> {
  send({ type: "progress", text: "Loading Python", part: 0 });
  const [py] = await Promise.all([
    loadPython({
      indexURL: new URL("../pyodide/", import.meta.url).href,
      stdout: (text) => write("out", text),
      stderr: (text) => write("warning", text),
    }),
    digits(),
    pages(),
  ]);
  send({ type: "progress", text: "Starting Python", part: 0.97 });
  await py.run("import torch, torch.viz");
  globalThis.fetch = fetch;
  send({ type: "ready" });
  return py;
}
let run: Run | null = null;
addEventListener("message", async ({ data }: MessageEvent<ToWorker>) => {
  const py = await python;
  if (data.type === "page") return send({ type: "page", html: run?.html() ?? "" });
  begin();
  const records = data.records && !watchesItself(data.source);
  // Modules of Python's are told by its own hooks.
  if (records) await py.run(`import torch.viz as v; v._page = v.record(steps=${STEPS}, _graphs=True).__enter__()`);
  run = records ? latest.run : null;
  let raised: Raised | null = null;
  send({ type: "begins" });
  const begun = performance.now();
  if (run !== null) follow(run, begun);
  try {
    await py.run(data.source, "program.py");
  } catch (error) {
    raised = raisedBy(error);
  }
  if (records) await py.run("import torch.viz as v; v._page.__exit__()");
  flush();
  const why = async (): Promise<Explanation> => {
    const { explain, explainError } = await reasons();
    return run === null || raised === null
      ? explain()
      : explainError(run.recorder, raised.name, raised.message, `program.py:${raised.frames[0] ?? "?"}`);
  };
  send({ type: "done", told: await told(run, raised, why, begun) });
});
function raisedBy(error: unknown): Raised {
  if (!(error instanceof PythonError)) return { name: "Error", message: String(error), frames: [] };
  write("error", error.traceback);
  return { name: error.type, message: error.message, frames: linesIn(error.traceback).reverse() };
}
