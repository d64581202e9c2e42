"""Hooks that see the gradients which enter and leave a module, by functions that change nothing."""

from .. import _bridge
from .._tensor import Tensor
from ..autograd import Function

FIRING = "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs require gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook for more details."


class BackwardHookFunction(Function):
    @staticmethod
    def forward(ctx, *tensors):
        ctx.mark_non_differentiable(*[t for t in tensors if not t.requires_grad])
        return tensors

    @staticmethod
    def backward(ctx, *grads):
        return grads


class BackwardHook:
    def __init__(self, module, post, pre):
        self.module, self.post, self.pre = module, post, pre
        self.grad_outputs = None
        self.n_inputs = self.n_outputs = -1
        self.input_places = self.output_places = ()

    def _apply(self, args, at_node):
        tensors = [(i, a) for i, a in enumerate(args) if isinstance(a, Tensor)]
        if not any(t.requires_grad for _, t in tensors) or not _bridge.run("bridge.getMode", "grad"):
            return args, None
        new = BackwardHookFunction.apply(*[t for _, t in tensors])
        made = list(args)
        for (i, _), t in zip(tensors, new):
            made[i] = t
        nodes = [t.grad_fn for t in new if t.grad_fn is not None]
        at_node(nodes[0])
        return tuple(made), [i for i, _ in tensors]

    @staticmethod
    def _spread(places, count, grads):
        full = [None] * count
        for place, g in zip(places, grads):
            full[place] = g
        return tuple(full)

    def inputs(self, args):
        def at(node):
            def hook(grad_inputs, _):
                if self.grad_outputs is None:
                    return None
                full = self._spread(self.input_places, self.n_inputs, grad_inputs)
                changed = full
                for user in self.post:
                    got = user(self.module, changed, self.grad_outputs)
                    if got is not None:
                        got = got if isinstance(got, tuple) else (got,)
                        if len(got) != len(full):
                            raise RuntimeError(
                                f"Backward hook returned an invalid number of grad_input, got {len(got)}, but expected {len(full)}"
                            )
                        changed = got
                self.grad_outputs = None
                return [changed[i] for i in self.input_places]

            node.register_hook(hook)

        self.n_inputs = len(args)
        made, places = self._apply(args, at)
        self.input_places = places or ()
        self.has_inputs = places is not None
        return made

    def outputs(self, result):
        single = isinstance(result, Tensor)
        args = (result,) if single else result
        if not isinstance(args, tuple):
            return result

        def at(node):
            def hook(grad_outputs):
                full = self._spread(self.output_places, self.n_outputs, grad_outputs)
                for user in self.pre:
                    got = user(self.module, full)
                    if got is not None:
                        got = got if isinstance(got, tuple) else (got,)
                        if len(got) != len(full):
                            raise RuntimeError(
                                f"Backward pre hook returned an invalid number of grad_output, got {len(got)}, but expected {len(full)}"
                            )
                        full = got
                self.grad_outputs = full
                if not self.has_inputs and self.post:
                    _bridge.warn(FIRING, "UserWarning")
                if not self.has_inputs:
                    for user in self.post:
                        got = user(self.module, (None,) * max(self.n_inputs, 0), full)
                        if got is not None and not (isinstance(got, tuple) and all(x is None for x in got)):
                            raise RuntimeError(
                                "Backward hook for Modules where no input requires gradient should always return None or None for all gradients."
                            )
                    self.grad_outputs = None
                return [full[i] for i in self.output_places]

            node.register_prehook(hook)

        self.n_outputs = len(args)
        made, places = self._apply(args, at)
        self.output_places = places or ()
        return made[0] if single else made
