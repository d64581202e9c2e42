// Places in a bare memory, for tests that run a device's parts on one.
import type { Block, Place } from "../../src/kernel/place.ts";

/** A block that starts at an address of the memory, which nobody hands out or takes back. */
export const blockAt = (ptr: number): Block & { ptr: number } => ({ ptr, home: ptr, nbytes: Infinity, free: () => {} });
export const at = (ptr: number): Place => ({ block: blockAt(ptr), offset: 0 });
