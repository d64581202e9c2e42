// The same as strides.test.ts of tensors large enough for lanes, parts, blocks and the system's BLAS.
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { problemsOf } from "./laid_out.ts";
import type { Call } from "./laid_out.ts";
import { large } from "../samples/large.ts";

describe("the strides of large inputs and of incoming gradients change no number of", () => {
  for (const [name, make] of Object.entries(large))
    test(name, { timeout: 60_000 }, () => {
      for (const dtype of [torch.float64, torch.float32]) {
        const [call, ...args] = make();
        expect(
          problemsOf(call as Call, args, dtype, false)
            .slice(0, 3)
            .join("\n"),
          dtype.name,
        ).toBe("");
      }
    });
});
