// What a Python program must do lest memory fill with what it has dropped.
import type { CpuDevice } from "../devices/cpu/device.ts";
import { getDevice } from "../devices/registry.ts";

/** Bytes of tensors that are worth doing something. */
const WORTHWHILE = 2 ** 26;

export class Pressure {
  private readonly memory = (getDevice("cpu") as CpuDevice).memory;
  private atRelease = 0;
  private atTurn = 0;

  /** Whether so much has come into tensors that Python should hand back what it has dropped, few as they may be. */
  hasGrown(): boolean {
    const { live } = this.memory.stats();
    if (live - this.atRelease < WORTHWHILE) {
      this.atRelease = Math.min(this.atRelease, live);
      return false;
    }
    this.atRelease = live;
    return true;
  }
  /**
   * Note [Turns]: browsers report dead tensors between tasks only, and a Python program is one task, however long it runs.
   * Where the engine can suspend WebAssembly, the program waits for a turn of the event loop when so many bytes have come
   * into tensors since the last one, or a quarter of what there was.
   */
  isTurnDue(): boolean {
    if (this.memory.livenessKind !== "finalizer") return false;
    const { live } = this.memory.stats();
    return live - this.atTurn > Math.max(WORTHWHILE, this.atTurn / 4);
  }
  async takeTurn(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    this.atTurn = this.memory.stats().live;
  }
}
