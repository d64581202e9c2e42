"""Hooks in place of the mean of gradients."""

from . import default_hooks  # noqa: F401
