"""Moving statistics with bottleneck's names, arguments and results.

Every function gives an array of the shape of ``a``: result i is of the elements ``i - window + 1 .. i`` along ``axis``, NaNs left
out, and NaN where fewer than ``min_count`` are left (``window`` of them unless it is given). ``float32`` stays ``float32``, everything
else becomes ``float64``.

Nothing drifts: no sum is updated by taking elements out, so a result follows from its window alone. The time of all but ``move_median``
and ``move_rank`` does not grow with the window.
"""

import numpy as np

from ._core import moving

__all__ = [
    "move_argmax", "move_argmin", "move_max", "move_mean", "move_median", "move_min", "move_rank", "move_std", "move_sum", "move_var",
]


def move_sum(a, window, min_count=None, axis=-1):
    """The moving sum."""
    return moving("sum", a, window, min_count, axis, 0)


def move_mean(a, window, min_count=None, axis=-1):
    """The moving mean."""
    return moving("mean", a, window, min_count, axis, 0)


def move_var(a, window, min_count=None, axis=-1, ddof=0):
    """The moving variance, divided by the number of elements less ``ddof``."""
    return moving("var", a, window, min_count, axis, ddof)


def move_std(a, window, min_count=None, axis=-1, ddof=0):
    """The moving standard deviation: the root of ``move_var``."""
    return moving("std", a, window, min_count, axis, ddof)


def move_max(a, window, min_count=None, axis=-1):
    """The moving maximum."""
    return moving("max", a, window, min_count, axis, 0)


def move_min(a, window, min_count=None, axis=-1):
    """The moving minimum."""
    return moving("min", a, window, min_count, axis, 0)


def move_median(a, window, min_count=None, axis=-1):
    """The moving median."""
    return moving("median", a, window, min_count, axis, 0)


def move_argmax(a, window, min_count=None, axis=-1):
    """How far behind the window's last element its largest lies; the last of equals."""
    return moving("argmax", a, window, min_count, axis, 0)


def move_argmin(a, window, min_count=None, axis=-1):
    """How far behind the window's last element its smallest lies; the last of equals."""
    return moving("argmin", a, window, min_count, axis, 0)


def move_rank(a, window, min_count=None, axis=-1):
    """The rank of the window's last element among all, from -1, the least, to 1; equals share theirs. The time grows with the window."""
    a = np.asarray(a)
    if a.ndim < 2 or axis in (-1, a.ndim - 1):
        return moving("rank", np.ascontiguousarray(a) if a.ndim else a, window, min_count, axis, 0)
    if not -a.ndim <= axis < a.ndim:
        raise ValueError(f"axis(={axis}) out of bounds [{-a.ndim}, {a.ndim})")
    lines = np.ascontiguousarray(np.moveaxis(a, axis, -1))
    return np.moveaxis(moving("rank", lines, window, min_count, -1, 0), -1, axis)
