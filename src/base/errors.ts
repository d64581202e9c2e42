// Error classes under PyTorch's names, and the few sentences that are used in many places.

/**
 * What the library raises. Its stack begins at the program's line: frames of the library's own are left out, unless there
 * are no others.
 */
export class Raised extends Error {
  static readonly called: string = "Error";
  constructor(message?: string, options?: ErrorOptions) {
    const limit = lookDeeper();
    super(message, options);
    showProgram(this, limit);
  }
  override get name(): string {
    return (this.constructor as typeof Raised).called;
  }
}
/** As Python's TypeError, and JavaScript's: an argument of the wrong type, or one too few or too many. */
export class TypeError extends globalThis.TypeError {
  constructor(message?: string, options?: ErrorOptions) {
    const limit = lookDeeper();
    super(message, options);
    showProgram(this, limit);
  }
}
/** Whether the library raised it. */
export const isRaised = (error: unknown): error is Error => error instanceof Raised || error instanceof TypeError;
/** As Python's RuntimeError: what PyTorch raises for most failures inside an operator. */
export class RuntimeError extends Raised {
  static override readonly called: string = "RuntimeError";
}
/** As torch.linalg.LinAlgError: a factorization that cannot be completed. */
export class LinAlgError extends RuntimeError {
  static override readonly called: string = "LinAlgError";
}
/** As Python's ImportError: something optional that is not installed. */
export class ImportError extends Raised {
  static override readonly called: string = "ImportError";
}
/** As Python's ValueError: an argument of the right type with a value that cannot be used. */
export class ValueError extends Raised {
  static override readonly called: string = "ValueError";
}
/** As Python's OverflowError: an int that is too large for the type it goes to. */
export class OverflowError extends Raised {
  static override readonly called: string = "OverflowError";
}
/** As Python's IndexError: a dim or an index out of range. */
export class IndexError extends Raised {
  static override readonly called: string = "IndexError";
}
/** As Python's KeyError. */
export class KeyError extends Raised {
  static override readonly called: string = "KeyError";
}
/** As Python's AttributeError. */
export class AttributeError extends Raised {
  static override readonly called: string = "AttributeError";
}
/** As Python's AssertionError: what PyTorch checks with a bare `assert`. */
export class AssertionError extends Raised {
  static override readonly called: string = "AssertionError";
}
/** As Python's FileNotFoundError. */
export class FileNotFoundError extends Raised {
  static override readonly called: string = "FileNotFoundError";
}
/** As Python's pickle.UnpicklingError: a file of `torch.save` that asks for more than data, or is none. */
export class UnpicklingError extends Raised {
  static override readonly called: string = "UnpicklingError";
}
/** As Python's NotImplementedError: what exists in PyTorch for other dtypes or devices, not for this one. */
export class NotImplementedError extends Raised {
  static override readonly called: string = "NotImplementedError";
}
/** Raised when the device has no room; says how much was asked for and how much is live. */
export class OutOfMemoryError extends RuntimeError {
  static override readonly called: string = "OutOfMemoryError";
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
/** Once for a place of the program, which is told before as Python tells it. */
const toConsole: WarningListener = (text, category) => {
  const place = programStack.place();
  const line = `${place === "?" ? "" : `${place}: `}${category}: ${text}`;
  if (shown.has(line)) return;
  shown.add(line);
  console.warn(line);
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
/** Whether what is said once is said every time: torch.set_warn_always. */
export const warnings = { always: false };
const said = new Set<string>();
/** The same, once in the life of the program. `about`: what is said of it once, in whatever words. */
export function warnOnce(text: string, about = text): void {
  if (said.has(about) && !warnings.always) return;
  said.add(about);
  warn(text);
}
/** The frames of a stack, one a line; some engines put the error's own text before them. */
function framesOf({ stack = "", message }: Error): string[] {
  const text = stack.indexOf(message);
  const frames = text < 0 ? stack : stack.slice(text + message.length);
  return frames.split("\n").filter((line) => /:\d+:\d+\)?$/.test(line));
}
/** Whether a frame is the program's: not the library's, nor the engine's own between the two. */
export const isProgram = (frame: string): boolean =>
  !frame.includes(ownFolder) && !/node:(internal\/async_local_storage|async_hooks)/.test(frame);
function userFrames(): string[] {
  const limit = lookDeeper();
  const frames = framesOf(new Error()).filter(isProgram);
  if (limit !== undefined) Error.stackTraceLimit = limit;
  return frames.length === 0 ? [""] : frames;
}
/** The program's frames may lie below many of the library's: has the next error keep them. Gives the limit there was. */
function lookDeeper(): number | undefined {
  const limit = Error.stackTraceLimit as number | undefined;
  if (limit !== undefined) Error.stackTraceLimit = Math.max(limit, 100);
  return limit;
}
/**
 * Leaves the program's frames in an error's stack, `limit` of them; all where none are the program's, or where no limit is set
 * (`Error.stackTraceLimit = Infinity`), for those who look for a fault of the library's.
 */
function showProgram(error: Error, limit: number | undefined): void {
  if (limit !== undefined) Error.stackTraceLimit = limit;
  if (limit === Infinity) return;
  const all = framesOf(error);
  const frames = all.filter(isProgram);
  setFrames(error, (frames.length === 0 ? all : frames).slice(0, limit));
}
function setFrames(error: Error, frames: readonly string[]): void {
  const value = [`${error.name}: ${error.message}`, ...frames].join("\n");
  Object.defineProperty(error, "stack", { value, writable: true, configurable: true });
}
/** Gives an error another text; its stack begins with it, too. */
export function retell(error: Error, message: string): void {
  const frames = framesOf(error);
  error.message = message;
  setFrames(error, frames);
}
/** Where the program is: another language that calls the library puts its own ways to tell here. */
export const programStack = {
  /** The program's frames, as its language writes them. */
  frames: (): string => userFrames().join("\n"),
  /** File and line of the program's innermost frame. */
  place: (): string => placeIn(userFrames()[0]) ?? "?",
};
const placeIn = (frame: string): string | null => /[^\s()]+:\d+:\d+/.exec(frame)?.[0] ?? null;
/** Where the program is now, in case somebody asks later. */
export function placeNow(): () => string | null {
  const limit = lookDeeper();
  const seen = new Error();
  if (limit !== undefined) Error.stackTraceLimit = limit;
  return () => placeIn(framesOf(seen).find(isProgram) ?? "");
}
const here = framesOf(new Error())[0] ?? "";
/** The library's folder (the bundle's, once built into one), as stacks write it. */
const ownFolder =
  (/\/[^():]*\/(?=base\/errors\.[jt]s:)/.exec(here) ?? /\/[^():]*\/(?=[^/]*:\d+:\d+)/.exec(here))?.[0] ?? "\0";
