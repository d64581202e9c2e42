// npm run bench -- compile: kernels and bytes of training steps, eager and compiled; an optimizer's own are in neither.
import * as torch from "tidu";
import { trainingSteps } from "./scenarios/models.ts";

/** Prints a line for each model. */
export function compile(): void {
  for (const [name, prepare] of Object.entries(trainingSteps)) {
    const step = prepare();
    // The first step makes what the later ones find.
    for (let i = 0; i < 2; i++) step();
    const { launches, bytes, break_reasons } = torch._dynamo.explain(step)();
    const part = (of: { eager: number; compiled: number }): string => `${(of.eager / of.compiled).toFixed(2)}x less`;
    const mb = (n: number): string => `${(n / 2 ** 20).toFixed(1)} MB`;
    console.log(
      break_reasons.length > 0
        ? `${name}: ${break_reasons.join("; ")}`
        : `${name}: kernels and products ${launches.eager}, compiled ${launches.compiled} (${part(launches)}); ${mb(bytes.eager)}, compiled ${mb(bytes.compiled)} (${part(bytes)})`,
    );
  }
}
