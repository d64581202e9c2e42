// One step of a recurrent network: RNNCell, LSTMCell, GRUCell.
import { RuntimeError, ValueError } from "../../base/errors.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Values } from "../../dispatch/signature.ts";
import { empty } from "../../ops/creation/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { uniform_ } from "../init.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { CELLS, projected, requireOne, requirePair } from "../functional/recurrent.ts";
import type { Mode, State } from "../functional/recurrent.ts";

const CELL = "Cell(int input_size, int hidden_size, bool bias=True, device? device=None, dtype? dtype=None) -> Module";
const RNN_CELL =
  "RNNCell(int input_size, int hidden_size, bool bias=True, str nonlinearity='tanh', device? device=None, dtype? dtype=None) -> Module";
const FORWARD = "forward(Tensor input, object hx=None) -> Tensor";
type Pair = readonly [Tensor, Tensor];

/** What the cells share. As `torch.nn.RNNCellBase`. */
export abstract class RNNCellBase extends Module {
  input_size: number;
  hidden_size: number;
  bias: boolean;
  weight_ih: Parameter;
  weight_hh: Parameter;
  declare bias_ih: Parameter | null;
  declare bias_hh: Parameter | null;
  constructor({ input_size, hidden_size, bias, device, dtype }: Values<typeof CELL>, num_chunks: number) {
    super();
    this.input_size = input_size;
    this.hidden_size = hidden_size;
    this.bias = bias;
    const rows = num_chunks * hidden_size;
    const make = (...shape: number[]): Parameter => new Parameter(empty(shape, { dtype, device }));
    this.weight_ih = make(rows, input_size);
    this.weight_hh = make(rows, hidden_size);
    this.register_parameter("bias_ih", bias ? make(rows) : null);
    this.register_parameter("bias_hh", bias ? make(rows) : null);
    this.reset_parameters();
  }
  /** Draws all parameters anew from ±1/√hidden_size. */
  reset_parameters(): void {
    const bound = this.hidden_size > 0 ? 1 / Math.sqrt(this.hidden_size) : 0;
    for (const p of [this.weight_ih, this.weight_hh, this.bias_ih, this.bias_hh])
      if (p !== null) uniform_(p, -bound, bound);
  }
  override extra_repr(): string {
    return `${this.input_size}, ${this.hidden_size}${this.bias ? "" : ", bias=False"}`;
  }

  /** A step of [N, input_size] or [input_size] from a state, by default of zeros. */
  protected step(mode: Mode, input: Tensor, given: readonly Tensor[] | null): State {
    const { input_size, hidden_size } = this;
    const batched = input.sizes.length === 2;
    const x = batched ? input : input.unsqueeze(0);
    const count = mode === "LSTM" ? 2 : 1;
    const state =
      given === null
        ? Array.from({ length: count }, () => x.new_zeros([x.sizes[0], hidden_size]))
        : given.map((s) => (batched ? s : s.unsqueeze(0)));
    if (x.sizes[1] !== input_size)
      throw new RuntimeError(`input has inconsistent input_size: got ${x.sizes[1]} expected ${input_size}`);
    for (const [i, { sizes }] of state.entries()) {
      if (sizes[0] !== x.sizes[0])
        throw new RuntimeError(`Input batch size ${x.sizes[0]} doesn't match hidden${i} batch size ${sizes[0]}`);
      if (sizes[1] !== hidden_size)
        throw new RuntimeError(`hidden${i} has inconsistent hidden_size: got ${sizes[1]}, expected ${hidden_size}`);
    }
    const w = { ih: this.weight_ih, hh: this.weight_hh, bih: this.bias_ih, bhh: this.bias_hh };
    const next = CELLS[mode].step(projected(mode, x, w), state, w);
    return batched ? next : next.map((s) => s.squeeze([0]));
  }
  protected requireDims(what: string, x: Tensor): void {
    const n = x.sizes.length;
    if (n !== 1 && n !== 2)
      throw new ValueError(`${this.constructor.name}: Expected ${what} to be 1D or 2D, got ${n}D instead`);
  }
}

/** h = tanh(W_ih x + b_ih + W_hh h + b_hh), or with `nonlinearity` "relu" its relu. As `torch.nn.RNNCell`. */
export class RNNCell extends RNNCellBase {
  nonlinearity: string;
  constructor(...args: Arguments<typeof RNN_CELL>) {
    const { nonlinearity, ...options } = bindArguments(RNN_CELL, args);
    super(options, 1);
    this.nonlinearity = nonlinearity;
  }
  override forward(...args: Arguments<typeof FORWARD, { hx: Tensor | null }>): Tensor {
    const { input, hx } = bindArguments<typeof FORWARD, { hx: Tensor | null }>(FORWARD, args, "RNNCell.forward");
    this.requireDims("input", input);
    if (hx !== null) this.requireDims("hidden", requireOne(this.constructor.name, hx));
    if (this.nonlinearity !== "tanh" && this.nonlinearity !== "relu")
      throw new RuntimeError(`Unknown nonlinearity: ${this.nonlinearity}`);
    return this.step(this.nonlinearity === "tanh" ? "RNN_TANH" : "RNN_RELU", input, hx && [hx])[0];
  }
  override extra_repr(): string {
    return `${super.extra_repr()}${this.nonlinearity === "tanh" ? "" : `, nonlinearity=${this.nonlinearity}`}`;
  }
}

/** A step of long short-term memory: from x and [h, c] to [h, c]. As `torch.nn.LSTMCell`. */
export class LSTMCell extends RNNCellBase {
  constructor(...args: Arguments<typeof CELL>) {
    super(bindArguments(CELL, args, "LSTMCell"), 4);
  }
  override forward(...args: Arguments<typeof FORWARD, { hx: Pair | null }>): [h: Tensor, c: Tensor] {
    const { input, hx } = bindArguments<typeof FORWARD, { hx: Pair | null }>(FORWARD, args, "LSTMCell.forward");
    this.requireDims("input", input);
    for (const [i, s] of (hx === null ? [] : requirePair("LSTMCell", hx)).entries()) this.requireDims(`hx[${i}]`, s);
    const [h, c] = this.step("LSTM", input, hx);
    return [h, c];
  }
}

/** A step of gated recurrent units. As `torch.nn.GRUCell`. */
export class GRUCell extends RNNCellBase {
  constructor(...args: Arguments<typeof CELL>) {
    super(bindArguments(CELL, args, "GRUCell"), 3);
  }
  override forward(...args: Arguments<typeof FORWARD, { hx: Tensor | null }>): Tensor {
    const { input, hx } = bindArguments<typeof FORWARD, { hx: Tensor | null }>(FORWARD, args, "GRUCell.forward");
    this.requireDims("input", input);
    if (hx !== null) this.requireDims("hidden", requireOne(this.constructor.name, hx));
    return this.step("GRU", input, hx && [hx])[0];
  }
}
