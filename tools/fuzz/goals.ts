// How much may differ from PyTorch, and what is meant to.
import { readFileSync } from "node:fs";
import { bytesOf } from "./program.ts";
import type { Given, Program, Result } from "./program.ts";
import { numbersOf } from "./values.ts";
import { expression } from "./reproduce.ts";
import type { Difference, Kind } from "./replay.ts";

/** `most`: the share of calls below which a kind of difference must stay; 0 where there may be none. */
interface Goal {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly most: number;
}
export const GOALS: readonly Goal[] = [
  {
    name: "finite values",
    kinds: ["value", "state", "changes what it refuses", "number of results"],
    most: 0,
  },
  { name: "dtypes", kinds: ["dtype"], most: 0 },
  { name: "shapes", kinds: ["shape"], most: 0 },
  { name: "gradients", kinds: ["gradient", "gradient is None or not"], most: 0 },
  { name: "throws where PyTorch works", kinds: ["raises", "backward raises", "is missing"], most: 0.001 },
  { name: "sentences", kinds: ["sentence", "sentence of backward"], most: 0.01 },
  { name: "broken replays", kinds: ["broke the replay"], most: 0 },
];
export const isMet = (found: number, calls: number, most: number): boolean =>
  most === 0 ? found === 0 : found < most * calls;

const listed = JSON.parse(readFileSync(new URL("../../docs/differences.json", import.meta.url), "utf8")) as readonly {
  readonly fuzz?: string;
  readonly why: string;
}[];
const meant = listed.flatMap(({ fuzz, why }) =>
  fuzz === undefined ? [] : [{ pattern: new RegExp(`^(second )?(${fuzz})`), why }],
);

/** Why docs/differences.json says that this is meant to differ; null if it does not. */
export function reasonOf(difference: Difference): string | null {
  const text = described(difference);
  const [all, unmarked] = [text, text.replaceAll(EXPANDED, "").replaceAll(STEPPED, "")];
  return meant.find(({ pattern }) => pattern.test(all) || pattern.test(unmarked))?.why ?? null;
}
/**
 * What the patterns are for, as "value: torch.special.bessel_j1(float64): element 14 is 0.31307, in PyTorch 0.31306". The
 * dtype of a tensor with numbers of 2^15 and more, infinities or NaN is followed by "!", of one that is expanded by "*", of
 * one with gaps by "~". A gradient's gradient begins with "second".
 */
export function described({ program, kind, op, call, got, want }: Difference): string {
  const { calls } = program;
  const dtypes = dtypesIn(program);
  const of = op.includes(", ") || /gradient|backward|state/.test(kind) ? calls : [calls[call]];
  const texts = of.map((c) => expression(c, (number) => dtypes[number]));
  const second = kind.startsWith("gradient") && program.twice === true ? "second " : "";
  return `${second}${kind}: ${texts.join("; ")}: ${got}${want === "" ? "" : ` for ${want}`}`;
}
const EXPANDED = "*";
const STEPPED = "~";
function told({ dtype, bytes, shape, strides }: Given | Result): string {
  const isLarge = Array.from(numbersOf(bytesOf(bytes), dtype) as ArrayLike<number>).some(
    (x) => !(Math.abs(Number(x)) < 2 ** 15),
  );
  const isExpanded = strides.some((step, d) => step === 0 && shape[d] > 1);
  const reach = shape.reduce((most, n, d) => most + (n - 1) * strides[d], 1);
  const hasGaps = !isExpanded && reach > shape.reduce((n, m) => n * m, 1);
  return `${dtype}${isLarge ? "!" : ""}${isExpanded ? EXPANDED : hasGaps ? STEPPED : ""}`;
}
function dtypesIn({ calls }: Program): string[] {
  const dtypes: string[] = [];
  for (const { given, results } of calls) {
    for (const [number, tensor] of given) dtypes[number] = told(tensor);
    for (const result of results ?? []) dtypes.push("dtype" in result ? told(result) : "float32");
  }
  return dtypes;
}
