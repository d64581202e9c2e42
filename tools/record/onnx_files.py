"""Writes test/recorded/onnx/: files that PyTorch exports, which are loaded here, and what ONNX Runtime gives for ours.

    pip install onnx onnxruntime onnxscript; npm run record -- onnx_files
"""

import hashlib
import json
import subprocess
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

warnings.simplefilter("ignore")
ROOT = Path(__file__).parent.parent.parent
OUT = ROOT / "test" / "recorded" / "onnx"
OUT.mkdir(exist_ok=True)


class Ops(nn.Module):
    def forward(self, x, ids):
        y = torch.stack([x.chunk(2, 1)[0], x[:, 4:]]).permute(1, 0, 2)
        a = torch.where(y > 0, y.clamp(max=1), y.exp() - 1).flatten(1)
        b = nn.functional.one_hot(ids, 5).float().mean(1) * x.norm(dim=1, keepdim=True)
        return torch.cat([a, b], 1), x.argmax(1), nn.functional.pad(x, (1, 2)).cumsum(1), x[:, ::2].flip(0), x.topk(2)[0]


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Embedding(7, 16)
        self.block = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, activation="gelu", norm_first=True)
        self.head = nn.Linear(16, 7)

    def forward(self, ids):
        mask = nn.Transformer.generate_square_subsequent_mask(ids.size(1))
        return self.head(self.block(self.token(ids), src_mask=mask))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.second = nn.Sequential(nn.Conv2d(8, 8, 3, padding="same", groups=4), nn.GroupNorm(2, 8), nn.SiLU(), nn.AvgPool2d(2))
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3), nn.LogSoftmax(1))

    def forward(self, x):
        h = self.first(x)
        return self.head(self.up(nn.functional.leaky_relu(self.second(h + 1))))


torch.manual_seed(0)
ids = torch.arange(10).remainder(5).view(2, 5)
MODELS = {
    "mlp": (nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Dropout(), nn.Linear(16, 4), nn.Softmax(-1)), (torch.randn(3, 8),)),
    "residual": (Residual(), (torch.randn(2, 3, 16, 16),)),
    "gpt": (Gpt(), (ids,)),
    "ops": (Ops(), (torch.randn(2, 8), ids)),
    "layers": (nn.Sequential(nn.LayerNorm(8), nn.PReLU(), nn.Linear(8, 8), nn.ELU(), nn.Hardtanh(), nn.Softplus()), (torch.randn(2, 8),)),
}


def told(t):
    t = t.numpy() if isinstance(t, torch.Tensor) else t
    return {"dtype": str(t.dtype), "shape": list(t.shape), "values": t.flatten().tolist()}


def rounded(case):
    return {**case, "values": [float(f"{v:.7g}") if isinstance(v, float) else v for v in case["values"]]}


def told_only(path):
    """Without what the exporter notes of where each node comes from."""
    model = onnx.load(path)
    graph = model.graph
    for part in [model, graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer]:
        part.ClearField("doc_string")
        part.ClearField("metadata_props")
    onnx.save(model, path)


def from_torch():
    for name, (model, inputs) in MODELS.items():
        model.eval()
        outputs = model(*inputs)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        for way, dynamo in {"": True, "_script": False}.items():
            path = OUT / f"{name}{way}.onnx"
            torch.onnx.export(model, inputs, path, dynamo=dynamo, verbose=False, **({"external_data": False} if dynamo else {}))
            told_only(path)
        content = {"inputs": [told(x) for x in inputs], "outputs": [told(y.detach()) for y in outputs]}
        (OUT / f"{name}.json").write_text(json.dumps(content) + "\n")


def of_ours():
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        program = ["node", "--import", "tsx", "--conditions=source", "test/onnx/written.ts", folder]
        subprocess.run(program, cwd=ROOT, check=True)
        for path in sorted(Path(folder).glob("*.json")):
            name = path.stem
            data = path.with_suffix(".onnx").read_bytes()
            onnx.checker.check_model(onnx.load_from_string(data), full_check=True)
            session = onnxruntime.InferenceSession(data)
            inputs = [np.array(x["values"], x["dtype"]).reshape(x["shape"]) for x in json.loads(path.read_text())]
            outputs = session.run(None, {i.name: x for i, x in zip(session.get_inputs(), inputs)})
            found[name] = {"sha256": hashlib.sha256(data).hexdigest(), "outputs": [rounded(told(y)) for y in outputs]}
    content = {"onnxruntime": onnxruntime.__version__, "models": found}
    (OUT / "written.json").write_text(json.dumps(content) + "\n")


from_torch()
of_ours()
