import type { Scenario } from "../scenario.ts";
import { attention } from "./attention.ts";
import { bridge } from "./bridge.ts";
import { conv } from "./conv.ts";
import { functions } from "./functions.ts";
import { large, roundTrip } from "./large.ts";
import { layerNorm } from "./layer_norm.ts";
import { factorizations } from "./linalg.ts";
import { matmul } from "./matmul.ts";
import { coldStart, overhead, sharing } from "./overhead.ts";
import { pointwise } from "./pointwise.ts";
import { random } from "./random.ts";
import { softmax } from "./softmax.ts";
import { sparseGraphs } from "./sparse.ts";
import { memory, memoryInLoops, training } from "./training.ts";

/** By the name that `npm run bench -- name` goes by. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  matmul,
  pointwise,
  functions,
  random,
  linalg: factorizations,
  softmax,
  layer_norm: layerNorm,
  conv,
  attention,
  large,
  round_trip: roundTrip,
  sparse: sparseGraphs,
  training,
  overhead,
  bridge,
  sharing,
  cold_start: coldStart,
  memory,
  memory_in_loops: memoryInLoops,
};
