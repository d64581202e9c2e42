// Files of ONNX: ours as ONNX Runtime runs them, PyTorch's as PyTorch ran the model.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import * as torch from "tidu";
import { nn } from "tidu";
import type { Tensor } from "tidu";
import * as onnx from "tidu/onnx";
import { models } from "./models.ts";

interface Told {
  readonly dtype: string;
  readonly shape: number[];
  readonly values: number[];
}
const folder = mkdtempSync(join(tmpdir(), "onnx-"));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (name: string): unknown => JSON.parse(readFileSync(`test/recorded/onnx/${name}.json`, "utf8"));
const dtypes = torch as unknown as Record<string, torch.Dtype>;
const made = ({ dtype, shape, values }: Told): Tensor =>
  torch.tensor(values, { dtype: torch.float64 }).to(dtypes[dtype]).reshape(shape);
const run = (model: nn.Module, inputs: readonly Tensor[]): Tensor[] => {
  const y = torch.no_grad(() => (model as unknown as (...x: readonly Tensor[]) => Tensor | Tensor[])(...inputs));
  return Array.isArray(y) ? y : [y];
};
function same(found: readonly Tensor[], expected: readonly Told[]): void {
  expect(found.map((y) => [y.dtype.name, y.shape])).toEqual(expected.map(({ dtype, shape }) => [dtype, shape]));
  for (const [i, y] of found.entries()) {
    const [a, b] = [y.double().flatten().tolist() as number[], expected[i].values];
    for (const [k, x] of a.entries())
      if (!Object.is(x, b[k])) expect(x, `output ${i}, element ${k}`).toBeCloseTo(b[k], 4);
  }
}
const { models: written } = read("written") as {
  models: Record<string, { sha256: string; outputs: Told[] }>;
};

describe("what is written", () => {
  const all = models();
  test.each(Object.entries(all))(
    "%s: the file that ONNX Runtime was given, which gave what the model gives",
    async (name, kind) => {
      const bytes = await onnx.export(kind.model, kind.inputs);
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(written[name].sha256);
      kind.model.eval();
      const results = run(kind.model, kind.inputs);
      same(results, written[name].outputs);
      same(run(await onnx.load(bytes), kind.inputs), written[name].outputs);
      kind.model.train();
    },
  );
  test("no model is recorded that is not there", () =>
    expect(Object.keys(written).sort()).toEqual(Object.keys(all).sort()));
  test("dim 0 may be of any size, and names are those that were given", async () => {
    const { model, inputs } = all.convnet;
    const options = {
      input_names: ["image"],
      output_names: ["scores"],
      dynamic_axes: { image: { 0: "batch" }, scores: { 0: "batch" } },
    };
    const path = join(folder, "net.onnx");
    await onnx.export(model, inputs, path, options);
    const loaded = await onnx.load(path);
    expect([loaded.input_names, loaded.output_names]).toEqual([["image"], ["scores"]]);
    model.eval();
    const more = torch.cat([inputs[0], inputs[0], inputs[0]]);
    expect(torch.allclose(run(loaded, [more])[0], run(model, [more])[0], 1e-4, 1e-5)).toBe(true);
    expect([...model.modules()].every(({ training }) => !training)).toBe(true);
  });
});

describe("what PyTorch writes", () => {
  const names = ["mlp", "residual", "gpt", "ops", "layers"].flatMap((name) => [name, `${name}_script`]);
  test.each(names)("%s", async (name) => {
    const { inputs, outputs } = read(name.replace("_script", "")) as { inputs: Told[]; outputs: Told[] };
    const model = await onnx.load(`test/recorded/onnx/${name}.onnx`);
    same(run(model, inputs.map(made)), outputs);
  });
  test("can be trained on", async () => {
    const model = await onnx.load("test/recorded/onnx/mlp.onnx");
    const parameters = [...model.parameters()];
    expect(parameters.length).toBe(4);
    (model(torch.randn(3, 8)) as Tensor).square().sum().backward();
    expect(parameters.every((p) => p.grad !== null)).toBe(true);
  });
});

describe("wrong things", () => {
  class Of extends nn.Module {
    override forward(x: Tensor): unknown {
      return torch.linalg.svdvals(x);
    }
  }
  const path = join(folder, "refused.onnx");
  test("an op without a form is named with its line, and nothing is written", async () => {
    const model = new Of();
    await expect(onnx.export(model as never, [torch.randn(2, 2)], path)).rejects.toThrow(
      /^onnx.export: the op linalg_svdvals has no form in ONNX here, .*\n.*onnx.test.ts:\d+: linalg_svdvals\(/,
    );
    expect([existsSync(path), model.training]).toEqual([false, true]);
  });
  test.each<[string, () => Promise<unknown>, string]>([
    ["no module", () => onnx.export(3 as never, []), "expected a Module as model, got int"],
    ["no tensor", () => onnx.export(new nn.Linear(1, 1), [1 as never]), "expected tensors as args, got int"],
    [
      "a name that is none",
      () => onnx.export(new nn.Linear(1, 1), [torch.ones(1, 1)], null, { dynamic_axes: { y: { 0: "n" } } }),
      "dynamic_axes names 'y'",
    ],
    [
      "a dim inside",
      () => onnx.export(new nn.Linear(1, 1), [torch.ones(1, 1)], null, { dynamic_axes: { input_0: { 1: "n" } } }),
      "only dim 0 can be dynamic, got 1 of 'input_0'",
    ],
    ["no file", () => onnx.load(join(folder, "none.onnx")), "none.onnx"],
    ["no ONNX", () => onnx.load(new TextEncoder().encode("hello")), "ONNX: the file is damaged, or none"],
    ["nothing", () => onnx.load(new Uint8Array(0)), "the file has no graph"],
  ])("%s", async (_, body, text) => expect(body()).rejects.toThrow(text));
  test("a file that is cut off anywhere, or changed, is refused or gives another model, but never breaks anything", async () => {
    const good = readFileSync("test/recorded/onnx/mlp_script.onnx");
    for (let length = 0; length < good.length; length += 13) {
      const error: unknown = await onnx.load(good.subarray(0, length)).then(
        () => null,
        (e: unknown) => e,
      );
      if (error !== null) expect(error).toBeInstanceOf(Error);
    }
    const model = await onnx.load(good);
    expect(() => (model as unknown as (x: unknown) => unknown)(3)).toThrow("expected a tensor for");
    expect(() => model(torch.ones(1, 8), torch.ones(1))).toThrow("expected 1 inputs");
  });
});
