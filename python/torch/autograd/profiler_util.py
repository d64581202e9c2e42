"""What a profile found, put together: torch.autograd.profiler_util."""

from .._bridge import run


class FunctionEvent:
    """Something that ran. Times in microseconds."""

    def __init__(self, id, name, start, end, self_time, memory, self_memory, flops, device_time, self_device_time, shapes):
        self.id, self.name, self.key = id, name, name
        self.time_range = Interval(start, end)
        self.cpu_time = self.cpu_time_total = end - start
        self.self_cpu_time_total = self_time
        self.cpu_memory_usage, self.self_cpu_memory_usage = memory, self_memory
        self.flops = flops
        self.input_shapes = [list(s) for s in shapes]
        self.count = 1
        self.is_user_annotation = not name.startswith("aten::")
        self.device_time = self.device_time_total = device_time
        self.self_device_time_total = self_device_time

    def __repr__(self):
        return f"<FunctionEvent id={self.id} name={self.name} cpu_time={self.cpu_time:.3f}us input_shapes={self.input_shapes}>"


class Interval:
    """From `start` to `end`, in microseconds."""

    def __init__(self, start, end):
        self.start, self.end = start, end

    def elapsed_us(self):
        return self.end - self.start


class FunctionEventAvg:
    """All events of one name, and of one kind of input where they were grouped so. Times in microseconds."""

    def __init__(self, key, count, total, self_total, memory, self_memory, flops, device_time, self_device_time, shapes):
        self.key, self.count = key, count
        self.cpu_time_total, self.self_cpu_time_total = total, self_total
        self.cpu_memory_usage, self.self_cpu_memory_usage = memory, self_memory
        self.flops = flops
        self.input_shapes = [list(s) for s in shapes]
        self.device_time_total, self.self_device_time_total = device_time, self_device_time

    @property
    def cpu_time(self):
        return self.cpu_time_total / self.count if self.count else 0.0

    @property
    def device_time(self):
        return self.device_time_total / self.count if self.count else 0.0

    def __repr__(self):
        return f"<FunctionEventAvg key={self.key} self_cpu_time={self.self_cpu_time_total:.3f}us cpu_time={self.cpu_time:.3f}us input_shapes={self.input_shapes} count={self.count}>"


class EventList(list):
    """Rows of a profile; `table` shows them as PyTorch does."""

    def __init__(self, events=(), *, _of=None, _by_shape=False):
        super().__init__(events)
        self._of, self._by_shape = _of, _by_shape

    def table(self, sort_by=None, row_limit=100, max_src_column_width=75, max_name_column_width=55, max_shapes_column_width=80, header=None, top_level_events_only=False, time_unit=None):
        """The rows as text, the largest by `sort_by` first."""
        if sort_by is not None:
            sort_by = sort_by.replace("cuda", "device").replace("xpu", "device")
        text = run("bridge.profilerTable", self._of, self._by_shape, sort_by, len(self) if row_limit < 0 else row_limit, max_name_column_width or 55)
        return text if header is None else f"{header}\n{text}"

    def __str__(self):
        return self.table()

    @property
    def self_cpu_time_total(self):
        return sum(event.self_cpu_time_total for event in self)

    def key_averages(self, group_by_input_shapes=False, group_by_stack_n=0, group_by_overload_name=False):
        return averages(self._of, group_by_input_shapes)

    def total_average(self):
        """All rows as one."""
        total = FunctionEventAvg("Total", 0, 0, 0, 0, 0, 0, 0, 0, [])
        for event in self:
            for name in "count cpu_time_total self_cpu_time_total device_time_total self_device_time_total cpu_memory_usage self_cpu_memory_usage flops".split():
                setattr(total, name, getattr(total, name) + getattr(event, name))
        return total

    def export_chrome_trace(self, path):
        write_trace(self._of, path)


def write_trace(of, path):
    """What chrome://tracing and Perfetto read, in a file; compressed, if its name ends with .gz."""
    import gzip  # not by everybody who imports torch

    with gzip.open(path, "wt") if str(path).endswith(".gz") else open(path, "w") as f:
        f.write(run("bridge.profilerTrace", of))


def events(of):
    rows = run("bridge.profilerEvents", of)
    return EventList([FunctionEvent(i, *row) for i, row in enumerate(rows)], _of=of)


def averages(of, by_shape):
    rows = run("bridge.profilerRows", of, bool(by_shape))
    return EventList([FunctionEventAvg(*row) for row in rows], _of=of, _by_shape=bool(by_shape))
