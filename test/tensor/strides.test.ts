// Every op gives the same numbers however its inputs and the gradients that come in lie in memory.
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { registry } from "../../src/dispatch/declare.ts";
import type { Entry } from "../../src/dispatch/declare.ts";
import { LAZY, problemsOf } from "./laid_out.ts";
import type { Call } from "./laid_out.ts";
import { samples } from "../samples/index.ts";

const inMemory = "is about how its input lies in memory";
/** Ops for whose inputs only one layout is asked. */
const asTheyLie: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    `rand_like log_normal cauchy geometric poisson randn_like uniform normal exponential bernoulli _bernoulli_fill random
     dropout feature_dropout`
      .split(/\s+/)
      .map((name) => [name, "draws in the order of memory"]),
  ),
  as_strided: inMemory,
  _as_strided: inMemory,
  _as_strided_scatter: inMemory,
  as_strided_copy: inMemory,
  as_strided_scatter: inMemory,
  view: inMemory,
  view_as: inMemory,
  view_copy: inMemory,
  view_as_complex: inMemory,
  view_as_real: inMemory,
  _unsafe_view: inMemory,
};

describe("the strides of inputs and of incoming gradients change no number of", () => {
  for (const [call, { schema, inplaceOf }] of [...registry] as [Call, Entry][])
    if (inplaceOf === null && samples[schema.name])
      test(schema.name, { timeout: 60_000 }, () => {
        for (const dtype of [torch.float64, torch.float32, torch.complex128])
          for (const [i, args] of samples[schema.name]().entries()) {
            // What takes complex numbers takes them in every sample; what is inside the library is not asked for them.
            if (dtype.is_complex && (i > 0 || schema.name.startsWith("_") || schema.name in asTheyLie)) continue;
            // Twice as many lanes, the same formulas.
            if (i > (dtype === torch.float32 ? 1 : 7)) continue;
            const problems = problemsOf(call, args, dtype, schema.name in asTheyLie, dtype.is_complex ? LAZY : null);
            expect(problems.slice(0, 3).join("\n"), `sample ${i} in ${dtype.name}`).toBe("");
          }
      });
});
