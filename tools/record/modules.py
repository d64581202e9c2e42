"""Runs the programs in test/recorded/modules under PyTorch and keeps what they print.

Needs Python with PyTorch 2.13; the tests need only what it printed.

    python tools/record/modules.py
"""

import pathlib
import subprocess
import sys

for program in sorted(pathlib.Path("test/recorded/modules").glob("*.py")):
    done = subprocess.run([sys.executable, program], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{program}:\n{done.stderr}")
    program.with_name(f"{program.stem}.expected.txt").write_text(done.stdout)
