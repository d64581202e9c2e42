// Orders of dims in memory, as PyTorch names them.
import { RuntimeError } from "./errors.ts";
import { channelsFirst, contiguousStrides, isContiguous, isPacked, stridesInOrder } from "./layout.ts";
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

/** Strides of a fresh tensor. Raises RuntimeError if the format is for another number of dims. */
export function stridesIn(format: MemoryFormat, shape: Shape): number[] {
  if (format.rank === 0) return contiguousStrides(shape);
  if (shape.length !== format.rank)
    throw new RuntimeError(`required rank ${format.rank} tensor to use ${format.name} format`);
  const sizes = shape.map((n) => Math.max(n, 1));
  return stridesInOrder(sizes, channelsFirst(format.rank));
}
/** Whether strides are those of the format, wherever more than one element tells. */
export function isIn(format: MemoryFormat, shape: Shape, strides: readonly number[]): boolean {
  if (format.rank === 0) return isContiguous(shape, strides);
  if (format.rank !== shape.length) return false;
  return shape.includes(0) || isPacked(shape, strides, channelsFirst(format.rank));
}
/** The format that PyTorch takes a tensor to be in (suggest_memory_format): where sizes of 1 leave it open, row-major. */
export function formatOf(shape: Shape, strides: readonly number[]): MemoryFormat {
  const format = [channels_last, channels_last_3d].find((f) => f.rank === shape.length);
  return format !== undefined && looksChannelsLast(shape, strides) ? format : contiguous_format;
}
function looksChannelsLast(shape: Shape, strides: readonly number[]): boolean {
  if (strides[1] === 0) return false;
  let least = 0;
  for (const d of channelsFirst(shape.length)) {
    if (shape[d] === 0 || strides[d] < least) return false;
    if (d === 0 && least === strides[1]) return false;
    least = strides[d] * (shape[d] > 1 ? shape[d] : 1);
  }
  return true;
}

/** How the elements of a tensor are stored, as `torch.layout`. */
export class Layout {
  readonly name: string;
  /** @internal Called whenever a program asks for it: see Note [Other layouts] in dispatch/layouts.ts. */
  readonly asked: (() => void) | null;
  constructor(name: string, asked: (() => void) | null = null) {
    this.name = name;
    this.asked = asked;
  }
  toString(): string {
    return `torch.${this.name}`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
/** By strides. As `torch.strided`. */
export const strided = new Layout("strided");
