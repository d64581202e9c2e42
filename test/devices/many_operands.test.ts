// Kernels of more operands than one exact number tells apart, as the passes of transforms are.
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { float64 } from "../../src/base/dtype.ts";
import { input } from "../../src/kernel/expr.ts";
import { Kernel, operand } from "../../src/kernel/loops.ts";

test("each way in which forty operands lie has code of its own", () => {
  const inputs = Array.from({ length: 39 }, () => float64);
  const value = inputs.map((dtype, i) => input(i, dtype)).reduce((sum, x) => sum.add(x));
  const kernel = new Kernel({ inputs, outputs: [{ dtype: float64, value }] });
  const x = torch.arange(80, { dtype: float64 }).view(8, 10);
  for (const odd of [0, 20, 37, 38]) {
    // All lie as x does, and one is its first row again and again, or turned.
    for (const strides of [
      [10, 1],
      [0, 1],
      [1, 8],
      [0, 0],
    ]) {
      const out = torch.empty(8, 10, { dtype: float64 });
      const operands = [
        ...inputs.map((_, i) => operand(x, i === odd ? strides : x.strides)),
        operand(out, out.strides),
      ];
      x.backend.launch(kernel, { shape: [8, 10], reduced: 0, operands, params: [] });
      expect(out.tolist(), `operand ${odd} by ${strides.join()}`).toEqual(
        x
          .mul(38)
          .add(x.as_strided([8, 10], strides))
          .tolist(),
      );
    }
  }
});
