// Programs as people bring them to forums, each with one fault: explain() must name the cause and the line.
import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { loadPython } from "../../src/python/index.ts";
import type { Python } from "../../src/python/index.ts";

const folder = new URL("broken/", import.meta.url);
interface Answer {
  readonly cause: string;
  readonly line: string;
  readonly text: string;
}
const names = readdirSync(folder);
let python: Python;
let printed = "";
beforeAll(async () => {
  python = await loadPython({ stdout: (text) => (printed += text), stderr: () => {} });
}, 120_000);

async function answerOf(name: string, source: string): Promise<Answer> {
  if (name.endsWith(".ts")) return ((await import(`./broken/${name.slice(0, -3)}.ts`)) as { why: Answer }).why;
  printed = "";
  await python.run(`${source}\nimport json\nprint("\\n" + json.dumps([why.cause, why.line, why.text]))`, name);
  const [cause, line, text] = JSON.parse(printed.trim().split("\n").at(-1)!) as [string, string, string];
  return { cause, line, text };
}
/** The cause that the first line tells, and the number of the line that is marked. */
function expected(source: string): { readonly cause: string; readonly line: number } {
  const lines = source.split("\n");
  return { cause: /cause: (.*)$/.exec(lines[0])![1], line: lines.findIndex((l) => l.includes("<- here")) + 1 };
}

describe("explain() of a hundred broken programs", () => {
  const wrong: string[] = [];
  for (const name of names)
    test(`${name} is answered`, async () => {
      const source = readFileSync(new URL(name, folder), "utf8");
      const { cause, line } = expected(source);
      const got = await answerOf(name, source);
      if (got.cause !== cause || !got.line.endsWith(`${name}:${line}`))
        wrong.push(`${name}: ${got.cause} at ${got.line}, not ${cause} at line ${line}\n${got.text}`);
      else expect(got.text).toContain(`${name}:${line}`);
      expect(got.text, "no call is named twice").not.toMatch(/\b(\w+)\.\1\(/);
    });
  test("names the right cause and line in all but three of them at most", () => {
    expect(names.length).toBe(100);
    expect(names.filter((name) => name.endsWith(".py")).length).toBe(53);
    expect(names.filter((name) => /_zh\.(py|ts)$/.test(name)).length).toBe(47);
    if (process.env["VIZ_SHOW"]) console.log(wrong.join("\n\n"));
    expect(wrong.length, wrong.join("\n\n")).toBeLessThanOrEqual(3);
  });
});
