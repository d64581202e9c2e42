// How tensors, graphs, charts and reasons show themselves in notebooks and consoles that ask them.
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { loadPython } from "../../src/python/index.ts";
import { confusion_matrix, explain, make_dot, record } from "../../src/viz/index.ts";

type Shown = Readonly<Record<string, string>>;
/** As Deno's kernel for Jupyter asks. */
const shown = (x: object): Shown => (x as Readonly<Record<symbol, () => Shown>>)[Symbol.for("Jupyter.display")].call(x);

test("a notebook shows tensors and reasons as text, graphs and charts as pictures, too", () => {
  const w = torch.tensor([1, 2], { requires_grad: true });
  const picture = make_dot(w.mul(3).sum());
  expect(shown(w)).toEqual({ "text/plain": "tensor([1., 2.], requires_grad=True)" });
  expect(shown(picture)).toEqual({ "image/svg+xml": picture.svg(), "text/plain": String(picture) });
  const chart = shown(confusion_matrix([0, 1, 1], [0, 1, 0]));
  expect(Object.keys(chart)).toEqual(["image/svg+xml", "text/plain"]);
  expect(chart["image/svg+xml"]).toMatch(/^<svg [^]*<\/svg>$/);
  record(() => void w.detach().mul(2));
  const why = explain(w);
  expect(shown(why)).toEqual({ "text/plain": why.text });
});
test("JupyterLite shows graphs as pictures, reasons as text with their lines", async () => {
  let printed = "";
  const python = await loadPython({ stdout: (text) => (printed += text), stderr: () => {} });
  await python.run(
    `
import torch
w = torch.ones(2, requires_grad=True)
with torch.viz.record():
    y = w.detach() * 2
picture = torch.viz.make_dot((w * 3).sum(), params={"w": w})
print(picture._repr_svg_()[:4], "MulBackward0" in picture._repr_svg_(), "<script" in picture._repr_svg_())
print(torch.viz.explain(y)._repr_html_())
`,
    "cell.py",
  );
  const [svg, ...html] = printed.trim().split("\n");
  expect(svg).toBe("<svg True False");
  expect(html.join("\n")).toMatch(/^<pre[^]*cell\.py:5[^]*<\/pre>$/);
});
test("a page's console shows a line with shape and dtype that opens to the elements", async () => {
  interface Formatter {
    header(x: unknown): readonly unknown[] | null;
    hasBody(x: unknown): boolean;
    body(x: unknown): readonly unknown[];
  }
  const others = {};
  const page = globalThis as { window?: unknown; devtoolsFormatters?: object[] };
  page.window = page;
  page.devtoolsFormatters = [others];
  try {
    // As a page loads it, which is another time than this file did.
    await import(`../../src/viz/display.ts?${"in a page"}`);
    expect(page.devtoolsFormatters[0]).toBe(others);
    const formatter = page.devtoolsFormatters[1] as Formatter;
    const x = torch.ones(2, 3, { requires_grad: true });
    expect(formatter.header(x)).toEqual(["span", {}, "tensor [2, 3] float32, requires_grad"]);
    expect([formatter.hasBody(x), formatter.body(x)]).toEqual([true, ["pre", {}, String(x)]]);
    const picture = make_dot(x.sum());
    expect(formatter.header(picture)).toEqual(["span", {}, String(picture)]);
    expect([formatter.hasBody(picture), formatter.header({ sizes: [1] }), formatter.header(null)]).toEqual([
      false,
      null,
      null,
    ]);
  } finally {
    delete page.window;
    delete page.devtoolsFormatters;
  }
});
