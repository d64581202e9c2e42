// Tensors from one device to another.
import type { Backend } from "../devices/backend.ts";
import { empty } from "../tensor/allocate.ts";
import { copyStrides, isDense } from "../base/layout.ts";
import { Tensor } from "../tensor/tensor.ts";
import { assign } from "../tensor/elementwise.ts";

/** The elements on another device, outside the graph, with the same strides where they leave no holes. */
export function transferred(t: Tensor, backend: Backend): Tensor {
  if (t.backend === backend) return t;
  const strides = copyStrides(t.geometry);
  const out = empty(t.sizes, t.dtype, strides, backend);
  if (backend.holdsData && t.numel() > 0) {
    const dense = packed(t, strides);
    backend.upload(t.dtype, out, dense.backend.download(t.dtype, dense, t.numel()));
  }
  return out;
}
/** The same, without waiting for the device that has the elements. */
export async function transferredAsync(t: Tensor, backend: Backend): Promise<Tensor> {
  const strides = copyStrides(t.geometry);
  const dense = packed(t, strides);
  const values = await dense.backend.downloadAsync(t.dtype, dense, t.numel());
  const out = empty(t.sizes, t.dtype, strides, backend);
  backend.upload(t.dtype, out, values);
  return out;
}
function packed(t: Tensor, strides: readonly number[]): Tensor {
  if (isDense(t.sizes, t.strides)) return t;
  const out = empty(t.sizes, t.dtype, strides, t.backend);
  assign(out, t);
  return out;
}

/**
 * What code of the host's is given for a tensor on "meta": zeros, and ones on the diagonal of matrices, which all
 * factorizations take.
 */
export function standIn(t: Tensor, backend: Backend): Tensor {
  const { sizes, dtype, geometry } = t;
  const out = empty(sizes, dtype, copyStrides(geometry), backend);
  assign(out, 0);
  const d = sizes.length - 2;
  if (d >= 0 && dtype.is_differentiable) {
    const diagonal = [...out.strides.slice(0, d), out.strides[d] + out.strides[d + 1]];
    assign(new Tensor(out.storage, dtype, [...sizes.slice(0, d), Math.min(...sizes.slice(d))], diagonal, 0), 1);
  }
  return out;
}
