"""torch.nn.utils.rnn: sequences of several lengths, padded to one or packed without padding."""

import collections
import functools

from ..._bridge import Held, holder, run
from ..._tensor import Tensor


_Packed = collections.namedtuple("PackedSequence_", ["data", "batch_sizes", "sorted_indices", "unsorted_indices"], defaults=(None,) * 3)


class PackedSequence(_Packed):
    """Sequences of several lengths without padding."""

    def __new__(cls, data, batch_sizes=None, sorted_indices=None, unsorted_indices=None):
        if batch_sizes is None:
            assert isinstance(data, (list, tuple)) and len(data) == 2, "Expected data to be a list or tuple of length 2"
            data, batch_sizes = data
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def __reduce__(self):
        return type(self), tuple(self)

    @functools.cached_property
    def _library(self):
        """What the library knows it as, from the first call on that it is given to."""
        return run("bridge.packed", *self)._library

    def to(self, *args, **kwargs):
        data = self.data.to(*args, **kwargs)
        if data is self.data:
            return self
        return type(self)(data, *self[1:])

    @property
    def is_cuda(self):
        return self.data.is_cuda

    def is_pinned(self):
        return False

    def cpu(self):
        return self.to("cpu")

    def cuda(self, *args, **kwargs):
        return self.to(*args, device="cuda", **kwargs)


for _name in ("byte", "char", "double", "float", "half", "int", "long", "short"):

    def _cast(self, _name=_name):
        data = getattr(self.data, _name)()
        return self if data is self.data else type(self)(data, *self[1:])

    _cast.__name__ = _name
    setattr(PackedSequence, _name, _cast)


class _Library(Held):
    """The library's object that a PackedSequence stands for."""


@holder("PackedSequence")
def _packed(number):
    held = _Library(number)
    fields = [run("get." + name, held) for name in _Packed._fields]
    # From __dict__ an attribute is found before the class's own, which would make another.
    made = PackedSequence(*fields)
    made.__dict__["_library"] = held
    return made


def invert_permutation(permutation):
    return None if permutation is None else permutation.argsort()


def _lengths(lengths):
    return lengths if isinstance(lengths, Tensor) else [int(n) for n in lengths]


def pack_padded_sequence(input, lengths, batch_first=False, enforce_sorted=True):
    return run("nn.utils.rnn.pack_padded_sequence", input, _lengths(lengths), batch_first, enforce_sorted)


def pad_packed_sequence(sequence, batch_first=False, padding_value=0.0, total_length=None):
    return run("nn.utils.rnn.pad_packed_sequence", sequence, batch_first, padding_value, total_length)


def pad_sequence(sequences, batch_first=False, padding_value=0.0, padding_side="right"):
    if not hasattr(sequences, "__iter__"):
        raise RuntimeError(f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}")
    return run("nn.utils.rnn.pad_sequence", list(sequences), batch_first, padding_value, padding_side)


def unpad_sequence(padded_sequences, lengths, batch_first=False):
    return list(run("nn.utils.rnn.unpad_sequence", padded_sequences, _lengths(lengths), batch_first))


def pack_sequence(sequences, enforce_sorted=True):
    return run("nn.utils.rnn.pack_sequence", list(sequences), enforce_sorted)


def unpack_sequence(packed_sequences):
    return list(run("nn.utils.rnn.unpack_sequence", packed_sequences))
