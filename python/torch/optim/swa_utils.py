"""torch.optim.swa_utils: averages of a model's weights over the course of training."""

import copy
import itertools

from ..autograd.grad_mode import no_grad
from ..nn.layers import _BatchNorm
from ..nn.module import Module
from .lr_scheduler import SWALR  # noqa: F401


def _average(averaged, model, num_averaged):
    return averaged + (model - averaged) / (num_averaged + 1)


def get_swa_avg_fn():
    """The average of all models alike."""
    return no_grad()(_average)


def get_swa_multi_avg_fn():
    """The average of all models alike, in place for many parameters at once."""

    @no_grad()
    def update(averaged, model, num_averaged):
        weight = float(1 / (num_averaged + 1))
        for a, p in zip(averaged, model):
            if a.is_floating_point() or a.is_complex():
                a.lerp_(p, weight)
            else:
                a.add_(p - a, alpha=weight)

    return update


def _checked(decay):
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


def get_ema_avg_fn(decay=0.999):
    """The exponential average: `decay` of the one so far."""
    _checked(decay)
    return no_grad()(lambda averaged, model, num_averaged: decay * averaged + (1 - decay) * model)


def get_ema_multi_avg_fn(decay=0.999):
    """The exponential average, in place for many parameters at once."""
    _checked(decay)

    @no_grad()
    def update(averaged, model, num_averaged):
        for a, p in zip(averaged, model):
            if a.is_floating_point() or a.is_complex():
                a.lerp_(p, 1 - decay)
            else:
                a.copy_(a * decay + p * (1 - decay))

    return update


def _learnt(model, use_buffers):
    return itertools.chain(model.parameters(), model.buffers() if use_buffers else ())


class AveragedModel(Module):
    """A copy of a model with the averages of the weights that `update_parameters` has seen."""

    def __init__(self, model, device=None, avg_fn=None, multi_avg_fn=None, use_buffers=False):
        from .. import int64, tensor

        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = copy.deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", tensor(0, dtype=int64))
        self.avg_fn, self.multi_avg_fn, self.use_buffers = avg_fn, multi_avg_fn, use_buffers

    def forward(self, *args, **kwargs):
        return self.module(*args, **kwargs)

    def update_parameters(self, model):
        averaged = [p.detach() for p in _learnt(self.module, self.use_buffers)]
        given = [p.detach() for p in _learnt(model, self.use_buffers)]
        if self.n_averaged == 0:
            for a, p in zip(averaged, given):
                a.copy_(p)
        elif self.multi_avg_fn is not None:
            self.multi_avg_fn(averaged, given, self.n_averaged)
        else:
            average = get_swa_avg_fn() if self.avg_fn is None else self.avg_fn
            for a, p in zip(averaged, given):
                a.copy_(average(a, p, self.n_averaged))
        if not self.use_buffers:
            for a, b in zip(self.module.buffers(), model.buffers()):
                a.detach().copy_(b.detach())
        self.n_averaged += 1


@no_grad()
def update_bn(loader, model, device=None):
    """Means and variances of a model's batch norms anew, over all batches of a loader alike."""
    momenta = {m: m.momentum for m in model.modules() if isinstance(m, _BatchNorm)}
    if not momenta:
        return
    training = model.training
    for norm in momenta:
        norm.reset_running_stats()
        norm.momentum = None
    model.train()
    for batch in loader:
        model(batch[0] if isinstance(batch, (list, tuple)) else batch)
    for norm, momentum in momenta.items():
        norm.momentum = momentum
    model.train(training)
