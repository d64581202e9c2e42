// The page's first script: the worker, which takes longest, loads while the rest of the page does.
import { kept } from "./share.ts";
import type { Language } from "./told.ts";

const scripts: Readonly<Record<Language, string>> = { ts: "typescript.js", py: "python.js" };
const workerFor = (language: Language): Worker =>
  new Worker(new URL(`./${scripts[language]}`, import.meta.url), { type: "module" });

/** Python's tells how far it has come, so that it waits for who listens. */
const begins = !location.hash.startsWith("#py=") && (location.hash.startsWith("#ts=") || kept.get("language") !== "py");
let first: Worker | null = begins ? workerFor("ts") : null;
// Who asks then makes another and hears why.
first?.addEventListener("error", () => (first = null));
/** A worker that runs programs: the one that has begun to load, for who asks first. */
export function takeWorker(language: Language): Worker {
  const worker = language === "ts" ? (first ?? workerFor("ts")) : workerFor(language);
  if (worker !== first) first?.terminate();
  first = null;
  return worker;
}
