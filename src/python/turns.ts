// When a Python program should let the event loop have a turn.
import type { CpuDevice } from "../devices/cpu/device.ts";
import { getDevice } from "../devices/registry.ts";

/** Bytes of tensors that are worth a turn. */
const WORTHWHILE = 2 ** 26;

/**
 * Note [Turns]: browsers report dead tensors between tasks only, and a Python program is one task, however long it runs.
 * Where the engine can suspend WebAssembly, the program waits for a turn of the event loop when so many bytes have come
 * into tensors since the last one, or a quarter of what there was.
 */
export class Turns {
  private readonly memory = (getDevice("cpu") as CpuDevice).memory;
  private live = 0;

  isDue(): boolean {
    if (this.memory.livenessKind !== "finalizer") return false;
    const { live } = this.memory.stats();
    return live - this.live > Math.max(WORTHWHILE, this.live / 4);
  }
  async take(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    this.live = this.memory.stats().live;
  }
}
