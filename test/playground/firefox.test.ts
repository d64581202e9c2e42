// The playground in Firefox, where Debian's is installed: what could differ between engines. `npm run test:playground` runs it.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashOf } from "../../tools/site/fences.ts";
import { Firefox, hasFirefox } from "./firefox.ts";
import { Site } from "./visit.ts";

const ALL = process.env["TIDU_PLAYGROUND"] === "all";
const { lessons } = JSON.parse(readFileSync("test/recorded/lessons.json", "utf8")) as {
  lessons: { id: string; stdout: string }[];
};

// Another browser of some 300 MB, and another minute: `npm run test:playground`, after apt install firefox-esr.
describe.skipIf(!ALL || !hasFirefox)("the playground in headless Firefox", () => {
  const site = new Site();
  const firefox = new Firefox();
  beforeAll(async () => {
    await site.serve();
    await firefox.open();
    await firefox.visit(site.address);
    await firefox.until("document.body.dataset.state === 'ready'");
  });
  afterAll(async () => {
    expect(firefox.faults).toEqual([]);
    await firefox.close();
    await site.close();
  });
  const choose = async (id: string, language: "ts" | "py"): Promise<void> => {
    await firefox.evaluate(`document.querySelector("input[value=${language}]").click()`);
    await firefox.evaluate(
      `{ const list = document.querySelector("#gallery"); list.value = ${JSON.stringify(id)}; list.dispatchEvent(new Event("change")); }`,
    );
    await firefox.until(`document.querySelector("#gallery").dataset.open === ${JSON.stringify(id)}`);
  };
  const run = async (): Promise<string> => {
    await firefox.evaluate(`document.querySelector("#run").click()`);
    await firefox.until("document.body.dataset.state === 'done'");
    return firefox.evaluate<string>(`document.querySelector("#output").textContent`);
  };
  const titles = `[...document.querySelectorAll("#graph .box .title")].map((x) => x.textContent).sort().join(" ")`;

  test("a program in TypeScript runs, and its graph is drawn with values and gradients", async () => {
    await choose("micrograd", "ts");
    expect(await run()).toMatch(/^o = 0\.7071\n/);
    expect(await firefox.evaluate(titles)).toContain("TanhBackward0");
    await firefox.until(`document.querySelector("#graph svg").textContent.includes("∂ 1")`);
  });
  test("threads share memory: the page is isolated by the server's headers", async () => {
    expect(await firefox.evaluate("globalThis.crossOriginIsolated")).toBe(true);
  });
  test("an error in place marks its two lines and says why", async () => {
    const program =
      'import * as torch from "tidu";\nconst w = torch.ones(3, { requires_grad: true });\nconst y = w.exp();\nconst z = y.mul(2);\ny.add_(1);\nz.sum().add(y.sum()).backward();\n';
    await firefox.evaluate(`location.hash = "${hashOf({ language: "ts", program })}"`);
    await firefox.until(`document.querySelector(".cm-content").textContent.includes("y.add_(1)")`);
    expect(await run()).toMatch(/modified by an inplace operation/);
    expect(await firefox.evaluate(`document.querySelectorAll(".cm-line.fault-line").length`)).toBe(2);
    expect(await firefox.evaluate(`document.querySelectorAll("#graph .faulty").length`)).toBeGreaterThan(0);
  });
  test("a lesson in Python prints what PyTorch does", async () => {
    const [{ id, stdout }] = lessons;
    await choose(`01-${id}`, "py");
    await firefox.until(`document.querySelector(".cm-content").textContent.includes("import torch")`);
    await run();
    const printed = `[...document.querySelectorAll("#output .out")].map((x) => x.textContent).join("")`;
    expect(await firefox.evaluate(printed)).toBe(stdout);
  });
  test("the keyboard alone runs a program and steps through it", async () => {
    await choose("xor", "ts");
    await firefox.evaluate(`document.querySelector("#run").focus()`);
    await firefox.type("\uE007");
    await firefox.until("document.body.dataset.state === 'done'");
    await firefox.evaluate(`document.querySelector("#steps input").focus()`);
    const at = `Number(document.querySelector("#steps input").value)`;
    await firefox.evaluate(`document.querySelector('#steps button[aria-label="Last step"]').click()`);
    const before = await firefox.evaluate<number>(at);
    await firefox.evaluate(`document.querySelector("#steps input").focus()`);
    await firefox.type("\uE012");
    expect(await firefox.evaluate<number>(at)).toBe(before - 1);
  });
});
