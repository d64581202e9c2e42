// The playground as its visitors have it. `npm run test:playground` runs every lesson in both languages; `npm test` a few.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { executablePath } from "../browser/chromium.ts";
import { serverOf } from "../../tools/site/serve.ts";
import { firstView } from "../../tools/site/size.ts";
import { Site, Visit } from "./visit.ts";

const ALL = process.env["TIDU_PLAYGROUND"] === "all";
const { lessons } = JSON.parse(readFileSync("test/recorded/lessons.json", "utf8")) as {
  lessons: {
    source: string;
    stdout: string;
    exception: { type: string; text: string } | null;
    warnings: { text: string }[];
  }[];
};
const ids = readdirSync("docs/lessons")
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -3));
const SOFTMAX = ids.find((id) => id.includes("softmax-row-by-row"))!;
/** What the page of a lesson says that it prints; test/lessons holds it to PyTorch's. */
const printed = (id: string): string =>
  /It prints:<\/summary>\n\n```text\n([\s\S]*?)\n```/.exec(readFileSync(`docs/lessons/en/${id}.md`, "utf8"))![1];

// Without a browser on the machine there is nothing to run these in; CI installs one.
describe.skipIf(!existsSync(executablePath) && process.env["CI"] !== "true")(
  "the playground in headless Chromium",
  () => {
    const site = new Site();
    let visit: Visit;
    beforeAll(async () => {
      await site.open();
      visit = await site.visit();
    });
    afterAll(async () => {
      expect(site.faults).toEqual([]);
      await site.close();
    });

    test.each(ALL ? ids : [SOFTMAX, ids.at(-1)!])("TypeScript lesson %s prints what its page says", async (id) => {
      await visit.choose(id);
      // Of long programs the playground records no more than their beginning, and says so.
      const said = (await visit.run()).trimEnd().replace(/\nThe first 3000 steps were recorded\.$/, "");
      expect(said).toBe(printed(id));
    });
    test.each(ALL ? [...ids.keys()] : [ids.indexOf(SOFTMAX)])(
      "Python lesson %i prints, warns and raises what PyTorch does",
      async (i) => {
        const { source, stdout, exception, warnings } = lessons[i];
        await visit.choose(ids[i], "py");
        await visit.run();
        const { page } = visit;
        const lines = (await page.locator("#output .out").allTextContents()).join("").split("\n");
        const recorded = stdout.split("\n");
        // Where a program prints an error that it caught, our help stands on lines of its own after PyTorch's sentence.
        expect(source.includes("except") ? lines.filter((line) => recorded.includes(line)) : lines).toEqual(recorded);
        const errors = (await page.locator("#output .error").allTextContents()).join("");
        if (exception === null) expect(errors).toBe("");
        else expect(errors).toContain(`${exception.type}: ${exception.text}`);
        const warned = (await page.locator("#output .warning").allTextContents()).join("");
        for (const { text } of warnings) expect(warned).toContain(text.replace(/ \(Triggered internally[^)]*\)/, ""));
      },
    );
    test("the softmax row by row has the graph that autograd records", async () => {
      await visit.choose(SOFTMAX);
      await visit.run();
      const row = [
        "SelectBackward0 > DivBackward0",
        "SelectBackward0 > SumBackward0",
        "SumBackward0 > DivBackward0",
        "DivBackward0 > CopySlices",
      ];
      const { titles, arrows } = await visit.graph();
      expect(titles).toEqual(
        [
          "logits",
          "MaxBackward1",
          "SubBackward0",
          "ExpBackward0",
          "MulBackward0",
          "SumBackward0",
          "output",
          ...[1, 2, 3].flatMap(() => [
            "SelectBackward0",
            "SelectBackward0",
            "SumBackward0",
            "DivBackward0",
            "CopySlices",
          ]),
        ].sort(),
      );
      expect(arrows).toEqual(
        [
          "logits > MaxBackward1",
          "logits > SubBackward0",
          "MaxBackward1 > SubBackward0",
          "SubBackward0 > ExpBackward0",
          // What a row is read from: the exponentials first, then what the row before wrote.
          "ExpBackward0 > SelectBackward0",
          "ExpBackward0 > SelectBackward0",
          "ExpBackward0 > CopySlices",
          ...[1, 2].flatMap(() => [
            "CopySlices > SelectBackward0",
            "CopySlices > SelectBackward0",
            "CopySlices > CopySlices",
          ]),
          ...[1, 2, 3].flatMap(() => row),
          "CopySlices > MulBackward0",
          "MulBackward0 > SumBackward0",
          "SumBackward0 > output",
        ].sort(),
      );
    });
    test("pointing at a box lights its ways from the leaves to the loss, and no others, as its focus does", async () => {
      await visit.choose(SOFTMAX);
      await visit.run();
      const { page } = visit;
      const look = (): Promise<{ ids: string[]; lit: string[]; arrows: [string, string][]; litArrows: string[] }> =>
        page.evaluate(() => {
          const of = (selector: string): Element[] => [...document.querySelectorAll(selector)];
          const id = (e: Element): string => e.getAttribute("data-id")!;
          const ends = (e: Element): [string, string] => [e.getAttribute("data-from")!, e.getAttribute("data-to")!];
          const isLit = (e: Element): boolean => getComputedStyle(e).opacity === "1";
          return {
            ids: of("#graph .box").map(id),
            lit: of("#graph .box").filter(isLit).map(id),
            arrows: of("#graph .arrow").map(ends),
            litArrows: of("#graph .arrow")
              .filter(isLit)
              .map((e) => ends(e).join(" > ")),
          };
        });
      const dark = await look();
      expect(dark.lit).toEqual(dark.ids);
      /** All boxes that can be reached, by the arrows alone. */
      const reached = (from: string, a: 0 | 1): Set<string> => {
        const found = new Set([from]);
        for (const id of found) for (const arrow of dark.arrows) if (arrow[a] === id) found.add(arrow[1 - a]);
        return found;
      };
      const partial: string[] = [];
      for (const id of dark.ids) {
        const [before, after] = [reached(id, 1), reached(id, 0)];
        await page.locator(`#graph .box[data-id="${id}"]`).hover({ force: true });
        const hovered = await look();
        expect(hovered.lit, id).toEqual(dark.ids.filter((x) => before.has(x) || after.has(x)));
        expect(hovered.litArrows, id).toEqual(
          dark.arrows
            .filter(([from, to]) => (before.has(from) && before.has(to)) || (after.has(from) && after.has(to)))
            .map((ends) => ends.join(" > ")),
        );
        if (hovered.lit.length < dark.ids.length) partial.push(id);
        await page.mouse.move(0, 0);
        await page.locator(`#graph .box[data-id="${id}"]`).focus();
        expect((await look()).lit, id).toEqual(hovered.lit);
      }
      expect(partial.length).toBeGreaterThan(3);
      await page.focus("#run");
      expect(await look()).toEqual(dark);
    });
    test("an error in place marks its two lines and its node, and says why", async () => {
      await visit.choose(SOFTMAX);
      await visit.write(
        'import * as torch from "tidu";\nconst w = torch.ones(3, { requires_grad: true });\nconst y = w.exp();\nconst z = y.mul(2);\ny.add_(1);\nz.sum().add(y.sum()).backward();\n',
      );
      await visit.run();
      expect(await visit.faultLines()).toEqual([3, 5]);
      expect(await visit.page.locator("#graph .faulty .title").allTextContents()).toEqual(["ExpBackward0"]);
      expect(await visit.page.textContent("#details .why")).toMatch(
        /saved at version 0 was changed to version 1 by add_/,
      );
    });
    test("an op that fails is in the graph, after what its inputs were computed by", async () => {
      await visit.write(
        'import * as torch from "tidu";\nconst w = torch.ones(2, 3, { requires_grad: true });\nconst h = w.mul(2);\nconst y = h.matmul(torch.ones(2, 3));\n',
      );
      expect(await visit.run()).toMatch(/^RuntimeError: mat1 and mat2 shapes cannot be multiplied \(2x3 and 2x3\)/);
      expect(await visit.faultLines()).toContain(4);
      expect((await visit.graph()).arrows).toEqual(["MulBackward0 > matmul", "w > MulBackward0"]);
      expect(await visit.page.locator("#graph .faulty .title").allTextContents()).toEqual(["matmul"]);
    });
    test("stepping back and on again shows the same", async () => {
      await visit.choose("micrograd");
      await visit.run();
      const forward: string[] = [];
      await visit.press("First step");
      const count = Number(await visit.page.getAttribute("#steps input", "max"));
      for (let i = 0; i < count; i++, await visit.press("Step on")) forward.push(await visit.shown());
      const back: string[] = [];
      for (let i = count; i > 0; i--) {
        await visit.press("Step back");
        back.unshift(await visit.shown());
      }
      expect(back).toEqual(forward);
      expect(new Set(forward).size).toBeGreaterThan(20);
    });
    test("what is at the cursor tells its numbers, its line, and its op's signature and derivative", async () => {
      const { page } = visit;
      await page.locator("#graph .box", { hasText: "TanhBackward0" }).click();
      expect(await page.textContent("#details")).toMatch(/tanh.*line 12.*0\.7071/s);
      await page.waitForSelector("#details .manual pre");
      expect(await page.textContent("#details .manual")).toMatch(/tanh\(Tensor self\) -> Tensor.*derivative/s);
      await page.click("#details button.line");
      expect(await page.evaluate(() => document.activeElement!.className)).toContain("cm-content");
    });
    test("while a program runs its steps, its values and its graph are shown", async () => {
      const { page } = visit;
      await visit.write(
        'import * as torch from "tidu";\nconst w = torch.ones(3, { requires_grad: true });\nfor (let i = 0; ; i++) {\n  w.grad = null;\n  w.mul(i % 7).sum().backward();\n  for (const end = performance.now() + 40; performance.now() < end; );\n}\n',
      );
      await visit.start();
      const count = async (): Promise<number> => Number(await page.getAttribute("#steps input", "max"));
      await page.waitForFunction(() => document.querySelector("#graph svg")?.textContent.includes("∂"));
      const before = await count();
      await page.waitForFunction(
        (n) => Number(document.querySelector("#steps input")!.getAttribute("max")) > n,
        before,
      );
      expect((await visit.graph()).arrows).toContain("w > MulBackward0");
      await page.click("#stop");
      expect(await visit.output()).toBe("Stopped.\n");
      // What was recorded until then can be stepped through.
      await visit.press("First step");
      expect(await visit.step()).toBe(0);
    });
    test("the last pass is played node by node when a program has ended, and a step pauses it", async () => {
      const other = await site.visit({ reducedMotion: "no-preference" });
      const { page } = other;
      await other.choose("micrograd");
      await page.evaluate(() => {
        const seen: string[] = ((globalThis as unknown as { seen: string[] }).seen = []);
        new MutationObserver(() =>
          seen.push((document.querySelector("#steps input") as HTMLInputElement).value),
        ).observe(document.querySelector("#steps output")!, { childList: true });
      });
      await other.run();
      // Four in a row. On a busy machine some of the steps were shown while the program ran.
      await page.waitForFunction(() => {
        const seen = (globalThis as unknown as { seen: string[] }).seen.map(Number).slice(-4);
        return seen.length === 4 && seen.every((step, i) => i === 0 || step === seen[i - 1] + 1);
      });
      await other.press("Step back");
      const at = await other.step();
      await page.waitForTimeout(600);
      expect(await other.step()).toBe(at);
      expect(at).toBeLessThan(Number(await page.getAttribute("#steps input", "max")));
      await other.close();
    });
    test("names are completed as they are typed, with what the library says of them", async () => {
      const { page } = visit;
      await visit.write('import * as torch from "tidu";\nimport { nn } from "tidu";\nnew nn.Conv');
      await page.keyboard.type("2");
      await page.waitForSelector(".cm-tooltip-autocomplete");
      expect(await page.locator(".cm-tooltip-autocomplete li").first().textContent()).toBe("Conv2d");
      expect(await page.textContent(".cm-completionInfo")).toMatch(
        /^Conv2d\(in_channels, out_channels, kernel_size, stride=/,
      );
      await page.waitForTimeout(200); // The editor takes no key for a list that has stood there for less than 75 ms.
      await page.keyboard.press("Enter");
      expect(await visit.text()).toContain("new nn.Conv2d");
      await visit.choose("micrograd", "py");
      await visit.write("import torch.nn.functional as F\nF.cross_ent");
      await page.keyboard.type("r");
      await page.waitForSelector(".cm-tooltip-autocomplete");
      expect(await page.locator(".cm-tooltip-autocomplete li").first().textContent()).toBe("cross_entropy");
      await page.keyboard.press("Escape");
      await visit.write("import torch\nx = torch.ones(2)\nx.softmax(0)\n");
      expect((await visit.pointAt("softmax"))[0]).toMatch(/^softmax\(Tensor self, int dim/);
      await visit.choose("micrograd");
    });
    test("Stop ends a loop that has no end, and the next program runs", async () => {
      await visit.write('console.log("begun");\nfor (;;);\n');
      await visit.start();
      await visit.page.waitForFunction(() => document.querySelector("#output")!.textContent !== "");
      await visit.page.click("#stop");
      expect(await visit.output()).toBe("begun\nStopped.\n");
      await visit.write("console.log(1 + 1);\n");
      expect(await visit.run()).toMatch(/^2\n/);
    });
    test("pointing at a name tells its type, shapes and all, and what is wrong there", async () => {
      await visit.write(
        'import { nn, randn } from "tidu/typed";\nconst images = randn(2, 3, 32, 32);\nconst found = new nn.Conv2d(3, 8, 3)(images);\nconst flat = found.flatten(1);\nconst wrong = new nn.Linear(10, 2)(flat);\n',
      );
      expect(await visit.pointAt("found")).toEqual(['found: Tensor<[2, 8, 30, 30], "float32">']);
      expect(await visit.pointAt("flatten")).toEqual(['flatten(…): Tensor<[2, 7200], "float32">']);
      expect(await visit.pointAt("flat)")).toEqual([
        "mat1 and mat2 shapes cannot be multiplied (2x7200 and 10x2)",
        'flat: Tensor<[2, 7200], "float32">',
      ]);
      expect(await visit.run()).toMatch(/^RuntimeError: mat1 and mat2 shapes cannot be multiplied \(2x7200 and 10x2\)/);
    });
    test("types are taken off, imports found, and a fault of syntax marks its line", async () => {
      await visit.write(
        'import { tensor } from "tidu";\nimport type { Tensor } from "tidu";\nconst f = <T extends Tensor>(x: T): Tensor => x!.mul(2) as Tensor;\nconsole.log(f(tensor([1, 2])));\n',
      );
      expect(await visit.run()).toBe("tensor([2., 4.])\n");
      await visit.write("const a = 1;\nconst b = ;\n");
      expect(await visit.run()).toMatch(/^SyntaxError: /);
      expect(await visit.faultLines()).toEqual([2]);
      await visit.write('import "nowhere";\n');
      expect(await visit.run()).toMatch(/^ImportError: No module named 'nowhere'/);
    });
    test("a reload keeps the text, and runs nothing", async () => {
      await visit.write("console.log('mine');\n");
      await visit.page.reload();
      await visit.ready();
      expect((await visit.text()).trim()).toBe("console.log('mine');");
      expect(await visit.page.textContent("#output")).toBe("");
    });
    test("a shared address brings its program, and runs nothing by itself", async () => {
      await visit.write("console.log('shared ∂');\n");
      await visit.page.click("summary");
      await visit.page.click("#share");
      await visit.page.waitForFunction(() => location.hash.startsWith("#ts="));
      const other = await site.visit({}, new URL(visit.page.url()).hash);
      expect((await other.text()).trim()).toBe("console.log('shared ∂');");
      expect(await other.page.textContent("#output")).toBe("");
      expect(await other.run()).toMatch(/^shared ∂\n/);
      await other.close();
      await visit.page.evaluate(() => history.replaceState(null, "", location.pathname));
    });
    test("the keyboard alone runs a program and walks through its graph", async () => {
      const { page } = visit;
      await visit.choose("micrograd");
      await page.focus("#gallery");
      for (const wanted of ["ts", "run"]) {
        await page.keyboard.press("Tab");
        expect(
          await page.evaluate(() => (document.activeElement as HTMLInputElement).value || document.activeElement!.id),
        ).toBe(wanted);
      }
      await page.keyboard.press("Enter");
      await visit.output();
      await page.focus("#graph .box[tabindex='0']");
      await page.keyboard.press("ArrowUp");
      const label = await page.evaluate(() => document.activeElement!.textContent);
      expect(label).toMatch(/^TanhBackward0 0\.707 ∂ 1/);
      await page.keyboard.press("Shift+Tab");
      await page.focus("#steps input");
      const before = await visit.step();
      await page.keyboard.press("ArrowLeft");
      expect(await visit.step()).toBe(before - 1);
      // Out of the editor, where Tab indents.
      await page.focus(".cm-content");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement!.closest("#editor"))).toBe(null);
      expect(await page.locator("#graph ol li").first().textContent()).toMatch(/output, output; of TanhBackward0\./);
    });
    test.each(["light", "dark"] as const)(
      "axe finds nothing, %s, before and after a run, nor at 390 px",
      async (colorScheme) => {
        const axe = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
        const other = await site.visit({ colorScheme, viewport: { width: 390, height: 844 } });
        const look = async (): Promise<string[]> => {
          await other.page.evaluate(axe);
          return other.page.evaluate(async () => {
            const { axe } = globalThis as unknown as {
              axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
            };
            return (await axe.run()).violations.map(
              ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`,
            );
          });
        };
        expect(await look()).toEqual([]);
        await other.choose(SOFTMAX);
        await other.run();
        expect(await look()).toEqual([]);
        expect(await other.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
        await other.page.setViewportSize({ width: 1300, height: 850 });
        expect(await look()).toEqual([]);
        await other.close();
      },
    );
    test("it works without a network after the first visit", async () => {
      const { page } = visit;
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await page.context().setOffline(true);
      await page.reload();
      await visit.ready();
      await visit.choose("micrograd");
      expect(await visit.run()).toMatch(/^o = 0\.7071\n/);
      await page.context().setOffline(false);
    });
    test("where the host sends no headers, a service worker does: threads from the second view on, one before", async () => {
      const server = serverOf(site.folder, {});
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const page = await site.blank("");
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/playground/`);
      const other = new Visit(page);
      for (const isIsolated of [false, true]) {
        await other.ready();
        expect(await page.evaluate(() => crossOriginIsolated)).toBe(isIsolated);
        expect(await other.run()).toMatch(/^o = 0\.7071\n/);
        await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
        await page.reload();
      }
      await page.context().close();
      server.closeAllConnections();
      server.close();
    });
    test("the training tab learns the digits to 95 %, and pauses", async () => {
      const other = await site.visit();
      const { page } = other;
      await page.click("#tab-training");
      await page.selectOption("#training select[aria-label=Data]", "digits");
      await page.waitForFunction(() => {
        const [, percent = "0"] = /([\d.]+) % of/.exec(document.querySelector("#training .status")!.textContent) ?? [];
        return Number(percent) >= 95;
      });
      await page.click("#training .primary");
      expect(await page.textContent("#training .primary")).toBe("Train");
      await other.close();
    });
    test("the first view is below 600 KB, gzipped, and brings no Python", () => {
      const { files, bytes } = firstView(`${site.folder}/playground`);
      expect(files).toContain("assets/typescript.js");
      expect(files).not.toContain("assets/python.js");
      expect(files).not.toContain("assets/types.js");
      expect(bytes).toBeLessThan(600 * 1024);
    });
  },
);
