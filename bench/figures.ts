// What a run of the benchmarks came to, as a file: `npm run bench:report` writes it, and docs/performance.md shows it.

/** Figures of one run. */
export interface Figures {
  readonly machine: string;
  readonly node: string;
  /** How busy the machine was over 1, 5 and 15 minutes, before and after. */
  readonly load: readonly number[];
  readonly rounds: number;
  readonly sides: readonly { readonly name: string; readonly version: string }[];
  readonly tables: readonly {
    readonly title: string;
    readonly unit: string;
    /** Medians in the order of the sides; null where a side has no such case. */
    readonly rows: readonly { readonly name: string; readonly figures: readonly (number | null)[] }[];
  }[];
}
