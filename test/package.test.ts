import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

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
}, 60_000);
