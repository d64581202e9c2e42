// torch.func.vmap: a function of one element, of a batch.
import { IndexError, RuntimeError, ValueError } from "../base/errors.ts";
import { bindArguments } from "../dispatch/callable.ts";
import type { ArgumentsAfter } from "../dispatch/callable.ts";
import { cat } from "../ops/index.ts";
import { Tensor } from "../tensor/tensor.ts";
import { classText, isLike, isNode, isTuple, leavesOf, mapLeaves, pythonText, structureText } from "./tree.ts";
import { VmapLevel } from "./vmap_level.ts";
import type { Randomness } from "./vmap_level.ts";
import { movedim } from "../ops/views/view.ts";

/** The dim that is mapped over: one for all, or as nested as the arguments; null for what is the same for all. */
export type Dims = number | null | readonly Dims[] | { readonly [key: string]: Dims };
interface Given {
  func: (...args: unknown[]) => unknown;
  in_dims: Dims;
  out_dims: Dims;
  randomness: Randomness;
}
const VMAP =
  "vmap(callable func, object in_dims=0, object out_dims=0, str randomness='error', *, int? chunk_size=None) -> callable";

/**
 * Maps a function of one element over a batch, as `torch.func.vmap`: returns a function of tensors that have one more dim, the one
 * of the arguments that `in_dims` says; results get theirs where `out_dims` says. `randomness`: whether draws of random numbers
 * raise, differ over the batch, or are the same for all of it; `chunk_size`: elements at a time, all unless told.
 * Calls inside run once for all of the batch. Nest it, and combine it with grad.
 *
 * Raises where the function looks at numbers (`item()`, `if`), writes a part of the batch into what is not of it, or draws random
 * numbers unless told how.
 * @example torch.func.vmap(torch.dot)(torch.ones(3, 5), torch.ones(3, 5)); // tensor([5., 5., 5.])
 */
export function vmap<A extends readonly unknown[], R>(
  func: (...args: A) => R,
  ...rest: ArgumentsAfter<"func", typeof VMAP, Given>
): (...args: A) => R;
export function vmap(...given: unknown[]): (...args: unknown[]) => unknown {
  const told = bindArguments<typeof VMAP, Given>(VMAP, given);
  const { func: f, in_dims: into, out_dims: out, randomness: draws, chunk_size } = told;
  if (!["error", "different", "same"].includes(draws))
    throw new RuntimeError(`Only allowed values for randomness are 'error', 'different', or 'same'. Got ${draws}`);
  if (chunk_size !== null && chunk_size <= 0)
    throw new ValueError(`vmap: chunk_size should be None or greater than 0. (got ${chunk_size})`);
  const name = f.name === "" ? "<lambda>" : f.name;
  return (...args) => {
    assertDims(name, out);
    const { dims, size } = mappedOver(name, into, args);
    if (chunk_size === null || chunk_size >= size) return mapOnce(name, f, args, dims, size, out, draws).result;
    const chunks: ReturnType<typeof mapOnce>[] = [];
    for (let start = 0; start < size; start += chunk_size) {
      const count = Math.min(chunk_size, size - start);
      let next = 0;
      const part = mapLeaves(args, (x) => {
        const dim = dims[next++];
        return dim === null ? x : (x as Tensor).narrow(dim, start, count);
      });
      chunks.push(mapOnce(name, f, part as unknown[], dims, count, out, draws));
    }
    const parts = chunks.map(({ result }) => leavesOf(result));
    let next = 0;
    return mapLeaves(chunks[0].result, (first) => {
      const i = next++;
      const dim = chunks[0].dims[i];
      return dim === null
        ? first
        : cat(
            parts.map((leaves) => leaves[i] as Tensor),
            dim,
          );
    });
  };
}

/** The result for a batch, and where each of its leaves has the batch. */
function mapOnce<A extends readonly unknown[]>(
  name: string,
  f: (...args: A) => unknown,
  args: A,
  dims: readonly (number | null)[],
  size: number,
  out: Dims,
  randomness: Randomness,
): { result: unknown; dims: readonly (number | null)[] } {
  const level = new VmapLevel(size, randomness);
  const result = level.run(() => {
    let next = 0;
    const given = mapLeaves(args, (x) => {
      const dim = dims[next++];
      return dim === null ? x : level.wrap(dim === 0 ? (x as Tensor) : movedim(x as Tensor, dim, 0));
    });
    return f(...(given as A));
  });
  const outs = outDims(name, out, result);
  let next = 0;
  const unwrapped = mapLeaves(result, (t) => {
    const dim = outs[next++];
    if (!(t instanceof Tensor)) {
      if (dim === null) return t;
      throw new ValueError(
        `vmap(${name}, ...): \`${name}\` must only return Tensors, got type ${classText(t)}. Did you mean to set out_dims= to None for output?`,
      );
    }
    if (dim === null) {
      if (level.owns(t))
        throw new ValueError(`vmap(${name}, ...): \`${name}\` can not return a BatchedTensor when out_dim is None`);
      return t;
    }
    const whole = level.owns(t) ? level.innerOf(t) : t.unsqueeze(0).expand([size, ...t.shape]);
    if (dim < -whole.dim() || dim >= whole.dim())
      throw new IndexError(
        `Dimension out of range (expected to be in range of [${-whole.dim()}, ${whole.dim() - 1}], but got ${dim})`,
      );
    return dim === 0 ? whole : movedim(whole, 0, dim);
  });
  return { result: unwrapped, dims: outs };
}

/** The dim that is mapped over for each leaf of the arguments, and how long it is. */
function mappedOver(
  name: string,
  in_dims: Dims,
  args: readonly unknown[],
): { dims: readonly (number | null)[]; size: number } {
  const told = (): string => `vmap(${name}, in_dims=${textOf(in_dims)}, ...)(<inputs>)`;
  if (typeof in_dims !== "number" && !isTuple(in_dims))
    throw new ValueError(
      `${told()}: expected \`in_dims\` to be int or a (potentially nested) tuple matching the structure of inputs, got: ${classText(in_dims)}.`,
    );
  if (args.length === 0)
    throw new ValueError(
      `vmap(${name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a function with no inputs. The latter is unsupported.`,
    );
  const found = spread(in_dims, args);
  if (found === null)
    throw new ValueError(
      `${told()}: in_dims is not compatible with the structure of \`inputs\`. in_dims has structure ${structureText(in_dims)} but inputs has structure ${structureText(args)}.`,
    );
  const sizes: number[] = [];
  const dims = leavesOf(args).map((x, i) => {
    const dim = found[i];
    if (dim === null) return null;
    if (!Number.isInteger(dim))
      throw new ValueError(
        `${told()}: Got in_dim=${textOf(dim)} for an input but in_dim must be either an integer dimension or None.`,
      );
    if (!(x instanceof Tensor))
      throw new ValueError(
        `${told()}: Got in_dim=${dim} for an input but the input is of type ${classText(x)}. We cannot vmap over non-Tensor arguments, please use None as the respective in_dim`,
      );
    const n = x.dim();
    if (dim < -n || dim >= n)
      throw new ValueError(
        `${told()}: Got in_dim=${dim} for some input, but that input is a Tensor of dimensionality ${n} so expected in_dim to satisfy -${n} <= in_dim < ${n}.`,
      );
    const at = dim < 0 ? dim + n : dim;
    sizes.push(x.shape[at]);
    return at;
  });
  if (sizes.length === 0) throw new ValueError("vmap: Expected at least one Tensor to vmap over");
  if (sizes.some((n) => n !== sizes[0]))
    throw new ValueError(
      `vmap: Expected all tensors to have the same size in the mapped dimension, got sizes [${sizes.join(", ")}] for the mapped dimension`,
    );
  return { dims, size: sizes[0] };
}
function assertDims(name: string, out_dims: Dims): void {
  if (leavesOf(out_dims).some((dim) => dim !== null && typeof dim !== "number"))
    throw new ValueError(
      `vmap(${name}, ..., out_dims=${textOf(out_dims)}): \`out_dims\` must be an int, None or a python collection of ints representing where in the outputs the vmapped dimension should appear.`,
    );
}
function outDims(name: string, out_dims: Dims, result: unknown): (number | null)[] {
  // PyTorch lets the only result have its dim in a tuple.
  const of = result instanceof Tensor && isTuple(out_dims) && out_dims.length === 1 ? out_dims[0] : out_dims;
  const found = spread(of, result);
  if (found === null)
    throw new ValueError(
      `vmap(${name}, ..., out_dims=${textOf(out_dims)})(<inputs>): out_dims is not compatible with the structure of \`outputs\`. out_dims has structure ${structureText(out_dims)} but outputs has structure ${structureText(result)}.`,
    );
  return found;
}
/** Dims for every leaf of a tree; null if they are nested otherwise. */
export function spread(dims: Dims, tree: unknown): (number | null)[] | null {
  if (!isNode(dims)) return leavesOf(tree).map(() => dims as number | null);
  if (!isNode(tree) || !isLike(dims, tree)) return null;
  const parts = Object.entries(tree).map(([key, part]) => spread((dims as Record<string, Dims>)[key], part));
  return parts.some((part) => part === null) ? null : parts.flatMap((part) => part!);
}
const textOf = (dims: unknown): string =>
  pythonText(dims, (x) => (x === null ? "None" : typeof x === "string" && x !== dims ? `'${x}'` : String(x)));
