// Which dtypes an op takes, and PyTorch's sentences about the others.
import type { Dtype } from "../base/dtype.ts";
import { bfloat16, bool, dtypes, float16, float32, float64, int32, int64, uint8 } from "../base/dtype.ts";
import { IndexError, NotImplementedError, RuntimeError } from "../base/errors.ts";

/** The dtypes, by the bits of their codes, and the error for one that is not among them. */
export interface Taken {
  readonly mask: number;
  /** `first` is the dtype of the first tensor. */
  readonly refuse: (dtype: Dtype, first: Dtype) => Error;
  /** Argument whose dtype counts, where it is not the first; "promoted" for what all of them give together. */
  readonly of?: string;
  /** Only the dtype of the first tensor is taken. */
  readonly same?: boolean;
  /** PyTorch finds out when it looks for a kernel: what else is wrong with the arguments, it says first. */
  readonly isLast?: boolean;
  /** Of the arguments: whether PyTorch gets by without the kernel. */
  readonly unless?: (values: readonly unknown[]) => boolean;
}
/** All of them hold, the first that does not speaks. */
export type Takes = Taken | readonly Taken[];

const maskOf = (test: (d: Dtype) => boolean): number =>
  dtypes.reduce((mask, d) => (test(d) ? mask | (1 << d.code) : mask), 0);
const ALL = maskOf(() => true);
const COMPLEX = maskOf((d) => d.is_complex);
const FLOATS = maskOf((d) => d.is_floating_point);
const HALVES = maskOf((d) => d === float16 || d === bfloat16);
const WIDE = maskOf((d) => d === float32 || d === float64);
const BOOL = maskOf((d) => d === bool);
const INTEGERS = maskOf((d) => d.category === 1);
const INDICES = maskOf((d) => d === int32 || d === int64);
const LONG = maskOf((d) => d === int64);
const BYTES = maskOf((d) => d === uint8);

const refusals = new WeakSet<Error>();
/** Marks an error as one about dtypes: who tries an op with another dtype tells by it what else is wrong. */
export function ofDtypes<E extends Error>(error: E): E {
  refusals.add(error);
  return error;
}
export const isOfDtypes = (error: unknown): boolean => refusals.has(error as Error);

/** PyTorch's sentence of a kernel that was not compiled for a dtype. */
export const notImplementedFor = (kernel: string, d: Dtype): NotImplementedError =>
  ofDtypes(new NotImplementedError(`"${kernel}" not implemented for '${d.legacyName}'`));
const compiledFor =
  (mask: number) =>
  (kernel: string): Taken => ({ mask, isLast: true, refuse: (d) => notImplementedFor(kernel, d) });

// A kernel of this name, which takes …
export const floats = compiledFor(FLOATS);
/** … float32 and float64. */
export const wideFloats = compiledFor(WIDE);
export const floatsAndLong = compiledFor(FLOATS | LONG);
export const wideFloatsAndLong = compiledFor(WIDE | LONG);
export const floatsAndBytes = compiledFor(FLOATS | BYTES);
export const wideFloatsAndBytes = compiledFor(WIDE | BYTES);
export const floatsAndComplex = compiledFor(FLOATS | COMPLEX);
export const wideFloatsAndComplex = compiledFor(WIDE | COMPLEX);
/** … all but complex numbers. */
export const real = compiledFor(ALL & ~COMPLEX);
/** … all but bools. */
export const numbers = compiledFor(ALL & ~BOOL);
/** … all but complex numbers and bools. */
export const realNumbers = compiledFor(ALL & ~COMPLEX & ~BOOL);
/** … all but complex numbers and 16-bit floats. */
export const realNotHalf = compiledFor(ALL & ~COMPLEX & ~HALVES);
/** … integers. */
export const integers = compiledFor(INTEGERS);
/** … integers and bools. */
export const integral = compiledFor(INTEGERS | BOOL);
/** … int32 and int64. */
export const indices = compiledFor(INDICES);

type Raised = new (message: string) => Error;
type Sentence = string | ((dtype: Dtype) => string);
const saying =
  (mask: number, Default: Raised = RuntimeError) =>
  (sentence: Sentence, Raises: Raised = Default): Taken => ({
    mask,
    refuse: (d) => ofDtypes(new Raises(typeof sentence === "string" ? sentence : sentence(d))),
  });
// With a sentence of its own: refuses …
export const noComplex = saying(ALL & ~COMPLEX, NotImplementedError);
export const noBool = saying(ALL & ~BOOL);
/** … integers and bools. */
export const noIntegers = saying(FLOATS | COMPLEX);
/** … all but floats. */
export const onlyFloats = saying(FLOATS);
/** … all but float32 and float64. */
export const onlyWideFloats = saying(WIDE);
/** … all but float32, float64 and complex numbers. */
export const noIntegersOrHalves = saying(WIDE | COMPLEX);
/** … all but integers and bools. */
export const onlyIntegral = saying(INTEGERS | BOOL);
export const onlyBool = saying(BOOL);
export const onlyLong = saying(LONG);
export const onlyIndices = saying(INDICES, IndexError);

/** The same, said after what else is wrong with the arguments; and before. */
export const last = (taken: Taken): Taken => ({ ...taken, isLast: true });
export const first = (taken: Taken): Taken => ({ ...taken, isLast: false });
/** The same where the kernel is needed. */
export const unless = (without: (values: readonly unknown[]) => boolean, taken: Taken): Taken => ({
  ...taken,
  unless: without,
});
/** The same of another argument than the first; of "promoted", of the dtype that all arguments give together. */
export const of = (arg: string, takes: Takes): readonly Taken[] => list(takes).map((t) => ({ ...t, of: arg }));
/** An argument that must have the first tensor's dtype, and the sentence if it has not. */
export const sameAsFirst = (arg: string, sentence: (dtype: Dtype, first: Dtype) => string): Taken => ({
  mask: ALL,
  of: arg,
  same: true,
  refuse: (d, first) => ofDtypes(new RuntimeError(sentence(d, first))),
});
export const list = (takes: Takes): readonly Taken[] => (Array.isArray(takes) ? takes : [takes as Taken]);

export const isTaken = ({ mask }: Taken, { code }: Dtype): boolean => ((mask >> code) & 1) !== 0;
/** One of the dtypes that are taken. */
export const anyTaken = (taken: Taken): Dtype => [float32, int64, ...dtypes].find((d) => isTaken(taken, d))!;
