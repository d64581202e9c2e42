// Every program in the README and in docs/ runs. Those of the lessons are held to PyTorch by test/lessons.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { programsOf } from "../../tools/site/fences.ts";

const sources = [
  "README.md",
  ...["docs", "docs/zh"].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}/${name}`),
  ),
];
/** A program, and the sentence that it raises where the text after it says that it does. */
interface Program {
  readonly page: string;
  readonly file: string;
  readonly language: string;
  readonly raises: string | null;
  /** What it prints, where the text after it shows that. */
  readonly prints: string | null;
}
test("every program of the README and of docs/ runs, prints and raises what its page says", () => {
  // In the repository, so that "tidu" is this one.
  mkdirSync("runs", { recursive: true });
  const folder = mkdtempSync("runs/programs-");
  const programs: Program[] = [];
  for (const [p, page] of sources.entries()) {
    const markdown = readFileSync(page, "utf8");
    mkdirSync(join(folder, String(p)));
    for (const [b, { language, program, need, line }] of programsOf(markdown).entries()) {
      if (need !== null && need !== "node") continue;
      // Pages in Chinese have the programs of the English ones: pages.test.ts.
      if (page.startsWith("docs/zh/") && existsSync(page.replace("zh/", ""))) continue;
      // A block that begins with the name of a file is that file to the blocks after it.
      const name = /^\/\/ (\w+\.ts)\n/.exec(program)?.[1] ?? `${b}.${language}`;
      const file = resolve(folder, String(p), name);
      writeFileSync(file, program);
      const after = markdown
        .split("\n")
        .slice(line)
        .join("\n")
        .replace(/^```[^]*?\n```\n+/, "");
      programs.push({
        page,
        file,
        language,
        raises: /^raises [^`]*`([^`…]+)/.exec(after)?.[1] ?? null,
        prints: /^prints\n\n```(?:text)?\n([^]*?)\n```/.exec(after)?.[1] ?? null,
      });
    }
  }
  writeFileSync(join(folder, "programs.json"), JSON.stringify(programs));
  const args = ["--import=tsx", "--conditions=source", "test/site/run_programs.ts", join(folder, "programs.json")];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  const told = stdout.trim().split("\n").at(-1) ?? "";
  expect(told, stderr).toMatch(/^\[/);
  expect(JSON.parse(told)).toEqual([]);
  expect(programs.length).toBeGreaterThan(25);
});
