// Kernels into which complex numbers neither enter nor leave, but come about on the way, as where two are fused.
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { float64 } from "../../src/base/dtype.ts";
import { input } from "../../src/kernel/expr.ts";
import { Kernel, operand } from "../../src/kernel/loops.ts";

test("complex numbers may come about inside of a kernel on real ones", () => {
  const [a, b] = [input(0, float64), input(1, float64)];
  const z = a.complex(b);
  const outputs = [z.mul(z).real(), z.mul(z).imag()].map((value) => ({ dtype: float64, value }));
  const kernel = new Kernel({ inputs: [float64, float64], outputs });
  const [x, y] = [torch.tensor([1, 2, -3], { dtype: float64 }), torch.tensor([2, 0.5, 1], { dtype: float64 })];
  const [re, im] = [torch.empty(3, { dtype: float64 }), torch.empty(3, { dtype: float64 })];
  const operands = [x, y, re, im].map((t) => operand(t, [1]));
  x.backend.launch(kernel, { shape: [3], reduced: 0, operands, params: [] });
  expect([re.tolist(), im.tolist()]).toEqual([
    [-3, 3.75, 8],
    [4, 2, -6],
  ]);
});
