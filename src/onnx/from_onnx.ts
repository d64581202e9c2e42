// What each operator of ONNX is here.
import { float32, int32, int64, int8, uint8 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import { einsum } from "../ops/linalg/einsum.ts";
import * as fft from "../ops/fft/functions.ts";
import { view_as_complex, view_as_real } from "../ops/pointwise/complex.ts";
import * as linalg from "../ops/linalg/index.ts";
import * as ops from "../ops/index.ts";
import * as F from "../nn/functional/index.ts";
import { arange, tensor } from "../ops/creation/from_data.ts";
import { where } from "../ops/overloads.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { branch, compress, gathered, gatherElements, gatherND, loop, oneHot, scatterElements, scatterND, sequences } from "./places.ts"; // prettier-ignore
import { nonMaxSuppression, roiAlign } from "./detection.ts";
import { convInteger, dynamicQuantizeLinear, matMulInteger, qLinearConv, qLinearMatMul } from "./quantized.ts";
import { recurrent } from "./recurrent.ts";
import { gridSample, resize } from "./resample.ts";
import { folded, numbers, one, pairs, two } from "./running.ts";
import type { Running, Runs } from "./running.ts";
import { dtypeOf } from "./schema.ts";

/** The pads of a window: given, or such that the output has as many places as the input over the stride. */
function padsOf(
  r: Running,
  x: Tensor,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): number[] {
  const many = kernel.length;
  const mode = r.text("auto_pad", "NOTSET");
  if (mode === "NOTSET") return r.ints("pads") ?? new Array<number>(2 * many).fill(0);
  if (mode === "VALID") return new Array<number>(2 * many).fill(0);
  const all = kernel.map((k, d) => {
    const size = x.sizes[x.ndim - many + d];
    return Math.max(0, (Math.ceil(size / strides[d]) - 1) * strides[d] + dilations[d] * (k - 1) + 1 - size);
  });
  const [less, more] = [all.map((p) => Math.floor(p / 2)), all.map((p) => Math.ceil(p / 2))];
  return mode === "SAME_UPPER" ? [...less, ...more] : [...more, ...less];
}
const isEven = (pads: readonly number[]): boolean =>
  pads.every((p, i) => p === pads[(i + pads.length / 2) % pads.length]);
function conv(r: Running, isTransposed: boolean, image = r.x(0), w = r.x(1), bias = r.maybe(2)): Tensor {
  let x = image;
  const kernel = w.sizes.slice(2);
  const many = kernel.length;
  const ones = new Array<number>(many).fill(1);
  const [strides, dilations] = [r.ints("strides") ?? ones, r.ints("dilations") ?? ones];
  const groups = r.int("group", 1);
  let pads = padsOf(r, x, kernel, strides, dilations);
  if (isTransposed) {
    if (!isEven(pads) || r.ints("output_shape") !== null) r.refuse("with pads that differ, or an output_shape,");
    const output_padding = r.ints("output_padding") ?? ones.map(() => 0);
    const f = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][many - 1];
    return f(x, w, bias, strides, pads.slice(0, many), output_padding, groups, dilations);
  }
  if (!isEven(pads)) {
    x = F.pad(x, pairs(pads));
    pads = pads.map(() => 0);
  }
  return [F.conv1d, F.conv2d, F.conv3d][many - 1](x, w, bias, strides, pads.slice(0, many), dilations, groups);
}
function pool(r: Running, isMax: boolean, of = (x: Tensor): Tensor => x, counts = false): Tensor {
  let x = of(r.x(0));
  const kernel = r.ints("kernel_shape")!;
  const many = kernel.length;
  const ones = new Array<number>(many).fill(1);
  const [strides, dilations] = [r.ints("strides") ?? ones, r.ints("dilations") ?? ones];
  const ceil_mode = r.int("ceil_mode", 0) === 1;
  let pads = padsOf(r, x, kernel, strides, dilations);
  const isPadded = !isEven(pads) || pads.some((p, i) => p > kernel[i % many] / 2);
  if (isMax) {
    if (isPadded) {
      x = F.pad(x, pairs(pads), "constant", -Infinity);
      pads = pads.map(() => 0);
    }
    const f = [F.max_pool1d, F.max_pool2d, F.max_pool3d][many - 1];
    return f(x, kernel, strides, pads.slice(0, many), dilations, ceil_mode);
  }
  if (dilations.some((d) => d !== 1)) r.refuse("with dilations");
  const count_include_pad = counts || r.int("count_include_pad", 0) === 1;
  if (isPadded) {
    if (!count_include_pad) r.refuse("with pads that differ and are not counted");
    x = F.pad(x, pairs(pads));
    pads = pads.map(() => 0);
  }
  const f = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d][many - 1];
  return f(x, kernel, strides, pads.slice(0, many), ceil_mode, count_include_pad);
}
/** The largest, and where they were: counted through the whole input, where here each plane is counted for itself. */
function poolWithPlaces(r: Running): readonly Tensor[] {
  const x = r.x(0);
  const kernel = r.ints("kernel_shape")!;
  const many = kernel.length;
  const ones = new Array<number>(many).fill(1);
  const [strides, dilations] = [r.ints("strides") ?? ones, r.ints("dilations") ?? ones];
  const pads = padsOf(r, x, kernel, strides, dilations);
  if (!isEven(pads)) r.refuse("with indices and pads that differ");
  if (r.int("storage_order", 0) === 1) r.refuse("with indices by columns");
  const f = [F.max_pool1d, F.max_pool2d, F.max_pool3d][many - 1];
  const padding = pads.slice(0, many);
  const ceil_mode = r.int("ceil_mode", 0) === 1;
  const options = { stride: strides, padding, dilation: dilations, ceil_mode, return_indices: true } as const;
  const [values, indices] = f(x, kernel, options) as unknown as [Tensor, Tensor];
  const plane = x.sizes.slice(2).reduce((a, b) => a * b, 1);
  const planes = x.sizes[0] * x.sizes[1];
  const begin = arange(0, planes * plane, Math.max(plane, 1), { dtype: int64 });
  return [values, indices.add(begin.view([x.sizes[0], x.sizes[1], ...ones]))];
}
/** Before opset 13, all dims from the axis on were one. */
const softmax =
  (f: (x: Tensor, dim: number) => Tensor): Runs =>
  (r) => {
    const x = r.x(0);
    if (r.opset >= 13) return f(x, r.int("axis", -1));
    return f(x.flatten(r.axis(x, 1)), -1).view(x.sizes);
  };
const reduced =
  (f: (x: Tensor, dims: number[], keepdim: boolean) => Tensor): Runs =>
  (r) => {
    const x = r.x(0);
    const dims = r.axes(1);
    const keep = r.int("keepdims", 1) === 1;
    if (dims === null || dims.length === 0)
      return r.int("noop_with_empty_axes", 0) === 1
        ? x
        : f(
            x,
            x.sizes.map((_, d) => d),
            keep,
          );
    return f(x, dims, keep);
  };
const norm = (r: Running): Tensor => {
  const [x, scale, bias, mean, variance] = r.all;
  if (r.int("training_mode", 0) === 1) r.refuse("in training mode");
  return F.batch_norm(x, mean, variance, scale, bias, false, 0.1, r.float("epsilon", 1e-5));
};
function sliced(r: Running): Tensor {
  let x = r.x(0);
  const [starts, ends] = [r.axes(1, "starts")!, r.axes(2, "ends")!];
  const axes = r.axes(3) ?? starts.map((_, d) => d);
  const steps = r.maybe(4) === null ? starts.map(() => 1) : numbers(r.x(4));
  for (const [i, axis] of axes.entries()) {
    const dim = axis < 0 ? axis + x.ndim : axis;
    const [size, step] = [x.sizes[dim], steps[i]];
    const clamped = (v: number, low: number, high: number): number =>
      Math.min(Math.max(v < 0 ? v + size : v, low), high);
    if (step > 0) {
      const from = clamped(starts[i], 0, size);
      const to = clamped(ends[i], 0, size);
      x = x.index_select(dim, arange(from, Math.max(from, to), step, { dtype: int64 }));
    } else {
      const from = clamped(starts[i], -1, size - 1);
      const to = clamped(ends[i], -1, size - 1);
      x = x.index_select(dim, from > to ? arange(from, to, step, { dtype: int64 }) : arange(0, { dtype: int64 }));
    }
  }
  return x;
}
function pieces(r: Running): readonly Tensor[] {
  const x = r.x(0);
  const axis = r.int("axis", 0);
  const sizes = r.axes(1, "split");
  if (sizes !== null) return x.split(sizes, axis);
  const many = r.int("num_outputs", r.node.output.length);
  return x.split(Math.ceil(x.size(axis) / many), axis);
}
function gemm(r: Running): Tensor {
  const a = r.int("transA", 0) === 1 ? r.x(0).t() : r.x(0);
  const b = r.int("transB", 0) === 1 ? r.x(1).t() : r.x(1);
  const [alpha, beta, c] = [r.float("alpha", 1), r.float("beta", 1), r.maybe(2)];
  const product = a.mm(b);
  const scaled = alpha === 1 ? product : product.mul(alpha);
  return c === null ? scaled : scaled.add(beta === 1 ? c : c.mul(beta));
}
function reshaped(r: Running): Tensor {
  const x = r.x(0);
  const shape = r.axes(1, "shape")!;
  if (r.int("allowzero", 0) === 1) return x.reshape(shape);
  return x.reshape(shape.map((s, d) => (s === 0 ? x.sizes[d] : s)));
}
function squeezed(r: Running): Tensor {
  const dims = r.axes(1);
  return dims === null ? r.x(0).squeeze() : r.x(0).squeeze(dims);
}
function unsqueezed(r: Running): Tensor {
  const x = r.x(0);
  const given = r.axes(1)!;
  const ndim = x.ndim + given.length;
  return given.map((d) => (d < 0 ? d + ndim : d)).sort((a, b) => a - b).reduce((y, d) => y.unsqueeze(d), x); // prettier-ignore
}
const clipped = (r: Running): Tensor => {
  const x = r.x(0);
  const bound = (i: number, name: string): number | null =>
    r.maybe(i) !== null
      ? Number(r.x(i).item())
      : r.node.attribute.some((a) => a.name === name)
        ? r.float(name, 0)
        : null;
  const [min, max] = [bound(1, "min"), bound(2, "max")];
  return min === null && max === null ? x : x.clamp({ ...(min !== null && { min }), ...(max !== null && { max }) });
};
const padded = (r: Running): Tensor => {
  const x = r.x(0);
  const mode = r.text("mode", "constant");
  let pads = r.axes(1, "pads")!;
  const axes = r.maybe(3) === null ? null : numbers(r.x(3));
  if (axes !== null) {
    const whole = new Array<number>(2 * x.ndim).fill(0);
    for (const [i, a] of axes.entries()) {
      const d = a < 0 ? a + x.ndim : a;
      [whole[d], whole[x.ndim + d]] = [pads[i], pads[axes.length + i]];
    }
    pads = whole;
  }
  if (mode === "constant") return F.pad(x, pairs(pads), "constant", r.maybe(2) === null ? 0 : Number(r.x(2).item()));
  const named = { reflect: "reflect", edge: "replicate", wrap: "circular" }[mode] ?? r.refuse(`with mode '${mode}'`);
  // These modes pad the last dims alone.
  const given = pairs(pads);
  while (given.length > 2 && given.at(-1) === 0 && given.at(-2) === 0) given.splice(-2);
  return F.pad(x, given, named as "reflect");
};
function expanded(r: Running): Tensor {
  const [x, shape] = [r.x(0), numbers(r.x(1))];
  const ndim = Math.max(x.ndim, shape.length);
  const at = (sizes: readonly number[], d: number): number => sizes[d - (ndim - sizes.length)] ?? 1;
  return x.expand(Array.from({ length: ndim }, (_, d) => (at(shape, d) === 1 ? at(x.sizes, d) : at(shape, d))));
}

/** By operator; `r` has inputs and attributes. */
export const table: Readonly<Record<string, Runs>> = {
  ...sequences,
  Identity: (r) => r.value(0),
  Dropout: one((x) => x),
  Relu: one((x) => x.relu()),
  Sigmoid: one((x) => x.sigmoid()),
  Tanh: one((x) => x.tanh()),
  Exp: one((x) => x.exp()),
  Log: one((x) => x.log()),
  Sqrt: one((x) => x.sqrt()),
  Abs: one((x) => x.abs()),
  Neg: one((x) => x.neg()),
  Sin: one((x) => x.sin()),
  Cos: one((x) => x.cos()),
  Tan: one((x) => x.tan()),
  Asin: one((x) => x.asin()),
  Acos: one((x) => x.acos()),
  Atan: one((x) => x.atan()),
  Sinh: one((x) => x.sinh()),
  Cosh: one((x) => x.cosh()),
  Asinh: one((x) => x.asinh()),
  Acosh: one((x) => x.acosh()),
  Atanh: one((x) => x.atanh()),
  Floor: one((x) => x.floor()),
  Ceil: one((x) => x.ceil()),
  Round: one((x) => x.round()),
  Sign: one((x) => x.sign()),
  Erf: one((x) => x.erf()),
  Reciprocal: one((x) => x.reciprocal()),
  Not: one((x) => x.logical_not()),
  IsNaN: one((x) => x.isnan()),
  IsInf: (r) => {
    const [x, negative, positive] = [r.x(0), r.int("detect_negative", 1), r.int("detect_positive", 1)];
    return x.isinf().logical_and(negative === 0 ? x.gt(0) : positive === 0 ? x.lt(0) : x.eq(x));
  },
  Shrink: (r) => {
    const [x, lambd, bias] = [r.x(0), r.float("lambd", 0.5), r.float("bias", 0)];
    return where(x.lt(-lambd), x.add(bias), where(x.gt(lambd), x.sub(bias), x.mul(0)));
  },
  ThresholdedRelu: (r) => {
    const x = r.x(0);
    return where(x.gt(r.float("alpha", 1)), x, x.mul(0));
  },
  Swish: (r) => r.x(0).mul(r.x(0).mul(r.float("alpha", 1)).sigmoid()),
  Softplus: one((x) => F.softplus(x)),
  Softsign: one((x) => F.softsign(x)),
  Mish: one((x) => F.mish(x)),
  HardSwish: one((x) => F.hardswish(x)),
  Selu: one((x) => F.selu(x)),
  Elu: (r) => F.elu(r.x(0), r.float("alpha", 1)),
  Celu: (r) => F.celu(r.x(0), r.float("alpha", 1)),
  LeakyRelu: (r) => F.leaky_relu(r.x(0), r.float("alpha", 0.01)),
  HardSigmoid: (r) => r.x(0).mul(r.float("alpha", 0.2)).add(r.float("beta", 0.5)).clamp(0, 1),
  Gelu: (r) => F.gelu(r.x(0), { approximate: r.text("approximate", "none") }),
  PRelu: (r) => where(r.x(0).ge(0), r.x(0), r.x(0).mul(r.x(1))),
  Clip: clipped,
  Add: two((a, b) => a.add(b)),
  Sub: two((a, b) => a.sub(b)),
  Mul: two((a, b) => a.mul(b)),
  // Whole numbers are divided to whole ones.
  Div: two((a, b) => (a.dtype.is_floating_point ? a.div(b) : a.div(b, { rounding_mode: "trunc" }))),
  Mod: (r) => (r.int("fmod", 0) === 1 ? r.x(0).fmod(r.x(1)) : r.x(0).remainder(r.x(1))),
  Pow: two((a, b) => a.pow(b).to(a.dtype)),
  Xor: two((a, b) => a.logical_xor(b)),
  BitwiseAnd: two((a, b) => a.bitwise_and(b)),
  BitwiseOr: two((a, b) => a.bitwise_or(b)),
  BitwiseXor: two((a, b) => a.bitwise_xor(b)),
  BitwiseNot: one((x) => x.bitwise_not()),
  BitShift: (r) =>
    r.text("direction", "LEFT") === "LEFT" ? r.x(0).bitwise_left_shift(r.x(1)) : r.x(0).bitwise_right_shift(r.x(1)),
  Mean: (r) => r.all.reduce((a, b) => a.add(b)).div(r.all.length),
  Max: folded((a, b) => a.maximum(b)),
  Min: folded((a, b) => a.minimum(b)),
  Sum: folded((a, b) => a.add(b)),
  Equal: two((a, b) => a.eq(b)),
  Less: two((a, b) => a.lt(b)),
  LessOrEqual: two((a, b) => a.le(b)),
  Greater: two((a, b) => a.gt(b)),
  GreaterOrEqual: two((a, b) => a.ge(b)),
  And: two((a, b) => a.logical_and(b)),
  Or: two((a, b) => a.logical_or(b)),
  Where: (r) => where(r.x(0), r.x(1), r.x(2)),
  MatMul: two((a, b) => a.matmul(b)),
  Gemm: gemm,
  Conv: (r) => conv(r, false),
  ConvTranspose: (r) => conv(r, true),
  ConvInteger: (r) => convInteger(r, (x, w) => conv(r, false, x, w, null)),
  QLinearConv: (r) => qLinearConv(r, (x, w) => conv(r, false, x, w, null)),
  MatMulInteger: matMulInteger,
  QLinearMatMul: qLinearMatMul,
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  NonMaxSuppression: nonMaxSuppression,
  RoiAlign: roiAlign,
  DFT: fourier,
  RandomNormal: (r) => randomNormal(r, r.ints("shape")!),
  RandomNormalLike: (r) => randomNormal(r, r.x(0).sizes, r.x(0)),
  RandomUniform: (r) => randomUniform(r, r.ints("shape")!),
  RandomUniformLike: (r) => randomUniform(r, r.x(0).sizes, r.x(0)),
  Bernoulli: (r) =>
    r
      .x(0)
      .bernoulli()
      .to(drawn(r, r.x(0))),
  Multinomial: (r) => {
    const [x, many] = [r.x(0).softmax(-1), r.int("sample_size", 1)];
    const indices = x.multinomial(many, true);
    return r.int("dtype", 6) === 7 ? indices : indices.to(int32);
  },
  CumProd: (r) => {
    const [x, axis] = [r.x(0), Number(r.x(1).item())];
    const turned = (y: Tensor): Tensor => (r.int("reverse", 0) === 1 ? y.flip([axis]) : y);
    const products = turned(x).cumprod(axis).to(x.dtype);
    if (r.int("exclusive", 0) === 0) return turned(products);
    const first = x.narrow(axis, 0, 1);
    return turned(ops.cat([first.new_ones(first.sizes), products.narrow(axis, 0, x.size(axis) - 1)], axis));
  },
  MaxPool: (r) => (r.node.output.length > 1 ? poolWithPlaces(r) : pool(r, true)),
  AveragePool: (r) => pool(r, false),
  GlobalAveragePool: one((x) => x.mean(x.sizes.map((_, d) => d).slice(2), true)),
  GlobalMaxPool: one((x) => x.amax(x.sizes.map((_, d) => d).slice(2), true)),
  BatchNormalization: norm,
  InstanceNormalization: (r) =>
    F.instance_norm(r.x(0), { weight: r.x(1), bias: r.x(2), eps: r.float("epsilon", 1e-5) }),
  LayerNormalization: (r) => {
    const x = r.x(0);
    const axis = r.int("axis", -1);
    const shape = x.sizes.slice(axis < 0 ? axis + x.ndim : axis);
    const [weight, bias] = [r.x(1), r.maybe(2)].map((v) => v && v.expand(shape));
    return F.layer_norm(x, shape, weight, bias, r.float("epsilon", 1e-5));
  },
  GroupNormalization: (r) => {
    const [x, groups] = [r.x(0), r.int("num_groups", 1)];
    // Before opset 21 a group had one scale.
    const each = (v: Tensor): Tensor => (v.size(0) === x.size(1) ? v : v.repeat_interleave(x.size(1) / groups));
    return F.group_norm(x, groups, each(r.x(1)), each(r.x(2)), r.float("epsilon", 1e-5));
  },
  Softmax: softmax((x, dim) => x.softmax(dim)),
  LogSoftmax: softmax((x, dim) => x.log_softmax(dim)),
  Reshape: reshaped,
  Flatten: (r) => {
    const x = r.x(0);
    const axis = r.int("axis", 1);
    const at = axis < 0 ? axis + x.ndim : axis;
    return x.reshape([x.sizes.slice(0, at).reduce((a, b) => a * b, 1), -1]);
  },
  Squeeze: squeezed,
  Unsqueeze: unsqueezed,
  Transpose: (r) =>
    r.x(0).permute(
      r.ints("perm") ??
        r
          .x(0)
          .sizes.map((_, d) => d)
          .reverse(),
    ),
  Expand: expanded,
  Tile: (r) => r.x(0).tile(numbers(r.x(1))),
  Concat: (r) => ops.cat(r.all, r.int("axis", 0)),
  Split: pieces,
  Slice: sliced,
  Gather: gathered,
  GatherElements: gatherElements,
  GatherND: gatherND,
  ScatterElements: scatterElements,
  Scatter: scatterElements,
  ScatterND: scatterND,
  Compress: compress,
  NonZero: one((x) => x.nonzero().t()),
  If: branch,
  Loop: loop,
  Shape: (r) => {
    const x = r.x(0);
    const [start, end] = [r.int("start", 0), r.int("end", x.ndim)];
    return tensor(BigInt64Array.from(x.sizes.slice(start, end), BigInt), { dtype: int64 });
  },
  Size: one((x) => tensor(x.numel(), { dtype: int64 })),
  Constant: (r) => {
    const value = r.tensor("value");
    if (value !== null) return value;
    if (r.has("value_float")) return tensor(r.float("value_float", 0), { dtype: float32 });
    if (r.has("value_int")) return tensor(r.int("value_int", 0), { dtype: int64 });
    const [floats, ints] = [r.floats("value_floats"), r.ints("value_ints")];
    if (r.has("value_floats")) return tensor(floats!, { dtype: float32 });
    if (r.has("value_ints")) return tensor(BigInt64Array.from(ints!, BigInt), { dtype: int64 });
    return r.refuse(`with ${r.node.attribute[0]?.name ?? "no value"}`);
  },
  ConstantOfShape: (r) => {
    const value = r.tensor("value") ?? ops.zeros(1, { dtype: float32 });
    return value.expand(numbers(r.x(0)));
  },
  Range: (r) => arange(Number(r.x(0).item()), Number(r.x(1).item()), Number(r.x(2).item()), { dtype: r.x(0).dtype }),
  Cast: (r) => {
    const number = r.int("to", 1);
    return r.x(0).to(dtypeOf(number) ?? r.refuse(`to the dtype ${number}`));
  },
  CastLike: two((a, b) => a.to(b.dtype)),
  CumSum: (r) => {
    const [x, axis] = [r.x(0), Number(r.x(1).item())];
    const turned = (y: Tensor): Tensor => (r.int("reverse", 0) === 1 ? y.flip([axis]) : y);
    const sums = (y: Tensor): Tensor => y.cumsum(axis).to(y.dtype);
    if (r.int("exclusive", 0) === 0) return turned(sums(turned(x)));
    const before = ops.cat(
      [x.narrow(axis, 0, 1).new_zeros(x.narrow(axis, 0, 1).sizes), turned(x).narrow(axis, 0, x.size(axis) - 1)],
      axis,
    );
    return turned(sums(before));
  },
  ArgMax: (r) => r.x(0).argmax(r.int("axis", 0), r.int("keepdims", 1) === 1),
  ArgMin: (r) => r.x(0).argmin(r.int("axis", 0), r.int("keepdims", 1) === 1),
  TopK: (r) => {
    const [values, indices] = r.x(0).topk(Number(r.x(1).item()), r.int("axis", -1), r.int("largest", 1) === 1);
    return [values, indices];
  },
  ReduceSum: reduced((x, d, k) => x.sum(d, k)),
  ReduceMean: reduced((x, d, k) => x.mean(d, k)),
  ReduceMax: reduced((x, d, k) => x.amax(d, k)),
  ReduceMin: reduced((x, d, k) => x.amin(d, k)),
  ReduceProd: reduced((x, d, k) => [...d].sort((a, b) => b - a).reduce((y, dim) => y.prod(dim, k), x)),
  ReduceLogSumExp: reduced((x, d, k) => x.logsumexp(d, k)),
  ReduceSumSquare: reduced((x, d, k) => x.square().sum(d, k)),
  ReduceLogSum: reduced((x, d, k) => x.sum(d, k).log()),
  ReduceL2: reduced((x, d, k) => x.square().sum(d, k).sqrt()),
  ReduceL1: reduced((x, d, k) => x.abs().sum(d, k)),
  Pad: padded,
  Trilu: (r) => {
    const k = r.maybe(1) === null ? 0 : Number(r.x(1).item());
    return r.int("upper", 1) === 1 ? r.x(0).triu(k) : r.x(0).tril(k);
  },
  OneHot: oneHot,
  RNN: recurrent,
  GRU: recurrent,
  LSTM: recurrent,
  Resize: resize,
  Upsample: resize,
  GridSample: gridSample,
  AffineGrid: (r) => F.affine_grid(r.x(0), numbers(r.x(1)), r.int("align_corners", 0) === 1),
  DepthToSpace: (r) => {
    const [x, b] = [r.x(0), r.int("blocksize", 1)];
    if (r.text("mode", "DCR") === "CRD") return F.pixel_shuffle(x, b);
    const [n, c, h, w] = x.sizes;
    const blocks = x.reshape([n, b, b, c / b ** 2, h, w]).permute(0, 3, 4, 1, 5, 2);
    return blocks.reshape([n, c / b ** 2, h * b, w * b]);
  },
  SpaceToDepth: (r) => {
    const [x, b] = [r.x(0), r.int("blocksize", 1)];
    const [n, c, h, w] = x.sizes;
    const blocks = x.reshape([n, c, h / b, b, w / b, b]).permute(0, 3, 5, 1, 2, 4);
    return blocks.reshape([n, c * b ** 2, h / b, w / b]);
  },
  Einsum: (r) => einsum(r.text("equation", ""), r.all),
  Det: one((x) => linalg.det(x)),
  LRN: localResponse,
  LpPool: (r) => {
    const p = r.int("p", 2);
    const count = r.ints("kernel_shape")!.reduce((a, b) => a * b, 1);
    return pool(r, false, (x) => x.abs().pow(p), true)
      .mul(count)
      .pow(1 / p);
  },
  GlobalLpPool: (r) => {
    const [x, p] = [r.x(0), r.int("p", 2)];
    return x.abs().pow(p).sum(spatial(x), true).pow(1 / p); // prettier-ignore
  },
  LpNormalization: (r) => {
    const x = r.x(0);
    const axis = r.axis(x, -1);
    return x.div(r.int("p", 2) === 1 ? x.abs().sum(axis, true) : x.square().sum(axis, true).sqrt());
  },
  MeanVarianceNormalization: (r) => {
    const axes = r.ints("axes") ?? [0, 2, 3];
    const centred = r.x(0).sub(r.x(0).mean(axes, true));
    return centred.div(centred.square().mean(axes, true).sqrt().add(1e-9));
  },
  RMSNormalization: (r) => {
    const x = r.x(0);
    const shape = x.sizes.slice(r.axis(x, -1));
    return F.rms_norm(x, shape, r.x(1).expand(shape), r.float("epsilon", 1e-5));
  },
  Hardmax: (r) => {
    const x = r.x(0);
    const axis = r.axis(x, -1);
    return F.one_hot(x.argmax(axis), x.sizes[axis]).movedim(-1, axis).to(x.dtype);
  },
  Col2Im: (r) => {
    const block = numbers(r.x(2));
    const each = (name: string, otherwise: number): number[] => r.ints(name) ?? block.map(() => otherwise);
    const pads = r.ints("pads") ?? [0, 0, 0, 0];
    if (!isEven(pads)) r.refuse("with pads that differ");
    const [dilations, strides] = [each("dilations", 1), each("strides", 1)];
    return F.fold(r.x(0), numbers(r.x(1)), block, dilations, pads.slice(0, block.length), strides);
  },
  NegativeLogLikelihoodLoss: (r) => F.nll_loss(r.x(0), r.x(1).to(int64), losses(r)),
  SoftmaxCrossEntropyLoss: (r) => {
    const log = r.x(0).log_softmax(1);
    return [F.nll_loss(log, r.x(1).to(int64), losses(r)), log];
  },
  EyeLike: (r) => {
    const [rows, columns] = r.x(0).sizes;
    const dtype = r.has("dtype") ? dtypeOf(r.int("dtype", 1)) : r.x(0).dtype;
    const made = ops.ones([rows, columns], { dtype: dtype ?? r.refuse("of this dtype") });
    const k = r.int("k", 0);
    return made.triu(k).tril(k);
  },
  QuantizeLinear: (r) => {
    const [x, zero] = [r.x(0), r.maybe(2)];
    const scaled = x.div(alongAxis(r, x, r.x(1))).round();
    const type = zero?.dtype ?? uint8;
    const moved = zero === null ? scaled : scaled.add(alongAxis(r, x, zero).to(x.dtype));
    const [low, high] = type === uint8 ? [0, 255] : type === int8 ? [-128, 127] : r.refuse(`to ${type.name}`);
    return moved.clamp(low, high).to(type);
  },
  DequantizeLinear: (r) => {
    const [x, scale, zero] = [r.x(0), r.x(1), r.maybe(2)];
    const moved = zero === null ? x.to(scale.dtype) : x.to(scale.dtype).sub(alongAxis(r, x, zero).to(scale.dtype));
    return moved.mul(alongAxis(r, x, scale));
  },
};
/** What each place along the axis has of its own, or all have. */
const alongAxis = (r: Running, x: Tensor, v: Tensor): Tensor => {
  if (v.numel() === 1) return v.reshape([]);
  if (v.ndim > 1 || r.int("block_size", 0) > 0) r.refuse("by blocks");
  const axis = r.axis(x, 1);
  return v.view(x.sizes.map((_, d) => (d === axis ? -1 : 1)));
};
/** The dtype of what is drawn: that of `like`, float32 of a shape alone, or as the node says. */
const drawn = (r: Running, like: Tensor | null): Dtype =>
  r.has("dtype") ? (dtypeOf(r.int("dtype", 1)) ?? r.refuse("of this dtype")) : (like?.dtype ?? float32);
const randomNormal = (r: Running, shape: readonly number[], like: Tensor | null = null): Tensor =>
  ops.randn([...shape], { dtype: drawn(r, like) }).mul(r.float("scale", 1)).add(r.float("mean", 0)); // prettier-ignore
function randomUniform(r: Running, shape: readonly number[], like: Tensor | null = null): Tensor {
  const [low, high] = [r.float("low", 0), r.float("high", 1)];
  return ops.rand([...shape], { dtype: drawn(r, like) }).mul(high - low).add(low); // prettier-ignore
}
/** Complex numbers are pairs in ONNX, in a last dim of 2; of real ones it is 1. */
function fourier(r: Running): Tensor {
  const x = r.x(0);
  const given = r.maybe(2) === null ? r.int("axis", r.opset >= 20 ? -2 : 1) : Number(r.x(2).item());
  const axis = given < 0 ? given + x.ndim : given;
  const n = r.maybe(1) === null ? x.size(axis) : Number(r.x(1).item());
  const isOneSided = r.int("onesided", 0) === 1;
  const isReal = x.sizes.at(-1) === 1;
  const signal = isReal ? x.squeeze(-1) : view_as_complex(x.contiguous());
  if (r.int("inverse", 0) === 1)
    return isOneSided ? fft.irfft(signal, n, axis).unsqueeze(-1) : view_as_real(fft.ifft(signal, n, axis));
  return view_as_real(isOneSided ? fft.rfft(signal, n, axis) : fft.fft(signal, n, axis));
}
const spatial = (x: Tensor): number[] => x.sizes.map((_, d) => d).slice(2);
const losses = (r: Running): { weight: Tensor | null; ignore_index: number; reduction: "mean" } => ({
  weight: r.maybe(2),
  ignore_index: r.int("ignore_index", -100),
  reduction: r.text("reduction", "mean") as "mean",
});
function localResponse(r: Running): Tensor {
  const [x, size] = [r.x(0), r.int("size", 1)];
  const squares = F.pad(x.square().flatten(2).unsqueeze(1), [
    0,
    0,
    Math.floor((size - 1) / 2),
    Math.ceil((size - 1) / 2),
  ]);
  const mean = F.avg_pool2d(squares, [size, 1], 1).view(x.sizes);
  return x.div(mean.mul(r.float("alpha", 1e-4)).add(r.float("bias", 1)).pow(r.float("beta", 0.75)));
}
