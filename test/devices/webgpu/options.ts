// What the device's memory of these tests is like: that of programs, unless a file says otherwise before it imports adapter.ts.
import type { MemoryOptions } from "../../../src/devices/memory/memory.ts";

export const options: { -readonly [K in keyof MemoryOptions]: MemoryOptions[K] } = {};
