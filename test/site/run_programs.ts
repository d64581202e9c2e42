// Runs the programs that programs.test.ts wrote, one after the other in one process; the last line printed is what went wrong.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";
import { loadPython } from "../../src/python/index.ts";

const list = resolve(process.argv[2]);
const programs = JSON.parse(readFileSync(list, "utf8")) as {
  page: string;
  file: string;
  language: string;
  raises: string | null;
  prints: string | null;
}[];
const wrong: string[] = [];
let python: Awaited<ReturnType<typeof loadPython>> | null = null;
const { log } = console;
for (const { page, file, language, raises, prints } of programs) {
  const lines: string[] = [];
  console.log = (...args: unknown[]) => void lines.push(format(...args));
  process.chdir(dirname(file));
  let raised: string | null = null;
  try {
    if (language === "ts") await import(pathToFileURL(file).href);
    else {
      python ??= await loadPython({ stdout: () => undefined, stderr: () => undefined });
      await python.run(readFileSync(file, "utf8"), file);
    }
  } catch (error) {
    raised = error instanceof Error ? error.message : String(error);
  }
  const isRight = raises === null ? raised === null : raised?.startsWith(raises.trim()) === true;
  const shown = lines.join("\n");
  if (language === "ts" && prints !== null && shown !== prints) wrong.push(`${page} prints\n${shown}\nnot\n${prints}`);
  if (!isRight) wrong.push(`${page}: ${readFileSync(file, "utf8").slice(0, 200)}\nraised: ${raised}`);
}
log(`\n${JSON.stringify(wrong)}`);
process.exit(0);
