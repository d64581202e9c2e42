// How many frames a second a browser draws of the training tab and of a graph of ten thousand boxes: npm run site:frames
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import * as torch from "tidu";
import { make_dot } from "tidu/viz";
import { placeBoxes, sizeOf } from "../../src/viz/layout.ts";
import { Site } from "../../test/playground/visit.ts";

const SECONDS = 5;
/** Counts frames that the page could draw, and those in which something was drawn on a canvas that `selector` names. */
const COUNT = (selector: string): string => `globalThis.frames_ = { could: 0, drew: 0 };
  let drawn = false;
  const { clearRect, setTransform } = CanvasRenderingContext2D.prototype;
  for (const [name, f] of Object.entries({ clearRect, setTransform }))
    CanvasRenderingContext2D.prototype[name] = function (...args) {
      if (this.canvas.matches?.(${JSON.stringify(selector)})) drawn = true;
      return f.apply(this, args);
    };
  const tick = () => { frames_.could++; if (drawn) frames_.drew++; drawn = false; requestAnimationFrame(tick); };
  requestAnimationFrame(tick);`;

interface Measured {
  readonly could: number;
  readonly drew: number;
  /** Milliseconds a second that the page's main thread itself works. */
  readonly busy: number;
}
async function measured(page: Page, meanwhile: () => Promise<unknown>): Promise<Measured> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async (): Promise<number> =>
    (await session.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration")!.value;
  const seen = (): Promise<{ could: number; drew: number; at: number }> =>
    page.evaluate(() => ({
      ...(globalThis as unknown as { frames_: { could: number; drew: number } }).frames_,
      at: performance.now(),
    }));
  const [before, workedBefore] = [await seen(), await busy()];
  await meanwhile();
  const [after, worked] = [await seen(), await busy()];
  const seconds = (after.at - before.at) / 1000;
  return {
    could: (after.could - before.could) / seconds,
    drew: (after.drew - before.drew) / seconds,
    busy: (1000 * (worked - workedBefore)) / seconds,
  };
}
const told = ({ could, drew, busy }: Measured): string =>
  `${drew.toFixed(1)} frames a second drawn of ${could.toFixed(1)} that the browser offered; the page's thread worked ${busy.toFixed(0)} ms a second, ${(busy / drew).toFixed(1)} ms a frame`;

console.log(`Load ${loadavg()[0].toFixed(1)} before the browser began`);
const site = await new Site().open();
for (const data of ["moons", "digits"]) {
  const visit = await site.visit({}, "", COUNT("#training canvas"));
  const { page } = visit;
  await page.click("#tab-training");
  await page.selectOption("#training select[aria-label=Data]", data);
  await page.waitForSelector("#training .matrices canvas");
  await page.waitForTimeout(1000);
  console.log(`Training, ${data}: ${told(await measured(page, () => page.waitForTimeout(SECONDS * 1000)))}`);
  await visit.close();
}

let h = torch.ones(2, { requires_grad: true });
for (let i = 0; i < 5000; i++) h = h.add(h.sigmoid());
const picture = make_dot(h);
const { boxes, arrows } = picture.graph;
const begun = performance.now();
placeBoxes(
  boxes.map(({ id, title, lines, group }) => ({ id, group, ...sizeOf(title, lines) })),
  arrows,
);
console.log(`Graph of ${boxes.length} boxes: placed in ${(performance.now() - begun).toFixed(0)} ms`);
const folder = mkdtempSync(join(tmpdir(), "tidu-frames-"));
writeFileSync(join(folder, "graph.html"), picture.html());
const page = await site.blank(COUNT("canvas"));
await page.goto(`file://${folder}/graph.html`);
for (const [name, wheel] of [
  ["near", 0],
  ["all of it", 6000],
] as const) {
  await page.mouse.move(500, 400);
  if (wheel > 0) await page.mouse.wheel(0, wheel);
  await page.mouse.down();
  const found = await measured(page, async () => {
    const end = Date.now() + SECONDS * 1000;
    for (let i = 0; Date.now() < end; i++) await page.mouse.move(500 + 200 * Math.sin(i / 15), 400 + (i % 100));
  });
  await page.mouse.up();
  console.log(`Graph, dragged, ${name}: ${told(found)}`);
}
rmSync(folder, { recursive: true });
await site.close();
