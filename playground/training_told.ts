// What the training worker and its tab say to each other.
export type DataName = "moons" | "circles" | "spiral" | "digits";
export interface Setting {
  readonly data: DataName;
  readonly width: number;
  readonly rate: number;
}
export type ToTraining = { readonly type: "start"; readonly setting: Setting } | { readonly type: "pause" | "go" };

/** A matrix as numbers. */
export interface Matrix {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
}
export interface Frame {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  /** On what was held out, from 0 to 1. */
  readonly accuracy: number;
  /** Where it is trained: "cpu" or "webgpu". */
  readonly device: string;
  readonly matrices: readonly Matrix[];
  /** Of 2-D data: how sure the network is of the second class, over a square of so many points a side. */
  readonly surface: Float32Array | null;
  /** Of the digits: some that were held out, 64 pixels each, and what they are taken for. */
  readonly samples: {
    readonly pixels: Float32Array;
    readonly labels: readonly number[];
    readonly taken: readonly number[];
  } | null;
}
export type FromTraining =
  /** Points of 2-D data, x and y in turns, within ±1.6, and their classes. */
  | { readonly type: "points"; readonly points: Float32Array; readonly classes: readonly number[] }
  | { readonly type: "frame"; readonly frame: Frame };
export const SIDE = 40;
export const EXTENT = 1.75;
