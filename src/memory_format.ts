// Orders of dims in memory, as PyTorch names them.
import { RuntimeError } from "./errors.ts";
import { contiguousStrides } from "./layout.ts";
import type { Shape } from "./layout.ts";

/** How the elements of a tensor lie in memory, as `torch.memory_format`. Prints as PyTorch prints it. */
export class MemoryFormat {
  readonly name: string;
  /** How many dims a tensor must have; 0 for any. */
  readonly rank: number;
  constructor(name: string, rank = 0) {
    this.name = name;
    this.rank = rank;
  }
  toString(): string {
    return `torch.${this.name}`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
/** Row-major without holes. */
export const contiguous_format = new MemoryFormat("contiguous_format");
/** As the tensor it is made from. */
export const preserve_format = new MemoryFormat("preserve_format");
/** [N, C, H, W] with the channels next to each other. */
export const channels_last = new MemoryFormat("channels_last", 4);
/** [N, C, D, H, W] with the channels next to each other. */
export const channels_last_3d = new MemoryFormat("channels_last_3d", 5);

/** The dims from the fastest to the slowest, where the channels come first. */
const channelsFirst = (rank: number): number[] => [1, ...Array.from({ length: rank - 2 }, (_, i) => rank - 1 - i), 0];
/** Strides of a fresh tensor. Raises RuntimeError if the format is for another number of dims. */
export function stridesIn(format: MemoryFormat, shape: Shape): number[] {
  if (format.rank === 0) return contiguousStrides(shape);
  if (shape.length !== format.rank)
    throw new RuntimeError(`required rank ${format.rank} tensor to use ${format.name} format`);
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (const d of channelsFirst(format.rank)) {
    strides[d] = step;
    step *= Math.max(shape[d], 1);
  }
  return strides;
}
/** Whether strides are those of the format, wherever more than one element tells. */
export function isIn(format: MemoryFormat, shape: Shape, strides: readonly number[]): boolean {
  if (format.rank !== 0 && format.rank !== shape.length) return false;
  if (shape.includes(0)) return true;
  const wanted = stridesIn(format, shape);
  return shape.every((n, d) => n === 1 || strides[d] === wanted[d]);
}
