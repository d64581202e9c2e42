"""torch.distributed.checkpoint: checkpoints that all processes write, each its part, and that any number of them reads.

What is where is the library's; files are written and read here, where the program's folders are.
"""

import os

from ..._bridge import run as _run
from ...serialization import load as _load, save as _save
from .. import _group, barrier


def _leaves(x, path=""):
    """(path, container, key, value) of all that is in dicts and lists."""
    for key, value in list(x.items()) if isinstance(x, dict) else list(enumerate(x)):
        at = f"{path}.{key}" if path else str(key)
        if isinstance(value, (dict, list)):
            yield from _leaves(value, at)
        else:
            yield at, x, key, value


def _states(state_dict):
    """With the states of the modules, optimizers and others that have one in their places."""
    return {key: value.state_dict() if hasattr(value, "state_dict") else value for key, value in state_dict.items()}


def save(state_dict, *, checkpoint_id=None, storage_writer=None, planner=None, process_group=None, no_dist=False, use_collectives=True):
    """Writes a state into the folder `checkpoint_id`. All processes of the group call it."""
    group = _group(process_group)
    folder = os.fspath(checkpoint_id)
    os.makedirs(folder, exist_ok=True)
    # A tuple is no container, but a value; JSON makes a list of it, which is undone when it is read.
    entries = [(path, value) for path, _, _, value in _leaves(_states(state_dict))]
    tensors, file, index = _run("bridge.distPlanSave", entries, group)
    _save(dict(tensors), f"{folder}/{file}")
    barrier(group)
    if index is not None:
        beside = f"{folder}/.metadata.{os.getpid()}"
        with open(beside, "w") as out:
            out.write(index)
        os.replace(beside, f"{folder}/.metadata")
    barrier(group)


def load(state_dict, *, checkpoint_id=None, storage_reader=None, planner=None, process_group=None, no_dist=False):
    """Reads a checkpoint into a state: tensors in place, other values are put in. By as many processes as one likes."""
    _group(process_group)
    folder = os.fspath(checkpoint_id)
    with open(f"{folder}/.metadata") as index:
        text = index.read()
    states = _states(state_dict)
    leaves = list(_leaves(states))
    read = lambda file: list(_load(f"{folder}/{file}").items())
    found = _run("bridge.distFill", [(path, value) for path, _, _, value in leaves], text, read)
    for path, container, key, value in leaves:
        if path in found:
            got = found[path]
            container[key] = tuple(got) if isinstance(value, tuple) else got
    for key, value in state_dict.items():
        if hasattr(value, "load_state_dict"):
            value.load_state_dict(states[key])
        else:
            state_dict[key] = states[key]


from . import state_dict  # noqa: E402
