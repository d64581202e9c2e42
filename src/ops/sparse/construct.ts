// Sparse tensors from their parts, and what has to be true of these.
import type { Dtype } from "../../base/dtype.ts";
import { NotImplementedError, RuntimeError, TypeError } from "../../base/errors.ts";
import { list, sameShape } from "../../base/layout.ts";
import type { Shape } from "../../base/layout.ts";
import { placedOn } from "../../devices/registry.ts";
import type { DeviceLike } from "../../devices/device.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import { otherLayouts } from "../../dispatch/layouts.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { asLeaf, doubles, tensor } from "../creation/from_data.ts";
import type { TensorData } from "../creation/from_data.ts";
import { grouped } from "./order.ts";
import { packed } from "./pack.ts";
import { none } from "./none.ts";
import { ruled } from "./route.ts";
import * as layouts from "./tensor.ts";
import type { SparseLayout } from "./tensor.ts";

/** The layout of {@link sparse_coo_tensor}. As `torch.sparse_coo`. */
export const sparse_coo = ruled(layouts.coo);
/** The layout of {@link sparse_csr_tensor}. As `torch.sparse_csr`. */
export const sparse_csr = ruled(layouts.csr);
/** The layout of {@link sparse_csc_tensor}. As `torch.sparse_csc`. */
export const sparse_csc = ruled(layouts.csc);

export interface SparseOptions {
  dtype?: Dtype | null;
  device?: DeviceLike | null;
  requires_grad?: boolean;
  /** Whether to check that what `is_coalesced` says is true; all else is checked always, for nothing may read past memory. */
  check_invariants?: boolean | null;
}
export interface CooOptions extends SparseOptions {
  size?: readonly number[] | null;
  is_coalesced?: boolean | null;
}
const OPTIONS =
  "dtype? dtype=None, device? device=None, bool requires_grad=False, bool? check_invariants=None, bool pin_memory=False, layout? layout=None";
let checks = false;
/** Whether all is checked that can be, where a call does not say. */
export const invariants = {
  get on(): boolean {
    return checks;
  },
  set on(on: boolean) {
    checks = on;
  },
};

function indicesFrom(data: unknown): Tensor {
  const t = data instanceof Tensor ? data.detach() : tensor(data as TensorData);
  return t.long();
}
function valuesFrom(data: unknown, dtype: Dtype | null, device: DeviceLike | null): Tensor {
  if (data instanceof Tensor) return dtype === null && device === null ? data : data.to({ dtype, device });
  return tensor(data as TensorData, { dtype, device });
}
/** The least and the largest index of each dim. */
function ends(row: Float64Array): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const i of row) {
    if (i < least) least = i;
    if (i > most) most = i;
  }
  return [least, most];
}
/**
 * A sparse tensor of the `values` at `indices`, one column for each; those at the same place add up. What lies between them is zero,
 * and takes no memory. As `torch.sparse_coo_tensor`.
 * @example torch.sparse_coo_tensor([[0, 1], [2, 0]], [3, 4], [2, 3]).to_dense() // tensor([[0., 0., 3.], [4., 0., 0.]])
 */
export function sparse_coo_tensor(
  indices: TensorData,
  values: TensorData,
  size?: readonly number[] | null,
  options?: CooOptions,
): Tensor;
export function sparse_coo_tensor(indices: TensorData, values: TensorData, options: CooOptions): Tensor;
export function sparse_coo_tensor(size: readonly number[], options?: CooOptions): Tensor;
export function sparse_coo_tensor(options: CooOptions & { size: readonly number[] }): Tensor;
export function sparse_coo_tensor(...given: unknown[]): Tensor {
  const a = bindArguments(
    `sparse_coo_tensor(object indices=None, object values=None, object size=None, *, ${OPTIONS}, bool? is_coalesced=None) -> Tensor`,
    given,
  ) as Record<string, unknown> & SparseOptions & { is_coalesced: boolean | null };
  const device = a.device ?? null;
  const isSizeAlone = a["values"] === null;
  const asked = isSizeAlone ? (a["size"] ?? a["indices"]) : a["size"];
  const size = asked === null ? null : sizesOf(asked);
  if (isSizeAlone) {
    if (size === null || (a["indices"] !== null && a["size"] !== null))
      throw new TypeError(
        "sparse_coo_tensor() received an invalid combination of arguments\nGive indices and values, or a size alone.",
      );
    const empty = ruled(none)(size, a.dtype ?? tensor([0.5]).dtype, layouts.coo, device);
    return asLeaf(empty, a.requires_grad === true);
  }
  return placedOn(device, () => {
    const indices = indicesFrom(a["indices"]);
    const values = valuesFrom(a["values"], a.dtype ?? null, device);
    const made = cooOf(indices, values, size, a.is_coalesced === true, a.check_invariants ?? checks);
    return requiring(made, a.requires_grad === true);
  });
}
/** What is made of values that require grad does so, too. */
const requiring = (t: Tensor, requires_grad: boolean): Tensor => (t.requires_grad ? t : asLeaf(t, requires_grad));
function sizesOf(x: unknown): number[] {
  const sizes = x instanceof Tensor ? (x.tolist() as number[]) : Array.from(x as number[]);
  if (sizes.some((n) => typeof n !== "number" && typeof n !== "bigint"))
    throw new TypeError(
      `sparse_coo_tensor(): argument 'size' (position 1) must be tuple of ints, but found element of type ${Array.isArray(sizes[0]) ? "list" : typeof sizes[0]} at pos 0`,
    );
  return sizes.map(Number);
}
/** A tensor of indices and values that were checked. */
export function cooOf(
  indices: Tensor,
  given: Tensor,
  size: Shape | null,
  isCoalesced: boolean,
  all: boolean,
): layouts.SparseTensor {
  const [d] = indices.sizes;
  if (indices.sizes.length !== 2 && (size === null || size.length === (d ?? 0) + given.sizes.length - 1))
    throw new RuntimeError(`indices must be sparse_dim x nnz, but got: ${list(indices.sizes)}`);
  const n = indices.sizes.length === 2 ? indices.sizes[1] : -1;
  const values = given.sizes.length === 0 ? given.expand([1]) : given;
  if (values.sizes[0] !== n && size !== null && size.length !== d + values.sizes.length - 1) throw notOfSize();
  const denseSize = values.sizes.slice(1);
  const reached: number[] = [];
  for (let k = 0; k < d && !indices.is_meta; k++) {
    const row = indices.select(0, k);
    const [least, most] = n === 0 ? [0, -1] : [row.min(), row.max()].map((t) => Number(t.item()));
    if (least < 0) throw new RuntimeError(`found negative index ${least} for dim ${k}`);
    reached.push(most);
  }
  const sizes = size ?? [...reached.map((i) => i + 1), ...denseSize];
  function notOfSize(): RuntimeError {
    return new RuntimeError(
      `'len(size) == sparse_dim + dense_dim' is not satisfied: len(size) = ${size!.length}, sparse_dim = ${d}, dense_dim = ${values.sizes.length - 1}`,
    );
  }
  if (size !== null && size.length !== d + denseSize.length) throw notOfSize();
  if (sizes.some((k) => k < 0)) throw new RuntimeError("numel: integer multiplication overflow");
  if (values.sizes[0] !== n)
    throw new RuntimeError(
      `indices and values must have same nnz, but got nnz from indices: ${n}, nnz from values: ${values.sizes[0]}`,
    );
  if (!sameShape(sizes.slice(d), denseSize))
    throw new RuntimeError(
      `values has incorrect size, expected ${list([n, ...sizes.slice(d)])}, got ${list(values.sizes)}`,
    );
  for (const [k, most] of reached.entries())
    if (most >= sizes[k])
      throw new RuntimeError(
        `size is inconsistent with indices: for dim ${k}, size is ${sizes[k]} but found index ${most}`,
      );
  if (isCoalesced && all && grouped(indices, sizes) !== null)
    throw new RuntimeError("cannot set is_coalesced to true if indices correspond to uncoalesced COO tensor");
  return ruled(packed)(layouts.coo, [indices], values, sizes, isCoalesced);
}

type Compressed = readonly [name: string, layout: SparseLayout, starts: string, plain: string];
const compressed = ([name, layout, starts, plain]: Compressed, given: unknown[]): Tensor => {
  const a = bindArguments(
    `${name}(object ${starts}, object ${plain}, object values, object size=None, *, ${OPTIONS}) -> Tensor` as `sparse_csr_tensor(object a) -> Tensor`,
    given,
  ) as unknown as Record<string, unknown> & SparseOptions;
  const device = a.device ?? null;
  const kind = (a["layout"] as SparseLayout | null | undefined) ?? layout;
  return placedOn(device, () => {
    const [at, other] = [a[starts], a[plain]].map(placesFrom);
    const values = valuesFrom(a["values"], a.dtype ?? null, device);
    const size = a["size"] === null || a["size"] === undefined ? null : sizesOf(a["size"]);
    return requiring(compressedOf(kind, at, other, values, size), a.requires_grad === true);
  });
};
/** 32 and 64 bits are kept. */
function placesFrom(data: unknown): Tensor {
  if (!(data instanceof Tensor)) return indicesFrom(data);
  return data.dtype.name === "int32" ? data.detach() : indicesFrom(data);
}
/** A tensor of parts that were checked, with PyTorch's sentences. */
export function compressedOf(
  layout: SparseLayout,
  starts: Tensor,
  plain: Tensor,
  values: Tensor,
  given: Shape | null,
): layouts.SparseTensor {
  const [a, b] = layout === layouts.csr ? ["crow_indices", "col_indices"] : ["ccol_indices", "row_indices"];
  const [rowWord, colWord] = layout === layouts.csr ? ["rows", "cols"] : ["columns", "rows"];
  const n = values.sizes[0];
  if (starts.sizes.length !== 1 || plain.sizes.length !== 1)
    throw new RuntimeError(
      `batch dimensions are not supported here: ${a} has ${starts.sizes.length} dims and ${b} ${plain.sizes.length}, of one each`,
    );
  if (starts.dtype !== plain.dtype)
    throw new RuntimeError(
      `${a} and ${b} must have the same dtype, bot got ${starts.dtype.legacyName} and ${plain.dtype.legacyName}, respectively`,
    );
  const isMeta = starts.is_meta || plain.is_meta;
  const others = isMeta ? new Float64Array(0) : doubles(plain.contiguous());
  const count = starts.sizes[0] - 1;
  const dense = values.sizes.slice(1);
  const reached = others.length === 0 ? 0 : ends(others)[1] + 1;
  const own = layout.compressed === 0 ? [count, reached] : [reached, count];
  const size = given ?? [...own, ...dense];
  if (size.length !== 2 + dense.length)
    throw new RuntimeError(
      `tensor dimensionality must be sum of batch, base, and dense dimensionalities (=0 + 2 + ${dense.length}) but got ${size.length}`,
    );
  const rows = size[layout.compressed!];
  const cols = size[1 - layout.compressed!];
  if (count !== rows)
    throw new RuntimeError(
      `${a}.shape[-1] must be equal to the number of ${rowWord} + 1 (=${rows + 1}), but got ${count + 1}`,
    );
  if (plain.sizes[0] !== n)
    throw new RuntimeError(
      `${b}.shape[-1] must be equal to nnz (=${n}) as defined by values.shape[0], but got ${plain.sizes[0]}`,
    );
  if (isMeta) return ruled(packed)(layout, [starts, plain], values, size);
  const at = doubles(starts.contiguous());
  const not = (what: string): RuntimeError => new RuntimeError(`\`${what}\` is not satisfied.`);
  if (at[0] !== 0) throw not(`${a}[..., 0] == 0`);
  if (at[count] !== n) throw not(`${a}[..., -1] == nnz`);
  for (let k = 0; k < count; k++)
    if (at[k + 1] < at[k] || at[k + 1] - at[k] > cols)
      throw not(`0 <= ${a}[..., 1:] - ${a}[..., :-1] <= ${colWord === "cols" ? "ncols" : "nrows"}`);
  for (const i of others) if (i < 0 || i >= cols) throw not(`0 <= ${b} < ${colWord === "cols" ? "ncols" : "nrows"}`);
  for (let k = 0; k < count; k++)
    for (let i = at[k] + 1; i < at[k + 1]; i++)
      if (others[i] <= others[i - 1])
        throw not(
          `${b}[..., ${a}[..., i - 1]:${a}[..., i]] for all i = 1, ..., n${rowWord === "rows" ? "rows" : "cols"} are sorted and distinct along the last dimension values`,
        );
  return ruled(packed)(layout, [starts, plain], values, size);
}
const CSR = ["sparse_csr_tensor", layouts.csr, "crow_indices", "col_indices"] as const;
const CSC = ["sparse_csc_tensor", layouts.csc, "ccol_indices", "row_indices"] as const;
const ANY = ["sparse_compressed_tensor", layouts.csr, "compressed_indices", "plain_indices"] as const;
/**
 * A sparse matrix row by row: where each row's elements begin (and the last one's end), their columns and their values. As
 * `torch.sparse_csr_tensor`.
 * @example torch.sparse_csr_tensor([0, 1, 2], [1, 0], [3, 4], [2, 2]).to_dense() // tensor([[0., 3.], [4., 0.]])
 */
export function sparse_csr_tensor(
  crow_indices: TensorData,
  col_indices: TensorData,
  values: TensorData,
  size?: readonly number[] | SparseOptions | null,
  options?: SparseOptions,
): Tensor;
export function sparse_csr_tensor(...given: unknown[]): Tensor {
  return compressed(CSR, given);
}
/** A sparse matrix column by column. As `torch.sparse_csc_tensor`. */
export function sparse_csc_tensor(
  ccol_indices: TensorData,
  row_indices: TensorData,
  values: TensorData,
  size?: readonly number[] | SparseOptions | null,
  options?: SparseOptions,
): Tensor;
export function sparse_csc_tensor(...given: unknown[]): Tensor {
  return compressed(CSC, given);
}
/** A sparse matrix in the `layout` that is asked for, {@link sparse_csr} or {@link sparse_csc}. As `torch.sparse_compressed_tensor`. */
export function sparse_compressed_tensor(
  compressed_indices: TensorData,
  plain_indices: TensorData,
  values: TensorData,
  size: readonly number[] | null | (SparseOptions & { layout: SparseLayout }),
  options?: SparseOptions & { layout: SparseLayout },
): Tensor;
export function sparse_compressed_tensor(...given: unknown[]): Tensor {
  return compressed(ANY, given);
}

otherLayouts.loaded = (name, parts, size, isCoalesced) => {
  const [layout] = [layouts.coo, layouts.csr, layouts.csc].filter((l) => String(l) === name);
  if (layout === undefined) throw new NotImplementedError(`tensors of layout ${name} are not supported`);
  if (parts.length !== (layout === layouts.coo ? 2 : 3))
    throw new RuntimeError(`a tensor of layout ${name} is made of other parts than the file has: ${parts.length}`);
  if (layout === layouts.coo) return cooOf(parts[0], parts[1], size, isCoalesced, true);
  return compressedOf(layout, parts[0], parts[1], parts[2], size);
};
