// Writes each model of models.ts into a folder, with its inputs: tools/record/onnx_files.py has ONNX Runtime run them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Tensor } from "tidu";
import * as onnx from "tidu/onnx";
import { models } from "./models.ts";

const told = (t: Tensor): object => ({
  dtype: t.dtype.name,
  shape: [...t.shape],
  values: Array.from(t.flatten().tolist() as (number | bigint)[], Number),
});
for (const [name, { model, inputs }] of Object.entries(models())) {
  await onnx.export(model, inputs, join(process.argv[2], `${name}.onnx`));
  writeFileSync(join(process.argv[2], `${name}.json`), JSON.stringify(inputs.map(told)));
}
