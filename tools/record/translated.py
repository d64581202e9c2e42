"""Records what PyTorch prints for the programs in test/translate/programs/*.py, each into its .expected.txt.

    python tools/record/translated.py [NAME...]
"""

import subprocess
import sys
from pathlib import Path

folder = Path(__file__).parent.parent.parent / "test" / "translate" / "programs"
for path in sorted(folder.glob("*.py")):
    if sys.argv[1:] and path.stem not in sys.argv[1:]:
        continue
    run = subprocess.run([sys.executable, "-W", "ignore", path], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{path.name}\n{run.stderr}")
    path.with_suffix(".expected.txt").write_text(run.stdout)
