// The programs of loops.ts, in a page and in a worker of it.
import { limit, runAll, wish } from "./loops.ts";
import type { Report } from "./loops.ts";

const wanted = wish();
limit(wanted);
const report = await runAll(wanted.rounds, wanted.side, wanted.names);
if (typeof document === "undefined") postMessage(report);
else {
  const worker = new Worker(`${import.meta.url}${location.hash}`, { type: "module" });
  const inWorker = await new Promise<Report | string>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data as Report);
    worker.onerror = ({ message }) => resolve(message);
  });
  (globalThis as { result?: unknown }).result = { page: report, worker: inWorker };
}
