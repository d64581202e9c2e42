// Stands for blas.ts in bundles for browsers, where there is no BLAS of the system's.
export const forBlas = (): null => null;
export const findBlas = (): string => "none outside Node";
