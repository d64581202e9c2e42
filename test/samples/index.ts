// Sample calls of the differentiable ops, for tests that every op passes through: a file per family. What several
// families have under one name is tried with all of them.
import { complex } from "./complex.ts";
import { core } from "./core.ts";
import { fft } from "./fft.ts";
import { complexLinalg, linalg } from "./linalg.ts";
import { vision } from "./vision.ts";
import type { Sample, Samples } from "./leaves.ts";
import { losses } from "./losses.ts";

const families: readonly Samples[] = [core, complex, complexLinalg, fft, linalg, losses, vision];
const names = new Set(families.flatMap((family) => Object.keys(family)));
const samplesOf = (name: string): Sample[] => families.flatMap((family) => family[name]?.() ?? []);

export const samples: Samples = Object.fromEntries([...names].map((name) => [name, () => samplesOf(name)]));
