// Programs of random calls as PyTorch ran them: numbers, shapes, dtypes, strides, flags, versions, gradients and sentences.
// Recorded by npm run fuzz -- --seed 3100,3101 --programs 1500 --most 60 --record test/recorded/fuzz.jsonl.gz
import { expect, test } from "vitest";
import { differences, known } from "../../tools/fuzz/recorded.ts";

test("Thousands of random programs do what they do in PyTorch, but for what is listed", { timeout: 600_000 }, () => {
  // If less differs than before: node --import tsx --conditions=source tools/fuzz/recorded.ts
  expect(differences()).toEqual(known());
});
