// Nested lists and objects of tensors, which functions of functions take and give.
import { caller } from "../base/errors.ts";
import { Tensor } from "../tensor/tensor.ts";
import { typeWord } from "../tensor/type_word.ts";

/** A tensor, or lists and objects of such. */
export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree };

/** What a list stands for that another language gave: it has containers that are no plain lists and objects. */
export interface Foreign {
  /** As PyTorch names it: tuple, list, dict, namedtuple, … */
  readonly kind: string;
  /** What tells it from others of its kind, as that language writes it: a class, keys. */
  readonly context: string | readonly string[];
  /** What that language makes another one with. */
  readonly like: unknown;
}
export const foreign = new WeakMap<object, Foreign>();
const kindOf = (x: readonly unknown[]): Foreign => foreign.get(x) ?? TUPLE;
const TUPLE: Foreign = { kind: "tuple", context: "None", like: null };
const contextText = ({ context }: Foreign): string =>
  typeof context === "string" ? context : `[${context.join(", ")}]`;

export function isNode(x: unknown): x is readonly unknown[] | Record<string, unknown> {
  if (Array.isArray(x)) return true;
  return typeof x === "object" && x !== null && Object.getPrototypeOf(x) === Object.prototype;
}
/** Whether it is a list that is not told to be another container than a tuple. */
export const isTuple = (x: unknown): x is readonly unknown[] => Array.isArray(x) && kindOf(x).kind.endsWith("tuple");
/** `f` of everything that is no list and no plain object. */
export function mapLeaves(x: unknown, f: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(x)) {
    const made = x.map((y) => mapLeaves(y, f));
    const known = foreign.get(x);
    if (known !== undefined) foreign.set(made, known);
    return made;
  }
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
/** Whether two have the same parts: lists of one kind and length, objects of the same keys. */
export function isLike(x: readonly unknown[] | Record<string, unknown>, other: unknown): boolean {
  if (!isNode(other) || Array.isArray(x) !== Array.isArray(other)) return false;
  const [keys, others] = [Object.keys(x), Object.keys(other)];
  if (keys.length !== others.length || !keys.every((key) => key in other)) return false;
  if (!Array.isArray(x) || !Array.isArray(other)) return true;
  const [a, b] = [kindOf(x), kindOf(other)];
  return a.kind === b.kind && contextText(a) === contextText(b);
}
/** As Python's PyTorch writes the structure of a tree. */
export function structureText(x: unknown, indent = 0): string {
  if (!isNode(x)) return "*";
  const parts = Object.values(x).map((y) => structureText(y, indent + 2));
  const [kind, context] = Array.isArray(x)
    ? [kindOf(x).kind, contextText(kindOf(x))]
    : ["dict", `['${Object.keys(x).join("', '")}']`];
  return `TreeSpec(${kind}, ${context}, [${parts.join(`,\n${" ".repeat(indent + 2)}`)}])`;
}
/** A tree as Python writes it, with `leaf` of its leaves. */
export function pythonText(x: unknown, leaf: (x: unknown) => string): string {
  if (!isNode(x)) return leaf(x);
  const values = Object.values(x).map((y) => pythonText(y, leaf));
  const { kind, context } = Array.isArray(x)
    ? kindOf(x)
    : { kind: "dict", context: Object.keys(x).map((key) => `'${key}'`) };
  if (typeof context !== "string") return `{${values.map((value, i) => `${context[i]}: ${value}`).join(", ")}}`;
  if (kind === "list") return `[${values.join(", ")}]`;
  return `${kind === "tuple" ? "" : kind}(${values.join(", ")}${kind === "tuple" && values.length === 1 ? "," : ""})`;
}
/** Whether two trees have the same structure. */
export const sameStructure = (x: unknown, y: unknown): boolean =>
  isNode(x)
    ? isLike(x, y) && Object.entries(x).every(([key, part]) => sameStructure(part, (y as Record<string, unknown>)[key]))
    : !isNode(y);
/** The type of a value, as the language of the program shows it. */
export function classText(x: unknown): string {
  if (x instanceof Tensor && caller.language === "Python") return "<class 'torch.Tensor'>";
  const word = (Array.isArray(x) ? foreign.get(x)?.kind : undefined) ?? typeWord(x);
  return caller.language === "TypeScript" || word.startsWith("<") ? word : `<class '${word}'>`;
}
