// Calls recorded by tools/record/dtypes_taken.py, and how to run them.
import * as torch from "../../src/index.ts";
import { Tensor } from "../../src/index.ts";
import type { Dtype } from "../../src/index.ts";
import data from "../recorded/dtypes_taken.json" with { type: "json" };

type Encoded = unknown;
/** The call as text, whether y goes through all dtypes, the function, its arguments, what came for each dtype. */
export type Recorded = readonly [
  string,
  boolean,
  string,
  readonly Encoded[],
  Readonly<Record<string, Encoded>>,
  readonly number[],
];

const named = torch as unknown as Record<string, Dtype>;
export const dtypes: readonly Dtype[] = data.dtypes.map((name) => named[name]);

export const spaces = {
  torch,
  F: torch.nn.functional,
  Tensor: Tensor.prototype,
  linalg: torch.linalg,
  special: torch.special,
  fft: torch.fft,
} as unknown as Record<string, Record<string, (...args: unknown[]) => unknown>>;

/** What was recorded, but for functions that are not there yet. */
export const calls = (data.calls as unknown as readonly Recorded[]).filter(([, , name]) => {
  const [space, f] = name.split(".");
  return spaces[space][f] !== undefined;
});

/** As the script makes them: 1, 2, 3, 1, … over 2 where there are fractions. */
export function make(kind: string, sizes: readonly number[], x: Dtype, y: Dtype): unknown {
  if (kind === "d") return x;
  if (kind === "i") return torch.zeros(sizes, { dtype: torch.int64 });
  if (kind === "i1") return torch.ones(sizes, { dtype: torch.int64 });
  if (kind === "b") return torch.ones(sizes, { dtype: torch.bool });
  const dtype = kind === "y" ? y : kind === "f" ? torch.float32 : x;
  const n = sizes.reduce((a, b) => a * b, 1);
  const whole = torch.arange(n, { dtype: torch.float64 }).remainder(3).add(1);
  const values = (dtype.is_differentiable ? whole.div(2) : whole).reshape(sizes);
  return (kind === "m" ? values.add(torch.eye(sizes[0], sizes[1]).mul(4)) : values).to(dtype);
}
type Make = (kind: string, sizes: readonly number[], dtype: Dtype) => unknown;
function decoded(value: Encoded, x: Dtype, y: Dtype, other?: Make): unknown {
  if (Array.isArray(value)) return value.map((v) => decoded(v, x, y, other));
  if (typeof value !== "object" || value === null) return value;
  const [[kind, of]] = Object.entries(value as Record<string, unknown>);
  if (kind === "float") return new torch.Float(Number(of === "nan" ? NaN : of));
  if (kind === "complex") return new torch.Complex(...(of as [number, number]));
  if (kind === "dtype") return named[of as string];
  return other?.(kind, of as number[], x) ?? make(kind, of as number[], x, y);
}
/** What a call gives; `other` makes tensors of other numbers, `more` are options as they are. */
export function run([, , name, args, kwargs]: Recorded, x: Dtype, y: Dtype, other?: Make, more = {}): unknown {
  const [space, f] = name.split(".");
  const given = args.map((a) => decoded(a, x, y, other));
  const decodedOptions = Object.entries(kwargs).map(([k, v]) => [k, decoded(v, x, y, other)]);
  const options = { ...Object.fromEntries(decodedOptions), ...more };
  const all = Object.keys(options).length === 0 ? given : [...given, options];
  const called = spaces[space][f];
  return space === "Tensor" ? called.apply(all[0], all.slice(1)) : called(...all);
}
/** The dtypes of the results, or the error in one line. */
export function outcome(call: Recorded, x: Dtype, y: Dtype): string {
  try {
    const result = run(call, x, y);
    const results = (Array.isArray(result) ? result : [result]) as unknown[];
    return (
      results
        .filter((r) => r instanceof Tensor)
        .map((r) => r.dtype.name)
        .join(" ") || "-"
    );
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message.split("\n")[0].trimEnd()}`;
  }
}
/** What PyTorch gave for the call, by the places of the two dtypes. */
export function wanted([, paired, , , , row]: Recorded, i: number, j: number): string {
  const text = data.outcomes[row[paired ? i * dtypes.length + j : i]];
  return text
    .replaceAll("<X>", dtypes[i].legacyName)
    .replaceAll("<x>", String(dtypes[i]))
    .replaceAll("<Y>", dtypes[j].legacyName)
    .replaceAll("<y>", String(dtypes[j]))
    .trimEnd();
}
