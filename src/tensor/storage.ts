// Bytes on a device and how often they were changed.
import type { Backend } from "../devices/backend.ts";
import type { Block } from "../kernel/place.ts";

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
  /** Handed to the user, or to stay: must not be released early. See Note [Early release] in allocate.ts. */
  kept = false;
  /** How many nodes keep it for backward. */
  savers = 0;
  /** The library alone has seen it. Gradients in `.grad`: see Note [Unseen gradients] in tensor.ts. */
  unseen = false;
  /** What an observer knows of it. */
  noted: unknown = null;

  constructor(device: Backend, block: Block) {
    this.device = device;
    this.block = block;
  }
  /** The same bytes under a counter of their own, from now on. */
  share(version: number): Storage {
    const storage = new Storage(this.device, this.block);
    storage.version = version;
    storage.kept = this.kept = true;
    return storage;
  }
  /** Whether somebody may still ask for the bytes, though nothing that is running does. */
  get wanted(): boolean {
    return this.kept || this.savers > 0;
  }
  /** The library, which alone has seen it, is done with it: frees it, or has the last node that saved it do so. */
  letGo(): void {
    if (!this.wanted) this.block.free();
    else if (!this.kept) this.unseen = true;
  }
  /** A node that saved it has no more use for it. */
  unsave(): void {
    this.savers--;
    if (this.unseen && !this.wanted) this.block.free();
  }
}
