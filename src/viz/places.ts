// Where the program is, asked once an op: as `programStack.place` tells it, without writing a whole stack as text each time.
import { caller, isProgram, programStack } from "../base/errors.ts";

/** A frame, as V8 has it before it is text. */
interface Site {
  /** Of evaluated text the name that it gives itself (`//# sourceURL=`). */
  getScriptNameOrSourceURL(): string | null | undefined;
  getPosition(): number;
}
interface Stacks {
  prepareStackTrace?: ((error: Error, sites: Site[]) => unknown) | undefined;
  stackTraceLimit: number;
}
const stacks = Error as unknown as Stacks;
/** How deep the library may lie above the program: a module in a module in a module. */
const DEEPEST = 100;
const asTheyAre = (_error: Error, sites: Site[]): Site[] => sites;
const ofThisLanguage = programStack.place;
/** By file and place in it of what runs: the line that was written, which source maps may have to tell. */
const known = new Map<string, Map<number, string>>();
/** By what asked: how deep the program's frame lay last. Each frame that is looked at costs a large part of a microsecond. */
const depths = new Map<string, number>();
const FIRST = 12;
/** By file: whether it is the program's. */
const programs = new Map<string, boolean>();

/** `file:line` of the program's innermost frame; "?" where there is none. `asked`: for what, to know how deep to look. */
export function programPlace(asked = ""): string {
  if (caller.language !== "TypeScript") return programStack.place();
  const { prepareStackTrace, stackTraceLimit } = stacks;
  for (let depth = depths.get(asked) ?? FIRST; ; depth = DEEPEST) {
    stacks.prepareStackTrace = asTheyAre;
    stacks.stackTraceLimit = depth;
    const sites = new Error().stack as unknown;
    stacks.prepareStackTrace = prepareStackTrace;
    stacks.stackTraceLimit = stackTraceLimit;
    // An engine that has none but text.
    if (!Array.isArray(sites)) return tidy(ofThisLanguage());
    const at = (sites as Site[]).findIndex(isOfProgram);
    if (at >= 0) {
      depths.set(asked, at + 1);
      return placeOf((sites as Site[])[at]);
    }
    if (depth === DEEPEST || sites.length < depth) return "?";
  }
}
function isOfProgram(site: Site): boolean {
  const file = site.getScriptNameOrSourceURL();
  if (!file) return false;
  let is = programs.get(file);
  if (is === undefined) programs.set(file, (is = !file.startsWith("node:") && isProgram(file)));
  return is;
}
function placeOf(site: Site): string {
  const file = site.getScriptNameOrSourceURL() ?? "";
  let places = known.get(file);
  if (places === undefined) known.set(file, (places = new Map<number, string>()));
  const at = site.getPosition();
  let place = places.get(at);
  if (place === undefined) places.set(at, (place = tidy(ofThisLanguage())));
  return place;
}
/** A frame's place as people write it: no scheme, no query, no column. */
export const tidy = (place: string): string =>
  place
    .replace(/^.*?file:\/\/(?=\/)/, "")
    .replace(/\?[^:]*/, "")
    .replace(/(:\d+):\d+$/, "$1");
