"""Calls of torch's functions and classes by their paths."""

import ast

from . import library
from .expressions import constant_int
from .kinds import ANY, B, BOOL, COUNT, DTYPE, Dict, F, FLOAT, Function, I, INT, INTS, Lib, List, NONE, NOTHING, Object, SIZE, STR, TENSORS, Tensor, Tuple, is_a, join, root
from .text import ASSIGN, E, key_of, options


class TorchCalls:
    def path_call(self, path, node):
        """A call of something of torch's or of Python's modules."""
        head = path.partition(".")[0]
        if head == "builtins":
            return self.builtin(path.partition(".")[2], node)
        if head == "ctx":
            text, kinds, _ = self.arguments(node)
            return E(f"ctx.{path.partition('.')[2]}({text})", NONE)
        if head != "torch":
            return self.module_call(path, node)
        path = library.known(path)
        name = path.rpartition(".")[2]
        special = getattr(self, f"torch_{name}", None)
        if special is not None:
            made = special(path, node)
            if made is not None:
                return made
        if library.is_class(path):
            return self.library_object(path, node)
        if path == "torch.autograd.Variable":
            return self.expr(node.args[0])
        text, kinds, keywords = self.arguments(node)
        for kind in kinds if path.startswith("torch.func.") else ():
            if isinstance(root(kind), Function) and not root(kind).info.is_called:
                root(kind).info.call([F] * len(root(kind).info.params), {})
        return E(f"{self.ts_path(path)}({text})", self.library.result(path, kinds, self.told(node, keywords)))

    def told(self, node, keywords):
        """Arguments by name, dtypes as their text."""
        said = dict(keywords)
        for k in node.keywords:
            if k.arg == "dtype":
                text = self.quiet(k.value)
                said["dtype"] = text.text if text.kind is DTYPE else None
                if said["dtype"] is not None and library.DTYPES.get(said["dtype"].rpartition(".")[2]) is None:
                    said["dtype"] = "?"
        return said

    def library_object(self, path, node):
        name = path.rpartition(".")[2]
        if name == "Size":
            return E(f"new torch.Size(...{self.iterable(self.expr(node.args[0]))})", SIZE)
        if name == "Parameter":
            text, kinds, _ = self.arguments(node)
            self.imports.add("nn")
            return E(f"new nn.Parameter({text})", kinds[0] if kinds and is_a(kinds[0], Tensor) else F)
        if name == "Tensor" or name.endswith("Tensor") and path.count(".") == 1:
            text, _, _ = self.arguments(node)
            of = I if name in ("LongTensor", "IntTensor", "ByteTensor", "ShortTensor") else B if name == "BoolTensor" else F
            return E(f"new {path}({text})" if name == "Tensor" else f"{path}({text})", of)
        text, kinds, keywords = self.arguments(node)
        of = NOTHING
        if name == "ModuleList":
            of = self.element(kinds[0]) if kinds else NOTHING
            made = self.made(node, lambda: List())
            made.of = join(made.of, of)
            kind = Lib(path, made.of)
            if not node.args:
                self.list_of_modules[id(node)] = made
            return E(f"new {self.ts_path(path)}({text})" if made.of is NOTHING or node.args else f"new {self.ts_path(path)}<{self.ts(made.of)}>({text})", kind)
        if name == "ModuleDict":
            made = Lib(path, kinds[0] if kinds else self.made(node, lambda: Dict(STR)))
            self.imports.add("nn")
            return E(f"new {self.ts(made)}({text})", made)
        if name == "Sequential":
            of = NOTHING if any(isinstance(a, ast.Starred) for a in node.args) else Tuple(kinds)
            if len(kinds) == 1 and isinstance(root(kinds[0]), Dict):
                of = NOTHING
            return E(f"new {self.ts_path(path)}({text})", Lib(path, of))
        if name == "DataLoader":
            made = Lib(path, self.sample_of(kinds[0]) if kinds else NOTHING)
            return E(f"new {path if made.of not in (ANY, NOTHING) else self.ts(made)}({text})", made)
        if name == "TensorDataset":
            return E(f"new {path}({text})", Lib(path, Tuple(kinds)))
        if name in ("Subset", "ConcatDataset"):
            return E(f"new {path}({text})", Lib(path, self.sample_of(kinds[0])))
        return E(f"new {self.ts_path(path)}({text})", Lib(path))

    def sample_of(self, kind):
        kind = root(kind)
        if isinstance(kind, Lib):
            return kind.of
        if isinstance(kind, Object):
            method = kind.info.method("__getitem__")
            return method.call([COUNT], {}) if method is not None else ANY
        if isinstance(kind, List):
            return kind.of
        if isinstance(kind, Tensor):
            return kind
        return ANY

    def torch_tensor(self, path, node):
        if path not in ("torch.tensor", "torch.as_tensor", "torch.Tensor.new_tensor"):
            return None
        if not node.args:
            data = next((k.value for k in node.keywords if k.arg == "data"), None)
            if data is None:
                return None
            rest = ast.Call(node.func, [data], [k for k in node.keywords if k.arg != "data"])
            return self.torch_tensor(path, ast.copy_location(self.synthetic.setdefault(id(node), rest), node))
        data = self.expr(node.args[0])
        elements = self.scalar_in(data.kind)
        dtype = next((k for k in node.keywords if k.arg == "dtype"), None)
        pairs = [(key_of(k.arg), self.expr(k.value).at(ASSIGN)) for k in node.keywords]
        text = data.at(ASSIGN)
        of = {FLOAT: "f", INT: "i", COUNT: "i", BOOL: "b"}.get(elements, getattr(elements, "of", "?") if isinstance(elements, Tensor) else "?")
        if elements in INTS and dtype is None:
            whole = self.whole_literal(node.args[0])
            if whole is not None:
                text = whole
            else:
                pairs.insert(0, ("dtype", "torch.int64"))
        if dtype is not None:
            of = library.DTYPES.get(self.expr(dtype.value).text.rpartition(".")[2], "?")
        return E(f"{path}({', '.join([text] + ([options(pairs)] if pairs else []))})", TENSORS[of])

    torch_as_tensor = torch_tensor

    def scalar_in(self, kind, depth=0):
        kind = root(kind)
        if isinstance(kind, (List, Tuple)) or kind is SIZE:
            return self.scalar_in(self.element(kind), depth + 1)
        return kind

    def whole_literal(self, node):
        """A display of ints with n after each, or None if it is not all written out."""
        if isinstance(node, (ast.List, ast.Tuple)):
            parts = [self.whole_literal(n) for n in node.elts]
            return None if None in parts else f"[{', '.join(parts)}]"
        value = constant_int(node)
        return None if value is None else f"{value}n"

    def torch_full(self, path, node):
        if path != "torch.full" or len(node.args) < 2:
            return None
        size, fill = (self.expr(a) for a in node.args[:2])
        pairs = [(key_of(k.arg), self.expr(k.value).at(ASSIGN)) for k in node.keywords]
        named = {k for k, _ in pairs}
        of = {FLOAT: "f", INT: "i", COUNT: "i", BOOL: "b"}.get(root(fill.kind), "?")
        if fill.kind in INTS and "dtype" not in named:
            pairs.insert(0, ("dtype", "torch.int64"))
        dtype = next((k for k in node.keywords if k.arg == "dtype"), None)
        if dtype is not None:
            of = library.DTYPES.get(self.expr(dtype.value).text.rpartition(".")[2], "?")
        return E(f"torch.full({', '.join([size.text, fill.text] + ([options(pairs)] if pairs else []))})", TENSORS[of])

    def torch_arange(self, path, node):
        args = [self.expr(a) for a in node.args]
        pairs = [(key_of(k.arg), self.expr(k.value).at(ASSIGN)) for k in node.keywords]
        of = "f" if any(a.kind is FLOAT for a in args) else "i"
        dtype = next((k for k in node.keywords if k.arg == "dtype"), None)
        if dtype is not None:
            of = library.DTYPES.get(self.expr(dtype.value).text.rpartition(".")[2], "?")
        elif of == "f" and not any(a.is_literal and a.kind is FLOAT and not float(a.text).is_integer() for a in args if not a.text.startswith("-")):
            pairs.insert(0, ("dtype", "torch.float32"))
        return E(f"torch.arange({', '.join([a.at(ASSIGN) for a in args] + ([options(pairs)] if pairs else []))})", TENSORS[of])

    def torch_grad(self, path, node):
        if path != "torch.autograd.grad":
            return None
        text, kinds, keywords = self.arguments(node)
        one = kinds and len(kinds) > 1 and is_a(kinds[1], Tensor)
        allows = "allow_unused" in keywords
        count = len(root(kinds[1]).of) if len(kinds) > 1 and isinstance(root(kinds[1]), Tuple) else None
        kind = Tuple([F]) if one else Tuple([F] * count) if count else List(F, "tuple")
        return E(f"torch.autograd.grad({text})", kind)

    def torch_random_split(self, path, node):
        text, kinds, _ = self.arguments(node)
        return E(f"torch.utils.data.random_split({text})", List(Lib("torch.utils.data.Subset", self.sample_of(kinds[0]))))

    def torch_no_grad(self, path, node):
        if node.args:
            return None
        return E("torch.no_grad()", Lib("guard"))

    def torch_load(self, path, node):
        if path != "torch.load":
            return None
        first = self.expr(node.args[0])
        if isinstance(root(first.kind), Lib) and root(first.kind).path == "io.BytesIO":
            self.imports.add("serialization")
            return E(f"decode<any>({first.text})", ANY)
        text, _, _ = self.arguments(node)
        return E(f"torch.load<any>({text})", ANY)

    def torch_save(self, path, node):
        if path != "torch.save":
            return None
        what, where = self.expr(node.args[0]), self.expr(node.args[1])
        if isinstance(root(where.kind), Lib) and root(where.kind).path == "io.BytesIO":
            self.imports.add("serialization")
            return E(f"{where.text} = encode({what.text})", NONE, ASSIGN)
        return None
