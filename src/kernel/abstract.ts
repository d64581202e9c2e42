// Dtypes whose width a device chooses.
//
// Note [Widths]: what a kernel adds up in, and what it counts with, is said by its purpose and not in bits. `precise` is a
// float to add up many of float32 in, `index` an integer that tells where something is. They live in expressions,
// accumulators and params alone; operands, and so tensors, have dtypes of PyTorch's. Before a device runs a kernel, it puts
// the dtypes that it has in their place (kernel/widths.ts): the CPU 64 bits for both, a device without such numbers 32.
import type { DtypeName } from "../base/dtype.ts";
import { complex64, Dtype, float32 } from "../base/dtype.ts";

const abstract = (name: string, array: unknown, category: 1 | 2 | 3): Dtype =>
  new Dtype(-1, name as DtypeName, array, category, name);
export const precise = abstract("precise", Float64Array, 2);
export const preciseComplex = abstract("precise complex", Float64Array, 3);
export const index = abstract("index", BigInt64Array, 1);

/** What many numbers of a dtype are added up or multiplied in. */
export const preciseOf = (d: Dtype): Dtype => (d === float32 ? precise : d === complex64 ? preciseComplex : d);
