// Orthogonal polynomials p_n(x) by their recurrences, in float64. A negative degree gives 0, as in PyTorch.

/** The degree as PyTorch's int64 has it: what is too large for one wraps round to a negative number. */
const degreeOf = (n: number): number => (Math.abs(n) < 2 ** 63 ? Math.trunc(n) : -1);

/** p_0 = 1, p_1 given, then p_{k+1} from k, p_k and p_{k-1}. */
function recurrence(n: number, first: number, next: (k: number, p: number, before: number) => number): number {
  const degree = degreeOf(n);
  if (degree < 0) return 0;
  if (degree === 0) return 1;
  let before = 1;
  let p = first;
  for (let k = 1; k < degree && !Number.isNaN(p); k++) {
    const after = next(k, p, before);
    before = p;
    p = after;
  }
  return p;
}
/**
 * The Chebyshev polynomials of all four kinds differ in p_1 alone. Inside (-1, 1) a high degree has a closed form in
 * the angle whose cosine is x (Abramowitz & Stegun 22.3.15-16).
 */
const chebyshev =
  (first: (x: number) => number, closed: (n: number, angle: number) => number) =>
  (x: number, n: number): number =>
    degreeOf(n) > 8 && Math.abs(x) < 1
      ? closed(degreeOf(n), Math.acos(x))
      : recurrence(n, first(x), (_, p, before) => 2 * x * p - before);
const shifted =
  (f: (x: number, n: number) => number) =>
  (x: number, n: number): number =>
    f(2 * x - 1, n);
export const chebyshevT = chebyshev(
  (x) => x,
  (n, angle) => Math.cos(n * angle),
);
export const chebyshevU = chebyshev(
  (x) => 2 * x,
  (n, angle) => Math.sin((n + 1) * angle) / Math.sin(angle),
);
export const chebyshevV = chebyshev(
  (x) => 2 * x - 1,
  (n, angle) => Math.cos((n + 0.5) * angle) / Math.cos(angle / 2),
);
export const chebyshevW = chebyshev(
  (x) => 2 * x + 1,
  (n, angle) => Math.sin((n + 0.5) * angle) / Math.sin(angle / 2),
);
export const shiftedChebyshevT = shifted(chebyshevT);
export const shiftedChebyshevU = shifted(chebyshevU);
export const shiftedChebyshevV = shifted(chebyshevV);
export const shiftedChebyshevW = shifted(chebyshevW);
/** PyTorch gives no Hermite polynomial of a higher degree: NaN. */
const HERMITE_LIMIT = 512;
const hermite = (n: number, first: number, next: (k: number, p: number, before: number) => number): number =>
  degreeOf(n) > HERMITE_LIMIT ? NaN : recurrence(n, first, next);
export const hermiteH = (x: number, n: number): number =>
  hermite(n, 2 * x, (k, p, before) => 2 * x * p - 2 * k * before);
export const hermiteHe = (x: number, n: number): number => hermite(n, x, (k, p, before) => x * p - k * before);
export const laguerreL = (x: number, n: number): number =>
  recurrence(n, 1 - x, (k, p, before) => ((2 * k + 1 - x) * p - k * before) / (k + 1));
export const legendreP = (x: number, n: number): number =>
  recurrence(n, x, (k, p, before) => ((2 * k + 1) * x * p - k * before) / (k + 1));
