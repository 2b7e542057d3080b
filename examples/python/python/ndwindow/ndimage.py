"""Filters with SciPy's names, arguments and results: ``from ndwindow import ndimage`` instead of ``from scipy import ndimage``.

Borders, origins, footprints, output types and errors are SciPy's. What differs: a NaN under the window makes the result NaN;
numbers beyond the range of an integer output, as ``cval``, become its nearest number.
"""

import operator
import warnings

import numpy as np

from . import _core

__all__ = [
    "gaussian_filter", "gaussian_filter1d", "grey_closing", "grey_dilation", "grey_erosion", "grey_opening", "maximum_filter", "maximum_filter1d", "median_filter",
    "minimum_filter", "minimum_filter1d", "percentile_filter", "rank_filter", "uniform_filter", "uniform_filter1d",
]

# SciPy's names of borders, and ours.
_MODES = {
    "reflect": "symmetric", "grid-mirror": "symmetric", "mirror": "reflect", "nearest": "edge", "wrap": "wrap", "grid-wrap": "wrap",
    "constant": "empty", "grid-constant": "empty",
}


def maximum_filter(input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """The largest element under a box or footprint around each: ``[H, W] -> [H, W]``. The time does not grow with a box."""
    return _extreme(True, input, size, footprint, None, output, mode, cval, origin, axes)


def minimum_filter(input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """The smallest element under a box or footprint around each: ``[H, W] -> [H, W]``. The time does not grow with a box."""
    return _extreme(False, input, size, footprint, None, output, mode, cval, origin, axes)


def maximum_filter1d(input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    """The largest of ``size`` elements around each, along one axis."""
    return _line(maximum_filter, input, size, axis, output, mode, cval, origin)


def minimum_filter1d(input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    """The smallest of ``size`` elements around each, along one axis."""
    return _line(minimum_filter, input, size, axis, output, mode, cval, origin)


def uniform_filter1d(input, size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0):
    """The mean of ``size`` elements around each, along one axis."""
    return _line(uniform_filter, input, size, axis, output, mode, cval, origin)


def uniform_filter(input, size=3, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """The mean under a box around each element: ``[H, W] -> [H, W]``. The time does not grow with the box.

    Integers are truncated after every axis, as in SciPy; ``unfold(..).mean()`` does not round.
    """
    input = np.asarray(input)
    output = _output(output, input, input.dtype.kind == "c")
    if input.dtype.kind == "c":
        cval = complex(cval)
        uniform_filter(input.real, size, output.real, mode, cval.real, origin, axes=axes)
        uniform_filter(input.imag, size, output.imag, mode, cval.imag, origin, axes=axes)
        return output
    axes = _axes(axes, input.ndim)
    sizes, origins, modes = _each(size, len(axes)), _each(origin, len(axes)), _each(mode, len(axes))
    kept = [(a, s, o, m) for a, s, o, m in zip(axes, sizes, origins, modes, strict=True) if s > 1]
    box = _box(kept)
    x = _native(input)
    if output.dtype.kind == "f":
        x = x.astype(output.dtype, copy=False)
        return _into(output, x, box, cval, _mean)
    for axis in zip(*box, strict=True):  # whole numbers in between
        x = _cast(_into(None, x, tuple([part] for part in axis), cval, _mean), output.dtype)
    output[...] = _cast(x, output.dtype)
    return output


def gaussian_filter(input, sigma, order=0, output=None, mode="reflect", cval=0.0, truncate=4.0, *, radius=None, axes=None):
    """A Gaussian of this standard deviation around each element, or its derivative of an ``order``: ``[H, W] -> [H, W]``."""
    input = np.asarray(input)
    output = _output(output, input, input.dtype.kind == "c")
    axes = _axes(axes, input.ndim)
    number = len(axes)
    orders, sigmas, radii = _each(order, number), _each(sigma, number), _each(radius, number)
    kernels, kept, modes = [], [], []
    for axis, each, sigma, radius, own in zip(axes, orders, sigmas, radii, _each(mode, number), strict=True):
        if sigma > 1e-15:
            kernels.append(_gaussian(sigma, each, truncate, radius))
            kept.append(axis)
            modes.append(own)
    return _weighed(input, kept, kernels, [0] * len(kept), modes, cval, output)


def gaussian_filter1d(input, sigma, axis=-1, order=0, output=None, mode="reflect", cval=0.0, truncate=4.0, *, radius=None):
    """A Gaussian along one axis, or its derivative of an ``order``."""
    return gaussian_filter(input, sigma, order, output, mode, cval, truncate, radius=radius, axes=operator.index(axis))


def _gaussian(sigma, order, truncate, radius):
    """The kernel as it lies on the elements: SciPy's, a polynomial times the bell."""
    radius = int(truncate * float(sigma) + 0.5) if radius is None else radius
    if not isinstance(radius, (int, np.integer)) or radius < 0:
        raise ValueError("Radius must be a nonnegative integer.")
    if order < 0:
        raise ValueError("order must be non-negative")
    x = np.arange(-radius, radius + 1)
    bell = np.exp(-0.5 / (sigma * sigma) * x**2)
    bell /= bell.sum()
    # f' = (q' - x q / sigma^2) p for f = q p: the polynomial q of the derivative, by coefficients.
    q = np.zeros(order + 1)
    q[0] = 1
    derive = np.diag(np.arange(1.0, order + 1), 1) + np.diag(np.full(order, -1 / (sigma * sigma)), -1)
    for _ in range(order):
        q = derive @ q
    return (np.power.outer(x, np.arange(order + 1)) @ q * bell)[::-1]


def _weighed(input, axes, kernels, origins, modes, cval, output):
    """Weighted sums along axes; whole numbers are truncated after every axis, as in SciPy."""
    if input.dtype.kind == "c":
        cval = complex(cval)
        _weighed(input.real, axes, kernels, origins, modes, cval.real, output.real)
        _weighed(input.imag, axes, kernels, origins, modes, cval.imag, output.imag)
        return output
    try:
        modes = [_MODES[mode] for mode in modes]
    except (KeyError, TypeError):
        raise RuntimeError("boundary mode not supported") from None
    x = _native(input)
    if not axes or x.size == 0:
        output[...] = _cast(x, output.dtype)
        return output
    if x.dtype == np.float16 or output.dtype == np.float16:
        raise RuntimeError("data type not supported: float16")
    whole = output.dtype.kind in "biu"
    work = np.float64  # as in SciPy, for float32 too
    groups = [slice(None)] if len(set(modes)) == 1 and not whole else [slice(k, k + 1) for k in range(len(axes))]
    for number, part in enumerate(groups):
        last = number == len(groups) - 1
        out = output if last and output.dtype == work else None
        x = _core.weigh(x.astype(work, copy=False), axes[part], kernels[part], origins[part], modes[part][0], float(cval), out)
        x = _cast(x, output.dtype) if whole else x
    if x is not output:
        output[...] = _cast(x, output.dtype)
    return output


def rank_filter(input, rank, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """The element of this rank under a box or footprint; negative ranks count from the largest."""
    return _rank(input, operator.index(rank), size, footprint, output, mode, cval, origin, axes, "rank")


def median_filter(input, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """The element in the middle of those under a box or footprint, the upper one of two."""
    return _rank(input, 0, size, footprint, output, mode, cval, origin, axes, "median")


def percentile_filter(input, percentile, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """The element at a percentile of those under a box or footprint; negative ones count from 100."""
    return _rank(input, percentile, size, footprint, output, mode, cval, origin, axes, "percentile")


def grey_erosion(input, size=None, footprint=None, structure=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """The smallest element under a structure, less the structure's own numbers."""
    if size is None and footprint is None and structure is None:
        raise ValueError("size, footprint, or structure must be specified")
    return _extreme(False, input, size, footprint, structure, output, mode, cval, origin, axes)


def grey_dilation(input, size=None, footprint=None, structure=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """The largest element under the mirrored structure, with the structure's own numbers added."""
    if size is None and footprint is None and structure is None:
        raise ValueError("size, footprint, or structure must be specified")
    if structure is not None:
        structure = np.flip(np.asarray(structure))
    if footprint is not None:
        footprint = np.flip(np.asarray(footprint))
    input = np.asarray(input)
    axes = _axes(axes, input.ndim)
    box = footprint.shape if footprint is not None else structure.shape if structure is not None else _each(size, len(axes))
    origin = [-o - (n % 2 == 0) for o, n in zip(_each(origin, len(axes)), box, strict=False)]
    return _extreme(True, input, size, footprint, structure, output, mode, cval, origin, axes)


def grey_opening(input, size=None, footprint=None, structure=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """An erosion, then a dilation."""
    if size is not None and footprint is not None:
        warnings.warn("ignoring size because footprint is set", UserWarning, stacklevel=2)
        size = None
    between = grey_erosion(input, size, footprint, structure, None, mode, cval, origin, axes=axes)
    return grey_dilation(between, size, footprint, structure, output, mode, cval, origin, axes=axes)


def grey_closing(input, size=None, footprint=None, structure=None, output=None, mode="reflect", cval=0.0, origin=0, *, axes=None):
    """A dilation, then an erosion."""
    if size is not None and footprint is not None:
        warnings.warn("ignoring size because footprint is set", UserWarning, stacklevel=2)
        size = None
    between = grey_dilation(input, size, footprint, structure, None, mode, cval, origin, axes=axes)
    return grey_erosion(between, size, footprint, structure, output, mode, cval, origin, axes=axes)


def _extreme(largest, input, size, footprint, structure, output, mode, cval, origin, axes):
    if size is not None and footprint is not None:
        warnings.warn("ignoring size because footprint is set", UserWarning, stacklevel=3)
    input = np.asarray(input)
    if input.dtype.kind == "c":
        raise TypeError("Complex type not supported")
    if structure is None and footprint is None and size is None:
        raise RuntimeError("no footprint provided")
    if footprint is not None:
        footprint = np.asarray(footprint, dtype=bool)
        if not footprint.any():
            raise ValueError("All-zero footprint is not supported.")
        if structure is None and footprint.all():
            size, footprint = footprint.shape, None
    output = _output(output, input)
    axes = _axes(axes, input.ndim)
    if structure is not None:
        structure = np.asarray(structure, np.float64)
    x = _native(input)
    if output.dtype.kind in "biu" or output.dtype in (np.float32, np.float64):
        x = _cast(x, output.dtype)
    if structure is None and footprint is None:
        box = _box([(a, s, o, m) for a, s, o, m in
                    zip(axes, _each(size, len(axes)), _each(origin, len(axes)), _each(mode, len(axes)), strict=True) if s > 1])
        return _into(output, x, box, cval, _max if largest else _min)
    box = _masked_box(*_in_order(axes, origin, x.ndim), footprint, structure, mode, "footprints")
    if structure is None:
        return _into(output, x, box, cval, _max if largest else _min, footprint)
    if x.size == 0:
        return output
    merge = np.maximum if largest else np.minimum
    made = None
    for cell, weight in _cells(x, box, footprint, structure, cval):
        cell = cell + weight if largest else cell - weight
        made = cell if made is None else merge(made, cell, out=made)
    output[...] = _cast(made, output.dtype)
    return output


def _max(windows, out):
    return windows.max(out)


def _min(windows, out):
    return windows.min(out)


def _mean(windows, out):
    return windows.mean(out)


def _rank(input, rank, size, footprint, output, mode, cval, origin, axes, operation):
    if size is not None and footprint is not None:
        warnings.warn("ignoring size because footprint is set", UserWarning, stacklevel=3)
    input = np.asarray(input)
    if input.dtype.kind == "c":
        raise TypeError("Complex type not supported")
    axes = _axes(axes, input.ndim)
    if footprint is None:
        if size is None:
            raise RuntimeError("no footprint or filter size provided")
        sizes = _each(size, len(axes))
        footprint, cells = None, 1
        for n in sizes:
            cells *= n
    else:
        footprint = np.asarray(footprint, dtype=bool)
        if footprint.ndim != len(axes):
            raise RuntimeError(f"footprint.ndim ({footprint.ndim}) must match len(axes) ({len(axes)})")
        sizes, cells = footprint.shape, int(footprint.sum())
        if cells == footprint.size:
            footprint = None
    axes, origin = _in_order(axes, origin, input.ndim)
    if operation == "median":
        rank = cells // 2
    elif operation == "percentile":
        percentile = rank + 100.0 if rank < 0 else rank
        if not 0 <= percentile <= 100:
            raise RuntimeError("invalid percentile")
        rank = cells - 1 if percentile == 100 else int(float(cells) * percentile / 100.0)
    if rank < 0:
        rank += cells
    if not 0 <= rank < cells:
        raise RuntimeError("rank not within filter footprint size")
    if rank in (0, cells - 1):
        if footprint is None:
            return _extreme(rank != 0, input, sizes, None, None, output, mode, cval, origin, axes)
        return _extreme(rank != 0, input, None, footprint, None, output, mode, cval, origin, axes)
    output = _output(output, input)
    if footprint is not None:
        box = _masked_box(axes, origin, footprint, None, mode, "rank filters")
        x = _native(input)
        if x.dtype == np.uint64:
            x = x.astype(np.int64) if not x.size or x.max() < 1 << 63 else x.astype(np.float64)
        return _into(output, x, box, cval, lambda windows, out: windows.rank(rank, out), footprint)
    if not isinstance(mode, str) and np.iterable(mode):
        raise RuntimeError("A sequence of modes is not supported by non-separable rank filters")
    box = _box([(a, s, o, m) for a, s, o, m in
                zip(axes, sizes, _each(origin, len(axes)), _each(mode, len(axes)), strict=True)])
    return _into(output, _native(input), box, cval, lambda windows, out: windows.rank(rank, out))


def _line(filter, input, size, axis, output, mode, cval, origin):
    input = np.asarray(input)
    if not -input.ndim <= axis < input.ndim:
        raise np.exceptions.AxisError(axis, input.ndim)
    if size < 1:
        raise RuntimeError("incorrect filter size")
    if not 0 <= size // 2 + origin < size:
        raise ValueError("invalid origin")
    return filter(input, size, output=output, mode=mode, cval=cval, origin=origin, axes=axis)


def _box(axes):
    """Lists of axes, sizes, pads and modes from (axis, size, origin, SciPy's mode)."""
    numbers, sizes, pads, modes = [], [], [], []
    for axis, size, origin, mode in axes:
        size = int(size)
        before = size // 2 + origin
        if not 0 <= before < size:
            raise ValueError("invalid origin")
        try:
            modes.append(_MODES[mode])
        except (KeyError, TypeError):
            raise RuntimeError("boundary mode not supported") from None
        numbers.append(axis)
        sizes.append(size)
        pads.append((before, size - 1 - before))
    return numbers, sizes, pads, modes


def _in_order(axes, origin, rank):
    """Axes in the array's order, in which SciPy takes those of footprints, and their origins."""
    origins = _each(origin, len(axes))
    if len(axes) == rank:
        return tuple(range(rank)), origins
    return tuple(zip(*sorted(zip(axes, origins, strict=True)), strict=True)) or ((), ())


def _masked_box(axes, origin, footprint, structure, mode, what):
    """The box around a footprint or structure."""
    cells = structure if footprint is None else footprint
    if cells.ndim != len(axes):
        raise RuntimeError(f"footprint.ndim ({cells.ndim}) must match len(axes) ({len(axes)})")
    if structure is not None and structure.shape != cells.shape:
        raise RuntimeError("structure array has incorrect shape")
    if not isinstance(mode, str) and np.iterable(mode):
        raise RuntimeError(f"A sequence of modes is not supported for non-separable {what}")
    return _box([(a, s, o, mode) for a, s, o in zip(axes, cells.shape, _each(origin, len(axes)), strict=True)])


def _cells(x, box, footprint, structure, cval):
    """The array as each cell of a structure sees it, and the structure's number there."""
    axes, sizes, pads, modes = box
    x = x.astype(np.float64)
    fill = _number(cval, x.dtype) if "empty" in modes else None
    padded = _core.unfold(x, axes, 1, pad=pads, mode=modes, fill=fill).copy()
    padded = padded.reshape(padded.shape[: x.ndim])
    for at in np.argwhere(np.ones(sizes, bool) if footprint is None else footprint):
        part = [slice(None)] * x.ndim
        for axis, first in zip(axes, at, strict=True):
            part[axis] = slice(first, first + x.shape[axis])
        yield padded[tuple(part)], structure[tuple(at)]


def _into(output, x, box, cval, reduce, mask=None):
    """What ``reduce(windows, out)`` makes of the windows of a box around each element, in ``output``, if given."""
    axes, sizes, pads, modes = box
    if not axes or x.size == 0:
        if output is None:
            return x
        output[...] = x
        return output
    fill = _number(cval, x.dtype) if "empty" in modes else None
    windows = _core.unfold(x, axes, sizes, pad=pads, mode=modes, fill=fill, mask=mask)
    if output is None or output.dtype != x.dtype:
        made = reduce(windows, None)
        if output is None:
            return made
        output[...] = _cast(made, output.dtype)
        return output
    return reduce(windows, output)


def _cast(x, dtype):
    """As SciPy casts: towards zero."""
    if x.dtype == dtype:
        return x
    with np.errstate(invalid="ignore"):
        return x.astype(dtype)


def _native(x):
    return x if x.dtype.isnative else x.astype(_native_dtype(x.dtype))


def _native_dtype(dtype):
    return dtype if dtype.isnative else dtype.newbyteorder("=")


def _number(value, dtype):
    """``value`` as a number of this type, the nearest there is."""
    if dtype.kind == "f":
        return float(value)
    if dtype.kind == "b":
        return int(bool(value))
    info = np.iinfo(dtype)
    if value != value:
        return 0
    return int(min(max(value, info.min), info.max))


def _each(given, number):
    """One for each axis."""
    if isinstance(given, (int, float, str)) or not np.iterable(given):  # (asking NumPy takes ten times as long)
        return [given] * number
    given = list(given)
    if len(given) != number:
        raise RuntimeError("sequence argument must have length equal to input rank")
    return given


def _axes(axes, rank):
    if axes is None:
        return tuple(range(rank))
    if np.isscalar(axes):
        axes = (axes,)
    elif not np.iterable(axes):
        raise ValueError("axes must be an integer, iterable of integers, or None")
    axes = tuple(operator.index(axis) for axis in axes)
    for axis in axes:
        if not -rank <= axis < rank:
            raise np.exceptions.AxisError(f"specified axis: {axis} is out of range")
    axes = tuple(axis % rank for axis in axes)
    if len(set(axes)) != len(axes):
        raise ValueError("axes must be unique")
    return axes


def _output(output, input, is_complex=False):
    """The array for the results: a new one of a type, or the caller's."""
    if output is None:
        dtype = np.promote_types(input.dtype, np.complex64) if is_complex else _native_dtype(input.dtype)
        return np.empty(input.shape, dtype)
    if isinstance(output, (type, np.dtype)):
        dtype = np.dtype(output)
        if is_complex and dtype.kind != "c":
            warnings.warn("promoting specified output dtype to complex", stacklevel=3)
            dtype = np.promote_types(dtype, np.complex64)
        return np.empty(input.shape, dtype)
    if isinstance(output, str):
        dtype = np.dtype(output)
        if is_complex and dtype.kind != "c":
            raise RuntimeError("output must have complex dtype")
        if not issubclass(dtype.type, np.number):
            raise RuntimeError("output must have numeric dtype")
        return np.empty(input.shape, dtype)
    output = np.asarray(output)
    if output.shape != input.shape:
        raise RuntimeError("output shape not correct")
    if is_complex and output.dtype.kind != "c":
        raise RuntimeError("output must have complex dtype")
    return output
