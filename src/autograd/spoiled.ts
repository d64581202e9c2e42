// What is said when a tensor that a gradient needs has been changed in place.
import { bfloat16 } from "../base/dtype.ts";
import { RuntimeError } from "../base/errors.ts";
import { list } from "../base/layout.ts";
import { Tensor } from "../tensor/tensor.ts";
import { modes } from "./mode.ts";

interface Spoiled {
  readonly tensor: Tensor;
  /** The version it was saved at. */
  readonly version: number;
  /** Type of the node that saved it. */
  readonly savedBy: string;
  /** Whether that node's op made it, or was given it. */
  readonly isResult: boolean;
  /** "output 0 of Exp", or null for a leaf. */
  readonly origin: string | null;
}
/** PyTorch's sentence, then who saved the tensor, who changed it, and the ways out. See Note [Version counters]. */
export function spoiled({ tensor, version, savedBy, isResult, origin }: Spoiled): RuntimeError {
  const { dtype, sizes, storage } = tensor;
  // PyTorch has no class of tensors of bfloat16.
  const type = dtype === bfloat16 ? "CPUBFloat16Type" : `torch.${dtype.legacyName}Tensor`;
  const which = `[${type} ${list(sizes)}]${origin === null ? "" : `, which is ${origin},`}`;
  const hint = modes().anomaly
    ? "the backtrace further above shows the operation that failed to compute its gradient. The variable in question was changed in there or anywhere later. Good luck!"
    : "enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False).";
  const { changedBy, changedAt } = storage;
  const place = changedAt === null ? "" : ` at ${changedAt}`;
  return new RuntimeError(
    `one of the variables needed for gradient computation has been modified by an inplace operation: ${which} is at version ${storage.version}; expected version ${version} instead. Hint: ${hint}\n` +
      `${savedBy} kept ${isResult ? "its result" : "this tensor"} at version ${version}, to compute a gradient with it. Its memory was last written to by ${inWords(changedBy)}${place}.\n` +
      "Ways out:\n" +
      waysOut(changedBy)
        .map((way) => `- ${way}`)
        .join("\n"),
  );
}
const inWords = (changedBy: string | null): string =>
  changedBy === null ? "an in-place operation" : /^\w+$/.test(changedBy) ? `${changedBy}()` : changedBy;

/** What to do instead, in the words of what the program called. */
function waysOut(changedBy: string | null): string[] {
  if (changedBy === "optimizer.step()")
    return [
      "call backward() of every loss that was computed with the old numbers first, then optimizer.step();",
      "or compute the loss anew after the step, with the new numbers;",
      "or, where this loss is not to train what that optimizer trains, compute it from x.detach().",
    ];
  if (changedBy === "load_state_dict()")
    return ["call backward() before load_state_dict();", "or compute the loss anew after it, with the new numbers."];
  return [
    `make a new tensor instead: ${newTensor(changedBy)};`,
    "or write into a copy, y = x.clone(), and go on computing from x;",
    "or, where no gradient is wanted, change x.detach().clone(): detach() alone shares its memory with x, as views do.",
  ];
}
/** How to do without the in-place op: by its twin, where it has one that does the same. */
function newTensor(changedBy: string | null): string {
  const name = /^(\w+)_$/.exec(changedBy ?? "")?.[1];
  if (name !== undefined && name in Tensor.prototype && !NOT_TWINS.has(name))
    return `y = x.${name}(...) in place of x.${name}_(...)`;
  const asked = /^(\w+)\(.*inplace/.exec(changedBy ?? "")?.[1];
  if (asked !== undefined) return `y = ${asked}(x), without inplace`;
  if (name !== undefined && DRAWS.has(name)) return `y = torch.empty_like(x).${name}_(...)`;
  return "join the parts by torch.cat or torch.stack, or choose between old and new by torch.where";
}
/** Methods that do something else than the op with the underscore. */
const NOT_TWINS = new Set(["copy", "fill", "zero", "set", "resize", "detach", "requires_grad", "bernoulli", "data"]);
const DRAWS = new Set(["uniform", "normal", "random", "bernoulli", "exponential", "cauchy", "geometric", "log_normal"]);
