// What each op is in ONNX.
import { bool, float32, int64 } from "../base/dtype.ts";
import { tensor } from "../ops/creation/from_data.ts";
import { Tensor } from "../tensor/tensor.ts";
import { composed } from "./composed_forms.ts";
import {
  binary,
  dimsOf,
  each,
  first,
  n,
  operands,
  pair,
  positive,
  refuse,
  sliced,
  t,
  transposed,
  unary,
} from "./form.ts";
import type { Call, Written } from "./form.ts";
import type { GraphBuilder } from "./graph.ts";

const comparison =
  (op: string): Written =>
  (g, call) =>
    g.node(op, operands(g, call, ...pair(call), null));
/** Of what is none, whether it is 0. */
const logical =
  (op: string): Written =>
  (g, call) =>
    g.node(
      op,
      pair(call).map((x) => g.cast(g.name(x as Tensor), (x as Tensor).dtype, bool)),
    );
const not =
  (written: Written): Written =>
  (g, call) =>
    g.node("Not", [written(g, call) as string]);
/** a + alpha * b */
const withAlpha =
  (op: string): Written =>
  (g, call) => {
    const { dtype } = call.results[0];
    const [a, b] = operands(g, call, ...pair(call), dtype);
    const alpha = Number(call.args.alpha ?? 1);
    return g.node(op, [a, alpha === 1 ? b : g.node("Mul", [b, g.scalar(alpha, dtype)])]);
  };
/** The same elements in another shape. The first dims stay what they are, and the next is what is left: they may be of any size. */
const reshaped: Written = (g, call) => {
  const [x, [y]] = [first(call), call.results];
  if (String(x.sizes) === String(y.sizes)) return g.name(x);
  let kept = 0;
  while (kept < Math.min(x.ndim, y.ndim) && x.sizes[kept] === y.sizes[kept] && x.sizes[kept] > 0) kept++;
  const rest = y.sizes.slice(kept + 1);
  const next = kept === y.ndim ? [] : [rest.includes(0) || y.sizes[kept] === 0 ? y.sizes[kept] : -1];
  return g.node("Reshape", [g.name(x), g.ints([...new Array<number>(kept).fill(0), ...next, ...rest])]);
};
const same: Written = (g, call) => g.name(first(call));
const swapped =
  (a: (call: Call) => number, b: (call: Call) => number): Written =>
  (g, call) => {
    const x = first(call);
    if (x.ndim < 2) return g.name(x);
    const perm = x.sizes.map((_, d) => d);
    const [i, j] = [positive(a(call), x.ndim), positive(b(call), x.ndim)];
    [perm[i], perm[j]] = [perm[j], perm[i]];
    return transposed(g, x, perm);
  };
const reduced =
  (op: string): Written =>
  (g, call) => {
    const x = first(call);
    const dims = dimsOf(call.args.dim, x.ndim);
    const keepdims = call.args.keepdim === true ? 1 : 0;
    const name = g.cast(g.name(x), x.dtype, call.results[0].dtype);
    return dims.length === 0 ? name : g.node(op, [name, g.ints(dims)], { keepdims });
  };
const arg =
  (op: string): Written =>
  (g, call) => {
    const x = first(call);
    const whole = call.args.dim === null || call.args.dim === undefined;
    const name = whole ? g.node("Reshape", [g.name(x), g.ints([-1])]) : g.name(x);
    const axis = whole ? 0 : positive(n(call, "dim"), x.ndim);
    return g.node(op, [name], { axis, keepdims: !whole && call.args.keepdim === true ? 1 : 0 });
  };
/** ONNX's windows move over batches: one sample is a batch of one. */
function batched(g: GraphBuilder, x: Tensor, many: number, write: (name: string) => string): string {
  if (x.ndim === many + 2) return write(g.name(x));
  const first = g.ints([0]);
  return g.node("Squeeze", [write(g.node("Unsqueeze", [g.name(x), first])), first]);
}
const conv =
  (many: number, isTransposed = false): Written =>
  (g, call) => {
    const { args } = call;
    const [x, w] = [first(call), t(call, "weight")];
    const kernel = w.sizes.slice(2);
    const dilations = each(args.dilation, many);
    let pads: number[];
    if (args.padding === "same") {
      const all = kernel.map((k, d) => dilations[d] * (k - 1));
      pads = [...all.map((p) => Math.floor(p / 2)), ...all.map((p) => Math.ceil(p / 2))];
    } else {
      const padding = args.padding === "valid" ? new Array<number>(many).fill(0) : each(args.padding, many);
      pads = [...padding, ...padding];
    }
    const inputs = [w, ...(args.bias instanceof Tensor ? [args.bias] : [])].map((v) => g.name(v));
    const more: Record<string, number[]> = isTransposed ? { output_padding: each(args.output_padding, many) } : {};
    const common = {
      kernel_shape: kernel,
      strides: each(args.stride, many),
      pads,
      dilations,
      group: n(call, "groups"),
    };
    const op = isTransposed ? "ConvTranspose" : "Conv";
    return batched(g, x, many, (name) => g.node(op, [name, ...inputs], { ...common, ...more }));
  };
const pool =
  (op: string, many: number): Written =>
  (g, call) => {
    const { args } = call;
    const x = first(call);
    if ((args.divisor_override ?? null) !== null) refuse(call, "with divisor_override");
    const kernel = each(args.kernel_size, many);
    const isUnset = args.stride === null || args.stride === undefined || (args.stride as unknown[]).length === 0;
    const padding = each(args.padding, many);
    const attributes = {
      kernel_shape: kernel,
      strides: isUnset ? kernel : each(args.stride, many),
      pads: [...padding, ...padding],
      ceil_mode: args.ceil_mode === true ? 1 : 0,
      ...(op === "MaxPool"
        ? { dilations: each(args.dilation, many) }
        : { count_include_pad: args.count_include_pad === false ? 0 : 1 }),
    };
    return batched(g, x, many, (name) => g.node(op, [name], attributes));
  };
/** Windows of several sizes: what each takes of a dim is a matrix. */
function adaptiveByWeights(g: GraphBuilder, call: Call, size: readonly number[]): string {
  const x = first(call);
  if (size.length > 2) refuse(call, "to a size that does not divide the input's");
  const means = (from: number, to: number): Tensor =>
    tensor(
      Array.from({ length: from }, (_, i) =>
        Array.from({ length: to }, (_x, j) => {
          const [begin, end] = [Math.floor((j * from) / to), Math.ceil(((j + 1) * from) / to)];
          return i >= begin && i < end ? 1 / (end - begin) : 0;
        }),
      ),
      { dtype: x.dtype },
    );
  const name = g.node("MatMul", [g.name(x), g.name(means(x.sizes.at(-1)!, size.at(-1)!))]);
  if (size.length === 1) return name;
  return g.node("MatMul", [g.name(means(x.sizes.at(-2)!, size[0]).t()), name]);
}
const adaptive: Written = (g, call) => {
  const x = first(call);
  const size = (call.args.output_size as unknown[]).map(Number);
  const spatial = x.sizes.slice(-size.length);
  if (size.every((s) => s === 1)) return g.node("GlobalAveragePool", [g.name(x)]);
  if (!size.every((s, d) => spatial[d] % s === 0)) return adaptiveByWeights(g, call, size);
  const kernel_shape = size.map((s, d) => spatial[d] / s);
  return g.node("AveragePool", [g.name(x)], { kernel_shape, strides: kernel_shape });
};
const batchNorm: Written = (g, call) => {
  const { args } = call;
  if (args.training === true) refuse(call, "in training mode (call model.eval())");
  const x = first(call);
  const channels = x.sizes[1];
  const filled = (v: unknown, value: number): string =>
    g.name(v instanceof Tensor ? v : tensor(new Array<number>(channels).fill(value), { dtype: x.dtype }));
  const inputs = [
    g.name(x),
    filled(args.weight, 1),
    filled(args.bias, 0),
    g.name(t(call, "running_mean")),
    g.name(t(call, "running_var")),
  ];
  return g.node("BatchNormalization", inputs, { epsilon: { float: n(call, "eps") } });
};
const layerNorm: Written = (g, call) => {
  const x = first(call);
  const shape = (call.args.normalized_shape as unknown[]).map(Number);
  const count = shape.reduce((a, b) => a * b, 1);
  const one = (): Tensor => tensor(new Array<number>(count).fill(1), { dtype: x.dtype }).view(shape);
  const scale = call.args.weight instanceof Tensor ? call.args.weight : one();
  const inputs = [g.name(x), g.name(scale), ...(call.args.bias instanceof Tensor ? [g.name(call.args.bias)] : [])];
  return g.node("LayerNormalization", inputs, { axis: x.ndim - shape.length, epsilon: { float: n(call, "eps") } });
};
const groupNorm: Written = (g, call) => {
  const x = first(call);
  const filled = (v: unknown, value: number): string =>
    g.name(v instanceof Tensor ? v : tensor(new Array<number>(x.sizes[1]).fill(value), { dtype: x.dtype }));
  const inputs = [g.name(x), filled(call.args.weight, 1), filled(call.args.bias, 0)];
  return g.node("GroupNormalization", inputs, {
    num_groups: n(call, "num_groups"),
    epsilon: { float: n(call, "eps") },
  });
};
const linear: Written = (g, call) => {
  const [x, w, b] = [first(call), t(call, "weight"), call.args.bias];
  const inputs = [g.name(x), g.name(w)];
  if (x.ndim === 2) return g.node("Gemm", b instanceof Tensor ? [...inputs, g.name(b)] : inputs, { transB: 1 });
  const product = g.node("MatMul", [inputs[0], g.node("Transpose", [inputs[1]], { perm: [1, 0] })]);
  return b instanceof Tensor ? g.node("Add", [product, g.name(b)]) : product;
};
const attention: Written = (g, call) => {
  const { args } = call;
  if (n(call, "dropout_p") > 0) refuse(call, "with dropout (call model.eval())");
  const [q, k, v] = [t(call, "query"), t(call, "key"), t(call, "value")];
  /** Heads of keys and values, each as often as queries share it. */
  const shared = (x: Tensor, name = g.name(x)): string => {
    const times = args.enable_gqa === true ? q.sizes.at(-3)! / x.sizes.at(-3)! : 1;
    if (times === 1) return name;
    const heads = Array.from({ length: q.sizes.at(-3)! }, (_, i) => Math.floor(i / times));
    return g.node("Gather", [name, g.ints(heads)], { axis: x.ndim - 3 });
  };
  const width = q.sizes.at(-1)!;
  const scale = (args.scale as number | null | undefined) ?? 1 / Math.sqrt(width);
  const perm = k.sizes.map((_, d) => d);
  perm.push(...perm.splice(-2).reverse());
  let scores = g.node("Mul", [
    g.node("MatMul", [g.name(q), g.node("Transpose", [shared(k)], { perm })]),
    g.scalar(scale, q.dtype),
  ]);
  const masks: string[] = [];
  if (args.is_causal === true) {
    // -inf above the diagonal of as many rows as there are queries and as many columns as keys.
    const length = (x: Tensor): string => g.node("Shape", [g.name(x)], { start: x.ndim - 2, end: x.ndim - 1 });
    const shape = g.node("Concat", [length(q), length(k)], { axis: 0 });
    const all = g.node("Expand", [g.scalar(-Infinity, q.dtype), shape]);
    masks.push(g.node("Trilu", [all, g.scalar(1, int64)], { upper: 1 }));
  }
  const mask = args.attn_mask;
  if (mask instanceof Tensor)
    masks.push(
      mask.dtype === bool
        ? g.node("Where", [g.name(mask), g.scalar(0, q.dtype), g.scalar(-Infinity, q.dtype)])
        : g.name(mask),
    );
  for (const name of masks) scores = g.node("Add", [scores, name]);
  return g.node("MatMul", [g.node("Softmax", [scores], { axis: -1 }), shared(v)]);
};
/** Sizes of the pieces that a tensor is cut into along a dim. */
const pieces: Written = (g, call) => {
  const x = first(call);
  const axis = positive(Number(call.args.dim ?? 0), x.ndim);
  const sizes = g.ints(call.results.map((r) => r.sizes[axis]));
  return g.nodeOf("Split", [g.name(x), sizes], { axis }, call.results.length);
};
const leaky =
  (op: string, name: string, other?: string): Written =>
  (g, call) =>
    g.node(op, [g.name(first(call))], { [other ?? "alpha"]: { float: n(call, name) } });
const clamp: Written = (g, call) => {
  const x = first(call);
  const { dtype } = call.results[0];
  let name = g.cast(g.name(x), x.dtype, dtype);
  const bound = (v: unknown): string =>
    v instanceof Tensor ? g.cast(g.name(v), v.dtype, dtype) : g.scalar(Number(v), dtype);
  const { min, max } = call.args;
  if (min !== null && min !== undefined) name = g.node("Max", [name, bound(min)]);
  if (max !== null && max !== undefined) name = g.node("Min", [name, bound(max)]);
  return name;
};
const matmul: Written = (g, call) => {
  const [a, b] = pair(call) as [Tensor, Tensor];
  return g.node("MatMul", [g.name(a), g.name(b)]);
};

/** What has a mean of 0 and a variance of 1 over dims; not `centred`, a mean square of 1. */
function normalized(
  g: GraphBuilder,
  x: Tensor,
  dims: readonly number[],
  weight: Tensor | null,
  bias: Tensor | null,
  eps: number,
  centred: boolean,
): string {
  const axes = g.ints(dims);
  const mean = (name: string): string => g.node("ReduceMean", [name, axes], { keepdims: 1 });
  const from = centred ? g.node("Sub", [g.name(x), mean(g.name(x))]) : g.name(x);
  const spread = g.node("Sqrt", [g.node("Add", [mean(g.node("Mul", [from, from])), g.scalar(eps, x.dtype)])]);
  let y = g.node("Div", [from, spread]);
  if (weight !== null) y = g.node("Mul", [y, g.name(weight)]);
  return bias === null ? y : g.node("Add", [y, g.name(bias)]);
}
/** The variance over dims, with a correction of how many samples there are. */
function varianceOf(g: GraphBuilder, call: Call): string {
  const [x, dim, correction, keepdim] = Object.values(call.args) as [Tensor, number[] | null, number | null, boolean];
  const dims = dimsOf(dim, x.ndim);
  const many = dims.reduce((product, d) => product * x.sizes[d], 1);
  const [name, axes] = [g.name(x), g.ints(dims)];
  const centred = g.node("Sub", [name, g.node("ReduceMean", [name, axes], { keepdims: 1 })]);
  const sum = g.node("ReduceSum", [g.node("Mul", [centred, centred]), axes], { keepdims: keepdim ? 1 : 0 });
  return g.node("Div", [sum, g.scalar(many - Number(correction ?? 1), x.dtype)]);
}
/** One value in a tensor's shape. */
const filledLike =
  (value: (call: Call) => number): Written =>
  (g, call) =>
    g.node("Expand", [g.scalar(value(call), call.results[0].dtype), g.node("Shape", [g.name(first(call))])]);
/** A size and a way to look between elements, as ONNX names them. */
const resized: Written = (g, call) => {
  const x = first(call);
  const [mode, antialias] = [String(call.args.mode), call.args.antialias === true];
  if (!x.dtype.is_floating_point) refuse(call, "of whole numbers");
  const scales = (call.args.scales as unknown[]).map(Number);
  const isNearest = mode.startsWith("nearest");
  const places = mode === "nearest" ? "asymmetric" : call.args.align_corners === true ? "align_corners" : "half_pixel";
  const axes = scales.map((_, d) => d + 2);
  const isScaled = scales.every((s) => s > 0);
  const given = isScaled
    ? [g.name(tensor(scales, { dtype: float32 }))]
    : ["", g.ints((call.args.output_size as unknown[]).map(Number))];
  return g.node("Resize", [g.name(x), "", ...given], {
    mode: isNearest ? "nearest" : mode === "bicubic" ? "cubic" : "linear",
    coordinate_transformation_mode: places,
    ...(isNearest && { nearest_mode: mode === "nearest" ? "floor" : "round_prefer_ceil" }),
    ...(mode === "bicubic" && { cubic_coeff_a: { float: antialias ? -0.5 : -0.75 } }),
    ...(antialias && { antialias: 1, exclude_outside: 1 }),
    axes,
  });
};

const divided: Written = (g, call) => {
  const mode = call.args.rounding_mode ?? null;
  if (mode === null) return binary("Div")(g, call);
  return (mode === "trunc" ? composed.divide_trunc : composed.floor_divide)(g, call);
};
export const table: Readonly<Record<string, Written>> = {
  ...composed,
  ...Object.fromEntries(
    Object.entries({
      relu: "Relu", sigmoid: "Sigmoid", tanh: "Tanh", exp: "Exp", log: "Log", sqrt: "Sqrt", abs: "Abs", neg: "Neg",
      negative: "Neg", sin: "Sin", cos: "Cos", tan: "Tan", asin: "Asin", acos: "Acos", atan: "Atan", sinh: "Sinh", cosh: "Cosh",
      floor: "Floor", ceil: "Ceil", round: "Round", sign: "Sign", erf: "Erf", reciprocal: "Reciprocal", softplus: "Softplus",
      mish: "Mish", softsign: "Softsign", hardswish: "HardSwish", selu: "Selu", asinh: "Asinh", acosh: "Acosh",
      atanh: "Atanh",
    }).map(([name, op]) => [name, unary(op)]), // prettier-ignore
  ),
  rsqrt: (g, call) => g.node("Reciprocal", [g.node("Sqrt", [g.name(first(call))])]),
  square: (g, call) => g.node("Mul", [g.name(first(call)), g.name(first(call))]),
  silu: (g, call) => g.node("Mul", [g.name(first(call)), g.node("Sigmoid", [g.name(first(call))])]),
  gelu: (g, call) => g.node("Gelu", [g.name(first(call))], { approximate: String(call.args.approximate ?? "none") }),
  leaky_relu: leaky("LeakyRelu", "negative_slope"),
  elu: leaky("Elu", "alpha"),
  celu: leaky("Celu", "alpha"),
  prelu: (g, call) => {
    const [x, w] = pair(call) as [Tensor, Tensor];
    const shape = w.numel() === 1 ? [1] : [w.numel(), ...new Array<number>(Math.max(0, x.ndim - 2)).fill(1)];
    return g.node("PRelu", [g.name(x), g.node("Reshape", [g.name(w), g.ints(shape)])]);
  },
  hardsigmoid: (g, call) =>
    g.node("HardSigmoid", [g.name(first(call))], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
  clamp,
  clip: clamp,
  hardtanh: (g, call) =>
    clamp(g, { ...call, args: { x: first(call), min: call.args.min_val, max: call.args.max_val } }),
  relu6: (g, call) => clamp(g, { ...call, args: { x: first(call), min: 0, max: 6 } }),
  clamp_min: clamp,
  clamp_max: clamp,
  add: withAlpha("Add"),
  sub: withAlpha("Sub"),
  subtract: withAlpha("Sub"),
  rsub: (g, call) => {
    const [a, b] = pair(call);
    return withAlpha("Sub")(g, { ...call, args: { a: b, b: a } });
  },
  mul: binary("Mul"),
  multiply: binary("Mul"),
  div: divided,
  divide: divided,
  true_divide: binary("Div"),
  pow: binary("Pow"),
  maximum: binary("Max"),
  minimum: binary("Min"),
  eq: comparison("Equal"),
  ne: not(comparison("Equal")),
  lt: comparison("Less"),
  le: comparison("LessOrEqual"),
  gt: comparison("Greater"),
  ge: comparison("GreaterOrEqual"),
  logical_not: (g, call) => g.node("Not", [g.cast(g.name(first(call)), first(call).dtype, bool)]),
  logical_and: logical("And"),
  logical_or: logical("Or"),
  logical_xor: logical("Xor"),
  where: (g, call) => {
    const { condition, input, other } = call.args;
    return g.node("Where", [g.name(condition as Tensor), ...operands(g, call, input, other, call.results[0].dtype)]);
  },
  _where: (g, call) => {
    const [condition, input, other] = Object.values(call.args) as Tensor[];
    return g.node("Where", [g.name(condition), ...operands(g, call, input, other, call.results[0].dtype)]);
  },
  masked_fill: (g, call) => {
    const [x, { dtype }] = [first(call), call.results[0]];
    const value =
      call.args.value instanceof Tensor ? g.name(call.args.value) : g.scalar(Number(call.args.value), dtype);
    return g.node("Where", [g.name(t(call, "mask")), value, g.name(x)]);
  },
  // What is drawn here is drawn anew by whoever runs the file.
  randn_like: (g, call) => g.node("RandomNormalLike", [g.name(first(call))]),
  rand_like: (g, call) => g.node("RandomUniformLike", [g.name(first(call))]),
  zeros_like: filledLike(() => 0),
  ones_like: filledLike(() => 1),
  full_like: filledLike((call) => n(call, "fill_value")),
  zero: filledLike(() => 0),
  fill: filledLike((call) => n(call, "value")),
  _upsample: resized,
  linear,
  matmul,
  mm: matmul,
  bmm: matmul,
  addmm: (g, call) => {
    const inputs = ["mat1", "mat2", "self"].map((name) => g.name((call.args[name] ?? call.args.input) as Tensor));
    return g.node("Gemm", inputs, {
      alpha: { float: Number(call.args.alpha ?? 1) },
      beta: { float: Number(call.args.beta ?? 1) },
    });
  },
  conv1d: conv(1),
  conv2d: conv(2),
  conv3d: conv(3),
  conv_transpose1d: conv(1, true),
  conv_transpose2d: conv(2, true),
  conv_transpose3d: conv(3, true),
  max_pool1d: pool("MaxPool", 1),
  max_pool2d: pool("MaxPool", 2),
  max_pool3d: pool("MaxPool", 3),
  avg_pool1d: pool("AveragePool", 1),
  avg_pool2d: pool("AveragePool", 2),
  avg_pool3d: pool("AveragePool", 3),
  adaptive_avg_pool1d: adaptive,
  adaptive_avg_pool2d: adaptive,
  adaptive_avg_pool3d: adaptive,
  batch_norm: batchNorm,
  layer_norm: layerNorm,
  group_norm: groupNorm,
  instance_norm: (g, call) => {
    if (call.args.running_mean instanceof Tensor && call.args.use_input_stats === false)
      refuse(call, "by running statistics");
    const x = first(call);
    const filled = (v: unknown, value: number): string =>
      g.name(v instanceof Tensor ? v : tensor(new Array<number>(x.sizes[1]).fill(value), { dtype: x.dtype }));
    const inputs = [g.name(x), filled(call.args.weight, 1), filled(call.args.bias, 0)];
    return g.node("InstanceNormalization", inputs, { epsilon: { float: n(call, "eps") } });
  },
  _normalize: (g, call) => {
    const [x, dims, weight, bias, eps, centred] = Object.values(call.args) as [Tensor, number[], ...(Tensor | null)[]];
    return normalized(g, x, dims.map(Number), weight ?? null, bias ?? null, Number(eps), centred as unknown as boolean);
  },
  native_batch_norm: (g, call) => {
    if (call.args.training !== true) return batchNorm(g, call);
    // Instance norm: each sample's channels as channels of one sample.
    if (call.args.running_mean instanceof Tensor) refuse(call, "in training mode (call model.eval())");
    const x = first(call);
    const shape = x.sizes.map((s, d) => (d === 1 ? s : 1));
    const [weight, bias] = [call.args.weight, call.args.bias].map((v) => (v instanceof Tensor ? v.view(shape) : null));
    const dims = x.sizes.map((_, d) => d).filter((d) => d !== 1);
    return normalized(g, x, dims, weight, bias, n(call, "eps"), true);
  },
  _var: (g, call) => varianceOf(g, call),
  _std: (g, call) => g.node("Sqrt", [varianceOf(g, call)]),
  softmax: (g, call) => g.node("Softmax", [g.name(first(call))], { axis: n(call, "dim") }),
  log_softmax: (g, call) => g.node("LogSoftmax", [g.name(first(call))], { axis: n(call, "dim") }),
  scaled_dot_product_attention: attention,
  embedding: (g, call) => g.node("Gather", [g.name(t(call, "weight")), g.name(t(call, "input"))], { axis: 0 }),
  reshape: reshaped,
  view: reshaped,
  flatten: reshaped,
  unflatten: reshaped,
  squeeze: reshaped,
  unsqueeze: reshaped,
  view_as: reshaped,
  reshape_as: reshaped,
  contiguous: same,
  clone: same,
  detach: same,
  alias: same,
  permute: (g, call) => transposed(g, first(call), dimsOf(call.args.dims, first(call).ndim)),
  transpose: swapped(
    (call) => n(call, "dim0"),
    (call) => n(call, "dim1"),
  ),
  t: swapped(
    () => 0,
    () => 1,
  ),
  expand: (g, call) => {
    const [x, [y]] = [first(call), call.results];
    const before = y.ndim - x.ndim;
    return g.node("Expand", [
      g.name(x),
      g.ints(y.sizes.map((s, d) => (d >= before && x.sizes[d - before] === s ? 1 : s))),
    ]);
  },
  cat: (g, call) => {
    const tensors = call.args.tensors as Tensor[];
    const names = tensors.map((x) => g.cast(g.name(x), x.dtype, call.results[0].dtype));
    return g.node("Concat", names, { axis: positive(n(call, "dim"), call.results[0].ndim) });
  },
  stack: (g, call) => {
    const tensors = call.args.tensors as Tensor[];
    const axis = positive(n(call, "dim"), call.results[0].ndim);
    const names = tensors.map((x) => g.node("Unsqueeze", [g.name(x), g.ints([axis])]));
    return g.node("Concat", names, { axis });
  },
  split: pieces,
  split_with_sizes: pieces,
  chunk: pieces,
  tensor_split: pieces,
  unbind: (g, call) => {
    const x = first(call);
    const axis = positive(Number(call.args.dim ?? 0), x.ndim);
    return call.results.map((_, i) => g.node("Gather", [g.name(x), g.scalar(i, int64)], { axis }));
  },
  select: (g, call) => {
    const x = first(call);
    const axis = positive(n(call, "dim"), x.ndim);
    return g.node("Gather", [g.name(x), g.scalar(n(call, "index"), int64)], { axis });
  },
  narrow: (g, call) => {
    const x = first(call);
    const start = Number(call.args.start instanceof Tensor ? call.args.start.item() : call.args.start);
    const dim = positive(n(call, "dim"), x.ndim);
    const from = start < 0 ? start + x.sizes[dim] : start;
    return sliced(g, x, dim, from, from + n(call, "length"));
  },
  slice: (g, call) => {
    const x = first(call);
    const { start, end, step } = call.args;
    return sliced(
      g,
      x,
      positive(n(call, "dim"), x.ndim),
      Number(start ?? 0),
      Number(end ?? Number.MAX_SAFE_INTEGER),
      Number(step ?? 1),
    );
  },
  flip: (g, call) => {
    const x = first(call);
    const dims = dimsOf(call.args.dims, x.ndim);
    const all = (value: number): string => g.ints(dims.map(() => value));
    return g.node("Slice", [g.name(x), all(-1), all(-Number.MAX_SAFE_INTEGER), g.ints(dims), all(-1)]);
  },
  index_select: (g, call) =>
    g.node("Gather", [g.name(first(call)), g.name(t(call, "index"))], { axis: n(call, "dim") }),
  gather: (g, call) =>
    g.node("GatherElements", [g.name(first(call)), g.name(t(call, "index"))], { axis: n(call, "dim") }),
  sum: reduced("ReduceSum"),
  mean: reduced("ReduceMean"),
  prod: reduced("ReduceProd"),
  amax: reduced("ReduceMax"),
  amin: reduced("ReduceMin"),
  logsumexp: reduced("ReduceLogSumExp"),
  argmax: arg("ArgMax"),
  argmin: arg("ArgMin"),
  cumsum: (g, call) => g.node("CumSum", [g.name(first(call)), g.scalar(n(call, "dim"), int64)]),
  topk: (g, call) => {
    const axis = positive(Number(call.args.dim ?? -1), first(call).ndim);
    const largest = call.args.largest === false ? 0 : 1;
    return g.nodeOf("TopK", [g.name(first(call)), g.ints([n(call, "k")])], { axis, largest, sorted: 1 }, 2);
  },
  dropout: (g, call) =>
    call.args.training === false || n(call, "p") === 0
      ? g.name(first(call))
      : refuse(call, "in training mode (call model.eval())"),
  pad: (g, call) => {
    const x = first(call);
    const mode = String(call.args.mode ?? "constant");
    const given = (call.args.pad as unknown[]).map(Number);
    const pads = new Array<number>(2 * x.ndim).fill(0);
    for (let i = 0; i < given.length / 2; i++) {
      pads[x.ndim - 1 - i] = given[2 * i];
      pads[2 * x.ndim - 1 - i] = given[2 * i + 1];
    }
    const named = { replicate: "edge", circular: "wrap" }[mode] ?? mode;
    const value = mode === "constant" ? [g.scalar(Number(call.args.value ?? 0), x.dtype)] : [];
    return g.node("Pad", [g.name(x), g.ints(pads), ...value], { mode: named });
  },
};
/** Casts: the same elements in the result's dtype. */
export const casts: Written = (g, call) => g.cast(g.name(first(call)), first(call).dtype, call.results[0].dtype);
