"""The verbs of ``ndwindow.unfold`` on dask arrays, by parts.

A part of the result is a box and the box it reads: each task takes the pieces of the input's chunks that lie in its read box, and nothing
else, so windows may be longer than a chunk, and nothing is rechunked. The bits are those of the whole array in one process.

    >>> import ndwindow.dask as nd
    >>> y = nd.unfold(x, [0, 1, 2], [5, 9, 9], pad="same").max()      # lazy, chunked as x
"""

import itertools
import math
import operator

import numpy as np
from dask import array as da
from dask._task_spec import List, Task, TaskRef
from dask.base import tokenize
from dask.highlevelgraph import HighLevelGraph

from . import _core
from ._verbs import VERBS, checked, result_type

__all__ = ["Windows", "fold", "unfold"]


def unfold(x, axes, window, step=1, *, dilation=1, base_dilation=1, pad=0, mode="empty", tail="drop", grid_first=False, fill=None,
           skip_nan=False, min_count=None, chunks=None, threads=1):
    """Windows over a dask array: the arguments of ``ndwindow.unfold``.

    ``chunks`` cuts the results, as dask spells it; by itself it is as near to the input's chunks as the step allows. Each task runs on
    ``threads`` threads.
    """
    if any(math.isnan(n) for n in x.shape):
        raise ValueError("an array of unknown chunk sizes: call x.compute_chunk_sizes() first")
    keywords = {"dilation": dilation, "base_dilation": base_dilation, "pad": pad, "mode": mode, "tail": tail}
    plan = _core.Plan(x.shape, axes, window, step, grid_first=grid_first, **keywords)
    given = {"fill": fill, "skip_nan": skip_nan, "min_count": min_count}
    return Windows(x, plan, given, chunks, threads)


class Windows:
    """Windows over a dask array. Every verb of ``ndwindow.Windows`` gives a dask array."""

    def __init__(self, x, plan, given, chunks, threads):
        self.x, self.plan, self.given, self.threads = x, plan, given, threads
        shape = plan.reduced_shape
        self.chunks = _scaled(x.chunks, shape) if chunks is None else da.core.normalize_chunks(chunks, shape, dtype=x.dtype)

    def _repr_svg_(self):
        return self.plan.to_svg()

    def __repr__(self):
        return f"Windows over {self.x}, results in chunks of {self.chunks}\n{self.plan}"

    def reduce(self, verb):
        """A verb by its name, or ``(name, argument, ..)``: "max", ("rank", 3), ("quantile", 0.9)."""
        name, arguments = checked(verb)
        dtype = result_type(name, arguments, self.x.dtype, self.given)
        token = "ndwindow-" + name + "-" + tokenize(self.x.name, self.plan.to_json(), self.chunks, arguments, self.given)
        graph = {}
        for index, box in _boxes(self.chunks):
            key = (token, *self._place(name, index))
            if any(start == end for start, end in box):
                graph[key] = Task(key, np.empty, tuple(sizes[at] for sizes, at in zip(self._chunks(name), key[1:], strict=True)), dtype)
                continue
            part = self.plan.part(box)
            pieces = _pieces(graph, token, self.x, part.read, index)
            graph[key] = Task(key, _part, part, pieces, name, arguments, self.given, self.threads, self.x.dtype)
        layers = HighLevelGraph.from_collections(token, graph, dependencies=[self.x])
        return da.Array(layers, token, self._chunks(name), dtype=dtype)

    def _place(self, name, index):
        """The index of a result's chunk from that of its box: 0 along the axes of the window itself."""
        return tuple(0 if axis is None else index[axis] for axis in self._axes(name))

    def _chunks(self, name):
        axes = self._axes(name)
        shape = self.plan.shape if name == "copy" else self.plan.reduced_shape
        return tuple((n,) if axis is None else self.chunks[axis] for axis, n in zip(axes, shape, strict=True))

    def _axes(self, name):
        """For each axis of the result the axis of the box it is; None for one of the window itself."""
        return self.plan.order if name == "copy" else range(len(self.plan.input_shape))


def _verb(name):
    def verb(self, *arguments):
        return self.reduce((name, *arguments))

    verb.__name__ = name
    verb.__doc__ = getattr(_core.Windows, name).__doc__
    return verb


for _name in VERBS:
    setattr(Windows, _name, _verb(_name))


def fold(patches, plan, merge="sum", *, taper=None, uncovered=None, chunks="auto", threads=1):
    """The way back, by parts: ``ndwindow.fold`` of a dask array of ``plan.shape``, into chunks of the caller's.

    A part gathers the windows that touch it; nobody adds to what somebody else adds to.
    """
    if patches.shape != plan.shape:
        raise ValueError(f"patches of shape {patches.shape}, but the plan has {plan.shape}")
    chunks = da.core.normalize_chunks(chunks, plan.input_shape, dtype=patches.dtype)
    token = "ndwindow-fold-" + tokenize(patches.name, plan.to_json(), chunks, merge, taper, uncovered)
    order = plan.order
    graph = {}
    for index, box in _boxes(chunks):
        key = (token, *index)
        if any(start == end for start, end in box):
            graph[key] = Task(key, np.empty, tuple(end - start for start, end in box), patches.dtype)
            continue
        windows = plan.touched(box)
        read = [windows[axis] if axis is not None else (0, size) for axis, size in zip(order, plan.shape, strict=True)]
        pieces = _pieces(graph, token, patches, read, index)
        graph[key] = Task(key, _folded, plan, box, read, pieces, merge, taper, uncovered, threads, patches.dtype)
    layers = HighLevelGraph.from_collections(token, graph, dependencies=[patches])
    return da.Array(layers, token, chunks, dtype=patches.dtype)


def _scaled(chunks, shape):
    """The chunks of the input where the result has the same length, else as many in the same proportions."""
    scaled = []
    for sizes, length in zip(chunks, shape, strict=True):
        whole = max(sum(sizes), 1)
        ends = [round(end * length / whole) for end in itertools.accumulate(sizes)]
        each = [end - start for start, end in itertools.pairwise([0, *ends]) if end > start]
        scaled.append(tuple(each) or (0,))
    return tuple(scaled)


def _boxes(chunks):
    """Every chunk's index and box."""
    ranges = [list(itertools.pairwise([0, *itertools.accumulate(sizes)])) for sizes in chunks]
    for index in itertools.product(*[range(len(each)) for each in ranges]):
        yield index, [ranges[axis][k] for axis, k in enumerate(index)]


def _pieces(graph, token, x, read, index):
    """Tasks that cut the read box out of the chunks it lies in: a list of (where in the box, piece)."""
    along = []
    for (start, end), sizes in zip(read, x.chunks, strict=True):
        found = []
        for number, (first, last) in enumerate(itertools.pairwise([0, *itertools.accumulate(sizes)])):
            low, high = max(start, first), min(end, last)
            if low < high:
                found.append((number, low - start, slice(low - first, high - first), high - low == last - first))
        along.append(found)
    pieces = []
    for each in itertools.product(*along):
        key = (x.name, *[number for number, _, _, _ in each])
        if not all(whole for _, _, _, whole in each):
            cut = ("cut-" + token, *index, *[number for number, _, _, _ in each])
            graph[cut] = Task(cut, _cut, TaskRef(key), tuple(part for _, _, part, _ in each))
            key = cut
        pieces.append(List(tuple(at for _, at, _, _ in each), TaskRef(key)))
    return List(*pieces)


def _cut(chunk, part):
    """A copy, so that a piece does not keep its chunk."""
    return np.ascontiguousarray(operator.getitem(chunk, part))


def _assembled(read, pieces, dtype):
    shape = tuple(end - start for start, end in read)
    if len(pieces) == 1 and pieces[0][1].shape == shape:
        return np.asarray(pieces[0][1])
    whole = np.empty(shape, dtype)
    for at, piece in pieces:
        whole[tuple(slice(a, a + n) for a, n in zip(at, piece.shape, strict=True))] = piece
    return whole


def _part(part, pieces, name, arguments, given, threads, dtype):
    piece = _assembled(part.read, pieces, dtype)
    return getattr(part.windows(piece, **given, threads=threads), name)(*arguments)


def _folded(plan, box, read, pieces, merge, taper, uncovered, threads, dtype):
    patches = _assembled(read, pieces, dtype)
    return _core.fold(patches, plan, merge, taper=taper, uncovered=uncovered, box=box, threads=threads)
