"""torch.profiler: what a program does and how long it takes, over chosen steps. The library measures; Python asks."""

import enum
import os
import time

from . import cuda
from ._bridge import run
from .autograd import profiler_util
from .autograd.profiler import record_function


class ProfilerActivity(enum.Enum):
    """What is measured: the ops of a program, and what an accelerator takes for them, whatever is asked for."""

    CPU = 0
    XPU = 1
    MTIA = 2
    CUDA = 3
    HPU = 4
    PrivateUse1 = 5


class ProfilerAction(enum.Enum):
    """What is done in a step."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3
    DEVICE_STOPPED = 4  # the accelerator's own: no schedule says it


def supported_activities():
    """The CPU, and CUDA where the program was given a device for it."""
    return {ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if cuda.is_available() else [])}


def schedule(*, wait, warmup, active, repeat=0, skip_first=0, skip_first_wait=0):
    """Which steps are measured: after `skip_first` steps, cycles of `wait`, `warmup` and `active` ones, `repeat` times or, if that is 0, forever."""
    cycle = wait + warmup + active
    if min(wait, warmup, repeat, skip_first) < 0 or active <= 0:
        raise AssertionError("Invalid profiler schedule arguments")

    def action(step):
        if step < 0:
            raise AssertionError(f"Step must be non-negative. Got {step}.")
        if step < skip_first:
            return ProfilerAction.NONE
        at = step - skip_first + (wait if skip_first_wait else 0)
        if repeat and at >= repeat * cycle:
            return ProfilerAction.NONE
        at %= cycle
        if at < wait:
            return ProfilerAction.NONE
        if at < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD_AND_SAVE if at == cycle - 1 else ProfilerAction.RECORD

    return action


def tensorboard_trace_handler(dir_name, worker_name=None, use_gzip=False):
    """What writes each cycle's trace into `dir_name`, for TensorBoard and Perfetto; to be given as `on_trace_ready`."""

    import socket  # not by everybody who imports torch

    def handle(prof):
        os.makedirs(dir_name, exist_ok=True)
        worker = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        prof.export_chrome_trace(os.path.join(dir_name, f"{worker}.{time.time_ns()}.pt.trace.json{'.gz' if use_gzip else ''}"))

    return handle


_RECORDED = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)


class profile:
    """Measures every op, every node of a backward pass and every named stretch between `start` and `stop`, or in a `with` block.

    With a `schedule`, only in the steps that it says, of which `step()` ends each; `on_trace_ready` is given the profile after each cycle.
    """

    def __init__(self, *, activities=None, schedule=None, on_trace_ready=None, record_shapes=False, profile_memory=False, with_stack=False, with_flops=False, with_modules=False, experimental_config=None, execution_trace_observer=None, acc_events=False, use_cuda=None, custom_trace_id_callback=None, post_processing_timeout_s=None):
        if activities is not None and not set(activities):
            raise AssertionError("No valid profiler activities found")
        self.activities = set(activities) if activities is not None else supported_activities()
        self.schedule, self.on_trace_ready = schedule, on_trace_ready
        self.record_shapes, self.profile_memory, self.with_flops = record_shapes, profile_memory, with_flops
        self.with_stack, self.with_modules = with_stack, with_modules
        self.step_num = 0
        self.current_action = self._action()
        self._of = self._step = None
        self._measuring = False

    def _action(self):
        action = ProfilerAction.RECORD if self.schedule is None else self.schedule(self.step_num)
        if action is ProfilerAction.DEVICE_STOPPED:
            raise RuntimeError("DEVICE_STOPPED is the profiler's own, and must not be returned by a schedule")
        return action

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self._begin()

    def stop(self):
        self._end(saved=True)

    def step(self):
        """The next step begins."""
        before = self.current_action
        self._leave_step()
        self.step_num += 1
        self.current_action = self._action()
        if before is ProfilerAction.RECORD_AND_SAVE or self.current_action not in _RECORDED:
            self._end(saved=before is ProfilerAction.RECORD_AND_SAVE)
        self._begin()

    def _begin(self):
        if self.current_action not in _RECORDED:
            return
        if not self._measuring:
            self._of = run("bridge.profilerStart", bool(self.record_shapes or self.with_flops), bool(self.profile_memory), bool(self.with_flops))
            self._measuring = True
        if self.schedule is not None:
            self._step = record_function(f"ProfilerStep#{self.step_num}")
            self._step.__enter__()

    def _leave_step(self):
        if self._step is not None:
            self._step.__exit__()
            self._step = None

    def _end(self, saved):
        self._leave_step()
        if not self._measuring:
            return
        run("bridge.profilerStop", self._of)
        self._measuring = False
        if saved and self.on_trace_ready is not None:
            self.on_trace_ready(self)

    def _found(self):
        if self._of is None:
            raise AssertionError("Profiler must be initialized before it is asked")
        return self._of

    def key_averages(self, group_by_input_shape=False, group_by_stack_n=0, group_by_overload_name=False):
        """What ran, put together by name, and by shapes where asked (for which `record_shapes` is needed)."""
        return profiler_util.averages(self._found(), group_by_input_shape)

    def events(self):
        """What ran, one by one."""
        return profiler_util.events(self._found())

    def export_chrome_trace(self, path):
        """Writes what chrome://tracing and Perfetto read; compressed, if the path ends with .gz."""
        profiler_util.write_trace(self._found(), path)

    def add_metadata(self, key, value):
        """Taken and left out: the trace holds events alone."""

    add_metadata_json = add_metadata


_KinetoProfile = profile
