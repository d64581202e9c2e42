import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";

const program = `
import * as torch from "tidu";
import { nn, type Tensor } from "tidu";
import { DataLoader, TensorDataset } from "tidu/data";
import * as F from "tidu/nn/functional";
import { SGD } from "tidu/optim";
class Net extends nn.Module {
  fc = new nn.Linear(2, 1);
  forward(x: Tensor) { return this.fc(x); }
}
torch.manual_seed(0);
const x = torch.rand(64, 2);
const y = x.sum(1, true);
const net = new Net();
const optimizer = new SGD(net.parameters(), { lr: 0.5 });
for (let epoch = 0; epoch < 60; epoch++)
  for (const [xb, yb] of new DataLoader(new TensorDataset(x, y), { batch_size: 16, shuffle: true })) {
    const loss = F.mse_loss(net(xb!), yb!);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
  }
const error: number = F.mse_loss(net(x), y).item();
console.log(error < 1e-4, net);
const wrong = (): void => {
  // @ts-expect-error a string is no tensor
  net("x");
  // @ts-expect-error keepdim is a boolean
  x.sum(1, "yes");
};
void wrong;
`;

test("the built package serves a strict TypeScript program in plain Node", () => {
  expect(existsSync("dist/index.js"), "run `npm run build` first, as `npm run check` does").toBe(true);
  const dir = mkdtempSync(join(tmpdir(), "tidu-user-"));
  try {
    mkdirSync(join(dir, "node_modules"));
    symlinkSync(resolve("."), join(dir, "node_modules", "tidu"), "dir");
    writeFileSync(join(dir, "package.json"), '{ "type": "module" }');
    writeFileSync(join(dir, "main.ts"), program);
    const options = { cwd: dir, encoding: "utf8" } as const;
    const flags = "--strict --target es2022 --module nodenext --types node --typeRoots".split(" ");
    const tsc = [resolve("node_modules/typescript/bin/tsc"), ...flags, resolve("node_modules/@types"), "main.ts"];
    expect(spawnSync(process.execPath, tsc, options).stdout).toBe("");
    const { stdout, stderr } = spawnSync(process.execPath, ["main.js"], options);
    expect(stderr).toBe("");
    expect(stdout).toBe("true Net(\n  (fc): Linear(in_features=2, out_features=1, bias=True)\n)\n");
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("a bundle of tensors and autograd works, and leaves modules, optimizers and transforms out", async () => {
  const dir = mkdtempSync(join(tmpdir(), "tidu-bundle-"));
  try {
    const program =
      'import { tensor, autograd } from "tidu"; const x = tensor([[1, 2], [3, 4]], { requires_grad: true });' +
      "x.matmul(x).inverse().sum().backward(); console.log(String(x.grad), autograd.grad !== undefined);";
    const { outputFiles } = await build({
      stdin: { contents: program, resolveDir: resolve("."), loader: "js" },
      bundle: true,
      write: false,
      format: "esm",
      platform: "browser",
    });
    const text = outputFiles[0].text;
    for (const absent of ["Conv2d", "AdamW", "fft_rfft(", "safetensors", "grid_sampler_2d("])
      expect(text).not.toContain(absent);
    writeFileSync(join(dir, "main.mjs"), text);
    const { stdout } = spawnSync(process.execPath, ["main.mjs"], { cwd: dir, encoding: "utf8" });
    const grad = torch.tensor([[1, 2], [3, 4]], { requires_grad: true }); // prettier-ignore
    grad.matmul(grad).inverse().sum().backward();
    expect(stdout).toBe(`${String(grad.grad)} true\n`);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
