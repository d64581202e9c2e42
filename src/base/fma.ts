// A product and a sum that are rounded together, as hardware does it.

/** a * b + c rounded once, by the error terms of product (Dekker 1971) and sum (Knuth). */
export function fma(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const [a1, b1] = [upperHalf(a), upperHalf(b)];
  const [a2, b2] = [a - a1, b - b1];
  const productError = a2 * b2 - (product - a1 * b1 - a2 * b1 - a1 * b2);
  const shift = sum - product;
  const sumError = product - (sum - shift) + (c - shift);
  const result = sum + (sumError + productError);
  return Number.isFinite(result) ? result : sum;
}
function upperHalf(x: number): number {
  const scaled = x * (2 ** 27 + 1);
  return scaled - (scaled - x);
}
