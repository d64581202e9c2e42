// Where the elements of a tensor lie, in the words of programs that are written for machines with accelerators.
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { TypedArray } from "../../base/dtype.ts";
import { RuntimeError } from "../../base/errors.ts";
import { sameShape } from "../../base/layout.ts";
import { accelerator } from "../../devices/registry.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { TensorData } from "../creation/from_data.ts";

declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /**
     * The values in row-major order, as the typed array of the dtype (Uint8Array for bool): a copy, where Python's array
     * shares memory. Raises RuntimeError for a tensor that requires grad, unless forced. As `torch.Tensor.numpy`.
     * @example torch.ones(2, 2).numpy() // Float32Array(4) [1, 1, 1, 1]
     */
    numpy(options?: { readonly force?: boolean }): TypedArray;
    /** A copy on that device. Raises AssertionError where there is none. As `torch.Tensor.cuda`. */
    cuda(...args: Arguments<typeof CUDA>): Tensor;
    readonly is_cpu: boolean;
    readonly is_cuda: boolean;
    readonly is_mps: boolean;
    readonly is_xpu: boolean;
    /** Whether it is stored as indices and values, in `torch.sparse_coo`. */
    readonly is_sparse: boolean;
    /** Whether it is a matrix in `torch.sparse_csr`. */
    readonly is_sparse_csr: boolean;
    /** False: there are no quantized dtypes. */
    readonly is_quantized: false;
    /** Bytes of an element, as {@link element_size}. */
    readonly itemsize: number;
    /** Bytes of all elements. */
    readonly nbytes: number;
    /** The number of dims, as {@link dim}. */
    ndimension(): number;
    /** Whether `other` has the same sizes. */
    is_same_size(other: Tensor): boolean;
    /** Whether the one element is not zero. Raises RuntimeError if there is not one. */
    is_nonzero(): boolean;
    /** Self: every tensor's memory may be read by other threads. */
    share_memory_(): this;
    is_shared(): boolean;
    /** Self: no memory need be locked for the device. Raises RuntimeError where there is none but the CPU. */
    pin_memory(): this;
    is_pinned(): boolean;
    /** A tensor of self's dtype, by sizes or of data, as the constructors of old. */
    "new"(...sizes: number[]): Tensor;
    "new"(data: TensorData): Tensor;
  }
}
Tensor.prototype.numpy = function ({ force = false } = {}) {
  if (this.requires_grad && !force)
    throw new RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.");
  return this.typed_array();
};
const CUDA = "cuda(device? device=None, bool non_blocking=False, *, memory_format? memory_format=None) -> Tensor";
Tensor.prototype.cuda = function (...args) {
  const { device, non_blocking, memory_format } = bindArguments(CUDA, args);
  return this.to(device ?? "cuda", { non_blocking, memory_format });
};
Tensor.prototype.ndimension = function () {
  return this.sizes.length;
};
Tensor.prototype.is_same_size = function (other) {
  return sameShape(this.sizes, other.sizes);
};
Tensor.prototype.is_nonzero = function () {
  const n = this.numel();
  if (n !== 1)
    throw new RuntimeError(
      `Boolean value of Tensor with ${n === 0 ? "no values" : "more than one value"} is ambiguous`,
    );
  return Boolean(this.ne(0).item());
};
Tensor.prototype.share_memory_ = function () {
  return this;
};
Tensor.prototype.is_shared = () => true;
Tensor.prototype.pin_memory = function () {
  if (accelerator() === null) throw new RuntimeError("Cannot access accelerator device when none is available.");
  return this;
};
Tensor.prototype.is_pinned = () => false;
Tensor.prototype.new = function (...given: unknown[]) {
  return Tensor.legacy(given, this.dtype);
};
const asked = (get: (x: Tensor) => unknown): PropertyDescriptor => ({
  configurable: true,
  get(this: Tensor) {
    return get(this);
  },
});
const isOn = (type: string): PropertyDescriptor => asked(({ device }) => device.type === type);
Object.defineProperties(Tensor.prototype, {
  is_cpu: isOn("cpu"),
  is_cuda: isOn("cuda"),
  is_mps: isOn("mps"),
  is_xpu: isOn("xpu"),
  is_sparse: asked(({ layout }) => layout.name === "sparse_coo"),
  is_sparse_csr: asked(({ layout }) => layout.name === "sparse_csr"),
  is_quantized: asked(() => false),
  itemsize: asked(({ dtype }) => dtype.itemsize),
  nbytes: asked((x) => x.numel() * x.dtype.itemsize),
});
