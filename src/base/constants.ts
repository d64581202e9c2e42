// The numbers that torch has names for, and None between the brackets of an index.

/** The ratio of a circle's circumference to its diameter, as `torch.pi`. */
export const pi = Math.PI;
/** Euler's number, as `torch.e`. */
export const e = Math.E;
/** As `torch.inf`. */
export const inf = Infinity;
/** As `torch.nan`. */
export const nan = NaN;
/** A new dim of size 1 in an index, as `torch.newaxis`. @example x.index([":", torch.newaxis]) */
export const newaxis = null;
