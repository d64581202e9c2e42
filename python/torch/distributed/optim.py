"""torch.distributed.optim: optimizers whose state is shared out."""

from .._bridge import run as _run
from ..optim import Optimizer, _listed
from . import _group, broadcast, gather_object


class ZeroRedundancyOptimizer(Optimizer):
    """Each process remembers, and steps, a part of the parameters, and gives them to the others."""

    __module__ = "torch.distributed.optim.zero_redundancy_optimizer"

    def __init__(self, params, optimizer_class, process_group=None, parameters_as_bucket_view=False, overlap_with_ddp=False, **defaults):
        if overlap_with_ddp:
            raise NotImplementedError("ZeroRedundancyOptimizer: overlap_with_ddp is not supported here: steps follow backward")
        # What the class makes of the options: its defaults, for schedulers and for people to read.
        given = _listed(params)
        like = optimizer_class(given, **defaults)
        super().__init__(like.param_groups, like.defaults)
        self.process_group = _group(process_group)
        params = [p for group in self.param_groups for p in group["params"]]
        sizes = [[p.numel() for p in group["params"]] for group in self.param_groups]
        self._owners = dict(zip(params, _run("bridge.distOwners", sizes, self.process_group.size())))
        mine = [{**group, "params": [p for p in group["params"] if self._is_mine(p)]} for group in self.param_groups]
        # The group of the whole optimizer that each of the part's is of.
        self._numbers = [i for i, group in enumerate(mine) if group["params"]]
        self.optim = optimizer_class([mine[i] for i in self._numbers], **defaults) if self._numbers else None
        self._whole = None

    def _is_mine(self, p):
        return self._owners[p] == self.process_group.rank()

    def step(self, closure=None, **kwargs):
        loss = None
        if self.optim is None:
            loss = closure() if closure is not None else None
        else:
            for i, group in zip(self._numbers, self.optim.param_groups):
                group.update((k, v) for k, v in self.param_groups[i].items() if k != "params")
            loss = self.optim.step(**({} if closure is None else {"closure": closure}), **kwargs)
        works = [broadcast(p.detach(), group=self.process_group, group_src=owner, async_op=True) for p, owner in self._owners.items()]
        for work in works:
            if work is not None:
                work.wait()
        return loss

    def consolidate_state_dict(self, to=0):
        """Collects the state of all parts in one process, for `state_dict` there. All must call it."""
        numbers = {p: i for i, p in enumerate(self._owners)}
        mine = {} if self.optim is None else {numbers[p]: dict(state) for p, state in self.optim.state.items()}
        here = self.process_group.rank() == to
        parts = [None] * self.process_group.size() if here else None
        gather_object(mine, parts, group=self.process_group, group_dst=to)
        if here:
            self._whole = {i: state for part in parts for i, state in part.items()}

    def state_dict(self):
        if self._whole is None:
            raise RuntimeError(
                f"Optimizer state has not been consolidated on this rank. Please call `consolidate_state_dict(to={self.process_group.rank()})` on all ranks beforehand if you meant to save the global state."
            )
        return {**super().state_dict(), "state": {i: self._whole[i] for i in sorted(self._whole)}}

    def load_state_dict(self, state_dict):
        super().load_state_dict(state_dict)
        for p, state in list(self.state.items()):
            if self.optim is not None and self._is_mine(p):
                self.optim.state[p] = state
        self.state.clear()
