// The device's memory as the host keeps account of it: addresses in one buffer. What a launch did not yet read may be handed
// out again, for the queue runs in order.
import { RuntimeError } from "../../base/errors.ts";
import type { Place } from "../../kernel/place.ts";
import { mebibytes, Memory } from "../memory/memory.ts";
import type { MemoryOptions } from "../memory/memory.ts";
import type { SpanBlock } from "../memory/span.ts";

const MIB = 2 ** 20;
/** The buffer at first; then it doubles, for all that is in it is copied. */
const FIRST = 16 * MIB;

/** Who has the buffer. */
export interface Buffer {
  /** Bytes that it may have at most. */
  readonly most: number;
  /** Whether it has so many bytes now; if not it is as it was. */
  grow(nbytes: number): boolean;
  download(from: number, nbytes: number): Uint8Array;
  upload(to: number, bytes: Uint8Array): void;
}

export class GpuMemory extends Memory {
  private readonly buffer: Buffer;
  private reached = 0;
  /** Why nothing is in it any more. */
  lost: string | null = null;

  constructor(buffer: Buffer, options: MemoryOptions = {}) {
    super(0, options);
    this.buffer = buffer;
  }
  protected override get nbytes(): number {
    return this.reached;
  }
  protected override get most(): number {
    return this.buffer.most;
  }
  protected override growTo(nbytes: number): boolean {
    const { most } = this.buffer;
    const generous = Math.min(Math.max(nbytes, 2 * this.reached, FIRST), most);
    const reached = [generous, Math.ceil(nbytes / 64) * 64].find((n) => n <= most && this.buffer.grow(n));
    if (reached !== undefined) this.reached = reached;
    return reached !== undefined;
  }
  protected override copyOut(ptr: number, buffer: ArrayBuffer, nbytes: number): void {
    new Uint8Array(buffer).set(this.buffer.download(ptr, nbytes));
  }
  protected override copyIn(ptr: number, buffer: ArrayBuffer, nbytes: number): void {
    this.buffer.upload(ptr, new Uint8Array(buffer, 0, nbytes));
  }
  protected override outOfMemory(nbytes: number): string {
    const { live, reserved } = this.stats();
    return `WebGPU out of memory. Tried to allocate ${mebibytes(nbytes)}.\n${mebibytes(live)} are live in tensors, ${mebibytes(reserved)} of at most ${mebibytes(this.most)} are reserved.`;
  }
}
/**
 * Elements of so many bytes from the buffer's start to a place, until the next allocation or launch. It may lie on the host by
 * now, and comes back by a command of its own: whoever writes a command asks first. Raises RuntimeError if it was lost.
 */
export function elementAt({ block, offset }: Place, itemsize: number): number {
  const { memory, ptr } = block as SpanBlock;
  if (!(memory instanceof GpuMemory))
    throw new RuntimeError("a kernel on the WebGPU device was given the memory of another");
  if (memory.lost !== null) throw new RuntimeError(memory.lost);
  return ptr / itemsize + offset;
}
