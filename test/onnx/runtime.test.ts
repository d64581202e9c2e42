// What is exported, run by ONNX Runtime's package for Node: `npm run test:onnx` installs it (290 MB) and comes here. Without
// it, onnx.test.ts holds the files to those that ONNX Runtime was given when they were recorded.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import * as torch from "tidu";
import type { nn, Tensor } from "tidu";
import * as onnx from "tidu/onnx";
import { models } from "./models.ts";

interface Value {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ArrayLike<number | bigint>;
}
interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, unknown>): Promise<Record<string, Value>>;
}
interface Runtime {
  readonly InferenceSession: { create(of: string | Uint8Array, options: object): Promise<Session> };
  readonly Tensor: new (type: string, data: ArrayLike<unknown>, dims: readonly number[]) => unknown;
}
const place = resolve("test/onnx/runtime/node_modules/onnxruntime-node");
const runtime = (): Runtime => createRequire(import.meta.url)(place) as Runtime;
const folder = mkdtempSync(join(tmpdir(), "onnxruntime-"));
afterAll(() => rmSync(folder, { recursive: true }));

const tensorsIn = (y: unknown): Tensor[] => (Array.isArray(y) ? (y as unknown[]).flatMap(tensorsIn) : [y as Tensor]);
const run = (model: nn.Module, inputs: readonly Tensor[]): Tensor[] => {
  model.eval();
  return tensorsIn(torch.no_grad(() => (model as unknown as (...x: readonly Tensor[]) => unknown)(...inputs)));
};
async function same(of: string | Uint8Array, model: nn.Module, inputs: readonly Tensor[]): Promise<void> {
  const { InferenceSession, Tensor: Feed } = runtime();
  const session = await InferenceSession.create(of, { logSeverityLevel: 3 });
  const feeds = inputs.map((x, i) => {
    const type = x.dtype.name === "bool" ? "bool" : x.dtype.name;
    return [session.inputNames[i], new Feed(type, x.contiguous().typed_array(), x.shape)] as const;
  });
  const results = await session.run(Object.fromEntries(feeds));
  const expected = run(model, inputs);
  expect(session.outputNames.length).toBe(expected.length);
  for (const [i, y] of expected.entries()) {
    const { type, dims, data } = results[session.outputNames[i]];
    expect([type, [...dims]], `output ${i}`).toEqual([y.dtype.name, [...y.shape]]);
    const [a, b] = [y.double().flatten().tolist() as number[], Array.from(data, Number)];
    for (const [k, x] of a.entries())
      if (!Object.is(x, b[k]) && !(Math.abs(x - b[k]) <= 5e-5 * Math.max(1, Math.abs(b[k]))))
        expect(b[k], `output ${i}, element ${k}`).toBe(x);
  }
}

describe.skipIf(!existsSync(place))("ONNX Runtime gives what the model gives", () => {
  test.each(Object.entries(models()))("%s", async (_, { model, inputs }) =>
    same(await onnx.export(model, inputs), model, inputs),
  );
  test("with weights in a file beside the model", async () => {
    const { model, inputs } = models()["recurrent layers"];
    const path = join(folder, "beside.onnx");
    const wide = new torch.nn.Sequential(
      new torch.nn.Linear(40, 300),
      new torch.nn.ReLU(),
      new torch.nn.Linear(300, 7),
    );
    await onnx.export(wide, torch.ones(2, 40), path, { external_data: true });
    await same(path, wide, [torch.randn(2, 40)]);
    await onnx.export(model, inputs, path, { external_data: true });
    await same(path, model, inputs);
  });
});
