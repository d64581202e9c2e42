import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPyodide } from "pyodide";
import type { PyodideAPI } from "pyodide";
import { afterAll, beforeAll, expect, test } from "vitest";

// A pyodide of its own, in which nothing is but the wheel.
const folder = mkdtempSync(join(tmpdir(), "tidu-wheel-"));
let py: PyodideAPI;
let printed = "";
beforeAll(async () => {
  const args = ["--import", "tsx", "--conditions=source", "tools/build/build_wheel.ts", folder];
  expect(spawnSync(process.execPath, args, { encoding: "utf8" }).stderr).toBe("");
  expect(readdirSync(folder)).toEqual(["tidu-0.1.0-py3-none-any.whl"]);
  py = await loadPyodide({ stdout: (line) => (printed += `${line}\n`) });
  py.unpackArchive(new Uint8Array(readFileSync(join(folder, "tidu-0.1.0-py3-none-any.whl"))), "wheel");
});
afterAll(() => rmSync(folder, { recursive: true }));

function output(source: string): string {
  printed = "";
  py.runPython(source);
  return printed;
}

test("the wheel tells name, version and licence, and lists its files with their hashes and sizes", () => {
  const program = `
import base64, hashlib
from importlib.metadata import distribution
wheel = distribution("tidu")
print(wheel.metadata["Name"], wheel.version, wheel.metadata["License-Expression"])
listed = [f for f in wheel.files if f.hash is not None]
for f in listed:
    found = base64.urlsafe_b64encode(hashlib.sha256(f.read_binary()).digest()).decode().rstrip("=")
    assert (f.hash.mode, f.hash.value, f.size) == ("sha256", found, len(f.read_binary())), f
present = {str(f.relative_to(wheel.locate_file(""))) for f in wheel.locate_file("torch").rglob("*.*")}
print(present <= {str(f) for f in listed}, "torch/nn/module.py" in present)
`;
  expect(output(program)).toBe("tidu 0.1.0 MIT\nTrue True\n");
});

test("import torch from the wheel alone trains, and fails as PyTorch does", () => {
  const program = `
import torch
from torch import nn
torch.manual_seed(0)
model = nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(64, 1)
for step in range(200):
    loss = nn.functional.mse_loss(model(x), 2 * x + 1)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(model.weight.item(), model.bias.item())
try:
    x @ x
except RuntimeError as error:
    print(error)
`;
  expect(output(program)).toMatch(
    /^(2\.0|1\.9999)\d* (1\.0|0\.9999)\d*\nmat1 and mat2 shapes cannot be multiplied \(64x1 and 64x1\)\n$/,
  );
});
