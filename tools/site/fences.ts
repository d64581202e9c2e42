// Programs in pages. Note [Run]: a block of TypeScript that imports something stands alone; one that imports nothing goes on from
// the first block of its page. A word after the language says what a block needs beyond that, and so who runs it.
import { deflateRawSync } from "node:zlib";

/** Why a block is not run as a program of a page, by the word after its language. */
export const NEEDS = {
  node: "files or processes, which Node has: test/site runs it, the playground cannot",
  expression: "no more than an expression: test/conformance/differences.test.ts computes it",
  types: "the type checker: test/typed reads it",
  webgpu: "a device: test/devices/webgpu runs programs like it",
  mpi: "several processes: test/distributed runs programs like it",
  network: "what lies on a server elsewhere",
  browser: "a page of its own: test/browser runs programs like it",
} as const;
export type Need = keyof typeof NEEDS;

export interface Block {
  readonly language: "ts" | "python";
  /** The line of the fence in its page, from 0. */
  readonly line: number;
  /** The block as it stands, and as the program that it is. */
  readonly text: string;
  readonly program: string;
  readonly need: Need | null;
}
const FENCE = /^(\s*)(`{3,})([^\n`]*)$/;

/** Every fence of a page, of any language: its info, first and last line. */
export function fencesOf(markdown: string): { info: string; line: number; end: number; text: string }[] {
  const lines = markdown.split("\n");
  const found: { info: string; line: number; end: number; text: string }[] = [];
  for (let i = 0; i < lines.length; i++) {
    const [, indent, ticks, info] = FENCE.exec(lines[i]) ?? [];
    if (ticks === undefined) continue;
    const line = i;
    do i++;
    while (i < lines.length && lines[i].trim() !== ticks);
    const text = lines
      .slice(line + 1, i)
      .map((l) => l.slice(Math.min(indent.length, l.length)))
      .join("\n");
    found.push({ info: info.trim(), line, end: i, text });
  }
  return found;
}
/** The blocks of TypeScript and Python of a page. */
export function programsOf(markdown: string): Block[] {
  let head = "";
  return fencesOf(markdown).flatMap(({ info, line, text }): Block[] => {
    const [language, word] = info.split(" ");
    if (language !== "ts" && language !== "python") return [];
    if (word !== undefined && !(word in NEEDS)) throw new Error(`A block cannot need "${word}": ${text.slice(0, 80)}`);
    const standsAlone = language === "python" || /^import /m.test(text);
    if (language === "ts" && standsAlone && head === "") head = text;
    const program = standsAlone ? text : `${head}\n${text}`;
    return [{ language, line, text, program, need: (word ?? null) as Need | null }];
  });
}
/** What stands behind the # of the playground's address: what playground/share.ts reads. */
export const hashOf = ({ language, program }: Pick<Block, "language" | "program">): string =>
  `${language === "ts" ? "ts" : "py"}=${deflateRawSync(Buffer.from(`${program}\n`), { level: 9 }).toString("base64url")}`;

/** The page with the addresses of its programs in the blocks' first lines, and without words that only tests read. */
export function withAddresses(markdown: string): string {
  const lines = markdown.split("\n");
  for (const block of programsOf(markdown)) {
    const run = block.need === null ? ` run=${hashOf(block)}` : "";
    lines[block.line] = lines[block.line].replace(/(`{3,}\w+).*/, `$1${run}`);
  }
  return lines.join("\n");
}
