"""torch.distributed: several processes that talk by MPI, or one. The library's; Python pickles its objects itself."""

import datetime
import os
import pickle

from .. import _bridge
from .._bridge import Held, holder, run as _run
from .._places import register_all
from .._tensor import Tensor

default_pg_timeout = datetime.timedelta(minutes=30)


@holder("ProcessGroup")
class ProcessGroup(Held):
    """Processes that talk to each other."""

    __module__ = "torch.distributed.distributed_c10d"

    def rank(self):
        return _run("method.rank", self)

    def size(self):
        return _run("method.size", self)

    def name(self):
        return _run("method.name", self)

    group_name = property(lambda self: _run("get.group_name", self))
    group_desc = property(lambda self: _run("get.group_desc", self))


class _GroupMeta(type):
    WORLD = property(lambda cls: _run("bridge.distWorld"))


class group(metaclass=_GroupMeta):
    """group.WORLD: the group of all processes."""


class GroupMember(metaclass=_GroupMeta):
    NON_GROUP_MEMBER = -100


class Backend(str):
    """Names of ways to talk."""

    UNDEFINED, GLOO, NCCL, UCC, MPI, XCCL = "undefined", "gloo", "nccl", "ucc", "mpi", "xccl"

    def __new__(cls, name):
        if not isinstance(name, str):
            raise ValueError(f"Backend constructor parameter must be string-ish: {name}")
        return str.__new__(cls, name.lower())


@holder("RedOpType")
class _RedOpType(Held):
    def __init__(self, number):
        super().__init__(number)
        self.name, self.value = _run("get.name", self), _run("get.value", self)

    def __repr__(self):
        return f"<RedOpType.{self.name}: {self.value}>"


class ReduceOp:
    """What collectives do with what they gather."""


for _name in "SUM AVG PRODUCT MIN MAX BAND BOR BXOR".split():
    setattr(ReduceOp, _name, _run("bridge.distReduceOp", _name))
reduce_op = ReduceOp


def _seconds(timeout):
    return None if timeout is None else timeout.total_seconds()


@holder("Work")
class Work(Held):
    """An operation on the way."""

    __module__ = "torch.distributed.distributed_c10d"

    def wait(self, timeout=None):
        return _run("method.wait", self, _seconds(timeout))

    def is_completed(self):
        return _run("method.is_completed", self)

    def is_success(self):
        return _run("method.is_success", self)

    def exception(self):
        return None if self.is_success() or not self.is_completed() else RuntimeError("the operation failed")

    def result(self):
        return list(_run("method.result", self))

    def source_rank(self):
        return _run("method.source_rank", self)

    _source_rank = source_rank

    def synchronize(self):
        self.wait()

    def get_future(self):
        return Future(lambda: (self.wait(), self.result())[1], self.is_completed)


class Future:
    """A value that comes when work is done."""

    __module__ = "torch.futures"

    def __init__(self, get=None, done=None):
        self._get, self._done, self._made = get, done, []

    def set_result(self, value):
        self._made = [value]

    def done(self):
        return bool(self._made) or self._done()

    def wait(self):
        if not self._made:
            self._made = [self._get()]
        return self._made[0]

    value = wait

    def then(self, callback):
        return Future(lambda: (self.wait(), callback(self))[1], lambda: False)


def is_available():
    return True


def is_initialized():
    return _run("distributed.is_initialized")


def is_backend_available(backend):
    return _run("distributed.is_backend_available", backend)


def is_torchelastic_launched():
    return "TORCHELASTIC_RUN_ID" in os.environ


def _unavailable():
    return False


is_gloo_available = is_mpi_available = is_available
is_nccl_available = is_ucc_available = is_xccl_available = _unavailable


def init_process_group(
    backend=None, init_method=None, timeout=None, world_size=-1, rank=-1, store=None, group_name="", pg_options=None, device_id=None
):
    """Starts the group of all processes that the launcher has started. Raises ImportError if there are several and no MPI."""
    if store is None and (init_method is None or init_method.startswith("env://")):
        # What a program has put there itself only Python sees.
        rank = int(os.environ["RANK"]) if rank < 0 and "RANK" in os.environ else rank
        world_size = int(os.environ["WORLD_SIZE"]) if world_size < 0 and "WORLD_SIZE" in os.environ else world_size
    has_store = None if store is None else True
    _run("distributed.init_process_group", backend and str(backend), init_method, _seconds(timeout), world_size, rank, has_store)


def destroy_process_group(group=None):
    _run("distributed.destroy_process_group", group)


def _group(given=None):
    _run("distributed.get_rank", given)
    return group.WORLD if given is None else given


def new_group(ranks=None, timeout=None, backend=None, pg_options=None, use_local_synchronization=False, group_desc=None, device_id=None):
    ranks = None if ranks is None else list(ranks)
    return _run("distributed.new_group", ranks, _seconds(timeout), backend, None, use_local_synchronization, group_desc)


def get_rank(group=None):
    return _run("distributed.get_rank", group)


def get_world_size(group=None):
    return _run("distributed.get_world_size", group)


def get_backend(group=None):
    return Backend(_run("distributed.get_backend", group))


def get_node_local_rank(fallback_rank=None):
    if "LOCAL_RANK" in os.environ:
        return int(os.environ["LOCAL_RANK"])
    return _run("distributed.get_node_local_rank", None if fallback_rank is None else int(fallback_rank))


def get_process_group_ranks(group):
    return list(_run("distributed.get_process_group_ranks", group))


def get_global_rank(group, group_rank):
    return _run("distributed.get_global_rank", group, group_rank)


def get_group_rank(group, global_rank):
    return _run("distributed.get_group_rank", group, global_rank)


def get_pg_count():
    return _run("distributed.get_pg_count")


def all_reduce(tensor, op=ReduceOp.SUM, group=None, async_op=False):
    return _run("distributed.all_reduce", tensor, op, group, async_op)


def all_reduce_coalesced(tensors, op=ReduceOp.SUM, group=None, async_op=False):
    return _run("distributed.all_reduce_coalesced", tensors, op, group, async_op)


def reduce(tensor, dst=None, op=ReduceOp.SUM, group=None, async_op=False, group_dst=None):
    return _run("distributed.reduce", tensor, dst, op, group, async_op, group_dst)


def broadcast(tensor, src=None, group=None, async_op=False, group_src=None):
    return _run("distributed.broadcast", tensor, src, group, async_op, group_src)


def all_gather(tensor_list, tensor, group=None, async_op=False):
    return _run("distributed.all_gather", tensor_list, tensor, group, async_op)


def gather(tensor, gather_list=None, dst=None, group=None, async_op=False, group_dst=None):
    return _run("distributed.gather", tensor, gather_list, dst, group, async_op, group_dst)


def scatter(tensor, scatter_list=None, src=None, group=None, async_op=False, group_src=None):
    return _run("distributed.scatter", tensor, scatter_list, src, group, async_op, group_src)


def reduce_scatter(output, input_list, op=ReduceOp.SUM, group=None, async_op=False):
    return _run("distributed.reduce_scatter", output, input_list, op, group, async_op)


def all_to_all(output_tensor_list, input_tensor_list, group=None, async_op=False):
    return _run("distributed.all_to_all", output_tensor_list, input_tensor_list, group, async_op)


def all_gather_into_tensor(output_tensor, input_tensor, group=None, async_op=False):
    return _run("distributed.all_gather_into_tensor", output_tensor, input_tensor, group, async_op)


def reduce_scatter_tensor(output, input, op=ReduceOp.SUM, group=None, async_op=False):
    return _run("distributed.reduce_scatter_tensor", output, input, op, group, async_op)


def all_to_all_single(output, input, output_split_sizes=None, input_split_sizes=None, group=None, async_op=False):
    return _run("distributed.all_to_all_single", output, input, output_split_sizes, input_split_sizes, group, async_op)


all_gather_single, reduce_scatter_single = all_gather_into_tensor, reduce_scatter_tensor


def barrier(group=None, async_op=False, device_ids=None):
    return _run("distributed.barrier", group, async_op)


def monitored_barrier(group=None, timeout=None, wait_all_ranks=False):
    _run("distributed.monitored_barrier", group, _seconds(timeout), wait_all_ranks)


def send(tensor, dst=None, group=None, tag=0, group_dst=None):
    return _run("distributed.send", tensor, dst, group, tag, group_dst)


def recv(tensor, src=None, group=None, tag=0, group_src=None):
    return _run("distributed.recv", tensor, src, group, tag, group_src)


def isend(tensor, dst=None, group=None, tag=0, group_dst=None):
    return _run("distributed.isend", tensor, dst, group, tag, group_dst)


def irecv(tensor, src=None, group=None, tag=0, group_src=None):
    return _run("distributed.irecv", tensor, src, group, tag, group_src)


class P2POp:
    """A message to be sent or received with others, by batch_isend_irecv."""

    __module__ = "torch.distributed.distributed_c10d"

    def __init__(self, op, tensor, peer=None, group=None, tag=0, group_peer=None):
        if op not in (isend, irecv):
            raise ValueError("Invalid ``op``. Expected ``op`` to be of type ``torch.distributed.isend`` or ``torch.distributed.irecv``.")
        self.op, self.tensor, self.peer, self.group, self.tag, self.group_peer = op, tensor, peer, group, tag, group_peer


def batch_isend_irecv(p2p_op_list):
    p2p_op_list[0]
    if not all(isinstance(op, P2POp) for op in p2p_op_list):
        raise ValueError("Invalid ``p2p_op_list``. Each op is expected to to be of type ``torch.distributed.P2POp``.")
    works = [p.op(p.tensor, p.peer, p.group, p.tag, p.group_peer) for p in p2p_op_list]
    return [work for work in works if work is not None]


def _bytes(obj):
    from .._construct import tensor

    data = pickle.dumps(obj)
    return tensor(list(data), dtype=uint8)


def _object(t):
    return pickle.loads(bytes(t.tolist()))


def _outside(group):
    return isinstance(group, int) and group == GroupMember.NON_GROUP_MEMBER


def _root(group, rank, group_rank):
    if rank is not None and group_rank is not None:
        raise ValueError("Can't specify both group_rank and global_rank")
    if group_rank is not None:
        return group_rank
    return 0 if rank is None else rank if group is None else get_group_rank(group, rank)


def all_gather_object(object_list, obj, group=None):
    if not _outside(group):
        for i, t in enumerate(_run("bridge.distGather", _bytes(obj), group)):
            object_list[i] = _object(t)


def gather_object(obj, object_gather_list=None, dst=None, group=None, group_dst=None):
    if _outside(group):
        return
    mine = get_rank(group) == _root(group, dst, group_dst)
    if mine and not object_gather_list:
        raise ValueError("Argument ``object_gather_list`` must be specified on destination rank.")
    if not mine and object_gather_list:
        raise ValueError("Argument ``object_gather_list`` must NOT be specified on non-destination ranks.")
    gathered = _run("bridge.distGather", _bytes(obj), group)
    if mine:
        object_gather_list[:] = [_object(t) for t in gathered]


def broadcast_object_list(object_list, src=None, group=None, device=None, group_src=None):
    if _outside(group):
        return
    root = _root(group, src, group_src)
    mine = get_rank(group) == root
    got = _run("bridge.distBroadcast", _bytes(list(object_list)) if mine else None, root, group)
    if not mine:
        object_list[:] = _object(got)


def scatter_object_list(scatter_object_output_list, scatter_object_input_list=None, src=None, group=None, group_src=None):
    if _outside(group):
        return
    if not isinstance(scatter_object_output_list, list) or len(scatter_object_output_list) < 1:
        raise ValueError("Expected argument scatter_object_output_list to be a list of size at least 1.")
    root = _root(group, src, group_src)
    given = [_bytes(x) for x in scatter_object_input_list] if get_rank(group) == root else None
    scatter_object_output_list[0] = _object(_run("bridge.distScatter", given, root, group))


def send_object_list(object_list, dst=None, group=None, device=None, group_dst=None):
    from .._construct import tensor

    data = _bytes(list(object_list))
    send(tensor([data.numel()]), dst, group, 0, group_dst)
    send(data, dst, group, 0, group_dst)


def recv_object_list(object_list, src=None, group=None, device=None, group_src=None):
    from .. import empty

    length = empty(1, dtype=int64)
    source = recv(length, src, group, 0, group_src)
    data = empty(length.item(), dtype=uint8)
    recv(data, source, group)
    object_list[:] = _object(data)
    return source


def get_debug_level():
    return DebugLevel(_run("distributed.get_debug_level"))


class DebugLevel(str):
    OFF, INFO, DETAIL = "OFF", "INFO", "DETAIL"


from .. import int64, uint8

register_all()

from . import algorithms, device_mesh  # noqa: E402
from .device_mesh import DeviceMesh, init_device_mesh  # noqa: E402, F401
