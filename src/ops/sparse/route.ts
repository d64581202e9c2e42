// Which rule a call with a sparse tensor goes to. See Note [Other layouts] in dispatch/layouts.ts.
import { assertWritable, markChanged, rewriteHistory } from "../../autograd/inplace.ts";
import { modes } from "../../autograd/mode.ts";
import { get_default_dtype } from "../../base/dtype.ts";
import type { Dtype, Scalar } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { list, sameShape } from "../../base/layout.ts";
import type { Shape } from "../../base/layout.ts";
import type { DeviceLike } from "../../devices/device.ts";
import { placedOn } from "../../devices/registry.ts";
import { registry } from "../../dispatch/declare.ts";
import type { Entry } from "../../dispatch/declare.ts";
import { run } from "../../dispatch/call.ts";
import { assertFits } from "../../dispatch/fits.ts";
import { otherLayouts } from "../../dispatch/layouts.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { _index_put_ } from "../indexing/indexing.ts";
import { asLeaf } from "../creation/from_data.ts";
import { zeros } from "../creation/creation.ts";
import { inLayout, turned } from "./layouts.ts";
import { addMethods } from "./methods.ts";
import { emptied, none } from "./none.ts";
import { _sparse_coalesce, _sparse_pack, _sparse_values, called, coalesced, indicesOf, like, packed } from "./pack.ts";
import { add, assertSame, div, LINEAR, mul, onValues, pow, UNARY } from "./pointwise.ts";
import { addmm, bmm, matmul, mm, mv } from "./products.ts";
import { sum } from "./reductions.ts";
import { coo, notImplementedFor, routing, SparseLayout, SparseTensor } from "./tensor.ts";
import { indexSelect, joined, narrowCopy, permute, select, unsqueeze } from "./views.ts";

type Values = readonly unknown[];
type Results = Tensor | readonly Tensor[];
type Rule = (values: Values) => Results;
const rule =
  <A extends unknown[]>(body: (...values: A) => Results): Rule =>
  (values) =>
    body(...(values as A));

interface Made {
  readonly dtype: Dtype | null;
  readonly device: DeviceLike | null;
  readonly requires_grad: boolean;
  readonly layout: SparseLayout | null;
}
/** A factory's rule: its values by the names of its arguments. */
const factory =
  (names: string, body: (size: Shape, made: Made, like: Tensor | null) => Results): Rule =>
  (values) => {
    const by = Object.fromEntries(names.split(" ").map((name, i) => [name, values[i]]));
    const self = (by["self"] as Tensor | undefined) ?? null;
    return body((by["size"] as Shape | undefined) ?? self!.sizes, by as unknown as Made, self);
  };
function made(size: Shape, { dtype, device, requires_grad, layout }: Made, like: Tensor | null): Results {
  const kind = layout ?? like?.layout ?? coo;
  if (size.some((n) => n < 0)) throw new RuntimeError("zeros: Dimension size must be non-negative.");
  if (!(kind instanceof SparseLayout))
    return zeros(size, { dtype: dtype ?? like!.dtype, device: device ?? like!.device, requires_grad });
  const of = none(size, dtype ?? like?.dtype ?? get_default_dtype(), kind, device ?? like?.device ?? null);
  return asLeaf(of, requires_grad);
}
const SIZED = "size dtype device requires_grad";
const LIKE = "self dtype device requires_grad memory_format layout";
const NEW = "self size dtype device requires_grad layout";
const notFilled: Rule = () => {
  throw new RuntimeError("full(...) is not implemented for sparse layout");
};

function castTo(self: SparseTensor, dtype: Dtype | null, device: DeviceLike | null): Tensor {
  const { places, values, coalesced: inOrder } = self.parts;
  if (device !== null && placedOn(device, () => zeros([0])).is_meta !== values.is_meta)
    return none(self.sizes, dtype ?? self.dtype, self.layout, device);
  const moved = device === null ? places : places.map((t) => t.to(device));
  const cast = _sparse_values(self).to({ dtype: dtype ?? self.dtype, ...(device !== null && { device }) });
  return packed(self.layout, moved, cast, self.sizes, inOrder);
}
const copied = (x: SparseTensor): Tensor =>
  packed(
    x.layout,
    x.parts.places.map((t) => t.clone()),
    _sparse_values(x).clone(),
    x.sizes,
    x.parts.coalesced,
  );
const same: Rule = rule((x: SparseTensor) => x);
/** Of an op with a dim (or none) only that of all elements. */
const ofAll = (name: string, body: (values: Tensor) => Tensor): Rule =>
  rule((x: SparseTensor, dim: unknown) => {
    if (dim !== null && dim !== undefined) throw notImplementedFor(`${name}.dim`, x);
    return body(_sparse_values(x.layout === coo ? coalesced(x) : x));
  });

const rules: Record<string, Rule | undefined> = {
  add: rule(add),
  sub: rule((a: Tensor, b: Tensor, alpha: Scalar) => add(a, b, typeof alpha === "bigint" ? -alpha : -Number(alpha))),
  mul: rule(mul),
  div: rule(div),
  pow: rule(pow),
  square: rule((x: SparseTensor) => pow(x, 2)),
  nan_to_num: (values) => onValues("nan_to_num", values, true),
  positive: same,
  mm: rule(mm),
  addmm: rule(addmm),
  mv: rule(mv),
  bmm: rule(bmm),
  matmul: rule(matmul),
  linear: rule((x: Tensor, weight: Tensor, bias: Tensor | null) => {
    const product = matmul(x, weight.t());
    return bias === null ? product : product.add(bias);
  }),
  sum: rule(sum),
  any: ofAll("any", (values) => values.any()),
  norm: rule((x: SparseTensor, p: Scalar, dim: unknown) => {
    if (dim !== null)
      throw new RuntimeError(
        "norm_sparse currently only supports full reductions, so 'dim' must either be empty or contain all dimensions of the input",
      );
    return called("NormBackward1", _sparse_values(coalesced(x)).norm(p as number), [x]);
  }),
  t: rule((x: SparseTensor) => (x.sizes.length < 2 ? x : turned(x))),
  transpose: rule(turned),
  permute: rule(permute),
  unsqueeze: rule(unsqueeze),
  select: rule(select),
  index_select: rule(indexSelect),
  narrow_copy: rule(narrowCopy),
  cat: rule(joined),
  stack: rule((tensors: readonly Tensor[], dim: number) => {
    const rank = tensors[0].sizes.length + 1;
    const d = dim < 0 ? dim + rank : dim;
    return joined(
      tensors.map((t) => t.unsqueeze(d)),
      d,
    );
  }),
  clone: rule(copied),
  detach: rule((x: SparseTensor) => x.bare()),
  unbind: rule((x: SparseTensor, dim: number) => {
    const n = x.size(dim);
    return Array.from({ length: n }, (_, i) => select(x, dim, i));
  }),
  alias: rule((x: SparseTensor) => like(x, _sparse_values(x))),
  contiguous: () => {
    throw new RuntimeError("unsupported memory format option Contiguous");
  },
  expand: (values) => {
    throw new RuntimeError(`expand is unsupported for ${sparseIn(values)!.layout.cppName} tensors`);
  },
  ones_like: rule((x: SparseTensor, dtype: Dtype | null) => {
    if (x.layout === coo) throw notImplementedFor("fill_.Scalar", x);
    return like(x.bare(), x.parts.values.new_ones(x.parts.values.sizes, { dtype }));
  }),
  rsub: rule((x: SparseTensor, other: Tensor | Scalar, alpha: Scalar) => {
    if (other instanceof Tensor) return other.sub(x, { alpha });
    throw new RuntimeError(
      `add: expected 'self' and 'other' to have same size, but self has size [] while other has size ${list(x.sizes)} (FYI: dense-sparse addition does not currently support broadcasting)`,
    );
  }),
  _to_copy: rule(castTo),
  real: same,
  conj: same,
  resolve_conj: same,
  resolve_neg: same,
  zeros: factory(`${SIZED} layout`, made),
  empty: factory(`${SIZED} memory_format layout`, made),
  zeros_like: factory(LIKE, made),
  empty_like: factory(LIKE, made),
  new_zeros: factory(NEW, made),
  new_empty: factory(NEW, made),
  full: notFilled,
  ones: notFilled,
  reshape: () => {
    throw new RuntimeError("reshape is not implemented for sparse tensors");
  },
  ...Object.fromEntries(UNARY.map((name): [string, Rule] => [name, (values) => onValues(name, values, true)])),
  ...Object.fromEntries(LINEAR.map((name): [string, Rule] => [name, (values) => onValues(name, values, false)])),
};
rules["repeat"] = rules["expand"];
rules["flatten"] = rules["ravel"] = rules["reshape"];

/** What PyTorch calls an op where the overload is told, or another op does it. */
const NAMES: Readonly<Record<string, string | undefined>> = {
  slice: "as_strided",
  split: "as_strided",
  _split: "as_strided",
  _split_with_sizes: "as_strided",
  split_with_sizes: "as_strided",
  where: "where.self",
  _where: "where.self",
  std: "std.correction",
  var: "var.correction",
  sort: "sort.stable",
  uniform: "uniform_",
  diag: "diagonal_copy",
  _softmax: "_softmax",
  _log_softmax: "_log_softmax",
  narrow: "as_strided",
  squeeze: "as_strided",
  expand: "as_strided",
  diagonal: "as_strided",
  _as_strided: "as_strided",
  fill: "fill_.Scalar",
  _index: "index.Tensor",
  _index_put: "index_put_",
  _nonzero: "nonzero",
  mean: "mean.dim",
  ones_like: "fill_.Scalar",
  full_like: "fill_.Scalar",
  rand_like: "uniform_",
  randn_like: "normal_",
  _max_all: "max",
  _min_all: "min",
  _max_dim: "max.dim",
  _min_dim: "min.dim",
  div: "div.Tensor",
  _pow_scalar: "pow.Scalar",
  _masked_fill: "masked_fill.Scalar",
};
const COMPARISONS = new Set(["eq", "ne", "lt", "le", "gt", "ge"]);
function refusal(name: string, values: Values): Error {
  const x = sparseIn(values)!;
  if (COMPARISONS.has(name))
    return notImplementedFor(`${name}.${values[1] instanceof Tensor ? "Tensor" : "Scalar"}`, x);
  const asked = NAMES[name] ?? name.replace(/^_/, "");
  if (asked === "as_strided" && x.layout !== coo) return new RuntimeError("Sparse CSR tensors do not have strides");
  return notImplementedFor(asked, x);
}
/** The first sparse tensor among the values. */
function sparseIn(values: Values): SparseTensor | undefined {
  for (const v of values) {
    if (v instanceof SparseTensor) return v;
    const found = Array.isArray(v) ? sparseIn(v) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
const isAsked = (values: Values): boolean => values.some((v) => v instanceof SparseLayout);

/** The ops that take sparse tensors as they are. */
const own = new Set([_sparse_pack, _sparse_values, _sparse_coalesce].map((op) => registry.get(op)!));

function route(entry: Entry, values: Values, written: string | null): Results | null {
  if (own.has(entry)) return null;
  const sparse = sparseIn(values);
  if (sparse === undefined && !isAsked(values)) return null;
  if (written !== null) return writtenOver(entry, written, values);
  const { name } = entry.schema;
  const found = isSelfSparse(name, values) ? rules[name] : undefined;
  if (found !== undefined) return named(entry, found(values), values);
  // Of other factories and of what is composed the steps are led here.
  if (sparse === undefined) return isFactory(entry) ? refuseFactory(name) : null;
  if (entry.definition?.kernel.kind === "composite" && !WHOLE.has(name)) return null;
  throw refusal(name, values);
}
/** Rules for a sparse tensor in any place; all others are for the first argument. */
const ANYWHERE = new Set(
  "add sub mul div pow mm addmm mv bmm matmul linear cat stack zeros empty full ones".split(" "),
);
const isSelfSparse = (name: string, [self]: Values): boolean =>
  ANYWHERE.has(name) || self instanceof SparseTensor || (name.endsWith("_like") && self instanceof Tensor);
/** Composites here that PyTorch has a kernel for. */
const WHOLE = new Set(["masked_select", "diag", "std", "var", "where", "bernoulli"]);
const isFactory = ({ schema }: Entry): boolean => schema.args.some((a) => a.name === "layout");
function refuseFactory(name: string): never {
  throw new RuntimeError(`${name}: only torch.zeros and torch.empty make sparse tensors of sizes alone`);
}
/** The last step of a rule stands for all of them in the graph: see Note [Composites in the graph]. */
function named({ record, schema }: Entry, results: Results, values: Values): Results {
  if (!(results instanceof Tensor) || LEFT.has(schema.name)) return results;
  const name = record?.nodeName ?? `${schema.name.replace(/(?:^|_)(.)/g, (_, c: string) => c.toUpperCase())}Backward0`;
  if (typeof name === "string") return called(name, results, values);
  const by = <T>(of: (v: unknown) => T): object =>
    Object.fromEntries(schema.args.map((a, i) => [a.name, of(values[i])]));
  const sizes = by((v) => (v instanceof Tensor ? v.sizes : null));
  return called(name({ ...by((v) => v), op: schema.name, sizes } as never), results, values);
}
/** Those whose last step has its name already. */
const LEFT = new Set(["matmul", "linear", "sum", "norm"]);

/** An op in place. A sparse tensor takes the parts of what the op gives; a dense one may have elements added. */
function writtenOver(of: Entry, name: string, values: Values): Tensor {
  const self = values[0] as Tensor;
  const recording = modes().grad && values.some((v) => v instanceof Tensor && v.requires_grad);
  if (modes().grad) assertWritable(self, recording);
  if (name === "copy_" && !(self instanceof SparseTensor && values[1] instanceof SparseTensor)) {
    const [to, from] = [self, values[1] as Tensor].map((t) => t.type());
    throw new RuntimeError(
      `copy_() between dense and sparse Tensors is not implemented! Found self type = ${to} and src type = ${from}`,
    );
  }
  if (!(self instanceof SparseTensor)) return denseWritten(of, name, self, values);
  if (self.layout === coo && !self.parts.coalesced && UNARY.includes(of.schema.name))
    throw new RuntimeError(`${name} requires coalesced input`);
  const result = resultFor(of, name, self, values);
  if (!(result instanceof SparseTensor)) throw refusal(of.schema.name, values);
  if (name !== "copy_") assertFits(self, result, name);
  const { node } = result;
  self.become(result);
  if (name === "mul_") self.setCoalesced(false);
  markChanged(self.storage, name);
  if (recording && node !== null) rewriteHistory(self, () => node);
  return self;
}
function resultFor(of: Entry, name: string, self: SparseTensor, values: Values): Results {
  if (name === "zero_") return emptied(self);
  if (name === "copy_") {
    const from = values[1] as SparseTensor;
    if (!sameShape(self.sizes, from.sizes) || from.layout !== self.layout)
      throw new RuntimeError(`copy_: sizes ${list(self.sizes)} and ${list(from.sizes)} (or the layouts) differ`);
    return copied(castTo(from, self.dtype, null) as SparseTensor);
  }
  return run(of, values);
}
function denseWritten(of: Entry, name: string, self: Tensor, values: Values): Tensor {
  const other = values[1];
  if ((name === "add_" || name === "sub_") && other instanceof SparseTensor) {
    assertSame(self, other);
    const alpha = Number(values[2] ?? 1) * (name === "sub_" ? -1 : 1);
    const scaled = _sparse_values(other).to(self.dtype);
    const indices = indicesOf(other);
    if (indices.sizes[0] === 0) return self.add_(scaled.sum([0]), { alpha });
    return _index_put_(self, [...indices.unbind(0)], alpha === 1 ? scaled : scaled.mul(alpha), true);
  }
  return self.copy_(inLayout(run(of, values) as Tensor, self.layout));
}

routing.route = route;
addMethods();
otherLayouts.rows = (index, rows, size) => packed(coo, [index.reshape([1, -1]).long()], rows, size);
/** What it is given: who takes this name has the rules, too. */
export const ruled = <T>(x: T): T => x;
