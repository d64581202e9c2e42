// Nested lists and objects of tensors, which functions of functions take and give.
import { Tensor } from "../tensor.ts";

/** A tensor, or lists and objects of such. */
export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree };

export function isNode(x: unknown): x is readonly unknown[] | Record<string, unknown> {
  if (Array.isArray(x)) return true;
  return typeof x === "object" && x !== null && Object.getPrototypeOf(x) === Object.prototype;
}
/** `f` of everything that is no list and no plain object. */
export function mapLeaves(x: unknown, f: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(x)) return x.map((y) => mapLeaves(y, f));
  if (isNode(x)) return Object.fromEntries(Object.entries(x).map(([key, y]) => [key, mapLeaves(y, f)]));
  return f(x);
}
export const mapTensors = <T>(x: T, f: (t: Tensor) => Tensor): T =>
  mapLeaves(x, (leaf) => (leaf instanceof Tensor ? f(leaf) : leaf)) as T;
export function leavesOf(x: unknown): unknown[] {
  const found: unknown[] = [];
  mapLeaves(x, (leaf) => found.push(leaf));
  return found;
}
export const tensorsOf = (x: unknown): Tensor[] => leavesOf(x).filter((leaf) => leaf instanceof Tensor);
/** The tree with its tensors replaced, in order. */
export function replaced<T>(tree: T, tensors: readonly Tensor[]): T {
  let next = 0;
  return mapTensors(tree, () => tensors[next++]);
}
/** As Python's PyTorch writes the structure of a tree. */
export function structureText(x: unknown): string {
  if (Array.isArray(x)) return `TreeSpec(tuple, None, [${x.map(structureText).join(",\n  ")}])`;
  if (isNode(x))
    return `TreeSpec(dict, ['${Object.keys(x).join("', '")}'], [${Object.values(x).map(structureText).join(",\n  ")}])`;
  return "*";
}
