// Bytes on a device and how often they were changed.
import type { Backend, Block } from "./devices/backend.ts";

/**
 * The bytes behind a tensor and all its views.
 *
 * Note [Version counters]: every in-place change raises `version` by one. Views and `detach()` share the Storage, so a
 * change through any of them is seen by all; a tensor saved for backward remembers the version it was saved at, and
 * asking for it later at another version is an error. `x.data` shares the block but not the counter, as in PyTorch.
 */
export class Storage {
  readonly device: Backend;
  /** Another one only after resize_ made it larger. */
  block: Block;
  version = 0;
  /** What last changed it in place, for error messages: an op's name, or how the user wrote it. */
  changedBy: string | null = null;
  /** The stack at that time, under anomaly detection. */
  changedAt: string | null = null;
  /** Saved for backward, or handed to the user: the engine must not release it early. See Note [Early release]. */
  kept = false;
  /** A gradient in `.grad` that the library alone has seen. See Note [Unseen gradients] in tensor.ts. */
  unseen = false;

  constructor(device: Backend, block: Block) {
    this.device = device;
    this.block = block;
  }
}
