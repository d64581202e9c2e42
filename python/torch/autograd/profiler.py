"""torch.autograd.profiler: what runs in a block, measured. torch.profiler has more to choose from."""

import functools

from .._bridge import run
from . import profiler_util
from .profiler_util import EventList, FunctionEvent, FunctionEventAvg


class record_function:
    """Names a stretch of a program in profiles: `with record_function("forward"): …`, or above a function."""

    def __init__(self, name, args=None):
        self.name, self.args = name, args

    def __enter__(self):
        self._stretch = run("bridge.profilerBegin", str(self.name))
        return self

    def __exit__(self, *_):
        if self._stretch:
            run("bridge.profilerEnd", self._stretch)

    def __call__(self, f):
        @functools.wraps(f)
        def named(*args, **kwargs):
            with record_function(self.name, self.args):
                return f(*args, **kwargs)

        return named


class profile:
    """Measures every op, every node of a backward pass and every named stretch that run in a `with` block."""

    def __init__(self, enabled=True, *, use_cuda=False, use_device=None, record_shapes=False, with_flops=False, profile_memory=False, with_stack=False, with_modules=False, use_kineto=False, use_cpu=True, experimental_config=None, acc_events=False, custom_trace_id_callback=None, post_processing_timeout_s=None):
        self.enabled = enabled
        self.record_shapes = record_shapes or with_flops
        self.with_flops, self.profile_memory, self.with_stack = with_flops, profile_memory, with_stack
        self.entered = False
        self._of = None

    def __enter__(self):
        if not self.enabled:
            return None
        if self.entered:
            raise RuntimeError("Profiler context manager is not reentrant")
        self.entered = True
        self._of = run("bridge.profilerStart", self.record_shapes, self.profile_memory, self.with_flops)
        return self

    def __exit__(self, *_):
        if self._of is not None:
            run("bridge.profilerStop", self._of)
        return False

    def _ended(self):
        if self._of is None:
            raise RuntimeError("Profiler didn't finish running")
        return self._of

    @property
    def function_events(self):
        return profiler_util.events(self._ended())

    def key_averages(self, group_by_input_shape=False, group_by_stack_n=0, group_by_overload_name=False):
        return profiler_util.averages(self._ended(), group_by_input_shape)

    def total_average(self):
        return self.key_averages().total_average()

    def table(self, sort_by=None, row_limit=100, max_src_column_width=75, max_name_column_width=55, max_shapes_column_width=80, header=None, top_level_events_only=False):
        return self.key_averages().table(sort_by, row_limit, max_name_column_width=max_name_column_width, header=header)

    def export_chrome_trace(self, path):
        self.function_events.export_chrome_trace(path)

    @property
    def self_cpu_time_total(self):
        return self.key_averages().self_cpu_time_total

    def __repr__(self):
        return repr(self.function_events) if self._of is not None else "<unfinished torch.autograd.profile>"

    def __str__(self):
        return self.table() if self._of is not None else repr(self)
