"""Writes src/ops/random/sobol_directions.ts: the first direction numbers of Sobol' sequences of up to 1111 dims, from PyTorch.

They are those of Joe and Kuo, "Constructing Sobol sequences with better two-dimensional projections" (2008). Of a dim whose
polynomial has degree s they are s odd numbers, the i-th of i bits: all bits but the last are packed one after the other.

    python tools/record/sobol.py
"""

import base64
from pathlib import Path

from torch.quasirandom import SobolEngine

DIMS, BITS = 1111, 30
HERE = Path(__file__).parent.parent.parent


def degrees():
    """Of the primitive polynomials in order; so many there are of each degree."""
    for degree, count in enumerate((1, 1, 2, 2, 6, 6, 18, 16, 48, 60, 176, 144, 630), 1):
        yield from (degree,) * count


bits = []
state = SobolEngine(DIMS).sobolstate.tolist()
for row, degree in zip(state[1:], degrees(), strict=True):
    for i in range(degree):
        number = row[i] >> (BITS - 1 - i)
        assert number & 1 and number < 2 ** (i + 1)
        bits += [number >> k & 1 for k in range(i, 0, -1)]
packed = bytes(int("".join(map(str, bits[k : k + 8])).ljust(8, "0"), 2) for k in range(0, len(bits), 8))
text = base64.b64encode(packed).decode()
lines = [text[k : k + 100] for k in range(0, len(text), 100)]
body = " +\n".join(f'  "{line}"' for line in lines)
(HERE / "src/ops/random/sobol_directions.ts").write_text(
    "// Direction numbers of Sobol' sequences, by Joe and Kuo (2008), packed: written by tools/record/sobol.py.\n"
    f"export const directions =\n{body};\n"
)
print(len(packed), "bytes")
