"""torch.nn.utils.rnn: sequences of several lengths, padded to one or packed without padding."""

from ..._bridge import Held, holder, run
from ..._tensor import Tensor


@holder("PackedSequence")
class PackedSequence(Held):
    """Sequences of several lengths without padding."""

    data = property(lambda self: run("get.data", self))
    batch_sizes = property(lambda self: run("get.batch_sizes", self))
    sorted_indices = property(lambda self: run("get.sorted_indices", self))
    unsorted_indices = property(lambda self: run("get.unsorted_indices", self))

    _fields = ("data", "batch_sizes", "sorted_indices", "unsorted_indices")

    def __len__(self):
        return len(self._fields)

    def __iter__(self):
        return iter((self.data, self.batch_sizes, self.sorted_indices, self.unsorted_indices))

    def __getitem__(self, i):
        return tuple(self)[i]

    def __repr__(self):
        return "PackedSequence(" + ", ".join(f"{n}={v!r}" for n, v in zip(self._fields, self)) + ")"


def _lengths(lengths):
    return lengths if isinstance(lengths, Tensor) else [int(n) for n in lengths]


def pack_padded_sequence(input, lengths, batch_first=False, enforce_sorted=True):
    return run("nn.utils.rnn.pack_padded_sequence", input, _lengths(lengths), batch_first, enforce_sorted)


def pad_packed_sequence(sequence, batch_first=False, padding_value=0.0, total_length=None):
    return run("nn.utils.rnn.pad_packed_sequence", sequence, batch_first, padding_value, total_length)


def pad_sequence(sequences, batch_first=False, padding_value=0.0, padding_side="right"):
    return run("nn.utils.rnn.pad_sequence", list(sequences), batch_first, padding_value, padding_side)


def unpad_sequence(padded_sequences, lengths, batch_first=False):
    return list(run("nn.utils.rnn.unpad_sequence", padded_sequences, _lengths(lengths), batch_first))


def pack_sequence(sequences, enforce_sorted=True):
    return run("nn.utils.rnn.pack_sequence", list(sequences), enforce_sorted)


def unpack_sequence(packed_sequences):
    return list(run("nn.utils.rnn.unpack_sequence", packed_sequences))
