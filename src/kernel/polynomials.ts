// Orthogonal polynomials p_n(x) by their recurrences, in float64. A negative degree gives 0, as in PyTorch.

/** p_0 = 1, p_1 given, then p_{k+1} from k, p_k and p_{k-1}. */
function recurrence(n: number, first: number, next: (k: number, p: number, before: number) => number): number {
  const degree = Math.trunc(n);
  if (degree < 0) return 0;
  if (degree === 0) return 1;
  let [before, p] = [1, first];
  for (let k = 1; k < degree && !Number.isNaN(p); k++) [before, p] = [p, next(k, p, before)];
  return p;
}
/** The Chebyshev polynomials of all four kinds differ in p_1 alone. */
const chebyshev =
  (first: (x: number) => number) =>
  (x: number, n: number): number =>
    recurrence(n, first(x), (_, p, before) => 2 * x * p - before);
const shifted =
  (f: (x: number, n: number) => number) =>
  (x: number, n: number): number =>
    f(2 * x - 1, n);
export const chebyshevT = chebyshev((x) => x);
export const chebyshevU = chebyshev((x) => 2 * x);
export const chebyshevV = chebyshev((x) => 2 * x - 1);
export const chebyshevW = chebyshev((x) => 2 * x + 1);
export const shiftedChebyshevT = shifted(chebyshevT);
export const shiftedChebyshevU = shifted(chebyshevU);
export const shiftedChebyshevV = shifted(chebyshevV);
export const shiftedChebyshevW = shifted(chebyshevW);
export const hermiteH = (x: number, n: number): number =>
  recurrence(n, 2 * x, (k, p, before) => 2 * x * p - 2 * k * before);
export const hermiteHe = (x: number, n: number): number => recurrence(n, x, (k, p, before) => x * p - k * before);
export const laguerreL = (x: number, n: number): number =>
  recurrence(n, 1 - x, (k, p, before) => ((2 * k + 1 - x) * p - k * before) / (k + 1));
export const legendreP = (x: number, n: number): number =>
  recurrence(n, x, (k, p, before) => ((2 * k + 1) * x * p - k * before) / (k + 1));
