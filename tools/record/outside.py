"""Records what PyTorch prints for the programs in test/outside/*.py, each into its .expected.txt.

Each program runs after prelude.py in a process of its own. Needs Python with PyTorch 2.13; the tests need only the texts.

    python tools/record/outside.py
"""

import subprocess
import sys
from pathlib import Path

folder = Path(__file__).parent.parent.parent / "test" / "outside"
prelude = (folder / "prelude.py").read_text()
for path in sorted(folder.glob("*.py")):
    if path.name == "prelude.py":
        continue
    run = subprocess.run([sys.executable, "-c", prelude + path.read_text()], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{path.name}\n{run.stderr}")
    path.with_suffix(".expected.txt").write_text(run.stdout)
