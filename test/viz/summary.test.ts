// Tables and charts, and the programs of docs/visualise.md.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import { confusion_matrix, curves, histogram, summary } from "../../src/viz/index.ts";

test("a summary tells each layer's shape and parameters, and leaves the model as it was", () => {
  class Net extends nn.Module {
    features = new nn.Sequential(new nn.Conv2d(1, 2, 3), new nn.BatchNorm2d(2), new nn.ReLU());
    head = new nn.Linear(2 * 4 * 4, 5);
    forward(x: torch.Tensor): torch.Tensor {
      return this.head(this.features(x).flatten(1));
    }
  }
  const model = new Net();
  const before = [...model.state_dict()].map(([, t]) => t.tolist());
  const told = summary(model, [3, 1, 6, 6]);
  expect([...model.state_dict()].map(([, t]) => t.tolist())).toEqual(before);
  expect([...model.modules()].every((m) => m.training)).toBe(true);
  expect(told.rows.map(({ name, output_size, params }) => [name, output_size, params])).toEqual([
    ["Net", [3, 5], 0],
    ["Sequential: 1-1", [3, 2, 4, 4], 0],
    ["Conv2d: 2-1", [3, 2, 4, 4], 20],
    ["BatchNorm2d: 2-2", [3, 2, 4, 4], 4],
    ["ReLU: 2-3", [3, 2, 4, 4], 0],
    ["Linear: 1-2", [3, 5], 165],
  ]);
  expect(told.total_params).toBe(189);
  // 9 for each of 96 outputs of the convolution, 32 for each of 15 of the linear layer.
  expect(told.total_mult_adds).toBe(9 * 96 + 32 * 15);
  expect(String(told)).toContain("│    └─ReLU: 2-3");
});
test("charts tell their numbers as text and as pictures that escape names", () => {
  const chart = curves({ "a<b": [3, 2, NaN, 1] });
  expect(String(chart)).toContain("from 1 to 3");
  expect(chart.svg()).toContain("a&lt;b");
  expect(String(histogram(torch.tensor([0, 0, 1, NaN]), { bins: 2 }))).toContain("4 values, 1 not finite");
  const matrix = confusion_matrix([0, 1, 1], [0, 1, 0]);
  expect(String(matrix).split("\n").slice(1)).toEqual(["   0 1", " 0 1 ·", " 1 1 1"]);
  expect(() => confusion_matrix([0], [0, 1])).toThrow("1 targets and 2 predictions");
});
test("every program of docs/visualise.md runs, and prints what it says", () => {
  const programs = [...readFileSync("docs/visualise.md", "utf8").matchAll(/```ts\n([^]*?)```/g)].map(
    ([, text]) => text,
  );
  expect(programs.length).toBe(4);
  const printed = programs.map((program) => {
    const { code } = transformSync(program, { loader: "ts" });
    const args = ["--import=tsx", "--conditions=source", "--input-type=module", "-e", code];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(status, `${program}\n${stderr}`).toBe(0);
    return stdout;
  });
  expect(printed[0]).toMatch(/^detached\n/);
  expect(printed[1]).toContain("[ 3, 3 ]\ntrue\n");
  expect(printed[2]).toContain("digraph");
  expect(printed[3]).toContain("Total params: 67");
});

/** The numbers that stand at a chart's axes: below it, and on its left. */
const numbersAt = (svg: string): { below: number[]; left: number[] } => {
  const texts = [...svg.matchAll(/<text x="[\d.]+" y="[\d.]+" text-anchor="(middle|end)">([^<]+)</g)];
  const of = (anchor: string): number[] => texts.filter(([, a]) => a === anchor).map(([, , text]) => Number(text));
  return { below: of("middle"), left: of("end") };
};
test("the axes of charts have round numbers", () => {
  const loss = Array.from({ length: 48 }, (_, i) => 0.3137 + 1.9 / (i + 1));
  expect(numbersAt(curves(loss).svg())).toEqual({ below: [0, 10, 20, 30, 40], left: [0.5, 1, 1.5, 2] });
  expect(numbersAt(curves([-3e-5, 7e-5]).svg())).toEqual({ below: [0, 1], left: [0, 0.00005] });
  const { below, left } = numbersAt(histogram([0.1, 0.2, 0.2, 0.9, 1.3], { bins: 4 }).svg());
  expect(below).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1.2]);
  expect(left).toEqual([0, 1, 2, 3]);
});
