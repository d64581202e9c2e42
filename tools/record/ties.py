"""Records which of equal elements PyTorch's topk, kthvalue, mode and median name, into test/recorded/ties.json.

Needs Python with PyTorch 2.13; the tests need only the recorded file.

    python tools/record/ties.py
"""

import json
import random
from pathlib import Path

import torch

torch.manual_seed(0)
random.seed(0)
cases = []
for n in [1, 2, 3, 7, 15, 16, 17, 20, 33, 64, 100, 200, 300] * 3:
    x = torch.randint(0, random.choice([1, 2, 3, 6]) + 1, (n,)).double()
    if random.random() < 0.3:
        x[torch.rand(n) < 0.2] = float("nan")
    k = random.choice([1, max(1, n // 64), random.randint(1, n)])
    cases.append(
        {
            "x": [None if v != v else v for v in x.tolist()],  # None for NaN
            "k": k,
            "largest": torch.topk(x, k).indices.tolist(),
            "smallest": torch.topk(x, k, largest=False).indices.tolist(),
            "unsorted": torch.topk(x, k, sorted=False).indices.tolist(),
            "kthvalue": torch.kthvalue(x, k).indices.item(),
            "mode": torch.mode(x).indices.item(),
            "median": torch.median(x, 0).indices.item(),
            "nanmedian": torch.nanmedian(x, 0).indices.item(),
        }
    )
path = Path(__file__).parent.parent.parent / "test" / "recorded" / "ties.json"
path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
