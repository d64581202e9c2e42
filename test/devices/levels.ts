// The levels of instructions that tests of code go through.
import { FEATURE_LEVELS } from "../../src/devices/cpu/code/features.ts";
import type { FeatureLevel } from "../../src/devices/cpu/code/features.ts";

/** The highest, which programs get; with TIDU_LEVELS=all (npm run test:levels) all below it, too. */
export function levelsFrom(highest: FeatureLevel): readonly FeatureLevel[] {
  const from = FEATURE_LEVELS.indexOf(highest);
  return FEATURE_LEVELS.slice(from, process.env["TIDU_LEVELS"] === "all" ? undefined : from + 1);
}
