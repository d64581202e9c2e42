// The error function, what it lacks to 1, and its inverse.
import { float32 } from "../../base/dtype.ts";
import type { Expr } from "../expr.ts";
import { expBelow0, timesExp } from "./exponential.ts";
import { atMost, flipped, leading, pick, polynomial, rarely, select } from "./format.ts";
import type { Formula, PerFormat } from "./format.ts";
import { log } from "./logarithm.ts";

// erf(x) / x - 1 as a polynomial of x² for |x| up to 1.
export const ERF: PerFormat<readonly number[]> = [
  [0.128379166, -0.37612626, 0.112835944, -0.0268542115, 0.00518908724, -0.00080168643, 7.87587487e-5],
  [
    0.12837916709551256, -0.3761263890318354, 0.11283791670945006, -0.02686617064323777, 0.0052239776071164225,
    -0.0008548325975389692, 0.00012055294904839707, -0.00001492473690741966, 0.0000016447424703317362,
    -1.6208483801871705e-7, 1.3720064546777686e-8, -7.795898827002142e-10,
  ],
];
// log erfc(x) for x from 1 to 4.
const LOG_ERFC = [
  0.00032013805, -1.13023343, -0.631826052, -0.110080083, 0.026421136, -0.00475959629, 0.000596805626, -4.60580427e-5,
  1.63715141e-6,
];
// erfc(x) e^(x²) (x + c) as a polynomial of (x - c) / (x + c), for x from 1/2 to where erfc is 0.
export const CENTER: PerFormat<number> = [2, 2.5];
export const ERFC: PerFormat<readonly number[]> = [
  [
    1.02158272, -0.687160671, 0.279471815, -0.0364432111, -0.0215049703, 0.00648984592, 0.00304947933, -0.000881381973,
    -0.000537727319, 0.000104609833,
  ],
  [
    1.054031820305718, -0.8046518494391487, 0.4539141166480998, -0.17125114524606758, 0.028361550131751696,
    0.008393044303422005, -0.0048187855171098765, -0.00043920828654271427, 0.0007026936458915576,
    0.000058308018758668275, -0.00011260426667422683, -1.95336361317662e-5, 0.000018241950968450694,
    0.000006760520046451202, -0.0000023264024944676043, -0.0000019806750097917647, -1.233017431815678e-8,
    4.807443397046124e-7, 1.3511438815098712e-7, -1.0349450657096501e-7, -3.839186020142513e-8, 1.9848026978667223e-8,
  ],
];
// erfinv(x) / x as a polynomial of w - 5/2 for w = -log(1 - x²) up to 5, beyond of √w - 3 (Giles, "Approximating the
// erfinv function", 2010): for float64 up to w of 36, to as many digits as one step of Halley's needs.
const ERFINV_NEAR: PerFormat<readonly number[]> = [
  [
    1.50140941, 0.24664028, -0.00417739293, -0.00125272642, 0.000218349393, -4.9724199e-6, -3.46398519e-6,
    4.68131361e-7, 2.33359678e-8, -8.93192631e-9,
  ],
  [
    1.50140905, 0.246640384, -0.00417599268, -0.00125327823, 0.000217219989, -4.53346274e-6, -3.17334548e-6,
    3.56180834e-7,
  ],
];
const ERFINV_FAR: PerFormat<readonly number[]> = [
  [
    2.83297682, 1.00167501, 0.00944568496, -0.0076387981, 0.00568323489, -0.00358952489, 0.00149563933, -7.27537408e-5,
    -0.000318567472, 0.000127037798,
  ],
  [
    2.83297586, 1.00168383, 0.00946642924, -0.00773827033, 0.00567126507, -0.00329305208, 0.00126755529,
    -0.000270682212, 1.68598472e-5, 4.03574859e-6, -6.03882143e-7,
  ],
];

const small: Formula = (x) => {
  const z = x.mul(x);
  return x.fma(polynomial(z, ERF), x);
};
/** erfc(x) and erfc(x) e^(x²), for x from 1/2 on. */
function tail(x: Expr): { erfc: Expr; factor: Expr } {
  const a = atMost(x, pick(x, [10.5, 28]));
  const center = pick(x, CENTER);
  const sum = a.add(center);
  const factor = polynomial(a.sub(center).div(sum), ERFC).div(sum);
  // x² in two parts, the first exact, as exp would multiply the error of one by x².
  const high = leading(a);
  return { erfc: timesExp(factor, high.mul(high).neg(), high.sub(a).mul(high.add(a))), factor };
}
/** erfc(x) for float32, to so many digits as 1 - erfc(x) needs. */
const roughTail: Formula = (x) => expBelow0(polynomial(atMost(x, 4), [LOG_ERFC, []]));
export const erf: Formula = (x) => {
  const a = x.abs();
  const beyond = x.lift(1).sub(x.dtype === float32 ? roughTail(a) : tail(a).erfc);
  return select(a.lt(1), small(x), flipped(beyond, x));
};
export const erfc: Formula = (x) => {
  const a = x.abs();
  const far = tail(a).erfc;
  return select(a.lt(0.5), x.lift(1).sub(small(x)), select(x.lt(0), x.lift(2).sub(far), far));
};
export const erfinv: Formula = (x) => {
  const a = x.abs();
  const w = log(x.lift(1).sub(a).mul(a.add(1))).neg();
  const far = polynomial(w.sqrt().sub(3), ERFINV_FAR);
  const factor = rarely(w.gt(5), far, polynomial(w.sub(2.5), ERFINV_NEAR));
  const inside = x.mul(factor);
  return select(a.eq(1), x.mul(Infinity), x.dtype === float32 ? inside : improved(inside, x));
};
/** Halley's step towards erf(y) = x, on erfc where erf is close to 1. */
function improved(y: Expr, x: Expr): Expr {
  const [size, target] = [y.abs(), x.abs()];
  const { erfc, factor } = tail(size);
  const error = select(target.lt(0.5), small(size).sub(target), x.lift(1).sub(target).sub(erfc));
  // The derivative is -2/√π e^(-y²).
  const step = error.mul(Math.sqrt(Math.PI) / 2).mul(factor.div(erfc));
  return flipped(size.sub(step.div(size.fma(step, 1))), x);
}
