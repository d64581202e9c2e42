// Batching rules of ops that are neither views nor pointwise. See Note [Batching].
import { RuntimeError } from "../base/errors.ts";
import { broadcastShapes, wrapDim } from "../base/layout.ts";
import { BATCHED_MASK, dynamicShape, mapTensors, tensorsIn } from "../dispatch/levels.ts";
import type { Results } from "../dispatch/levels.ts";
import { Tensor } from "../tensor/tensor.ts";
import { arange } from "../ops/creation/from_data.ts";
import { amax, amin, matmul } from "../ops/index.ts";
import { _where } from "../ops/pointwise/arithmetic.ts";
import { one_hot } from "../ops/nn/activation/activation.ts";
import { aligned, alignedValues, Call, oneByOne } from "./batching_call.ts";
import type { Rule } from "./batching_call.ts";
import { movedim } from "../ops/views/view.ts";

const DIMS = new Set(["dim", "dims", "dim0", "dim1", "dim2"]);

/** Values with their dims, of a tensor of so many, behind the batch. An empty list of a fold means all. */
export function dimsBehind({ entry, values }: Call, rank: number): unknown[] {
  return entry.schema.args.map(({ name, type }, i) => {
    const v = values[i];
    if (!DIMS.has(name)) return v;
    if (typeof v === "number") return wrapDim(v, rank) + 1;
    if (type.startsWith("int[]") && (v === null || (v as readonly number[]).length === 0))
      return Array.from({ length: rank }, (_, d) => d + 1);
    return Array.isArray(v) ? v.map((d: number) => wrapDim(d, rank) + 1) : v;
  });
}
/** Along dims of self; the other tensors, if any, are the same for all. */
const along: Rule = (call) => {
  const [self, ...others] = tensorsIn(call.values);
  const rank = self.dim();
  if (rank === 0 && others.length === 0) return ofNumbers(call);
  if (rank === 0 || !call.isBatched(self) || others.some((t) => call.isBatched(t))) return null;
  if (
    call.entry.schema.args.some(
      ({ name, type }, i) => name === "dim" && type.startsWith("int?") && call.values[i] === null,
    )
  )
    return null;
  return call.run(mapTensors(dimsBehind(call, rank), (t) => call.below(t)));
};
/** Folds that take a number as well. */
const FOLDS = new Set(
  "sum prod mean amax amin _max_dim _min_dim _all _any argmax argmin logsumexp _norm _var _std _softmax _log_softmax cumsum cumprod logcumsumexp".split(
    " ",
  ),
);
/** Of a number: along a dim of size 1, which the results do not have. */
function ofNumbers(call: Call): Results | null {
  if (!FOLDS.has(call.name)) return null;
  const dims = dimsBehind(call, 1).map((v, i) => (call.entry.schema.args[i].name === "dim" && v === null ? 1 : v));
  const made = call.run(mapTensors(dims, (t) => call.below(t).unsqueeze(-1)));
  const number = (t: Tensor): Tensor => (t.dim() > 1 ? t.squeeze(-1) : t);
  return made instanceof Tensor ? number(made) : made.map(number);
}
/** Along dims that all tensors have. */
const together: Rule = (call) => {
  const rank = Math.max(...tensorsIn(call.values).map((t) => t.dim()));
  if (rank === 0 || tensorsIn(call.values).some((t) => t.dim() !== rank)) return null;
  return call.run(mapTensors(dimsBehind(call, rank), (t) => call.whole(t)));
};
/** On the last dims of every tensor; whatever lies before is a batch. */
const onLastDims: Rule = (call) => {
  const tensors = tensorsIn(call.values);
  const rank = Math.max(...tensors.map((t) => t.dim()));
  if (tensors.length > 1 && tensors.some((t) => t.dim() !== rank)) return null;
  return call.run(mapTensors(call.values, (t) => call.whole(t)));
};
const below = (call: Call, name: string): Tensor => call.below(call.arg<Tensor>(name));
/** The batch joined with the dim after it. */
const joined = (t: Tensor): Tensor => t.reshape([t.shape[0] * t.shape[1], ...t.shape.slice(2)]);
const split = (t: Tensor, size: number): Tensor =>
  t.reshape([size, size === 0 ? 0 : t.shape[0] / size, ...t.shape.slice(1)]);
function splitAll(results: Results, size: number): Results {
  return results instanceof Tensor ? split(results, size) : results.map((t) => split(t, size));
}
/** On samples of a first dim, which the batch joins: images of so many dims beside samples and channels. */
const onSamples =
  (spatial: (call: Call) => number): Rule =>
  (call) => {
    const tensors = tensorsIn(call.values);
    const n = spatial(call);
    if (call.size === 0 || tensors.some((t) => t.dim() !== tensors[0].dim())) return null;
    if (tensors[0].dim() === n + 1) return call.run(mapTensors(call.values, (t) => call.whole(t)));
    if (tensors[0].dim() !== n + 2) return null;
    return splitAll(call.run(mapTensors(call.values, (t) => joined(call.whole(t)))), call.size);
  };
const lengthOf =
  (name: string) =>
  (call: Call): number =>
    call.arg<readonly number[]>(name).length;

/** A loss: its elements, then what the reduction makes of those of each element of the batch. */
const loss: Rule = (call) => {
  const place = call.place("reduction");
  const reduction = call.values[place];
  const each = new Call(call.level, call.entry, call.values.with(place, "none"));
  const rank = Math.max(call.arg<Tensor>("input").dim(), call.arg<Tensor>("target").dim());
  const values = [call.arg<Tensor>("input"), call.arg<Tensor>("target")].map((t) => call.whole(t, rank));
  const made = call.run([...values, ...alignedValues(each, rank).slice(2)]) as Tensor;
  const dims = Array.from({ length: made.dim() - 1 }, (_, d) => d + 1);
  if (reduction === "none" || dims.length === 0) return made;
  return reduction === "sum" ? made.sum(dims) : made.mean(dims);
};
/** Self given a first size: that of the batch. */
const sized: Rule = (call) => {
  const place = call.place("size");
  const size = call.values[place] as readonly number[];
  return call.run(mapTensors(call.values, (t) => call.below(t)).with(place, [call.size, ...size]));
};
const unary: Rule = (call) => call.run(mapTensors(call.values, (t) => call.below(t)));
/** A fold over everything as one over the dim that all of a batch's element are in. */
const overAll =
  (fold: (t: Tensor, dim: number) => Tensor): Rule =>
  (call) => {
    const self = call.values[0] as Tensor;
    return self.numel() === 0 ? null : fold(call.below(self).reshape([call.size, self.numel()]), -1);
  };
const dynamic =
  (op: string): Rule =>
  () => {
    throw new RuntimeError(dynamicShape(op));
  };

/** Whether the indices stand side by side, so that what they give stays where they stand. */
function areAdjacent(indices: readonly (Tensor | null)[]): boolean {
  const at = indices.flatMap((t, i) => (t === null ? [] : [i]));
  return at.every((i, k) => i === at[0] + k);
}
function assertNoMask(call: Call, indices: readonly (Tensor | null)[]): void {
  if (indices.some((t) => t !== null && call.isBatched(t) && (t.dtype.name === "bool" || t.dtype.name === "uint8")))
    throw new RuntimeError(BATCHED_MASK);
}
/** Indices of a batch: those that are of it, and one for the batch itself; null if they do not come first. */
function batchedIndices(call: Call, indices: readonly (Tensor | null)[]): Tensor[] | null {
  if (indices.some((t) => t === null || t.dtype.name === "bool")) return null;
  const rank = Math.max(...indices.map((t) => t!.dim()));
  const rows = arange(call.size).reshape([call.size, ...new Array<number>(rank).fill(1)]);
  return [rows, ...indices.map((t) => (call.isBatched(t) ? call.whole(t!, rank) : t!))];
}

const index: Rule = (call) => {
  const [self, indices] = call.values as [Tensor, readonly (Tensor | null)[]];
  assertNoMask(call, indices);
  if (!indices.some((t) => call.isBatched(t)))
    return areAdjacent(indices) ? call.run([call.below(self), [null, ...indices]]) : null;
  const made = batchedIndices(call, indices);
  if (made === null) return null;
  return call.isBatched(self) ? call.run([call.below(self), made]) : call.run([self, made.slice(1)]);
};
const indexPut: Rule = (call) => {
  const [self, indices, values, accumulate] = call.values as [Tensor, readonly (Tensor | null)[], Tensor, boolean];
  assertNoMask(call, indices);
  const given = indices.filter((t): t is Tensor => t !== null);
  if (given.some((t) => t.dtype.name === "bool")) return null;
  const whole = call.whole(self);
  const indexed = given.map((t) => [...t.shape]).reduce((a, b) => [...broadcastShapes(a, b)]);
  const rank = self.dim() - given.length + indexed.length;
  if (values.dim() > rank) return null;
  const put = call.isBatched(values) ? call.whole(values, rank) : values;
  if (!given.some((t) => call.isBatched(t)))
    return areAdjacent(indices) ? call.run([whole, [null, ...indices], put, accumulate]) : null;
  const made = batchedIndices(call, indices);
  return made === null ? null : call.run([whole, made, put, accumulate]);
};

const convolution: Rule = (call) => {
  const [input, weight, bias] = [
    call.arg<Tensor>("input"),
    call.arg<Tensor>("weight"),
    call.arg<Tensor | null>("bias"),
  ];
  const { size } = call;
  if (size === 0) return null;
  const values = call.values.with(call.place("bias"), null);
  const set = (name: string, v: unknown): void => void (values[call.place(name)] = v);
  let made: Tensor;
  if (!call.isBatched(weight)) {
    set("input", joined(call.whole(input)));
    made = split(call.run(values) as Tensor, size);
  } else {
    // Channels of all the batch side by side, in groups.
    const side = movedim(call.whole(input), 0, 1);
    set("input", side.reshape([side.shape[0], size * side.shape[2], ...side.shape.slice(3)]));
    set("weight", joined(call.whole(weight)));
    set("groups", size * call.arg<number>("groups"));
    const all = call.run(values) as Tensor;
    made = movedim(all.reshape([all.shape[0], size, all.shape[1] / size, ...all.shape.slice(2)]), 1, 0);
  }
  if (bias === null) return made;
  const ones = new Array<number>(made.dim() - 3).fill(1);
  const held = call.whole(bias);
  return made.add(held.reshape([size, 1, held.shape[1], ...ones]));
};
const convolutionWeight: Rule = (call) => {
  const { size } = call;
  if (size === 0) return null;
  const side = (name: string): Tensor => {
    const t = movedim(call.whole(call.arg<Tensor>(name)), 0, 1);
    return t.reshape([t.shape[0], size * t.shape[2], ...t.shape.slice(3)]);
  };
  const values = [...call.values];
  values[call.place("input")] = side("input");
  values[call.place("other")] = side("other");
  values[call.place("groups")] = size * call.arg<number>("groups");
  return split(call.run(values) as Tensor, size);
};

const nllLoss: Rule = (call) => {
  const [input, target, weight] = [
    call.arg<Tensor>("input"),
    call.arg<Tensor>("target"),
    call.arg<Tensor | null>("weight"),
  ];
  if (input.dim() > 2 || call.size === 0 || call.isBatched(weight)) return null;
  const values = [...call.values];
  const one = input.dim() === 1;
  values[call.place("input")] = one ? call.whole(input) : joined(call.whole(input));
  const classes = one ? call.whole(target) : joined(call.whole(target));
  values[call.place("target")] = classes;
  values[call.place("reduction")] = "none";
  const each = call.run(values) as Tensor;
  const made = one ? each : split(each, call.size);
  const reduction = call.arg<string>("reduction");
  if (reduction === "none") return made;
  const sum = one ? made : made.sum(1);
  if (reduction === "sum") return sum;
  const counted = classes.ne(call.arg<number>("ignore_index"));
  const weights =
    weight === null
      ? counted.to(made.dtype)
      : weight.index([classes.masked_fill(counted.logical_not(), 0)]).mul(counted);
  return sum.div(one ? weights : split(weights, call.size).sum(1));
};

const catRule: Rule = (call) => {
  const tensors = call.values[0] as readonly Tensor[];
  const dim = call.values[1] as number;
  const rank = Math.max(...tensors.map((t) => t.dim()));
  // PyTorch lets an empty tensor of one dim be among others.
  const given = tensors.filter((t) => !(t.dim() === 1 && rank > 1 && t.numel() === 0));
  if (given.some((t) => t.dim() !== rank)) return null;
  const behind = call.name === "stack" ? rank + 1 : rank;
  return call.run([given.map((t) => call.whole(t)), wrapDim(dim, behind) + 1]);
};
const repeat: Rule = (call) => {
  const [self, repeats] = call.values as [Tensor, readonly number[]];
  if (repeats.length < self.dim()) return null;
  return call.run([call.whole(self, repeats.length), [1, ...repeats]]);
};
const normalize: Rule = (call) => {
  const self = call.arg<Tensor>("self");
  if ([call.arg("weight"), call.arg("bias")].some((t) => call.isBatched(t))) return null;
  return call.isBatched(self) && self.dim() > 0
    ? call.run(mapTensors(dimsBehind(call, self.dim()), (t) => call.below(t)))
    : null;
};
const embedding: Rule = (call) => {
  if (call.isBatched(call.arg("weight"))) return null;
  return call.run(mapTensors(call.values, (t) => call.below(t)));
};
const oneHot: Rule = (call) => {
  if (call.arg<number>("num_classes") < 0)
    throw new RuntimeError(
      "When vmap-ing torch.nn.functional.one_hot, please provide an explicit positive num_classes argument.",
    );
  return one_hot(call.below(call.values[0] as Tensor), call.arg<number>("num_classes"));
};
/** Rows or columns by one index for all. */
const byIndex: Rule = (call) => {
  const at = call.place("index");
  if (call.isBatched(call.values[at])) return null;
  const self = call.values[0] as Tensor;
  if (self.dim() === 0) return null;
  const tensors = tensorsIn(call.values.toSpliced(at, 1));
  if (tensors.some((t) => t.dim() !== self.dim())) return null;
  return call.run(mapTensors(dimsBehind(call, self.dim()), (t) => (t === call.values[at] ? t : call.whole(t))));
};
const scattered: Rule = (call) => {
  const [self, src] = call.values as [Tensor, Tensor];
  return self.dim() === 0
    ? null
    : call.run([call.whole(self), call.whole(src), ...dimsBehind(call, self.dim()).slice(2)]);
};

const table = (names: string, rule: Rule): Record<string, Rule> =>
  Object.fromEntries(names.split(" ").map((name) => [name, rule]));
/** By the name of the op. */
export const rules: Readonly<Record<string, Rule | undefined>> = {
  ...table(
    "div floor_divide pow round logit polygamma frexp gcd lcm igamma igammac entr ndtri erfcx log_ndtr xlog1py zeta i0 i0e i1 i1e bessel_j0 bessel_j1 bessel_y0 bessel_y1 modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1 spherical_bessel_j0 airy_ai chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v shifted_chebyshev_polynomial_w hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p",
    aligned,
  ),
  ...table("detach zero clone _to_copy empty_like zeros_like ones_like full_like", unary),
  ...table(
    "sum prod cumsum cumprod logcumsumexp amax amin _max_dim _min_dim _all _any mean argmax argmin _var _std logsumexp _norm _softmax _log_softmax sort topk kthvalue _median_dim _nanmedian_dim mode cummax cummin flip _fft_c2c _fft_r2c _fft_c2r",
    along,
  ),
  ...table("gather scatter scatter_add _scatter_prod _scatter_extreme", together),
  ...table("index_select index_add index_copy index_fill", byIndex),
  ...table("select_scatter slice_scatter diagonal_scatter", scattered),
  ...table(
    "tril triu view_as_real view_as_complex _conj _neg_view _solve_triangular linalg_cholesky_ex cholesky_solve cholesky_inverse linalg_lu_factor_ex _lu_permutation linalg_lu _linalg_solve_ex linalg_inv_ex _linalg_det _linalg_slogdet linalg_matrix_exp linalg_qr geqrf linalg_eigh _linalg_eigvalsh linalg_eig _linalg_eigvals _linalg_svdvals _linalg_svd linalg_ldl_factor_ex linalg_ldl_solve pixel_shuffle pixel_unshuffle",
    onLastDims,
  ),
  ...table("new_empty new_zeros new_ones new_full _unsafe_view", sized),
  ...table("cat stack", catRule),
  ...table("_mse_loss smooth_l1_loss _huber_loss binary_cross_entropy binary_cross_entropy_with_logits", loss),
  mm: (call) => matmul(below(call, "self"), below(call, "mat2")),
  bmm: (call) => matmul(below(call, "self"), below(call, "mat2")),
  mv: (call) => matmul(below(call, "self"), below(call, "vec").unsqueeze(-1)).squeeze(-1),
  dot: (call) => matmul(below(call, "self").unsqueeze(-2), below(call, "tensor").unsqueeze(-1)).squeeze(-1).squeeze(-1),
  addmm: (call) => {
    const made = matmul(below(call, "mat1"), below(call, "mat2")).mul(call.arg<number>("alpha"));
    return made.add(call.whole(call.arg<Tensor>("self"), 2), { alpha: call.arg<number>("beta") });
  },
  copy: (call) => {
    const [self, src] = call.values as [Tensor, Tensor];
    return src.dim() > self.dim() ? null : call.run([call.whole(self), call.whole(src, self.dim())]);
  },
  fill: (call) => {
    const [self, value] = call.values as [Tensor, Tensor | number];
    if (!(value instanceof Tensor) || !call.isBatched(value)) return call.run([call.whole(self), value]);
    return value.dim() > 0
      ? null
      : call
          .whole(value, self.dim())
          .to(self.dtype)
          .expand([call.size, ...self.shape])
          .clone();
  },
  _as_strided_scatter: (call) => {
    // Offsets count from the first of the batch.
    const [offset, from] = [call.place("offset"), call.place("self_offset")];
    const self = call.values[0] as Tensor;
    const step = call.isBatched(self) ? call.below(self).strides[0] : 0;
    return oneByOne(call, (values, i) =>
      values.with(offset, call.arg<number>("offset") + i * step).with(from, call.arg<number>("self_offset") + i * step),
    );
  },
  _masked_fill: (call) => {
    const [self, mask, value] = call.values as [Tensor, Tensor, Tensor | number];
    return value instanceof Tensor && call.isBatched(value)
      ? _where(call.whole(mask, self.dim()), call.whole(value, self.dim()).to(self.dtype), call.whole(self))
      : aligned(call);
  },
  _new_zeros_with_same_feature_meta: (call) => {
    const [self, other] = call.values as [Tensor, Tensor];
    if (call.isBatched(other)) return call.run([call.below(self), call.below(other), call.arg("self_num_batch_dims")]);
    return call.run([call.below(self), other, call.arg<number>("self_num_batch_dims") + 1]);
  },
  repeat,
  convolution,
  _convolution_weight: convolutionWeight,
  nll_loss: nllLoss,
  embedding,
  one_hot: oneHot,
  _normalize: normalize,
  _max_pool: onSamples(lengthOf("kernel_size")),
  _im2col: onSamples(lengthOf("kernel_size")),
  _upsample: onSamples(lengthOf("output_size")),
  _upsample_backward: onSamples((call) => call.arg<readonly number[]>("input_size").length - 2),
  _max_unpool: onSamples(lengthOf("output_size")),
  _index: index,
  _index_put: indexPut,
  _max_all: overAll(amax),
  _min_all: overAll(amin),
  _nonzero: dynamic("nonzero"),
};
