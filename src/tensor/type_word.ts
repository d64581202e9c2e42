// What PyTorch's sentences call the type of a value.
import { Complex, Dtype, Float } from "../base/dtype.ts";
import { Tensor } from "./tensor.ts";

/** Values that came from another language, by the names that their types have there. */
export const foreignTypes = new WeakMap<object, string>();

/** A value's type in PyTorch's words. */
export function typeWord(x: unknown): string {
  if (x === null) return "NoneType";
  if (Array.isArray(x)) return foreignTypes.get(x) ?? "list";
  if (x instanceof Tensor) return "Tensor";
  if (x instanceof Complex) return "complex";
  if (x instanceof Float) return "float";
  if (x instanceof Dtype) return "torch.dtype";
  switch (typeof x) {
    case "number":
      return Number.isInteger(x) ? "int" : "float";
    case "bigint":
      return "int";
    case "boolean":
      return "bool";
    case "string":
      return "str";
    case "object":
    case "function": // Modules are functions.
      return foreignTypes.get(x) ?? (x.constructor === Function ? "function" : (x.constructor?.name ?? "object"));
    default:
      return typeof x;
  }
}
