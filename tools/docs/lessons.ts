// Makes the pages of docs/lessons/en and docs/lessons/zh from the programs, what they print, and the prose in text/.
// Run with --conditions=source to write them.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { format as consoleText } from "node:util";
import { fileURLToPath, pathToFileURL } from "node:url";
import { format, resolveConfig } from "prettier";
import { set_warning_listener } from "tidu";

const folder = new URL("../../docs/lessons/", import.meta.url);
const languages = {
  en: {
    name: "English",
    lessons: "Lessons",
    predict: "Predict before you run it",
    prints: "It prints:",
    python: "The same in Python",
    previous: "Previous",
    next: "Next",
  },
  zh: {
    name: "中文",
    lessons: "课程目录",
    predict: "运行之前先猜",
    prints: "运行结果：",
    python: "用 Python 写",
    previous: "上一课",
    next: "下一课",
  },
};
type Language = keyof typeof languages;

const read = (path: string): string => readFileSync(new URL(path, folder), "utf8").trim();
/** Text that shows when it is asked for: a prediction is made before. */
const folded = (summary: string, text: string): string =>
  `<details>\n<summary>${summary}</summary>\n\n${text}\n\n</details>`;
const fence = (kind: string, text: string): string => `\`\`\`${kind}\n${text}\n\`\`\``;

/** The pages' texts by their paths below docs/lessons. Runs every program. */
export async function pages(): Promise<Map<string, string>> {
  const ids = readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .map((name) => name.slice(0, -3));
  const recorded = new URL("../../test/recorded/lessons.json", import.meta.url);
  const { lessons } = JSON.parse(readFileSync(recorded, "utf8")) as { lessons: { id: string; source: string }[] };
  const python = new Map(lessons.map(({ id, source }) => [id, source.trim()]));
  const pageOf = new Map(ids.map((id) => [nameOf(id), id]));
  // Texts name a lesson by its name alone, so that they stay as they are when the order changes.
  const numbered = (text: string): string =>
    text.replace(/\]\(([\w-]+)\.md\)/g, (all, name: string) => {
      if (!pageOf.has(name)) throw new Error(`There is no lesson ${name}`);
      return `](${pageOf.get(name)}.md)`;
    });
  const outputs: string[] = [];
  for (const id of ids) outputs.push(await outputOf(id));
  const out = new Map<string, string>();
  for (const language of Object.keys(languages) as Language[]) {
    const titles = ids.map((id) => /^# (.+)$/m.exec(read(`text/${nameOf(id)}.${language}.md`))![1]);
    for (const [i, id] of ids.entries()) {
      const words = languages[language];
      const parts = read(`text/${nameOf(id)}.${language}.md`).split(/<!-- (?:program|output) -->/);
      if (parts.length !== 3 || !parts[1].includes(`## ${words.predict}\n`))
        throw new Error(`${id}.${language}.md is a program, a prediction, an output`);
      const [before, prediction, after] = parts.map(numbered);
      const program = [fence("ts", read(`${id}.ts`)), folded(words.python, fence("python", python.get(nameOf(id))!))];
      const prose = [
        before.replace(/^# /, `# ${i + 1}. `),
        ...program,
        prediction,
        folded(words.prints, fence("text", outputs[i])),
        after,
      ].join("\n\n");
      const text = [header(language, `${id}.md`), prose, footer(language, ids, i)].join("\n\n");
      out.set(`${language}/${id}.md`, await pretty(text));
    }
    const links = ids.map((id, i) => `${i + 1}. [${titles[i]}](${id}.md)`).join("\n");
    const index = read(`text/index.${language}.md`).replace("<!-- lessons -->", () => links);
    out.set(`${language}/README.md`, await pretty(`${otherLanguages(language, "README.md")}\n\n${index}`));
  }
  return out;
}

/** A program without its number. */
const nameOf = (id: string): string => id.replace(/^\d+-/, "");
const otherLanguages = (language: Language, page: string): string =>
  (Object.keys(languages) as Language[])
    .filter((other) => other !== language)
    .map((other) => `[${languages[other].name}](../${other}/${page})`)
    .join(" · ");
const header = (language: Language, page: string): string =>
  `[${languages[language].lessons}](README.md) · ${otherLanguages(language, page)}`;
function footer(language: Language, ids: readonly string[], i: number): string {
  const { previous, next } = languages[language];
  const links = [i > 0 && `[← ${previous}](${ids[i - 1]}.md)`, i + 1 < ids.length && `[${next} →](${ids[i + 1]}.md)`];
  return `---\n\n${links.filter((link) => link !== false).join(" · ")}`;
}

/** What a program writes to the console, its warnings and the error that ends it included. */
async function outputOf(id: string): Promise<string> {
  const lines: string[] = [];
  const { log } = console;
  console.log = (...args: unknown[]) => void lines.push(consoleText(...args.map(withoutStack)));
  set_warning_listener((text, category) => void lines.push(`${category}: ${text}`));
  try {
    await import(fileURLToPath(new URL(`${id}.ts`, folder)));
  } catch (error) {
    lines.push(String(withoutStack(error)));
  } finally {
    console.log = log;
    set_warning_listener(null);
  }
  return lines.join("\n");
}
/** An error without the paths of this machine. */
const withoutStack = (x: unknown): unknown => (x instanceof Error ? `${x.name}: ${x.message}` : x);

async function pretty(markdown: string): Promise<string> {
  const path = fileURLToPath(new URL("en/page.md", folder));
  return format(markdown, { ...(await resolveConfig(path)), parser: "markdown" });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const [path, text] of await pages()) {
    mkdirSync(new URL("./", new URL(path, folder)), { recursive: true });
    writeFileSync(new URL(path, folder), text);
  }
