// Sparse tensors as text, as PyTorch prints them.
import { isTold, partText, withSuffixes } from "../../tensor/print.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { SparseTensor } from "./tensor.ts";

const INDENT = "tensor(".length;
const tuple = (sizes: readonly number[]): string => `(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;
function partOf(name: string, t: Tensor): string {
  const before = `${name}=tensor(`;
  const isMeta = t.is_meta;
  const shown = { shape: t.sizes, dtype: t.dtype, requires_grad: false, gradFn: null, isMeta };
  return `${before}${partText({ ...shown, at: (index) => t.elementAt(index) }, INDENT + before.length)})`;
}
const NAMES = { sparse_coo: ["indices"], sparse_csr: ["crow_indices", "col_indices"] } as const;
const CSC = ["ccol_indices", "row_indices"];
/** The text of a sparse tensor. */
export function sparseText(x: SparseTensor): string {
  const { places, values } = x.parts;
  const { name, compressed } = x.layout;
  const names: readonly string[] = name in NAMES ? NAMES[name as keyof typeof NAMES] : CSC;
  const parts = [...places.map((t, i) => partOf(names[i], t)), partOf("values", values)];
  const suffixes = x.is_meta ? [`device='meta'`] : [];
  suffixes.push(`size=${tuple(x.sizes)}`);
  if (!x.is_meta) suffixes.push(`nnz=${x.nnz}`);
  if (!isTold(x.dtype)) suffixes.push(`dtype=${String(x.dtype)}`);
  suffixes.push(`layout=${String(x.layout)}`);
  const node = x.nodeText;
  if (node !== null) suffixes.push(`grad_fn=${node}`);
  else if (x.requires_grad) suffixes.push("requires_grad=True");
  return withSuffixes(`tensor(${parts.join(`,\n${" ".repeat(INDENT)}`)}`, suffixes, INDENT, compressed === null);
}
