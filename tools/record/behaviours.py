"""Runs the programs in test/recorded/behaviours*.json and lessons.json under PyTorch and keeps what they print, warn of and raise.

A new program is a new entry with `id`, `topic` and `source`; this fills in the rest. Each runs in a process of its own; addresses
become 0xADDR. Needs Python with PyTorch 2.13; the tests need only the recorded files.

    python tools/record/behaviours.py
"""

import json
import multiprocessing
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tools" / "conformance_python"))
from run_case import run_case  # noqa: E402


def shown(given):
    shown = json.loads(run_case(*given))
    return json.loads(re.sub(r"\b0x[0-9a-f]{6,}", "0xADDR", json.dumps(shown)))


if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    for name in ("behaviours", "behaviours_autograd", "lessons"):
        path = ROOT / "test" / "recorded" / f"{name}.json"
        text = path.read_text()
        recorded = json.loads(text)
        cases = recorded["lessons" if name == "lessons" else "cases"]
        with context.Pool(2, maxtasksperchild=1) as pool:
            found = pool.map(shown, [(recorded.get("prelude", ""), c["source"]) for c in cases], chunksize=1)
        changed = [c["id"] for c, now in zip(cases, found, strict=True) if any(c.get(k) != v for k, v in now.items())]
        for case, now in zip(cases, found, strict=True):
            case.update(now)
        indent = len(re.match(r"\{\n( *)", text)[1])
        path.write_text(json.dumps(recorded, indent=indent, ensure_ascii=False) + "\n")
        print(f"{name}: {len(cases)} programs, changed: {', '.join(changed) or 'none'}")
