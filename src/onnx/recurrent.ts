// Recurrent layers in ONNX and here: which weights are the same, and in which order their gates stand.
import { int64 } from "../base/dtype.ts";
import { recurrentLayer } from "../nn/functional/recurrent.ts";
import type { Mode } from "../nn/functional/recurrent.ts";
import type { RNNBase } from "../nn/layers/recurrent.ts";
import { linear } from "../ops/linalg/matmul.ts";
import { cat, stack } from "../ops/views/joining.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { GraphBuilder } from "./graph.ts";
import { numbers } from "./running.ts";
import type { Running } from "./running.ts";

/** ONNX's gates, each by its place here: i, o, f, c of i, f, g, o; z, r, h of r, z, n. */
export const GATES: Readonly<Record<string, readonly number[]>> = { RNN: [0], GRU: [1, 0, 2], LSTM: [0, 3, 1, 2] };
/** The rows of a weight or a bias, gate by gate, in another order. */
export const reordered = (w: Tensor, order: readonly number[]): Tensor => {
  const gates = w.chunk(order.length, 0);
  return cat(order.map((k) => gates[k]));
};
const inverse = (order: readonly number[]): number[] => order.map((_, k) => order.indexOf(k));

function modeOf(r: Running, many: number): Mode {
  const kind = r.node.opType;
  const usual = { RNN: ["Tanh"], GRU: ["Sigmoid", "Tanh"], LSTM: ["Sigmoid", "Tanh", "Tanh"] }[kind]!;
  const given = r.texts("activations") ?? Array.from({ length: many }, () => usual).flat();
  const each = usual.length;
  const isSame = given.every((f, k) => f === given[k % each]);
  if (kind === "RNN" && isSame && given[0] === "Relu") return "RNN_RELU";
  if (!isSame || given.slice(0, each).join() !== usual.join()) r.refuse(`with the activations ${given.join(", ")}`);
  return kind === "RNN" ? "RNN_TANH" : (kind as Mode);
}
/** RNN, GRU and LSTM: all steps, the last state, and the last cell. */
export function recurrent(r: Running): readonly Tensor[] {
  const kind = r.node.opType;
  const isLayout = r.int("layout", 0) === 1;
  const [w, recurrences, bias] = [r.x(1), r.x(2), r.maybe(3)];
  const x = isLayout ? r.x(0).transpose(0, 1) : r.x(0);
  const [steps, batch] = x.sizes;
  const direction = r.text("direction", "forward");
  const many = w.size(0);
  const mode = modeOf(r, many);
  if (r.has("clip") || r.int("input_forget", 0) === 1 || r.maybe(7) !== null)
    r.refuse("with clip, input_forget or peepholes");
  const isResetFirst = kind === "GRU" && r.int("linear_before_reset", 0) === 0;
  const lengths = r.maybe(4);
  if (lengths !== null && numbers(lengths.to(int64)).some((n) => n !== steps)) r.refuse("with sequences of other lengths"); // prettier-ignore
  const order = inverse(GATES[kind]);
  const width = recurrences.size(2);
  const start = (i: number): Tensor => {
    const given = r.maybe(i);
    if (given === null) return x.new_zeros([many, batch, width]);
    return isLayout ? given.transpose(0, 1) : given;
  };
  const initial = kind === "LSTM" ? [start(5), start(6)] : [start(5)];
  const outputs: Tensor[] = [];
  const last: (readonly Tensor[])[] = [];
  for (let d = 0; d < many; d++) {
    const [bih, bhh] = bias === null ? [null, null] : bias.select(0, d).chunk(2).map((b) => reordered(b, order)); // prettier-ignore
    const weights = {
      ih: reordered(w.select(0, d), order),
      hh: reordered(recurrences.select(0, d), order),
      bih,
      bhh,
    };
    const state = initial.map((s) => s.select(0, d));
    const reverse = direction === "reverse" || d === 1;
    const made = isResetFirst
      ? resetFirst(x, state[0], weights, reverse)
      : recurrentLayer(mode, x, state, weights, { reverse, sizes: null });
    outputs.push(made.output);
    last.push(made.last);
  }
  const y = stack(outputs, 1);
  const ends = initial.map((_, k) => stack(last.map((state) => state[k])));
  if (!isLayout) return [y, ...ends];
  return [y.permute(2, 0, 1, 3), ...ends.map((s) => s.transpose(0, 1))];
}

/** A GRU whose reset gate acts on the state, and not on what the state gives: as the paper has it, and PyTorch has not. */
function resetFirst(
  x: Tensor,
  start: Tensor,
  { ih, hh, bih, bhh }: { ih: Tensor; hh: Tensor; bih: Tensor | null; bhh: Tensor | null },
  reverse: boolean,
): { output: Tensor; last: readonly Tensor[] } {
  const width = hh.size(1);
  const of = (w: Tensor): [gates: Tensor, fresh: Tensor] => [w.narrow(0, 0, 2 * width), w.narrow(0, 2 * width, width)];
  const [gatesHh, freshHh] = of(hh);
  const [gatesBhh, freshBhh] = bhh === null ? [null, null] : of(bhh);
  let h = start;
  const outputs: Tensor[] = [];
  for (let k = 0; k < x.size(0); k++) {
    const fromInput = linear(x.select(0, reverse ? x.size(0) - 1 - k : k), ih, bih);
    const gates = fromInput.narrow(-1, 0, 2 * width).add(linear(h, gatesHh, gatesBhh)).sigmoid(); // prettier-ignore
    const [reset, update] = gates.chunk(2, -1);
    const fresh = fromInput.narrow(-1, 2 * width, width).add(linear(h.mul(reset), freshHh, freshBhh)).tanh(); // prettier-ignore
    h = fresh.add(update.mul(h.sub(fresh)));
    outputs.push(h);
  }
  return { output: stack(reverse ? outputs.reverse() : outputs), last: [h] };
}

/** Writes a layer of RNN, GRU or LSTM, with all its layers; `results` are the output and the states at the end. */
export function writeRecurrent(
  g: GraphBuilder,
  module: RNNBase<unknown>,
  input: Tensor,
  state: readonly Tensor[] | null,
  results: readonly Tensor[],
): void {
  const { mode, bidirectional, hidden_size, num_layers } = module;
  const [op, many] = [mode.startsWith("RNN") ? "RNN" : mode, bidirectional ? 2 : 1];
  const isBatched = input.ndim === 3;
  const swaps = module.batch_first && isBatched;
  const swapped = (name: string): string => (swaps ? g.node("Transpose", [name], { perm: [1, 0, 2] }) : name);
  const one = g.ints([1]);
  const wide = (name: string): string => (isBatched ? name : g.node("Unsqueeze", [name, one]));
  const flat = (name: string): string => (isBatched ? name : g.node("Squeeze", [name, one]));
  const weight = (name: string, layer: number): Tensor => {
    const suffixes = [`_l${layer}`, `_l${layer}_reverse`].slice(0, many);
    const named = module as unknown as Readonly<Record<string, Tensor>>;
    return stack(suffixes.map((suffix) => reordered(named[name + suffix], GATES[op])));
  };
  const initial = (state ?? []).map((s) => {
    const name = wide(g.name(s));
    const sizes = g.ints(new Array<number>(num_layers).fill(many));
    return num_layers === 1 ? [name] : g.nodeOf("Split", [name, sizes], { axis: 0 }, num_layers);
  });
  let x = wide(swapped(g.name(input)));
  const ends: string[][] = results.slice(1).map(() => []);
  for (let layer = 0; layer < num_layers; layer++) {
    const biases = (): Tensor => cat([weight("bias_ih", layer), weight("bias_hh", layer)], 1);
    const inputs = [x, g.name(weight("weight_ih", layer)), g.name(weight("weight_hh", layer))];
    if (module.bias || state !== null) inputs.push(module.bias ? g.name(biases()) : "");
    if (state !== null) inputs.push("", ...initial.map((each) => each[layer]));
    const [y, ...last] = g.nodeOf(
      op,
      inputs,
      {
        hidden_size,
        direction: bidirectional ? "bidirectional" : "forward",
        ...(op === "GRU" && { linear_before_reset: 1 }),
        ...(mode === "RNN_RELU" && { activations: { strings: new Array<string>(many).fill("Relu") } }),
      },
      results.length,
    );
    for (const [k, name] of last.entries()) ends[k].push(name);
    // [steps, directions, batch, hidden] to [steps, batch, directions * hidden].
    x = bidirectional
      ? g.node("Reshape", [g.node("Transpose", [y], { perm: [0, 2, 1, 3] }), g.ints([0, 0, -1])])
      : g.node("Squeeze", [y, one]);
  }
  g.live.set(results[0], swapped(flat(x)));
  for (const [k, names] of ends.entries())
    g.live.set(results[k + 1], flat(names.length === 1 ? names[0] : g.node("Concat", names, { axis: 0 })));
}
