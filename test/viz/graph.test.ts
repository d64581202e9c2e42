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
  shown(): { items: { id: string; title: string; kind: string }[] };
  choose(item: unknown): void;
  toggle(item: unknown): void;
}
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
