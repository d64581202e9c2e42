"""What is given for a hook: it takes the hook away again. PyTorch has it in torch.utils.hooks."""

import collections
import weakref


class RemovableHandle:
    """Takes a hook out of the dict that it was put in, and its number out of those that tell of it."""

    __module__ = "torch.utils.hooks"
    next_id = 0

    def __init__(self, hooks_dict, *, extra_dict=None):
        more = [extra_dict] if isinstance(extra_dict, dict) else extra_dict or ()
        self._refer(hooks_dict, RemovableHandle.next_id, more)

    def _refer(self, hooks, number, more):
        """The handle does not hold the dicts, nor what their hooks hold."""
        self.hooks_dict_ref, self.id = weakref.ref(hooks), number
        self.extra_dict_ref = tuple(map(weakref.ref, more))
        RemovableHandle.next_id = max(RemovableHandle.next_id, number + 1)

    def remove(self):
        for reference in (self.hooks_dict_ref, *self.extra_dict_ref):
            hooks = reference()
            if hooks is not None:
                hooks.pop(self.id, None)

    def __getstate__(self):
        return self.hooks_dict_ref(), self.id, tuple(reference() for reference in self.extra_dict_ref)

    def __setstate__(self, state):
        hooks, number, *more = state
        self._refer(collections.OrderedDict() if hooks is None else hooks, number, more[0] or () if more else ())

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.remove()
