// Ops that ONNX has no operator of the same name for: with which ones they are written.
import { bool, int32, int64 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import { numel } from "../base/layout.ts";
import { arange, tensor } from "../ops/creation/from_data.ts";
import { Tensor } from "../tensor/tensor.ts";
import { binary, dimsOf, first, n, operands, pair, positive, refuse, t, transposed } from "./form.ts";
import type { Call, Written } from "./form.ts";
import type { Attribute, GraphBuilder } from "./graph.ts";

/** The input of a function of floats, in the result's dtype. */
const float = (g: GraphBuilder, call: Call): string =>
  g.cast(g.name(first(call)), first(call).dtype, call.results[0].dtype);
/** A function of one tensor, told by its name and how numbers become constants of its dtype. */
const of =
  (write: (g: GraphBuilder, x: string, c: (value: number) => string, call: Call) => string): Written =>
  (g, call) =>
    write(g, float(g, call), (value) => g.scalar(value, call.results[0].dtype), call);
/** Two operands in the dtype of the result. */
const both =
  (write: (g: GraphBuilder, a: string, b: string, c: (value: number) => string, dtype: Dtype) => string): Written =>
  (g, call) => {
    const { dtype } = call.results[0];
    const [a, b] = operands(g, call, ...pair(call), dtype);
    return write(g, a, b, (value) => g.scalar(value, dtype), dtype);
  };
const truncated = (g: GraphBuilder, x: string): string =>
  g.node("Mul", [g.node("Sign", [x]), g.node("Floor", [g.node("Abs", [x])])]);
/** What is left of a by b, with b's sign. */
const rest = (g: GraphBuilder, a: string, b: string, dtype: Dtype): string =>
  dtype.is_floating_point
    ? g.node("Sub", [a, g.node("Mul", [g.node("Floor", [g.node("Div", [a, b])]), b])])
    : g.node("Mod", [a, b]);
const bits =
  (ofBools: string, ofInts: string): Written =>
  (g, call) =>
    binary(call.results[0].dtype === bool ? ofBools : ofInts)(g, call);
/** Where it is along a dim, or over all of it: the largest, told as whole numbers. */
const anyOrAll =
  (op: string): Written =>
  (g, call) => {
    const x = first(call);
    const dims = dimsOf(call.args.dim, x.ndim);
    const truth = g.cast(g.cast(g.name(x), x.dtype, bool), bool, int32);
    const found = dims.length === 0 ? truth : g.node(op, [truth, g.ints(dims)], { keepdims: call.args.keepdim === true ? 1 : 0 }); // prettier-ignore
    return g.cast(found, int32, bool);
  };
const extreme =
  (reduce: string, where: string): Written =>
  (g, call) => {
    const x = first(call);
    const [axis, keepdims] = [positive(n(call, "dim"), x.ndim), call.args.keepdim === true ? 1 : 0];
    return [g.node(reduce, [g.name(x), g.ints([axis])], { keepdims }), g.node(where, [g.name(x)], { axis, keepdims })];
  };
const scattered =
  (reduction: string | null): Written =>
  (g, call) => {
    const [x, index] = [first(call), t(call, "index")];
    if ((call.args.reduce ?? null) !== null) refuse(call, "with reduce");
    const axis = positive(n(call, "dim"), x.ndim);
    const { src } = call.args;
    let updates: string;
    if (src instanceof Tensor) {
      updates = g.cast(g.name(src), src.dtype, x.dtype);
      for (const [d, size] of index.sizes.entries())
        if (size < src.sizes[d]) updates = g.node("Slice", [updates, ...[[0], [size], [d]].map((v) => g.ints(v))]);
    } else updates = g.node("Expand", [g.scalar(Number(src), x.dtype), g.node("Shape", [g.name(index)])]);
    const attributes = { axis, ...(reduction !== null && { reduction }) };
    return g.node("ScatterElements", [g.name(x), g.name(index), updates], attributes);
  };
/** Into slices along a dim, at places that a list of whole numbers tells. */
const intoSlices =
  (reduction: string | null, values: (g: GraphBuilder, call: Call, shape: string) => string): Written =>
  (g, call) => {
    const [x, index] = [first(call), t(call, "index")];
    const axis = positive(n(call, "dim"), x.ndim);
    const shape = g.node("Shape", [g.node("Gather", [g.name(x), g.name(index)], { axis })]);
    const along = g.node("Reshape", [g.name(index), g.ints(x.sizes.map((_, d) => (d === axis ? -1 : 1)))]);
    const inputs = [g.name(x), g.node("Expand", [along, shape]), values(g, call, shape)];
    return g.node("ScatterElements", inputs, { axis, ...(reduction !== null && { reduction }) });
  };
const source = (g: GraphBuilder, call: Call): string => {
  const alpha = Number(call.args.alpha ?? 1);
  const [name, { dtype }] = [g.name(t(call, "source")), first(call)];
  return alpha === 1 ? name : g.node("Mul", [name, g.scalar(alpha, dtype)]);
};
/** By whole numbers in some of the dims. */
const indexed: Written = (g, call) => {
  const [x, indices] = Object.values(call.args) as [Tensor, (Tensor | null)[]];
  const given = indices.flatMap((index, d) => (index instanceof Tensor ? [[index, d] as const] : []));
  if (given.some(([index]) => index.dtype === bool)) refuse(call, "by a mask, whose result has no size that is known,");
  if (given.length === 1) {
    const [[index, axis]] = given;
    return g.node("Gather", [g.name(x), g.cast(g.name(index), index.dtype, int64)], { axis });
  }
  const dims = given.map(([, d]) => d);
  const others = x.sizes.map((_, d) => d).filter((d) => !dims.includes(d));
  const { ndim } = call.results[0];
  const many = ndim - others.length;
  const shape = g.node("Shape", [
    given.map(([index]) => g.cast(g.name(index), index.dtype, int64)).reduce((a, b) => g.node("Add", [a, b])),
  ]);
  const each = given.map(([index]) =>
    g.node("Unsqueeze", [g.node("Expand", [g.cast(g.name(index), index.dtype, int64), shape]), g.ints([-1])]),
  );
  const places = g.node("Concat", each, { axis: -1 });
  const found = g.node("GatherND", [transposed(g, x, [...dims, ...others]), places]);
  // Dims that stand side by side leave their place to the result's; else those come first.
  const isTogether = dims.every((d, k) => k === 0 || d === dims[k - 1] + 1);
  const before = isTogether ? dims[0] : 0;
  if (before === 0) return found;
  const order = Array.from({ length: ndim }, (_, d) => d);
  const perm = [...order.slice(many, many + before), ...order.slice(0, many), ...order.slice(many + before)];
  return g.node("Transpose", [found], { perm });
};

/** Values put at places of the first dims. */
const put: Written = (g, call) => {
  const [x, indices, values, accumulate] = Object.values(call.args) as [Tensor, (Tensor | null)[], Tensor, boolean];
  const given = indices.filter((index): index is Tensor => index instanceof Tensor);
  if (given.length < indices.length) refuse(call, "in other dims than the first");
  if (given.some((index) => index.dtype === bool)) refuse(call, "by a mask");
  const names = given.map((index) => g.cast(g.name(index), index.dtype, int64));
  const shape = g.node("Shape", [names.reduce((a, b) => g.node("Add", [a, b]))]);
  const each = names.map((name) => g.node("Unsqueeze", [g.node("Expand", [name, shape]), g.ints([-1])]));
  const rows = g.node("Shape", [g.name(x)], { start: given.length });
  const updates = [g.cast(g.name(values), values.dtype, x.dtype), g.node("Concat", [shape, rows], { axis: 0 })];
  const inputs = [g.name(x), g.node("Concat", each, { axis: -1 }), g.node("Expand", updates)];
  return g.node("ScatterND", inputs, accumulate ? { reduction: "add" } : {});
};

export const composed: Readonly<Record<string, Written>> = {
  log1p: of((g, x, c) => g.node("Log", [g.node("Add", [x, c(1)])])),
  expm1: of((g, x, c) => g.node("Sub", [g.node("Exp", [x]), c(1)])),
  log2: of((g, x, c) => g.node("Div", [g.node("Log", [x]), c(Math.LN2)])),
  log10: of((g, x, c) => g.node("Div", [g.node("Log", [x]), c(Math.LN10)])),
  exp2: of((g, x, c) => g.node("Pow", [c(2), x])),
  erfc: of((g, x, c) => g.node("Sub", [c(1), g.node("Erf", [x])])),
  logsigmoid: of((g, x) => g.node("Neg", [g.node("Softplus", [g.node("Neg", [x])])])),
  trunc: of((g, x) => truncated(g, x)),
  frac: of((g, x) => g.node("Sub", [x, truncated(g, x)])),
  isnan: (g, call) => g.node("IsNaN", [g.name(first(call))]),
  isinf: (g, call) => g.node("IsInf", [g.name(first(call))]),
  isfinite: (g, call) => {
    const x = g.name(first(call));
    return g.node("Not", [g.node("Or", [g.node("IsInf", [x]), g.node("IsNaN", [x])])]);
  },
  _nan_to_num: of((g, x, c, call) => {
    const infinite = (name: string, positive: boolean, from: string): string => {
      const attributes = { detect_positive: positive ? 1 : 0, detect_negative: positive ? 0 : 1 };
      return g.node("Where", [g.node("IsInf", [x], attributes), c(n(call, name)), from]);
    };
    const finite = infinite("neginf", false, infinite("posinf", true, x));
    return g.node("Where", [g.node("IsNaN", [x]), c(n(call, "nan")), finite]);
  }),
  hardshrink: of((g, x, _, call) => g.node("Shrink", [x], { lambd: { float: n(call, "lambd") }, bias: { float: 0 } })),
  _softshrink: of((g, x, _, call) => {
    const lambd = { float: n(call, "lambd") };
    return g.node("Shrink", [x], { lambd, bias: lambd });
  }),
  threshold: of((g, x, c, call) =>
    g.node("Where", [g.node("Greater", [x, c(n(call, "threshold"))]), x, c(n(call, "value"))]),
  ),
  fmod: both((g, a, b) => g.node("Mod", [a, b], { fmod: 1 })),
  remainder: both((g, a, b, _, dtype) => rest(g, a, b, dtype)),
  floor_divide: both((g, a, b, _, dtype) =>
    dtype.is_floating_point
      ? g.node("Floor", [g.node("Div", [a, b])])
      : g.node("Div", [g.node("Sub", [a, rest(g, a, b, dtype)]), b]),
  ),
  divide_trunc: both((g, a, b, _, dtype) => {
    const quotient = g.node("Div", [a, b]);
    return dtype.is_floating_point ? truncated(g, quotient) : quotient;
  }),
  logaddexp: both((g, a, b, c) => {
    const less = g.node("Neg", [g.node("Abs", [g.node("Sub", [a, b])])]);
    const more = g.node("Log", [g.node("Add", [g.node("Exp", [less]), c(1)])]);
    return g.node("Add", [g.node("Max", [a, b]), more]);
  }),
  xlogy: both((g, a, b, c) =>
    g.node("Where", [g.node("Equal", [a, c(0)]), c(0), g.node("Mul", [a, g.node("Log", [b])])]),
  ),
  hypot: both((g, a, b) => g.node("Sqrt", [g.node("Add", [g.node("Mul", [a, a]), g.node("Mul", [b, b])])])),
  atan2: both((g, a, b, c) => {
    const slope = g.node("Atan", [g.node("Div", [a, b])]);
    const behind = g.node("Where", [g.node("Less", [a, c(0)]), c(-Math.PI), c(Math.PI)]);
    return g.node("Where", [g.node("Less", [b, c(0)]), g.node("Add", [slope, behind]), slope]);
  }),
  _pow_scalar: (g, call) => {
    const { dtype } = call.results[0];
    const exponent = t(call, "exponent");
    return g.node("Pow", [g.scalar(n(call, "base"), dtype), g.cast(g.name(exponent), exponent.dtype, dtype)]);
  },
  lerp: (g, call) => {
    const [a, b, { weight }] = [g.name(first(call)), g.name(t(call, "end")), call.args];
    const by = weight instanceof Tensor ? g.name(weight) : g.scalar(Number(weight), first(call).dtype);
    return g.node("Add", [a, g.node("Mul", [by, g.node("Sub", [b, a])])]);
  },
  addcmul: (g, call) => added(g, call, "Mul"),
  addcdiv: (g, call) => added(g, call, "Div"),
  bitwise_and: bits("And", "BitwiseAnd"),
  bitwise_or: bits("Or", "BitwiseOr"),
  bitwise_xor: bits("Xor", "BitwiseXor"),
  bitwise_not: (g, call) => g.node(first(call).dtype === bool ? "Not" : "BitwiseNot", [g.name(first(call))]),
  bitwise_left_shift: both((g, a, b, c) => g.node("Mul", [a, g.node("Pow", [c(2), b])])),
  bitwise_right_shift: both((g, a, b, c, dtype) => {
    const by = g.node("Pow", [c(2), b]);
    return g.node("Div", [g.node("Sub", [a, rest(g, a, by, dtype)]), by]);
  }),
  _any: anyOrAll("ReduceMax"),
  _all: anyOrAll("ReduceMin"),
  _max_all: (g, call) => g.node("ReduceMax", [g.name(first(call))], { keepdims: 0 }),
  _min_all: (g, call) => g.node("ReduceMin", [g.name(first(call))], { keepdims: 0 }),
  tril: (g, call) => g.node("Trilu", [g.name(first(call)), g.scalar(n(call, "diagonal"), int64)], { upper: 0 }),
  triu: (g, call) => g.node("Trilu", [g.name(first(call)), g.scalar(n(call, "diagonal"), int64)], { upper: 1 }),
  baddbmm: (g, call) => {
    const { dtype } = call.results[0];
    const scaled = (name: string, by: unknown): string =>
      Number(by ?? 1) === 1 ? name : g.node("Mul", [name, g.scalar(Number(by), dtype)]);
    const product = g.node("MatMul", [g.name(t(call, "batch1")), g.name(t(call, "batch2"))]);
    return g.node("Add", [scaled(float(g, call), call.args.beta), scaled(product, call.args.alpha)]);
  },
  _max_dim: extreme("ReduceMax", "ArgMax"),
  _min_dim: extreme("ReduceMin", "ArgMin"),
  sort: (g, call) => {
    const x = first(call);
    const axis = positive(n(call, "dim"), x.ndim);
    const size = g.node("Shape", [g.name(x)], { start: axis, end: axis + 1 });
    const largest = call.args.descending === true ? 1 : 0;
    return g.nodeOf("TopK", [g.name(x), size], { axis, largest, sorted: 1 }, 2);
  },
  dot: (g, call) =>
    g.node(
      "MatMul",
      pair(call).map((x) => g.name(x as Tensor)),
    ),
  mv: (g, call) =>
    g.node(
      "MatMul",
      pair(call).map((x) => g.name(x as Tensor)),
    ),
  linalg_det: (g, call) => g.node("Det", [g.name(first(call))]),
  repeat: (g, call) => {
    const [x, repeats] = [first(call), (call.args.repeats as unknown[]).map(Number)];
    const more = repeats.length - x.ndim;
    const name = more === 0 ? g.name(x) : g.node("Unsqueeze", [g.name(x), g.ints(Array.from({ length: more }, (_, d) => d))]); // prettier-ignore
    return g.node("Tile", [name, g.ints(repeats)]);
  },
  diagonal: (g, call) => {
    const x = first(call);
    const [a, b] = [positive(n(call, "dim1"), x.ndim), positive(n(call, "dim2"), x.ndim)];
    const others = x.sizes.map((_, d) => d).filter((d) => d !== a && d !== b);
    const [rows, columns, offset] = [x.sizes[a], x.sizes[b], n(call, "offset")];
    const places: number[] = [];
    for (let i = Math.max(0, -offset); i < rows && i + offset < columns; i++) places.push(i * columns + i + offset);
    const turned = transposed(g, x, [...others, a, b]);
    const flat = g.node("Reshape", [turned, g.ints([...others.map(() => 0), rows * columns])]);
    return g.node("Gather", [flat, g.ints(places)], { axis: others.length });
  },
  unfold: (g, call) => {
    const x = first(call);
    const axis = positive(n(call, "dimension"), x.ndim);
    const [size, step, many] = [n(call, "size"), n(call, "step"), call.results[0].sizes[axis]];
    const places = Array.from({ length: many }, (_, i) => Array.from({ length: size }, (_x, k) => i * step + k));
    const found = g.node("Gather", [g.name(x), g.name(tensor(places, { dtype: int64 }))], { axis });
    const perm = Array.from({ length: x.ndim + 1 }, (_, d) => d);
    perm.push(...perm.splice(axis + 1, 1));
    return g.node("Transpose", [found], { perm });
  },
  scatter: scattered(null),
  scatter_add: scattered("add"),
  index_add: intoSlices("add", source),
  index_copy: intoSlices(null, source),
  index_fill: intoSlices(null, (g, call, shape) => {
    const { value } = call.args;
    const { dtype } = first(call);
    const filling = value instanceof Tensor ? g.cast(g.name(value), value.dtype, dtype) : g.scalar(Number(value), dtype); // prettier-ignore
    return g.node("Expand", [filling, shape]);
  }),
  _index: indexed,
  _index_put: put,
  one_hot: (g, call) => {
    const depth = g.scalar(call.results[0].sizes.at(-1)!, int64);
    return g.node("OneHot", [g.name(first(call)), depth, g.ints([0, 1])], { axis: -1 });
  },
  nll_loss: (g, call) => {
    const inputs = [g.name(first(call)), g.name(t(call, "target"))];
    if (call.args.weight instanceof Tensor) inputs.push(g.name(call.args.weight));
    const [ignore_index, reduction] = [n(call, "ignore_index"), String(call.args.reduction ?? "mean")];
    return g.node("NegativeLogLikelihoodLoss", inputs, { ignore_index, reduction });
  },
  max_pool1d_with_indices: pooledWithPlaces(1),
  max_pool2d_with_indices: pooledWithPlaces(2),
  max_pool3d_with_indices: pooledWithPlaces(3),
  _adaptive_max_pool: adaptiveMax,
  grid_sampler: (g, call) => {
    const [mode, padding] = [n(call, "interpolation_mode"), n(call, "padding_mode")];
    return g.node("GridSample", [g.name(first(call)), g.name(t(call, "grid"))], {
      mode: ["linear", "nearest", "cubic"][mode],
      padding_mode: ["zeros", "border", "reflection"][padding],
      align_corners: call.args.align_corners === true ? 1 : 0,
    });
  },
};
function added(g: GraphBuilder, call: Call, op: string): string {
  const { dtype } = call.results[0];
  const [a, b, value] = [t(call, "tensor1"), t(call, "tensor2"), Number(call.args.value ?? 1)];
  const by = g.node(op, [g.cast(g.name(a), a.dtype, dtype), g.cast(g.name(b), b.dtype, dtype)]);
  return g.node("Add", [float(g, call), value === 1 ? by : g.node("Mul", [by, g.scalar(value, dtype)])]);
}
function pooledWithPlaces(many: number): Written {
  return (g, call) => {
    const x = first(call);
    if (x.ndim !== many + 2) refuse(call, "of an input without a batch");
    const spread = (v: unknown, otherwise: number[]): number[] => {
      const given = (Array.isArray(v) ? v : v === null || v === undefined ? [] : [v]).map(Number);
      return given.length === 0 ? otherwise : given.length === 1 ? new Array<number>(many).fill(given[0]) : given;
    };
    const ones = new Array<number>(many).fill(1);
    const kernel_shape = spread(call.args.kernel_size, ones);
    const padding = spread(call.args.padding, ones.map(() => 0)); // prettier-ignore
    return largestWithPlaces(g, x, {
      kernel_shape,
      strides: spread(call.args.stride, kernel_shape),
      pads: [...padding, ...padding],
      dilations: spread(call.args.dilation, ones),
      ceil_mode: call.args.ceil_mode === true ? 1 : 0,
    });
  };
}
/** Largest elements of windows of one size, and where they are: ONNX counts through the whole tensor, PyTorch through each plane. */
function largestWithPlaces(g: GraphBuilder, x: Tensor, attributes: Readonly<Record<string, Attribute>>): string[] {
  const [values, places] = g.nodeOf("MaxPool", [g.name(x)], attributes, 2);
  const plane = x.sizes.slice(2).reduce((a, b) => a * b, 1);
  return [values, g.node("Mod", [places, g.scalar(plane, int64)])];
}
/** Windows of several sizes are looked through dim by dim, the last one first. */
function adaptiveMax(g: GraphBuilder, call: Call): string[] {
  const x = first(call);
  const size = (call.args.output_size as unknown[]).map(Number);
  const lead = x.ndim - size.length;
  const spatial = x.sizes.slice(lead);
  if (lead === 2 && size.every((s, d) => spatial[d] % s === 0)) {
    const kernel_shape = size.map((s, d) => spatial[d] / s);
    return largestWithPlaces(g, x, { kernel_shape, strides: kernel_shape });
  }
  let values = g.name(x);
  const plane = arange(numel(spatial), { dtype: int64 }).view([...new Array<number>(lead).fill(1), ...spatial]);
  let places = g.node("Expand", [g.name(plane), g.node("Shape", [values])]);
  for (let d = x.ndim - 1; d >= lead; d--) {
    const [from, to] = [x.sizes[d], size[d - lead]];
    const windows = Array.from({ length: to }, (_, k) => {
      const bounds = [Math.floor((k * from) / to), Math.ceil(((k + 1) * from) / to), d].map((i) => g.ints([i]));
      const [v, p] = [values, places].map((name) => g.node("Slice", [name, ...bounds]));
      const at = g.node("ArgMax", [v], { axis: d, keepdims: 1 });
      return [v, p].map((name) => g.node("GatherElements", [name, at], { axis: d }));
    });
    [values, places] = [0, 1].map((i) => g.node("Concat", windows.map((w) => w[i]), { axis: d })); // prettier-ignore
  }
  return [values, places];
}
