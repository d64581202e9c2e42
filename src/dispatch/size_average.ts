// Losses once took size_average and reduce, by name and by place, where reduction is now.
import { help, RuntimeError, TypeError, warn } from "../base/errors.ts";
import { Tensor } from "../tensor/tensor.ts";
import { isOptions } from "./bind.ts";
import { formerArguments } from "./former_arguments.ts";
import type { Schema } from "./schema.ts";

/**
 * The arguments by place as PyTorch still has them: size_average stands at the star of our signature, which comes right
 * before `reduction` but for one argument, and reduce before `reduction`. Null for signatures that never had the two.
 */
export function formerOrder({ text, args, positional }: Schema): readonly string[] | null {
  if (!/\*, (\S+ (ignore_index|eps)=\S+, )?str reduction=/.test(text)) return null;
  const names = args.map((a) => a.name);
  const end = names.indexOf("reduction");
  return [
    ...names.slice(0, positional),
    "size_average",
    ...names.slice(positional, end),
    "reduce",
    ...names.slice(end),
  ];
}

/** What was given to a loss, with `reduction` in place of what it once was. */
export function withReduction(
  { name, positional }: Pick<Schema, "name" | "positional">,
  order: readonly string[],
  given: readonly unknown[],
): readonly unknown[] {
  const last = given[given.length - 1];
  const options = isOptions(last) ? last : null;
  if (options?.["reduction"] === "elementwise_mean") {
    warn("reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.");
    return withReduction({ name, positional }, order, [...given.slice(0, -1), { ...options, reduction: "mean" }]);
  }
  const count = options === null ? given.length : given.length - 1;
  const byName = options !== null && (Object.hasOwn(options, "size_average") || Object.hasOwn(options, "reduce"));
  if ((count <= positional && !byName) || count > order.length) return given;
  const named: Record<string, unknown> = { ...options };
  for (let i = positional; i < count; i++) {
    if (named[order[i]] !== undefined) throw new TypeError(`${name}() got multiple values for argument '${order[i]}'`);
    named[order[i]] = given[i];
  }
  const { size_average = null, reduce = null, ...rest } = named;
  if (size_average !== null || reduce !== null) rest["reduction"] = reductionOf(size_average, reduce);
  return [...given.slice(0, Math.min(count, positional)), rest];
}
function reductionOf(size_average: unknown, reduce: unknown): string {
  const average = size_average === null || isTrue(size_average);
  const reduction = reduce !== null && !isTrue(reduce) ? "none" : average ? "mean" : "sum";
  const meant =
    typeof size_average === "string" ? `\n'${size_average}' was given for size_average: reduction goes by name.` : "";
  warn(`size_average and reduce args will be deprecated, please use reduction='${reduction}' instead.${meant}`);
  return reduction;
}
/** As Python has it. */
function isTrue(x: unknown): boolean {
  if (!(x instanceof Tensor)) return Boolean(x);
  if (x.numel() === 1) return Boolean(x.item());
  const usual = help({ TypeScript: "new nn.MSELoss()(input, target)", Python: "nn.MSELoss()(input, target)" });
  throw new RuntimeError(
    `Boolean value of Tensor with ${x.numel() === 0 ? "no values" : "more than one value"} is ambiguous\nIt was given for size_average or reduce of a loss. A loss is made first and called with tensors then: ${usual}.`,
  );
}
formerArguments.orderOf = formerOrder;
formerArguments.translate = withReduction;
