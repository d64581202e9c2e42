// What each operator of ONNX is here.
import { bool, float32, int64 } from "../base/dtype.ts";
import { NotImplementedError, ValueError } from "../base/errors.ts";
import * as ops from "../ops/index.ts";
import * as F from "../nn/functional/index.ts";
import { arange, tensor } from "../ops/creation/from_data.ts";
import { where } from "../ops/overloads.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { dtypeOf } from "./schema.ts";
import type { AttributeProto, NodeProto } from "./schema.ts";

/** A node's inputs and attributes, when it runs. */
export class Running {
  readonly node: NodeProto;
  private readonly inputs: readonly (Tensor | null)[];
  private readonly attributes: ReadonlyMap<string, AttributeProto>;
  constructor(node: NodeProto, inputs: readonly (Tensor | null)[]) {
    this.node = node;
    this.inputs = inputs;
    this.attributes = new Map(node.attribute.map((a) => [a.name, a]));
  }
  x(i: number): Tensor {
    const x = this.inputs[i] ?? null;
    if (x === null) throw new ValueError(`onnx: ${this.node.opType} '${this.node.name}' lacks its input ${i}`);
    return x;
  }
  maybe(i: number): Tensor | null {
    return this.inputs[i] ?? null;
  }
  get all(): Tensor[] {
    return this.inputs.map((_, i) => this.x(i));
  }
  int(name: string, otherwise: number): number {
    const a = this.attributes.get(name);
    return a === undefined ? otherwise : Number(a.i);
  }
  float(name: string, otherwise: number): number {
    return this.attributes.get(name)?.f ?? otherwise;
  }
  text(name: string, otherwise: string): string {
    const a = this.attributes.get(name);
    return a === undefined ? otherwise : new TextDecoder().decode(a.s);
  }
  ints(name: string): number[] | null {
    return this.attributes.get(name)?.ints.map(Number) ?? null;
  }
  get value(): AttributeProto | null {
    return this.node.attribute[0] ?? null;
  }
  /** Whole numbers that are an input in newer opsets, and were an attribute. */
  axes(i: number, name = "axes"): number[] | null {
    const x = this.maybe(i);
    return x === null ? this.ints(name) : numbers(x);
  }
  refuse(why: string): never {
    throw new NotImplementedError(`onnx: ${this.node.opType} ${why} is not implemented (node '${this.node.name}')`);
  }
}
export type Runs = (r: Running) => Tensor | readonly Tensor[];
const numbers = (x: Tensor): number[] => [x.tolist() as number | number[]].flat().map(Number);
const one =
  (f: (x: Tensor) => Tensor): Runs =>
  (r) =>
    f(r.x(0));
const two =
  (f: (a: Tensor, b: Tensor) => Tensor): Runs =>
  (r) =>
    f(r.x(0), r.x(1));
const folded =
  (f: (a: Tensor, b: Tensor) => Tensor): Runs =>
  (r) =>
    r.all.reduce((a, b) => f(a, b));
/** Pads as ONNX has them (all begins, all ends), as F.pad has them (pairs, the last dim first). */
const pairs = (pads: readonly number[]): number[] => {
  const many = pads.length / 2;
  return Array.from({ length: many }, (_, i) => [pads[many - 1 - i], pads[2 * many - 1 - i]]).flat();
};
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
function conv(r: Running, isTransposed: boolean): Tensor {
  const [w, bias] = [r.x(1), r.maybe(2)];
  let x = r.x(0);
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
function pool(r: Running, isMax: boolean): Tensor {
  let x = r.x(0);
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
  const count_include_pad = r.int("count_include_pad", 0) === 1;
  if (isPadded) {
    if (!count_include_pad) r.refuse("with pads that differ and are not counted");
    x = F.pad(x, pairs(pads));
    pads = pads.map(() => 0);
  }
  const f = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d][many - 1];
  return f(x, kernel, strides, pads.slice(0, many), ceil_mode, count_include_pad);
}
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
function gathered(r: Running): Tensor {
  const [x, index] = [r.x(0), r.x(1)];
  const axis = r.int("axis", 0);
  const dim = axis < 0 ? axis + x.ndim : axis;
  const flat = index.to(int64).flatten();
  const found = x.index_select(dim, flat.add(flat.lt(0).to(int64).mul(x.sizes[dim])));
  return found.reshape([...x.sizes.slice(0, dim), ...index.sizes, ...x.sizes.slice(dim + 1)]);
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
  Identity: one((x) => x),
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
  Floor: one((x) => x.floor()),
  Ceil: one((x) => x.ceil()),
  Round: one((x) => x.round()),
  Sign: one((x) => x.sign()),
  Erf: one((x) => x.erf()),
  Reciprocal: one((x) => x.reciprocal()),
  Not: one((x) => x.logical_not()),
  IsNaN: one((x) => x.isnan()),
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
  MaxPool: (r) => (r.node.output.length > 1 ? r.refuse("with indices") : pool(r, true)),
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
  GroupNormalization: (r) => F.group_norm(r.x(0), r.int("num_groups", 1), r.x(1), r.x(2), r.float("epsilon", 1e-5)),
  Softmax: (r) => r.x(0).softmax(r.int("axis", -1)),
  LogSoftmax: (r) => r.x(0).log_softmax(r.int("axis", -1)),
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
  GatherElements: (r) => r.x(0).gather(r.int("axis", 0), r.x(1).to(int64)),
  Shape: (r) => {
    const x = r.x(0);
    const [start, end] = [r.int("start", 0), r.int("end", x.ndim)];
    return tensor(BigInt64Array.from(x.sizes.slice(start, end), BigInt), { dtype: int64 });
  },
  Size: one((x) => tensor(x.numel(), { dtype: int64 })),
  Constant: (r) => {
    const { value } = r;
    if (value === null) return r.refuse("without a value");
    if (value.name === "value_float") return tensor(value.f, { dtype: float32 });
    if (value.name === "value_int") return tensor(Number(value.i), { dtype: int64 });
    if (value.name === "value_floats") return tensor(value.floats, { dtype: float32 });
    if (value.name === "value_ints") return tensor(BigInt64Array.from(value.ints), { dtype: int64 });
    return r.refuse(`with ${value.name}`);
  },
  ConstantOfShape: (r) => {
    const shape = numbers(r.x(0));
    const { value } = r;
    if (value?.t === undefined) return ops.zeros(shape, { dtype: float32 });
    return r.maybe(1) !== null ? r.x(1).expand(shape) : r.refuse("with a value of its own");
  },
  Range: (r) => arange(Number(r.x(0).item()), Number(r.x(1).item()), Number(r.x(2).item()), { dtype: r.x(0).dtype }),
  Cast: (r) => {
    const number = r.int("to", 1);
    return r.x(0).to(dtypeOf(number) ?? r.refuse(`to the dtype ${number}`));
  },
  CastLike: two((a, b) => a.to(b.dtype)),
  CumSum: (r) =>
    r.int("exclusive", 0) + r.int("reverse", 0) > 0
      ? r.refuse("exclusive or in reverse")
      : r.x(0).cumsum(Number(r.x(1).item())),
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
  ReduceL2: reduced((x, d, k) => x.square().sum(d, k).sqrt()),
  ReduceL1: reduced((x, d, k) => x.abs().sum(d, k)),
  Pad: padded,
  Trilu: (r) => {
    const k = r.maybe(1) === null ? 0 : Number(r.x(1).item());
    return r.int("upper", 1) === 1 ? r.x(0).triu(k) : r.x(0).tril(k);
  },
  OneHot: (r) => {
    if (r.int("axis", -1) !== -1) r.refuse("along an inner axis");
    const [index, depth, values] = [r.x(0).to(int64), Number(r.x(1).item()), r.x(2)];
    return where(F.one_hot(index, depth).to(bool), values.select(0, 1), values.select(0, 0));
  },
};
