// The built site as its visitors have it. `npm run test:site` builds it (a minute or two) and opens every page; `npm test` checks
// the pages' sources, their links and their programs without a browser (pages.test.ts, programs.test.ts).
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { executablePath } from "../browser/chromium.ts";
import { buildSite } from "../../tools/site/build.ts";
import { programsOf } from "../../tools/site/fences.ts";
import { SECTIONS } from "../../tools/site/pages.ts";
import { serverOf } from "../../tools/site/serve.ts";
import { buildPages } from "../../tools/site/website.ts";

const LIMIT = 600_000;
/** One of each kind of page. */
const KINDS = [
  "",
  "start.html",
  "performance.html",
  "from-pytorch.html",
  "conformance.html",
  "lessons/",
  "lessons/12-backward-with-a-gradient-gives-rows-of-the-jacobian.html",
  "reference/",
  "reference/torch-optim.html",
  "reference/pointwise-arithmetic.html",
  "zh/",
  "zh/start.html",
  "zh/lessons/15-softmax-row-by-row-in-place-breaks-the-gradient.html",
];
const SENTENCE = "element 0 of tensors does not require grad and does not have a grad_fn";

describe.skipIf(process.env["TIDU_SITE"] !== "all")("the built site in headless Chromium", () => {
  const folder = mkdtempSync(join(tmpdir(), "tidu-site-"));
  const server = serverOf(folder);
  let browser: Browser;
  let pages: string[];
  const faults: string[] = [];
  const address = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`;
  const visit = async (path: string, options: BrowserContextOptions = {}): Promise<Page> => {
    const page = await (await browser.newContext({ reducedMotion: "reduce", ...options })).newPage();
    page.setDefaultTimeout(LIMIT);
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") faults.push(`${page.url()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => faults.push(`${page.url()}: ${String(error)}`));
    await page.goto(address(path));
    return page;
  };
  const titleOf = async (page: Page): Promise<string | null> => page.textContent("h1");

  beforeAll(async () => {
    await buildSite(folder);
    // Raises where a link leads nowhere.
    buildPages(folder);
    pages = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((path) => path.replaceAll("\\", "/"))
      .filter((path) => path.endsWith(".html") && !path.startsWith("playground/") && path !== "404.html");
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"], timeout: LIMIT });
  });
  afterAll(async () => {
    expect(faults).toEqual([]);
    await browser.close();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  test("every page fits 390 px, has one title, and says nothing in the console", async () => {
    const page = await visit("", { viewport: { width: 390, height: 844 } });
    const wrong: string[] = [];
    for (const path of pages) {
      await page.goto(address(path), { waitUntil: "load" });
      const { width, titles } = await page.evaluate(() => ({
        width: document.documentElement.scrollWidth,
        titles: document.querySelectorAll("h1").length,
      }));
      if (width > 390 || titles !== 1) wrong.push(`${path}: ${width} px, ${titles} titles`);
    }
    expect(wrong).toEqual([]);
    expect(pages.length).toBeGreaterThan(250);
    await page.context().close();
  });
  test.each(["light", "dark"] as const)("axe finds nothing on pages of every kind, %s", async (colorScheme) => {
    const axe = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
    const page = await visit("", { colorScheme, viewport: { width: 1300, height: 850 } });
    for (const path of KINDS)
      for (const width of [1300, 390]) {
        await page.setViewportSize({ width, height: 850 });
        await page.goto(address(path));
        await page.waitForFunction(() => document.querySelector("#app")!.childElementCount > 0);
        await page.evaluate(axe);
        const found = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as {
            axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
          };
          return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(" ")}`);
        });
        expect(found, `${path} at ${width} px`).toEqual([]);
      }
    await page.context().close();
  });
  /** Opens the search by its key, types, and follows the first answer by Enter. */
  const search = async (page: Page, text: string): Promise<string | null> => {
    await page.waitForFunction(() => document.querySelector(".VPNavBarSearch button") !== null);
    await page.keyboard.press("ControlOrMeta+k");
    await page.waitForSelector(".VPLocalSearchBox input");
    await page.keyboard.insertText(text);
    await page.waitForSelector(".VPLocalSearchBox .result.selected");
    const before = await titleOf(page);
    await page.keyboard.press("Enter");
    await page.waitForFunction((old) => ![old, undefined].includes(document.querySelector("h1")?.textContent), before);
    return titleOf(page);
  };
  test("the search answers an error's sentence in both languages, and Chinese in Chinese, by keys alone", async () => {
    // A page each: the next one begins with what the last one was asked.
    for (const [path, text, title, place] of [
      ["start.html", SENTENCE, /Backward wants something differentiable/, /^\/lessons\/07-/],
      ["zh/start.html", SENTENCE, /^7\. .*[\u4e00-\u9fff]/, /^\/zh\/lessons\/07-/],
      ["zh/start.html", "雅可比矩阵", /雅可比/, /^\/zh\/lessons\/12-/],
    ] as const) {
      const page = await visit(path);
      expect(await search(page, text)).toMatch(title);
      expect(await page.evaluate(() => location.pathname)).toMatch(place);
      await page.context().close();
    }
  });
  test("Tab leads first to the content, and the other language's menu to the same page", async () => {
    const page = await visit("lessons/03-graph-is-recorded-as-it-runs.html", {
      viewport: { width: 1300, height: 850 },
    });
    await page.waitForFunction(() => document.querySelector(".VPSkipLink") !== null);
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement!.getAttribute("href"))).toBe("#VPContent");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement!.id)).toBe("VPContent");
    await page.hover(".VPNavBarTranslations button");
    await page.click(".VPNavBarTranslations a");
    await page.waitForURL("**/zh/lessons/03-*");
    expect(await titleOf(page)).toMatch(/[\u4e00-\u9fff]/);
    await page.context().close();
  });
  test("a block's link opens it in the playground, which runs it when told to", async () => {
    const page = await visit("lessons/15-softmax-row-by-row-in-place-breaks-the-gradient.html");
    await page.locator(".program .run a").first().click();
    await page.waitForSelector("body[data-state=ready]");
    expect(await page.textContent("#output")).toBe("");
    expect(await page.textContent(".cm-content")).toContain("logits");
    await page.click("#run");
    await page.waitForSelector("body[data-state=done]");
    expect(await page.textContent("#output .error")).toMatch(/modified by an inplace operation/);
    await page.context().close();
  });
  test("every program of the guides that names no need runs in the playground, too", async () => {
    const page = await visit("playground/");
    await page.waitForSelector("body[data-state=ready]");
    const wrong: string[] = [];
    let count = 0;
    for (const path of SECTIONS.flatMap((section) => section.pages).filter((path) => path.startsWith("docs/"))) {
      const markdown = readFileSync(path, "utf8");
      for (const { language, program, need, line } of programsOf(markdown)) {
        // Python's are run by programs.test.ts, with the same Python.
        if (need !== null || language !== "ts") continue;
        count++;
        await page.click(".cm-content");
        await page.keyboard.press("ControlOrMeta+a");
        await page.keyboard.insertText(program);
        await page.click("#run");
        await page.waitForSelector("body[data-state=done]");
        const after = markdown
          .split("\n")
          .slice(line)
          .join("\n")
          .replace(/^```[^]*?\n```\n+/, "");
        const raises = /^raises [^`]*`([^`…]+)/.exec(after)?.[1] ?? null;
        const errors = (await page.locator("#output .error").allTextContents()).join("");
        if (raises === null ? errors !== "" : !errors.includes(raises.trim())) wrong.push(`${path}:${line}: ${errors}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(25);
    await page.context().close();
  });
  test("it works without a network after the first visit: pages, the search, both languages", async () => {
    const page = await visit("");
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const kept = (): Promise<number> =>
      page.evaluate(async () => {
        const name = (await caches.keys()).find((key) => key.startsWith("tidu-site-"))!;
        return (await (await caches.open(name)).keys()).filter(({ url }) => /\.html$|\/$/.test(url)).length;
      });
    while ((await kept()) < pages.length) await page.waitForTimeout(200);
    await page.context().setOffline(true);
    await page.goto(address("reference/torch-optim.html"));
    expect(await titleOf(page)).toMatch(/Optimizers/);
    await page.goto(address("zh/lessons/"));
    await page.locator(".vp-doc ol a").first().click();
    await page.waitForURL("**/zh/lessons/01-*");
    await page.goto(address("start.html"));
    expect(await search(page, SENTENCE)).toMatch(/Backward wants something differentiable/);
    await page.context().setOffline(false);
    await page.context().close();
  });
});
