"""Verbs by name, for tasks that run elsewhere."""

import numpy as np

from . import _core

VERBS = (
    "max", "min", "sum", "mean", "var", "std", "median", "rank", "quantile", "argmax", "argmin", "any", "all", "norm", "count",
    "copy",
)


def checked(verb):
    """A verb and its arguments, from its name or ``(name, argument, ..)``."""
    name, *arguments = (verb,) if isinstance(verb, str) else verb
    if name not in VERBS:
        raise ValueError(f"verb {name!r}: use one of {', '.join(VERBS)}")
    return name, tuple(arguments)


def result_type(name, arguments, dtype, given=None):
    """The type of the results over elements of ``dtype``; raises what the verb would."""
    if name == "rank":
        arguments = (0,)
    return getattr(_core.unfold(np.zeros(1, dtype), 0, 1, **(given or {})), name)(*arguments).dtype


def slices(box):
    return tuple(slice(start, end) for start, end in box)
