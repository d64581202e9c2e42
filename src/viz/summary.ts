// A model as a table: what it is made of, what comes out of each layer, how much it holds and computes.
import { no_grad } from "../settings/modes.ts";
import { register_module_forward_hook, register_module_forward_pre_hook } from "../nn/module/global_hooks.ts";
import type { Module } from "../nn/module/module.ts";
import { zeros } from "../ops/creation/creation.ts";
import { profile } from "../profiler/profile.ts";
import { Tensor } from "../tensor/tensor.ts";
import { shapeText } from "./explain/explanation.ts";

/** A call of a module. */
export interface SummaryRow {
  /** How many modules it is inside of. */
  readonly depth: number;
  /** `Linear: 2-1`, or, of the outermost, `Net`. */
  readonly name: string;
  readonly output_size: readonly number[] | null;
  /** Of its own parameters, not those of modules inside; null if it has been called before. */
  readonly params: number | null;
}
/** What a model is made of. */
export class Summary {
  readonly rows: readonly SummaryRow[];
  readonly total_params: number;
  readonly trainable_params: number;
  /** Multiply-adds of matrix products and convolutions. */
  readonly total_mult_adds: number;
  /** Bytes of the input, of what the layers gave (twice, for backward), of the parameters. */
  readonly input_bytes: number;
  readonly output_bytes: number;
  readonly param_bytes: number;
  constructor(fields: Omit<Summary, "toString">) {
    this.rows = fields.rows;
    this.total_params = fields.total_params;
    this.trainable_params = fields.trainable_params;
    this.total_mult_adds = fields.total_mult_adds;
    this.input_bytes = fields.input_bytes;
    this.output_bytes = fields.output_bytes;
    this.param_bytes = fields.param_bytes;
  }
  toString(): string {
    return table(this);
  }
  /** @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return table(this);
  }
}

interface Draft {
  depth: number;
  name: string;
  output_size: readonly number[] | null;
  params: number | null;
}
const bytesOf = (t: Tensor): number => t.numel() * t.dtype.itemsize;
const firstTensor = (x: unknown): Tensor | null =>
  x instanceof Tensor ? x : Array.isArray(x) ? (x.map(firstTensor).find((t) => t !== null) ?? null) : null;

/**
 * Runs the model once, in evaluation mode and unrecorded, and tells its layers in the order of their calls, with the shapes
 * that came out, parameters, multiply-adds and memory: as torchinfo's table. `input` is a tensor, several in a list, or the
 * sizes of one of zeros. Leaves the model as it was.
 * @example
 * console.log(String(viz.summary(model, [1, 3, 32, 32])));
 */
export function summary(model: Module, input: Tensor | readonly Tensor[] | readonly number[]): Summary {
  const inputs =
    input instanceof Tensor
      ? [input]
      : input.every((x) => x instanceof Tensor)
        ? (input as readonly Tensor[])
        : [zeros([...(input as readonly number[])])];
  const rows: Draft[] = [];
  const open: Draft[] = [];
  const seen = new Set<Module>();
  const counts: number[] = [];
  let outputs = 0;
  const training = new Map([...model.modules()].map((m) => [m, m.training]));
  const handles = [
    register_module_forward_pre_hook((module) => {
      const depth = open.length;
      counts[depth] = (counts[depth] ?? 0) + 1;
      const type = module.constructor.name;
      const own = [...module.parameters({ recurse: false })].reduce((sum, p) => sum + p.numel(), 0);
      const row: Draft = {
        depth,
        name: depth === 0 ? type : `${type}: ${depth}-${counts[depth]}`,
        output_size: null,
        params: seen.has(module) ? null : own,
      };
      seen.add(module);
      rows.push(row);
      open.push(row);
    }),
    register_module_forward_hook(
      ((module: Module, _args: unknown, output: unknown) => {
        const row = open.pop()!;
        const t = firstTensor(output);
        row.output_size = t?.sizes ?? null;
        if (t !== null && [...module.children()].length === 0) outputs += bytesOf(t);
      }) as never,
      { always_call: true },
    ),
  ];
  let flops = 0;
  try {
    model.eval();
    const prof = profile({ with_flops: true }, () =>
      no_grad(() => (model as unknown as (...args: readonly Tensor[]) => unknown)(...inputs)),
    );
    flops = prof.events().reduce((sum, event) => sum + event.flops, 0);
  } finally {
    for (const handle of handles) handle.remove();
    for (const [module, mode] of training) module.training = mode;
  }
  const parameters = [...model.parameters()];
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  return new Summary({
    rows,
    total_params: sum(parameters.map((p) => p.numel())),
    trainable_params: sum(parameters.filter((p) => p.requires_grad).map((p) => p.numel())),
    total_mult_adds: flops / 2,
    input_bytes: sum(inputs.map(bytesOf)),
    output_bytes: 2 * outputs,
    param_bytes: sum(parameters.map(bytesOf)),
  });
}

const COLUMN = 25;
function table(of: Summary): string {
  const names = of.rows.map((row, i) => branch(of.rows, i) + row.name);
  const first = Math.max(40, ...names.map((name) => name.length + 1));
  const rule = "=".repeat(first + 2 * COLUMN);
  const line = (a: string, b: string, c: string): string =>
    (a.padEnd(first) + b.padEnd(COLUMN) + c.padEnd(COLUMN)).trimEnd();
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);
  const [unit, scale] = of.total_mult_adds >= 1e9 ? ["G", 1e9] : of.total_mult_adds >= 1e6 ? ["M", 1e6] : ["K", 1e3];
  return [
    rule,
    line("Layer (type:depth-idx)", "Output Shape", "Param #"),
    rule,
    ...of.rows.map(({ output_size, params }, i) =>
      line(
        names[i],
        output_size === null ? "--" : shapeText(output_size),
        params === null ? "(recursive)" : params === 0 ? "--" : params.toLocaleString("en"),
      ),
    ),
    rule,
    `Total params: ${of.total_params.toLocaleString("en")}`,
    `Trainable params: ${of.trainable_params.toLocaleString("en")}`,
    `Non-trainable params: ${(of.total_params - of.trainable_params).toLocaleString("en")}`,
    `Total mult-adds (${unit}): ${(of.total_mult_adds / scale).toFixed(2)}`,
    rule,
    `Input size (MB): ${megabytes(of.input_bytes)}`,
    `Forward/backward pass size (MB): ${megabytes(of.output_bytes)}`,
    `Params size (MB): ${megabytes(of.param_bytes)}`,
    `Estimated Total Size (MB): ${megabytes(of.input_bytes + of.output_bytes + of.param_bytes)}`,
    rule,
  ].join("\n");
}
/** The lines of a tree before a row. */
function branch(rows: readonly SummaryRow[], at: number): string {
  const { depth } = rows[at];
  if (depth === 0) return "";
  const goesOn = (level: number): boolean => {
    for (let i = at + 1; i < rows.length && rows[i].depth >= level; i++) if (rows[i].depth === level) return true;
    return false;
  };
  let text = "";
  for (let level = 1; level < depth; level++) text += goesOn(level) ? "│    " : "     ";
  return text + (goesOn(depth) ? "├─" : "└─");
}
