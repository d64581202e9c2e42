// The site's pages before VitePress makes HTML of them; `npm run build:site` does that, and follows every link of what it made.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sharedIn } from "../../playground/share.ts";
import type { Figures } from "../../bench/figures.ts";
import { FIGURES, PAGES, withFigures } from "../../tools/docs/performance.ts";
import { fencesOf, hashOf, programsOf } from "../../tools/site/fences.ts";
import { SECTIONS, sidebars, sitePages } from "../../tools/site/pages.ts";
import { tokenize } from "../../website/.vitepress/tokenize.ts";

const pages = sitePages();

test("every page of docs/ stands in the menu, and every page of the menu in docs/", () => {
  const listed = SECTIONS.flatMap((section) => section.pages).filter((path) => path.startsWith("docs/"));
  const there = readdirSync("docs").filter((name) => name.endsWith(".md") && name !== "index.md");
  expect(listed.map((path) => path.slice(5)).sort()).toEqual(there.sort());
  expect(() => sidebars(pages)).not.toThrow();
});
test("every page has a page in Chinese, if only one that says where the English one is", () => {
  for (const address of pages.keys())
    if (!address.startsWith("zh/")) expect(pages.has(`zh/${address}`), address).toBe(true);
});
/** Lists that are made by programs, and what is for who works on the library: English alone. */
const ENGLISH = /^(bundle|operators|differences|names|architecture)\.md$/;
test("every guide is there in Chinese, with the programs of the English one", () => {
  for (const path of SECTIONS.flatMap((section) => section.pages)) {
    if (!path.startsWith("docs/") || ENGLISH.test(path.slice(5))) continue;
    const [english, chinese] = [path, path.replace("docs/", "docs/zh/")].map((page) =>
      programsOf(readFileSync(page, "utf8")).map(({ text, need }) => ({ text, need })),
    );
    expect(chinese, path).toEqual(english);
  }
});
/** The anchors that VitePress gives headings (its slugify, for what our headings contain). */
const anchorsOf = (text: string): string[] =>
  text
    .split("\n")
    .filter((line) => /^#{1,6} /.test(line))
    .map((line) => /\{#([^}]+)\}/.exec(line)?.[1] ?? slug(line.replace(/^#+ /, "")));
const slug = (heading: string): string =>
  heading
    .replace(/[`*]/g, "")
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[\s~`!@#$%^&*()\-_+=[\]{}|\\;:"'“”‘’<>,.?/]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .replace(/^(\d)/, "_$1")
    .toLowerCase();
test("every link between pages leads to a page and to a heading of it", () => {
  const dead: string[] = [];
  let count = 0;
  for (const [address, text] of pages) {
    const within = new Set(
      fencesOf(text).flatMap(({ line, end }) => Array.from({ length: end - line }, (_, i) => line + i)),
    );
    for (const [i, line] of text.split("\n").entries())
      for (const [, target] of within.has(i) ? [] : line.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target) || target.startsWith("/playground/")) continue;
        count++;
        if (target.startsWith("/pictures/")) {
          expect(existsSync(`docs/lessons${target}`), target).toBe(true);
          continue;
        }
        const [path, anchor] = target.split("#");
        const wanted = path === "" ? address : path.slice(1).replace(/^$|\/$/, "$&index.md");
        const isThere = (path === "" || path.startsWith("/")) && pages.has(wanted);
        if (!isThere || (anchor !== undefined && !anchorsOf(pages.get(wanted)!).includes(decodeURIComponent(anchor))))
          dead.push(`${address}: ${target}`);
      }
  }
  expect(dead).toEqual([]);
  expect(count).toBeGreaterThan(100);
});
test("the pages on performance show the figures that were measured", async () => {
  // `npm run bench:report` measures and writes them; `node --import tsx tools/docs/performance.ts` writes them alone.
  const figures = JSON.parse(readFileSync(FIGURES, "utf8")) as Figures;
  for (const path of PAGES) {
    const page = readFileSync(path, "utf8");
    expect(await withFigures(page, figures, path.includes("/zh/") ? "zh" : "en"), path).toBe(page);
  }
  expect(figures.tables.length).toBeGreaterThan(3);
});
test("every public op stands in the reference, with a call that ran", () => {
  const ops = [...pages].filter(([address]) => /^reference\/(?!(index|torch-.*)\.md)/.test(address));
  const sections = ops.flatMap(([, text]) => text.split(/^## /m).slice(1));
  expect(sections.filter((text) => !text.includes("console.log(")).map((text) => text.split("\n")[0])).toEqual([]);
  expect(sections.length).toBeGreaterThan(470);
});
test("layers, optimizers, schedulers and functions of functions stand in the reference, each with what it does", () => {
  for (const [address, names] of [
    ["reference/torch-nn.md", ["Linear", "Conv2d", "LSTM", "MultiheadAttention", "CrossEntropyLoss"]],
    ["reference/torch-optim.md", ["SGD", "AdamW", "LBFGS"]],
    ["reference/torch-optim-lr-scheduler.md", ["StepLR", "OneCycleLR"]],
    ["reference/torch-func.md", ["vmap", "jacrev", "functional_call"]],
    ["reference/torch-distributions.md", ["Normal", "Categorical", "kl_divergence"]],
  ] as const) {
    const sections = pages.get(address)!.split(/^## /m).slice(1);
    for (const name of names)
      expect(
        sections.some((text) => text.includes(`.${name} {#`)),
        name,
      ).toBe(true);
    for (const text of sections) expect(text.split("\n").slice(1).join("").trim(), text).not.toBe("");
  }
});
test("the address of a block opens it in the playground, with what it goes on from", async () => {
  const page = '```ts\nimport * as torch from "tidu";\n```\n\n```js\nlet x;\n```\n\n```ts\ntorch.ones(2); // 二\n```\n';
  const [head, next] = programsOf(page);
  expect(next.program).toBe(`${head.text}\ntorch.ones(2); // 二`);
  expect(await sharedIn(`#${hashOf(next)}`)).toEqual({ language: "ts", text: `${next.program}\n` });
});
test("Chinese is searched by pairs of characters, names with _ whole and in parts", () => {
  expect(tokenize("element 0 does not have a grad_fn")).toEqual(["element", "0", "grad_fn", "grad", "fn"]);
  expect(tokenize("梯度为 null，见 cross_entropy()")).toEqual([
    "梯度",
    "度为",
    "null",
    "见",
    "cross_entropy",
    "cross",
    "entropy",
  ]);
  // What VitePress sends to browsers is the function's text, so it may name nothing from outside.
  const sent = new Function(`return ${String(tokenize)}`)() as typeof tokenize;
  expect(sent("a_b 版本号")).toEqual(tokenize("a_b 版本号"));
});
