// Where the operands of kernels and products lie.

/**
 * A piece of a device's memory. Whoever holds the object keeps the bytes; when nobody does, the device takes them back.
 * Where it lies is the device's affair: it may move the bytes, and bring them back when they are used.
 */
export interface Block {
  /** Where it would start if no address were ever used twice: stays the same. Raises RuntimeError once freed. */
  readonly home: number;
  readonly nbytes: number;
  /** Gives the bytes back at once. Whoever calls it vouches that nothing uses them any more. */
  free(): void;
}
/** Where the first element of something is: in which block, and how many elements after its start. */
export interface Place {
  readonly block: Block;
  readonly offset: number;
}
/** The place so many elements further on. */
export const further = ({ block, offset }: Place, elements: number): Place => ({ block, offset: offset + elements });
/** The place alone of what has one. */
export const placeOf = ({ block, offset }: Place): Place => ({ block, offset });
