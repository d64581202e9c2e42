"""torch.utils.tensorboard: what TensorBoard shows of a run, written as it goes."""

import datetime
import os
import socket

from .._bridge import run

__all__ = ["FileWriter", "SummaryWriter"]


class FileWriter:
    """A file of events in a folder."""

    def __init__(self, log_dir, max_queue=10, flush_secs=120, filename_suffix="", purge_step=None):
        self._log_dir = str(log_dir)
        folder = os.path.abspath(self._log_dir)
        self._library = run("bridge.newSummaryWriter", folder, purge_step, filename_suffix)

    def get_logdir(self):
        return self._log_dir

    def flush(self):
        run("method.flush", self._library)

    def close(self):
        run("method.close", self._library)

    def _add(self, kind, tag, value, global_step, walltime):
        run("method.add_" + kind, self._library, tag, value, global_step, walltime)


class SummaryWriter:
    """Writes scalars, histograms and texts for TensorBoard (`tensorboard --logdir runs`)."""

    def __init__(self, log_dir=None, comment="", purge_step=None, max_queue=10, flush_secs=120, filename_suffix=""):
        if not log_dir:
            now = datetime.datetime.now().strftime("%b%d_%H-%M-%S")
            log_dir = os.path.join("runs", f"{now}_{socket.gethostname()}{comment}")
        self.log_dir = str(log_dir)
        self.purge_step, self.filename_suffix = purge_step, filename_suffix
        self.all_writers = {}
        self.file_writer = self._writer(self.log_dir)

    def _writer(self, folder):
        if folder not in self.all_writers:
            options = {"filename_suffix": self.filename_suffix, "purge_step": self.purge_step}
            self.all_writers[folder] = FileWriter(folder, **options)
        return self.all_writers[folder]

    def get_logdir(self):
        return self.log_dir

    def add_scalar(self, tag, scalar_value, global_step=None, walltime=None, new_style=False, double_precision=False):
        self.file_writer._add("scalar", tag, float(scalar_value), global_step, walltime)

    def add_scalars(self, main_tag, tag_scalar_dict, global_step=None, walltime=None):
        for tag, value in tag_scalar_dict.items():
            folder = os.path.join(self.log_dir, f"{main_tag.replace('/', '_')}_{tag}")
            self._writer(folder)._add("scalar", main_tag, float(value), global_step, walltime)

    def add_histogram(self, tag, values, global_step=None, bins="tensorflow", walltime=None, max_bins=None):
        from .. import as_tensor

        options = {"walltime": walltime} if isinstance(bins, str) else {"walltime": walltime, "bins": bins}
        run("method.add_histogram", self.file_writer._library, tag, as_tensor(values), global_step, options)

    def add_text(self, tag, text_string, global_step=None, walltime=None):
        self.file_writer._add("text", tag, text_string, global_step, walltime)

    def flush(self):
        for writer in self.all_writers.values():
            writer.flush()

    def close(self):
        for writer in self.all_writers.values():
            writer.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def _absent(name):
    def method(self, *args, **kwargs):
        raise NotImplementedError(f"SummaryWriter.{name} is not implemented: scalars, histograms and texts are")

    method.__name__ = name
    setattr(SummaryWriter, name, method)


for _name in """add_audio add_custom_scalars add_custom_scalars_marginchart add_custom_scalars_multilinechart add_embedding add_figure
    add_graph add_hparams add_image add_image_with_boxes add_images add_mesh add_onnx_graph add_pr_curve add_pr_curve_raw add_tensor
    add_video""".split():
    _absent(_name)
