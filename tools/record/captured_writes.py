"""Records what PyTorch says where a function that grad or vmap runs writes in place into what it captured.

Each case is a method and its arguments: "v" stands for the function's own argument, "mask", "index" and "whole" for tensors made of it or
of nothing, {"name": value} at the end for arguments by name. Into test/recorded/captured_writes.json, for test/autograd/captured_writes.test.ts.
Needs Python with PyTorch 2.13.

    python tools/record/captured_writes.py
"""

import json
import warnings
from pathlib import Path

import torch
from torch.func import grad, vmap

ONE = "add_ sub_ mul_ div_ multiply_ subtract_ divide_ true_divide_ floor_divide_ remainder_ fmod_ pow_ float_power_ eq_ ne_ lt_ le_ gt_ ge_ less_ less_equal_ greater_ greater_equal_ not_equal_ clamp_min_ clamp_max_ clamp_ clip_ copysign_ xlogy_ fill_"
WHOLE = "bitwise_and_ bitwise_or_ bitwise_xor_ bitwise_left_shift_ bitwise_right_shift_"
TWO = "copy_ atan2_ arctan2_ hypot_ nextafter_ logical_and_ logical_or_ logical_xor_ igamma_ igammac_ heaviside_"
UNARY = "abs_ absolute_ acos_ acosh_ asin_ asinh_ atan_ atanh_ ceil_ cos_ cosh_ digamma_ erf_ erfc_ erfinv_ exp_ exp2_ expm1_ floor_ frac_ i0_ lgamma_ log_ log10_ log1p_ log2_ logical_not_ nan_to_num_ neg_ negative_ positive reciprocal_ relu_ round_ rsqrt_ sigmoid_ sgn_ sign_ sin_ sinc_ sinh_ sqrt_ square_ tan_ tanh_ trunc_ fix_ zero_ deg2rad_ rad2deg_ squeeze_"
CASES = [
    *[[name, ["v"]] for name in (ONE + " " + TWO).split()],
    *[[name, [2]] for name in ONE.split()],
    *[[name, ["whole"]] for name in WHOLE.split()],
    *[[name, [1]] for name in WHOLE.split()],
    *[[name, []] for name in UNARY.split() if name.endswith("_")],
    ["add_", ["v", {"alpha": 2}]],
    ["div_", ["v", {"rounding_mode": "floor"}]],
    ["div_", [2, {"rounding_mode": "trunc"}]],
    ["round_", [{"decimals": 2}]],
    ["clamp_", [0, 1]],
    ["clamp_", ["v", "v"]],
    ["lerp_", ["v", 0.5]],
    ["lerp_", ["v", "v"]],
    ["addcmul_", ["v", "v"]],
    ["addcdiv_", ["v", "v"]],
    ["masked_fill_", ["mask", 1]],
    ["masked_fill_", ["fixed_mask", 1]],
    ["masked_scatter_", ["fixed_mask", "v"]],
    ["index_add_", [0, "index", "v"]],
    ["index_copy_", [0, "index", "v"]],
    ["index_fill_", [0, "index", 1]],
    ["scatter_", [0, "index", "v"]],
    ["scatter_", [0, "index", 1]],
    ["scatter_add_", [0, "index", "v"]],
    ["scatter_reduce_", [0, "index", "v", "sum"]],
    ["index_put_", [["index"], "v"]],
    ["cumsum_", [0]],
    ["cumprod_", [0]],
    ["tril_", []],
    ["triu_", []],
    ["renorm_", [2, 0, 1]],
    ["hardshrink_", []],
    ["normal_", []],
    ["uniform_", []],
    ["exponential_", []],
    ["bernoulli_", [0.5]],
    ["unsqueeze_", [0]],
    ["t_", []],
    ["swapaxes_", [0, 0]],
    ["transpose_", [0, 0]],
    ["resize_", [4]],
    ["detach_", []],
]


def said(transform, name, args):
    """What is said to the call, or None if nothing."""
    floats = not any(x == "whole" for x in args) and not name.startswith("bitwise")
    captured = torch.full((3, 3) if name in ("tril_", "triu_") else (3,), 0.5) if floats else torch.ones(3, dtype=torch.int64)

    def f(v):
        made = {
            "v": v,
            "whole": v.long(),
            "mask": v > 0,
            "fixed_mask": torch.tensor([True, False, True]),
            "index": torch.tensor([0, 1, 2]),
        }
        pick = lambda x: [pick(y) for y in x] if isinstance(x, list) else made.get(x, x) if isinstance(x, str) else x
        given = [pick(x) for x in args if not isinstance(x, dict)]
        options = {key: x for each in args if isinstance(each, dict) for key, x in each.items()}
        getattr(captured, name)(*given, **options)
        return v.sum()

    try:
        transform(f)
    except Exception as error:
        return [type(error).__name__, str(error)]
    return None


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    cases = [
        [
            name,
            args,
            said(lambda f: grad(f)(torch.ones(3)), name, args),
            said(lambda f: vmap(f)(torch.ones(2, 3)), name, args),
        ]
        for name, args in CASES
        if hasattr(torch.Tensor, name)
    ]
    path = Path(__file__).parent.parent.parent / "test" / "recorded" / "captured_writes.json"
    path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
