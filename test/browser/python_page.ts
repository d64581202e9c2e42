// What the page of python_browser.test.ts runs: lessons on the page itself, then in a worker of it.
import { runLessons } from "./python_lesson.ts";
import type { Lesson } from "./python_lesson.ts";

const lessons = (await (await fetch("/lessons.json")).json()) as Lesson[];
const page = await runLessons(lessons);
const worker = new Worker("/worker.js", { type: "module" });
worker.postMessage(lessons);
worker.addEventListener("message", ({ data }: MessageEvent<Lesson[]>) => {
  (globalThis as { result?: PythonResult }).result = { page, worker: data };
});

/** Read by the test. */
export interface PythonResult {
  readonly page: Lesson[];
  readonly worker: Lesson[];
}
