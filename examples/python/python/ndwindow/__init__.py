"""Sliding windows over N-dimensional NumPy arrays.

``unfold(x, axes, window, step)`` is one checked request. What it gives has windows as a view (nothing is copied), as a copy, and
reductions whose time does not grow with the window::

    import numpy as np, ndwindow

    x = np.arange(7.0)
    ndwindow.unfold(x, 0, 3, 2).view()        # [[0, 1, 2], [2, 3, 4], [4, 5, 6]], read-only, no copy
    ndwindow.unfold(x, 0, 3, pad=1).mean()    # a moving mean as long as x; what is outside does not count

``ndwindow.ndimage`` has SciPy's filters under SciPy's names, ``ndwindow.rolling`` bottleneck's moving statistics, ``ndwindow.dask``
the same verbs on dask arrays by parts.
"""

from . import ndimage, rolling
from ._core import Blender, Part, Parts, Plan, Tiling, Windows, avg_pool, conv, fold, max_pool, tiles, unfold
from .audio import frames, istft, stft
from .jobs import run
from .pictures import process

__all__ = [
    "Blender", "Part", "Parts", "Plan", "Tiling", "Windows",
    "avg_pool", "conv", "fold", "frames", "istft", "max_pool", "ndimage", "process", "rolling", "run", "stft", "tiles", "unfold",
]
__version__ = "0.1.0"
