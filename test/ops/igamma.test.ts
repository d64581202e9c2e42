import { expect, describe, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";

/** a, x, P(a, x) and Q(a, x), by numerical integration in 50 digits. */
const EXACT: readonly (readonly [number, number, number, number])[] = [
  [1e-8, 0.001, 0.9999999366846083, 6.331539171908876e-8],
  [1e-8, 0.9, 0.9999999973981606, 2.6018394178440254e-9],
  [0.001, 1e-5, 0.9891230446957827, 0.01087695530421733],
  [0.001, 1.2, 0.9998414076731335, 0.00015859232686655367],
  [0.05, 0.4, 0.9642824501479884, 0.0357175498520116],
  [0.3, 1.09, 0.9259454983124087, 0.07405450168759134],
  [0.5, 1.11, 0.8637669403620422, 0.13623305963795787],
  [0.7, 30.0, 0.9999999999999742, 2.573641480679768e-14],
  [1, 1.0, 0.6321205588285577, 0.36787944117144233],
  [2.5, 1e-9, 9.515328612684784e-24, 1.0],
  [3, 20.0, 0.9999995444850495, 4.555149505589213e-7],
  [7.25, 7.5, 0.5853640579182965, 0.41463594208170357],
  [11.9, 12.5, 0.605462220492211, 0.394537779507789],
  [12.1, 5.0, 0.004953119214871863, 0.9950468807851282],
  [30, 30.5, 0.5602516077752159, 0.4397483922247841],
  [50, 10.0, 1.8547268838697993e-19, 1.0],
  [75, 160.0, 0.9999999999999769, 2.3103674420330822e-14],
  [99.5, 100.0, 0.5332542564986218, 0.4667457435013782],
  [101, 95.0, 0.282331573305473, 0.717668426694527],
  [150, 155.5, 0.6811216695740293, 0.3188783304259707],
  [249, 300.0, 0.9988755752824335, 0.0011244247175664225],
  [251, 200.0, 0.00028462140028836293, 0.9997153785997116],
  [1000.0, 1010.0, 0.6276789447369947, 0.3723210552630053],
  [100000.0, 99900.0, 0.37627489275434334, 0.6237251072456567],
  [100000000.0, 100010000.0, 0.8413447464717988, 0.15865525352820117],
  [1000000000000.0, 1000001000000.0, 0.8413447460685832, 0.15865525393141672],
  [400, 700.0, 1.0, 2.2298626671578877e-35],
  [20, 400.0, 1.0, 4.5428765810697196e-142],
];
const f64 = { dtype: torch.float64 };
const of = (f: (a: Tensor, x: Tensor) => Tensor, a: number, x: number): number =>
  f(torch.tensor(a, f64), torch.tensor(x, f64)).item() as number;
/** Units in the last place. The exponential of a large number, as far tails are, cannot be nearer than that allows. */
const allowed = (want: number): number => 12 + Math.abs(Math.log(want));

describe("igamma and igammac", () => {
  for (const [a, x, p, q] of EXACT)
    test(`are right to some units in the last place at (${a}, ${x})`, () => {
      for (const [got, want] of [
        [of(torch.igamma, a, x), p],
        [of(torch.igammac, a, x), q],
      ])
        expect(Math.abs(got - want)).toBeLessThanOrEqual(allowed(want) * 2 ** -52 * want);
    });
  test("have PyTorch's values at the edges", () => {
    const inf = Infinity;
    const a = torch.tensor([0, 0, 1, inf, inf, 1, -1, 1, NaN, 0, inf, NaN, NaN], f64);
    const x = torch.tensor([0, 1, 0, 1, inf, inf, 1, -1, 1, inf, NaN, 0, inf], f64);
    expect(torch.igamma(a, x).tolist()).toEqual([NaN, 1, 0, 0, NaN, 1, NaN, NaN, NaN, 1, 0, 0, 1]);
    expect(torch.igammac(a, x).tolist()).toEqual([NaN, 0, 1, 1, NaN, 0, NaN, NaN, NaN, 0, 1, 1, 0]);
  });
  test("have a derivative in the second argument alone, and take no whole numbers, as in PyTorch", () => {
    const a = torch.tensor([2], { requires_grad: true });
    expect(() => torch.igamma(a, a.detach()).sum().backward()).toThrow(
      "the derivative for 'igamma: input' is not implemented.",
    );
    expect(() => torch.igammac(torch.tensor([1n]), torch.tensor([1n]))).toThrow(
      "\"igammac_cpu\" not implemented for 'Long'",
    );
  });
});
