// torch.autograd.functional from TypeScript; PyTorch's values and sentences are in test/python_front/functional.py.
import { describe, expect, expectTypeOf, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const { functional } = torch.autograd;
const x = torch.tensor([1, 2.5]);
describe("torch.autograd.functional", () => {
  test("gives what torch.func gives, row by row, at once and forwards", () => {
    const f = (v: Tensor): Tensor => v.sin().mul(v.sum());
    const wanted = torch.func.jacrev(f)(x);
    for (const options of [{}, { vectorize: true }, { vectorize: true, strategy: "forward-mode" }])
      expect(torch.allclose(functional.jacobian(f, x, options), wanted, { atol: 1e-6 })).toBe(true);
    const cubes = (v: Tensor): Tensor => v.pow(3).sum();
    for (const outer_jacobian_strategy of ["reverse-mode", "forward-mode"])
      expect(
        torch.allclose(functional.hessian(cubes, x, { vectorize: true, outer_jacobian_strategy }), x.mul(6).diag()),
      ).toBe(true);
  });
  test("takes several tensors as a list, and gives a list for them", () => {
    const f = (a: Tensor, b: Tensor): Tensor => a.mul(b).sum();
    const [y, grads] = functional.vjp(f, [x, x.add(1)] as const, torch.tensor(1));
    expectTypeOf(y).toEqualTypeOf<Tensor>();
    expect(grads.map((g) => g.tolist())).toEqual([x.add(1).tolist(), x.tolist()]);
    const [, moved] = functional.hvp(f, [x, x] as const, [x, x.mul(2)] as const);
    expect(moved.map((g) => g.tolist())).toEqual([x.mul(2).tolist(), x.tolist()]);
  });
});
