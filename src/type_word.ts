// What PyTorch's sentences call the type of a value.
import { Complex, Float } from "./dtype.ts";
import { Tensor } from "./tensor.ts";

/** A value's type in PyTorch's words. */
export function typeWord(x: unknown): string {
  if (x === null) return "NoneType";
  if (Array.isArray(x)) return "list";
  if (x instanceof Tensor) return "Tensor";
  if (x instanceof Complex) return "complex";
  if (x instanceof Float) return "float";
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
      return typeof x.constructor === "function" ? x.constructor.name : "object";
    case "function": // Modules are functions.
      return x.constructor === Function ? "function" : x.constructor.name;
    default:
      return typeof x;
  }
}
