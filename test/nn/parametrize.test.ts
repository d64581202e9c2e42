// Parametrized parameters in TypeScript. The values are those of test/python_front/parametrize.py.
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";

const { nn } = torch;
const { parametrize, parametrizations } = nn.utils;

class Symmetric extends nn.Module {
  forward(x: torch.Tensor): torch.Tensor {
    return x.triu().add(x.triu(1).mT);
  }
  right_inverse(x: torch.Tensor): torch.Tensor {
    return x.triu();
  }
}
class Exp extends nn.Module {
  forward(x: torch.Tensor): torch.Tensor {
    return x.exp();
  }
}
describe("a parametrized weight", () => {
  test("is computed from its original, which is trained, and can be written", () => {
    const m = parametrize.register_parametrization(new nn.Linear(3, 3), "weight", new Symmetric());
    expect(String(m)).toMatch(/^ParametrizedLinear\(\n {2}in_features=3.*\n {2}\(parametrizations\): ModuleDict\(/);
    expect([...m.state_dict().keys()]).toEqual(["bias", "parametrizations.weight.original"]);
    m(torch.ones(1, 3)).sum().backward();
    const [, original] = [...m.parameters()];
    expect(original.grad!.tolist()).toEqual([
      [1, 2, 2],
      [0, 1, 2],
      [0, 0, 1],
    ]);
    (m as { weight: torch.Tensor }).weight = torch.arange(9).float().view(3, 3);
    expect(m.weight.tolist()).toEqual([
      [0, 1, 2],
      [1, 4, 5],
      [2, 5, 8],
    ]);
    expect(parametrize.is_parametrized(m, "weight")).toBe(true);
    expect(parametrize.is_parametrized(m, "bias")).toBe(false);
    expect(parametrize.type_before_parametrizations(m)).toBe(nn.Linear);
  });
  test("is trained by an optimizer that had it before", () => {
    const m = new nn.Linear(2, 2);
    const step = new torch.optim.SGD(m.parameters(), { lr: 0.5 });
    parametrize.register_parametrization(m, "weight", new Symmetric());
    const before = m.weight.detach().clone();
    m(torch.ones(1, 2)).sum().backward();
    step.step();
    expect(torch.equal(m.weight, before)).toBe(false);
  });
  test("is a parameter again once the parametrization is removed", () => {
    const m = parametrize.register_parametrization(new nn.Linear(2, 2), "weight", new Exp());
    const computed = m.weight.detach().clone();
    parametrize.remove_parametrizations(m, "weight");
    expect(m.weight).toBeInstanceOf(nn.Parameter);
    expect(torch.equal(m.weight, computed)).toBe(true);
    expect(String(m)).toBe("Linear(in_features=2, out_features=2, bias=True)");
  });
  test("is computed once within cached()", () => {
    const m = parametrize.register_parametrization(new nn.Linear(2, 2), "weight", new Exp());
    parametrize.cached(() => expect(Object.is(m.weight, m.weight)).toBe(true));
    expect(Object.is(m.weight, m.weight)).toBe(false);
  });
  test("keeps shape and dtype, else nothing is changed but by `unsafe`", () => {
    class Flat extends nn.Module {
      forward(x: torch.Tensor): torch.Tensor {
        return x.flatten();
      }
    }
    const m = new nn.Linear(2, 3);
    expect(() => parametrize.register_parametrization(m, "weight", new Flat())).toThrow(
      "Registering a parametrization may not change the shape of the tensor, unless `unsafe` flag is enabled.\nunparametrized shape: torch.Size([3, 2])\nparametrized shape: torch.Size([6])",
    );
    expect(() => parametrize.register_parametrization(m, "q", new Exp())).toThrow("with name 'q'");
    expect(String(m)).toBe("Linear(in_features=2, out_features=3, bias=True)");
  });
});
test("weight_norm learns lengths and directions", () => {
  const m = parametrizations.weight_norm(new nn.Linear(2, 3)) as InstanceType<typeof nn.Linear>;
  expect([...m.named_parameters()].map(([name, p]) => [name, [...p.shape]])).toEqual([
    ["bias", [3]],
    ["parametrizations.weight.original0", [3, 1]],
    ["parametrizations.weight.original1", [3, 2]],
  ]);
  (m as { weight: torch.Tensor }).weight = torch.tensor([
    [3, 4],
    [0, 2],
    [1, 0],
  ]);
  expect([...m.parameters()][1].flatten().tolist()).toEqual([5, 2, 1]);
});
test("spectral_norm leaves a largest singular value of 1, nearly", () => {
  torch.manual_seed(0);
  const m = parametrizations.spectral_norm(new nn.Linear(5, 4)) as InstanceType<typeof nn.Linear>;
  for (let i = 0; i < 20; i++) m(torch.ones(1, 5));
  expect(torch.linalg.svdvals(m.weight).max().item()).toBeCloseTo(1, 4);
});
test.each(["matrix_exp", "cayley", "householder"])("orthogonal by %s has orthonormal rows or columns", (map) => {
  for (const [rows, cols] of [
    [3, 3],
    [4, 2],
    [2, 4],
  ]) {
    const m = parametrizations.orthogonal(new nn.Linear(cols, rows), "weight", map) as InstanceType<typeof nn.Linear>;
    const w = rows <= cols ? m.weight : m.weight.mT;
    expect(torch.allclose(w.matmul(w.mT), torch.eye(Math.min(rows, cols)), { atol: 1e-5 })).toBe(true);
  }
});
