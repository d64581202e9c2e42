"""tidu.train: what is written anew around every training loop. The loop is the library's; models and data are Python's."""

import itertools
import os
import re
import signal
import sys
from collections import deque

import torch
from torch import Tensor
from torch._bridge import Own, run
from torch.optim import Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.optim.swa_utils import AveragedModel, get_ema_avg_fn
from torch.utils.data import DataLoader, IterableDataset

__all__ = """accuracy ConfusionMatrix EarlyStopping F1Score GradientFlow JsonLines mean_absolute_error mean_squared_error
ModelCheckpoint Precision ProgressBar Recall TensorBoard top_k_accuracy Trainer""".split()


class _OfLibrary:
    """An object of the library's, whose fields are read there."""

    def _begin(self, *args):
        self._library = run("bridge.trainNew", type(self).__name__, *args)

    def __getattr__(self, name):
        found, value = (False, None) if name.startswith("_") else run("bridge.field", self._library, name)
        if not found:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        return value


class EarlyStopping(_OfLibrary):
    """Ends a run when something has not become better for more than `patience` epochs, or is NaN."""

    def __init__(self, monitor="val_loss", mode="min", patience=3, min_delta=0.0):
        self._begin({"monitor": monitor, "mode": mode, "patience": patience, "min_delta": min_delta})


class JsonLines(_OfLibrary):
    """Writes a line of JSON for each step and each epoch."""

    def __init__(self, path, every_n_steps=1):
        self._begin(os.path.abspath(path), {"every_n_steps": every_n_steps})


class TensorBoard(_OfLibrary):
    """Logs a run for TensorBoard."""

    def __init__(self, log_dir, every_n_steps=1, histogram_freq=0):
        self._begin(os.path.abspath(log_dir), {"every_n_steps": every_n_steps, "histogram_freq": histogram_freq})


class GradientFlow(_OfLibrary):
    """Notes norms of gradients over time, and units of rectifiers that are never on; print it."""

    def __init__(self, every_n_steps=10):
        self._begin({"every_n_steps": every_n_steps})

    def __str__(self):
        return run("bridge.trainText", self._library)


class ProgressBar(_OfLibrary):
    """Shows epoch, steps, rate, the time that is left, and losses."""

    def __init__(self, file=None):
        file = sys.stderr if file is None else file

        def write(text):
            file.write(text)
            file.flush()

        self._begin({"write": write, "isTTY": file.isatty()})


class ModelCheckpoint(_OfLibrary):
    """Keeps `last.pt`, from which a run goes on, and `best.pt` in a folder."""

    def __init__(self, folder, monitor=None, mode="min", every_n_train_steps=None):
        if not isinstance(folder, (str, os.PathLike)):
            raise TypeError(f"ModelCheckpoint: expected the path of a folder, got {type(folder).__name__}")
        options = {"monitor": monitor, "mode": mode, "every_n_train_steps": every_n_train_steps}
        self._begin(os.path.abspath(folder), options)


class _Metric(_OfLibrary):
    def __init__(self, num_classes):
        self._begin(num_classes)

    def update(self, output, target):
        run("method.update", self._library, output, target)

    def compute(self):
        return float(run("method.compute", self._library))

    def reset(self):
        run("method.reset", self._library)


class ConfusionMatrix(_Metric):
    """How often each class (a row) was taken for each (a column): `counts`."""


class Precision(_Metric):
    """Of what is said to be of a class, the part that is; the mean over classes."""


class Recall(_Metric):
    """Of what is of a class, the part that is found; the mean over classes."""


class F1Score(_Metric):
    """The harmonic mean of precision and recall of a class; the mean over classes."""


def accuracy(output, target):
    """Which part of the samples is in the class that has the highest score."""
    return run("bridge.trainMetric", "accuracy", output, target)


def mean_squared_error(output, target):
    """The mean of the squared differences."""
    return run("bridge.trainMetric", "mean_squared_error", output, target)


def mean_absolute_error(output, target):
    """The mean of the differences without their signs."""
    return run("bridge.trainMetric", "mean_absolute_error", output, target)


def top_k_accuracy(k):
    """A metric: which part of the samples is in one of the `k` classes that have the highest scores."""
    return lambda output, target: run("bridge.trainTopK", k, output, target)


def _first_tensor(x):
    if isinstance(x, Tensor):
        return x
    items = x.values() if isinstance(x, dict) else x if isinstance(x, (list, tuple)) else ()
    return next((found for found in map(_first_tensor, items) if found is not None), None)


def _size(batch):
    first = _first_tensor(batch)
    return 1 if first is None or first.ndim == 0 else first.size(0)


def _crossing(x):
    return x if x is None or isinstance(x, Tensor) else Own(x)


def _floats(logs):
    return {name: x if name in ("epoch", "step", "samples") else float(x) for name, x in logs.items()}


class _Batches:
    """Batches, as the library asks for them: by number, for they stay here."""

    def __init__(self, name, of, trainer):
        if isinstance(of, (str, Tensor)) or not hasattr(of, "__iter__"):
            raise TypeError(f"{name}: expected batches (a DataLoader, a list of batches), got {type(of).__name__}")
        if hasattr(of, "__next__"):
            raise TypeError(f"{name}: expected batches that can be read in every epoch, got an iterator, which is read once")
        self.of, self.trainer = of, trainer
        self.reading = self.begun = None
        # Those of a step: an optimizer may ask for them again.
        self.kept = deque()
        stream = isinstance(of, DataLoader) and isinstance(of.dataset, IterableDataset)
        self.length = len(of) if hasattr(of, "__len__") and not stream else None
        samplers = [getattr(of, "sampler", None), getattr(of, "batch_sampler", None)]
        self.samplers = [s for s in (*samplers, getattr(samplers[1], "sampler", None)) if s is not None]
        found = [getattr(x, "generator", None) for x in (of, *self.samplers)]
        self.generators = list({id(g): g for g in found if g is not None}.values())

    def begin(self):
        for sampler in self.samplers:
            if callable(getattr(sampler, "set_epoch", None)):
                sampler.set_epoch(self.trainer.epoch)
        self.begun = self.place()
        self.reading = iter(self.of)

    def next(self):
        try:
            batch = next(self.reading)
        except StopIteration:
            self.reading = None
            return None
        if len(self.kept) == self.trainer._each:
            del self.trainer._kept[self.kept.popleft()]
        number = next(self.trainer._numbers)
        self.kept.append(number)
        self.trainer._kept[number] = batch
        return number

    def end(self):
        if self.reading is not None and hasattr(self.reading, "close"):
            self.reading.close()
        self.reading = None
        while self.kept:
            del self.trainer._kept[self.kept.popleft()]

    def place(self):
        """Where workers are that live on."""
        return self.of._place() if isinstance(self.of, DataLoader) else None

    def parts(self):
        return {
            "begin": lambda: self.begin(),
            "next": lambda: self.next(),
            "end": lambda: self.end(),
            "length": self.length,
            "generators": self.generators,
        }


class Trainer:
    """Trains a model: epochs with validation, metrics weighted by the size of batches, accumulated and clipped gradients,
    autocast, an exponential average, schedulers, callbacks, checkpoints.

    For each batch it does `loss_fn(model(input), target)`, or what `step(model, batch)` says, backward, and a step of the
    optimizer. A run that was interrupted goes on with `resume` to the same parameters, bit for bit, as if it had not been.

    >>> trainer = Trainer(model, optimizer, loss_fn=F.cross_entropy, metrics={"accuracy": accuracy})
    >>> history = trainer.fit(train, epochs=10, val=val, callbacks=[ProgressBar()])
    """

    def __init__(
        self,
        model,
        optimizer,
        *,
        loss_fn=None,
        step=None,
        metrics=None,
        scheduler=None,
        scheduler_interval="epoch",
        scheduler_monitor=None,
        gradient_accumulation_steps=1,
        gradient_clip_val=None,
        autocast=None,
        scaler=None,
        ema=None,
    ):
        if not isinstance(model, torch.nn.Module):
            raise TypeError(f"Trainer: expected a Module as model, got {type(model).__name__}")
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"Trainer: expected an Optimizer, got {type(optimizer).__name__}")
        if (loss_fn is None) == (step is None):
            raise ValueError("Trainer: expected either loss_fn or step\nloss_fn is for batches of [input, target].")
        self.model, self.optimizer, self.scheduler, self.scaler = model, optimizer, scheduler, scaler
        self.loss_fn, self.step = loss_fn, step
        if isinstance(ema, (int, float)):
            ema = AveragedModel(model, avg_fn=get_ema_avg_fn(ema))
        self.ema = ema
        self._each = gradient_accumulation_steps
        self._loading = None
        self._kept, self._numbers = {}, itertools.count(1)
        self._loaders = {}
        parts = {
            "model": self._model_parts(model),
            "optimizer": {
                "step": lambda: self._step(),
                "zero_grad": lambda: optimizer.zero_grad(),
                "groups": lambda: [{"params": list(g["params"]), "lr": float(g["lr"])} for g in optimizer.param_groups],
            },
            "scheduler": scheduler
            and {"step": lambda *x: scheduler.step(*x), "by_plateau": isinstance(scheduler, ReduceLROnPlateau)},
            "scaler": scaler
            and {
                "scale": lambda loss: scaler.scale(loss),
                "unscale_": lambda: scaler.unscale_(optimizer),
                "step": lambda: void(scaler.step(optimizer)),
                "update": lambda: scaler.update(),
            },
            "ema": ema
            and {
                "update": lambda: ema.update_parameters(model),
                "count": lambda: ema.n_averaged,
                "model": self._model_parts(ema.module),
            },
            "metrics": {name: _metric_parts(metric) for name, metric in (metrics or {}).items()},
            "load": lambda name: self._load(name),
        }
        options = {
            "scheduler_interval": scheduler_interval,
            "scheduler_monitor": scheduler_monitor,
            "gradient_accumulation_steps": gradient_accumulation_steps,
            "gradient_clip_val": gradient_clip_val,
            "autocast": autocast,
        }
        self._library = run("bridge.trainTrainer", parts, options)

    def _model_parts(self, model):
        def modules():
            return [
                (
                    name,
                    lambda f, m=m: m.register_forward_pre_hook(lambda *_: run("bridge.trainCall", f)).remove,
                    lambda f, m=m: m.register_forward_hook(lambda *_: run("bridge.trainCall", f), always_call=True).remove,
                )
                for name, m in model.named_modules()
            ]

        def set_modes(modes):
            for m, training in zip(model.modules(), modes):
                m.training = training

        return {
            "cost": lambda number: self._cost(model, self._kept[number]),
            "train": lambda: void(model.train()),
            "eval": lambda: void(model.eval()),
            "modes": lambda: [m.training for m in model.modules()],
            "set_modes": set_modes,
            "named_parameters": lambda: [[name, p] for name, p in model.named_parameters()],
            "named_buffers": lambda: [[name, b] for name, b in model.named_buffers()],
            "modules": modules,
        }

    def _cost(self, model, batch):
        if self.step is None:
            if not isinstance(batch, (list, tuple)) or len(batch) != 2:
                told = f"{len(batch)} items" if isinstance(batch, (list, tuple)) else type(batch).__name__
                raise ValueError(
                    f"Trainer: loss_fn is for batches of [input, target], got {told}\nWith step you say what a batch costs: step=lambda model, batch: loss"
                )
            place = next((p.device for p in model.parameters()), "cpu")
            data, target = (x.to(place) for x in batch)
            output = model(data)
            told = {"loss": self.loss_fn(output, target), "output": output, "target": target}
        else:
            told = self.step(model, batch)
            told = told if isinstance(told, dict) else {"loss": told}
        size = told.get("size")
        return [told["loss"], _crossing(told.get("output")), _crossing(told.get("target")), _size(batch) if size is None else size]

    def _step(self):
        # What it gives is the closure's loss: nobody asks for it.
        self.optimizer.step(lambda: run("bridge.trainAgain", self._library))

    @property
    def epoch(self):
        return run("get.epoch", self._library)

    @property
    def global_step(self):
        return run("get.global_step", self._library)

    @property
    def should_stop(self):
        """Set it, and the run ends with this epoch."""
        return run("get.should_stop", self._library)

    @should_stop.setter
    def should_stop(self, stop):
        run("set.should_stop", self._library, bool(stop))

    @property
    def history(self):
        """What was logged of each epoch."""
        return [_floats(logs) for logs in run("bridge.trainHistory", self._library)]

    def fit(self, train, *, epochs, val=None, callbacks=(), checkpoint=None, resume=False):
        """Trains until `epochs` epochs are done in all, or a callback says stop; returns what was logged of each."""
        self._loaders = {"train": _Batches("train", train, self)}
        if val is not None:
            self._loaders["val"] = _Batches("val", val, self)
        files = None
        if checkpoint is not None:
            files = {"begin": lambda: _begin_in(checkpoint), "load": lambda: self._read(checkpoint.last_path)}
            files["save"] = lambda *state: self._write(checkpoint, *state)
        code = []
        before = self._listen(code) if checkpoint is not None else None
        try:
            stopped = run(
                "bridge.trainFit",
                self,
                self._loaders["train"].parts(),
                self._loaders["val"].parts() if val is not None else None,
                [_callback_parts(callback, self) for callback in callbacks],
                checkpoint,
                files,
                lambda: code[0] if code else None,
                {"epochs": epochs, "resume": resume},
            )
        finally:
            if before is not None:
                signal.signal(signal.SIGINT, before)
        if stopped is not None:
            print(
                f"\nStopped in epoch {self.epoch + 1}, after {self.global_step} steps: {checkpoint.last_path}", file=sys.stderr
            )
            raise SystemExit(stopped)
        return self.history

    @staticmethod
    def _listen(code):
        """Notes the first Ctrl-C; a second one ends the program at once."""
        before = signal.getsignal(signal.SIGINT)

        def listener(*told):
            if code:
                signal.default_int_handler(*told)
            code.append(130)

        signal.signal(signal.SIGINT, listener)
        return before

    def evaluate(self, batches):
        """The loss and all metrics of the model on batches, in eval mode and without gradients."""
        parts = _Batches("evaluate", batches, self).parts()
        return _floats(run("bridge.trainEvaluate", self._library, parts))

    # -- what a run must remember

    def state_dict(self):
        return self._whole(run("method.state_dict", self._library))

    def load_state_dict(self, state):
        """Continues from what `state_dict` gave: the next `fit` goes on from there."""
        self._loading = state
        run("bridge.trainLoad", self._library, self._rest(state))

    def _whole(self, rest):
        """The library's state with Python's."""
        model = self.model.state_dict()
        state = {**rest, "history": list(rest["history"])}
        state["model"] = model
        state["buffers"] = {name: b for name, b in self.model.named_buffers() if name not in model}
        state["optimizer"] = self.optimizer.state_dict()
        for name in ("scheduler", "scaler", "ema"):
            if state[name] is not None:
                state[name] = getattr(self, name).state_dict()
        state["workers"] = {
            name: of.begun if (rest["batch"] > 0 if name == "train" else of.reading is not None) else of.place()
            for name, of in self._loaders.items()
        }
        return state

    def _rest(self, state):
        kept = ("scheduler", "scaler", "ema")
        rest = {name: x for name, x in state.items() if name not in ("workers", "model", "buffers", "optimizer")}
        rest.update({name: None if state[name] is None else {} for name in kept}, model={}, optimizer={})
        rest["callbacks"] = {name: _crossing_state(x) for name, x in state["callbacks"].items()}
        means = state["means"]
        rest["means"] = {**means, "metrics": {name: _crossing_state(x) for name, x in means["metrics"].items()}}
        return rest

    def _load(self, name):
        state = self._loading
        if name == "model":
            self.model.load_state_dict(state["model"])
            buffers = dict(self.model.named_buffers())
            with torch.no_grad():
                for key, saved in state["buffers"].items():
                    buffers[key].copy_(saved)
            for key, place in state.get("workers", {}).items():
                if place is not None and key in self._loaders:
                    self._loaders[key].of._go_on(place)
        else:
            getattr(self, name).load_state_dict(state[name])

    def _read(self, path):
        if not os.path.exists(path):
            return None
        self._loading = torch.load(path)
        return self._rest(self._loading)

    def _write(self, checkpoint, rest, is_best):
        state = self._whole(rest)
        if is_best:
            torch.save(state, checkpoint.best_path)
        torch.save(state, checkpoint.last_path)


def _begin_in(checkpoint):
    """Makes the folder, and removes what a writer that was killed left half-written."""
    os.makedirs(checkpoint.folder, exist_ok=True)
    for name in os.listdir(checkpoint.folder):
        if re.fullmatch(r"(last|best)\.pt\.[0-9a-f]{12}\.tmp", name):
            os.remove(os.path.join(checkpoint.folder, name))


def void(_):
    """What the library shall not see."""


def _crossing_state(x):
    """What a callback or a metric of Python's remembers: the library only keeps it."""
    return {"python": Own(x["python"])} if "python" in x else x


def _metric_parts(metric):
    if not hasattr(metric, "compute"):
        return metric
    if isinstance(metric, _Metric):
        return metric._library
    parts = {name: getattr(metric, name) for name in ("update", "compute", "reset")}
    return parts | _state_parts(metric)


def _state_parts(x):
    return {
        "state_dict": lambda: {"python": Own(x.state_dict())},
        "load_state_dict": lambda state: void(x.load_state_dict(state["python"])),
    }


def _callback_parts(callback, trainer):
    if isinstance(callback, _OfLibrary):
        return callback._library
    parts = {"name": getattr(callback, "name", type(callback).__name__)}
    for name in ("on_epoch_start", "on_before_step", "on_fit_end"):
        if hasattr(callback, name):
            parts[name] = lambda f=getattr(callback, name): void(f(trainer))
    for name in ("on_fit_start", "on_step_end", "on_epoch_end"):
        if hasattr(callback, name):
            parts[name] = lambda logs, f=getattr(callback, name): void(f(trainer, _told(logs)))
    return parts | (_state_parts(callback) if hasattr(callback, "state_dict") else {})


def _told(logs):
    return logs if "epochs" in logs else _floats(logs)
