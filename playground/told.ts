// What workers and the page say to each other.
import type { Story } from "../src/viz/story.ts";
import type { PassGraph } from "../src/viz/run.ts";

export type Language = "ts" | "py";
export type Channel = "out" | "warning" | "error" | "note";

/** What stopped a program. */
export interface Fault {
  readonly name: string;
  readonly message: string;
  /** The program's lines, innermost first. */
  readonly frames: readonly number[];
  /** What `viz.explain` says; null where nothing was recorded. */
  readonly why: { readonly cause: string; readonly lines: readonly number[]; readonly text: string } | null;
  /** Steps of the recording that it is about. */
  readonly steps: readonly number[];
}
/** A run, as its page sees it. */
export interface Told {
  readonly story: Story;
  readonly graphs: readonly PassGraph[];
  readonly fault: Fault | null;
  /** Whether all was recorded, only the beginning, or nothing, since the program records or profiles itself. */
  readonly recorded: "all" | "beginning" | "not";
  readonly milliseconds: number;
}
export type ToWorker =
  { readonly type: "run"; readonly source: string; readonly records: boolean } | { readonly type: "page" };
export type FromWorker =
  /** It can run programs now. */
  | { readonly type: "ready" }
  /** The program begins now: what came before was loading. */
  | { readonly type: "begins" }
  | { readonly type: "progress"; readonly text: string; readonly part: number }
  | { readonly type: "out"; readonly pieces: readonly (readonly [channel: Channel, text: string])[] }
  /** What was recorded by now; the program goes on. */
  | { readonly type: "partly"; readonly told: Told }
  | { readonly type: "done"; readonly told: Told }
  | { readonly type: "page"; readonly html: string };
