// The arithmetic of recurrent networks: cells, and layers of them over time.
import { float32, float64 } from "../../base/dtype.ts";
import { AttributeError, help, IndexError, RuntimeError, TypeError } from "../../base/errors.ts";
import { _lstm_layer } from "../../ops/nn/lstm.ts";
import { addmm, linear } from "../../ops/linalg/matmul.ts";
import { cat, stack } from "../../ops/views/joining.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { typeWord } from "../../tensor/type_word.ts";
import { split_with_sizes } from "../../ops/views/view.ts";

/** One layer's parameters in one direction; `hr`, LSTM's projection, makes h smaller than c. */
export interface Weights {
  ih: Tensor;
  hh: Tensor;
  bih: Tensor | null;
  bhh: Tensor | null;
  hr?: Tensor | null;
}
/** What goes from one step to the next, [N, hidden_size] each: h, for LSTM also c. */
export type State = readonly Tensor[];

interface Cell {
  /** How many times hidden_size values a step computes. */
  readonly gates: number;
  /** Whether the biases of input and state are only ever added to each other. */
  readonly sumsBiases: boolean;
  /** One step, from the projected input. */
  readonly step: (x: Tensor, state: State, w: Weights) => State;
}
const recurrent = (x: Tensor, [h]: State, { hh }: Weights): Tensor => addmm(x, h, hh.t());
export const CELLS = {
  RNN_TANH: { gates: 1, sumsBiases: true, step: (x, state, w) => [recurrent(x, state, w).tanh()] },
  RNN_RELU: { gates: 1, sumsBiases: true, step: (x, state, w) => [recurrent(x, state, w).relu()] },
  /** Hochreiter and Schmidhuber, 1997, with forget gates; projection: Sak, Senior and Beaufays, 2014. */
  LSTM: {
    gates: 4,
    sumsBiases: true,
    step: (x, state, w) => {
      const [i, f, g, o] = recurrent(x, state, w).chunk(4, -1);
      const c = f.sigmoid().mul(state[1]).addcmul(i.sigmoid(), g.tanh());
      const h = o.sigmoid().mul(c.tanh());
      return [w.hr ? linear(h, w.hr) : h, c];
    },
  },
  /** Cho et al., 2014; the reset gate is applied after the product with the state. */
  GRU: {
    gates: 3,
    sumsBiases: false,
    step: (x, [h], w) => {
      const [xr, xz, xn] = x.chunk(3, -1);
      const [hr, hz, hn] = linear(h, w.hh, w.bhh).chunk(3, -1);
      const n = xn.addcmul(xr.add(hr).sigmoid(), hn).tanh();
      return [h.sub(n).mul(xz.add(hz).sigmoid()).add(n)];
    },
  },
} as const satisfies Record<string, Cell>;
export type Mode = keyof typeof CELLS;

/** The input times its weights, with all biases that can be added before the state is known. */
export function projected(mode: Mode, input: Tensor, { ih, bih, bhh }: Weights): Tensor {
  return linear(input, ih, CELLS[mode].sumsBiases && bih !== null && bhh !== null ? bih.add(bhh) : bih);
}

/**
 * One layer in one direction over [T, N, input_size], or over packed [rows, input_size], of which step t has `sizes[t]`
 * rows. The result h of all steps, shaped as the input, and the last state of every row.
 */
export function recurrentLayer(
  mode: Mode,
  input: Tensor,
  initial: State,
  w: Weights,
  { reverse, sizes }: { reverse: boolean; sizes: readonly number[] | null },
): { output: Tensor; last: State } {
  const x = projected(mode, input, w);
  if (mode === "LSTM" && sizes === null && !w.hr && (x.dtype === float32 || x.dtype === float64)) {
    const { result, cells } = _lstm_layer([x, ...initial, w.hh], reverse);
    const end = reverse ? 0 : x.sizes[0] - 1;
    return { output: result, last: [result.select(0, end), cells.select(0, end)] };
  }
  const steps = sizes === null ? x.unbind(0) : split_with_sizes(x, sizes);
  const outputs = new Array<Tensor>(steps.length);
  const rows = (t: number): number => steps[t].sizes[0];
  const part = (state: State, from: number, to: number): State => state.map((s) => s.slice(0, from, to));
  /** States of rows that have ended, longest row last. */
  const ended: State[] = [];
  let state = reverse ? part(initial, 0, rows(steps.length - 1)) : initial;
  for (let k = 0; k < steps.length; k++) {
    const t = reverse ? steps.length - 1 - k : k;
    const [had, needed] = [state[0].sizes[0], rows(t)];
    // Rows are sorted by length: forward the last ones end first, backward they begin later.
    if (needed < had) {
      ended.push(part(state, needed, had));
      state = part(state, 0, needed);
    } else if (needed > had) state = state.map((s, i) => cat([s, initial[i].slice(0, had, needed)]));
    state = CELLS[mode].step(steps[t], state, w);
    outputs[t] = state[0];
  }
  const last = ended.length === 0 ? state : state.map((s, i) => cat([s, ...ended.map((e) => e[i]).reverse()]));
  return { output: sizes === null ? stack(outputs) : cat(outputs), last };
}

/** Raises PyTorch's RuntimeError for a sequence without steps. */
export function requireSteps(input: Tensor): void {
  if (input.sizes[0] === 0) throw new RuntimeError("Expected sequence length to be larger than 0 in RNN");
}

/** The state of RNN and GRU and of their cells, which is one tensor; else PyTorch's sentence. */
export function requireOne(module: string, hx: unknown): Tensor {
  if (hx instanceof Tensor) return hx;
  throw new AttributeError(`'${typeWord(hx)}' object has no attribute 'dim'\nThe state of ${module} is one tensor, h.`);
}
/** The state of LSTM and its cell, which is a pair. PyTorch has one sentence for each way to get it wrong. */
export function requirePair(module: "LSTM" | "LSTMCell", hx: unknown): State {
  const pair = `\nThe state of ${module} is a pair of tensors: ${help({ TypeScript: "[h, c]", Python: "(h, c)" })}.`;
  const cell = module === "LSTMCell";
  if (hx instanceof Tensor) {
    const name = cell ? "lstm_cell" : "lstm";
    if (cell || hx.sizes.length > 3)
      throw new TypeError(`${name}(): argument 'hx' (position 2) must be tuple of Tensors, not Tensor${pair}`);
    // PyTorch's LSTM takes the first two along dim 0, whose dims are checked then.
    const n = hx.sizes[0] ?? 0;
    if (n < 2) throw new IndexError(`index 1 is out of bounds for dimension 0 with size ${n}${pair}`);
    return [hx.select(0, 0), hx.select(0, 1)];
  }
  const type = typeWord(hx);
  if (!Array.isArray(hx)) throw new TypeError(`'${type}' object is not ${cell ? "iterable" : "subscriptable"}${pair}`);
  if (!cell && hx.length < 2) throw new IndexError(`${type} index out of range${pair}`);
  for (const s of hx as readonly unknown[])
    if (!(s instanceof Tensor)) throw new AttributeError(`'${typeWord(s)}' object has no attribute 'dim'${pair}`);
  if (hx.length !== 2) throw new RuntimeError(`${cell ? "lstm_cell" : "lstm"} expects two hidden states${pair}`);
  return hx as readonly Tensor[];
}
