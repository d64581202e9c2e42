"""Records what the programs of the playground's gallery print under PyTorch 2.13, for test/playground/gallery.test.ts.

    python tools/record/gallery.py

runs playground/gallery/*.py and writes test/recorded/gallery.json: {"torch", "programs": {name: {"stdout", "exception"}}}.
"""
import contextlib, io, json, pathlib
import torch

ROOT = pathlib.Path(__file__).parent.parent.parent
torch.set_num_threads(1)


def run(path):
    out, exception = io.StringIO(), None
    with contextlib.redirect_stdout(out):
        try:
            exec(compile(path.read_text(), path.name, "exec"), {"__name__": "__main__"})
        except Exception as error:
            exception = {"type": type(error).__name__, "text": str(error)}
    return {"stdout": out.getvalue(), "exception": exception}


programs = {path.stem: run(path) for path in sorted((ROOT / "playground" / "gallery").glob("*.py"))}
text = json.dumps({"torch": torch.__version__, "programs": programs}, indent=1)
(ROOT / "test" / "recorded" / "gallery.json").write_text(text + "\n")
