"""Filters under SciPy's names, against SciPy."""

import itertools

import numpy as np
import pytest
from scipy import ndimage as theirs

from ndwindow import ndimage as ours

MODES = ["reflect", "mirror", "nearest", "wrap", "constant", "grid-mirror", "grid-wrap", "grid-constant"]
TYPES = ["f4", "f8", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "?"]


def some(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return rng.standard_normal(shape).astype(dtype)
    return rng.integers(0, 2 if dtype == "?" else 100, shape).astype(dtype)


def same(name, x, *arguments, **keywords):
    made, expected = (getattr(module, name)(x, *arguments, **keywords) for module in (ours, theirs))
    assert made.dtype == expected.dtype and made.shape == expected.shape
    if expected.dtype.kind in "fc":
        tolerance = 1e-5 if expected.dtype in (np.float32, np.complex64) else 1e-12
        np.testing.assert_allclose(made, expected, tolerance, tolerance)
    else:
        np.testing.assert_array_equal(made, expected)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("mode", MODES)
def test_boxes(dtype, mode):
    x = some((13, 17), dtype)
    for size in [1, 2, 3, 5, (4, 3), (1, 6), 20]:
        for name in ["maximum_filter", "minimum_filter", "median_filter", *(["uniform_filter"] if dtype != "?" else [])]:
            same(name, x, size, mode=mode, cval=1)
        if np.prod(np.broadcast_to(size, 2)) > 4:
            same("rank_filter", x, 2, size, mode=mode, cval=1)
            same("rank_filter", x, -3, size, mode=mode, cval=1)
            same("percentile_filter", x, 30, size, mode=mode, cval=1)


@pytest.mark.parametrize("name", ["maximum_filter", "minimum_filter", "uniform_filter", "median_filter"])
def test_origins_modes_an_axis_and_axes(name):
    x = some((9, 10, 7), "f8")
    for origin in itertools.product([-1, 0, 1], repeat=3):
        same(name, x, 3, origin=origin, mode="constant", cval=0.5)
    for axes in [(0,), 1, (2, 0), (-1, 1)]:
        same(name, x, 3, axes=axes)
    if name != "median_filter":
        same(name, x, (3, 4, 2), mode=["wrap", "constant", "nearest"], cval=-0.25)


def test_outputs():
    x = some((20, 30), "f8") * 10
    for output in ["f4", np.int32, np.dtype("u2")]:
        same("maximum_filter", np.abs(x), 5, output=output)
        same("uniform_filter", np.abs(x), 5, output=output)
        same("median_filter", np.abs(x), 5, output=output)
    out = np.zeros((20, 30))
    assert ours.maximum_filter(x, 3, output=out) is out
    y = x.copy()
    ours.maximum_filter(y, 3, output=y)
    assert np.array_equal(y, theirs.maximum_filter(x, 3))
    same("uniform_filter", x + 1j * some((20, 30), "f8", 1), 3, mode="constant", cval=1 + 2j)


def test_lines():
    x = some((8, 9), "i4")
    for name in ["maximum_filter1d", "minimum_filter1d", "uniform_filter1d"]:
        for axis, origin, mode in itertools.product([0, -1], [-1, 0, 1], MODES[:5]):
            same(name, x, 4, axis, mode=mode, origin=origin)


@pytest.mark.parametrize("mode", MODES[:5])
@pytest.mark.parametrize("size", [3, 4, (2, 5)])
def test_morphology(size, mode):
    x = some((12, 15), "u1")
    for name in ["grey_erosion", "grey_dilation", "grey_opening", "grey_closing"]:
        for origin in [0, -1]:
            same(name, x, size, mode=mode, origin=origin)


@pytest.mark.parametrize("dtype", ["f4", "f8", "u1", "i4", "c16"])
def test_weights(dtype):
    x = (some((12, 15), "f8") * 20 + (1j if dtype == "c16" else 0)).astype(dtype)
    for mode in MODES[:5]:
        for arguments, keywords in [((1.5,), {}), (((1, 2.5),), {"order": (1, 0)}), ((2, 2), {"truncate": 2.0}), ((0.7,), {"radius": 3, "axes": 1})]:
            output = {"output": "f8"} if dtype in ("u1", "i4") else {}
            same("gaussian_filter", x, *arguments, mode=mode, cval=1.0, **keywords, **output)
        same("gaussian_filter1d", x.astype("f8" if dtype != "c16" else dtype), 2, 0, 1, mode=mode)
    if dtype != "c16":
        same("gaussian_filter", x, 1, mode=["wrap", "nearest"])


@pytest.mark.parametrize("dtype", ["f8", "u1", "i2"])
@pytest.mark.parametrize("mode", MODES[:5])
def test_footprints_and_structures(dtype, mode):
    x = some((13, 11), dtype)
    rng = np.random.default_rng(1)
    for shape in [(3, 3), (2, 5), (4, 4)]:
        footprint = rng.random(shape) < 0.6
        footprint[0, 0] = True
        for origin in [0, -1]:
            for name in ["maximum_filter", "minimum_filter", "median_filter"]:
                same(name, x, footprint=footprint, mode=mode, cval=3, origin=origin)
            same("percentile_filter", x, 40, footprint=footprint, mode=mode, cval=3, origin=origin)
            for name in ["grey_dilation", "grey_erosion", "grey_opening", "grey_closing"]:
                same(name, x, footprint=footprint, mode=mode, cval=3, origin=origin)
                if dtype == "u1":
                    continue  # sums leave the type, and SciPy's wrap
                same(name, x, structure=rng.integers(-3, 4, shape), mode=mode, cval=3, origin=origin, output="f8")


def test_footprints_of_every_type():
    footprint = np.tri(3, 4, 1, bool)
    for dtype in TYPES:
        for name in ["maximum_filter", "minimum_filter", "median_filter"]:
            same(name, some((9, 8), dtype), footprint=footprint)


def test_byte_order_empty_arrays_and_lists():
    same("maximum_filter", some((5, 6), "f8").astype(">f8"), 3)
    assert ours.maximum_filter(np.zeros((0, 3)), 3).shape == (0, 3)
    assert ours.median_filter([3, 1, 2], 3).tolist() == [3, 2, 2]


@pytest.mark.parametrize("call", [
    lambda m: m.maximum_filter(np.zeros(3)),
    lambda m: m.maximum_filter(np.zeros(3), 3, mode="nothing"),
    lambda m: m.maximum_filter(np.zeros(3), 3, origin=2),
    lambda m: m.maximum_filter(np.zeros(3), (3, 3)),
    lambda m: m.maximum_filter(np.zeros(3), 3, axes=1),
    lambda m: m.maximum_filter(np.zeros(3), 3, output=np.zeros(4)),
    lambda m: m.maximum_filter(np.zeros(3, complex), 3),
    lambda m: m.maximum_filter(np.zeros(3), footprint=[0, 0, 0]),
    lambda m: m.median_filter(np.zeros(3)),
    lambda m: m.median_filter(np.zeros((3, 3)), 3, mode=["wrap", "reflect"]),
    lambda m: m.rank_filter(np.zeros(3), 3, 3),
    lambda m: m.rank_filter(np.zeros(3), 1.5, 3),
    lambda m: m.percentile_filter(np.zeros(3), 101, 3),
    lambda m: m.uniform_filter1d(np.zeros(3), 0),
    lambda m: m.grey_erosion(np.zeros(3)),
])
def test_what_scipy_refuses_is_refused_alike(call):
    with pytest.raises(Exception) as expected:
        call(theirs)
    with pytest.raises(expected.type):
        call(ours)
