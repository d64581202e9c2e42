// Runs the programs that programs.test.ts wrote, one after the other in one process; the last line printed is what went wrong.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { loadPython } from "../../src/python/index.ts";

const list = resolve(process.argv[2]);
const programs = JSON.parse(readFileSync(list, "utf8")) as {
  page: string;
  file: string;
  language: string;
  raises: string | null;
}[];
const wrong: string[] = [];
let python: Awaited<ReturnType<typeof loadPython>> | null = null;
for (const { page, file, language, raises } of programs) {
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
  if (!isRight) wrong.push(`${page}: ${readFileSync(file, "utf8").slice(0, 200)}\nraised: ${raised}`);
}
console.log(`\n${JSON.stringify(wrong)}`);
process.exit(0);
