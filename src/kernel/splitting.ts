// The place of what complex.ts does, which programs with the everyday methods do without.
import { leftOut } from "../base/left_out.ts";
import type { Kernel, Launch } from "./loops.ts";

/** Set by complex.ts: makes of a kernel on complex numbers one on their parts. */
export const splitting: { split(kernel: Kernel, launch: Launch): [Kernel, Launch] } = {
  split() {
    throw leftOut("arithmetic of complex numbers");
  },
};
