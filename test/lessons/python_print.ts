// What Python's print would show for the arguments of a console.log.
import { Size } from "../../src/index.ts";

/** The line (or lines) that `print(*args)` writes. */
export const pythonPrint = (args: readonly unknown[]): string => args.map(str).join(" ");

/** Python's `str(x)`. */
function str(x: unknown): string {
  if (typeof x === "string") return x;
  // What PyTorch does not say stands on lines of its own after its sentence.
  if (x instanceof Error) return x.message.split("\n")[0];
  return repr(x);
}
/** Python's `repr(x)`. */
function repr(x: unknown): string {
  if (x === null || x === undefined) return "None";
  if (typeof x === "boolean") return x ? "True" : "False";
  if (typeof x === "string") return `'${x}'`;
  if (Array.isArray(x) && !(x instanceof Size)) return `[${x.map(repr).join(", ")}]`;
  return String(x);
}
