// Tensor to text, as PyTorch 2.13's torch/_tensor_str.py prints it. Pure: sees a tensor only as a `Printable`.

import { bool, complexOf, get_default_dtype, int64, realOf } from "../base/dtype.ts";
import type { Complex, Dtype, Scalar } from "../base/dtype.ts";
import { ValueError } from "../base/errors.ts";

/** What printing needs to know of a tensor. */
export interface Printable {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly requires_grad: boolean;
  /** Text of the grad_fn, e.g. `<MulBackward0>`, or null. */
  readonly gradFn: string | null;
  /** Text of its tangent, where forward-mode differentiation runs. */
  readonly tangent?: string;
  /** The element at a multi-index: number for floats and small ints, bigint for int64, boolean for bool. */
  at(index: readonly number[]): Scalar;
  /** E.g. `webgpu:0`; undefined on the CPU, which is not printed. */
  readonly device?: string;
  /** Whether there are no elements to show. */
  readonly isMeta?: boolean;
}

/** How tensors are printed, as `torch._tensor_str.get_printoptions` gives it. */
export interface PrintOptions {
  /** Digits after the decimal point. */
  precision: number;
  /** Tensors with more elements than this are summarized. */
  threshold: number;
  /** Items kept at both ends of each dim of a summarized tensor. */
  edgeitems: number;
  /** Characters per line. */
  linewidth: number;
  /** Scientific notation always (true), never (false) or where the values ask for it (null). */
  sci_mode: boolean | null;
}

const profiles = {
  default: { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80 },
  short: { precision: 2, threshold: 1000, edgeitems: 2, linewidth: 80 },
  full: { precision: 4, threshold: Infinity, edgeitems: 3, linewidth: 80 },
};

let options: PrintOptions = { ...profiles.default, sci_mode: null };

/**
 * Sets how tensors are printed, as `torch.set_printoptions`: first the profile, then the options given beside it.
 * What is not given stays, except `sci_mode`, which goes back to null as in PyTorch.
 * Raises ValueError for an unknown profile or an option that cannot be used, and then changes nothing.
 * @example
 * torch.set_printoptions({ precision: 2 });
 * String(torch.tensor([1.12345])); // "tensor([1.12])"
 * torch.set_printoptions({ profile: "default" });
 */
export function set_printoptions(changes: Partial<PrintOptions> & { profile?: keyof typeof profiles }): void {
  const { profile, sci_mode } = changes;
  if (profile != null && !Object.hasOwn(profiles, profile))
    throw new ValueError(`set_printoptions(): unknown profile '${profile}', expected default, short or full`);
  const base = profile == null ? options : profiles[profile];
  const next = {
    precision: changes.precision ?? base.precision,
    threshold: changes.threshold ?? base.threshold,
    edgeitems: changes.edgeitems ?? base.edgeitems,
    linewidth: changes.linewidth ?? base.linewidth,
    sci_mode: sci_mode ?? null,
  };
  for (const name of ["precision", "edgeitems"] as const)
    if (!Number.isInteger(next[name]) || next[name] < 0)
      throw new ValueError(`set_printoptions(): ${name} must be a non-negative integer, got ${next[name]}`);
  for (const name of ["threshold", "linewidth"] as const)
    if (typeof next[name] !== "number" || Number.isNaN(next[name]))
      throw new ValueError(`set_printoptions(): ${name} must be a number, got ${next[name]}`);
  options = next;
}

/** The current options, as `torch._tensor_str.get_printoptions`; `set_printoptions` takes them back. */
export function get_printoptions(): PrintOptions {
  return { ...options };
}

/** A shape as Python prints it: `torch.Size([2, 3])`. */
export function sizeText(shape: readonly number[]): string {
  return `torch.Size([${shape.join(", ")}])`;
}

/** What Python prints for `x.item()` of a tensor of that dtype: `2.0`, `1e-05`, `inf`, `True`, `3`. */
export function scalarText(x: Scalar, dtype: Dtype): string {
  return dtype.is_floating_point ? floatRepr(Number(x)) : wholeText(x);
}

/**
 * The text of a tensor, as Python's `repr`. Of a summarized tensor only the elements that are shown are read.
 * `indent` is the column of continuation lines: the length of what stands before the first bracket.
 * @example
 * tensorText({ shape: [2], dtype: int32, requires_grad: false, gradFn: null, at: ([i]) => i });
 * // "tensor([0, 1], dtype=torch.int32)"
 */
export function tensorText(t: Printable, indent = "tensor(".length): string {
  const numel = t.shape.reduce((n, size) => n * size, 1);
  const suffixes: string[] = [];
  if (t.device !== undefined) suffixes.push(`device='${t.device}'`);

  // A size that the brackets show is not repeated.
  const sizeHidden = t.isMeta || (numel === 0 ? t.shape.length !== 1 : options.edgeitems === 0);
  if (sizeHidden) suffixes.push(`size=(${t.shape.join(", ")}${t.shape.length === 1 ? "," : ""})`);
  // Elements tell int64, bool and complex numbers; an empty tensor has none.
  const told =
    t.dtype === get_default_dtype() ||
    (!t.isMeta && numel > 0 && (t.dtype === int64 || t.dtype === bool || t.dtype === complexOf(get_default_dtype())));
  if (!told) suffixes.push(`dtype=${String(t.dtype)}`);

  if (t.gradFn !== null) suffixes.push(`grad_fn=${t.gradFn}`);
  else if (t.requires_grad) suffixes.push("requires_grad=True");
  if (t.tangent !== undefined) suffixes.push(`tangent=${t.tangent}`);

  const elements = t.isMeta ? "..." : numel === 0 ? "[]" : elementsText(t, indent, numel > options.threshold);
  return withSuffixes(`tensor(${elements}`, suffixes, indent);
}

/** The elements of a tensor between brackets, as a part of another's text: after so many columns, with its size if it is empty. */
export function partText(t: Printable, indent: number): string {
  const numel = t.shape.reduce((n, size) => n * size, 1);
  const size = `, size=(${t.shape.join(", ")}${t.shape.length === 1 ? "," : ""})`;
  if (t.isMeta) return `...${size}`;
  return numel === 0 ? `[]${size}` : elementsText(t, indent, numel > options.threshold);
}
/** Whether the text of a tensor leaves its dtype out. */
export const isTold = (dtype: Dtype): boolean =>
  [get_default_dtype(), complexOf(get_default_dtype()), int64, bool].includes(dtype);

export function withSuffixes(text: string, suffixes: readonly string[], indent: number, onNewLine = false): string {
  // Two more than the true length: PyTorch counts so, and where lines break depends on it.
  let column = text.length - text.lastIndexOf("\n") + 1;
  for (const [i, suffix] of suffixes.entries()) {
    if ((onNewLine && i === 0) || column + suffix.length + 2 > options.linewidth) {
      text += `,\n${" ".repeat(indent)}${suffix}`;
      column = indent + suffix.length;
    } else {
      text += `, ${suffix}`;
      column += suffix.length + 2;
    }
  }
  return `${text})`;
}

/** The elements that are shown, as nested lists; null is where a summary leaves some out. */
type Shown = Scalar | null | readonly Shown[];

function elementsText(t: Printable, indent: number, summarize: boolean): string {
  const axes = t.shape.map((size) => shownIndices(size, summarize));
  const values: Scalar[] = [];
  const read = (index: readonly number[]): Shown => {
    if (index.length < axes.length) return axes[index.length].map((i) => (i === null ? null : read([...index, i])));
    const value = t.at(index);
    values.push(value);
    return value;
  };
  const shown = read([]);
  return blockText(shown, axes.length, indent, formatter(values, t.dtype));
}

function shownIndices(size: number, summarize: boolean): (number | null)[] {
  const { edgeitems } = options;
  if (!summarize || size <= 2 * edgeitems) return Array.from({ length: size }, (_, i) => i);
  const start = Array.from({ length: edgeitems }, (_, i) => i);
  return [...start, null, ...start.map((i) => size - edgeitems + i)];
}

function blockText(shown: Shown, ndim: number, indent: number, format: Formatter): string {
  if (!isList(shown)) return shown === null ? "..." : format.text(shown);
  if (ndim === 1) return rowText(shown, indent, format);
  const blocks = shown.map((block) => blockText(block, ndim - 1, indent + 1, format));
  return `[${blocks.join(`,${"\n".repeat(ndim - 1)}${" ".repeat(indent + 1)}`)}]`;
}

function rowText(row: readonly Shown[], indent: number, format: Formatter): string {
  const gap = options.edgeitems === 0 ? "..." : " ...";
  const texts = row.map((x) => (x === null ? gap : blockText(x, 0, indent, format)));
  const perLine = Math.max(1, Math.floor((options.linewidth - indent) / (format.width + ", ".length)));
  const lines: string[] = [];
  for (let i = 0; i < texts.length; i += perLine) lines.push(texts.slice(i, i + perLine).join(", "));
  return `[${lines.join(`,\n${" ".repeat(indent + 1)}`)}]`;
}

// Array.isArray does not narrow readonly arrays.
const isList = (x: Shown): x is readonly Shown[] => Array.isArray(x);

/** One notation and width for all elements of a tensor. */
interface Formatter {
  readonly width: number;
  text(x: Scalar): string;
}

function formatter(values: readonly Scalar[], dtype: Dtype): Formatter {
  if (dtype.is_complex) return complexFormatter(values as readonly Complex[], realOf(dtype));
  // Zeros, infinities and nans take no part in the choice of notation and width.
  const counted = dtype.is_floating_point ? values.filter((x) => Number.isFinite(x) && x !== 0) : values;
  const write = dtype.is_floating_point ? floatNotation(counted as readonly number[]) : wholeText;
  const width = counted.reduce((n: number, x) => Math.max(n, write(x).length), 1);
  return { width, text: (x) => write(x).padStart(width) };
}

/** Both parts in formats of their own, as in `1.+2.j`. */
function complexFormatter(values: readonly Complex[], parts: Dtype): Formatter {
  const re = formatter(
    values.map((z) => z.re),
    parts,
  );
  const im = formatter(
    values.map((z) => z.im),
    parts,
  );
  const text = (z: Complex): string => {
    const imaginary = `${im.text(z.im)}j`.trimStart();
    return `${re.text(z.re)}${/^[+-]/.test(imaginary) ? "" : "+"}${imaginary}`;
  };
  return { width: re.width + im.width + 1, text: text as Formatter["text"] };
}

function wholeText(x: Scalar): string {
  if (typeof x === "boolean") return x ? "True" : "False";
  return String(x);
}

/** Scientific, whole (`2.`) or fixed-point notation, whichever suits these nonzero finite values. */
function floatNotation(values: readonly number[]): (x: Scalar) => string {
  const { precision, sci_mode } = options;
  let min = Infinity;
  let max = 0;
  for (const x of values) {
    min = Math.min(min, Math.abs(x));
    max = Math.max(max, Math.abs(x));
  }
  const farApart = max / min > 1000 || max > 1e8 || min < 1e-4;
  let write: (x: number) => string;
  if (values.length > 0 && (sci_mode ?? farApart)) write = (x) => exponential(x, precision);
  else if (values.every(Number.isInteger)) write = (x) => `${fixed(x, 0)}.`;
  else write = (x) => fixed(x, precision);
  return (x) => nonFinite(Number(x)) ?? write(Number(x));
}

function nonFinite(x: number): string | null {
  if (Number.isNaN(x)) return "nan";
  return Number.isFinite(x) ? null : x < 0 ? "-inf" : "inf";
}

/** Python's `repr` of a float: the shortest digits that give it back, with an exponent from 1e16 up and below 1e-4. */
function floatRepr(x: number): string {
  const special = nonFinite(x);
  if (special !== null) return special;
  const [digits, exponent] = x.toExponential().split("e");
  const power = Number(exponent);
  if (power < -4 || power >= 16) return digits + exponentText(power);
  return sign(x) + String(Math.abs(x)) + (Number.isInteger(x) ? ".0" : "");
}

/** Python's `{:.4f}`. */
function fixed(x: number, precision: number): string {
  return sign(x) + withPoint(timesPowerOfTen(x, precision).padStart(precision + 1, "0"), precision);
}

/** Python's `{:.4e}`. */
function exponential(x: number, precision: number): string {
  if (x === 0) return sign(x) + withPoint("0".repeat(precision + 1), precision) + exponentText(0);
  // The shortest digits may have been rounded up to the next power of ten, so begin one below and go up.
  let power = Number(x.toExponential().split("e")[1]) - 1;
  let digits = timesPowerOfTen(x, precision - power);
  while (digits.length > precision + 1) digits = timesPowerOfTen(x, precision - ++power);
  return sign(x) + withPoint(digits, precision) + exponentText(power);
}

const sign = (x: number): string => (x < 0 || Object.is(x, -0) ? "-" : "");

const exponentText = (power: number): string => `e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;

function withPoint(digits: string, precision: number): string {
  return precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}

const scratch = new DataView(new ArrayBuffer(8));

/**
 * The digits of |x| · 10^power, rounded to a whole number. Exact ties go to the even digit, as in Python: toFixed
 * and toExponential take them up (0.03125 to four places: Python 0.0312, toFixed 0.0313).
 */
function timesPowerOfTen(x: number, power: number): string {
  // |x| = mantissa · 2^exponent, both integers (IEEE 754 binary64).
  scratch.setFloat64(0, x);
  const bits = scratch.getBigUint64(0);
  const fraction = bits & 0xfffffffffffffn;
  const biased = Number((bits >> 52n) & 0x7ffn);
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  const exponent = Math.max(biased, 1) - 1075;

  const numerator = (mantissa << BigInt(Math.max(exponent, 0))) * 10n ** BigInt(Math.max(power, 0));
  const denominator = (10n ** BigInt(Math.max(-power, 0))) << BigInt(Math.max(-exponent, 0));
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return String(up ? quotient + 1n : quotient);
}
