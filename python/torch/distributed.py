"""torch.distributed: a group of one process, this one, in which collectives have what they have been given."""

import datetime
import os

from ._places import register_all
from ._tensor import Tensor

_default = None  # the group of all processes, when there is one
default_pg_timeout = datetime.timedelta(minutes=30)
NOT_INITIALIZED = "Default process group has not been initialized, please make sure to call init_process_group."


class ProcessGroup:
    """Processes that talk to each other: this one."""

    __module__ = "torch.distributed.distributed_c10d"

    def __init__(self, backend, name="0"):
        self._backend, self.group_name = backend, name

    def rank(self):
        return 0

    def size(self):
        return 1

    def name(self):
        return self._backend


class _GroupMeta(type):
    WORLD = property(lambda cls: _default)


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


class _RedOpType:
    def __init__(self, name, value):
        self.name, self.value = name, value

    def __repr__(self):
        return f"<RedOpType.{self.name}: {self.value}>"


class ReduceOp:
    """What collectives do with what they gather: of one process's it is the thing itself."""


for _value, _name in enumerate("SUM AVG PRODUCT MIN MAX BAND BOR BXOR".split()):
    setattr(ReduceOp, _name, _RedOpType(_name, _value))


class Work:
    """What is done already."""

    def wait(self, timeout=None):
        return True

    def is_completed(self):
        return True

    def is_success(self):
        return True

    def result(self):
        return []


def is_available():
    return True


def is_initialized():
    return _default is not None


def is_gloo_available():
    return True


def is_backend_available(backend):
    return backend.lower() == "gloo"


def is_torchelastic_launched():
    return "TORCHELASTIC_RUN_ID" in os.environ


def _unavailable():
    return False


is_nccl_available = is_mpi_available = is_ucc_available = is_xccl_available = _unavailable


def _from_environment(name, given):
    if given >= 0:
        return given
    if name not in os.environ:
        raise ValueError(
            f"Error initializing torch.distributed using env:// rendezvous: environment variable {name} expected, but not set"
        )
    return int(os.environ[name])


def init_process_group(
    backend=None, init_method=None, timeout=None, world_size=-1, rank=-1, store=None, group_name="", pg_options=None, device_id=None
):
    """Starts the group of all processes: of this one. Raises RuntimeError if others are asked for."""
    global _default
    if _default is not None:
        raise ValueError("trying to initialize the default process group twice!")
    if backend is not None and "nccl" in str(backend).lower():
        raise RuntimeError("Distributed package doesn't have NCCL built in")
    if store is None and (init_method is None or init_method.startswith("env://")):
        rank, world_size = _from_environment("RANK", rank), _from_environment("WORLD_SIZE", world_size)
    if world_size > 1 or rank > 0:
        raise RuntimeError(
            f"init_process_group: {max(world_size, rank + 1)} processes cannot talk to each other here, there is one.\nRun with world_size=1 and rank=0: collectives then have what they are given."
        )
    _default = ProcessGroup("gloo")


def destroy_process_group(group=None):
    global _default
    if _default is None:
        raise AssertionError("Process group cannot be None")
    if group is None or group is _default:
        _default = None


def _group(given=None):
    if _default is None:
        raise ValueError(NOT_INITIALIZED)
    return _default if given is None else given


def new_group(ranks=None, timeout=None, backend=None, pg_options=None, use_local_synchronization=False, group_desc=None, device_id=None):
    _group()
    return ProcessGroup("gloo", "1")


def get_rank(group=None):
    return _group(group).rank()


def get_world_size(group=None):
    return _group(group).size()


def get_backend(group=None):
    return Backend(_group(group).name())


def get_node_local_rank(fallback_rank=None):
    if "LOCAL_RANK" in os.environ:
        return int(os.environ["LOCAL_RANK"])
    if fallback_rank is not None:
        return int(fallback_rank)
    raise RuntimeError(
        "LOCAL_RANK is not in the environment. Consider passing fallback_rank to allow `get_node_local_rank` to work, assuming you are not running in a multi-device context and want the code to run locally instead."
    )


def get_process_group_ranks(group):
    _group(group)
    return [0]


def get_global_rank(group, group_rank):
    return group_rank


def get_group_rank(group, global_rank):
    return global_rank


def _root(name, rank):
    if rank not in (None, 0):
        raise RuntimeError(f"ProcessGroupGloo::{name}: invalid root rank: {rank}")


def _done(async_op):
    return Work() if async_op else None


def _tensor(x, name="tensor"):
    if not isinstance(x, Tensor):
        raise TypeError(f"Invalid function argument. Expected parameter `{name}` of type torch.Tensor\n             but got {type(x)} instead.")
    return x


def all_reduce(tensor, op=ReduceOp.SUM, group=None, async_op=False):
    _tensor(tensor)
    _group(group)
    return _done(async_op)


def reduce(tensor, dst=None, op=ReduceOp.SUM, group=None, async_op=False, group_dst=None):
    _tensor(tensor)
    _group(group)
    _root("reduce", dst)
    return _done(async_op)


def broadcast(tensor, src=None, group=None, async_op=False, group_src=None):
    _tensor(tensor)
    _group(group)
    _root("broadcast", src)
    return _done(async_op)


def _copy(to, tensor):
    from .autograd import no_grad

    with no_grad():
        to.copy_(tensor)


def all_gather(tensor_list, tensor, group=None, async_op=False):
    _group(group)
    _copy(tensor_list[0], _tensor(tensor))
    return _done(async_op)


def gather(tensor, gather_list=None, dst=None, group=None, async_op=False, group_dst=None):
    _group(group)
    _root("gather", dst)
    if not gather_list:
        raise ValueError("Argument ``gather_list`` must be specified on destination rank.")
    _copy(gather_list[0], _tensor(tensor))
    return _done(async_op)


def scatter(tensor, scatter_list=None, src=None, group=None, async_op=False, group_src=None):
    _group(group)
    _root("scatter", src)
    if not scatter_list:
        raise ValueError("Argument ``scatter_list`` must be specified on source rank.")
    _copy(_tensor(tensor), scatter_list[0])
    return _done(async_op)


def reduce_scatter(output, input_list, op=ReduceOp.SUM, group=None, async_op=False):
    _group(group)
    _copy(_tensor(output, "output"), input_list[0])
    return _done(async_op)


def all_to_all(output_tensor_list, input_tensor_list, group=None, async_op=False):
    _group(group)
    _copy(output_tensor_list[0], input_tensor_list[0])
    return _done(async_op)


def all_gather_into_tensor(output_tensor, input_tensor, group=None, async_op=False):
    _group(group)
    _copy(output_tensor.view_as(input_tensor), input_tensor)
    return _done(async_op)


all_gather_single = all_gather_into_tensor


def reduce_scatter_tensor(output, input, op=ReduceOp.SUM, group=None, async_op=False):
    _group(group)
    _copy(output, input.view_as(output))
    return _done(async_op)


reduce_scatter_single = reduce_scatter_tensor


def all_to_all_single(output, input, output_split_sizes=None, input_split_sizes=None, group=None, async_op=False):
    _group(group)
    _copy(output, input)
    return _done(async_op)


def all_gather_object(object_list, obj, group=None):
    _group(group)
    object_list[0] = obj


def gather_object(obj, object_gather_list=None, dst=None, group=None, group_dst=None):
    _group(group)
    object_gather_list[0] = obj


def broadcast_object_list(object_list, src=None, group=None, device=None, group_src=None):
    _group(group)


def scatter_object_list(scatter_object_output_list, scatter_object_input_list=None, src=None, group=None, group_src=None):
    _group(group)
    scatter_object_output_list[0] = scatter_object_input_list[0]


def barrier(group=None, async_op=False, device_ids=None):
    _group(group)
    return _done(async_op)


def monitored_barrier(group=None, timeout=None, wait_all_ranks=False):
    _group(group)


def _to_oneself(what, where):
    def call(tensor, *args, **kwargs):
        _group()
        raise ValueError(f"Invalid {where} rank: {where} rank should not be the same as the rank of the current process.")

    call.__name__ = call.__qualname__ = what
    return call


send, isend = _to_oneself("send", "destination"), _to_oneself("isend", "destination")
recv, irecv = _to_oneself("recv", "source"), _to_oneself("irecv", "source")


register_all()
