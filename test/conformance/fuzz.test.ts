import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { Tensor } from "../../src/index.ts";
import type { Index } from "../../src/index.ts";
import { registry } from "../../src/dispatch/declare.ts";

const SEED = { seed: 20261123, numRuns: 300 };
/** The kinds of error a user may see; anything else is a fault of the library. */
const isOwn = (e: unknown): boolean =>
  e instanceof torch.RuntimeError ||
  e instanceof torch.ValueError ||
  e instanceof torch.IndexError ||
  e instanceof torch.NotImplementedError ||
  (e instanceof TypeError && /^\w+\(\)|must be|expected|invalid|only|unsupported/.test(e.message));

/** The same list with a place that holds nothing before it: `[, 1]`. */
const behindAHole = (list: readonly unknown[]): unknown[] => {
  const made: unknown[] = [];
  for (const [i, x] of list.entries()) made[i + 1] = x;
  return made;
};
const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const ramp = (shape: number[]): Tensor => torch.arange(shape.reduce((a, b) => a * b, 1)).reshape(shape);

/** Basic indices only, as a model in plain JavaScript can follow them. */
const basic = fc.oneof(
  fc.integer({ min: -5, max: 4 }),
  fc.tuple(
    fc.option(fc.integer({ min: -6, max: 6 })),
    fc.option(fc.integer({ min: -6, max: 6 })),
    fc.option(fc.integer({ min: 1, max: 3 })),
  ),
  fc.constant(null),
);
type Basic = number | [number | null, number | null, number | null] | null;
type Nested = number | Nested[];
/** Throws RangeError where Python raises IndexError: also where no element is left to be asked for. */
function check(shape: readonly number[], indices: readonly Basic[]): void {
  let d = 0;
  for (const i of indices) {
    if (i === null) continue;
    if (d === shape.length) throw new RangeError("too many indices");
    if (typeof i === "number" && (i < -shape[d] || i >= shape[d])) throw new RangeError("out of bounds");
    d++;
  }
}
/** Python's rules on nested lists. */
function model(x: Nested, indices: readonly Basic[]): Nested {
  if (indices.length === 0) return x;
  const [first, ...rest] = indices;
  if (first === null) return [model(x, rest)];
  if (!Array.isArray(x)) throw new RangeError("too many indices");
  if (typeof first === "number") {
    const i = first < 0 ? first + x.length : first;
    if (i < 0 || i >= x.length) throw new RangeError("out of bounds");
    return model(x[i], rest);
  }
  const [start, stop, step] = first;
  const clamp = (i: number | null, fallback: number): number =>
    i === null ? fallback : Math.min(Math.max(i < 0 ? i + x.length : i, 0), x.length);
  const out: Nested[] = [];
  for (let i = clamp(start, 0); i < clamp(stop, x.length); i += step ?? 1) out.push(model(x[i], rest));
  return out;
}
const asIndex = (b: Basic): Index => (Array.isArray(b) ? torch.slice_(b[0], b[1], b[2]) : b);

describe("indexing", () => {
  test("with integers, slices and new dims reads what Python's rules say", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
        fc.array(basic, { maxLength: 4 }),
        (shape, indices) => {
          const x = ramp(shape);
          let expected: Nested | null = null;
          try {
            check(shape, indices);
            expected = model(x.tolist() as Nested, indices);
          } catch {
            expect(() => x.index(indices.map(asIndex))).toThrow(torch.IndexError);
            return;
          }
          expect(x.index(indices.map(asIndex)).tolist()).toEqual(expected);
        },
      ),
      SEED,
    );
  });

  test("writes just the elements it reads", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
        fc.array(basic, { maxLength: 3 }),
        (shape, indices) => {
          const x = ramp(shape);
          const index = indices.map(asIndex);
          let chosen: Set<number>;
          try {
            chosen = new Set(x.index(index).flatten().tolist() as number[]);
          } catch {
            return;
          }
          const before = x.flatten().tolist() as number[];
          x.index_put_(index, -1);
          expect(x.flatten().tolist()).toEqual(before.map((v) => (chosen.has(v) ? -1 : v)));
        },
      ),
      SEED,
    );
  });

  test("with anything at all either works or raises one of the library's errors and changes nothing", () => {
    const anything = fc.oneof(
      basic.map((b) => asIndex(b as Basic)),
      fc.constantFrom("...", "1:", "::2", "a:b", true, false),
      fc.double(),
      fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 3 }),
      fc.array(fc.boolean(), { maxLength: 4 }),
      fc.constant({}),
    );
    const list = fc.array(anything, { maxLength: 4 });
    fc.assert(
      fc.property(shapes, fc.oneof({ weight: 9, arbitrary: list }, list.map(behindAHole)), (shape, indices) => {
        const x = ramp(shape);
        const before = x.tolist();
        try {
          x.index(indices as Index[]);
        } catch (e) {
          expect(e).toSatisfy(isOwn);
        }
        expect(x.tolist()).toEqual(before);
        try {
          x.index_put_(indices as Index[], 7);
        } catch (e) {
          expect(e).toSatisfy(isOwn);
          expect(x.tolist()).toEqual(before);
        }
      }),
      SEED,
    );
  });
});

describe("the binder", () => {
  const numbers = fc.array(fc.integer({ min: -2, max: 4 }), { maxLength: 3 });
  const tensors = fc.array(
    shapes.map((s) => ramp(s).float()),
    { maxLength: 3 },
  );
  const value = fc.oneof(
    shapes.map((s) => ramp(s).float()),
    shapes.map((s) => ramp(s)),
    fc.integer({ min: -4, max: 4 }),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined, "mean", "", torch.float64, torch.int64),
    numbers,
    tensors,
    fc.oneof(numbers, tensors).map(behindAHole),
    fc.dictionary(
      fc.constantFrom("dim", "keepdim", "other", "dtype", "value", "wrong"),
      fc.oneof(fc.integer({ min: -2, max: 2 }), fc.boolean()),
    ),
  );
  const ops = [...registry].filter(
    ([
      ,
      {
        schema: { args, name },
      },
    ]) => args[0] !== undefined && !name.startsWith("_"),
  );

  test("given anything, every op either works or raises one of the library's errors and changes no argument", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ops),
        shapes,
        fc.array(value, { maxLength: 4 }),
        ([call, { schema }], shape, args) => {
          const self = ramp(shape).float();
          const tensors = args.flat().filter((a): a is Tensor => a instanceof Tensor);
          const first = { Tensor: [self], "Tensor[]": [[self]] }[schema.args[0].type as string] ?? [];
          const before = [self, ...tensors].map((t) => [t.tolist(), t._version]);
          try {
            (call as (...args: unknown[]) => unknown)(...first, ...args);
            const isAsked = args.includes(true) && schema.args.some((a) => a.name === "inplace");
            if (schema.args[0].mutated || isAsked) before[0] = [self.tolist(), self._version];
          } catch (e) {
            if (!isOwn(e)) throw e;
          }
          expect([self, ...tensors].map((t) => [t.tolist(), t._version])).toEqual(before);
        },
      ),
      { ...SEED, numRuns: 3000 },
    );
  });

  test("names what is missing, unknown or given twice", () => {
    const x = torch.ones(2);
    // @ts-expect-error other is missing
    expect(() => x.mul()).toThrow('mul() missing 1 required positional arguments: "other"');
    // @ts-expect-error no such argument
    expect(() => x.sum({ dims: 0 })).toThrow("sum() got an unexpected keyword argument 'dims'");
    // @ts-expect-error dim is given twice
    expect(() => x.sum(0, { dim: 0 })).toThrow("sum() got multiple values for argument 'dim'");
    // @ts-expect-error a string is not a dim
    expect(() => x.sum("0")).toThrow("sum(): argument 'dim' (position 1) must be tuple of ints, not str");
    expect(() => x.select(0.5, 0)).toThrow("select(): argument 'dim' (position 1) must be int, not float");
  });
});
