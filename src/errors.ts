// Error classes under PyTorch's names, and the few sentences that are used in many places.

/** As Python's RuntimeError: what PyTorch raises for most failures inside an operator. */
export class RuntimeError extends Error {
  override name = "RuntimeError";
}
/** As torch.linalg.LinAlgError: a factorization that cannot be completed. */
export class LinAlgError extends RuntimeError {
  override name = "LinAlgError";
}
/** As Python's ImportError: something optional that is not installed. */
export class ImportError extends Error {
  override name = "ImportError";
}
/** As Python's ValueError: an argument of the right type with a value that cannot be used. */
export class ValueError extends Error {
  override name = "ValueError";
}
/** As Python's IndexError: a dim or an index out of range. */
export class IndexError extends Error {
  override name = "IndexError";
}
/** As Python's KeyError. */
export class KeyError extends Error {
  override name = "KeyError";
}
/** As Python's AttributeError. */
export class AttributeError extends Error {
  override name = "AttributeError";
}
/** As Python's AssertionError: what PyTorch checks with a bare `assert`. */
export class AssertionError extends Error {
  override name = "AssertionError";
}
/** As Python's FileNotFoundError. */
export class FileNotFoundError extends Error {
  override name = "FileNotFoundError";
}
/** As Python's NotImplementedError: what exists in PyTorch for other dtypes or devices, not for this one. */
export class NotImplementedError extends Error {
  override name = "NotImplementedError";
}
/** Raised when the device has no room; says how much was asked for and how much is live. */
export class OutOfMemoryError extends RuntimeError {
  override name = "OutOfMemoryError";
}

/** PyTorch's sentence for a dim outside [-ndim, ndim). */
export const dimOutOfRange = (dim: number, ndim: number): IndexError => {
  const n = Math.max(ndim, 1);
  return new IndexError(`Dimension out of range (expected to be in range of [${-n}, ${n - 1}], but got ${dim})`);
};

/** The languages that programs which call the library are written in. */
export type Language = "TypeScript" | "Python";
/** In which one whoever is calling just now writes: who calls from another one than TypeScript says so for that long. */
export const caller: { language: Language } = { language: "TypeScript" };
/**
 * Help in the language of the program, for what is written differently in each.
 * @example help({ TypeScript: "Write torch.no_grad(() => ...).", Python: "Write `with torch.no_grad():`." })
 */
export const help = (lines: Readonly<Record<Language, string>>): string => lines[caller.language];

export type WarningListener = (text: string, category: string) => void;
/** Once for a place of the program. */
const toConsole: WarningListener = (text, category) => {
  const place = `${text}\n${programStack.place()}`;
  if (shown.has(place)) return;
  shown.add(place);
  console.warn(`${category}: ${text}`);
};
let listener: WarningListener = toConsole;
const shown = new Set<string>();

/**
 * Sends every warning to `f` in place of the console, which shows each once for a place of the program; `null` brings
 * the console back. Returns the former listener.
 * @example
 * const texts: string[] = [];
 * const before = torch.set_warning_listener((text) => texts.push(text));
 */
export function set_warning_listener(f: WarningListener | null): WarningListener {
  const before = listener;
  listener = f ?? toConsole;
  return before;
}
/** Warns the program in PyTorch's words. */
export function warn(text: string, category = "UserWarning"): void {
  listener(text, category);
}
/** The lines of a stack above the library's own calls; one empty line where there are none. */
function userFrames(stack = ""): string[] {
  const frames = stack.split("\n").slice(1);
  const first = frames.findIndex((line) => !line.includes(ownFolder));
  return first < 0 ? [""] : frames.slice(first);
}
/** Where the program is: another language that calls the library puts its own ways to tell here. */
export const programStack = {
  /** The program's frames, as its language writes them. */
  frames: (): string => userFrames(new Error().stack).join("\n"),
  /** File and line of the program's innermost frame. */
  place: (): string => /[^\s()]+:\d+:\d+/.exec(userFrames(new Error().stack)[0])?.[0] ?? "?",
};
/** The folder of this file (of the bundle, once built), as stacks write it. */
const ownFolder = /\/[^():]*\/(?=[^/]*:\d+:\d+)/.exec(new Error().stack?.split("\n")[1] ?? "")?.[0] ?? "\0";
