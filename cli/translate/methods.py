"""Calls of methods: of the program's objects, of tensors, of torch's objects."""

import ast

from . import library
from .kinds import ANY, B, COUNT, Class, DTYPE, Dict, F, FLOAT, Function, I, Iter, Lib, List, NONE, NOTHING, Object, Path, SIZE, STR, Set, T, TENSORS, Tensor, Tuple, alternatives, is_a, join, join_all, may_be, root, without
from .text import E, LESS, Untranslatable, name_of


class Methods:
    def method_call(self, of, name, node):
        kind = root(of.kind)
        if may_be(kind, NONE) and len(alternatives(without(kind, NONE))) == 1 and without(kind, NONE) is not NOTHING:
            kind = root(without(kind, NONE))
            of = E(of.object + "!", kind)
        if name == "format" and is_a(kind, STR):
            raise Untranslatable("format of a text that is not written out")
        if isinstance(kind, Tensor) or may_be(kind, Tensor) and not may_be(kind, Object, Dict):
            return self.tensor_call(of, name, node)
        if isinstance(kind, (List, Tuple)) or kind is SIZE:
            return self.list_call(of, name, node)
        if is_a(kind, STR):
            return self.string_call(of, name, node)
        if isinstance(kind, Dict):
            return self.dict_call(of, name, node)
        if isinstance(kind, Set):
            return self.set_call(of, name, node)
        if isinstance(kind, Object):
            info = kind.info
            method = info.method(name)
            if method is not None:
                if method.is_static or method.is_class_method:
                    of = E(method.owner.name, Class(method.owner))
                return E(f"{of.object}.{name_of(name)}({self.bound(method, node)})", self.result_of(method, node))
            found = info.attribute(name)
            if found is None and info.library_base() is not None:
                return self.lib_call(of, Lib(info.library_base()), name, node)
            before, self.is_called = self.is_called, True
            e = self.object_attribute(of, info, name)
            self.is_called = before
            return self.call_of(e, node)
        if isinstance(kind, Class):
            method = kind.info.method(name)
            if method is not None:
                if not method.is_static and not method.is_class_method and method.self_name:
                    first, rest = node.args[0], ast.Call(node.func, node.args[1:], node.keywords)
                    if name == "__init__":
                        return self.super_call("__init__", rest)
                    e = self.expr(first)
                    return E(f"{kind.info.name}.prototype.{name_of(name)}.call({', '.join(filter(None, (e.text, self.bound(method, rest))))})", self.result_of(method, rest))
                return E(f"{of.object}.{name_of(name)}({self.bound(method, node)})", self.result_of(method, node))
            if name == "apply" and (kind.info.library_base() or "").endswith("Function"):
                return self.apply_call(of, kind.info, node)
            if (kind.info.library_base() or "") and name == "__init__":
                return self.super_call("__init__", ast.Call(node.func, node.args[1:], node.keywords))
            static = kind.info.static(name)
            if static is not None:
                return self.call_of(E(f"{of.object}.{name}", static), node)
        if isinstance(kind, Lib):
            fields = getattr(root(kind.of), "fields", None)
            if kind.path == "torch.nn.ModuleDict" and fields and name in fields:
                return self.call_of(self.lib_attribute(of, kind, name), node)
            return self.lib_call(of, kind, name, node)
        if isinstance(kind, Path):
            return self.path_call(f"{kind.path}.{name}", node)
        if isinstance(kind, Function) and name == "apply":
            return self.call_of(of, node)
        members = alternatives(kind)
        if len(members) > 1:
            results = [self.method_call(E(of.text, m, of.binds), name, node) for m in members if m is not NONE]
            return E(results[0].text, join_all(r.kind for r in results))
        text, kinds, _ = self.arguments(node)
        return E(f"{of.object}.{name}({text})", ANY if kind is ANY else NOTHING)

    def apply_call(self, of, info, node):
        forward, backward = info.method("forward"), info.method("backward")
        ctx = forward.params[0]
        ctx.kind = Lib("ctx")
        text, kinds, _ = self.arguments(node)
        forward.call([Lib("ctx"), *kinds], {})
        if backward is not None:
            count = len(root(forward.returns).of) if isinstance(root(forward.returns), Tuple) else 1
            backward.call([Lib("ctx"), *[F] * count], {})
        result = forward.returns
        return E(f"{of.object}.apply({text}) as {self.ts(result)}", result, LESS)

    def context_field(self, name):
        return self.context_fields.get((self.cls, name), NOTHING)

    def tensor_call(self, of, name, node):
        kind = root(of.kind) if isinstance(root(of.kind), Tensor) else T
        if name in ("numpy", "__array__"):
            raise Untranslatable("NumPy's arrays have no twin")
        if name == "size" and not node.args and not node.keywords:
            return E(f"{of.object}.size()", SIZE)
        if name == "new_tensor":
            made = self.torch_tensor("torch.Tensor.new_tensor", node)
            return E(made.text.replace("torch.Tensor.new_tensor", f"{of.object}.new_tensor", 1), made.kind)
        if name == "__len__":
            return E(f"{of.object}.length", COUNT)
        text, kinds, keywords = self.arguments(node)
        said = self.told(node, keywords)
        if name == "to" or name == "type":
            for a in node.args:
                e = self.quiet(a)
                if e.kind is DTYPE:
                    said["to"] = e.text
                elif is_a(e.kind, Tensor):
                    return E(f"{of.object}.{name}({text})", e.kind)
        if name == "masked_fill" or name == "masked_fill_":
            kinds = []
        if name in library.CONVERSIONS:
            return E(f"{of.object}.{name}({text})", TENSORS[library.CONVERSIONS[name]])
        if name == "mul" or name == "add" or name == "sub" or name == "div":
            e = self.quiet(node.args[0]) if node.args else None
            if e is not None and e.kind is FLOAT and kind in (I, B):
                text = f"new torch.Float({text})"
        if name in ("tolist",):
            return self.tolist(of, kind)
        if name == "register_hook" and node.args and isinstance(node.args[0], ast.Lambda):
            e = self.callback(node.args[0], F)
            return E(f"{of.object}.register_hook({e.text})", Lib("handle"))
        if name == "register_hook":
            if node.args and isinstance(root(kinds[0]), Function):
                root(kinds[0]).info.call([F], {})
            return E(f"{of.object}.register_hook({text})", Lib("handle"))
        return E(f"{of.object}.{name}({text})", self.library.result(f"torch.Tensor.{name}", [kind, *kinds], said))

    def tolist(self, of, kind):
        """Lists as deep as the program uses them cannot be known: the first level is taken, deeper ones by its use."""
        element = self.library._item([kind], {})
        found = self.made_by(of.text, lambda: List(element))
        return E(f"{of.object}.tolist() as {self.ts(found)}", found, LESS)

    def made_by(self, text, make):
        return make()

    def lib_call(self, of, kind, name, node):
        path = kind.path
        if path == "exception":
            text, _, _ = self.arguments(node)
            return E(f"{of.object}.{name}({text})", ANY)
        if path == "io.BytesIO":
            if name == "seek":
                return E("", NONE)
            raise Untranslatable(f"{name} of a BytesIO")
        if path == "ArgumentParser":
            raise Untranslatable("parts of argparse that are not arguments")
        if path == "ctx":
            text, _, _ = self.arguments(node)
            return E(f"{of.object}.{name}({text})", NONE)
        if path.startswith("torch.nn") and name in ("register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook"):
            a = node.args[0]
            module = of.kind
            if isinstance(root(self.quiet(a).kind), Function) and not isinstance(a, ast.Lambda):
                root(self.quiet(a).kind).info.call([module, List(F, "tuple"), F if name == "register_forward_hook" else List(F, "tuple")][: 3 if name != "register_forward_pre_hook" else 2], {})
            text, _, _ = self.arguments(node)
            return E(f"{of.object}.{name}({text})", Lib("handle"))
        if path.startswith("torch.nn.") and name == "apply" and node.args:
            found = root(self.quiet(node.args[0]).kind)
            if isinstance(found, Function):
                found.info.call([Lib("torch.nn.Module")], {})
            if isinstance(node.args[0], ast.Attribute) and isinstance(found, Function) and found.info.self_name:
                owner = self.expr(node.args[0].value)
                return E(f"{of.object}.apply((m) => {owner.object}.{name_of(node.args[0].attr)}(m))", of.kind)
        if path == "torch.nn.ModuleList" and name in ("append", "extend", "insert"):
            e = self.expr(node.args[-1])
            found = e.kind if name != "extend" else self.element(e.kind)
            self.grow(node.func.value, found)
        if path == "torch.nn.ModuleDict" and name in ("items", "values", "keys"):
            inner = getattr(root(kind.of), "of", NOTHING)
            of_items = {"items": Tuple([STR, inner]), "values": inner, "keys": STR}[name]
            text = f"{of.object}.{ {'items': 'items', 'values': 'values', 'keys': 'keys'}[name] }()"
            cast = f"({text} as Iterable<{self.ts(of_items)}>)" if name != "keys" else text
            return E(cast, Iter(of_items))
        if name == "register_buffer":
            text, kinds, _ = self.arguments(node)
            owner = root(of.kind)
            if isinstance(owner, Object) and isinstance(node.args[0], ast.Constant):
                value = kinds[1] if len(kinds) > 1 else F
                owner.info.note(node.args[0].value, value)
            return E(f"{of.object}.register_buffer({text})", NONE)
        if name == "register_parameter" or name == "add_module":
            text, kinds, _ = self.arguments(node)
            owner = root(of.kind)
            if isinstance(owner, Object) and isinstance(node.args[0], ast.Constant):
                owner.info.note(node.args[0].value, kinds[1])
            return E(f"{of.object}.{name}({text})", NONE)
        if name == "__init__":
            raise Untranslatable("__init__ called by hand")
        if name == "step" and path.startswith("torch.optim.") and node.args and "lr_scheduler" not in path:
            a = self.quiet(node.args[0])
            if isinstance(root(a.kind), Function):
                root(a.kind).info.call([], {})
                text, _, _ = self.arguments(node)
                result = root(a.kind).info.returns
                return E(f"{of.object}.step({text}) as {self.ts(result)}", result, LESS)
        text, kinds, keywords = self.arguments(node)
        result = self.lib_result(of, kind, name, node, kinds)
        if path == "torch.nn.StateDict" and name == "items":
            name = "entries"
        return E(f"{of.object}.{name}({text})", result)

    def grow(self, node, kind):
        """More is put into a ModuleList that was empty when it was made."""
        found = root(self.quiet(node).kind)
        if isinstance(found, Lib):
            for made in self.list_of_modules.values():
                made.of = join(made.of, kind)

    def lib_result(self, of, kind, name, node, kinds):
        path = kind.path
        if path.startswith("torch.nn."):
            if name in ("parameters", "buffers"):
                return Iter(F)
            if name in ("named_parameters", "named_buffers"):
                return Iter(Tuple([STR, F]))
            if name in ("modules", "children"):
                return Iter(Lib("torch.nn.Module"))
            if name in ("named_modules", "named_children"):
                return Iter(Tuple([STR, Lib("torch.nn.Module")]))
            if name in ("to", "train", "eval", "cuda", "cpu", "double", "float", "half", "requires_grad_", "apply", "append", "extend"):
                return of.kind
            if name == "state_dict":
                return Lib("torch.nn.StateDict")
            if name == "items":
                return Iter(Tuple([STR, F]))
            if name in ("keys",):
                return Iter(STR)
            if name == "values":
                return Iter(F)
            if name == "forward":
                return self.module_result(kind, node)
            if name == "size":
                return COUNT
            return F if name in ("forward", "get_parameter", "get_buffer") else ANY
        if "lr_scheduler" in path:
            return List(FLOAT) if name in ("get_last_lr", "get_lr") else NONE if name in ("step",) else ANY
        if path.startswith("torch.optim."):
            return {"zero_grad": NONE, "step": NONE, "load_state_dict": NONE, "add_param_group": NONE}.get(name, Lib("state_dict") if name == "state_dict" else ANY)
        if path.startswith("torch.distributions."):
            return of.kind if name == "expand" else self.library.result(f"torch.{name}", [F], {}) if name not in ("sample", "rsample") else (I if path.endswith("Categorical") else F)
        if path == "torch.Generator":
            return of.kind if name == "manual_seed" else COUNT
        if name == "item":
            return FLOAT
        return ANY
