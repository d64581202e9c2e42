// Sample calls of the differentiable ops, for tests that every op passes through: a file per family.
import { core } from "./core.ts";
import type { Samples } from "./leaves.ts";

export const samples: Samples = { ...core };
