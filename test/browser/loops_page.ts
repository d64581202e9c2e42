// The programs of loops.ts, in a page and in a worker of it, or in one of them.
import { limit, runAll, wish } from "./loops.ts";
import type { Report } from "./loops.ts";

const wanted = wish();
const here = async (): Promise<Report> => {
  limit(wanted);
  return await runAll(wanted.rounds, wanted.side, wanted.names);
};
const inWorker = (): Promise<Report> => {
  const worker = new Worker(`${import.meta.url}${location.hash}`, { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data as Report);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
};
if (typeof document === "undefined") postMessage(await here());
else {
  const page = wanted.where === "worker" ? {} : await here();
  const worker = wanted.where === "page" ? {} : await inWorker();
  (globalThis as { result?: Record<"page" | "worker", Report> }).result = { page, worker };
}
