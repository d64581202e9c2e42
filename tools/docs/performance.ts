// The figures in docs/performance.md, from those that `npm run bench:report` measured. Run it to write them.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { format } from "prettier";
import type { Figures } from "../../bench/figures.ts";

export const FIGURES = "docs/performance.json";
export const PAGES = ["docs/performance.md", "docs/zh/performance.md"];
const [BEGIN, END] = ["<!-- figures -->", "<!-- end of figures -->"];

interface Words {
  readonly made: (of: Figures) => string;
  readonly ratio: (side: string) => string;
}
const WORDS: Readonly<Record<"en" | "zh", Words>> = {
  en: {
    made: ({ machine, node, load, rounds }) =>
      `Measured by \`npm run bench:report\` on ${machine}, Node ${node}; load of the machine ${load[0]} before and ${load[3]} after, so that ratios say more than figures. Medians of ${rounds}.`,
    ratio: (side) => `to ${side}`,
  },
  zh: {
    made: ({ machine, node, load, rounds }) =>
      `由 \`npm run bench:report\` 测得：${machine}，Node ${node}；测量前后机器的负载是 ${load[0]} 和 ${load[3]}，所以比值比数字更可信。取 ${rounds} 轮的中位数。`,
    ratio: (side) => `比 ${side}`,
  },
};
/** Times faster than the other side: of times and bytes the smaller is better, of rates the larger. */
const isRate = (unit: string): boolean => unit.endsWith("/s");

export function tablesOf(figures: Figures, language: "en" | "zh"): string {
  const words = WORDS[language];
  const versions = figures.sides.map(({ name, version }) => `${name}: ${version}`).join("; ");
  const names = figures.sides.map(({ name }) => name);
  // The last one is what the others are compared with.
  const [own, peer] = [names.slice(0, -1), names[names.length - 1]];
  const tables = figures.tables.map(({ title, unit, rows }) => {
    const ratios = own.map((name) => (own.length > 1 ? `${name} ${words.ratio(peer)}` : words.ratio(peer)));
    const head = ["", ...names.map((name) => `${name}, ${unit}`), ...ratios];
    const lines = rows.map(({ name, figures: measured }) => {
      const theirs = measured[measured.length - 1];
      const ratioOf = (mine: number | null): string =>
        theirs === null || mine === null ? "" : `${(isRate(unit) ? mine / theirs : theirs / mine).toFixed(2)}x`;
      return [name, ...measured.map((x) => x ?? ""), ...measured.slice(0, -1).map(ratioOf)];
    });
    const cells = [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...lines];
    return `### ${title[0].toUpperCase()}${title.slice(1)}\n\n${cells.map((row) => `| ${row.join(" | ")} |`).join("\n")}`;
  });
  return [`${words.made(figures)} ${versions}.`, ...tables].join("\n\n");
}
/** A page with the figures of the file between its two marks. */
export async function withFigures(page: string, figures: Figures, language: "en" | "zh"): Promise<string> {
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest.split(END);
  const text = `${before}${BEGIN}\n\n${tablesOf(figures, language)}\n\n${END}${after}`;
  return format(text, { parser: "markdown", printWidth: 120 });
}
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const figures = JSON.parse(readFileSync(FIGURES, "utf8")) as Figures;
  for (const path of PAGES)
    writeFileSync(path, await withFigures(readFileSync(path, "utf8"), figures, path.includes("/zh/") ? "zh" : "en"));
}
