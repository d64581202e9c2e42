// Libraries of the system's, called through koffi, an optional peer of this package.
import { findPackage } from "../../base/packages.ts";

export type Native = (...args: unknown[]) => unknown;
export interface NativeLibrary {
  func(prototype: string): Native;
  symbol(name: string, type: string): unknown;
  unload(): void;
}
export interface Koffi {
  load(path: string | null): NativeLibrary;
  /** Of the first byte of a view, or of a symbol. */
  address(of: unknown): bigint;
}
/** koffi and the module or folder it was found from; a string says why there is none. */
export function findKoffi(): { koffi: Koffi; from: string } | string {
  const found = findPackage("koffi");
  if (found === undefined) return "none outside Node";
  try {
    if (found !== null) return { koffi: found.require("koffi") as Koffi, from: found.from };
  } catch {}
  return "koffi is not installed";
}

/**
 * Keeps a library loaded to the end. koffi unloads its libraries as the process exits, and threads and handlers of the
 * library's then run on code that is gone: measured with OpenMP's and Open MPI's, which crashed every exit without this.
 * `global`: its symbols serve the plugins that it loads itself.
 */
export function pin(koffi: Koffi, name: string, platform: string, global = false): boolean {
  if (platform === "win32") return true;
  const [now, noDelete, visible] = platform === "darwin" ? [2, 0x80, 0x8] : [2, 0x1000, 0x100];
  const open = koffi.load(null).func("void *dlopen(const char *, int)");
  return open(name, now | noDelete | (global ? visible : 0)) !== null;
}

/** A function that a library may lack. */
export function optional(library: NativeLibrary, prototype: string): Native | null {
  try {
    return library.func(prototype);
  } catch {
    return null;
  }
}

/** For libraries to see: in threads of Node's process.env is a copy. `null` takes a variable away. */
export function setEnvironment(koffi: Koffi, name: string, value: string | null): void {
  if (process.platform === "win32") return;
  if (value === null) koffi.load(null).func("int unsetenv(const char *)")(name);
  else koffi.load(null).func("int setenv(const char *, const char *, int)")(name, value, 1);
}
