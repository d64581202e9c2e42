"""Lists and dicts that arguments of nodes are kept in: they are not to be changed, for a node knows what it uses."""

REFUSED = "'{}' object does not support mutation. If you are attempting to modify the kwargs or args of a torch.fx.Node object,\ninstead create a new copy of it and assign the copy to the node:\n    new_args = ... # copy and mutate args\n    node.args = new_args\n"


def _refusing(cls, names):
    def refuse(self, *args, **kwargs):
        raise NotImplementedError(REFUSED.format(cls.__name__))

    for name in names.split():
        setattr(cls, name, refuse)
    return cls


class immutable_list(list):
    __hash__ = lambda self: hash(tuple(self))  # noqa: E731

    def __reduce__(self):
        return immutable_list, (tuple(self),)


class immutable_dict(dict):
    __hash__ = lambda self: hash(frozenset(self.items()))  # noqa: E731

    def __reduce__(self):
        return immutable_dict, (tuple(self.items()),)


_refusing(immutable_list, "__delitem__ __iadd__ __imul__ __setitem__ append clear extend insert pop remove reverse sort")
_refusing(immutable_dict, "__delitem__ __ior__ __setitem__ clear pop popitem setdefault update")
