"""Records what PyTorch's functions leave in the graph, and what backward then says: for the calls of dtypes_taken.py
with float32 tensors, each of which requires grad in turn.

    python tools/record/graph.py

Writes test/recorded/graph.json: the calls, and for each tensor of a call that may require grad the nodes of the results ("-" for
one that requires no grad), then what gradient the leaf got, or the error.
"""
import json
import pathlib
import warnings

import torch
import torch.nn.functional as F

import dtypes_taken as taken

X = torch.float32
MORE = """
x(2,3).fill_(y())
torch.fill(x(2,3), 1.5)
torch.fill(x(2,3), y())
x(3).random_(0, 5)
x(2,3).index_fill_(1, i(1), y())
x(2,3).masked_fill_(b(2,3), y())
x(2,3).conj_physical()
x(2,3).mvlgamma_(1)
x(2,3).round_(decimals=2)
x(2,3).rot90()
x(2,3).repeat_interleave(2, 0)
x(2,3).repeat_interleave(torch_ones(2), 0)
special.xlog1py(x(2,3), 2)
special.xlog1py(2, x(2,3))
special.zeta(x(2,3), 2)
special.zeta(2, x(2,3))
torch.xlogy(2, x(2,3))
x(2,3).inner(y(2,3))
x(2,3).clamp_(y(2,3))
x(2,3).lerp_(y(2,3), y(2,3))
x(2,3).fmod_(y(2,3))
x(2,3).remainder_(y(2,3))
x(2,3).index_put_([i(1)], y(3))
x(2,3).index_add_(1, i(1), y(2,1))
x(2,3).index_copy_(1, i(1), y(2,1))
x(2,3).index_reduce_(1, i(1), y(2,1), "prod")
x(2,3).scatter_(1, i(2,1), y(2,1))
x(2,3).scatter_(1, i(2,1), y(2,2))
x(2,3).scatter_(1, i(2,1), 2)
x(2,3).scatter_add_(1, i(2,1), y(2,1))
x(2,3).scatter_reduce_(1, i(2,1), y(2,1), "sum")
x(2,3).scatter(1, i(2,1), y(2,3))
x(2,3).scatter_add(1, i(2,1), y(2,3))
x(2,3).scatter_reduce(1, i(2,2), y(2,3), "sum")
x(2,3).scatter_reduce(1, i(2,2), y(2,3), "mean")
x(2,3).scatter_reduce(1, i(2,2), y(2,3), "prod")
x(2,3).scatter_reduce(1, i(2,2), y(2,3), "amax")
x(2,3).put_(i(2), y(2))
x(2,3).masked_scatter_(b(2,3), y(2,3))
x(2,3).renorm_(2, 0, 1.0)
x(2,3).addcmul_(y(2,3), y(2,3))
x(2,2).addmm_(y(2,2), y(2,2))
x(2).addmv_(y(2,2), y(2))
x(2,2).addr_(y(2), y(2))
x(1,2,2).baddbmm_(y(1,2,2), y(1,2,2))
x(2,2).addbmm_(y(1,2,2), y(1,2,2))
x(2,3).tril_()
x(2,3).squeeze_()
x(2,3).unsqueeze_(0)
x(2,3).t_()
x(2,3).transpose_(0, 1)
torch.block_diag(x(2,3), y(2,3))
torch.cartesian_prod(x(2), y(2))
torch.combinations(x(3))
torch.meshgrid(x(2), y(2), indexing="ij")
torch.broadcast_tensors(x(2,3), y(2,3))
torch.broadcast_tensors(x(2,3), y(3))
torch.atleast_1d(x())
torch.atleast_3d(x(2,3))
torch.column_stack([x(2), y(2)])
torch.dstack([x(2), y(2)])
torch.einsum("ij->ji", x(2,3))
torch.einsum("ij->i", x(2,3))
torch.einsum("ij,ij->", x(2,3), y(2,3))
torch.trapezoid(x(2,3), y(2,3))
torch.cumulative_trapezoid(x(3), y(3))
torch.diff(x(2,3))
torch.logdet(m(2,2))
linalg.vecdot(x(2,3), y(2,3))
x(2,3).flatten()
x(2,3).reshape(3, 2)
x(2,3).view(3, 2)
x(2,3).view_as(y(2,3))
x(2,3).expand(2, 2, 3)
x(2,3).expand_as(y(2,3))
x(2,3).t()
x(2,3).permute(1, 0)
x(2,3).movedim(0, 1)
x(2,3).swapaxes(0, 1)
x(2,3).squeeze()
x(2,3).squeeze(0)
x(2,3).unsqueeze(0)
x(2,3).unfold(0, 1, 1)
x(2,3).unflatten(1, [3, 1])
x(2,3).split(1)
x(2,3).chunk(2)
x(2,3).hsplit(3)
x(2,3).vsplit(2)
x(2,3).tensor_split(2)
x(2,3).unbind()
x(2,3).diagonal()
x(2,3).select(0, 0)
x(2,3).narrow(1, 0, 2)
x(2,3).fliplr()
x(2,3).contiguous()
x(2,3).detach()
x(2,3).double()
x(2,3).float()
x(2,3).type_as(y(2,3))
x(2,3).select_scatter(y(3), 0, 0)
x(2,3).slice_scatter(y(1,3), 0, 0, 1)
x(3,3).diagonal_scatter(y(3))
x(2,3).as_strided([2], [1])
x(2,3).where(b(2,3), y(2,3))
x(2,3).isposinf()
F.max_pool1d(x(2,6), 2)
F.adaptive_avg_pool2d(x(1,2,4,4), 1)
F.adaptive_avg_pool3d(x(1,1,4,4,4), 1)
F.rrelu(x(2,3), training=True)
F.softmin(x(2,3), 0)
F.embedding_bag(i(2,2), x(4,2))
F.cosine_embedding_loss(x(2,3), y(2,3), torch_ones(2))
F.triplet_margin_loss(x(2,3), y(2,3), y(2,3))
F.pixel_shuffle(x(1,4,2,2), 2)
F.batch_norm(x(3,2), None, None, training=True)
F.instance_norm(x(2,2,4))
"""


def operands(value):
    if isinstance(value, taken.Operand):
        return [value] if value.kind in "xymf" else []
    return [o for v in value for o in operands(v)] if isinstance(value, (list, tuple)) else []


def told(node, depth=0):
    """A node's name and, in parentheses, those it passes gradients to: the graph as next_functions shows it."""
    if node is None:
        return "None"
    if depth == 8:
        return "..."
    below = [told(n, depth + 1) for n, _ in node.next_functions]
    return type(node).__name__ + (f"({', '.join(below)})" if below else "")


def outcome(call, which):
    leaf = None

    def real(value):
        nonlocal leaf
        if isinstance(value, taken.Operand):
            t = taken.tensor(value, X, X)
            if value is which:
                leaf = t.requires_grad_()
                # What is written to must not be a leaf.
                return t.clone() if writes else t
            return t
        if isinstance(value, (list, tuple)):
            return type(value)(real(v) for v in value)
        return value

    space, name = call.name.split(".")
    writes = name.endswith("_")
    torch.manual_seed(0)
    try:
        result = getattr(taken.SPACES[space], name)(
            *[real(a) for a in call.args], **{k: real(a) for k, a in call.kwargs.items()}
        )
    except Exception as error:
        return "", f"{type(error).__name__.lstrip('_')}: " + str(error).split("\n")[0]
    results = [r for r in (result if isinstance(result, (list, tuple)) else [result]) if isinstance(r, torch.Tensor)]
    nodes = " ".join(
        "-" if not r.requires_grad else "leaf" if r.is_leaf else told(r.grad_fn) for r in results
    )
    roots = [r for r in results if r.requires_grad]
    if not roots:
        return nodes, ""
    try:
        torch.autograd.backward(roots, [torch.ones_like(r) for r in roots])
    except Exception as error:
        return nodes, f"{type(error).__name__}: " + str(error).split("\n")[0]
    return nodes, "None" if leaf.grad is None else "grad" if leaf.grad.any() else "zeros"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    lines = []
    texts = [text for text, _ in taken.calls()] + MORE.strip().splitlines()
    for text in dict.fromkeys(texts):
        if "DTYPE" in text:
            continue
        call = taken.parsed(text)
        if outcome(call, None)[1]:
            continue
        found = [outcome(call, which) for which in operands([*call.args, *call.kwargs.values()])]
        if found:
            args, kwargs = taken.encoded(call.args), {k: taken.encoded(v) for k, v in call.kwargs.items()}
            lines.append(json.dumps([text, call.name, args, kwargs, found], separators=(",", ":")))
    path = pathlib.Path(__file__).parent.parent.parent / "test" / "recorded" / "graph.json"
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
