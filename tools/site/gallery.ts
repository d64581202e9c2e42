// The programs that the playground offers: those in playground/gallery and the lessons, each in both languages.
import { readdirSync, readFileSync } from "node:fs";
import type { Example, Menu } from "../../playground/gallery.ts";

const read = (path: string): string => readFileSync(path, "utf8");

const WELCOME = "micrograd";

export function menuOf(examples: readonly Example[]): Menu {
  return {
    listed: examples.map(({ id, title, group }) => ({ id, title, group })),
    first: examples.find(({ id }) => id === WELCOME)!,
  };
}
export function gallery(): Example[] {
  const { lessons } = JSON.parse(read("test/recorded/lessons.json")) as { lessons: { id: string; source: string }[] };
  const names = readdirSync("docs/lessons").filter((name) => name.endsWith(".ts"));
  const programs = readdirSync("playground/gallery").filter((name) => name.endsWith(".ts"));
  return [
    ...programs.map((name): Example => {
      const id = name.slice(0, -3);
      const ts = read(`playground/gallery/${name}`);
      // The first line of each is its title.
      const [, title] = /^\/\/ (.+?)\.?\n/.exec(ts)!;
      return { id, title, group: "Programs", ts, py: read(`playground/gallery/${id}.py`) };
    }),
    ...names.map((name, i): Example => {
      const id = name.slice(0, -3);
      const [, title] = /^# (.+)$/m.exec(read(`docs/lessons/text/${id.replace(/^\d+-/, "")}.en.md`))!;
      return {
        id,
        title: `${i + 1}. ${title}`,
        group: "Lessons",
        ts: read(`docs/lessons/${name}`),
        py: lessons[i].source,
      };
    }),
  ];
}
