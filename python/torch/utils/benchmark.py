"""torch.utils.benchmark: times of statements, with what they vary by, and tables of them."""

import collections
import contextlib
import dataclasses
import enum
import math
import statistics
import struct
import textwrap
import timeit
import types
from timeit import default_timer as timer

from .._places import register

FIGURES = 4  # so many a time is told with at most
LEAST_INTERVAL = 25e-9  # no time is known better, in seconds
VARIES, VARIES_MUCH = 0.1, 0.25  # the interquartile range over the median from which on it is said


class Language(enum.Enum):
    PYTHON = 0
    CPP = 1


@dataclasses.dataclass(frozen=True, repr=False)
class TaskSpec:
    """What is timed, and under which names."""

    stmt: str
    setup: str
    global_setup: str = ""
    label: str | None = None
    sub_label: str | None = None
    description: str | None = None
    env: str | None = None
    num_threads: int = 1

    @property
    def title(self):
        more = f": {self.sub_label}" if self.sub_label else ""
        if self.label is not None:
            return self.label + more
        if "\n" not in self.stmt:
            return self.stmt + more
        more = f" ({self.sub_label})" if self.sub_label else ""
        return f"stmt:{more}\n{textwrap.indent(self.stmt, '  ')}"

    def setup_str(self):
        if self.setup in ("", "pass"):
            return ""
        return f"setup:\n{textwrap.indent(self.setup, '  ')}" if "\n" in self.setup else f"setup: {self.setup}"

    def summarize(self):
        parts = [self.title, self.description or "", self.setup_str()]
        return "\n".join(part + "\n" if "\n" in part else part for part in parts if part)


@dataclasses.dataclass(repr=False)
class Measurement:
    """Times of a statement, in seconds, each of `number_per_run` runs."""

    number_per_run: int
    raw_times: list
    task_spec: TaskSpec
    metadata: dict | None = None

    def __getattr__(self, name):
        if name in TaskSpec.__dataclass_fields__:
            return getattr(self.task_spec, name)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    @property
    def times(self):
        return [t / self.number_per_run for t in self.raw_times]

    def _quantile(self, q):
        ranks = sorted(self.times)
        if not ranks:
            return -1.0
        place = q * (len(ranks) - 1)
        low = math.floor(place)
        return ranks[low] + (ranks[math.ceil(place)] - ranks[low]) * (place - low)

    @property
    def median(self):
        return self._quantile(0.5)

    @property
    def mean(self):
        return statistics.fmean(self.times) if self.raw_times else -1.0

    @property
    def iqr(self):
        return self._quantile(0.75) - self._quantile(0.25)

    @property
    def significant_figures(self):
        """How many figures of the median mean something, by the confidence interval of the middle half."""
        ranks = sorted(self.times)
        middle = ranks[len(ranks) // 4 : math.ceil(3 * len(ranks) / 4)]
        interval = max(1.645 * statistics.pstdev(middle) / math.sqrt(len(middle)), LEAST_INTERVAL)
        return min(max(math.floor(math.log10(self.median / interval)), 1), FIGURES)

    def meets_confidence(self, threshold=VARIES):
        return self.iqr / self.median < threshold

    @property
    def _warning(self):
        if not self.raw_times or self.meets_confidence(VARIES):
            return ""
        much = not self.meets_confidence(VARIES_MUCH)
        why = "This suggests significant environmental influence." if much else "This could indicate system fluctuation."
        share = self.iqr / self.median * 100
        return f"  WARNING: Interquartile range is {share:.1f}% of the median measurement.\n           {why}"

    @property
    def has_warnings(self):
        return self._warning != ""

    @property
    def title(self):
        return self.task_spec.title

    @property
    def env(self):
        return "Unspecified env" if self.task_spec.env is None else self.task_spec.env

    @property
    def as_row_name(self):
        return self.sub_label or self.stmt or "[Unknown]"

    def __repr__(self):
        n = len(self.raw_times)
        unit, scale = select_unit(self.median)
        lines = [object.__repr__(self), self.task_spec.summarize()]
        lines.append(f"  {'Median: ' if n > 1 else ''}{self.median / scale:.2f} {unit}")
        if n >= 4:
            low, high = self._quantile(0.25) / scale, self._quantile(0.75) / scale
            lines.append(f"  IQR:    {self.iqr / scale:.2f} {unit} ({low:.2f} to {high:.2f})")
        runs = f"{self.number_per_run} runs {'per measurement,' if n > 1 else ','}"
        threads = f"{self.num_threads} thread{'s' if self.num_threads > 1 else ''}"
        lines.append(f"  {n} measurement{'s' if n > 1 else ''}, {runs} {threads}")
        return "\n".join(lines + ([self._warning] if self.has_warnings else []))

    @staticmethod
    def merge(measurements):
        """Those of the same task as one."""
        grouped = collections.defaultdict(list)
        for m in measurements:
            grouped[m.task_spec].extend(m.times)
        return [Measurement(1, times, spec) for spec, times in grouped.items()]


def select_unit(t):
    """The unit that a time in seconds is told in, and how many seconds it has."""
    scale = {-3: "ns", -2: "us", -1: "ms"}
    power = int(math.log10(t) // 3) if t > 0 else 0
    unit = scale.get(power, "s")
    return unit, 10.0 ** (3 * power) if unit != "s" else 1


def unit_to_english(u):
    return {"ns": "nanosecond", "us": "microsecond", "ms": "millisecond", "s": "second"}[u]


def trim_sigfig(x, n):
    """A number with so many figures, in the precision of float32."""
    if x == 0:
        return 0.0
    scale = 10 ** (math.ceil(math.log10(abs(x))) - n)
    return struct.unpack("f", struct.pack("f", round(x / scale) * scale))[0]


def ordered_unique(elements):
    return list(dict.fromkeys(elements))


@contextlib.contextmanager
def set_torch_threads(n):
    from .. import get_num_threads, set_num_threads

    before = get_num_threads()
    try:
        set_num_threads(n)
        yield
    finally:
        set_num_threads(before)


class Timer:
    """Times a statement of Python, given as text; `globals` are the names that it may use."""

    _timer_cls = timeit.Timer

    def __init__(
        self,
        stmt="pass",
        setup="pass",
        global_setup="",
        timer=timer,
        globals=None,
        label=None,
        sub_label=None,
        description=None,
        env=None,
        num_threads=1,
        language=Language.PYTHON,
    ):
        import torch

        if not isinstance(stmt, str):
            raise ValueError("Currently only a `str` stmt is supported.")
        if language in (Language.CPP, "cpp", "c++"):
            raise NotImplementedError("Statements of C++ cannot be compiled here.")
        if language not in (Language.PYTHON, "py", "python"):
            raise ValueError(f"Invalid language `{language}`.")
        if global_setup:
            raise ValueError(
                f"global_setup is C++ only, got `{global_setup}`. Most likely this code can simply be moved to `setup`."
            )
        stmt, setup = map(_dedented, (stmt, setup))
        self._globals = {"torch": torch, **(globals or {})}
        self._timer = self._timer_cls(stmt=stmt, setup=setup, timer=timer, globals=self._globals)
        self._task_spec = TaskSpec(stmt, setup, global_setup, label, sub_label, description, env, num_threads)

    def _timeit(self, number):
        return max(self._timer.timeit(number), 1e-9)

    def _measured(self, number, times):
        return Measurement(number_per_run=number, raw_times=times, task_spec=self._task_spec)

    def timeit(self, number=1000000):
        """One time of so many runs, after some that do not count."""
        with set_torch_threads(self._task_spec.num_threads):
            self._timeit(max(int(number // 100), 2))
            return self._measured(number, [self._timeit(number)])

    def repeat(self, repeat=-1, number=-1):
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def autorange(self, callback=None):
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def _block_size(self, min_run_time):
        """So many runs that the clock itself does not count, nor one of them all the time."""
        overhead = statistics.median(self._timeit(0) for _ in range(5))
        number = 1
        while number * 10 <= 2147483647:
            taken = self._timeit(number)
            if taken > min_run_time or (overhead / taken <= 1e-4 and taken >= min_run_time / 1000):
                break
            number *= 10
        return number

    def _loop(self, number, enough, min_run_time, max_run_time, callback):
        times = []
        while sum(times) < min_run_time or not enough(times):
            times.append(self._timeit(number))
            if callback:
                callback(number, times[-1])
            if max_run_time and sum(times) > max_run_time:
                break
        return self._measured(number, times)

    def blocked_autorange(self, callback=None, min_run_time=0.2):
        """Times of blocks of runs, as many as fit into that time."""
        with set_torch_threads(self._task_spec.num_threads):
            number = self._block_size(min_run_time)
            return self._loop(number, lambda times: bool(times), min_run_time, None, callback)

    def adaptive_autorange(self, threshold=0.1, *, min_run_time=0.01, max_run_time=10.0, callback=None):
        """Times of blocks until they vary by less than that share of their median."""
        with set_torch_threads(self._task_spec.num_threads):
            number = self._block_size(0.05)

            def enough(times):
                return len(times) > 3 and self._measured(number, times).meets_confidence(threshold)

            return self._loop(number, enough, min_run_time, max_run_time, callback)

    def collect_callgrind(self, number=100, *, repeats=None, collect_baseline=True, retain_out_file=False):
        raise OSError("Could not find `valgrind`")


def _dedented(text):
    return textwrap.dedent(text).removeprefix("\n").rstrip()


class Colorize(enum.Enum):
    NONE = "none"
    COLUMNWISE = "columnwise"
    ROWWISE = "rowwise"


BOLD, BEST, GOOD, BAD, VERY_BAD, END = "\033[1m", "\033[92m", "\033[34m", "\033[2m\033[91m", "\033[31m", "\033[0m"


class Compare:
    """A table of measurements: a row a sub_label, a column a description, a table a label."""

    def __init__(self, results):
        self._results = []
        self._trims, self._warns, self._colorize = False, False, Colorize.NONE
        self.extend_results(results)

    def extend_results(self, results):
        for r in results:
            if not isinstance(r, Measurement):
                raise ValueError(f"Expected an instance of `Measurement`, got {type(r)} instead.")
        self._results.extend(results)

    def trim_significant_figures(self):
        self._trims = True

    def colorize(self, rowwise=False):
        self._colorize = Colorize.ROWWISE if rowwise else Colorize.COLUMNWISE

    def highlight_warnings(self):
        self._warns = True

    def print(self):
        print(str(self))

    def __str__(self):
        labels = collections.defaultdict(list)
        for m in Measurement.merge(self._results):
            labels[m.label].append(m)
        return "\n".join(self._table(label, results) for label, results in labels.items())

    def _table(self, label, results):
        unit, scale = select_unit(min(r.median for r in results))
        columns = ordered_unique(r.description for r in results)
        keys = ordered_unique((r.num_threads, r.env, r.as_row_name) for r in results)
        keys.sort(key=lambda key: key[:2])
        found = {((r.num_threads, r.env, r.as_row_name), r.description): r for r in results}
        envs = {r.env for r in results}
        width = max(map(len, envs)) if len(envs) > 1 else 0
        formats = [self._format([found.get((key, c)) for key in keys], scale) for c in columns]
        rows, best, threads, env = [["", *(c or "" for c in columns)]], [], None, None
        before = []  # what stands before a row
        for key in keys:
            before.append(f"{key[0]} threads: " if key[0] != threads else None)
            env = None if key[0] != threads else env
            shown = f"({key[1]})" if len(envs) > 1 and key[1] != env else ""
            threads, env = key[:2]
            cells = [found.get((key, c)) for c in columns]
            rows.append(["  " + shown.ljust(width + 4) + key[2], *(f(m) for f, m in zip(formats, cells))])
            best.append([(m, self._best(key, c, keys, columns, found)) for m, c in zip(cells, columns)])
        widths = [max(map(len, column)) for column in zip(*rows)]
        lines = ["  |  ".join(cell.center(w) for cell, w in zip(rows[0], widths))]
        overall = len(lines[0])
        for row, above, cells in zip(rows[1:], before, best):
            if above is not None:
                lines.append(above.ljust(overall, "-"))
            told = [_colored(cell.center(w), *of) for cell, w, of in zip(row[1:], widths[1:], cells)]
            lines.append("  |  ".join([row[0].ljust(widths[0]), *told]))
        text = f"[{(' ' + (label or '') + ' ').center(overall - 2, '-')}]\n" + "\n".join(lines)
        text += f"\n\nTimes are in {unit_to_english(unit)}s ({unit}).\n"
        if self._warns and any(r.has_warnings for r in results):
            text += "(! XX%) Measurement has high variance, where XX is the IQR / median * 100.\n"
        return text

    def _format(self, results, scale):
        """How the times of a column are written."""
        there = [r for r in results if r is not None]
        digits = [math.ceil(math.log10(r.median / scale)) for r in there]
        decimals = min(max(r.significant_figures - d, 0) for r, d in zip(there, digits)) if self._trims else 1
        width = max(digits) + decimals + (1 if decimals else 0)
        warns = self._warns and any(r.has_warnings for r in there)
        spread = 7 if warns else 0

        def text(m):
            if m is None:
                return " " * len(f"{1:>{width}.{decimals}f}{'':>{spread}}")
            value = m.median / scale
            value = trim_sigfig(value, m.significant_figures) if self._trims else value
            told = f" (! {m.iqr / m.median * 100:.0f}%)" if warns and m.has_warnings else ""
            return f"{value:>{width}.{decimals}f}{told:>{spread}}"

        return text

    def _best(self, key, column, keys, columns, found):
        """The smallest of the medians that one is compared with, or None."""
        if self._colorize is Colorize.NONE:
            return None
        if self._colorize is Colorize.ROWWISE:
            places = [(key, c) for c in columns]
        else:
            places = [(other, column) for other in keys if other[0] == key[0]]
        return min((found[place].median for place in places if place in found), default=None)


def _colored(text, m, best):
    if m is None or best is None:
        return text
    value = m.median
    if value <= best * 1.01 or value <= best + 1e-7:
        return BEST + BOLD + text + END * 2
    if value <= best * 1.1:
        return GOOD + BOLD + text + END * 2
    if value >= best * 5:
        return VERY_BAD + BOLD + text + END * 2
    if value >= best * 2:
        return BAD + text + END * 2
    return text


utils = types.ModuleType(__name__ + ".utils")
register(utils.__name__, utils)
for _place, _names in {
    "common": "TaskSpec Measurement select_unit unit_to_english trim_sigfig ordered_unique set_torch_threads",
    "timer": "Timer timer Language",
    "compare": "Colorize Compare",
}.items():
    _made = types.ModuleType(f"{__name__}.utils.{_place}")
    vars(_made).update({name: globals()[name] for name in _names.split()}, __all__=_names.split())
    register(_made.__name__, _made)
for _cls in (TaskSpec, Measurement):
    _cls.__module__ = __name__ + ".utils.common"
