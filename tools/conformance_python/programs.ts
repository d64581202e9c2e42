// Whole training programs, whose output agrees to 1e-4.
import fs from "node:fs";
import { join } from "node:path";
import { isClose } from "./compare.ts";
import type { Runner } from "./runner.ts";

export interface Program {
  readonly id: string;
  readonly source: string;
  readonly expected: string;
}
/** Every NAME.py of a folder that has a NAME.expected.txt. */
export function readPrograms(folder: string): Program[] {
  const read = (name: string): string => fs.readFileSync(join(folder, name), "utf8");
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(".expected.txt"))
    .map((name) => name.replace(".expected.txt", ""))
    .map((id) => ({ id, source: read(`${id}.py`), expected: read(`${id}.expected.txt`) }));
}
/** Runs a program; tells the first line that differs, or null. */
export function program({ source, expected }: Program, runner: Runner): string | null {
  const { stdout, exception } = runner.run(source);
  const [wanted, lines] = [expected.trimEnd().split("\n"), stdout.trimEnd().split("\n")];
  const wrong = wanted.findIndex((line, i) => !isClose(line, lines[i] ?? ""));
  if (exception !== null) return `raised ${exception.type}: ${exception.text} (line ${exception.line})`;
  if (wrong >= 0) return `line ${wrong + 1}: expected ${wanted[wrong]}\n        got      ${lines[wrong] ?? "nothing"}`;
  return lines.length > wanted.length ? `printed more: ${lines[wanted.length]}` : null;
}
