"""Workers of a DataLoader. There are no processes here: each takes its turn in the program's own thread, with random streams
of its own, so that batches, order, draws and errors are those of PyTorch's processes."""

import contextlib
import itertools
import random
import sys
import traceback
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    id: int
    num_workers: int
    seed: int
    dataset: object
    rng: object = None
    worker_method: str = "multiprocessing"


_current = None


def get_worker_info():
    """In a worker what it is one of, else None."""
    return _current


def _numpy_seed(base_seed, worker):
    """Four words of NumPy's SeedSequence([worker, low, high, 0])."""
    import numpy

    words = [worker, base_seed & 0xFFFFFFFF, base_seed >> 32, 0]
    return numpy.random.SeedSequence(words).generate_state(4)


class _Streams:
    """What random numbers come from, for one worker or for the program."""

    @staticmethod
    def read():
        from .. import get_rng_state

        numpy = sys.modules.get("numpy")
        return get_rng_state(), random.getstate(), numpy and numpy.random.get_state()

    @staticmethod
    def write(state):
        from .. import set_rng_state

        of_torch, of_python, of_numpy = state
        set_rng_state(of_torch)
        random.setstate(of_python)
        if of_numpy is not None:
            sys.modules["numpy"].random.set_state(of_numpy)

    @staticmethod
    def seed(base_seed, worker):
        from .. import manual_seed

        random.seed(base_seed + worker)
        manual_seed(base_seed + worker)
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed(_numpy_seed(base_seed, worker))


class Failure:
    """What a worker raised, to be raised in the program."""

    def __init__(self, worker):
        self.type = sys.exc_info()[0]
        self.text = f"Caught {self.type.__name__} in DataLoader worker process {worker}.\nOriginal {traceback.format_exc()}"

    def reraise(self):
        message = _Shown(self.text) if self.type is KeyError else self.text
        try:
            error = self.type(message)
        except Exception:
            raise RuntimeError(self.text) from None
        raise error


class _Shown(str):
    """Text that is shown as it is: KeyError shows the repr of what it is given."""

    def __repr__(self):
        return str(self)


class Worker:
    def __init__(self, loader, fetcher, base_seed, number):
        self.loader, self.fetcher_of, self.number = loader, fetcher, number
        self.info = WorkerInfo(number, loader.num_workers, base_seed + number, loader.dataset)
        self.failure = self.fetcher = None
        outer = _Streams.read()
        _Streams.seed(base_seed, number)
        self.streams = _Streams.read()
        _Streams.write(outer)
        with self.at_work():
            try:
                if loader.worker_init_fn is not None:
                    loader.worker_init_fn(number)
                self.fetcher = fetcher(loader)
            except Exception:
                self.failure = Failure(number)

    @contextlib.contextmanager
    def at_work(self):
        global _current
        outer, before = _current, _Streams.read()
        _current = self.info
        _Streams.write(self.streams)
        try:
            yield
        finally:
            self.streams = _Streams.read()
            _Streams.write(before)
            _current = outer

    def resume(self):
        with self.at_work():
            self.fetcher = self.fetcher_of(self.loader)

    def fetch(self, wanted):
        """A batch, a Failure, or None at the end of an iterable dataset."""
        if self.failure is not None:
            failure, self.failure = self.failure, None
            return failure
        with self.at_work():
            try:
                return self.fetcher.fetch(wanted)
            except Exception as error:
                if isinstance(error, StopIteration) and self.fetcher.items is not None:
                    return END
                return Failure(self.number)


END = object()


class WorkerIterator:
    """Which worker has which batch, and which indices are drawn when, as in PyTorch's _MultiProcessingDataLoaderIter."""

    def __init__(self, loader, fetcher, base_seed, streams=None):
        self.loader, self.fetcher, self.base_seed = loader, fetcher, base_seed
        if loader.prefetch_factor <= 0:
            raise AssertionError("prefetch_factor must be greater than 0 for MultiProcessingDataLoaderIter")
        self.workers = [None] * loader.num_workers
        if streams is None:
            return self._begin()
        # It goes on with workers as they were: a pass begins when it is asked for.
        for number, state in enumerate(streams):
            self.workers[number] = Worker(loader, fetcher, base_seed, number)
            self.workers[number].streams = state

    def reset(self):
        for worker in self.workers:
            if worker is not None:
                worker.resume()
        self._begin()

    def _begin(self):
        count = self.loader.num_workers
        self.indices = iter(self.loader._index_sampler)
        self.tasks = []
        self.active = [True] * count
        self.turns = itertools.cycle(range(count))
        for number in range(count):
            if self.workers[number] is None:
                self.workers[number] = Worker(self.loader, self.fetcher, self.base_seed, number)
        for _ in range(self.loader.prefetch_factor * count):
            self._ask()

    def _ask(self):
        try:
            wanted = next(self.indices)
        except StopIteration:
            return
        for _ in self.active:
            number = next(self.turns)
            if self.active[number]:
                self.tasks.append((number, wanted))
                return

    def __iter__(self):
        return self

    def __next__(self):
        while self.tasks:
            number, wanted = self.tasks.pop(0)
            if not self.active[number]:
                continue
            data = self.workers[number].fetch(wanted)
            if data is END:
                self.active[number] = False
                self._ask()
                continue
            self._ask()
            if isinstance(data, Failure):
                data.reraise()
            return data
        raise StopIteration

    def __len__(self):
        return len(self.loader)
