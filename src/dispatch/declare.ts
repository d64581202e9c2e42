// op() declares a signature, define() gives it a kernel and a derivative, inplace() derives the twin that writes self.
import type { Formula, RecordedOp, SavedName } from "../autograd/record.ts";
import type { Dtype } from "../base/dtype.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Tensor as TensorClass } from "../tensor/tensor.ts";
import { makeCall } from "./call.ts";
import type { Schema } from "./schema.ts";
import type { Fn, Result, TensorNames, Values } from "./signature.ts";
import { parseSchema } from "./schema.ts";
import { list } from "./takes.ts";
import type { Taken, Takes } from "./takes.ts";

declare const SIGNATURE: unique symbol;
/** A callable op: exactly what a user sees as torch.name. The signature rides along in the type only. */
export type Op<S extends string> = Fn<S> & { readonly [SIGNATURE]: S };
export type SignatureOf<O> = O extends { readonly [SIGNATURE]: infer S extends string } ? S : never;

/** How an op computes. `values` come in the order of the signature, bound and checked. */
export interface OpKernel {
  /**
   * composite: of differentiable ops, needs no derivative. view: shares self's storage. compute: fresh results, by code
   * that may call ops. host: the same by code that reads and writes the host's memory, see Note [Ops on the host]. loops:
   * fresh results, by kernels of the device alone.
   */
  readonly kind: "composite" | "view" | "compute" | "host" | "loops";
  /** The result lies in the memory of the first argument, though it is no view. */
  readonly shares?: boolean;
  /** Whether each element of the result is computed from the operands' elements there, broadcast. */
  readonly elementwise?: true;
  run(values: readonly unknown[], schema: Schema): Tensor | readonly Tensor[];
  /** Of kind `host`: by code that may call ops, for devices whose memory the host has not. */
  elsewhere?(values: readonly unknown[], schema: Schema): Tensor | readonly Tensor[];
  /** Writes the result into an existing tensor, for in-place twins; without it the result is copied. */
  into?(values: readonly unknown[], schema: Schema, target: Tensor): void;
  /** Makes it refuse dtypes of its computation: kernels that promote, which look once for each combination of dtypes. */
  restrict?(takes: readonly Taken[]): void;
}
/** A kernel that knows which signature it is for. */
export interface KernelFor<S extends string> extends OpKernel {
  readonly signature?: (s: S) => void;
}

type Names<S extends string> = TensorNames<S> | SavableResult<S>;
type SavableResult<S extends string> = S extends `${string}-> (${infer L})` ? ResultName<L> : "result";
type ResultName<L extends string> = L extends `${string} ${infer N}, ${infer Rest}`
  ? N | ResultName<Rest>
  : L extends `${string} ${infer N}`
    ? N
    : never;
/** Tensors kept for backward: for all formulas, or by the argument whose gradient needs them. */
export type Saves<S extends string> = readonly Names<S>[] | { readonly [N in TensorNames<S>]?: readonly Names<S>[] };
type SavedFor<K, N> = K extends readonly (infer X)[]
  ? X
  : N extends keyof K
    ? K[N] extends readonly (infer X)[]
      ? X
      : never
    : never;
type Sizes<S extends string> = {
  readonly [N in TensorNames<S>]: Values<S>[N & keyof Values<S>] extends readonly unknown[]
    ? readonly (readonly number[])[]
    : readonly number[];
};
/** What the formula for argument N sees: grad, the arguments that are not tensors, and the tensors saved for it. */
export type Context<S extends string, K, N> = {
  /** What was called: the op by its name, with an underscore if it wrote over its first argument. */
  readonly op: string;
  /** Gradient of the (first) result; zeros if nothing came. */
  readonly grad: Tensor;
  /** Gradients of all results, null where nothing came. */
  readonly grads: readonly (Tensor | null)[];
  readonly sizes: Sizes<S>;
  /** Of ops whose definition says `strided`. */
  readonly strides: Sizes<S>;
} & Omit<Values<S>, TensorNames<S>> &
  Pick<Values<S> & Record<SavableResult<S>, Tensor>, SavedFor<K, N> & (keyof Values<S> | SavableResult<S>)>;
type GradientOf<V> = V extends readonly unknown[] ? readonly (Tensor | null)[] : Tensor | null;

export interface Definition<S extends string, K extends Saves<S>> {
  kernel: KernelFor<S>;
  /** Dtypes of its arguments; all, where it is left out. */
  takes?: Takes;
  /** Whether its tensors may be on several devices: it sees to that itself. */
  anyDevice?: true;
  /** Formulas see no other tensors than these. */
  saves?: K;
  /** Gradient of each tensor argument, by name; leave out what has none. Need not undo broadcasting: the engine does. */
  backward?: { [N in TensorNames<S>]?: (context: Context<S, K, N>) => GradientOf<Values<S>[N & keyof Values<S>]> };
  /** Arguments on which the gradients depend in steps alone: see Note [Piecewise linear]. Each has a formula. */
  flat?: readonly TensorNames<S>[];
  /** Whether formulas see the strides that the tensors had, too. */
  strided?: boolean;
  /** Results of floats that need no gradient all the same. */
  constants?: readonly string[];
  /** Without a derivative in place, in a self of some dtypes: the graph does not learn of it, and a leaf may be written over. */
  unrecorded?: (self: Dtype) => boolean;
  /** Name of the node, where PyTorch's is not the op's with the number 0: "SumBackward1". Of a composite it is the only one. */
  node?: string | ((values: Values<S> & { readonly op: string; readonly sizes: Sizes<S> }) => string);
  /** Name of a composite's last node, where PyTorch takes the same steps but for that one. */
  lastNode?: string | ((values: Values<S> & { readonly op: string; readonly sizes: Sizes<S> }) => string);
}

export interface AnyDefinition {
  readonly kernel: OpKernel;
  readonly takes?: Takes;
  readonly saves?: readonly string[] | Readonly<Record<string, readonly string[] | undefined>>;
  readonly backward?: Readonly<Record<string, Formula["formula"] | undefined>>;
  readonly flat?: readonly string[];
  readonly strided?: boolean;
  readonly constants?: readonly string[];
  readonly unrecorded?: (self: Dtype) => boolean;
  readonly anyDevice?: true;
  readonly node?: string | ((values: never) => string);
  readonly lastNode?: string | ((values: never) => string);
}
/** One op in the registry. */
export interface Entry extends RecordedOp {
  readonly schema: Schema;
  definition: AnyDefinition | null;
  /** For the in-place twin: the op whose result it writes. */
  readonly inplaceOf: Entry | null;
  /** Place of the argument `inplace`, which asks for the result to be written over the first argument; -1 if none. */
  readonly inplaceArg: number;
  /** Place of the argument that says where results are made; -1 if none. */
  readonly deviceArg: number;
  /** What each call checks of its arguments' dtypes; what the kernel checks by itself is not among it. */
  takes: readonly Check[] | null;
}
/** The dtypes of the argument at a place; of what all give together, if the place is -1. */
export interface Check extends Taken {
  readonly place: number;
}
/** Every op, by its callable and by its name. */
export const registry = new Map<unknown, Entry>();
export const registryByName = new Map<string, Entry>();

function declare(schema: Schema, inplaceOf: Entry | null): (...args: unknown[]) => unknown {
  const inplaceArg = schema.args.findIndex((a) => a.name === "inplace");
  const deviceArg = schema.args.findIndex((a) => a.type === "device?");
  const entry: Entry = {
    schema,
    definition: null,
    inplaceOf,
    inplaceArg,
    deviceArg,
    record: null,
    takes: null,
  };
  const run = makeCall(entry, false);
  const call = (...given: unknown[]): unknown => run(given);
  Object.defineProperty(call, "name", { value: schema.name });
  registry.set(call, entry);
  registryByName.set(schema.name, entry);
  return call;
}
/** Whether an op is a method, too. */
const isMethod = ({ name, args }: Schema): boolean => args[0]?.name === "self" && !name.startsWith("_");
/** Gives tensors the methods that are among these ops. See Note [Methods] in ops/methods/index.ts. */
export function makeMethods(ops: Readonly<Record<string, unknown>>): void {
  for (const call of Object.values(ops)) {
    const entry = registry.get(call);
    if (entry === undefined || !isMethod(entry.schema)) continue;
    const run = makeCall(entry, true);
    const method = (...given: unknown[]): unknown => run(given);
    Object.defineProperty(TensorClass.prototype, entry.schema.name, {
      configurable: true,
      writable: true,
      value: function (this: Tensor, ...args: unknown[]) {
        // Passing on is cheaper than a list made of what is passed on.
        return method(this, ...args);
      },
    });
  }
}

/** Declares an op. Its type depends on the text alone, so definitions may use every op freely, themselves included. */
export function op<const S extends string>(signature: S): Op<S> {
  return declare(parseSchema(signature), null) as unknown as Op<S>;
}

const NONE: readonly number[] = [];
const WRAP_NUMBERS = new Set(["add", "sub", "mul", "div", "_where"]);
/**
 * Gives an op its kernel and derivative. In the package the definition comes as a function and the op is what is given
 * back: see tools/build/droppable.ts.
 */
export function define<S extends string, const K extends Saves<S> = readonly []>(
  op: Op<S>,
  definition: Definition<S, K>,
): Op<S> {
  const entry = registry.get(op)!;
  const given = definition as unknown as AnyDefinition | (() => AnyDefinition);
  const any = typeof given === "function" ? given() : given;
  const {
    kernel,
    takes,
    backward,
    saves,
    node,
    lastNode,
    flat,
    constants,
    strided = false,
    unrecorded,
    anyDevice,
  } = any;
  // Of one shape for all ops: every call reads it.
  entry.definition = { kernel, takes, backward, saves, node, lastNode, unrecorded, anyDevice };
  if (takes !== undefined) entry.takes = checksOf(entry.schema, kernel, list(takes));
  if (!backward) return op;
  const results = entry.schema.results ?? ["result"];
  const placeOf = (name: string): SavedName => {
    const arg = entry.schema.args.findIndex((a) => a.name === name);
    return { name, place: arg >= 0 ? arg : ~results.indexOf(name) };
  };
  const savesFor = (name: string): readonly SavedName[] => {
    const names = Array.isArray(saves)
      ? saves
      : ((saves as Record<string, readonly string[]> | undefined)?.[name] ?? []);
    return (names as readonly string[]).map(placeOf);
  };
  const formulas = Object.entries(backward)
    .map(([name, formula]) => {
      const { place: arg } = placeOf(name);
      if (arg < 0 || !formula) throw new Error(`define(${entry.schema.name}): no tensor argument '${name}'`);
      return { arg, formula, saves: savesFor(name) };
    })
    .sort((a, b) => a.arg - b.arg);
  entry.record = {
    formulas,
    flat: flat?.map((name) => formulas.findIndex(({ arg }) => arg === placeOf(name).place)) ?? null,
    strided,
    constants: constants?.map((name) => results.indexOf(name)) ?? NONE,
    wrapsNumbers: WRAP_NUMBERS.has(entry.schema.name),
    nodeName: node ?? `${camel(entry.schema.name)}Backward0`,
  };
  return op;
}
/** The kernel gets those it can check by itself. */
function checksOf({ args }: Schema, kernel: OpKernel, takes: readonly Taken[]): readonly Check[] | null {
  const own = kernel.restrict === undefined ? [] : takes.filter((t) => t.of === undefined);
  if (own.length > 0) kernel.restrict!(own);
  const first = args.findIndex((a) => a.type.startsWith("Tensor"));
  const placeOf = (name: string): number => args.findIndex((a) => a.name === name);
  const checks = takes
    .filter((t) => !own.includes(t))
    .map((t) => ({ ...t, place: t.of === undefined ? first : placeOf(t.of) }));
  return checks.length === 0 ? null : checks;
}
const camel = (name: string): string =>
  name
    .split("_")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");

type InPlace<S extends string> = S extends `${infer N}(Tensor${"" | "|Scalar"} self${infer Rest}) -> Tensor`
  ? `${N}_(Tensor(a!) self${Rest}) -> Tensor(a!)`
  : never;
/** The twin of an op that writes its result into self, its signature derived. */
export function inplace<S extends string>(of: Op<S>): Op<InPlace<S>> {
  const entry = registry.get(of)!;
  const text = entry.schema.text.replace(
    /^(\w+)\(Tensor(?:\|Scalar)? self(.*)\) -> Tensor$/,
    "$1_(Tensor(a!) self$2) -> Tensor(a!)",
  );
  return declare(parseSchema(text), entry) as unknown as Op<InPlace<S>>;
}

export type ResultOf<S extends string> = Result<S>;
