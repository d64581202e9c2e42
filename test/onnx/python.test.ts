// torch.onnx.export in Python programs writes what ONNX's readers read.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { Tensor } from "../../src/index.ts";
import * as onnx from "../../src/onnx/index.ts";
import { loadPython } from "../../src/python/index.ts";

const PROGRAM = `
import io, torch, torch.onnx
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.fc = nn.Linear(64, 3)

    def forward(self, x, scale):
        assert torch.onnx.is_in_onnx_export() == EXPORTING
        x = F.max_pool2d(F.relu(self.norm(self.conv(x))), 2).flatten(1)
        return F.softmax(self.fc(x) * scale, dim=1)

torch.manual_seed(0)
model = Net()
x = torch.arange(128.0).view(2, 1, 8, 8) / 100
scale = torch.tensor([2.0])
EXPORTING = True
named = {"input_names": ["x", "scale"], "output_names": ["y"], "dynamic_axes": {"x": {0: "batch"}, "y": [0]}}
torch.onnx.export(model, (x, scale), PATH, **named)
file = io.BytesIO()
torch.onnx.export(model, (x, scale), file, **named)
print(model.training, torch.onnx.is_in_onnx_export(), len(file.getvalue()))
EXPORTING = False
print(model.eval()(x, scale).tolist())
`;
test("a model's file gives what the model gave, and holds its weights under their names", async () => {
  const root = mkdtempSync(join(tmpdir(), "tidu-onnx-"));
  try {
    const path = join(root, "net.onnx");
    let printed = "";
    const python = await loadPython({ stdout: (text) => void (printed += text) });
    await python.run(`PATH = ${JSON.stringify(path)}\n${PROGRAM}`);
    const bytes = readFileSync(path);
    const [told, values] = printed.trim().split("\n");
    expect(told).toBe(`True False ${bytes.length}`);
    for (const name of ["conv.weight", "norm.running_var", "fc.bias"]) expect(bytes.includes(name)).toBe(true);
    const model = await onnx.load(bytes);
    expect([...model.buffers()].length).toBeGreaterThanOrEqual(2);
    const x = torch.arange(128).float().view(2, 1, 8, 8).div(100);
    const y = model(x, torch.tensor([2])) as Tensor;
    expect(torch.allclose(y, torch.tensor(JSON.parse(values) as number[][]))).toBe(true);
    expect((model(torch.cat([x, x]), torch.tensor([2])) as Tensor).shape).toEqual([4, 3]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
