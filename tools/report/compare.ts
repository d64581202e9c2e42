// What changed between two reports, in lines for people.
import { kb } from "./bundles.ts";
import type { BundleSize } from "./bundles.ts";
import type { Api } from "./api.ts";

export interface Report {
  readonly version: string;
  readonly bundles: Readonly<Record<string, Omit<BundleSize, "limit"> & { readonly limit?: number }>>;
  readonly checker: Api["checker"];
  /** Hashes of the kernels emitted, by the op that needed them first, with spaces between them. */
  readonly kernels: Readonly<Record<string, string>>;
  readonly api: Api["names"];
}
/** How many changes of a kind are shown. */
const SHOWN = 20;

export function compare(now: Report, before: Report): string[] {
  return [
    `Compared with ${before.version}:`,
    ...bundleLines(now, before),
    ...checkerLines(now, before),
    ...kernelLines(now, before),
    ...apiLines(now, before),
  ];
}
/** Bundles that are over their limits. */
export const tooLarge = ({ bundles }: Report): string[] =>
  Object.entries(bundles).flatMap(([name, { gzip, limit }]) =>
    limit !== undefined && gzip > limit ? [`${name}: ${kb(gzip)} gzipped, where ${kb(limit)} are allowed`] : [],
  );

/** "+1.2 %", or "as before" below a tenth of a percent. */
function change(now: number, before: number | undefined): string {
  if (before === undefined) return "new";
  const percent = (100 * (now - before)) / before;
  return Math.abs(percent) < 0.05 ? "as before" : `${percent > 0 ? "+" : ""}${percent.toFixed(1)} %`;
}
function bundleLines(now: Report, before: Report): string[] {
  return Object.entries(now.bundles).map(
    ([name, { gzip, limit }]) =>
      `  bundle of ${name}: ${kb(gzip)} gzipped (${change(gzip, before.bundles[name]?.gzip)})${limit === undefined ? "" : `, at most ${kb(limit)}`}`,
  );
}
function checkerLines({ checker }: Report, before: Report): string[] {
  const of = (name: keyof Report["checker"]): string =>
    `${checker[name]} ${name} (${change(checker[name], before.checker[name])})`;
  return [`  type checker: ${of("instantiations")}, ${of("types")}`];
}
function kernelLines(now: Report, before: Report): string[] {
  const hashes = (report: Report): Set<string> =>
    new Set(Object.values(report.kernels).flatMap((list) => list.split(" ")));
  const [old, all] = [hashes(before), hashes(now)];
  const isNew = (hash: string): boolean => !old.has(hash);
  const changed = [...all].filter(isNew).length;
  const gone = [...old].filter((hash) => !all.has(hash)).length;
  const ops = Object.keys(now.kernels).filter((name) => now.kernels[name].split(" ").some(isNew));
  return [
    `  kernels: ${all.size}, of which ${changed} have other bytes or are new${shortList(ops)}; ${gone} of before are gone`,
  ];
}
function apiLines({ api }: Report, { api: before }: Report): string[] {
  const added = Object.keys(api).filter((name) => !(name in before));
  const removed = Object.keys(before).filter((name) => !(name in api));
  const changed = Object.keys(api).filter((name) => name in before && api[name] !== before[name]);
  return [
    `  public names: ${Object.keys(api).length}, ${added.length} added, ${removed.length} removed, ${changed.length} changed`,
    ...cut(added.map((name) => `    + ${name}: ${short(api[name])}`)),
    ...cut(removed.map((name) => `    - ${name}: ${short(before[name])}`)),
    ...cut(changed.flatMap((name) => [`    ~ ${name}: ${short(before[name])}\n      now ${short(api[name])}`])),
  ];
}
const short = (text: string): string => (text.length > 160 ? `${text.slice(0, 157)}...` : text);
const cut = (lines: readonly string[]): string[] =>
  lines.length > SHOWN ? [...lines.slice(0, SHOWN), `    and ${lines.length - SHOWN} more`] : [...lines];
const shortList = (names: readonly string[]): string =>
  names.length === 0
    ? ""
    : ` (${names.slice(0, 8).join(", ")}${names.length > 8 ? ` and ${names.length - 8} more ops` : ""})`;
