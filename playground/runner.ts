// Programs run in workers: one a run for TypeScript, one that stays for Python. Stopping is ending the worker.
import { takeWorker } from "./start.ts";
import type { Channel, FromWorker, Language, Told, ToWorker } from "./told.ts";

export interface Listener {
  printed(channel: Channel, text: string): void;
  progress(text: string, part: number): void;
  /** What was recorded by now of a program that goes on. */
  partly(told: Told): void;
  done(told: Told): void;
  /** Ended from outside, or by the engine. */
  ended(why: string): void;
}

export class Runner {
  private readonly listener: Listener;
  private worker: { readonly language: Language; readonly worker: Worker; used: boolean } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private limit = 0;
  private wantsPage: ((html: string) => void) | null = null;

  constructor(listener: Listener) {
    this.listener = listener;
  }
  /** Has a worker ready before it is needed. */
  prepare(language: Language): void {
    if (this.worker?.language === language && (!this.worker.used || language === "py")) return;
    this.worker?.worker.terminate();
    const worker = takeWorker(language);
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      if (this.worker?.worker === worker) this.hear(data);
    });
    worker.addEventListener("error", (event) => {
      if (this.worker?.worker === worker) this.end(event.message || "The worker ended.");
    });
    this.worker = { language, worker, used: false };
  }
  /** Ends after so many seconds; 0 for never. */
  run(language: Language, source: string, limit: number): void {
    this.prepare(language);
    this.worker!.used = true;
    this.post({ type: "run", source, records: true });
    this.limit = limit;
  }
  stop(why = "Stopped."): void {
    this.end(why);
  }
  /** The recorded run as a page of its own; empty if there is none. */
  page(): Promise<string> {
    if (this.worker === null) return Promise.resolve("");
    this.post({ type: "page" });
    return new Promise((resolve) => (this.wantsPage = resolve));
  }
  private post(message: ToWorker): void {
    this.worker!.worker.postMessage(message);
  }
  private hear(data: FromWorker): void {
    if (data.type === "out") for (const [channel, text] of data.pieces) this.listener.printed(channel, text);
    else if (data.type === "progress") this.listener.progress(data.text, data.part);
    else if (data.type === "begins") this.begin();
    else if (data.type === "page") this.wantsPage?.(data.html);
    else if (data.type === "ready") this.listener.progress("", 1);
    else if (data.type === "partly") this.listener.partly(data.told);
    else {
      clearTimeout(this.timer);
      this.listener.done(data.told);
    }
  }
  private begin(): void {
    const { limit } = this;
    clearTimeout(this.timer);
    if (limit > 0) this.timer = setTimeout(() => this.end(`Stopped after ${limit} s.`), limit * 1000);
  }
  private end(why: string): void {
    clearTimeout(this.timer);
    this.worker?.worker.terminate();
    this.worker = null;
    this.listener.ended(why);
  }
}
