// Methods of the layers below the binder: signatures say what may be given by name, and refuse what may not.
import { bindArguments } from "../../dispatch/callable.ts";
import { Tensor } from "../../tensor/tensor.ts";

type Values = Readonly<Record<string, unknown>>;
type Method = (...args: readonly unknown[]) => unknown;
interface Named {
  readonly signature: string;
  /** What one argument alone mostly is, which needs no look at names. */
  readonly mostly?: "number" | "boolean";
  /** The arguments that the method's own code takes. */
  readonly args: (values: Values) => readonly unknown[];
}
const orNone = (x: unknown): readonly unknown[] => (x === null ? [] : [x]);
const METHODS: Readonly<Record<string, Named>> = {
  size: { signature: "size(int? dim=None) -> object", mostly: "number", args: ({ dim }) => orNone(dim) },
  stride: { signature: "stride(int? dim=None) -> object", mostly: "number", args: ({ dim }) => orNone(dim) },
  is_contiguous: {
    signature: "is_contiguous(*, memory_format? memory_format=None) -> bool",
    args: (values) => [values],
  },
  numpy: { signature: "numpy(*, bool force=False) -> object", args: (values) => [values] },
  requires_grad_: {
    signature: "requires_grad_(bool requires_grad=True) -> Tensor",
    mostly: "boolean",
    args: ({ requires_grad }) => [requires_grad],
  },
  backward: {
    signature:
      "Tensor.backward(object gradient=None, bool? retain_graph=None, bool create_graph=False, object inputs=None) -> None",
    args: ({ gradient, inputs, ...options }) => [gradient, { ...options, ...(inputs !== null && { inputs }) }],
  },
};
for (const [name, { signature, mostly, args }] of Object.entries(METHODS)) {
  const own = (Tensor.prototype as unknown as Record<string, Method>)[name];
  const value = function (this: Tensor, ...given: readonly unknown[]): unknown {
    if (given.length === 0 && mostly !== undefined) return own.call(this);
    if (given.length === 1 && typeof given[0] === mostly) return own.call(this, given[0]);
    return own.call(this, ...args(bindArguments(signature, given)));
  };
  Object.defineProperty(Tensor.prototype, name, { value, configurable: true, writable: true });
}
