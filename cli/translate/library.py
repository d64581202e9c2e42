"""What torch's names are in TypeScript, and what their calls give: from the signatures of tidu's own ops where there is one."""

import re

from .kinds import ANY, BOOL, COUNT, DEVICE, DTYPE, F, FLOAT, I, INT, Iter, Lib, List, NONE, SIZE, STR, TENSORS, Tensor, Tuple, alternatives, is_a

DTYPES = {
    **dict.fromkeys("float32 float64 float16 bfloat16 float double half".split(), "f"),
    **dict.fromkeys("int64 int32 int16 int8 uint8 long int short".split(), "i"),
    "bool": "b",
}
OTHER_DTYPES = "complex64 complex128 cfloat cdouble".split()
CONVERSIONS = {"float": "f", "double": "f", "half": "f", "bfloat16": "f", "long": "i", "int": "i", "short": "i", "bool": "b"}
# Elements of results, where they are not those of the arguments.
OF_INTS = set("argmax argmin argsort randint randperm bincount nonzero multinomial searchsorted bucketize count_nonzero tril_indices triu_indices".split())
OF_BOOLS = set(
    "eq ne lt le gt ge isnan isinf isfinite isclose logical_and logical_or logical_not logical_xor any all greater less signbit isin greater_equal less_equal".split()
)
OF_FLOATS = set(
    """exp log log2 log10 log1p expm1 sqrt rsqrt sin cos tan asin acos atan sinh cosh tanh sigmoid softmax log_softmax mean std var div
    true_divide reciprocal erf erfc norm rand randn randn_like rand_like zeros ones empty linspace logspace eye normal bernoulli dropout
    logsumexp median_ cov corrcoef special linalg fft cross_entropy nll_loss mse_loss one_hot_ zeros_like_ rnn cdist""".split()
)
OF_FIRST = set("where_ sum prod cumsum".split())
NUMBERS_BY_METHOD = {
    "dim": COUNT, "numel": COUNT, "nelement": COUNT, "ndimension": COUNT, "element_size": COUNT, "storage_offset": COUNT, "data_ptr": COUNT,
    "is_contiguous": BOOL, "is_floating_point": BOOL, "is_complex": BOOL, "equal": BOOL, "allclose": BOOL, "is_tensor": BOOL, "is_grad_enabled": BOOL,
    "is_available": BOOL, "get_num_threads": COUNT, "type": STR, "device_count": COUNT, "initial_seed": COUNT, "get_device": INT, "is_same_size": BOOL,
    "is_inference_mode_enabled": BOOL, "is_signed": BOOL, "is_set_to": BOOL,
}
TENSOR_FIELDS = {
    "shape": SIZE, "dtype": DTYPE, "device": DEVICE, "ndim": COUNT, "requires_grad": BOOL, "is_leaf": BOOL, "is_cuda": BOOL, "_version": COUNT,
    "retains_grad": BOOL, "itemsize": COUNT, "nbytes": COUNT, "is_sparse": BOOL, "is_meta": BOOL,
}  # fmt: skip
VALUES_AND_INDICES = set("topk sort mode kthvalue cummax cummin".split())
WITH_DIM = set("max min median nanmedian".split())
MODULE_RESULTS = {
    "LSTM": Tuple([F, Tuple([F, F])]), "GRU": Tuple([F, F]), "RNN": Tuple([F, F]), "LSTMCell": Tuple([F, F]),
    "MultiheadAttention": Tuple([F, F]),
}  # fmt: skip
# Fields of layers that may be null by their types, though they are there as most programs make them.
LAYER_FIELDS = {"weight": F, "bias": F, "running_mean": F, "running_var": F, "in_features": COUNT, "out_features": COUNT, "p": FLOAT,
    "in_channels": COUNT, "out_channels": COUNT, "num_embeddings": COUNT, "embedding_dim": COUNT, "eps": FLOAT, "num_features": COUNT, "hidden_size": COUNT,
    "num_layers": COUNT, "num_batches_tracked": I}  # fmt: skip
MAY_BE_NULL = set("bias running_mean running_var num_batches_tracked".split())
OLDER = {
    "torch.nn.parameter.Parameter": "torch.nn.Parameter",
    "torch.autograd.no_grad": "torch.no_grad",
    "torch.autograd.grad_mode.no_grad": "torch.no_grad",
    "torch.autograd.function.Function": "torch.autograd.Function",
    "torch.optim.optimizer.Optimizer": "torch.optim.Optimizer",
    "torch.utils.data.dataset.Dataset": "torch.utils.data.Dataset",
    "torch.utils.data.dataloader.DataLoader": "torch.utils.data.DataLoader",
    "torch.nn.init.xavier_uniform": "torch.nn.init.xavier_uniform_",
    "torch.set_grad_enabled": "torch.set_grad_enabled",
}


def known(path):
    """The path under which TypeScript has it."""
    path = re.sub(r"^torch\.nn\.modules(\.\w+)?\.(?=[A-Z])", "torch.nn.", path)
    path = re.sub(r"^torch\.optim\.(?!lr_scheduler|swa_utils|optimizer)(\w+)\.(?=[A-Z])", "torch.optim.", path)
    path = re.sub(r"^torch\.Tensor\.(?=[a-z])", "torch.", path) if path in ("torch.Tensor.add",) else path
    return OLDER.get(path, path)


def is_class(path):
    return path.rpartition(".")[2][:1].isupper()


def is_module_class(path):
    return path.startswith("torch.nn.") and path.count(".") == 2 and is_class(path)


def constant(path):
    """The kind of torch's constants, or None."""
    name = path.removeprefix("torch.")
    if name in DTYPES or name in OTHER_DTYPES:
        return DTYPE
    if name in ("pi", "inf", "nan", "e"):
        return FLOAT
    if name == "torch.__version__" or name == "__version__":
        return STR
    return None


class Library:
    """`signatures`: the text of an op's signature by its path, or ""."""

    def __init__(self, signatures):
        self.signature = signatures

    def elements(self, name, args, keywords):
        """Which elements the tensor has that a function gives."""
        if "dtype" in keywords and keywords["dtype"] is not None:
            return DTYPES.get(keywords["dtype"].rpartition(".")[2], "?")
        bare = name.rstrip("_")
        if bare in OF_INTS:
            return "i"
        if bare in OF_BOOLS:
            return "b"
        if bare in OF_FLOATS:
            return "f"
        found = [m.of for a in args for k in alternatives(a) for m in (k.of if isinstance(k, Tuple) else [k]) if isinstance(m, Tensor)]
        found += [a.of.of for a in args if isinstance(a, List) and isinstance(a.of, Tensor)]
        if not found:
            return "f"
        if any(is_a(a, FLOAT) for a in args) and not name.endswith("_") and bare in ("add", "sub", "mul", "pow", "remainder", "clamp", "where"):
            found.append("f")
        if "?" in found:
            return "?"
        if "f" in found:
            return "f"
        if "i" in found:
            return "i"
        return "i" if bare in ("sum", "cumsum", "prod", "add", "mul", "sub") else "b"

    def result(self, path, args, keywords):
        """What a function of torch's gives; `args`: kinds of what it is given, a method's tensor first."""
        name = path.rpartition(".")[2]
        if name in NUMBERS_BY_METHOD and not (name == "type" and len(args) > 1):
            return NUMBERS_BY_METHOD[name]
        if name.startswith("is_") and not path.startswith("torch.cuda."):
            return BOOL
        if path.startswith("torch.func.") and name in ("grad", "vmap", "jacrev", "jacfwd", "hessian"):
            return Lib("function", F)
        special = getattr(self, f"_{name}", None)
        if special is not None:
            return special(args, keywords)
        if ".nn.functional." in path and not (args and is_a(args[0], Tensor) and args[0].of != "f" and name in ("pad", "one_hot", "relu")):
            of = "f" if name != "one_hot" else "i"
        else:
            of = self.elements(name, args, keywords)
        tensor = TENSORS[of]
        if name in WITH_DIM and len(args) + len(keywords) > 1 and not (len(args) > 1 and is_a(args[1], Tensor)):
            return Tuple([tensor, I])
        if name in VALUES_AND_INDICES:
            return Tuple([tensor, I])
        if path.startswith("torch.nn.init.") or path.startswith("torch.special."):
            return F
        if path.startswith(("torch.cuda.", "torch.backends.", "torch.mps.", "torch.accelerator.")):
            return ANY
        text = self.signature(path) or self.signature(f"torch.{name}") or self.signature(f"torch.nn.functional.{name}")
        if not text:
            return tensor
        returned = text.rpartition("->")[2].strip()
        return self._returned(returned, tensor)

    def _returned(self, text, tensor):
        if text.startswith("("):
            parts = text[1:-1].split(", ")
            return Tuple([I if "indices" in p else self._returned(p.split(" ")[0], tensor) for p in parts])
        if text.startswith("Tensor[]"):
            return List(tensor, "tuple")
        return {"int": INT, "bool": BOOL, "float": FLOAT, "str": STR, "None": NONE}.get(text, tensor if text.startswith("Tensor") else ANY)

    # Functions that are no ops.

    def _size(self, args, keywords):
        return COUNT if len(args) > 1 or keywords else SIZE

    def _stride(self, args, keywords):
        return COUNT if len(args) > 1 or keywords else List(COUNT, "tuple")

    def _item(self, args, _):
        of = getattr(args[0], "of", "f") if isinstance(args[0], Tensor) else "f"
        return {"i": INT, "b": BOOL}.get(of, FLOAT)

    def _tolist(self, args, _):
        return List(self._item(args, _))

    def _manual_seed(self, args, _):
        return ANY

    def _backward(self, args, _):
        return NONE

    def _unique(self, args, keywords):
        one = TENSORS[self.elements("unique", args, {})]
        more = [I for k in ("return_inverse", "return_counts") if k in keywords]
        return Tuple([one, *more]) if more else one

    def _split(self, args, keywords):
        return List(TENSORS[self.elements("split", args[:1], {})], "tuple")

    _chunk = _unbind = _tensor_split = _split

    def _meshgrid(self, args, keywords):
        return List(TENSORS[self.elements("meshgrid", args[:1], {})], "tuple")

    def _broadcast_tensors(self, args, keywords):
        return List(TENSORS[self.elements("broadcast_tensors", args[:1], {})], "tuple")

    def _grad(self, args, keywords):
        return List(F, "tuple")

    def _nonzero(self, args, keywords):
        return List(I, "tuple") if "as_tuple" in keywords else I

    def _where(self, args, keywords):
        return TENSORS[self.elements("where_", args[1:], {})] if len(args) > 1 else List(I, "tuple")

    def _to(self, args, keywords):
        of = DTYPES.get((keywords.get("dtype") or keywords.get("to") or "").rpartition(".")[2])
        return TENSORS[of] if of else args[0]

    def _type(self, args, keywords):
        return self._to(args, keywords)

    def _is_tensor(self, args, keywords):
        return BOOL

    def _clip_grad_norm_(self, args, keywords):
        return F

    def _clip_grad_value_(self, args, keywords):
        return NONE

    def _device(self, args, keywords):
        return DEVICE

    def _Generator(self, args, keywords):
        return Lib("torch.Generator")

    def _load(self, args, keywords):
        return ANY

    def _save(self, args, keywords):
        return NONE

    def _lu(self, args, keywords):
        return Tuple([F, F, F])

    def _vector_to_parameters(self, args, keywords):
        return NONE

    def _finfo(self, args, keywords):
        return Lib("torch.finfo")

    def _compile(self, args, keywords):
        return args[0]

    def _parameters(self, args, keywords):
        return Iter(F)

    def attribute(self, of, name):
        """The kind of a tensor's attribute, or None for a method."""
        if name in ("T", "mT", "H", "data", "real", "imag"):
            return of
        if name == "grad":
            return F
        return TENSOR_FIELDS.get(name)
