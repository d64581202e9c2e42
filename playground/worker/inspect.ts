// Values as Node's console shows them, for there is none in a page: as much of it as programs print.
const CUSTOM = Symbol.for("nodejs.util.inspect.custom");
const WIDTH = 72;
const MOST = 100;
const SIDE_BY_SIDE = 6;

/** The line, or lines, that `console.log(...args)` writes. */
export const lineOf = (args: readonly unknown[]): string =>
  args.map((x) => (typeof x === "string" ? x : inspect(x))).join(" ");

export function inspect(x: unknown, seen: readonly unknown[] = []): string {
  if (typeof x === "string") return quoted(x);
  if (typeof x === "bigint") return `${x}n`;
  if (Object.is(x, -0)) return "-0";
  if ((typeof x !== "object" && typeof x !== "function") || x === null) return String(x);
  if (seen.includes(x)) return "[Circular *1]";
  const inside = [...seen, x];
  // Modules are functions, too.
  const custom = (x as Record<symbol, unknown>)[CUSTOM];
  if (typeof custom === "function") {
    const made = (custom as (depth: number, options: object) => unknown).call(x, 2, {});
    return typeof made === "string" ? made : inspect(made, inside);
  }
  if (typeof x === "function") return functionText(x as FunctionLike);
  if (x instanceof Error) return `${x.name}: ${x.message}`;
  if (seen.length > 3) return Array.isArray(x) ? "[Array]" : `[${x.constructor?.name ?? "Object"}]`;
  const of = (v: unknown): string => inspect(v, inside);
  if (Array.isArray(x)) return wrapped("", "[", some(x, of), "]");
  if (ArrayBuffer.isView(x)) {
    const list = Array.from(x as unknown as ArrayLike<unknown>);
    return wrapped(`${x.constructor.name}(${list.length}) `, "[", some(list, of), "]");
  }
  if (x instanceof Map)
    return wrapped(
      `Map(${x.size}) `,
      "{",
      some([...x], ([k, v]: [unknown, unknown]) => `${of(k)} => ${of(v)}`),
      "}",
    );
  if (x instanceof Set) return wrapped(`Set(${x.size}) `, "{", some([...x], of), "}");
  const entries = Object.entries(x).map(
    ([key, v]) => `${/^[\p{L}_$][\p{L}\d_$]*$/u.test(key) ? key : quoted(key)}: ${of(v)}`,
  );
  const name = (Object.getPrototypeOf(x) as object | null)?.constructor.name ?? "[Object: null prototype]";
  return wrapped(name === "Object" ? "" : `${name} `, "{", entries, "}");
}
interface FunctionLike {
  readonly name: string;
}
const functionText = (f: FunctionLike): string => {
  const isClass = /^class\b/.test(Function.prototype.toString.call(f));
  if (!isClass) return f.name === "" ? "[Function (anonymous)]" : `[Function: ${f.name}]`;
  const { name: of } = Object.getPrototypeOf(f) as FunctionLike;
  return `[class ${f.name === "" ? "(anonymous)" : f.name}${of === "" ? "" : ` extends ${of}`}]`;
};
const quoted = (x: string): string =>
  x.includes("'") ? JSON.stringify(x) : `'${x.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}'`;
const some = <T>(list: readonly T[], of: (x: T) => string): string[] => [
  ...list.slice(0, MOST).map(of),
  ...(list.length > MOST ? [`... ${list.length - MOST} more items`] : []),
];
/** In a line if it fits in one; else each part on lines of its own, short ones of many side by side. */
function wrapped(before: string, open: string, parts: readonly string[], close: string): string {
  const space = before === "" && parts.length === 0 ? "" : " ";
  if (parts.length === 0) return `${before}${open}${close}`;
  const line = `${before}${open}${space}${parts.join(", ")}${space}${close}`;
  if (line.length <= WIDTH && !line.includes("\n")) return line;
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const isShort = parts.length > SIDE_BY_SIDE && part.length <= 16 && !part.includes("\n");
    if (isShort && last !== undefined && last.length + part.length < WIDTH)
      lines[lines.length - 1] = `${last}, ${part}`;
    else lines.push(part);
  }
  return `${before}${open}\n${lines.map((text) => `  ${text.replaceAll("\n", "\n  ")}`).join(",\n")}\n${close}`;
}
