// Automatic mixed precision: in which dtype an op computes while autocast is on. As PyTorch's lists for the CPU, on every device.
import { modes } from "../autograd/mode.ts";
import { float32 } from "../base/dtype.ts";
import type { Dtype } from "../base/dtype.ts";
import { RuntimeError } from "../base/errors.ts";
import { Tensor } from "../tensor/tensor.ts";
import { autocasting } from "./autocasting.ts";
import type { Policy } from "./autocasting.ts";
import { mapTensors, tensorsIn } from "./levels.ts";
import type { Schema } from "./schema.ts";

type Values = readonly unknown[];
const LISTS: Readonly<Record<Exclude<Policy, null>, string>> = {
  lower:
    "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d bmm mm linalg_vecdot baddbmm addmm addbmm linear matmul prelu scaled_dot_product_attention",
  float32:
    "avg_pool3d binary_cross_entropy grid_sampler polar prod quantile nanquantile cdist trace view_as_complex cholesky cholesky_inverse cholesky_solve inverse lu_solve ormqr pinverse max_pool3d max_pool3d_with_indices _max_unpool adaptive_avg_pool3d mse_loss cosine_embedding_loss nll_loss hinge_embedding_loss poisson_nll_loss smooth_l1_loss cross_entropy l1_loss huber_loss margin_ranking_loss soft_margin_loss triplet_margin_loss multi_margin_loss multilabel_margin_loss ctc_loss kl_div binary_cross_entropy_with_logits fft_fft fft_ifft fft_rfft fft_irfft fft_hfft fft_ihfft fft_fftn fft_ifftn fft_rfftn fft_irfftn fft_fft2 fft_ifft2 fft_rfft2 fft_irfft2 linalg_cond linalg_matrix_rank linalg_solve linalg_cholesky linalg_svdvals linalg_eigvals linalg_eigvalsh linalg_inv linalg_householder_product linalg_tensorinv linalg_tensorsolve geqrf qr svd linalg_qr linalg_cholesky_ex linalg_svd linalg_eig linalg_eigh linalg_lstsq linalg_inv_ex _fractional_max_pool",
  widest: "cat stack index_copy",
};
const byName = new Map(
  Object.entries(LISTS).flatMap(([policy, names]) =>
    names.split(" ").map((name) => [name, () => policy as Policy] as const),
  ),
);
/** Where it depends on the arguments: PyTorch has an op for each kind of padding. */
const padding = ([self, pad, mode]: Values): Policy => {
  const dims = (pad as readonly number[]).length / 2;
  return (self instanceof Tensor && mode === "reflect" && dims < 3) || mode === "replicate" ? "float32" : null;
};
function policyOf({ name }: Schema): ((values: Values) => Policy) | null {
  return name === "pad" ? padding : (byName.get(name) ?? null);
}

/** The same for what is no op: its tensors as they are to be computed with. */
export const inFloat32 = (t: Tensor): Tensor => (modes().autocast ? cast(t, float32) : t);
function autocasted<T>(policy: (values: Values) => Policy, values: Values, op: (cast: Values) => T): T {
  const now = modes();
  const { autocast } = now;
  now.autocast = false;
  try {
    return op(castAll(policy(values), values));
  } finally {
    now.autocast = autocast;
  }
}
/** Called where autocast is switched on: from then on every call of an op asks for it. */
export function bringAutocast(): void {
  autocasting.of = { policyOf, run: autocasted };
}
function castAll(policy: Policy, values: Values): Values {
  if (policy === null) return values;
  const lower = modes().castTo;
  const dtype = policy === "lower" ? lower : policy === "float32" ? float32 : widest(values, lower);
  return mapTensors(values, (t) => cast(t, dtype));
}
const isEligible = ({ dtype, backend }: Tensor): boolean =>
  dtype.is_floating_point && dtype.name !== "float64" && backend.name === modes().castOn;
function widest(values: Values, lower: Dtype): Dtype {
  let dtype = lower;
  for (const t of tensorsIn(values)) {
    if (!isEligible(t)) continue;
    if (t.dtype === float32) dtype = float32;
    else if (dtype !== float32 && t.dtype !== lower)
      throw new RuntimeError("Unexpected floating ScalarType in at::autocast::prioritize");
  }
  return dtype;
}
/** Parameters are cast once for all calls of a region, as long as nothing is written into them. */
function cast(t: Tensor, dtype: Dtype): Tensor {
  if (!isEligible(t) || t.dtype === dtype) return t;
  const { grad, castTo, castCache, castsOnce } = modes();
  if (!castsOnce || castCache === null || !grad || dtype !== castTo || t.dtype !== float32) return t.to(dtype);
  if (!t.requires_grad || !t.is_leaf || t.view_ !== null) return t.to(dtype);
  const known = castCache.get(t);
  if (known !== undefined && known.version === t._version && known.cast.dtype === dtype) return known.cast;
  const made = t.to(dtype);
  castCache.set(t, { version: t._version, cast: made });
  return made;
}
