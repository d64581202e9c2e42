import type { Scenario } from "../scenario.ts";
import { megabytes, perSecond } from "../scenario.ts";
import { trainingSteps } from "./models.ts";

export const training: Scenario = {
  title: "training steps",
  unit: "steps/s",
  measure: "seconds",
  cases: Object.entries(trainingSteps).map(([name, prepare]) => ({ name, show: perSecond, prepare })),
};

export const memoryInLoops: Scenario = {
  title: "the same over 60 steps in one synchronous loop, tensors not yet found dead among them",
  unit: "MB",
  measure: "bytes in a loop",
  cases: Object.entries(trainingSteps).map(([name, prepare]) => ({ name, show: megabytes, prepare })),
};

export const memory: Scenario = {
  title: "peak memory of a training step: tensors alive, the model's and the optimizer's among them",
  unit: "MB",
  measure: "bytes",
  cases: Object.entries(trainingSteps).map(([name, prepare]) => ({ name, show: megabytes, prepare })),
};
