// Recurrent layers over whole sequences: RNN, LSTM, GRU.
import { RuntimeError, TypeError, ValueError, warn } from "../../base/errors.ts";
import { list, tupleText } from "../../base/layout.ts";
import { bindArguments } from "../../dispatch/callable.ts";
import type { Arguments } from "../../dispatch/callable.ts";
import type { Values } from "../../dispatch/signature.ts";
import { empty } from "../../ops/creation/creation.ts";
import { dropout } from "../../ops/nn/dropout.ts";
import { cat, stack } from "../../ops/views/joining.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { uniform_ } from "../init.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { CELLS, recurrentLayer, requireOne, requirePair, requireSteps } from "../functional/recurrent.ts";
import type { Mode, State, Weights } from "../functional/recurrent.ts";
import { PackedSequence } from "../utils/rnn.ts";
import { floatText } from "./layer.ts";

const REST =
  "bool bias=True, bool batch_first=False, float dropout=0.0, bool bidirectional=False, int proj_size=0, device? device=None, dtype? dtype=None) -> Module";
const BASE = `RNNBase(int input_size, int hidden_size, int num_layers=1, ${REST}` as const;
const RNN_SIGNATURE =
  `RNNBase(int input_size, int hidden_size, int num_layers=1, str nonlinearity='tanh', ${REST}` as const;
type Options = Values<typeof BASE>;
const FORWARD = "forward(object input, object hx=None) -> (Tensor, Tensor)";
const WEIGHTS = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"] as const;

/** Arguments in PyTorch's words where one is of the wrong type. */
function bound<S extends string>(signature: S, args: readonly unknown[]): Values<S> {
  try {
    return bindArguments(signature, args);
  } catch (error) {
    const wrong = /argument '(\w+)'.* must be (\w+), not (\w+)/.exec((error as Error).message);
    if (wrong === null) throw error;
    throw new TypeError(`${wrong[1]} should be of type ${wrong[2]}, got: ${wrong[3]}`);
  }
}

/** A call with a packed sequence gives one. */
export interface RNNBase<S> {
  (input: Tensor, hx?: S | null): [output: Tensor, hx: S];
  (input: PackedSequence, hx?: S | null): [output: PackedSequence, hx: S];
}
/** What RNN, LSTM and GRU share; `S` is the state as callers see it. As `torch.nn.RNNBase`. */
export abstract class RNNBase<S> extends Module {
  readonly mode: Mode;
  input_size: number;
  hidden_size: number;
  num_layers: number;
  bias: boolean;
  batch_first: boolean;
  dropout: number;
  bidirectional: boolean;
  proj_size: number;
  declare weight_ih_l0: Parameter;
  declare weight_hh_l0: Parameter;

  constructor(mode: Mode, a: Options) {
    const { input_size, hidden_size, num_layers, proj_size, device, dtype } = a;
    if (!(a.dropout >= 0 && a.dropout <= 1))
      throw new ValueError(
        "dropout should be a number in range [0, 1] representing the probability of an element being zeroed",
      );
    if (a.dropout > 0 && num_layers === 1)
      warn(
        `dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than 1, but got dropout=${floatText(a.dropout)} and num_layers=1`,
      );
    for (const [name, n] of Object.entries({ input_size, hidden_size, num_layers }))
      if (n <= 0) throw new ValueError(`${name} must be greater than zero`);
    if (proj_size < 0) throw new ValueError("proj_size should be a positive integer or zero to disable projections");
    if (proj_size >= hidden_size) throw new ValueError("proj_size has to be smaller than hidden_size");
    super();
    this.mode = mode;
    this.input_size = input_size;
    this.hidden_size = hidden_size;
    this.num_layers = num_layers;
    this.bias = a.bias;
    this.batch_first = a.batch_first;
    this.dropout = a.dropout;
    this.bidirectional = a.bidirectional;
    this.proj_size = proj_size;

    const rows = CELLS[mode].gates * hidden_size;
    const outputs = proj_size || hidden_size;
    for (const { layer, suffix } of this.directions()) {
      const inputs = layer === 0 ? input_size : outputs * (a.bidirectional ? 2 : 1);
      const add = (name: string, ...shape: number[]): void =>
        this.register_parameter(`${name}${suffix}`, new Parameter(empty(shape, { dtype, device })));
      add("weight_ih", rows, inputs);
      add("weight_hh", rows, outputs);
      if (a.bias) {
        add("bias_ih", rows);
        add("bias_hh", rows);
      }
      if (proj_size > 0) add("weight_hr", proj_size, hidden_size);
    }
    this.reset_parameters();
  }
  /** Layers bottom up, each forward and then, if bidirectional, backward. */
  private directions(): { layer: number; reverse: boolean; suffix: string }[] {
    return Array.from({ length: this.num_layers }, (_, layer) =>
      (this.bidirectional ? [false, true] : [false]).map((reverse) => ({
        layer,
        reverse,
        suffix: `_l${layer}${reverse ? "_reverse" : ""}`,
      })),
    ).flat();
  }
  private weights(suffix: string): Weights {
    const get = (name: string): Tensor | null => this.tensorAt(`${name}${suffix}`);
    const [ih, hh] = [get("weight_ih")!, get("weight_hh")!];
    return { ih, hh, bih: get("bias_ih"), bhh: get("bias_hh"), hr: get("weight_hr") };
  }
  /** A tensor that is not a parameter may stand in a parameter's place. */
  private tensorAt(name: string): Tensor | null {
    return (this as unknown as Record<string, Tensor | undefined>)[name] ?? null;
  }
  /** The parameters of each layer and direction. */
  get all_weights(): Parameter[][] {
    return this.directions().map(({ suffix }) =>
      WEIGHTS.map((name) => this.tensorAt(`${name}${suffix}`)).filter((w): w is Parameter => w !== null),
    );
  }
  /** Draws all parameters anew from ±1/√hidden_size. */
  reset_parameters(): void {
    const bound = 1 / Math.sqrt(this.hidden_size);
    for (const w of this.all_weights.flat()) uniform_(w, -bound, bound);
  }
  /** Nothing to be done: here for programs that call it. */
  flatten_parameters(): void {}

  /** The state as a list; raises PyTorch's sentence for what is no state of this layer. */
  protected abstract listed(hx: unknown): State;
  protected abstract shown(state: State): S;
  /** Raises PyTorch's sentence for a state whose number of dims is not `dims`. */
  protected abstract checkDims(state: State, dims: number): void;
  protected abstract checkSizes(state: State, expected: readonly number[]): void;

  override forward(
    ...args: Arguments<typeof FORWARD, { input: PackedSequence; hx: S | null }>
  ): [output: PackedSequence, hx: S];
  override forward(...args: Arguments<typeof FORWARD, { input: Tensor; hx: S | null }>): [output: Tensor, hx: S];
  override forward(...args: unknown[]): [output: Tensor | PackedSequence, hx: S] {
    const { input, hx } = bindArguments<typeof FORWARD, { input: Tensor | PackedSequence; hx: S | null }>(
      FORWARD,
      args,
      `${this.mode === "LSTM" || this.mode === "GRU" ? this.mode : "RNN"}.forward`,
    );
    if (input instanceof PackedSequence) return this.overPacked(input, hx);
    const dims = input.sizes.length;
    if (dims !== 2 && dims !== 3)
      throw new ValueError(
        `${this.constructor.name}: Expected input to be 2D or 3D, got ${dims}D ${this.mode.startsWith("RNN") ? "tensor " : ""}instead`,
      );
    const given = hx === null ? null : this.listed(hx);
    if (given !== null) this.checkDims(given, dims);
    const batched = dims === 3;
    const swaps = this.batch_first && batched;
    const x = !batched ? input.unsqueeze(1) : swaps ? input.transpose(0, 1) : input;
    const initial = given === null || batched ? given : given.map((s) => s.unsqueeze(1));
    const [output, last] = this.run(x, initial, null);
    const result = !batched ? output.squeeze([1]) : swaps ? output.transpose(0, 1) : output;
    return [result, this.shown(batched ? last : last.map((s) => s.squeeze([1])))];
  }
  private overPacked(input: PackedSequence, hx: S | null): [output: PackedSequence, hx: S] {
    const { data, batch_sizes, sorted_indices, unsorted_indices } = input;
    const order = (state: State, indices: Tensor | null): State =>
      indices === null ? state : state.map((s) => s.index_select(1, indices));
    const initial = hx === null ? null : order(this.listed(hx), sorted_indices);
    const [output, last] = this.run(data, initial, batch_sizes.tolist() as number[]);
    const packed = new PackedSequence(output, batch_sizes, sorted_indices, unsorted_indices);
    return [packed, this.shown(order(last, unsorted_indices))];
  }
  /** All layers over [T, N, input_size], or over packed rows of which step t has sizes[t]. */
  private run(input: Tensor, given: State | null, sizes: readonly number[] | null): [output: Tensor, last: State] {
    this.checkInput(input);
    const outputs = this.proj_size || this.hidden_size;
    const directions = this.directions();
    const batch = sizes === null ? input.sizes[1] : sizes[0];
    const zeros = (width: number): Tensor => input.new_zeros([directions.length, batch, width]);
    if (given !== null) this.checkSizes(given, [directions.length, batch, outputs]);
    const initial = given ?? (this.mode === "LSTM" ? [zeros(outputs), zeros(this.hidden_size)] : [zeros(outputs)]);
    requireSteps(input);
    const perLayer = initial.map((s) => s.unbind(0));
    const last: State[] = [];
    let x = input;
    for (let layer = 0; layer < this.num_layers; layer++) {
      if (layer > 0 && this.dropout > 0) x = dropout(x, this.dropout, this.training);
      const both = directions
        .filter((d) => d.layer === layer)
        .map(({ reverse, suffix }) => {
          const start = perLayer.map((s) => s[last.length]);
          const made = recurrentLayer(this.mode, x, start, this.weights(suffix), { reverse, sizes });
          last.push(made.last);
          return made.output;
        });
      x = both.length === 1 ? both[0] : cat(both, -1);
    }
    return [x, initial.map((_, i) => stack(last.map((state) => state[i])))];
  }
  private checkInput(input: Tensor): void {
    const { dtype } = this.weight_ih_l0;
    if (input.dtype !== dtype)
      throw new ValueError(
        `RNN input dtype (${String(input.dtype)}) does not match weight dtype (${String(dtype)}). Convert input: input.to(${String(dtype)}), or convert model: model.to(${String(input.dtype)})`,
      );
    const width = input.sizes[input.sizes.length - 1];
    if (width !== this.input_size)
      throw new RuntimeError(`input.size(-1) must be equal to input_size. Expected ${this.input_size}, got ${width}`);
  }
  override extra_repr(): string {
    const { input_size, hidden_size, proj_size, num_layers, bias, batch_first, bidirectional } = this;
    const parts = [`${input_size}, ${hidden_size}`];
    if (proj_size !== 0) parts.push(`proj_size=${proj_size}`);
    if (num_layers !== 1) parts.push(`num_layers=${num_layers}`);
    if (!bias) parts.push("bias=False");
    if (batch_first) parts.push("batch_first=True");
    if (this.dropout !== 0) parts.push(`dropout=${floatText(this.dropout)}`);
    if (bidirectional) parts.push("bidirectional=True");
    return parts.join(", ");
  }
}

/** What RNN and GRU share: their state is one tensor. */
abstract class WithOneState extends RNNBase<Tensor> {
  protected override listed(hx: unknown): State {
    return [requireOne(this.constructor.name, hx)];
  }
  protected override shown([h]: State): Tensor {
    return h;
  }
  protected override checkDims([hx]: State, dims: number): void {
    if (hx.sizes.length !== dims)
      throw new RuntimeError(
        `For ${dims === 3 ? "batched 3" : "unbatched 2"}-D input, hx should also be ${dims}-D but got ${hx.sizes.length}-D tensor`,
      );
  }
  protected override checkSizes([h]: State, expected: readonly number[]): void {
    requireSize("hidden", h, expected);
  }
}
function requireSize(name: string, state: Tensor, expected: readonly number[]): void {
  if (String(state.sizes) !== String(expected))
    throw new RuntimeError(`Expected ${name} size ${tupleText(expected)}, got ${list(state.sizes)}`);
}
function refuseProjection(proj_size: number): void {
  if (proj_size !== 0) throw new ValueError("proj_size argument is only supported for LSTM, not RNN or GRU");
}

/**
 * h = tanh(W_ih x + b_ih + W_hh h + b_hh) over a sequence [T, N, input_size] ([N, T, input_size] with `batch_first`,
 * [T, input_size] without a batch, or a PackedSequence), in `num_layers` layers; `nonlinearity` "relu" in place of tanh.
 * Gives the h of every step [T, N, hidden_size] (twice the size if `bidirectional`), and the last one of each layer
 * [num_layers, N, hidden_size]. Elman, "Finding structure in time" (1990). As `torch.nn.RNN`.
 * @example const [output, hn] = new nn.RNN(10, 20, 2)(torch.randn(5, 3, 10));
 */
export class RNN extends WithOneState {
  readonly nonlinearity: string;
  constructor(...args: Arguments<typeof RNN_SIGNATURE>) {
    const { nonlinearity, ...options } = bound(RNN_SIGNATURE, args);
    refuseProjection(options.proj_size);
    if (nonlinearity !== "tanh" && nonlinearity !== "relu")
      throw new ValueError(`Unknown nonlinearity '${nonlinearity}'. Select from 'tanh' or 'relu'.`);
    super(nonlinearity === "tanh" ? "RNN_TANH" : "RNN_RELU", options);
    this.nonlinearity = nonlinearity;
  }
}

/**
 * Gated recurrent units over a sequence, shaped as for {@link RNN}. Cho et al., "Learning phrase representations using
 * RNN encoder-decoder" (2014). As `torch.nn.GRU`.
 * @example const [output, hn] = new nn.GRU(10, 20, 2)(torch.randn(5, 3, 10));
 */
export class GRU extends WithOneState {
  constructor(...args: Arguments<typeof BASE>) {
    const options = bound(BASE, args);
    refuseProjection(options.proj_size);
    super("GRU", options);
  }
}

/**
 * Long short-term memory over a sequence, shaped as for {@link RNN}; the state is [h, c]. With `proj_size` each h is
 * projected to that size. Hochreiter and Schmidhuber, "Long short-term memory" (1997). As `torch.nn.LSTM`.
 * @example const [output, [hn, cn]] = new nn.LSTM(10, 20, 2)(torch.randn(5, 3, 10));
 */
export class LSTM extends RNNBase<readonly [h: Tensor, c: Tensor]> {
  constructor(...args: Arguments<typeof BASE>) {
    super("LSTM", bound(BASE, args));
  }
  protected override listed(hx: unknown): State {
    return requirePair("LSTM", hx);
  }
  protected override shown([h, c]: State): readonly [Tensor, Tensor] {
    return [h, c];
  }
  protected override checkDims(state: State, dims: number): void {
    const [h, c] = state.map((s) => s.sizes.length);
    if (h !== dims || c !== dims)
      throw new RuntimeError(
        `For ${dims === 3 ? "batched 3" : "unbatched 2"}-D input, hx and cx should also be ${dims}-D but got (${h}-D, ${c}-D) tensors`,
      );
  }
  protected override checkSizes([h, c]: State, expected: readonly number[]): void {
    requireSize("hidden[0]", h, expected);
    requireSize("hidden[1]", c, [...expected.slice(0, 2), this.hidden_size]);
  }
}
