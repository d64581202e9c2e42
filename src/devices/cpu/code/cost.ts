// About how long a kernel takes for an element: of the right size, to tell whether threads are worth their while.
import type { Expr } from "../../../kernel/expr.ts";
import type { Kernel } from "../../../kernel/loops.ts";
import { hasFormula } from "../../../kernel/math.ts";
import type { Variant } from "./variant.ts";

/** In nanoseconds: an operation on float32 in lanes, a function in lanes, a function called lane by lane. */
const OPERATION = 0.05;
const FUNCTION = 1.5;
const CALL = 15;
/** To read and to write four bytes that lie in no cache, as those of large tensors do. */
const READ = 0.1;
const WRITE = 0.3;
/** By how much it is slower to fetch lanes one by one, or to have none. */
const APART = 4;

/** Nanoseconds per element of the iteration space. */
export function elementNs({ inputs, outputs, reduce }: Kernel, { lanes, strides }: Variant): number {
  const roots = [...outputs.flatMap((o) => [o.value, o.offset]), ...(reduce?.accs.map((a) => a.step) ?? [])];
  const seen = new Set<Expr>();
  let ns = 0;
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    ns += operationNs(e);
    e.src.forEach(visit);
  };
  for (const e of roots) if (e !== undefined) visit(e);
  for (const dtype of inputs) ns += (READ * dtype.itemsize) / 4;
  if (reduce === null) for (const { dtype } of outputs) ns += (WRITE * dtype.itemsize) / 4;
  return lanes === "none" || strides.includes("other") ? ns * APART : ns;
}
function operationNs({ op, dtype }: Expr): number {
  const plain = OPERATION * Math.max(dtype.itemsize / 4, 1);
  if (dtype.is_floating_point && hasFormula(op)) return FUNCTION * Math.max(dtype.itemsize / 4, 1);
  if (op === "pow" || op === "nextafter" || op === "rem") return CALL;
  return op === "load" ? plain * APART : plain;
}
