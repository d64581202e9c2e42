// Values as Python writes them.
//
// JavaScript has one type of number and one of list: what Python would tell apart (1.0 from 1, a tuple from a list) is said
// beside the value, in the words of Python's annotations: repr([1, 2], "list[float]") is [1.0, 2.0].

/** A type as the helpers take it: "float", "list[float]", "tuple[int, float]", "{loss: float}"; "" where the value tells. */
export type TypeText = string;

/** A float as Python writes it: the shortest text that is read as the same number. */
function floatText(x: number): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
  if (Object.is(x, -0)) return "-0.0";
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return exponent(x.toExponential());
  return Number.isInteger(x) ? `${x}.0` : String(x);
}
/** 1e-7 as 1e-07. */
const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, "e$10$2");

/** The parts of "int, list[float], str" at its commas. */
function parts(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    if ("[{".includes(text[i] ?? " ")) depth++;
    else if ("]}".includes(text[i] ?? " ")) depth--;
    else if (i === text.length || (text[i] === "," && depth === 0)) {
      found.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  return found;
}

/**
 * The text of a value as Python's `repr` gives it: texts in quotes, `True`, `None`, lists, dicts; `type` tells what is a
 * float or a tuple.
 * @example repr([1, "a", null, true]) // [1, 'a', None, True]
 * @example repr([1, 2.5], "list[float]") // [1.0, 2.5]
 */
export function repr(x: unknown, type: TypeText = ""): string {
  if (x === null || x === undefined) return "None";
  if (typeof x === "boolean") return x ? "True" : "False";
  if (typeof x === "number") return type === "float" || !Number.isInteger(x) ? floatText(x) : String(x);
  if (typeof x === "string") return quoted(x);
  const [, word = "", inside = ""] = /^(\w*)[[{](.*)[\]}]$/.exec(type) ?? [];
  if (Array.isArray(x) && x.constructor === Array) {
    const types = (word === "tuple" || word === "list") && inside !== "" ? parts(inside) : [inside];
    const items = x.map((item, i) => repr(item, types.length === 1 ? types[0] : types[i]));
    if (word === "tuple" || word === "generator")
      return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
    return word.startsWith("dict_")
      ? `${word}([${items.join(", ")}])`
      : word === "deque"
        ? `deque([${items.join(", ")}])`
        : `[${items.join(", ")}]`;
  }
  if (x instanceof Set) return x.size === 0 ? "set()" : `{${[...x].map((item) => repr(item, inside)).join(", ")}}`;
  if (x instanceof Map) return dict([...x], word, inside);
  if (typeof x === "object" && Object.getPrototypeOf(x) === Object.prototype)
    return dict(Object.entries(x), word, inside);
  return String(x);
}
function dict(entries: readonly (readonly [unknown, unknown])[], word: string, inside: string): string {
  const given = inside === "" ? [] : parts(inside);
  const fields = new Map(
    word === "" ? given.map((field) => [field.slice(0, field.indexOf(":")), field.slice(field.indexOf(":") + 2)]) : [],
  );
  const [key = "", value = ""] = word === "dict" ? given : [];
  return `{${entries.map(([k, v]) => `${repr(k, key)}: ${repr(v, fields.get(String(k)) ?? value)}`).join(", ")}}`;
}
const ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return quote + text.replace(/[\n\r\t\\]/g, (c) => ESCAPES[c]).replaceAll(quote, `\\${quote}`) + quote;
}
/**
 * The text of a value as Python's `str` gives it: as {@link repr}, but a text is itself.
 * @example str("a") // a
 */
export function str(x: unknown, type: TypeText = ""): string {
  if (typeof x === "string") return x;
  return x instanceof Error ? x.message : repr(x, type);
}

/** A tensor, as far as text needs to know it. */
interface TensorLike {
  readonly dtype: { readonly is_floating_point: boolean };
  dim(): number;
  item(): number;
}
const isTensor = (x: unknown): x is TensorLike =>
  typeof x === "object" && x !== null && "dtype" in x && "item" in x && "dim" in x;

/**
 * What Python's f"{x:spec}" writes: fill, alignment, sign, width, comma, precision and the letters d, f, e, g, %, x, b, s.
 * A tensor of no dims is formatted as its number.
 * @example format(0.125, ".2f") // 0.12, for Python rounds halves to even
 * @example format(1234567, ",") // 1,234,567
 */
export function format(x: unknown, spec = "", type: TypeText = ""): string {
  if (isTensor(x)) {
    if (x.dim() > 0) return String(x);
    return format(x.item(), spec, x.dtype.is_floating_point ? "float" : "");
  }
  if (spec === "") return str(x, type);
  const parsed = /^(?:(.)?([<>^=]))?([-+ ])?#?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/u.exec(spec);
  if (parsed === null) throw new Error(`Invalid format specifier '${spec}'`);
  const [, fill = " ", align, sign = "-", zero, width = "0", comma, precision, letter] = parsed;
  const isNumber = typeof x === "number";
  let text = isNumber ? numberText(Math.abs(x), letter, precision, type) : str(x, type);
  if (!isNumber && precision !== undefined) text = text.slice(0, Number(precision));
  if (comma !== undefined) text = text.replace(/^\d+/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, comma));
  const front = !isNumber ? "" : x < 0 || Object.is(x, -0) ? "-" : sign === "-" ? "" : sign;
  const missing = Math.max(0, Number(width) - front.length - [...text].length);
  if (zero !== undefined && align === undefined) return front + "0".repeat(missing) + text;
  const padding = fill.repeat(missing);
  switch (align ?? (isNumber ? ">" : "<")) {
    case "<":
      return front + text + padding;
    case "=":
      return front + padding + text;
    case "^":
      return fill.repeat(Math.floor(missing / 2)) + front + text + fill.repeat(Math.ceil(missing / 2));
    default:
      return padding + front + text;
  }
}
function numberText(x: number, letter: string | undefined, precision: string | undefined, type: TypeText): string {
  if (letter === "d" || (letter === undefined && precision === undefined)) return repr(x, type);
  if (letter === "x" || letter === "X" || letter === "o" || letter === "b") {
    const text = x.toString({ x: 16, X: 16, o: 8, b: 2 }[letter]);
    return letter === "X" ? text.toUpperCase() : text;
  }
  if (!Number.isFinite(x)) return (Number.isNaN(x) ? "nan" : "inf") + (letter === "%" ? "%" : "");
  const digits = Number(precision ?? 6);
  switch (letter) {
    case "f":
    case "F":
      return fixed(x, digits);
    case "%":
      return `${fixed(x * 100, digits)}%`;
    case "e":
      return exponent(scientific(x, digits));
    case "E":
      return exponent(scientific(x, digits)).toUpperCase();
    default:
      return general(x, Math.max(1, digits), letter === undefined);
  }
}
/** `toFixed` with halves to even: JavaScript's rounds them up. */
function fixed(x: number, digits: number): string {
  if (x === Infinity) return "inf";
  if (x >= 1e21) return BigInt(x).toString() + (digits > 0 ? `.${"0".repeat(digits)}` : "");
  const text = x.toFixed(digits);
  // Up to 100 digits are exact: a half is a 5 and zeros.
  const exact = x.toFixed(Math.min(100, digits + 60));
  const rest = exact.slice(exact.indexOf(".") + 1 + digits);
  if (!/^50*$/.test(rest)) return text;
  const down = digits === 0 ? exact.slice(0, exact.indexOf(".")) : exact.slice(0, exact.length - rest.length);
  return Number(down.at(-1)) % 2 === 0 ? down : text;
}
/** `toExponential` with halves to even. */
function scientific(x: number, digits: number): string {
  const text = x.toExponential(digits);
  const exact = x.toExponential(Math.min(100, digits + 60));
  const [mantissa, power] = exact.split("e");
  const at = digits === 0 ? 2 : 2 + digits;
  if (!/^50*$/.test(mantissa.slice(at))) return text;
  const down = mantissa.slice(0, digits === 0 ? 1 : at);
  return Number(down.at(-1)) % 2 === 0 ? `${down}e${power}` : text;
}
/** %g; with `isFloat` what a precision without a letter gives, which keeps a ".0". */
function general(x: number, digits: number, isFloat: boolean): string {
  if (x === 0) return isFloat ? "0.0" : "0";
  const text = scientific(x, digits - 1);
  const power = Number(text.slice(text.indexOf("e") + 1));
  const bare = (t: string): string => (t.includes(".") ? t.replace(/\.?0+$/, "") : t);
  if (power < -4 || power >= (isFloat ? digits - 1 || 1 : digits))
    return exponent(`${bare(text.slice(0, text.indexOf("e")))}e${power < 0 ? "-" : "+"}${Math.abs(power)}`);
  const plain = bare(fixed(x, digits - 1 - power));
  return isFloat && !plain.includes(".") ? `${plain}.0` : plain;
}
