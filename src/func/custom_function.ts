// Custom Functions in levels: see Note [Levels] in dispatch/levels.ts.
import { backwardOf, Function } from "../autograd/function.ts";
import type { FunctionClass, FunctionContext } from "../autograd/function.ts";
import { RuntimeError } from "../base/errors.ts";
import { Tensor } from "../tensor/tensor.ts";
import { classText, isTuple, leavesOf, mapLeaves, mapTensors, pythonText, structureText } from "./tree.ts";
import { spread } from "./vmap.ts";
import type { Dims } from "./vmap.ts";
import type { VmapLevel } from "./vmap_level.ts";
import { movedim } from "../ops/views/view.ts";

type Values = readonly unknown[];
const HERE = "For more details, please see https://pytorch.org/docs/main/notes/extending.func.html";

/** A level whose tensors hold what they are below. */
interface Holding {
  readonly innerOf: (t: Tensor) => Tensor;
  wrap(t: Tensor): Tensor;
}
/** Raises for a Function whose forward gets the context: then it cannot run below what it saves. */
function assertSplit(of: FunctionClass): void {
  if (of.setup_context === Function.setup_context)
    throw new RuntimeError(
      `In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must override the setup_context staticmethod. ${HERE}`,
    );
}
/** A Function that is recorded, or differentiated forwards, in a level: forward runs one level down, on what the arguments hold. */
export function customAt(
  level: Holding,
  of: FunctionClass,
  args: Values,
  compute: (inner: Values) => unknown,
  seen?: (ctx: FunctionContext, results: Values) => void,
): unknown {
  assertSplit(of);
  const below = (): unknown => {
    const inner = mapTensors(args, level.innerOf);
    return seenAs(compute(inner), inner, args, (t) => level.wrap(t));
  };
  return of.alone(args, { called: `${of.name}Generated`, compute: below, seen });
}
/** Results one level up: those that are arguments as these, since what is marked dirty must be one. */
function seenAs(results: unknown, inner: Values, args: Values, wrap: (t: Tensor, i: number) => Tensor): unknown {
  const [held, own] = [leavesOf(inner), leavesOf(args)];
  let next = 0;
  return mapLeaves(results, (t) => {
    const i = next++;
    if (!(t instanceof Tensor)) return t;
    const place = held.indexOf(t);
    return place < 0 ? wrap(t, i) : own[place];
  });
}
/** What forward, backward and jvp return, as a list. */
export const listOf = (returned: unknown): (Tensor | null)[] =>
  Array.isArray(returned) ? (returned as (Tensor | null)[]) : [(returned as Tensor | null | undefined) ?? null];

/** A Function for a batch: by its own rule, or by one that is made of its forward, backward and jvp. */
export function customBatched(level: VmapLevel, of: FunctionClass, args: Values): unknown {
  assertSplit(of);
  const hasRule = of.vmap !== Function.vmap;
  if (of.generate_vmap_rule && hasRule)
    throw new RuntimeError(
      `You tried to vmap over ${of.name}, but it has both generate_vmap_rule=True and an overridden vmap staticmethod. Please set generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid ambiguity. ${HERE}`,
    );
  if (!of.generate_vmap_rule && !hasRule)
    throw new RuntimeError(
      `You tried to vmap over ${of.name}, but it does not have vmap support. Please override and implement the vmap staticmethod or set generate_vmap_rule=True. ${HERE}`,
    );
  const inner = mapTensors(args, level.innerOf);
  const dims = mapLeaves(args, (x) => (x instanceof Tensor && level.owns(x) ? 0 : null));
  if (leavesOf(dims).every((dim) => dim === null)) return level.lower(() => of.apply(...(args as never[])));
  if (of.generate_vmap_rule) {
    const made = vmapped(level, of, dims as readonly Dims[]);
    const results = level.lower(() => made.of.apply(...(inner as never[])));
    const [batched] = made.outputs;
    return seenAs(results, inner, args, (t, i) => (batched[i] ? level.wrap(t) : t));
  }
  const { size: batch_size, randomness } = level;
  const result = level.lower(() => of.vmap({ batch_size, randomness }, dims as never, ...(inner as never[])));
  const told =
    "Expected the vmap staticmethod to have two returns, an output and out_dims with pytree structure compatible with the output. ";
  if (!isTuple(result)) throw new RuntimeError(`${told}Got a ${classText(result)} instead`);
  if (result.length !== 2) throw new RuntimeError(`${told}Got ${String((result as Values).length)} returns instead`);
  const [output, out_dims] = result as [unknown, Dims];
  const outs = spread(out_dims, output);
  if (outs === null)
    throw new RuntimeError(
      `The autograd.Function's vmap staticmethod returned an incompatible (output, out_dims) tuple. Expected out_dims=${pythonText(out_dims, (x) => (x === null ? "None" : String(x)))} to be compatible with the structure of \`output\`. out_dims has structure ${structureText(out_dims)} but output has structure ${structureText(output)}. ${HERE}`,
    );
  return seenAs(output, inner, args, (t, i) => {
    const dim = outs[i];
    return dim === null ? t : level.wrap(level.lower(() => movedim(t, dim, 0)));
  });
}

/** Which tensors of a context have the batch as their first dim, and of which shape an element of the arguments is. */
interface Kept {
  readonly back: readonly boolean[];
  readonly forth: readonly boolean[];
  readonly shapes: readonly (readonly number[] | null)[];
}
/**
 * The Function that does for a whole batch what `of` does for one element: each of its parts runs in a vmap of its own. `outputs`
 * tells, once forward has run, which of its results are of the batch.
 */
function vmapped(
  level: VmapLevel,
  of: FunctionClass,
  in_dims: readonly Dims[],
): { readonly of: FunctionClass; readonly outputs: [readonly boolean[]] } {
  const outputs: [readonly boolean[]] = [[]];
  const kept = new WeakMap<FunctionContext, Kept>();
  const inputs = leavesOf(in_dims).map((dim) => dim !== null);
  /** Runs a body on values of a new level, where they are of the batch, and tells which tensors are of it. */
  const within = <T>(body: (up: (x: unknown, batched: readonly boolean[]) => unknown, inside: VmapLevel) => T): T => {
    const inside = level.again();
    const up = (x: unknown, batched: readonly boolean[]): unknown => {
      let next = 0;
      return mapLeaves(x, (t) => (batched[next++] && t instanceof Tensor ? inside.wrap(t) : t));
    };
    return inside.run(() => body(up, inside));
  };
  const keep = (t: Tensor | null, inside: VmapLevel): Tensor | null => t && inside.innerOf(t);
  /** As many as those they belong to have: summed over the batch, or expanded to it. */
  const fitted = (t: Tensor | null, isBatched: boolean, wanted: boolean): Tensor | null => {
    if (t === null || isBatched === wanted) return t;
    return wanted ? t.unsqueeze(0).expand([level.size, ...t.shape]) : t.sum(0);
  };
  /** What a part makes of lists, one tensor for each that is wanted. */
  const products = (
    ctx: FunctionContext,
    saved: readonly (Tensor | null)[],
    flags: readonly boolean[],
    given: Values,
    batched: readonly boolean[],
    part: (...given: never[]) => unknown,
    wanted: readonly boolean[],
    shapes: readonly (readonly number[] | null)[] | null,
  ): (Tensor | null)[] => {
    const before = ctx.shown;
    const made = within((up, inside) => {
      ctx.shown = up(saved, flags) as (Tensor | null)[];
      try {
        return listOf(part(...(up(given, batched) as never[]))).map((t, i): readonly [Tensor | null, boolean] => {
          const shape = shapes?.[i] ?? null;
          const summed = t !== null && shape !== null && wanted[i] ? t.sum_to_size(shape) : t;
          return [keep(summed, inside), summed !== null && inside.owns(summed)];
        });
      } finally {
        ctx.shown = before;
      }
    });
    return made.map(([t, isBatched], i) => fitted(t, isBatched, wanted[i] ?? false));
  };
  const Made = class extends Function {
    static override generate_vmap_rule = true;
    static override forward(...args: never[]): unknown {
      return within((up, inside) => {
        const results = of.forward(...(up(args, inputs) as never[]));
        outputs[0] = leavesOf(results).map((t) => t instanceof Tensor && inside.owns(t));
        return mapTensors(results, inside.innerOf);
      });
    }
    static override setup_context(ctx: FunctionContext, args: never, output: never): void {
      within((up, inside) => {
        const xs = up(args, inputs) as Values;
        of.setup_context(ctx, xs as never, up(output, outputs[0]) as never);
        const isOf = (t: Tensor | null): boolean => t !== null && inside.owns(t);
        kept.set(ctx, {
          back: ctx.toSave.map(isOf),
          forth: ctx.toSaveForward.map(isOf),
          shapes: xs.map((x) => (x instanceof Tensor ? x.shape : null)),
        });
        ctx.toSave = ctx.toSave.map((t) => keep(t, inside));
        ctx.toSaveForward = ctx.toSaveForward.map((t) => keep(t, inside));
        ctx.nonDifferentiable = ctx.nonDifferentiable.map(inside.innerOf);
        ctx.dirty = ctx.dirty.map(inside.innerOf);
      });
    }
    static override backward(ctx: FunctionContext, ...grads: never[]): (Tensor | null)[] {
      const { back, shapes } = kept.get(ctx)!;
      const part = (...gs: never[]): unknown => backwardOf(of)(ctx, ...gs);
      return products(ctx, ctx.saved_tensors, back, grads, outputs[0], part, inputs, shapes);
    }
    static override jvp(ctx: FunctionContext, ...tangents: never[]): (Tensor | null)[] {
      const { forth } = kept.get(ctx)!;
      const part = (...ts: never[]): unknown => of.jvp(ctx, ...ts);
      return products(ctx, ctx.shown ?? [], forth, tangents, inputs, part, outputs[0], null);
    }
  };
  Object.defineProperty(Made, "name", { value: `Vmapped${of.name}` });
  return { of: Made, outputs };
}
