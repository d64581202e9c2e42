// A device for tests: imported before the library, it becomes the CPU device.
import { CpuDevice } from "../../src/devices/cpu/device.ts";
import { tick } from "../../src/devices/memory/span.ts";
import { registerDevice } from "../../src/devices/registry.ts";

let moves = false;

/** While `body` runs, every block moves out of the memory at every allocation and launch, and nothing is left where it was. */
export function moving<T>(body: () => T): T {
  moves = true;
  try {
    return body();
  } finally {
    moves = false;
  }
}

/** Its memory cannot be shared, so that growing takes the views away, too. */
function restless(): CpuDevice {
  const device = new CpuDevice({ liveness: "finalizer", shared: false, maximumBytes: 2 ** 28 });
  const { memory } = device;
  const { heap } = memory as unknown as { heap: { give(start: number, length: number): void } };
  const give = heap.give.bind(heap);
  heap.give = (start, length) => {
    new Uint8Array(memory.memory.buffer, start * 64, length * 64).fill(0xff);
    give(start, length);
  };
  const allocate = memory.allocate.bind(memory);
  memory.allocate = (nbytes) => {
    tick();
    if (moves) memory.moveOut();
    return allocate(nbytes);
  };
  const launch = device.launch.bind(device);
  device.launch = (...args) => {
    tick();
    if (moves) memory.moveOut();
    launch(...args);
  };
  return device;
}
registerDevice("cpu", restless);
