"""torch._functorch: what programs take from the inside of torch.func."""

import torch
from torch.func import *  # noqa: F401, F403

# What is known by other modules' names is listed in _places.py.


def _slice_argnums(args, argnums, as_tuple=True):
    """The arguments at these places, counted from either end."""
    several = isinstance(argnums, tuple)
    if not several and not isinstance(argnums, int):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    places = []
    for place in argnums if several else (argnums,):
        if not isinstance(place, int):
            raise RuntimeError(f"argnum must be int, got: {type(place)}")
        if not -len(args) <= place < len(args):
            raise RuntimeError(f"Got argnum={place}, but only {len(args)} positional inputs")
        places.append(place % len(args))
    if not places:
        raise RuntimeError("argnums must be non-empty")
    if len(set(places)) < len(places):
        raise RuntimeError(f"argnums elements must be unique, got {tuple(places)}")
    taken = tuple(args[place] for place in places)
    return taken if several or as_tuple else taken[0]


class WrappedCtx:
    """A context of a custom Function that passes on what it does not have itself."""

    _pt_reserved_attrs = ("_pt_reserved_attrs", "_pt_inner_ctx")

    def __init__(self, ctx):
        if not isinstance(ctx, WrappedCtx):
            for name in self._pt_reserved_attrs:
                if hasattr(ctx, name):
                    raise RuntimeError(
                        f"PyTorch reserves the {self._pt_reserved_attrs} field on ctx. Please name your fields on ctx something else to avoid name collision."
                    )
        self._pt_inner_ctx = ctx

    def __getattr__(self, name):
        return getattr(self._pt_inner_ctx, name)

    def __setattr__(self, name, value):
        if name in type(self)._pt_reserved_attrs:
            self.__dict__[name] = value
        else:
            setattr(self._pt_inner_ctx, name, value)


class CtxWithSavedTensors(WrappedCtx):
    """A context with other saved tensors."""

    _pt_reserved_attrs = ("_pt_new_saved_tensors", *WrappedCtx._pt_reserved_attrs)

    def __init__(self, ctx, new_saved_tensors):
        super().__init__(ctx)
        self._pt_new_saved_tensors = new_saved_tensors

    @property
    def saved_tensors(self):
        return self._pt_new_saved_tensors


def reductify_leaf(grad_input, grad_input_bdim, input_bdim, batch_size, target_shape_without_bdim_to_reduce_to=None):
    """The gradient of an input that has the batch at `input_bdim`, or nowhere: then it is summed over the batch."""
    if grad_input is None:
        return None
    if grad_input_bdim is None and input_bdim is None:
        return grad_input
    if input_bdim is None:
        return grad_input.sum(grad_input_bdim)
    if grad_input_bdim is None:
        whole = grad_input.unsqueeze(input_bdim)
        grad_input, grad_input_bdim = whole.expand(*(batch_size if d == input_bdim else -1 for d in range(whole.dim()))), input_bdim
    shape = target_shape_without_bdim_to_reduce_to
    if shape is not None:
        return torch.func.vmap(torch.Tensor.sum_to_size, (grad_input_bdim, None), input_bdim)(grad_input, shape)
    return grad_input.movedim(grad_input_bdim, input_bdim)


from ._places import register_all  # noqa: E402

register_all()
del register_all
