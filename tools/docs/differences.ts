// Makes docs/differences.md from docs/differences.json. Run with --conditions=source to write it.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { format, resolveConfig } from "prettier";

/** One difference from PyTorch that is meant to be. */
export interface Difference {
  /** A heading of the page. */
  readonly topic: string;
  /** A Python program of a few lines; torch, nn, F, inf and nan are there. What its last expression is, is shown. */
  readonly input: string;
  /** What is run here instead, the body of a function of torch, nn and F, where the difference is TypeScript's alone. */
  readonly typescript?: string;
  /** What is shown here. */
  readonly tidu: string;
  /** What PyTorch shows, written by tools/record/differences.py. */
  readonly pytorch: string;
  readonly why: string;
  /** A pattern of the points in test/ops/edges.test.ts where the same holds. */
  readonly edges?: string;
}

const file = new URL("../../docs/differences.json", import.meta.url);
export const differences = JSON.parse(readFileSync(file, "utf8")) as readonly Difference[];

const HEAD = `# Where tidu differs from PyTorch on purpose

Made by \`npm run docs:differences\` from [differences.json](differences.json). \`test/conformance/differences.test.ts\` holds every entry to what it says, both ways: one that has come to agree with PyTorch fails. \`tools/record/differences.py\` writes PyTorch's side.

Not here are names that do not exist yet, what recorded cases of PyTorch's own tests differ in ([operators.md](operators.md)) and what is different about running Python in WebAssembly ([python.md](python.md)).
`;
const code = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\`\n`;

/** The page's text. */
export async function page(): Promise<string> {
  const parts = [HEAD];
  for (const topic of new Set(differences.map((d) => d.topic))) {
    parts.push(`## ${topic}\n`);
    for (const { input, typescript, tidu, pytorch, why } of differences.filter((d) => d.topic === topic)) {
      parts.push(`${why}\n`, code("py", input));
      if (typescript !== undefined) parts.push(`In TypeScript:\n`, code("ts expression", typescript));
      parts.push(code("text", `tidu     ${indented(tidu)}\nPyTorch  ${indented(pytorch)}`));
    }
  }
  const text = parts.join("\n");
  const config = await resolveConfig(new URL("../../docs/differences.md", import.meta.url).pathname);
  return format(text, { ...config, parser: "markdown" });
}
const indented = (text: string): string => text.replaceAll("\n", `\n${" ".repeat(9)}`);

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(new URL("../../docs/differences.md", import.meta.url), await page());
