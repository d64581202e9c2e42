"""torch.func.functional_call: a module called with other tensors in the places of its own."""

import collections

from .._tensor import Tensor


def functional_call(module, parameter_and_buffer_dicts, args=None, kwargs=None, *, tie_weights=True, strict=False):
    """module(*args) with other parameters and buffers, by their names; what forward assigns goes to the given dict."""
    given = _one_dict(parameter_and_buffer_dicts)
    every = dict([*module.named_parameters(remove_duplicate=False), *module.named_buffers(remove_duplicate=False)])
    swapped = _with_tied(every, given) if tie_weights else dict(given)
    if strict:
        _require_same(module, every, swapped)
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    places = []
    try:
        for name, value in swapped.items():
            path, _, last = name.rpartition(".")
            place = (name, module.get_submodule(path), last)
            before = _put(*place, value)
            places.append((place, before))
        return module(*args, **(kwargs or {}))
    finally:
        for place, before in reversed(places):
            now = _put(*place, before)
            if place[0] in given:
                given[place[0]] = now


def _one_dict(dicts):
    if isinstance(dicts, dict):
        return dicts
    if not isinstance(dicts, (tuple, list)):
        raise ValueError(
            f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(dicts)}"
        )
    if not all(isinstance(d, dict) for d in dicts):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    counts = collections.Counter(key for d in dicts for key in d)
    several = [key for key, n in counts.items() if n > 1]
    if several:
        raise ValueError(f"{several} appeared in multiple dictionaries; behavior of functional call is ambiguous")
    return {key: value for d in dicts for key, value in d.items()}


def _with_tied(every, given):
    """The given tensors, also under the other names of what they stand for."""
    tied = collections.defaultdict(list)
    for name, tensor in every.items():
        tied[id(tensor)].append(name)
    swapped = dict(given)
    for names in tied.values():
        known = [name for name in names if name in given]
        if len({id(given[name]) for name in known}) > 1:
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(known)}, which are tied. Consider using tie_weights=False"
            )
        for name in names if known else ():
            swapped[name] = given[known[0]]
    return swapped


def _require_same(module, every, given):
    wrong = (("Unexpected", given.keys() - every.keys()), ("Missing", every.keys() - given.keys()))
    told = [f"\n\t{kind} key(s): {', '.join(map(repr, sorted(keys)))}." for kind, keys in wrong if keys]
    if told:
        raise RuntimeError(f"Error(s) in reparametrizing for {type(module).__name__}:{''.join(told)}")


_NOTHING = object()


def _put(path, owner, name, value):
    """Puts a tensor where one is; gives what was there."""
    if name == "":
        raise KeyError('tensor name can\'t be empty string ""')
    if value is not _NOTHING and value is not None and not isinstance(value, Tensor):
        raise TypeError(f"{value} is not an instance of torch.Tensor")
    for store in (owner._parameters, owner._buffers):
        if name in store:
            before, store[name] = store[name], value
            return before
    before = getattr(owner, name, _NOTHING)
    if before is not _NOTHING and not isinstance(before, Tensor):
        raise TypeError(f"attribute `{name}`: {before} is not an instance of torch.Tensor")
    if value is _NOTHING:
        delattr(owner, name)
    else:
        setattr(owner, name, value)
    return before
