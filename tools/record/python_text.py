"""Records how Python writes and rounds numbers, into test/recorded/python_text.json.

    python tools/record/python_text.py
"""

import json
import random
import struct
from pathlib import Path

random.seed(0)
floats = [0.0, -0.0, 0.5, 1.5, 2.5, -2.5, 0.125, 0.375, 2.675, 1e-5, 1e-4, 0.1, 1e16, 1e15, 123456789.0, 1e22, 5e-324, 1.7976931348623157e308, 100.0, 0.00012345]
floats += [k / 64 for k in range(1, 64, 3)] + [random.uniform(-1000, 1000) for _ in range(30)]
floats += [struct.unpack("<d", struct.pack("<Q", random.getrandbits(64)))[0] for _ in range(40)]
floats = [x for x in floats if x == x and abs(x) != float("inf")]
specs = [".0f", ".1f", ".2f", ".4f", ".6f", "f", "e", ".0e", ".3e", "g", ".3g", ".6g", ".2%", "10.3f", "<10.2f", "^11.1f", "+.2f", "08.2f", ",.2f", " .1f", ".3", ".10", "*>12.2f", ""]
ints = [0, 7, -7, 1234567, 255, -1, 2**53]
int_specs = ["", "d", "5d", "<5d", "05d", ",", "+d", "x", "b", "o", "^9", ".2f", "X", "=6d"]
texts = ["", "a", "it's", 'say "x"', "both ' and \"", "a\nb\t\\"]
text_specs = ["", "5", "<5", ">5", "^5", ".2", "*^9", "10.1"]
recorded = {
    "repr": [[x, repr(x)] for x in floats],
    "floats": [[x, s, format(x, s)] for x in floats for s in specs],
    "ints": [[x, s, format(x, s)] for x in ints for s in int_specs],
    "texts": [[x, s, format(x, s)] for x in texts for s in text_specs],
    "quoted": [[x, repr(x)] for x in texts],
    "round": [[x, n, round(x, n)] for x in floats if abs(x) < 1e15 for n in (0, 1, 2, 3)],
    "mod": [[a, b, a % b] for a in (7, -7, 5.5, -5.5, 0, 6) for b in (3, -3, 2.5, 6)],
    "slices": [[a, b, c, list(range(6))[a:b:c]] for a in (None, 0, 2, -2, 9, -9) for b in (None, 0, 4, -1, 9, -9) for c in (1, 2, -1, -2, 7)],
    "ranges": [[a, b, c, list(range(a, b, c))] for a in (0, 3, -2) for b in (0, 5, -5) for c in (1, 2, -1, -3)],
}
path = Path(__file__).parent.parent.parent / "test" / "recorded" / "python_text.json"
path.write_text("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in recorded.items()) + "\n}\n")
