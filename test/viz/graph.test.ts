// make_dot: the graph as data, as DOT, as a picture and as a page.
import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import { make_dot, record } from "../../src/viz/index.ts";
import { executablePath } from "../browser/chromium.ts";

class Net extends nn.Module {
  body = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU(), new nn.Linear(4, 2));
  forward(x: torch.Tensor): torch.Tensor {
    return this.body(x);
  }
}
function lossOf(model: Net): torch.Tensor {
  return model(torch.ones(2, 3)).exp().sum();
}

test("the graph has a box for each leaf and op, and arrows in the direction of the forward pass", () => {
  const a = torch.ones(2, { requires_grad: true });
  const b = torch.ones(2, { requires_grad: true });
  const { boxes, arrows } = make_dot(a.mul(b).sum(), { params: { a, b } }).graph;
  const title = new Map(boxes.map(({ id, title }) => [id, title]));
  expect(boxes.map(({ title }) => title).toSorted()).toEqual(["MulBackward0", "SumBackward0", "a", "b", "output"]);
  expect(arrows.map(({ from, to }) => `${title.get(from)} ${title.get(to)}`).toSorted()).toEqual([
    "MulBackward0 SumBackward0",
    "SumBackward0 output",
    "a MulBackward0",
    "b MulBackward0",
  ]);
});
test("saved tensors are told with their versions, also where one was changed since", () => {
  const x = torch.ones(3, { requires_grad: true });
  const y = x.exp();
  const z = y.sum();
  y.detach().add_(1);
  const saved = make_dot(z, { show_saved: true }).graph.boxes.filter(({ kind }) => kind === "saved");
  expect(saved.map(({ title, lines }) => [title, ...lines])).toEqual([
    ["result", "[3] float32", "saved at version 0, now 1"],
  ]);
});
test("DOT keeps quotes, backslashes and line ends in names within their labels", () => {
  const a = torch.ones(1, { requires_grad: true });
  const { dot } = make_dot(a.mul(2), { params: [['a "b"\\\nc', a]] });
  expect(dot).toContain('label="a \\"b\\"\\\\\\nc\\n[1] float32\\ngrad: none"');
});
test("modules are the groups, by the names of parameters or, where the run was recorded, by what called", () => {
  const model = new Net();
  const plain = make_dot(lossOf(model), { params: model }).graph;
  expect(new Set(plain.boxes.map(({ group }) => group))).toEqual(new Set(["", "body.0", "body.2"]));
  let loss = torch.zeros(1);
  record(() => (loss = lossOf(model)));
  const recorded = make_dot(loss, { params: model }).graph;
  expect(recorded.boxes.find(({ title }) => title === "ReluBackward0")).toMatchObject({
    group: "Net.body.1",
    line: expect.stringMatching(/graph\.test\.ts:\d+$/) as string,
  });
});
test("no two boxes of a picture overlap, in small graphs and in those of ten thousand", () => {
  const model = new Net();
  const small = make_dot(lossOf(model), { params: model, show_saved: true, show_attrs: true });
  let h = torch.ones(2, { requires_grad: true });
  for (let i = 0; i < 5000; i++) h = h.add(h.sigmoid());
  const large = make_dot(h);
  expect(large.graph.boxes.length).toBe(10_002);
  for (const picture of [small, large]) {
    const rects = [
      ...picture.svg().matchAll(/<rect class="box \w+" x="([-\d.]+)" y="([-\d.]+)" width="(\d+)" height="(\d+)"/g),
    ]
      .map((m) => m.slice(1).map(Number))
      .toSorted((a, b) => a[1] - b[1]);
    expect(rects.length).toBe(picture.graph.boxes.length);
    for (let i = 0; i < rects.length; i++)
      for (let j = i + 1; j < rects.length && rects[j][1] < rects[i][1] + rects[i][3]; j++) {
        const [[x, , w], [x2, , w2]] = [rects[i], rects[j]];
        expect(x < x2 + w2 && x2 < x + w, `${rects[i].join()} and ${rects[j].join()}`).toBe(false);
      }
  }
});

interface GraphPage {
  shown(): {
    items: { id: string; title: string; kind: string }[];
    links: { from: string; to: string }[];
    layout: {
      boxes: Map<string, { x: number; y: number; height: number }>;
      links: { x: number; y: number }[][];
    };
  };
  lit(): { boxes: Set<string>; links: Set<number> };
  view: { x: number; y: number; scale: number };
  choose(item: unknown): void;
  toggle(item: unknown): void;
}
test("who points at a box of a graph's page sees its ways from the leaves to the loss, in colour", async () => {
  const w = torch.ones(2, { requires_grad: true });
  const v = torch.ones(2, { requires_grad: true });
  const loss = w.exp().add(v.sigmoid()).sum();
  const dir = mkdtempSync(join(tmpdir(), "tidu-viz-"));
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    writeFileSync(join(dir, "graph.html"), make_dot(loss, { params: { w, v } }).html());
    const page = await browser.newPage();
    await page.goto(`file://${dir}/graph.html`);
    /** What is lit, by titles, and the arrows that are drawn in the colour of light, by what stands on the canvas. */
    const look = (): Promise<{ boxes: string[]; arrows: string[]; coloured: string[] }> =>
      page.evaluate(() => {
        const { shown, lit, view } = (globalThis as unknown as { graphPage: GraphPage }).graphPage;
        const { items, links, layout } = shown();
        const title = (id: string): string => items.find((item) => item.id === id)!.title;
        const name = (i: number): string => `${title(links[i].from)} > ${title(links[i].to)}`;
        const canvas = document.querySelector("canvas")!;
        const ratio = canvas.width / canvas.getBoundingClientRect().width;
        const colour = getComputedStyle(document.documentElement).getPropertyValue("--lit").trim();
        const pixel = document.createElement("canvas").getContext("2d")!;
        pixel.fillStyle = colour;
        pixel.fillRect(0, 0, 1, 1);
        const [r, g, b] = pixel.getImageData(0, 0, 1, 1).data;
        const coloured = layout.links.flatMap((points, i) => {
          // Halfway along its first piece.
          const [x, y] = (["x", "y"] as const).map((d) =>
            Math.round(((points[0][d] + points[1][d]) / 2) * view.scale * ratio + view[d] * ratio),
          );
          const { data } = canvas.getContext("2d")!.getImageData(x - 2, y - 2, 5, 5);
          for (let k = 0; k < data.length; k += 4)
            if (Math.abs(data[k] - r) + Math.abs(data[k + 1] - g) + Math.abs(data[k + 2] - b) < 24) return [name(i)];
          return [];
        });
        return {
          boxes: [...lit().boxes].map(title).sort(),
          arrows: [...lit().links].map(name).sort(),
          coloured: coloured.sort(),
        };
      });
    const point = async (title: string): Promise<void> => {
      const { x, y } = await page.evaluate((title) => {
        const { shown, view } = (globalThis as unknown as { graphPage: GraphPage }).graphPage;
        const { items, layout } = shown();
        const at = layout.boxes.get(items.find((item) => item.title === title)!.id)!;
        const { left, top } = document.querySelector("canvas")!.getBoundingClientRect();
        return { x: left + view.x + at.x * view.scale, y: top + view.y + at.y * view.scale };
      }, title);
      await page.mouse.move(x, y);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    };
    const onward = ["AddBackward0 > SumBackward0", "SumBackward0 > output"];
    expect(await look()).toEqual({ boxes: [], arrows: [], coloured: [] });
    await point("w");
    const ofW = ["w > ExpBackward0", "ExpBackward0 > AddBackward0", ...onward].sort();
    const boxesOfW = ["w", "ExpBackward0", "AddBackward0", "SumBackward0", "output"].sort();
    expect(await look()).toEqual({ boxes: boxesOfW, arrows: ofW, coloured: ofW });
    await point("SigmoidBackward0");
    const ofV = ["v > SigmoidBackward0", "SigmoidBackward0 > AddBackward0", ...onward].sort();
    expect(await look()).toMatchObject({ arrows: ofV, coloured: ofV });
    await point("output");
    expect((await look()).coloured).toEqual([...new Set([...ofV, ...ofW])].sort());
    await page.mouse.move(2, 2);
  } finally {
    await browser.close();
    rmSync(dir, { recursive: true });
  }
});
test("the pages of a graph and of a run work in Chromium, from a file, by keyboard, without a fault", async () => {
  const model = new Net();
  let loss = torch.zeros(1);
  const run = record(() => {
    loss = lossOf(model);
    loss.backward({ retain_graph: true });
  });
  const dir = mkdtempSync(join(tmpdir(), "tidu-viz-"));
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    writeFileSync(join(dir, "graph.html"), make_dot(loss, { params: model }).html());
    run.save(join(dir, "run.html"));
    const page = await browser.newPage({ colorScheme: "dark" });
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => void (message.type() === "error" && faults.push(message.text())));
    await page.goto(`file://${dir}/graph.html`);
    const titles = (): Promise<string[]> =>
      page.evaluate(() =>
        (globalThis as unknown as { graphPage: GraphPage }).graphPage.shown().items.map(({ title }) => title),
      );
    expect((await titles()).length).toBe(make_dot(loss).graph.boxes.length);
    await page.click("#fold");
    expect(await titles()).toContain("Net.body");
    await page.click("#unfold");
    await page.focus("canvas");
    for (let i = 0; i < 2; i++) await page.keyboard.press("ArrowUp");
    expect(await page.textContent("aside h2")).toBe("ExpBackward0");
    await page.goto(`file://${dir}/run.html`);
    const name = (): Promise<string | null> => page.textContent("#stage h1");
    const first = await name();
    await page.keyboard.press("ArrowRight");
    expect(await name()).not.toBe(first);
    await page.keyboard.press("ArrowLeft");
    expect(await name()).toBe(first);
    await page.keyboard.press("End");
    await page.fill("#at", String(run.steps.length - 1));
    expect(await name()).toBe("AccumulateGrad");
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
    rmSync(dir, { recursive: true });
  }
});
