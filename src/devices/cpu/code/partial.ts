// Folds in two steps: partial results of equal parts, and their fold.
//
// Note [Partial results]: a fold with few results has nothing to divide among threads but itself, and one of columns walks
// from row to row far apart, unless it takes the columns of a few rows at a time. Whether a fold is done in parts, and in
// which, follows from its loops alone, so that floats come out the same for any number of threads.
import { acc, input } from "../../../kernel/expr.ts";
import type { Expr } from "../../../kernel/expr.ts";
import { isHalf } from "../../../kernel/half.ts";
import { Kernel } from "../../../kernel/loops.ts";
import type { Loops } from "../../../kernel/loops.ts";

/** Parts that a fold is cut into at most, beside what is left over, and elements of a part for one result at least. */
const PARTS = 64;
const LEAST_PART = 128;
/** Elements of all below which it does not pay. */
const LEAST = 1 << 16;
/** Results that are too few to divide. */
const FEW = 64;
/** Bytes of all partial results. */
const MOST_ROOM = 1 << 20;

type Run = (kernel: Kernel, loops: Loops, starts: readonly number[]) => void;
/**
 * Runs a fold in two steps, if that is worth while, with `run` for loops whose operands begin at the addresses `starts`, and
 * room from `scratch`. Else returns false.
 */
export function foldInParts(
  kernel: Kernel,
  loops: Loops,
  starts: readonly number[],
  run: Run,
  scratch: (nbytes: number) => number,
): boolean {
  const steps = stepsOf(kernel);
  const cut = cutOf(loops);
  if (steps === null || cut === null) return false;
  const { sizes, reduced, strides } = loops;
  const { dim, length, results } = cut;
  const outer = sizes.length - reduced;
  const whole = Math.floor(sizes[dim] / length);
  const left = sizes[dim] - whole * length;
  const parts = left > 0 ? whole + 1 : whole;

  const accs = steps.parts.outputs.map((o) => o.dtype.itemsize);
  const bytes = accs.reduce((sum, size) => sum + up16(parts * results * size), 0);
  if (bytes > MOST_ROOM) return false;
  let room = scratch(bytes);
  const partials = accs.map((size) => (room += up16(parts * results * size)) - up16(parts * results * size));
  // Rows of results, one for each part.
  const rows = sizes.map((_, d) => (d < outer ? product(sizes.slice(d + 1, outer)) : 0));

  const inputs = kernel.inputs.length;
  const ofParts = (count: number, elements: number): Loops => ({
    sizes: [count, ...sizes.with(dim, elements)],
    reduced,
    strides: [...strides.slice(0, inputs).map((s) => [s[dim] * length, ...s]), ...accs.map(() => [results, ...rows])],
  });
  const from = [...starts.slice(0, inputs), ...partials];
  run(steps.parts, ofParts(whole, length), from);
  if (left > 0) {
    const strideOf = (k: number): number =>
      k < inputs ? strides[k][dim] * length * kernel.inputs[k].itemsize : results * accs[k - inputs];
    run(
      steps.parts,
      ofParts(1, left),
      from.map((at, k) => at + whole * strideOf(k)),
    );
  }
  run(
    steps.whole,
    {
      sizes: [...sizes.slice(0, outer), parts],
      reduced: 1,
      strides: [
        ...accs.map(() => [...rows.slice(0, outer), results]),
        ...strides.slice(inputs).map((s) => [...s.slice(0, outer), 0]),
      ],
    },
    [...partials, ...starts.slice(inputs)],
  );
  return true;
}
const up16 = (n: number): number => Math.ceil(n / 16) * 16;
const product = (xs: readonly number[]): number => xs.reduce((a, b) => a * b, 1);

interface Cut {
  /** The dim that is cut, and how many of its elements a part has. */
  readonly dim: number;
  readonly length: number;
  readonly results: number;
}
/** How loops are cut: along their longest reduced dim. Null if it is not worth while. */
function cutOf({ sizes, reduced, strides }: Loops): Cut | null {
  const last = sizes.length - 1;
  const outer = sizes.length - reduced;
  const results = product(sizes.slice(0, outer));
  const folded = product(sizes.slice(outer));
  if (reduced === 0 || results * folded < LEAST || folded < 4 * LEAST_PART) return null;
  const across = outer > 0 && Math.abs(strides[0][last]) > Math.abs(strides[0][outer - 1]);
  if (results >= FEW && !across) return null;
  let dim = outer;
  for (let d = outer; d < sizes.length; d++) if (sizes[d] > sizes[dim]) dim = d;
  const parts = Math.min(Math.floor(folded / LEAST_PART), PARTS);
  return { dim, length: Math.ceil(sizes[dim] / parts), results };
}

/** A fold as two kernels: from the inputs to accumulators, and from accumulators to the outputs. */
interface Steps {
  readonly parts: Kernel;
  readonly whole: Kernel;
}
const known = new WeakMap<Kernel, Steps | null>();
/** The two steps of a kernel, or null if it cannot be done so. */
function stepsOf(kernel: Kernel): Steps | null {
  let steps = known.get(kernel);
  if (steps === undefined) known.set(kernel, (steps = makeSteps(kernel)));
  return steps;
}
function makeSteps({ inputs, params, outputs, reduce }: Kernel): Steps | null {
  if (reduce === null || reduce.scan) return null;
  if (outputs.some((o) => o.offset !== undefined || o.mode !== undefined || o.pass !== undefined)) return null;
  const { accs } = reduce;
  if (accs.some((a) => a.pass !== undefined || a.combine === undefined || isHalf(a.dtype) || counts(a.step)))
    return null;
  const partials = accs.map(({ dtype }, i) => ({ dtype, value: acc(i, dtype) }));
  const folds = accs.map((a, i) => ({
    ...a,
    step: a.combine!(acc(i, a.dtype), input(i, a.dtype)),
    term: undefined,
  }));
  return {
    parts: new Kernel({ inputs, params, outputs: partials, reduce }),
    whole: new Kernel({ inputs: accs.map((a) => a.dtype), params, outputs, reduce: { accs: folds, scan: false } }),
  };
}
/** Whether it depends on the place, which is another within a part. */
const counts = (e: Expr): boolean => e.op === "iota" || e.op === "reduceIota" || e.src.some(counts);
