// Complex numbers where no sample of an op shows them. Expected values are PyTorch's.
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

const C = (re: number, im: number): torch.Complex => new torch.Complex(re, im);
const complex = (pairs: readonly (readonly [number, number])[]): Tensor =>
  torch.view_as_complex(
    torch.tensor(
      pairs.map((p) => [...p]),
      { dtype: torch.float64 },
    ),
  );

test("linspace and logspace go from one complex number to another", () => {
  expect(String(torch.linspace(C(1, 3), 10.5, 5))).toBe(
    "tensor([ 1.0000+3.0000j,  3.3750+2.2500j,  5.7500+1.5000j,  8.1250+0.7500j,\n        10.5000+0.0000j])",
  );
  expect(String(torch.logspace(C(1, 3), 2, 3))).toBe("tensor([  8.1121+5.8475j, -30.0933-9.7156j, 100.0000+0.0000j])");
  expect(String(torch.linspace(1, 3, 2, { dtype: torch.complex64 }))).toBe("tensor([1.+0.j, 3.+0.j])");
  expect(() => torch.linspace(C(0, 1), 2, 3, { dtype: torch.float32 })).toThrow(
    "torch.linspace(): inferred dtype c10::complex<float> can't be safely cast to passed dtype Float",
  );
});
test("sums of exponentials keep the imaginary part", () => {
  const [a, b] = [complex([[1.2, 0.7], [-0.4, 0.3], [0.6, -1.1]]), complex([[0.3, -0.7], [1.4, 0.9], [-0.6, 0.2]])]; // prettier-ignore
  expect(String(a.logsumexp([0]))).toBe("tensor(1.4035+0.1761j, dtype=torch.complex128)");
  expect(String(a.logaddexp(b).to(torch.complex64))).toBe("tensor([1.3325+0.3414j, 1.5313+0.8181j, 0.7123-0.8376j])");
  expect(String(a.logcumsumexp(0).to(torch.complex64))).toBe(
    "tensor([1.2000+0.7000j, 1.3727+0.6338j, 1.4035+0.1761j])",
  );
  expect(a.float_power(2).dtype).toBe(torch.complex128);
});
test("powers of negative numbers have derivatives in complex exponents, whatever holds the number", () => {
  const exponent = complex([
    [1, 2],
    [0.5, -1],
    [2, 0.1],
  ]).requires_grad_();
  for (const base of [-2, -1, 0.5, C(-2, 0), torch.tensor(-2, { dtype: torch.float64 })])
    expect(torch.autograd.gradcheck((x: torch.Tensor) => torch.pow(base as never, x), [exponent])).toBe(true);
});
