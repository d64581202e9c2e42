// The built playground in headless Chromium.
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { buildSite } from "../../tools/site/build.ts";
import { serverOf } from "../../tools/site/serve.ts";
import { executablePath } from "../browser/chromium.ts";

const LIMIT = 600_000;

/** A site that was built anew, its server and a browser. */
export class Site {
  readonly folder = mkdtempSync(join(tmpdir(), "tidu-site-"));
  private readonly server = serverOf(this.folder);
  private browser: Browser | null = null;
  /** What pages said in their consoles, and errors that nobody caught. */
  readonly faults: string[] = [];

  /** Without a browser. */
  async serve(): Promise<void> {
    await buildSite(this.folder);
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }
  async open(): Promise<this> {
    await this.serve();
    const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"];
    this.browser = await chromium.launch({ executablePath, args, timeout: LIMIT });
    return this;
  }
  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/playground/`;
  }
  /**
   * A page of a visitor who has never been there, and who is shown the end of a run at once unless told otherwise. `script`
   * runs in it before anything of its own.
   */
  async visit(options: BrowserContextOptions = {}, hash = "", script = ""): Promise<Visit> {
    const context = await this.browser!.newContext({ reducedMotion: "reduce", ...options });
    if (script !== "") await context.addInitScript({ content: script });
    const page = await context.newPage();
    page.setDefaultTimeout(LIMIT);
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.faults.push(message.text());
    });
    page.on("pageerror", (error) => this.faults.push(String(error)));
    await page.goto(`${this.address}${hash}`);
    const visit = new Visit(page);
    await visit.ready();
    return visit;
  }
  /** A page without anything on it. */
  async blank(script: string): Promise<Page> {
    const context = await this.browser!.newContext();
    await context.addInitScript({ content: script });
    return context.newPage();
  }
  async close(): Promise<void> {
    await this.browser?.close();
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.folder, { recursive: true });
  }
}
export class Visit {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }
  async ready(): Promise<void> {
    await this.page.waitForSelector("body[data-state]");
  }
  async choose(id: string, language: "ts" | "py" = "ts"): Promise<void> {
    await this.page.check(`input[value=${language}]`, { force: true });
    await this.page.selectOption("#gallery", id);
    await this.page.waitForSelector(`#gallery[data-open="${id}"]`);
  }
  async write(text: string): Promise<void> {
    await this.page.click(".cm-content");
    await this.page.keyboard.press("ControlOrMeta+a");
    await this.page.keyboard.insertText(text);
  }
  /** Points at a text of the program; gives what is told of it. */
  async pointAt(text: string): Promise<string[]> {
    const { x, y } = await this.page.evaluate((wanted) => {
      const walker = document.createTreeWalker(document.querySelector(".cm-content")!, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const at = node.nodeValue!.indexOf(wanted);
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + wanted.length);
        const { left, top, width, height } = range.getBoundingClientRect();
        return { x: left + width / 2, y: top + height / 2 };
      }
      throw new Error(`The program has no ${wanted}`);
    }, text);
    await this.page.mouse.move(0, 0);
    await this.page.mouse.move(x, y);
    await this.page.waitForSelector(".cm-tooltip .types");
    return this.page.locator(".cm-tooltip .types > *").allTextContents();
  }
  async text(): Promise<string> {
    return (await this.page.locator(".cm-line").allTextContents()).join("\n");
  }
  async start(): Promise<void> {
    await this.page.click("#run");
    await this.page.waitForSelector("body[data-state=running]");
  }
  /** Runs to the end; gives what was printed. */
  async run(): Promise<string> {
    await this.page.click("#run");
    return this.output();
  }
  async output(): Promise<string> {
    await this.page.waitForSelector("body[data-state=done]");
    return (await this.page.textContent("#output")) ?? "";
  }
  /** The boxes' titles, and the arrows between them. */
  async graph(): Promise<{ titles: string[]; arrows: string[] }> {
    const found = await this.page.evaluate(() => ({
      boxes: [...document.querySelectorAll("#graph .box")].map((box) => [
        box.getAttribute("data-id")!,
        box.querySelector(".title")!.textContent,
      ]),
      arrows: [...document.querySelectorAll("#graph .arrow")].map((path) => [
        path.getAttribute("data-from")!,
        path.getAttribute("data-to")!,
      ]),
    }));
    const names = new Map(found.boxes as [string, string][]);
    return {
      titles: [...names.values()].sort(),
      arrows: found.arrows.map(([from, to]) => `${names.get(from)} > ${names.get(to)}`).sort(),
    };
  }
  async step(): Promise<number> {
    return Number(await this.page.inputValue("#steps input"));
  }
  async press(label: string, times = 1): Promise<void> {
    for (let i = 0; i < times; i++) await this.page.click(`#steps button[aria-label="${label}"]`);
  }
  /** What the page shows of the step at its cursor. */
  async shown(): Promise<string> {
    return this.page.evaluate(
      () => document.querySelector("#details")!.textContent + document.querySelector("#graph svg")!.textContent,
    );
  }
  async faultLines(): Promise<number[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll(".cm-line")].flatMap((line, i) =>
        line.classList.contains("fault-line") ? [i + 1] : [],
      ),
    );
  }
  async close(): Promise<void> {
    await this.page.context().close();
  }
}
