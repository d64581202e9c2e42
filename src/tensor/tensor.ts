/// <reference lib="esnext.disposable" preserve="true" />
// class Tensor: a layout over a Storage, and what autograd knows of it. Its other methods are merged in by type, by the
// files that make them: the ops by ops/methods/.
import type { Node } from "../autograd/node.ts";
import type { Backend, HostBackend } from "../devices/backend.ts";
import { device } from "../devices/device.ts";
import type { Device } from "../devices/device.ts";
import { getDevice, placement } from "../devices/registry.ts";
import type { Dtype, Scalar, TypedArray } from "../base/dtype.ts";
import { bool, Complex, dtypeOfType } from "../base/dtype.ts";
import { cppName } from "../base/cpp_names.ts";
import { IndexError, RuntimeError, TypeError, warn } from "../base/errors.ts";
import { observer } from "../base/observer.ts";
import { isHalf, halfValue } from "../kernel/half.ts";
import { further } from "../kernel/place.ts";
import type { Block } from "../kernel/place.ts";
import { isContiguous, list, numel, wrapDim } from "../base/layout.ts";
import type { Layout as Geometry, Shape } from "../base/layout.ts";
import { isIn, strided } from "../base/memory_format.ts";
import type { Layout, MemoryFormat } from "../base/memory_format.ts";
import type { Lazy } from "./lazy.ts";
import { sizeText, tensorText } from "./print.ts";
import { Storage } from "./storage.ts";

const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** The sizes of a tensor. An array that prints as PyTorch prints it. */
export class Size extends Array<number> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
  /** Product of the sizes. */
  numel(): number {
    return numel(this);
  }
  override toString(): string {
    return sizeText(this);
  }
  [INSPECT](): string {
    return sizeText(this);
  }
}

/** How a tensor came to be a view, which decides whether it may be changed in place. */
export interface ViewInfo {
  /** The tensor that is not a view itself. */
  readonly base: Tensor;
  readonly made: "default" | "no_grad" | "multiple" | "custom" | "inference";
  /** The storage's version for which `node` is the right history. See Note [In-place on views]. */
  version: number;
}

/** Gradient in, gradient out (or nothing: leave it). */
export type TensorHook = (grad: Tensor) => Tensor | null | void;

/** Values nested as the dims are. */
export type NestedList = Scalar | NestedList[];

/**
 * A multi-dimensional array that records what is done with it, as `torch.Tensor`.
 * Made by `torch.tensor`, `torch.zeros` and the other factories, not by `new`.
 * @example
 * const x = torch.tensor([1, 2, 3], { requires_grad: true });
 * x.mul(x).sum().backward();
 * console.log(x.grad); // tensor([2., 4., 6.])
 */
export class Tensor {
  /** @internal */ storage!: Storage;
  /** @internal */ sizes!: Shape;
  /** @internal */ strides!: readonly number[];
  /** @internal First element, in elements from the storage's start. */
  offset!: number;
  readonly dtype!: Dtype;
  /** @internal Set on leaves only; `requires_grad` tells for all. */
  leafRequiresGrad = false;
  /** @internal The node that made it; `grad_fn` brings it up to date for views. */
  node: Node | null = null;
  /** @internal Which of the node's results it is. */
  outputNr = 0;
  /** @internal AccumulateGrad of a leaf, made when first needed. */
  accumulator: Node | null = null;
  /** @internal */ gradient: Tensor | null = null;
  /** @internal */ view_: ViewInfo | null = null;
  /** @internal Hooks of a leaf; those of other tensors live on their node. */
  hooks: Map<number, TensorHook> | null = null;
  /** @internal */ retains = false;
  /** @internal */ inference = false;
  /** @internal What is done to the numbers in memory: see Note [Conjugated views]. */
  lazy: Lazy | null = null;
  /** @internal What an observer knows of it. */
  noted: unknown = null;

  /** @internal */
  constructor(storage: Storage, dtype: Dtype, sizes: Shape, strides: readonly number[], offset: number);
  /** PyTorch's old constructor: uninitialised, of these sizes, or of data, in the default dtype. */
  constructor(...sizes: number[]);
  constructor(data: NestedList | Tensor);
  constructor(...given: unknown[]);
  constructor(storage?: unknown, dtype?: unknown, sizes?: unknown, strides?: unknown, offset?: unknown) {
    if (!(storage instanceof Storage)) return Tensor.legacy([...arguments]);
    this.storage = storage;
    this.dtype = dtype as Dtype;
    this.sizes = sizes as Shape;
    this.strides = strides as number[];
    this.offset = offset as number;
  }
  /** @internal What `new torch.Tensor(...)` makes; set by ops/methods/constructor.ts. */
  static legacy: (given: unknown[], dtype?: Dtype) => Tensor = () => {
    throw new TypeError("new(): no data");
  };

  /** @internal Raises for a method that was left out; set by ops/methods/absent.ts. */
  static refuseAbsent: (name: string) => void = () => undefined;

  /** The sizes, one a dim. */
  get shape(): Size {
    const size = new Size(this.sizes.length);
    for (let d = 0; d < this.sizes.length; d++) size[d] = this.sizes[d];
    return size;
  }
  /** Number of dims. */
  get ndim(): number {
    return this.sizes.length;
  }
  /** `len(x)`: the size of the first dim. Raises TypeError for a tensor of no dims. */
  get length(): number {
    if (this.sizes.length === 0) throw new TypeError("len() of a 0-d tensor");
    return this.sizes[0];
  }
  /** @internal Where the elements are, within the storage. */
  get geometry(): Geometry {
    return { shape: this.sizes, strides: this.strides, offset: this.offset };
  }
  /** How the elements are stored: by strides, or as a sparse tensor's. As `torch.Tensor.layout`. */
  get layout(): Layout {
    return strided;
  }
  /** @internal What a check of the elements looks at: of a batch (vmap) all of it. */
  get whole(): Tensor {
    return this;
  }
  /** @internal Whether a gradient of it may be asked for, of a level below (see Note [Levels]) too. */
  get isDifferentiated(): boolean {
    return this.requires_grad;
  }
  /** @internal The same memory in another layout, seen as self sees it: see Note [Conjugated views]. */
  laid(sizes: Shape, strides: readonly number[], offset: number): Tensor {
    const made = new Tensor(this.storage, this.dtype, sizes, strides, offset);
    made.lazy = this.lazy;
    return made;
  }
  /** @internal The same elements, without a history. */
  bare(): Tensor {
    const made = this.laid(this.sizes, this.strides, this.offset);
    Tensor.tangents?.sameAs(made, this);
    return made;
  }
  /** @internal Takes the layout of another tensor of the same storage. */
  become(seen: Tensor): void {
    this.sizes = seen.sizes;
    this.strides = seen.strides;
    this.offset = seen.offset;
  }
  /** @internal Tangents of tensors, while torch.autograd.forward_ad has a level; set by func/forward_ad.ts. */
  static tangents: {
    of(t: Tensor): Tensor | null;
    sameAs(made: Tensor, t: Tensor): void;
    drop(t: Tensor): void;
  } | null = null;
  /** @internal What the elements lie in; the first of them `offset` elements after its start. */
  get block(): Block {
    return this.storage.block;
  }
  /** Where it is. */
  get device(): Device {
    return device(this.storage.device.name);
  }
  /** Whether it has a shape and a dtype only: see `torch.device("meta")`. */
  get is_meta(): boolean {
    return !this.storage.device.holdsData;
  }
  /** Whether operations on it are recorded. Only floating-point tensors can; only leaves can be switched off. */
  get requires_grad(): boolean {
    return this.leafRequiresGrad || this.node !== null || (this.view_ !== null && this.view_.base.requires_grad);
  }
  set requires_grad(on: boolean) {
    if (!this.is_leaf)
      throw new RuntimeError(
        `you can only change requires_grad flags of leaf variables.${
          on
            ? ""
            : " If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach()."
        }`,
      );
    if (this.leafRequiresGrad === on) return;
    if (on && !this.dtype.is_differentiable)
      throw new RuntimeError("only Tensors of floating point and complex dtype can require gradients");
    if (on && this.inference)
      throw new RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.");
    this.leafRequiresGrad = on;
    observer.current?.note?.("requires_grad=", this, on);
  }
  /** No op recorded made it: created by the user, or the result of something that does not require grad. */
  get is_leaf(): boolean {
    return this.grad_fn === null;
  }
  /**
   * The node of the graph that made it, null for a leaf.
   *
   * Note [In-place on views]: when a base or another view of it was changed in place, the view's own node is out of date.
   * Its history is then that of the base seen through the view: an AsStrided node upon the base's current node. It is
   * made when next asked for, as in PyTorch.
   */
  get grad_fn(): Node | null {
    const view = this.view_;
    if (view === null || view.version === this.storage.version) return this.node;
    if (this.node === null && !view.base.requires_grad) return null;
    return Tensor.refreshHistory(this, view);
  }
  /** @internal What autograd does in Note [In-place on views]; set by autograd/inplace.ts. */
  static refreshHistory: (t: Tensor, view: ViewInfo) => Node | null = () => null;

  /**
   * The gradient that `backward` accumulates; null until then.
   *
   * Note [Unseen gradients]: until a program reads `.grad`, only the library has its tensor, and its memory is freed when
   * `.grad` is set to another or null. The library itself reads `gradient` and keeps none of it beyond the call. So the steps of a
   * training loop use the same memory for their gradients again and again.
   */
  get grad(): Tensor | null {
    const { gradient } = this;
    if (gradient !== null) {
      gradient.storage.unseen = false;
      return gradient;
    }
    observer.current?.note?.("grad", this);
    if (!this.retains && this.node !== null) warn(NON_LEAF_GRAD);
    return null;
  }
  set grad(grad: Tensor | null) {
    if (grad !== null) {
      if (!(grad instanceof Tensor))
        throw new TypeError(`assigned grad expected to be a Tensor or None but got grad of type ${typeof grad}`);
      if (grad === this) throw new RuntimeError("can't assign Variable as its own grad");
      if (grad.dtype !== this.dtype)
        throw new RuntimeError(
          `attempting to assign a gradient with dtype '${cppName(grad.dtype)}' to a tensor with grad_dtype '${this.dtype.legacyName}'. The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). You can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. Set grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may break downstream systems that assume they match.`,
        );
      if (grad.sizes.length !== this.sizes.length || grad.sizes.some((n, d) => n !== this.sizes[d]))
        throw new RuntimeError(
          `attempting to assign a gradient of size '${list(grad.sizes)}' to a tensor of size '${list(this.sizes)}'. Please ensure that the gradient and the tensor are the same size`,
        );
    }
    const { gradient } = this;
    observer.current?.note?.("grad=", this, grad);
    if (gradient !== grad && gradient?.storage.unseen) gradient.storage.block.free();
    this.gradient = grad;
  }
  /** The same elements, outside the graph, with a version counter of its own: changes made through it are not noticed. */
  get data(): Tensor {
    const made = new Tensor(this.storage.share(0), this.dtype, this.sizes, this.strides, this.offset);
    made.lazy = this.lazy;
    observer.current?.note?.("data", this, made);
    return made;
  }
  /** Self gets the elements of `x`, which the two then share; its own count of changes goes on. */
  set data(x: Tensor) {
    if (!(x instanceof Tensor)) throw new TypeError(`Variable data has to be a tensor, but got ${typeof x}`);
    if (this.requires_grad && !x.dtype.is_differentiable)
      throw new RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype");
    if (x.layout !== this.layout)
      throw new RuntimeError(
        "Attempted to call `variable.set_data(tensor)`, but `variable` and `tensor` have incompatible tensor type.",
      );
    observer.current?.note?.("data=", this, x);
    this.storage = x.storage.share(this.storage.version);
    (this as { dtype: Dtype }).dtype = x.dtype;
    this.sizes = x.sizes;
    this.strides = x.strides;
    this.offset = x.offset;
    this.lazy = x.lazy;
    if (this.accumulator !== null) this.accumulator.outputs = [{ shape: x.sizes, dtype: x.dtype, device: x.backend }];
  }
  /** How often the elements were changed in place. */
  get _version(): number {
    if (this.inference) throw new RuntimeError("Inference tensors do not track version counter.");
    return this.storage.version;
  }
  /** The tensor this is a view of, or null. */
  get _base(): Tensor | null {
    return this.view_?.base ?? null;
  }
  /** Whether `retain_grad` was called on a tensor that is not a leaf. */
  get retains_grad(): boolean {
    return this.retains;
  }
  _is_view(): boolean {
    return this.view_ !== null;
  }

  /** The sizes, or the size of one dim. */
  size(): Size;
  size(dim: number | { dim: number }): number;
  size(given?: number | { dim: number }): Size | number {
    if (given === undefined) return this.shape;
    const dim = typeof given === "object" ? given.dim : given;
    if (this.sizes.length === 0)
      throw new IndexError("Dimension specified as " + dim + " but tensor has no dimensions");
    return this.sizes[wrapDim(dim, this.sizes.length)];
  }
  /** Steps between neighbours, in elements; of one dim or of all. */
  stride(): number[];
  stride(dim: number | { dim: number }): number;
  stride(given?: number | { dim: number }): number[] | number {
    if (given === undefined) return [...this.strides];
    return this.strides[wrapDim(typeof given === "object" ? given.dim : given, this.sizes.length)];
  }
  storage_offset(): number {
    return this.offset;
  }
  dim(): number {
    return this.sizes.length;
  }
  /** Number of elements. */
  numel(): number {
    return numel(this.sizes);
  }
  nelement(): number {
    return numel(this.sizes);
  }
  /** Bytes of an element. */
  element_size(): number {
    return this.dtype.itemsize;
  }
  is_contiguous({ memory_format = null }: { memory_format?: MemoryFormat | null } = {}): boolean {
    return memory_format === null
      ? isContiguous(this.sizes, this.strides)
      : isIn(memory_format, this.sizes, this.strides);
  }
  is_floating_point(): boolean {
    return this.dtype.is_floating_point;
  }
  is_complex(): boolean {
    return this.dtype.is_complex;
  }
  is_signed(): boolean {
    return this.dtype.is_signed;
  }
  /** Whether it sees the memory's numbers conjugated, as `conj()` of complex numbers does. */
  is_conj(): boolean {
    return this.lazy === "conj";
  }
  /** Whether it sees the memory's numbers with their signs changed, as the imaginary part of a conjugated view does. */
  is_neg(): boolean {
    return this.lazy === "neg";
  }
  is_inference(): boolean {
    return this.inference;
  }
  /** A number for the place of the first element: equal for two tensors that share it, the same as long as they live. */
  data_ptr(): number {
    return this.storage.block.home + this.offset * this.dtype.itemsize;
  }
  get_device(): number {
    const { type, index } = this.device;
    return type === "cpu" || type === "meta" ? -1 : (index ?? 0);
  }
  /**
   * `torch.FloatTensor`, …; with a dtype, such a type or its name, self converted to it. Raises ValueError for another name.
   */
  type(): string;
  type(dtype: Dtype | string | { readonly dtype: Dtype }): Tensor;
  type(wanted?: Dtype | string | { readonly dtype: Dtype }): string | Tensor {
    if (wanted !== undefined) return this.to(dtypeOfType(wanted));
    const { type } = this.device;
    return `torch.${type === "cpu" ? "" : `${type}.`}${this.dtype.legacyName}Tensor`;
  }

  /** @internal Backend of the storage. */
  get backend(): Backend {
    return this.storage.device;
  }
  /**
   * @internal The elements in memory that the host shares, for a contiguous tensor, without a copy. Stale after the next
   * allocation. For code of kind `host`.
   */
  host(): TypedArray {
    return (this.storage.device as HostBackend).host(this.dtype, this, this.numel());
  }
  /** @internal One element of a host array as this dtype's JavaScript value. */
  value(x: number | bigint): Scalar {
    if (this.dtype === bool) return x !== 0;
    if (typeof x !== "bigint") return isHalf(this.dtype) ? halfValue(x, this.dtype) : x;
    return x >= -MAX_SAFE && x <= MAX_SAFE ? Number(x) : x;
  }
  /** @internal The element at an index, one number a dim. */
  elementAt(index: readonly number[]): Scalar {
    let at = 0;
    for (let d = 0; d < index.length; d++) at += index[d] * this.strides[d];
    const [x, y] = this.storage.device.download(this.dtype, further(this, at), 1);
    if (!this.dtype.is_complex) return this.value(this.lazy === null ? x : -x);
    const [re, im] = [Number(x), Number(y)];
    return new Complex(this.lazy === "neg" ? -re : re, this.lazy === null ? im : -im);
  }
  /**
   * The value of a tensor of one element: a number, a boolean, or a bigint beyond 2^53. Raises RuntimeError for any other.
   * @example torch.tensor([3]).item() // 3
   */
  item(): number;
  item(): Scalar {
    const n = this.numel();
    if (n !== 1) throw new RuntimeError(notOneElement(n));
    if (this.is_meta) throw new RuntimeError("Tensor.item() cannot be called on meta tensors");
    observer.current?.note?.("read", this);
    return this.elementAt(this.sizes.map(() => 0));
  }
  /** The values as nested arrays; a bare value for a tensor of no dims. */
  tolist(): NestedList {
    observer.current?.note?.("read", this);
    const build = (d: number, at: number[]): NestedList => {
      if (d === this.sizes.length) return this.elementAt(at);
      return Array.from({ length: this.sizes[d] }, (_, i) => build(d + 1, [...at, i]));
    };
    return build(0, []);
  }
  /** A copy of the values, in row-major order, as the typed array of the dtype (Uint8Array for bool). */
  typed_array(): TypedArray {
    observer.current?.note?.("read", this);
    const seen = this.lazy === null ? this : this.detach().clone();
    const dense = isContiguous(seen.sizes, seen.strides) ? seen : seen.detach().contiguous();
    return dense.backend.download(this.dtype, dense, this.numel()).slice();
  }
  /**
   * Gives the bytes back at once, for those who want the last megabyte; nobody has to. The tensor and all its views
   * cannot be used afterwards.
   */
  dispose(): void {
    this.storage.block.free();
  }
  [Symbol.dispose](): void {
    this.dispose();
  }

  *[Symbol.iterator](): Generator<Tensor, void, undefined> {
    if (this.sizes.length === 0) throw new TypeError("iteration over a 0-d tensor");
    yield* this.unbind(0);
  }
  /** The text PyTorch prints. */
  toString(): string {
    const { backend } = this;
    const tangent = Tensor.tangents?.of(this) ?? null;
    return tensorText({
      ...(placement.several && backend !== getDevice("cpu") && { device: backend.name }),
      isMeta: this.is_meta,
      shape: this.sizes,
      dtype: this.dtype,
      requires_grad: this.requires_grad,
      gradFn: this.gradFnText(),
      ...(tangent !== null && { tangent: String(tangent) }),
      at: (index) => this.elementAt(index),
    });
  }
  /** A view whose history an in-place change has made impossible has none that can be told. */
  private gradFnText(): string | null {
    try {
      return this.grad_fn === null ? null : `<${this.grad_fn.typeName}>`;
    } catch {
      return "<Invalid>";
    }
  }
  [INSPECT](): string {
    return this.toString();
  }
  toJSON(): NestedList {
    return this.tolist();
  }
  /**
   * A number where JavaScript asks for one, text where it asks for text. `+` asks for neither, and would join texts:
   * it raises TypeError.
   */
  [Symbol.toPrimitive](hint: string): number | string {
    if (hint === "string") return this.toString();
    if (hint === "default") throw new TypeError(`unsupported operand type(s) for +: 'Tensor'\n${METHODS}`);
    if (this.numel() !== 1) throw new RuntimeError(`${notOneElement(this.numel())}\n${METHODS}`);
    return Number(this.item());
  }
}

/** Only programs in JavaScript can come here. */
const METHODS =
  "JavaScript has no operators for tensors: write a.add(b), loss = loss.add(l), a.mul(b), a.sub(b), a.neg(), a.lt(b), a.eq(b); and `${a}` or String(a) for text.";
const notOneElement = (n: number): string => `a Tensor with ${n} elements cannot be converted to Scalar`;

const NON_LEAF_GRAD =
  "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more information.";
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
// x[i] and x[i] = y by a proxy above Tensor.prototype: only names found nowhere else reach it, so other accesses cost
// nothing. Every field must be declared, since assigning an undeclared one in the constructor would walk up to here.
const BRACKETS =
  'Write x.index([...]) with what stands between Python\'s brackets, as in x.index(["1:", [0, 2]]), and x.index_put_([mask], y) or x.masked_fill_(mask, y) for x[...] = y.';
const indexOf = (key: PropertyKey): number | undefined => {
  if (typeof key !== "string") return undefined;
  if (/^-?\d+$/.test(key)) return Number(key);
  // What JavaScript makes of a list, a mask or a comparison between the brackets would else be lost in silence.
  if (/^[-\d.]+(,|$)|:|^,|^(true|false|null|NaN)$|^tensor\(/.test(key))
    throw new IndexError(
      `only integers can be used as indices between brackets (got '${key.slice(0, 40)}')\n${BRACKETS}`,
    );
  return undefined;
};
Object.setPrototypeOf(
  Tensor.prototype,
  new Proxy(Object.prototype, {
    get(target, key, self: Tensor) {
      const i = indexOf(key);
      if (i !== undefined) return self.index([i]);
      if (typeof key === "string") Tensor.refuseAbsent(key);
      return Reflect.get(target, key, self);
    },
    set(target, key, value, self: Tensor) {
      const i = indexOf(key);
      if (i === undefined) return Reflect.set(target, key, value, self);
      self.index_put_([i], value);
      return true;
    },
  }),
);
