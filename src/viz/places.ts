// Where the program is, asked once an op: as `programStack.place` tells it, without writing a whole stack as text each time.
import { caller, isProgram, programStack } from "../base/errors.ts";

/** A frame, as V8 has it before it is text. */
interface Site {
  /** Of evaluated text the name that it gives itself (`//# sourceURL=`). */
  getScriptNameOrSourceURL(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
}
interface Stacks {
  prepareStackTrace?: ((error: Error, sites: Site[]) => unknown) | undefined;
  stackTraceLimit: number;
}
const stacks = Error as unknown as Stacks;
/** How deep the library lies above the program: mostly; and as it may, with a module in a module in a module. */
const DEPTHS = [12, 100] as const;
const asTheyAre = (_error: Error, sites: Site[]): Site[] => sites;
const ofThisLanguage = programStack.place;
/** By file, line and column of what runs: the line that was written, which source maps may have to tell. */
const known = new Map<string, string>();

/** `file:line` of the program's innermost frame; "?" where there is none. */
export function programPlace(): string {
  if (caller.language !== "TypeScript") return programStack.place();
  for (const depth of DEPTHS) {
    const sites = sitesOf(depth);
    if (sites === null) return tidy(ofThisLanguage());
    for (const site of sites) {
      const file = site.getScriptNameOrSourceURL();
      if (!file || file.startsWith("node:") || !isProgram(file)) continue;
      const key = `${file}:${site.getLineNumber()}:${site.getColumnNumber()}`;
      let place = known.get(key);
      if (place === undefined) known.set(key, (place = tidy(ofThisLanguage())));
      return place;
    }
  }
  return "?";
}
/** The innermost frames; null where the engine has none but text. */
function sitesOf(depth: number): readonly Site[] | null {
  const { prepareStackTrace, stackTraceLimit } = stacks;
  stacks.prepareStackTrace = asTheyAre;
  stacks.stackTraceLimit = depth;
  const sites = new Error().stack as unknown;
  stacks.prepareStackTrace = prepareStackTrace;
  stacks.stackTraceLimit = stackTraceLimit;
  return Array.isArray(sites) ? (sites as Site[]) : null;
}
/** A frame's place as people write it: no scheme, no query, no column. */
export const tidy = (place: string): string =>
  place
    .replace(/^.*?file:\/\/(?=\/)/, "")
    .replace(/\?[^:]*/, "")
    .replace(/(:\d+):\d+$/, "$1");
