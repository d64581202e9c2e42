import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { jacobianPicture, PICTURE } from "../../tools/docs/jacobian.ts";
import { pages } from "../../tools/docs/lessons.ts";

const folder = new URL("../../docs/lessons/", import.meta.url);
const expected = await pages();

test("there is a page for every lesson in both languages, and no page too many", () => {
  const found = ["en", "zh"].flatMap((language) =>
    readdirSync(new URL(`${language}/`, folder)).map((name) => `${language}/${name}`),
  );
  expect(found.sort()).toEqual([...expected.keys()].sort());
});

test.each([...expected.keys()])("%s shows the program, its output and the prose as they are now", (path) => {
  // Run `node --import tsx --conditions=source tools/docs/lessons.ts` to write the pages anew.
  expect(readFileSync(new URL(path, folder), "utf8")).toBe(expected.get(path));
});

test("the Jacobian is drawn with the numbers that the library computes", () => {
  // Run `node --import tsx --conditions=source tools/docs/jacobian.ts` to draw it anew.
  expect(readFileSync(PICTURE, "utf8")).toBe(jacobianPicture());
});

test.each([...expected])("every link of %s leads to a page", (path, text) => {
  for (const [, link] of text.matchAll(/\]\(([^)]+\.(?:md|svg))\)/g)) {
    const target = new URL(link, new URL(path, folder));
    expect(existsSync(target) || expected.has(target.href.slice(folder.href.length)), link).toBe(true);
  }
});
