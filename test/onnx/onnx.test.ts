// Files of ONNX: ours as ONNX Runtime runs them, PyTorch's as PyTorch ran the model.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { gunzipSync } from "node:zlib";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as torch from "tidu";
import { nn } from "tidu";
import type { Tensor } from "tidu";
import * as F from "tidu/nn/functional";
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
  torch.tensor(values.map(Number), { dtype: torch.float64 }).to(dtypes[dtype]).reshape(shape);
const run = (model: nn.Module, inputs: readonly Tensor[]): Tensor[] => {
  const y = torch.no_grad(() => (model as unknown as (...x: readonly Tensor[]) => unknown)(...inputs));
  return tensorsIn(y);
};
const tensorsIn = (y: unknown): Tensor[] => (Array.isArray(y) ? (y as unknown[]).flatMap(tensorsIn) : [y as Tensor]);
function same(found: readonly Tensor[], expected: readonly Told[]): void {
  expect(found.map((y) => [y.dtype.name, y.shape])).toEqual(expected.map(({ dtype, shape }) => [dtype, shape]));
  for (const [i, y] of found.entries()) {
    const [a, b] = [y.double().flatten().tolist() as number[], expected[i].values.map(Number)];
    for (const [k, x] of a.entries())
      if (!Object.is(x, b[k]) && !(Math.abs(x - b[k]) <= 5e-5 * Math.max(1, Math.abs(b[k]))))
        expect(x, `output ${i}, element ${k}`).toBe(b[k]);
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
  test("the batch may be of any size, and names are those that were given", async () => {
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
  test("dims may be told by dynamic_shapes, and results' follow", async () => {
    const { model, inputs } = all.convnet;
    const named = await onnx.export(model, inputs, null, {
      dynamic_axes: { input_0: { 0: "batch" }, output_0: { 0: "batch" } },
    });
    for (const dynamic_shapes of [[{ 0: "batch" }], { input_0: { 0: "batch" } }])
      expect(await onnx.export(model, inputs, null, { dynamic_shapes })).toEqual(named);
    expect(await onnx.export(model, inputs, null, { dynamic_shapes: [null] })).toEqual(
      await onnx.export(model, inputs),
    );
    await expect(onnx.export(model, inputs, null, { dynamic_shapes: [] })).rejects.toThrow(
      "for each of 1 inputs, got 0",
    );
  });
  test("what is drawn at random is drawn anew by whoever runs the file", async () => {
    const noisy = new (class extends nn.Module {
      override forward(x: Tensor): Tensor {
        return torch.cat([x.add(torch.randn_like(x)), torch.rand_like(x)]);
      }
    })();
    const x = torch.zeros(1, 4000);
    const loaded = await onnx.load(await onnx.export(noisy, [x]));
    torch.manual_seed(0);
    const [first, second] = [run(loaded, [x])[0], run(loaded, [x])[0]];
    expect(first.equal(second)).toBe(false);
    const means = first.mean(1).tolist() as number[];
    const deviations = first.std(1).tolist() as number[];
    for (const [found, expected] of [
      [means[0], 0],
      [means[1], 0.5],
      [deviations[0], 1],
      [deviations[1], Math.sqrt(1 / 12)],
    ])
      expect(Math.abs(found - expected)).toBeLessThan(0.1);
  });
  test("any dim may be of any size where the graph does not depend on it, and else the line is named", async () => {
    const dynamic = { dynamic_axes: { x: { 0: "batch", 1: "time" } }, input_names: ["x"] };
    const block = new (class extends nn.Module {
      norm = new nn.LayerNorm(16);
      qkv = new nn.Linear(16, 48);
      lstm = new nn.LSTM(16, 8, { batch_first: true, bidirectional: true });
      override forward(x: Tensor): Tensor {
        const [batch, time] = [x.size(0), x.size(1)];
        const [q, k, v] = this.qkv(this.norm(x)).view(batch, time, 3, 4, 4).permute(2, 0, 3, 1, 4).unbind(0);
        const y = F.scaled_dot_product_attention(q, k, v, { is_causal: true });
        return this.lstm(x.add(y.transpose(1, 2).reshape(batch, time, 16)))[0];
      }
    })();
    const loaded = await onnx.load(await onnx.export(block, torch.randn(2, 5, 16), null, dynamic));
    const other = torch.randn(3, 9, 16);
    expect(torch.allclose(run(loaded, [other])[0], run(block, [other])[0], 1e-4, 1e-5)).toBe(true);
    const image = { dynamic_axes: { input_0: { 0: "n", 2: "height", 3: "width" } } };
    const net = new nn.Sequential(
      new nn.Conv2d(3, 4, 3),
      new nn.ReLU(),
      new nn.Upsample({ scale_factor: 2 }),
      new nn.AdaptiveAvgPool2d(1),
    );
    const wide = await onnx.load(await onnx.export(net, torch.randn(1, 3, 8, 8), null, image));
    const large = torch.randn(2, 3, 11, 20);
    expect(torch.allclose(run(wide, [large])[0], run(net, [large])[0], 1e-4, 1e-5)).toBe(true);
    const fixed = new (class extends nn.Module {
      override forward(x: Tensor): Tensor {
        return x.add(torch.arange(x.size(1)).unsqueeze(-1));
      }
    })();
    await expect(onnx.export(fixed, torch.randn(2, 5, 16), null, dynamic)).rejects.toThrow(
      /^onnx.export: a size that dynamic_axes names is written into the graph \(a constant\)\n.*onnx.test.ts:\d+: /,
    );
    await expect(onnx.export(new nn.Flatten(0, 1), torch.randn(2, 5, 16), null, dynamic)).resolves.toBeDefined();
    await expect(onnx.export(new nn.Unflatten(0, [2, 1]), torch.randn(2, 5, 16), null, dynamic)).rejects.toThrow(
      /^onnx.export: dynamic_axes names dims that the model takes in one size alone: .*\nunflatten: Provided sizes/,
    );
  });
});

interface Recorded {
  readonly name: string;
  readonly inputs: Told[];
  /** By who wrote it. */
  readonly files: Readonly<Record<string, { readonly file: string; readonly outputs: Told[] }>>;
}
const functionsOf = (name: string): [string, Recorded][] =>
  gunzipSync(readFileSync(`test/recorded/onnx/${name}.jsonl.gz`))
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Recorded)
    .map((recorded) => [recorded.name, recorded]);
async function ranAs(inputs: readonly Told[], files: Recorded["files"]): Promise<void> {
  for (const { file, outputs } of Object.values(files)) {
    const model = await onnx.load(new Uint8Array(Buffer.from(file, "base64")));
    // An exporter leaves out inputs that nothing depends on.
    same(run(model, inputs.map(made).slice(0, model.input_names.length)), outputs);
  }
}

describe("what others write", () => {
  test.each(functionsOf("operators"))("%s", async (_, { inputs, files }) => ranAs(inputs, files));
});
describe("what PyTorch writes", () => {
  const names = ["mlp", "residual", "gpt", "ops", "layers"].flatMap((name) => [name, `${name}_script`]);
  test.each(names)("%s", async (name) => {
    const { inputs, outputs } = read(name.replace("_script", "")) as { inputs: Told[]; outputs: Told[] };
    const model = await onnx.load(`test/recorded/onnx/${name}.onnx`);
    same(run(model, inputs.map(made)), outputs);
  });
  test.each(functionsOf("functions"))("%s, by each exporter", async (_, { inputs, files }) => ranAs(inputs, files));
  test("can be trained on", async () => {
    const model = await onnx.load("test/recorded/onnx/mlp.onnx");
    const parameters = [...model.parameters()];
    expect(parameters.length).toBe(4);
    (model(torch.randn(3, 8)) as Tensor).square().sum().backward();
    expect(parameters.every((p) => p.grad !== null)).toBe(true);
  });
});

describe("weights in a file beside the model", () => {
  const path = join(folder, "wide.onnx");
  const model = new nn.Sequential(new nn.Linear(40, 300), new nn.ReLU(), new nn.Linear(300, 3));
  const x = torch.randn(2, 40);
  beforeAll(async () => void (await onnx.export(model, x, path, { external_data: true })));
  test("are read from there, by ranges, and those of bytes from what is told", async () => {
    expect(readFileSync(path).length).toBeLessThan(2500);
    const data = readFileSync(`${path}.data`);
    // Small tensors stay in the model; large ones begin at multiples of 64.
    expect(data.length).toBe(48_000 + 1200 + 16 + 3600);
    expect(torch.equal(run(await onnx.load(path), [x])[0], run(model, [x])[0])).toBe(true);
    const told = { external_data: { "wide.onnx.data": new Uint8Array(data) } };
    const loaded = await onnx.load(new Uint8Array(readFileSync(path)), told);
    expect(torch.equal(run(loaded, [x])[0], run(model, [x])[0])).toBe(true);
  });
  const broken = (from: string, to: string): Uint8Array =>
    new Uint8Array(Buffer.from(readFileSync(path).toString("latin1").replaceAll(from, to), "latin1"));
  test.each<[string, () => Promise<unknown>, string]>([
    ["bytes alone", () => onnx.load(new Uint8Array(readFileSync(path))), "onnx.load(bytes, { external_data:"],
    [
      "a file that is cut off",
      () => onnx.load(new Uint8Array(readFileSync(path)), { external_data: { "wide.onnx.data": new Uint8Array(999) } }),
      "onnx.load: the tensor '0.weight' is bytes 0 to 48000 of wide.onnx.data, which has 999",
    ],
    ["no path", () => onnx.export(model, x, null, { external_data: true }), "external_data needs a path"],
  ])("%s", async (_, body, text) => expect(body()).rejects.toThrow(text));
  test.each(["../e.onnx.data", "/tmp/onnx.dat", "C:/e.onnx.data"])(
    "in %s are refused, for a file of others says so",
    async (to) => {
      const other = join(folder, "other.onnx");
      writeFileSync(other, broken("wide.onnx.data", to.padEnd(14, "x").slice(0, 14)));
      await expect(onnx.load(other)).rejects.toThrow("which is not in the model's folder");
    },
  );
});

describe("wrong things", () => {
  test("what was changed through a view, or by code that nobody sees, is never written as it was before", async () => {
    const through = (f: (x: Tensor) => Tensor): Promise<unknown> => {
      const model = new (class extends nn.Module {
        override forward(x: Tensor): Tensor {
          return f(x.mul(2));
        }
      })();
      return onnx.export(model, torch.ones(3, 4));
    };
    const refusal = /a tensor is used whose memory \w+_ \(.*onnx.test.ts:\d+\) has changed, through another tensor/;
    for (const write of [
      (y: Tensor) => y.select(0, 0).zero_(),
      (y: Tensor) => y.view(-1).add_(1),
      (y: Tensor) => y.t().relu_(),
    ])
      await expect(through((x) => (write(x), x))).rejects.toThrow(refusal);
    await expect(through((x) => (x.view(-1).add_(1), x.view(-1).mul(2)))).rejects.toThrow(refusal);
    await expect(through((x) => x.view(-1).relu_().add(1))).resolves.toBeInstanceOf(Uint8Array);
    await expect(through((x) => x.cumprod(1))).rejects.toThrow("the op cumprod has no form in ONNX here");
  });
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
      "a dim that is none",
      () => onnx.export(new nn.Linear(1, 1), [torch.ones(1, 1)], null, { dynamic_axes: { input_0: { 2: "n" } } }),
      "dynamic_axes names dim 2 of 'input_0', which has 2 dims",
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
