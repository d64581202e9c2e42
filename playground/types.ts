// What the page asks the worker that knows types.
export interface Asked {
  readonly id: number;
  readonly source: string;
  readonly at: number;
}
export interface Told {
  readonly id: number;
  /** The text that it is about. */
  readonly from: number;
  readonly to: number;
  /** A name and its type; null where no name is. */
  readonly type: string | null;
  /** What is wrong there. */
  readonly faults: readonly string[];
}
let worker: Worker | null = null;
const waiting = new Map<number, (told: Told) => void>();
let count = 0;

/** What is known of a place in a program of TypeScript; the first answer takes seconds, for the checker is loaded then. */
export function typesAt(source: string, at: number): Promise<Told> {
  if (worker === null) {
    worker = new Worker(new URL("./types.js", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<Told>) => {
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
    });
  }
  const id = ++count;
  worker.postMessage({ id, source, at } satisfies Asked);
  return new Promise((resolve) => waiting.set(id, resolve));
}
