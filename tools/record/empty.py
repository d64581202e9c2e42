"""Records what PyTorch gives for calls in which a size is 0, into test/recorded/empty.json.

Needs Python with PyTorch 2.13; the tests need only the recorded file.

    python tools/record/empty.py

Each line of CALLS is a function, the shapes of its tensors by letters, and what else it is given. The call is made with each
letter 0 in turn, the others as in SIZES. Recorded are shapes, dtypes and values of results and gradients, or the error.
"""
import json
import warnings
from pathlib import Path

import torch
import torch.nn.functional as F

warnings.filterwarnings("ignore")
SIZES = {"N": 2, "C": 4, "D": 4, "L": 6, "H": 5, "W": 6, "K": 3, "M": 3, "O": 4, "S": 3, "1": 1, "2": 2, "3": 3}
T = lambda text, **more: {"shape": text.split(), **more}
I = lambda text: T(text, dtype="int64")
B = lambda text: T(text, dtype="bool")
CALLS = [
    ("F.linear", [T("N C"), T("O C"), T("O")], {}),
    ("F.linear", [T("N L C"), T("O C"), T("O")], {}),
    ("F.linear", [T("N L C"), T("O C")], {}),
    ("F.linear", [T("C"), T("O C"), T("O")], {}),
    ("F.bilinear", [T("N C"), T("N K"), T("O C K"), T("O")], {}),
    ("torch.matmul", [T("N C"), T("C O")], {}),
    ("torch.matmul", [T("N L C"), T("N C O")], {}),
    ("torch.matmul", [T("N L C"), T("C O")], {}),
    ("torch.matmul", [T("N L C"), T("C")], {}),
    ("torch.matmul", [T("C"), T("C O")], {}),
    ("torch.matmul", [T("C"), T("N C O")], {}),
    ("torch.mv", [T("N C"), T("C")], {}),
    ("torch.dot", [T("C"), T("C")], {}),
    ("torch.outer", [T("N"), T("C")], {}),
    ("torch.addmm", [T("N O"), T("N C"), T("C O")], {}),
    ("torch.addmm", [T("O"), T("N C"), T("C O")], {"beta": 2, "alpha": 3}),
    ("torch.addmv", [T("N"), T("N C"), T("C")], {}),
    ("torch.addmv", [T("1"), T("N C"), T("C")], {}),
    ("torch.addr", [T("N C"), T("N"), T("C")], {}),
    ("torch.baddbmm", [T("N L O"), T("N L C"), T("N C O")], {}),
    ("torch.addbmm", [T("L O"), T("N L C"), T("N C O")], {}),
    ("torch.tensordot", [T("N C"), T("C O")], {"dims": 1}),
    ("torch.inner", [T("N C"), T("O C")], {}),
    ("torch.kron", [T("N C"), T("L O")], {}),
    ("torch.cdist", [T("N L C"), T("N M C")], {}),
    ("torch.cross", [T("N 3"), T("N 3")], {"dim": 1}),
    ("torch.trapezoid", [T("N C")], {}),
    ("torch.cumulative_trapezoid", [T("N C")], {}),
    ("torch.diff", [T("N C")], {}),
    ("torch.cov", [T("N C")], {}),
    ("F.scaled_dot_product_attention", [T("N C L K"), T("N C S K"), T("N C S O")], {}),
    ("F.scaled_dot_product_attention", [T("N L K"), T("N S K"), T("N S O")], {}),
    ("F.scaled_dot_product_attention", [T("N C L K"), T("N C S K"), T("N C S K")], {"is_causal": True}),
    ("F.scaled_dot_product_attention", [T("N C L K"), T("N C S K"), T("N C S K")], {"attn_mask": B("L S")}),
    ("F.conv1d", [T("N C L"), T("O C 3"), T("O")], {}),
    ("F.conv1d", [T("N C L"), T("O C 3"), T("O")], {"padding": "same"}),
    ("F.conv2d", [T("N C H W"), T("O C 3 3"), T("O")], {}),
    ("F.conv2d", [T("N 4 H W"), T("4 1 3 3"), T("4")], {"groups": 4}),
    ("F.conv2d", [T("N C H W"), T("1 C 3 3")], {"padding": 1, "stride": 2}),
    ("F.conv_transpose2d", [T("N C H W"), T("C O 3 3"), T("O")], {}),
    ("F.conv_transpose1d", [T("N C L"), T("C O 3")], {"stride": 2}),
    ("F.unfold", [T("N C H W")], {"kernel_size": 2}),
    ("F.max_pool1d", [T("N C L")], {"kernel_size": 3, "stride": 1}),
    ("F.max_pool2d", [T("N C H W")], {"kernel_size": 2}),
    ("F.max_pool2d", [T("N C H W")], {"kernel_size": 3, "stride": 1, "padding": 1}),
    ("F.max_pool3d", [T("N C H W L")], {"kernel_size": 2, "stride": 1}),
    ("F.avg_pool1d", [T("N C L")], {"kernel_size": 3}),
    ("F.avg_pool2d", [T("N C H W")], {"kernel_size": 3, "stride": 1, "padding": 1}),
    ("F.adaptive_avg_pool2d", [T("N C H W")], {"output_size": [2, 3]}),
    ("F.adaptive_max_pool2d", [T("N C H W")], {"output_size": [2, 3]}),
    ("F.lp_pool2d", [T("N C H W")], {"norm_type": 2, "kernel_size": 2}),
    ("F.instance_norm", [T("N C L")], {}),
    ("F.instance_norm", [T("N C H W")], {}),
    ("F.batch_norm", [T("N C L"), T("C", dtype="fixed"), T("C", dtype="fixed")], {"training": True}),
    ("F.batch_norm", [T("N C L"), T("C", dtype="fixed"), T("C", dtype="fixed")], {}),
    ("F.layer_norm", [T("N C")], {"normalized_shape": [4]}),
    ("F.layer_norm", [T("N L C")], {"normalized_shape": [6, 4]}),
    ("F.group_norm", [T("N C L")], {"num_groups": 2}),
    ("F.rms_norm", [T("N C")], {"normalized_shape": [4]}),
    ("F.local_response_norm", [T("N C L")], {"size": 2}),
    ("F.normalize", [T("N C")], {}),
    ("F.softmax", [T("N C")], {"dim": 1}),
    ("F.log_softmax", [T("N C")], {"dim": 0}),
    ("F.gumbel_softmax", [T("N C")], {}),
    ("F.cross_entropy", [T("N C"), T("N C")], {}),
    ("F.mse_loss", [T("N C"), T("N C")], {}),
    ("F.l1_loss", [T("N C"), T("N C")], {"reduction": "sum"}),
    ("F.smooth_l1_loss", [T("N C"), T("N C")], {"reduction": "none"}),
    ("F.huber_loss", [T("N C"), T("N C")], {}),
    ("F.kl_div", [T("N C"), T("N C")], {"reduction": "batchmean"}),
    ("F.binary_cross_entropy_with_logits", [T("N C"), T("N C")], {}),
    ("F.cosine_similarity", [T("N C"), T("N C")], {}),
    ("F.pairwise_distance", [T("N C"), T("N C")], {}),
    ("F.interpolate", [T("N C H W")], {"scale_factor": 2}),
    ("F.interpolate", [T("N C L")], {"size": 3, "mode": "linear"}),
    ("F.pad", [T("N C L")], {"pad": [1, 2]}),
    ("F.pad", [T("N C L")], {"pad": [1, 2], "mode": "reflect"}),
    ("F.pad", [T("N C L")], {"pad": [1, 2], "mode": "replicate"}),
    ("F.pixel_shuffle", [T("N C H W")], {"upscale_factor": 2}),
    ("F.grid_sample", [T("N C H W"), T("N K M 2")], {"align_corners": False}),
    ("F.glu", [T("N C")], {}),
    ("F.prelu", [T("N C L"), T("C")], {}),
    ("F.gelu", [T("N C")], {}),
    ("torch.cumsum", [T("N C")], {"dim": 1}),
    ("torch.cumprod", [T("N C")], {"dim": 0}),
    ("torch.logcumsumexp", [T("N C")], {"dim": 1}),
    ("torch.cummax", [T("N C")], {"dim": 1}),
    ("torch.sum", [T("N C")], {"dim": 1}),
    ("torch.mean", [T("N C")], {}),
    ("torch.prod", [T("N C")], {"dim": 0}),
    ("torch.amax", [T("N C")], {"dim": 1}),
    ("torch.max", [T("N C")], {"dim": 0}),
    ("torch.argmax", [T("N C")], {"dim": 0}),
    ("torch.max", [T("N C")], {}),
    ("torch.std", [T("N C")], {"dim": 1}),
    ("torch.var_mean", [T("N C")], {"dim": 0}),
    ("torch.logsumexp", [T("N C")], {"dim": 1}),
    ("torch.norm", [T("N C")], {}),
    ("torch.linalg.vector_norm", [T("N C")], {"dim": 1}),
    ("torch.linalg.norm", [T("N C")], {}),
    ("torch.all", [B("N C")], {"dim": 1}),
    ("torch.any", [B("N C")], {}),
    ("torch.median", [T("N C")], {"dim": 1}),
    ("torch.quantile", [T("N C")], {"q": 0.5, "dim": 1}),
    ("torch.sort", [T("N C")], {"dim": 1}),
    ("torch.topk", [T("N C")], {"k": 0}),
    ("torch.kthvalue", [T("N C")], {"k": 1}),
    ("torch.mode", [T("N C")], {}),
    ("torch.unique", [T("N C")], {}),
    ("torch.nonzero", [T("N C")], {}),
    ("torch.bincount", [I("N")], {}),
    ("torch.histc", [T("N C")], {"bins": 3, "min": 0, "max": 1}),
    ("torch.cat", [[T("N C"), T("L C")]], {}),
    ("torch.stack", [[T("N C"), T("N C")]], {"dim": 1}),
    ("torch.split", [T("N C"), 2], {}),
    ("torch.chunk", [T("N C")], {"chunks": 3}),
    ("torch.flip", [T("N C")], {"dims": [0, 1]}),
    ("torch.roll", [T("N C")], {"shifts": 1, "dims": 0}),
    ("torch.tile", [T("N C")], {"dims": [2, 2]}),
    ("torch.repeat_interleave", [T("N C")], {"repeats": 2, "dim": 0}),
    ("torch.gather", [T("N C"), 0, I("M C")], {}),
    ("torch.index_select", [T("N C"), 0, I("M")], {}),
    ("torch.take", [T("N C"), I("M")], {}),
    ("torch.scatter", [T("N C"), 0, I("M C"), T("M C")], {}),
    ("torch.scatter_add", [T("N C"), 0, I("M C"), T("M C")], {}),
    ("torch.scatter_reduce", [T("N C"), 0, I("M C"), T("M C"), "amax"], {}),
    ("torch.index_add", [T("N C"), 0, I("M"), T("M C")], {}),
    ("torch.index_copy", [T("N C"), 0, I("M"), T("M C")], {}),
    ("torch.index_fill", [T("N C"), 0, I("M"), 2.0], {}),
    ("torch.masked_select", [T("N C"), B("N C")], {}),
    ("torch.masked_fill", [T("N C"), B("N C"), 2.0], {}),
    ("torch.where", [B("N C"), T("N C"), T("N C")], {}),
    ("torch.einsum", ["ij,jk->ik", T("N C"), T("C O")], {}),
    ("torch.einsum", ["bij,bjk->bik", T("N L C"), T("N C O")], {}),
    ("torch.tril", [T("N C")], {}),
    ("torch.diagonal", [T("N C")], {}),
    ("torch.trace", [T("N C")], {}),
    ("torch.linalg.inv", [T("N K K")], {}),
    ("torch.linalg.det", [T("N K K")], {}),
    ("torch.linalg.solve", [T("N K K"), T("N K M")], {}),
    ("torch.linalg.qr", [T("N C K")], {}),
    ("torch.linalg.svdvals", [T("N C K")], {}),
    ("torch.linalg.cholesky", [T("N K K")], {}),
    ("torch.linalg.matrix_norm", [T("N C K")], {}),
    ("torch.matrix_exp", [T("N K K")], {}),
    ("F.embedding", [I("N L"), T("C D")], {}),
    ("F.embedding_bag", [I("N L"), T("C D")], {}),
    ("F.one_hot", [I("N")], {"num_classes": 3}),
    ("F.dropout", [T("N C")], {"p": 0.5}),
    ("torch.bernoulli", [T("N C")], {}),
    ("torch.searchsorted", [T("C"), T("N")], {}),
    ("torch.bucketize", [T("N"), T("C")], {}),
    ("torch.lerp", [T("N C"), T("N C"), T("C")], {}),
    ("torch.addcmul", [T("N C"), T("N C"), T("C")], {}),
    ("torch.clamp", [T("N C")], {"min": 0.1}),
    ("torch.pow", [T("N C"), T("C")], {}),
]


def numbers(shape, dtype, seed):
    n = 1
    for s in shape:
        n *= s
    if dtype == "int64":
        return torch.zeros(shape, dtype=torch.int64)
    if dtype == "bool":
        return torch.tensor([i % 2 == 0 for i in range(n)], dtype=torch.bool).reshape(shape)
    return torch.tensor([((i * 7 + seed * 3) % 11) / 8 + 0.125 for i in range(n)], dtype=torch.float32).reshape(shape)


def make(spec, sizes, inputs):
    if isinstance(spec, list):
        return [make(s, sizes, inputs) for s in spec]
    if not isinstance(spec, dict) or "shape" not in spec:
        return spec
    shape = [sizes.get(s, int(s) if s.isdigit() else 0) for s in spec["shape"]]
    spec = {"shape": shape, "dtype": spec.get("dtype", "float32")}
    t = numbers(shape, spec["dtype"], len(inputs))
    if spec["dtype"] == "float32":
        t.requires_grad_()
    inputs.append(t)
    SPECS.append(spec)
    return t


def plain(spec, sizes):
    if isinstance(spec, list):
        return [plain(s, sizes) for s in spec]
    if isinstance(spec, dict) and "shape" in spec:
        shape = [sizes.get(s, int(s) if s.isdigit() else 0) for s in spec["shape"]]
        return {"shape": shape, "dtype": spec.get("dtype", "float32")}
    return spec


def told(t):
    if t is None:
        return None
    values = [str(float(v)) if v != v or abs(v) == float("inf") else v for v in t.detach().flatten().tolist()]
    return {"shape": list(t.shape), "dtype": str(t.dtype)[6:], "values": values[:64]}


SPECS = []
RANDOM = ("F.gumbel_softmax", "torch.bernoulli", "F.dropout")
cases = []
for name, args, options, *_ in CALLS:
    letters = []
    for spec in [*args, *options.values()]:
        for s in spec if isinstance(spec, list) else [spec]:
            if isinstance(s, dict) and "shape" in s:
                letters += [c for c in s["shape"] if c.isalpha() and c not in letters]
    for zero in [*letters, *(["N" + c for c in letters[1:]] if letters[:1] == ["N"] else [])]:
        sizes = {**SIZES, **{c: 0 for c in zero}}
        inputs = []
        made = [make(a, sizes, inputs) for a in args]
        named = {k: make(v, sizes, inputs) for k, v in options.items()}
        if any(t.numel() for t in inputs) and all(t.numel() for t in inputs):
            continue
        case = {"f": name, "args": [plain(a, sizes) for a in args], "options": {k: plain(v, sizes) for k, v in options.items()}}
        f = F
        for part in name.split(".")[1:]:
            f = getattr(F if name.startswith("F.") else (torch if part == name.split(".")[1] else f), part)
        try:
            out = f(*made, **named)
            outs = [out] if isinstance(out, torch.Tensor) else list(out)
            case["results"] = [told(t) for t in outs]
        except Exception as e:
            case["error"] = [type(e).__name__, str(e).split("\n")[0]]
            cases.append(case)
            continue
        seen = [t for t in outs if t.requires_grad]
        wanted = [t for t in inputs if t.requires_grad]
        if seen and wanted:
            try:
                grads = torch.autograd.grad(sum(t.sum() for t in seen), wanted, allow_unused=True)
                case["grads"] = [told(g) for g in grads]
            except Exception as e:
                case["gradError"] = str(e).split("\n")[0]
        if name in RANDOM:
            for r in [*case["results"], *case.get("grads", [])]:
                if r and r["values"]:
                    r["values"] = None
        cases.append(case)
path = Path(__file__).parent.parent.parent / "test" / "recorded" / "empty.json"
path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
