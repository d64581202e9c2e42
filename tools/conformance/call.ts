// From a Python callable's name and arguments to a call of tidu: `f(...positional, { keywords })`.
import * as torch from "tidu";
import { native_dropout_backward } from "../../src/ops/nn/dropout.ts";
import type { Index, Tensor } from "tidu";
import type { Case, Encoded } from "./reader.ts";
import { Missing } from "./values.ts";
import type { Values } from "./values.ts";

export type Callable = (...args: never[]) => unknown;
type Namespace = Readonly<Record<string, unknown>>;

/** Part of the library that may not exist (yet); an import that fails counts as absent. */
async function part(path: string): Promise<Namespace> {
  try {
    return (await import(/* @vite-ignore */ path)) as Namespace;
  } catch {
    return {};
  }
}
// PyTorch has the last in torch.ops.aten alone.
const root: Namespace = { ...torch, native_dropout_backward };
const nn = await part("tidu/nn");
const optim = await part("tidu/optim");
const inside = (name: string): Namespace => (root[name] ?? {}) as Namespace;
const namespaces: Readonly<Record<string, Namespace>> = {
  nn,
  "nn.functional": await part("tidu/nn/functional"),
  "nn.init": (nn["init"] ?? {}) as Namespace,
  "nn.utils": (nn["utils"] ?? {}) as Namespace,
  optim,
  "optim.lr_scheduler": { ...(optim["lr_scheduler"] as Namespace), ...(optim["swa_utils"] as Namespace) },
  linalg: inside("linalg"),
  fft: inside("fft"),
  special: inside("special"),
};
/** `linalg.norm`, `nn.functional.relu`, `nn.Linear`; throws Missing. */
export function lookup(name: string): Callable {
  const dot = name.lastIndexOf(".");
  const found = dot < 0 ? root[name] : namespaces[name.slice(0, dot)]?.[name.slice(dot + 1)];
  if (typeof found !== "function") throw new Missing(`no ${name}`);
  return found as Callable;
}

type Args = readonly unknown[];
type Methods = Readonly<Record<string, unknown>>;
/** A method of the first argument. */
const method =
  (name: string) =>
  ([self, ...rest]: Args): unknown => {
    const f = (self as Methods)[name];
    if (typeof f !== "function") throw new Missing(`no Tensor.${name}`);
    return (f as (...args: unknown[]) => unknown).apply(self, [...rest]);
  };
/** Python's operators with the operands the other way round. */
const reflected =
  (name: string) =>
  ([self, other]: Args): unknown =>
    typeof other === "number" || typeof other === "bigint" || typeof other === "boolean"
      ? method(name)([zeroDim(other, self as Tensor), self])
      : method(name)([other, self]);
/** A number in front of an operator has to become a tensor; as a 0-dim one it takes part in promotion as a number does. */
const zeroDim = (x: number | bigint | boolean, like: Tensor): Tensor =>
  torch.tensor(typeof x === "number" && Number.isInteger(x) && !like.is_floating_point() ? BigInt(x) : x, {
    dtype: like.is_floating_point() ? like.dtype : null,
  });
const commuted =
  (name: string) =>
  ([self, other]: Args): unknown =>
    method(name)([self, other]);
const property =
  (name: string) =>
  ([self]: Args): unknown => {
    if (!(name in torch.Tensor.prototype)) throw new Missing(`no Tensor.${name}`);
    return (self as Methods)[name];
  };
const indexList = (index: unknown, isTuple: boolean): readonly Index[] =>
  (isTuple ? index : [index]) as readonly Index[];
const isTuple = (v: Encoded): boolean => typeof v === "object" && v !== null && "tuple" in v;

/** Whole numbers that Python would give int64; JavaScript says that with bigints. */
const asInts = (x: unknown): unknown =>
  Array.isArray(x) ? x.map(asInts) : typeof x === "number" && Number.isInteger(x) ? BigInt(x) : x;

/** Callables that take their arguments in another order than torch.name, as ops.json's `call` tells. Not in extras. */
const REORDERED: Readonly<Record<string, readonly number[]>> = {
  einsum: [1, 0],
  where: [1, 0, 2],
  "nn.functional.embedding": [1, 0],
  "nn.functional.embedding_bag": [1, 0],
  polygamma: [1, 0],
  "special.polygamma": [1, 0],
};
/** What the recorded name stands for, where it is not simply torch.name or the method. Arguments: decoded, encoded. */
const CALLS: Readonly<Record<string, (args: Args, encoded: readonly Encoded[]) => unknown>> = {
  zero_: ([x]) => method("zero_")([(x as Tensor).clone()]),
  resize_: ([x, shape]) => method("resize_")([(x as Tensor).clone(), shape]),
  resize_as_: ([x, other]) => method("resize_as_")([(x as Tensor).clone(), other]),
  "linalg.pinv|singular": ([a, b]) => lookup("linalg.pinv")((a as Tensor).matmul((b as Tensor).mT) as never),
  "linalg.lstsq|grad_oriented": (args) =>
    (lookup("linalg.lstsq")(...(args as never[])) as readonly unknown[]).slice(0, 2),
  max_pool2d_with_indices_backward: ([x, options]) => {
    const input = x as Tensor;
    const leaf = input.requires_grad ? input : input.detach().requires_grad_();
    const pool = lookup("nn.functional.max_pool2d") as (...args: unknown[]) => Tensor;
    const out = pool(leaf, { ...(options as object), return_indices: false });
    // PyTorch's op gives its input, from which only the places come, a gradient of zeros.
    return torch.autograd.grad(out.sum(), leaf, null, { create_graph: true })[0].add(input.mul(0));
  },
  index_put: ([self, indices, ...rest]) => method("index_put")([self, indices, ...rest]),
  __getitem__: ([self, index], [, e]) => (self as Tensor).index(indexList(index, isTuple(e))),
  __setitem__: ([self, index, value], [, e]) =>
    void (self as Tensor).index_put_(indexList(index, isTuple(e)), value as Tensor),
  __radd__: commuted("add"),
  __rmul__: commuted("mul"),
  __rand__: commuted("bitwise_and"),
  __ror__: commuted("bitwise_or"),
  __rxor__: commuted("bitwise_xor"),
  __rsub__: commuted("rsub"),
  __rdiv__: reflected("div"),
  __rmod__: reflected("remainder"),
  __rpow__: reflected("pow"),
  __rmatmul__: reflected("matmul"),
  tensor: ([data, ...rest]) => lookup("tensor")(...([asInts(data), ...rest] as never[])),
  full: ([size, value, ...rest]) => lookup("full")(...([size, asInts(value), ...rest] as never[])),
};
/** Recorded after manual_seed(42). */
const SEEDED = [
  "nn.functional.dropout",
  "nn.functional.rrelu",
  "nn.functional.scaled_dot_product_attention",
  "nn.functional.multi_head_attention_forward",
];
const PROPERTIES = ["T", "mT", "H", "mH", "shape", "dtype"];
/** torch.double and its like are dtypes here as there; the recorded ops are the methods. */
const METHODS = new Set(
  "bfloat16 bool byte char double float half int long short to item contiguous expand expand_as new_full new_ones new_zeros repeat reshape_as sum_to_size unfold view view_as".split(
    " ",
  ),
);

/** The function that replays `op`. Throws Missing where the library has none. */
export function callableFor({ id, op, dtype }: Case): (args: Args, encoded: readonly Encoded[]) => unknown {
  if (SEEDED.includes(op)) torch.manual_seed(42);
  const order = dtype === "extra" ? undefined : REORDERED[op];
  if (order) {
    const f = lookup(op);
    return (args, encoded) => {
      // Arguments given by name come last, in one object; here they need a place.
      const last = args.at(-1);
      const placed = encoded.length < order.length ? [...args.slice(0, -1), ...Object.values(last as object)] : args;
      return f(...([...order.map((i) => placed[i]), ...placed.slice(order.length)] as never[]));
    };
  }
  const name = op.replace(/^Tensor\./, "");
  const variant = id.slice(0, id.indexOf("/"));
  const special = CALLS[variant] ?? CALLS[op] ?? CALLS[name];
  if (special) return special;
  if (PROPERTIES.includes(name)) return property(name);
  const isMethod = name in torch.Tensor.prototype;
  if (op.startsWith("Tensor.") || METHODS.has(name)) return method(name);
  if (name.includes(".") || typeof root[name] === "function" || !isMethod) {
    const f = lookup(name);
    return (args) => f(...(args as never[]));
  }
  return method(name);
}

/** Options without a meaning here, at the values that mean "as usual". */
const IDLE: Readonly<Record<string, (v: Encoded) => boolean>> = {
  layout: (v) => v === null || (v as { layout: string }).layout === "strided",
  pin_memory: (v) => v !== true,
  non_blocking: () => true,
};
/** Positional arguments, then the keyword ones in one object. */
export function argumentsOf(values: Values): unknown[] {
  const { args = [], kwargs = {} } = values.case;
  const given = args.map((v) => values.decode(v));
  const named = Object.entries(kwargs).filter(([name, v]) => !(IDLE[name]?.(v) ?? false));
  if (named.length > 0) given.push(Object.fromEntries(named.map(([name, v]) => [name, values.decode(v)])));
  return given;
}
