// Batching: how an op computes for a whole batch at once.
import { RuntimeError } from "../base/errors.ts";
import { list, reach, sameShape, wrapDim } from "../base/layout.ts";
import { runInPlace } from "../dispatch/call.ts";
import { isRandom, mapTensors, tensorsIn } from "../dispatch/levels.ts";
import type { Results } from "../dispatch/levels.ts";
import type { Entry } from "../dispatch/declare.ts";
import { Tensor } from "../tensor/tensor.ts";
import { aligned, alignedValues, Call, oneByOne } from "./batching_call.ts";
import type { Rule } from "./batching_call.ts";
import { dimsBehind, rules } from "./batching_rules.ts";
import type { VmapLevel } from "./vmap_level.ts";

/**
 * Note [Batching]: what a tensor of a batch holds has the batch as its first dim. Most ops follow by rule. Views have the
 * same strides with the batch's before them. Pointwise kernels broadcast: what has fewer dims gets dims of size 1 behind the
 * batch. Ops along dims are told them from the end, where nothing has moved. Others have rules of their own
 * (batching_rules.ts), and what has none goes through the batch one by one.
 */
/** The results of an op for a batch, one level down. */
export function batched(level: VmapLevel, entry: Entry, values: readonly unknown[]): Results {
  const call = new Call(level, entry, values);
  if (isRandom(entry)) return drawn(call);
  const rule = rules[entry.schema.name] ?? ruleOf(entry);
  const results = rule?.(call) ?? oneByOne(call);
  return results instanceof Tensor ? level.wrap(results) : results.map((t) => level.wrap(t));
}
/** The same in place: self is of the batch. */
export function writeBatched(level: VmapLevel, of: Entry, name: string, values: readonly unknown[]): void {
  const call = new Call(level, of, values);
  const self = values[0] as Tensor;
  const below = call.below(self);
  const others = tensorsIn(values.slice(1));
  const written = rules[of.schema.name] ?? ruleOf(of);
  if (isRandom(of)) {
    assertDraws(call.level);
    if (level.randomness === "different")
      runInPlace(
        of,
        name,
        mapTensors(values, (t) => call.whole(t)),
      );
    else below.copy_(runInPlace(of, name, [below.new_empty(self.shape), ...values.slice(1)]));
  } else if (written === aligned && others.every((t) => t.dim() <= self.dim())) {
    runInPlace(of, name, alignedValues(call, self.dim()));
  } else {
    const made = batched(level, of, values) as Tensor;
    below.copy_(call.below(made));
  }
}

/** The rule of a kind of kernel. */
function ruleOf({ definition }: Entry): Rule | null {
  const { kind, elementwise } = definition!.kernel;
  return kind === "view" ? seen : elementwise === true ? aligned : null;
}
/**
 * A view: the same of every element of the batch. It is the op's own, of all of the batch, so that the graph below has it under its
 * name, as one of several where it is; seen through strides where the op would lay it otherwise.
 */
const seen: Rule = (call) => {
  const { kernel } = call.entry.definition!;
  const below = call.below(call.values[0] as Tensor);
  const made = kernel.run(call.values, call.entry.schema);
  const wanted = made instanceof Tensor ? [made] : made;
  if (call.name === "_as_strided") assertWithin(call.values[0] as Tensor, wanted[0]);
  const isSame = (views: Results): boolean =>
    (views instanceof Tensor ? [views] : views).every((t, i) => isOfBatch(t, below, wanted[i]));
  try {
    const own = behindBatch(call);
    if (own !== null && isSame(kernel.run(own, call.entry.schema))) return call.run(own);
    if (call.name === "t" && wanted[0].dim() === 2) return below.transpose(1, 2);
    if (call.name === "squeeze") return below.view([call.size, ...wanted[0].sizes]);
  } catch {
    // The op is not for what has one more dim.
  }
  const view = (t: Tensor): Tensor =>
    below.as_strided([call.size, ...t.sizes], [below.strides[0], ...t.strides], t.offset);
  return made instanceof Tensor ? view(made) : made.map(view);
};
/** Raises for a view that would reach into other elements of the batch. */
function assertWithin(t: Tensor, made: Tensor): void {
  const [from, to] = [t, made].map(({ sizes, strides, offset }) => [
    offset,
    sizes.includes(0) ? offset : offset + reach({ shape: sizes, strides, offset: 0 }),
  ]);
  if (made.numel() === 0 || (from[0] <= to[0] && to[1] <= from[1])) return;
  throw new RuntimeError(
    `result = tensor.as_strided(${list(made.sizes)}, ${list(made.strides)}, ${made.offset}) can access memory outside of \`tensor\`. \`result\` can access some memory in range ${list(to)}, but \`tensor\` can only access some memory in range ${list(from)}. This is not supported inside of vmap, please try to rewrite the \`as_strided\` call as a sequence of PyTorch view operations`,
  );
}
/** Whether a view of all of the batch is, for each element, that of the element. */
const isOfBatch = (t: Tensor, below: Tensor, of: Tensor): boolean =>
  t.offset === of.offset &&
  t.sizes[0] === below.sizes[0] &&
  t.strides[0] === below.strides[0] &&
  sameShape(t.sizes.slice(1), of.sizes) &&
  sameShape(t.strides.slice(1), of.strides);
/** The arguments of a view behind the batch; null if the op has no such. */
function behindBatch(call: Call): unknown[] | null {
  const self = call.values[0] as Tensor;
  const rank = self.dim();
  const below = call.below(self);
  const place = (name: string, v: unknown): unknown[] => call.values.with(0, below).with(call.place(name), v);
  switch (call.name) {
    case "view":
      return place("size", [call.size, ...call.arg<readonly number[]>("size")]);
    case "expand": {
      const size = call.arg<readonly number[]>("size");
      const ones = new Array<number>(size.length - rank).fill(1);
      const aligned = ones.length === 0 ? below : below.view([call.size, ...ones, ...self.sizes]);
      return place("size", [call.size, ...size]).with(0, aligned);
    }
    case "permute":
      return place("dims", [0, ...call.arg<readonly number[]>("dims").map((d) => wrapDim(d, rank) + 1)]);
    case "unsqueeze":
      return place("dim", wrapDim(call.arg<number>("dim"), rank + 1) + 1);
    case "unfold":
      return place("dimension", wrapDim(call.arg<number>("dimension"), rank) + 1);
    case "t":
    case "_as_strided":
      return null;
    default:
      return rank === 0 ? null : dimsBehind(call, rank).with(0, below);
  }
}
export function assertDraws(level: VmapLevel): void {
  if (level.randomness === "error")
    throw new RuntimeError(
      "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on vmap or perform the randomness operation out of vmap",
    );
}
/** Random numbers: the same for all of the batch, or others for each. */
function drawn(call: Call): Results {
  assertDraws(call.level);
  const { level, values } = call;
  const isBatched = tensorsIn(values).some((t) => call.isBatched(t));
  if (level.randomness === "different") {
    const place = call.place("size");
    if (place >= 0) {
      const size = values[place] as readonly number[];
      return level.wrap(call.run(values.with(place, [call.size, ...size])) as Tensor);
    }
    const made =
      isBatched && call.name !== "multinomial" ? call.run(mapTensors(values, (t) => call.whole(t))) : oneByOne(call);
    return level.wrap(made as Tensor);
  }
  if (!isBatched) return call.run(values);
  const self = values[0] as Tensor;
  if (call.name.endsWith("_like")) return call.run([call.below(self).new_empty(self.shape), ...values.slice(1)]);
  throw new RuntimeError(
    "Vmap does not currently support same randomness with a batched tensor input. Please file an issue with functorch\nUse randomness='different', or draw outside of vmap.",
  );
}
