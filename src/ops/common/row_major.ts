// For the ops that PyTorch lets copy self in row-major order first, in which the result then lies.
import { isRowMajor } from "../../base/layout.ts";
import { contiguous_format } from "../../base/memory_format.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Itself if it lies in row-major order, the strides of dims of size 1 included, else a copy that does. */
export const rowMajor = (t: Tensor): Tensor =>
  isRowMajor(t.sizes, t.strides) ? t : t.clone({ memory_format: contiguous_format });
