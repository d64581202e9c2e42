// A recording as plain data, for its page: steps, and of each tensor at each version figures and some of its numbers.
import type { Ref, Step } from "./recorder.ts";
import { numbersOf } from "./values.ts";
import type { Figures } from "./values.ts";

/** A tensor at a version, as it is shown: the numbers of its last two dims, thinned out to a few. */
export interface ShownTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly made: string;
  /** The number of the tensor whose memory it is in: its own, or that of the one it is a view of. Versions are counted there. */
  readonly storage: number;
  readonly figures: Figures | null;
  readonly rows: number;
  readonly columns: number;
  /** Texts of what JSON has no numbers for. */
  readonly numbers: readonly (number | string)[] | null;
}
export interface ShownStep {
  readonly kind: string;
  readonly name: string;
  readonly line: string;
  readonly module: string;
  readonly mode: string;
  readonly args: readonly string[];
  /** Keys of tensors, as "12@0". */
  readonly inputs: readonly (string | null)[];
  readonly outputs: readonly (string | null)[];
  readonly of: number;
  readonly pass: number;
  readonly node: number;
  /** The number of the tensor that it is about, as keys begin with; -1 for none. */
  readonly subject: number;
  readonly failed: boolean;
  readonly saved: readonly string[];
}
export interface Story {
  readonly steps: readonly ShownStep[];
  readonly tensors: Readonly<Record<string, ShownTensor>>;
}
const SIDE = 24;

export const keyOf = (ref: Ref | null): string | null => (ref === null ? null : `${ref.tensor.id}@${ref.version}`);

export function storyOf(steps: readonly Step[]): Story {
  const tensors: Record<string, ShownTensor> = {};
  for (const step of steps)
    for (const ref of [...step.inputs, ...step.outputs]) if (ref !== null) tensors[keyOf(ref)!] ??= shown(ref);
  return {
    steps: steps.map(({ inputs, outputs, subject, kind, name, line, module, mode, args, of, pass, node, failed, saved }) => ({
      kind, name, line, module, mode, args, of, pass, node, failed, saved,
      inputs: inputs.map(keyOf), outputs: outputs.map(keyOf), subject: subject?.id ?? -1,
    })), // prettier-ignore
    tensors,
  };
}
export function shown({ tensor, version }: Ref): ShownTensor {
  const { shape, dtype, line } = tensor;
  const value = tensor.values.get(version);
  const all = value === undefined ? null : numbersOf(value);
  const [height, width] =
    shape.length === 0
      ? [1, 1]
      : shape.length === 1
        ? [1, shape[0]]
        : [shape[shape.length - 2], shape[shape.length - 1]];
  const [rows, columns] = [Math.min(height, SIDE), Math.min(width, SIDE)];
  const numbers: (number | string)[] = [];
  if (all !== null && !dtype.is_complex)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        const x = all[Math.floor((r * height) / rows) * width + Math.floor((c * width) / columns)];
        numbers.push(Number.isFinite(x) ? Number(x.toPrecision(5)) : String(x));
      }
  return {
    shape,
    dtype: dtype.name,
    made: line,
    storage: (tensor.base ?? tensor).id,
    figures: value?.figures ?? null,
    rows,
    columns,
    numbers: numbers.length > 0 ? numbers : null,
  };
}
