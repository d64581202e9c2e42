// What a benchmark is: cases that every side knows by name, and how their figures are shown.

/** What is measured: a call of it. */
export type Run = () => unknown;
export interface Case {
  /** By this name the peers know it, too. */
  readonly name: string;
  /** The figure to show for what was measured. */
  readonly show: (measured: number) => number;
  /** Sets up and gives what is measured; null where only the runner can measure it. */
  readonly prepare: (() => Run | Promise<Run>) | null;
}
/**
 * Seconds per call; seconds from the start of a process to its end; bytes in tensors at the highest point of a call, what
 * earlier ones left behind apart, or of many calls in a loop.
 */
export type Measure = "seconds" | "start" | "bytes" | "bytes in a loop";
export interface Scenario {
  readonly title: string;
  /** Of the figures shown. */
  readonly unit: string;
  readonly measure: Measure;
  readonly cases: readonly Case[];
}

export const gflops =
  (operations: number) =>
  (seconds: number): number =>
    operations / seconds / 1e9;
export const gigabytesPerSecond =
  (bytes: number) =>
  (seconds: number): number =>
    bytes / seconds / 1e9;
export const milliseconds = (seconds: number): number => seconds * 1e3;
export const microseconds = (seconds: number): number => seconds * 1e6;
export const perSecond = (seconds: number): number => 1 / seconds;
export const megabytes = (bytes: number): number => bytes / 2 ** 20;
