// What is said of an op in place on a tensor that the function which is run did not make.
import { RuntimeError } from "../base/errors.ts";
import { broadcastShapes, list } from "../base/layout.ts";
import { tensorsIn } from "../dispatch/levels.ts";
import type { Entry } from "../dispatch/declare.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Batched, VmapLevel } from "./vmap_level.ts";

type Values = readonly unknown[];
const names = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Whose numbers PyTorch makes tensors of, and whose overload for numbers has no name. */
const WITH_TENSORS = names("add sub mul div multiply subtract divide true_divide floor_divide");
const UNNAMED = names("clamp clip clamp_min clamp_max");
/** Overloads that go by something else than whether an argument is a tensor. */
const OVERLOADS: Readonly<Record<string, (args: Record<string, unknown>) => string>> = {
  round: ({ decimals }) => (decimals === 0 ? "" : "decimals"),
  scatter: ({ src }) => (src instanceof Tensor ? "src" : "value"),
  scatter_reduce: () => "two",
  index_fill: ({ value }) => `int_${kind(value)}`,
  bernoulli: ({ p }) => (typeof p === "number" ? "float" : "Tensor"),
  xlogy: ({ other }) => (other instanceof Tensor ? "Tensor" : "Scalar_Other"),
  bitwise_left_shift: ({ other }) => (other instanceof Tensor ? "Tensor" : "Tensor_Scalar"),
  bitwise_right_shift: ({ other }) => (other instanceof Tensor ? "Tensor" : "Tensor_Scalar"),
  lerp: ({ weight }) => kind(weight),
  masked_fill: ({ value }) => kind(value),
  fill: ({ value }) => kind(value),
};
const kind = (x: unknown): string => (x instanceof Tensor ? "Tensor" : "Scalar");
/** Ops of ours, and what PyTorch calls them. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  _index_put_: "index_put_",
  _bernoulli_fill_: "bernoulli_",
  _bernoulli_by_: "bernoulli_",
};
/** The op as PyTorch names it with its overload: `add_.Tensor`. */
function withOverload({ schema }: Entry, written: string, values: Values): string {
  const name = OWN_NAMES[written] ?? written;
  const bare = name.replace(/_$/, "");
  const args = Object.fromEntries(schema.args.map((arg, i) => [arg.name, values[i]]));
  const own = OVERLOADS[bare];
  const operands = schema.args.flatMap(({ type }, i) => (i > 0 && type.startsWith("Tensor|Scalar") ? [values[i]] : []));
  let overload = "";
  if (own !== undefined) overload = own(args);
  else if (WITH_TENSORS.has(bare)) overload = typeof args["rounding_mode"] === "string" ? "Tensor_mode" : "Tensor";
  else if (operands.some((x) => x instanceof Tensor)) overload = "Tensor";
  else if (operands.length > 0 && !UNNAMED.has(bare)) overload = "Scalar";
  return overload === "" ? name : `${name}.${overload}`;
}
/** For a function that is differentiated. */
export const capturedWrite = (of: Entry | null, name: string, values: Values): RuntimeError =>
  new RuntimeError(
    `During a grad (vjp, jvp, grad, etc) transform, the function provided attempted to call in-place operation (aten::${of === null ? name : withOverload(of, name, values)}) that would mutate a captured Tensor. This is not supported; please rewrite the function being transformed to explicitly accept the mutated Tensor(s) as inputs.`,
  );

const ARITHMETIC = names(
  "sub_ mul_ div_ multiply_ divide_ true_divide_ clamp_min_ clamp_max_ copy_ logical_and_ logical_or_ logical_xor_ masked_fill_",
);
const BROADCAST = names(
  "add_ copysign_ atan2_ arctan2_ bitwise_and_ bitwise_or_ bitwise_xor_ bitwise_left_shift_ bitwise_right_shift_",
);
const OWN_RULE = names("fill_ index_add_ scatter_add_ scatter_reduce_ index_put_");
/** For a function of one element of a batch: what others than itself are of the batch. */
export function unmappedWrite(level: VmapLevel, written: string, values: Values): RuntimeError {
  const name = OWN_NAMES[written] ?? written;
  if (BROADCAST.has(name)) {
    const self = values[0] as Tensor;
    const shapes = tensorsIn(values).map((t) => (level.owns(t) ? (t as Batched).holds.shape : t.shape));
    return new RuntimeError(
      `output with shape ${list(self.shape)} doesn't match the broadcast shape ${list(shapes.reduce<readonly number[]>((a, b) => broadcastShapes(a, b), []))}\n` +
        "What is written differs over the batch of vmap, and what it is written to is one for all: make that with new_zeros() of a tensor of the batch, or write the op that is not in place.",
    );
  }
  const [told, where] = ARITHMETIC.has(name)
    ? ["inplace arithmetic", "in a vmap"]
    : OWN_RULE.has(name)
      ? [name, "in a vmap"]
      : [`aten::${name}`, `at level ${level.number}`];
  return new RuntimeError(
    `vmap: ${told}(self, *extra_args) is not possible because there exists a Tensor \`other\` in extra_args that has more elements than \`self\`. This happened due to \`other\` being vmapped over but \`self\` not being vmapped over ${where}. Please try to use out-of-place operators instead of ${told}. If said operator is being called inside the PyTorch framework, please file a bug report instead.`,
  );
}
