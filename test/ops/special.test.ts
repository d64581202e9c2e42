// Special functions against mpmath (30 digits): PyTorch's own Bessel functions are off by up to 1e-6 between 3 and 10.
import * as torch from "tidu";
import { describe, expect, test } from "vitest";

const AT = [0.01, 1, 2.5, 7.4, 20, 60, 700];
const BESSEL = {
  bessel_j0: [
    0.9999750001562495, 0.7651976865579666, -0.048383776468198, 0.27859623265747757, 0.16702466434058316,
    -0.09147180408906187, -0.006288272465068767,
  ],
  bessel_j1: [
    0.004999937500260416, 0.4400505857449335, 0.49709410246427405, 0.10962509485399098, 0.06683312417585005,
    0.046598383758166315, 0.029489824084030333,
  ],
  bessel_y0: [
    -3.005455637083646, 0.08825696421567696, 0.4980703596152319, 0.09068088018002933, 0.06264059680938383,
    0.0473589522094494, 0.02949430818089382,
  ],
  bessel_y1: [
    -63.67859628206065, -0.7812128213002887, 0.1459181379667858, -0.2731149597811, -0.1655116143625213,
    0.09186960936986689, 0.00630934142145256,
  ],
  modified_bessel_i0: [
    1.0000250001562505, 1.2660658777520084, 3.289839144050123, 244.34104282307786, 43558282.559553534,
    5.894077055609801e24, 1.5295933476718737e302,
  ],
  modified_bessel_i1: [
    0.005000062500260418, 0.565159103992485, 2.5167162452886984, 227.17498248307695, 42454973.38512777,
    5.844751588390468e24, 1.5285003902339006e302,
  ],
  modified_bessel_k0: [
    4.721244730161095, 0.42102443824070834, 0.06234755320036619, 0.0002771828698818419, 5.741237815336525e-10,
    1.4138978405591078e-27, 4.669776431685377e-306,
  ],
  modified_bessel_k1: [
    99.97389411829624, 0.6019072301972346, 0.07389081634774707, 0.00029534997760230014, 5.883057969557038e-10,
    1.4256320265171043e-27, 4.6731107967079664e-306,
  ],
  scaled_modified_bessel_k0: [
    4.768694028544462, 1.144463079806895, 0.7595486903280996, 0.45346685938828035, 0.27854487665718225,
    0.16146817823629392, 0.04736236945461357,
  ],
  scaled_modified_bessel_k1: [
    100.97864845824004, 1.6361534862632583, 0.900174423907878, 0.48318796475700887, 0.28542549694072644,
    0.16280823094404426, 0.04739618765349454,
  ],
} as const;

function expectClose(got: torch.Tensor, wanted: readonly number[], relative: number): void {
  for (const [i, x] of (got.tolist() as number[]).entries())
    expect(Math.abs(x - wanted[i]), `${x} instead of ${wanted[i]}`).toBeLessThanOrEqual(Math.abs(wanted[i]) * relative);
}

describe("special functions", () => {
  test.each(Object.keys(BESSEL) as (keyof typeof BESSEL)[])("%s is exact to 12 digits, near 0 and far out", (name) => {
    expectClose(torch.special[name](torch.tensor(AT, { dtype: torch.float64 })), BESSEL[name], 1e-12);
  });
  test("airy_ai is exact on both sides of the places where its formulas meet", () => {
    const x = torch.tensor([-20, -8, -7.9, -2.1, 0, 0.9, 1.1, 30], { dtype: torch.float64 });
    const wanted = [
      -0.1764061270779847, -0.0527050503563862, 0.041701883617386706, 0.16348451299929267, 0.3550280538878172,
      0.15188680364054435, 0.12004942735539766, 3.2082175915504954e-49,
    ];
    expectClose(torch.special.airy_ai(x), wanted, 1e-11);
  });
  test("erfcx neither overflows nor loses digits", () => {
    const x = torch.tensor([-3, 0, 0.1, 5, 19.9, 29.9, 1000], { dtype: torch.float64 });
    const wanted = [
      16205.988853999586, 1, 0.8964569799691267, 0.11070463773306863, 0.028315573983185766, 0.01885868136292283,
      0.0005641893014533876,
    ];
    expectClose(torch.special.erfcx(x), wanted, 1e-13);
    expect(torch.special.erfcx(torch.tensor([-1e20, -30])).tolist()).toEqual([Infinity, Infinity]);
  });
  test("polynomials of a degree beyond any loop come at once, as in PyTorch", () => {
    const x = torch.tensor([0.3, 2, -0.7], { dtype: torch.float64 });
    expect(torch.special.laguerre_polynomial_l(x, 1e20).tolist()).toEqual([0, 0, 0]);
    expect(torch.special.hermite_polynomial_h(x, 600).tolist()).toEqual([NaN, NaN, NaN]);
    const [inside, , below] = torch.special.chebyshev_polynomial_t(x, 12).tolist() as number[];
    expect(inside).toBeCloseTo(Math.cos(12 * Math.acos(0.3)), 12);
    expect(below).toBeCloseTo(Math.cos(12 * Math.acos(-0.7)), 12);
  });
});

describe("a number before the tensor", () => {
  test("counts as a number does: torch.sub(1, x), torch.div(6, x)", () => {
    const x = torch.tensor([1, 2, 4], { requires_grad: true });
    const y = torch.div(6, torch.sub(1, torch.mul(2, x)));
    expect(y.tolist()).toEqual([-6, -2, 6 / -7].map(Math.fround));
    y.sum().backward();
    expectClose(x.grad!, [12, 12 / 9, 12 / 49], 1e-6);
    expect(torch.add(2, torch.tensor([1n], { dtype: torch.int8 })).dtype).toBe(torch.int8);
    expect(torch.floor_divide(7, torch.tensor([2n, -2n])).tolist()).toEqual([3, -4]);
  });
  test("but two numbers are no tensor", () => {
    expect(() => torch.mul(2, 3)).toThrow("mul(): argument 'input' (position 1) must be Tensor, not int");
  });
});

describe("logcumsumexp", () => {
  test("neither overflows nor loses what is small, and its gradient takes signs apart", () => {
    const x = torch.tensor([1000, 1000, -1000, 1001], { dtype: torch.float64, requires_grad: true });
    const y = x.logcumsumexp(0);
    expectClose(y, [1000, 1000 + Math.LN2, 1000 + Math.LN2, 1000 + Math.log(2 + Math.E)], 1e-15);
    const [grad] = torch.autograd.grad(y, x, torch.tensor([1, -2, 0, 3], { dtype: torch.float64 }));
    const last = 3 / (2 + Math.E);
    expectClose(grad, [1 - 1 + last, -1 + last, 0, last * Math.E], 1e-12);
  });
});
