// class SparseTensor: a tensor stored as indices and values. See Note [Other layouts] in dispatch/layouts.ts.
import { Layout } from "../../base/memory_format.ts";
import { NotImplementedError, RuntimeError, TypeError } from "../../base/errors.ts";
import type { Scalar, TypedArray } from "../../base/dtype.ts";
import type { Backend } from "../../devices/backend.ts";
import type { Block } from "../../kernel/place.ts";
import { isContiguous } from "../../base/layout.ts";
import type { Shape } from "../../base/layout.ts";
import { otherLayouts } from "../../dispatch/layouts.ts";
import { Storage } from "../../tensor/storage.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { sparseText } from "./text.ts";

/** What leads calls to rules; set by route.ts, which imports all of them. */
export const routing: { route: typeof otherLayouts.route } = { route: null };
const switchOn = (): void => void (otherLayouts.route ??= routing.route);

/** A layout of sparse tensors. */
export class SparseLayout extends Layout {
  /** The dim whose indices are compressed to where each of them begins; null where all are written out. */
  readonly compressed: 0 | 1 | null;
  /** What PyTorch calls it in errors. */
  readonly cppName: string;
  constructor(name: string, cppName: string, compressed: 0 | 1 | null) {
    super(name, switchOn);
    this.cppName = cppName;
    this.compressed = compressed;
  }
}
/** Each element's indices, and its value. */
export const coo = new SparseLayout("sparse_coo", "Sparse", null);
/** Row by row: where each row begins, the columns, the values. */
export const csr = new SparseLayout("sparse_csr", "SparseCsr", 0);
/** Column by column. */
export const csc = new SparseLayout("sparse_csc", "SparseCsc", 1);

/** What a sparse tensor is stored as: dense tensors without a history, which is the sparse tensor's own. */
export interface Parts {
  /** Of coo: the indices, [sparse dims, elements]. Of others: where rows begin, and the columns (or the other way round). */
  readonly places: readonly Tensor[];
  /** [elements, ...dense dims]. */
  readonly values: Tensor;
  /** Whether indices are in order, each of them once. */
  readonly coalesced: boolean;
}
const NO_DATA = "Cannot access data pointer of Tensor that doesn't have storage";
/** A storage that counts changes and has no memory: see Note [Other layouts]. */
class NoStorage extends Storage {
  constructor(device: Backend) {
    super(device, null as never);
    Object.defineProperty(this, "block", {
      get(): Block {
        throw new RuntimeError(NO_DATA);
      },
    });
  }
  override share(version: number): Storage {
    const storage = new NoStorage(this.device);
    storage.version = version;
    return storage;
  }
}

export class SparseTensor extends Tensor {
  private readonly stored: SparseLayout;
  parts: Parts;

  constructor(
    layout: SparseLayout,
    parts: Parts,
    sizes: Shape,
    storage: Storage = new NoStorage(parts.values.backend),
  ) {
    const { places, values } = parts;
    super(
      storage,
      values.dtype,
      sizes,
      sizes.map(() => 0),
      0,
    );
    this.stored = layout;
    // One element alone is in order.
    this.parts = values.sizes[0] < 2 ? { ...parts, coalesced: true } : parts;
    for (const part of [...places, values]) part.storage.kept = true;
    switchOn();
  }
  /** Takes the elements of another. */
  override become(seen: Tensor): void {
    super.become(seen);
    this.parts = (seen as SparseTensor).parts;
  }
  /** Tells whether its indices are in order, each of them once. */
  setCoalesced(coalesced: boolean): void {
    this.parts = { ...this.parts, coalesced: coalesced || this.nnz < 2 };
  }
  override get layout(): SparseLayout {
    return this.stored;
  }
  /** How many dims the indices are of. */
  get sparseDim(): number {
    return this.stored.compressed === null ? this.parts.places[0].sizes[0] : 2;
  }
  /** How many elements are stored. */
  get nnz(): number {
    return this.parts.values.sizes[0];
  }
  override bare(): SparseTensor {
    return new SparseTensor(this.stored, this.parts, this.sizes, this.storage);
  }
  override get data(): Tensor {
    return new SparseTensor(this.stored, this.parts, this.sizes, this.storage.share(0));
  }
  override set data(x: Tensor) {
    if (!(x instanceof SparseTensor) || x.layout !== this.stored)
      throw new RuntimeError(
        "Attempted to call `variable.set_data(tensor)`, but `variable` and `tensor` have incompatible tensor type.",
      );
    this.become(x);
    (this as { dtype: typeof x.dtype }).dtype = x.dtype;
  }
  override get block(): Block {
    throw new RuntimeError(NO_DATA);
  }
  override data_ptr(): number {
    throw new RuntimeError(NO_DATA);
  }
  override host(): TypedArray {
    throw new RuntimeError(NO_DATA);
  }
  override elementAt(): Scalar {
    if (this.numel() !== 1) throw new RuntimeError(NO_DATA);
    return this.parts.values.sum().item();
  }
  override tolist(): never {
    throw new RuntimeError(NO_DATA);
  }
  override typed_array(): never {
    throw new RuntimeError(NO_DATA);
  }
  override numpy(): never {
    throw new TypeError(`can't convert ${this.stored.cppName} layout tensor to numpy. Use Tensor.to_dense() first.`);
  }
  override share_memory_(): never {
    throw new NotImplementedError(`Cannot access storage of ${this.stored === coo ? "Sparse" : "SparseCsr"}TensorImpl`);
  }
  override is_contiguous(): boolean {
    if (this.stored.compressed !== null) throw new RuntimeError("Sparse CSR tensors do not have is_contiguous");
    return false;
  }
  override stride(): number[];
  override stride(dim: number | { dim: number }): number;
  override stride(dim?: number | { dim: number }): number[] | number {
    if (this.stored.compressed !== null) throw new RuntimeError("Sparse CSR tensors do not have strides");
    return dim === undefined ? [...this.strides] : 0;
  }
  override type(): string;
  override type(dtype: Parameters<Tensor["type"]>[0]): Tensor;
  override type(dtype?: Parameters<Tensor["type"]>[0]): string | Tensor {
    if (dtype !== undefined) return super.type(dtype);
    if (this.stored.compressed !== null) throw new RuntimeError(`Unimplemented backend SparseCsrCPU`);
    return super.type().replace(/(\w+)$/, "sparse.$1");
  }
  override dispose(): void {
    for (const part of [...this.parts.places, this.parts.values]) part.dispose();
  }
  override toString(): string {
    return sparseText(this);
  }
  /** `<MulBackward0>`, or null. */
  get nodeText(): string | null {
    return this.grad_fn === null ? null : `<${this.grad_fn.typeName}>`;
  }
}

/** Whether two are stored at the same places because they share the tensors that say so. */
export function placedAlike(a: readonly Tensor[], b: readonly Tensor[]): boolean {
  return a.length === b.length && a.every((t, i) => isSame(t, b[i]));
}
const isSame = (a: Tensor, b: Tensor): boolean =>
  a === b ||
  (a.storage === b.storage &&
    a.offset === b.offset &&
    a.sizes.every((n, d) => n === b.sizes[d]) &&
    isContiguous(a.sizes, a.strides) &&
    isContiguous(b.sizes, b.strides));

/** PyTorch's words for a function that a layout does not have. */
export function notImplementedFor(name: string, x: Tensor): NotImplementedError {
  const kind = !(x instanceof SparseTensor) ? "" : x.layout.compressed === null ? "Sparse" : "SparseCsr";
  return new NotImplementedError(
    `Could not run 'aten::${name}' with arguments from the '${kind}${x.is_meta ? "Meta" : "CPU"}' backend. This could be because the operator doesn't exist for this backend, or was omitted during the selective/custom build process (if using custom build). If you are a Facebook employee using PyTorch on mobile, please visit https://fburl.com/ptmfixes for possible resolutions.\n${
      kind === "" ? "x.to_sparse() makes a sparse tensor of a dense one." : "x.to_dense() has all functions."
    }`,
  );
}
