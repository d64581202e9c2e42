// Tensors that are stored otherwise than by strides, as the code of dense tensors sees them.
import { help, RuntimeError } from "../base/errors.ts";
import type { Shape } from "../base/layout.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Entry } from "./declare.ts";

/**
 * Note [Other layouts]: a sparse tensor is a Tensor that is stored as other tensors, dense ones: indices and values. It has
 * no memory of its own, and its storage's block raises an error, so no kernel can read past what is there. Calls with such
 * a tensor are led to rules written with ops on its parts (ops/sparse/), before anything else is done with them; what has
 * no rule is refused in PyTorch's words, but for composites, of which each step is led so. As long as a program has made no
 * sparse tensor and named no layout, `route` is null: a call reads one field more.
 */
export const otherLayouts: {
  /** The results of a call, null if it is one on dense tensors alone. `written`: the name of the op in place. */
  route:
    ((entry: Entry, values: readonly unknown[], written: string | null) => Tensor | readonly Tensor[] | null) | null;
  /** A sparse tensor of rows, for gradients of tables of which few rows were looked at; null where nobody imported it. */
  rows: ((index: Tensor, rows: Tensor, size: Shape) => Tensor) | null;
  /** A sparse tensor of the parts that a file has, which are checked. */
  loaded: ((layout: string, parts: readonly Tensor[], size: Shape, coalesced: boolean) => Tensor) | null;
} = { route: null, rows: null, loaded: null };
const absent = (): RuntimeError =>
  new RuntimeError(
    `sparse tensors are in a part of the library that this program does not have\n${help({ TypeScript: 'import { sparse } from "tidu" and use it.', Python: "import torch.sparse" })}`,
  );

/** The gradient of a table whose rows at `index` were read. */
export function gradientOfRows(index: Tensor, rows: Tensor, size: Shape): Tensor {
  if (otherLayouts.rows === null) throw absent();
  return otherLayouts.rows(index, rows, size);
}
/** A sparse tensor of a file. */
export function loadedTensor(layout: string, parts: readonly Tensor[], size: Shape, coalesced: boolean): Tensor {
  if (otherLayouts.loaded === null) throw absent();
  return otherLayouts.loaded(layout, parts, size, coalesced);
}
