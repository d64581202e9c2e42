// The levels of instructions that tests of code go through.
import { FEATURE_LEVELS } from "../../src/devices/cpu/code/features.ts";
import type { FeatureLevel } from "../../src/devices/cpu/code/features.ts";

/** The highest and all below it; the highest alone where another engine's run has the others: see engines.test.ts. */
export function levelsFrom(highest: FeatureLevel): readonly FeatureLevel[] {
  const from = FEATURE_LEVELS.indexOf(highest);
  return FEATURE_LEVELS.slice(from, process.env["TIDU_TEST_LEVELS"] === "highest" ? from + 1 : undefined);
}
