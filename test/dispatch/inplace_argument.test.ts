import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { nn } from "../../src/index.ts";

const F = nn.functional;
const values = [-2, 0.5, 9, -0.3];
const functions: Readonly<Record<string, (x: torch.Tensor, inplace: boolean) => torch.Tensor>> = {
  relu: (x, inplace) => F.relu(x, { inplace }),
  relu6: (x, inplace) => F.relu6(x, { inplace }),
  elu: (x, inplace) => F.elu(x, 0.7, { inplace }),
  selu: (x, inplace) => F.selu(x, { inplace }),
  celu: (x, inplace) => F.celu(x, 0.7, { inplace }),
  leaky_relu: (x, inplace) => F.leaky_relu(x, 0.2, { inplace }),
  silu: (x, inplace) => F.silu(x, { inplace }),
  mish: (x, inplace) => F.mish(x, { inplace }),
  hardtanh: (x, inplace) => F.hardtanh(x, { inplace }),
  hardswish: (x, inplace) => F.hardswish(x, { inplace }),
  hardsigmoid: (x, inplace) => F.hardsigmoid(x, { inplace }),
  threshold: (x, inplace) => F.threshold(x, 0.1, 20, { inplace }),
  rrelu: (x, inplace) => F.rrelu(x, { inplace }),
};
for (const [name, f] of Object.entries(functions))
  test(`${name} writes over its input where asked, and lets the same gradient through`, () => {
    const leaf = (): torch.Tensor => torch.tensor(values, { dtype: torch.float64, requires_grad: true });
    const [a, b] = [leaf(), leaf()];
    const x = b.mul(1);
    const [plain, over] = [f(a, false), f(x, true)];
    expect(over === x).toBe(true);
    expect(x.tolist()).toEqual(plain.tolist());
    const weights = torch.tensor([1, 2, 3, 4], { dtype: torch.float64 });
    plain.mul(weights).sum().backward();
    x.mul(weights).sum().backward();
    expect(b.grad!.tolist()).toEqual(a.grad!.tolist());
    expect(() => f(leaf(), true)).toThrow("a leaf Variable that requires grad is being used in an in-place operation.");
  });
test("dropout in place keeps what it lets through", () => {
  torch.manual_seed(0);
  const x = torch.ones(100);
  expect(F.dropout(x, { inplace: true }) === x).toBe(true);
  expect(new Set(x.tolist() as number[])).toEqual(new Set([0, 2]));
  const kept = F.dropout(x, 0.5, false, true);
  expect(kept === x).toBe(true);
});
