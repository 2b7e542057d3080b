"""Requests, views, reductions and what is refused, against NumPy."""

import gc
import pickle
import threading
import time

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

import ndwindow
from ndwindow import Plan, unfold

TYPES = ["f4", "f8", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "?"]


def some(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return rng.standard_normal(shape).astype(dtype)
    if dtype == "?":
        return rng.random(shape) < 0.5
    info = np.iinfo(dtype)
    return rng.integers(max(info.min, -1000), min(info.max, 1000), shape, dtype=dtype, endpoint=True)


def cells(x, axes, window, step=1):
    """[grid.., window..] with the windows' axes made one."""
    view = sliding_window_view(x, window, axes)
    steps = [slice(None)] * view.ndim
    for axis, each in zip(axes, step if isinstance(step, list) else [step] * len(axes), strict=True):
        steps[axis] = slice(None, None, each)
    view = view[tuple(steps)]
    return view.reshape(*view.shape[: x.ndim], -1)


def test_a_view_is_numpys_and_copies_nothing():
    x = np.arange(35).reshape(5, 7)
    view = unfold(x, [0, 1], [3, 2], [1, 2]).view()
    assert np.array_equal(view, sliding_window_view(x, (3, 2))[:, ::2])
    assert np.shares_memory(view, x) and not view.flags.writeable
    y = np.arange(4.0)
    assert unfold(y, 0, 2).view().base is y
    with pytest.raises(ValueError):
        view[0, 0, 0, 0] = 1
    del x
    gc.collect()
    assert view[0, 0, 0, 0] == 0


@pytest.mark.parametrize("dtype", [*TYPES, "f2", "c8", "c16", "M8[s]", ">f4", "S3", "O"])
def test_views_and_copies_of_any_elements(dtype):
    x = np.arange(12).astype("?" if dtype == "?" else "i8").astype(dtype).reshape(3, 4)
    assert np.array_equal(unfold(x, 1, 2).view(), sliding_window_view(x, 2, 1))
    assert np.array_equal(unfold(x, 1, 2).copy(), sliding_window_view(x, 2, 1))


def test_grid_first_is_the_blog_posts_patches():
    x = np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)
    patches = unfold(x, [0, 1], 2, 2, grid_first=True).view()
    assert patches.shape == (3, 4, 2, 2, 3)
    assert np.array_equal(patches[1, 2], x[2:4, 4:6])


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("layout", ["C", "F", "reversed", "strided"])
def test_reductions(dtype, layout):
    x = some((9, 11), dtype)
    if layout == "F":
        x = np.asfortranarray(x)
    elif layout == "reversed":
        x = x[::-1, ::-1]
    elif layout == "strided":
        x = some((18, 22), dtype)[1::2, ::2]
    w, c = unfold(x, [0, 1], [3, 4], [2, 1]), cells(x, [0, 1], [3, 4], [2, 1])
    for verb in ["max", "min"]:
        made = getattr(w, verb)()
        assert made.dtype == x.dtype and np.array_equal(made, getattr(c, verb)(-1))
    tolerance = 1e-5 if dtype == "f4" else 1e-12
    assert np.allclose(w.sum(), c.sum(-1), tolerance, tolerance)
    assert np.allclose(w.mean(), c.mean(-1), tolerance, tolerance)
    assert np.allclose(w.median(), np.median(c.astype("f8"), -1), tolerance, tolerance)
    assert np.allclose(w.var(), c.astype("f8").var(-1), 10 * tolerance, tolerance)
    assert np.allclose(w.std(), c.astype("f8").std(-1), 10 * tolerance, tolerance)
    assert np.allclose(w.norm(), np.sqrt((c.astype("f8") ** 2).sum(-1)), tolerance, tolerance)
    assert np.allclose(w.quantile(0.3), np.quantile(c.astype("f8"), 0.3, -1), tolerance, tolerance)
    ordered = np.sort(c, -1)
    assert np.array_equal(w.rank(2), ordered[..., 2]) and np.array_equal(w.rank(-1), ordered[..., -1])
    assert w.rank(2).dtype == x.dtype
    assert np.array_equal(w.any(), c.any(-1)) and np.array_equal(w.all(), c.all(-1)) and w.any().dtype == bool
    at = w.argmax()
    assert at.dtype == np.intp and np.array_equal(x.reshape(-1)[at], c.max(-1))
    assert np.array_equal(x.reshape(-1)[w.argmin()], c.min(-1))


def test_pads_fills_modes_and_tails():
    x = np.array([1.0, 2.0, 3.0, 4.0])
    assert unfold(x, 0, 3, pad=1).mean().tolist() == [1.5, 2, 3, 3.5]
    assert unfold(x, 0, 3, pad=1, fill=0).sum().tolist() == [3, 6, 9, 7]
    assert unfold(x, 0, 3, pad=(1, 0), mode="reflect").max().tolist() == [2, 3, 4]
    assert unfold(x, 0, 3, 3, tail="partial").copy().tolist() == [[1, 2, 3], [4, 0, 0]]
    assert unfold(x, 0, 3, 3, tail="shift_back").copy().tolist() == [[1, 2, 3], [2, 3, 4]]
    assert unfold(x, 0, 2, dilation=2).view().tolist() == [[1, 3], [2, 4]]
    assert unfold(x, 0, 3, base_dilation=2).copy()[0].tolist() == [1, 0, 2]
    assert unfold(x.reshape(2, 2), None, 1, pad=[1, (0, 2)]).copy().shape == (4, 4, 1, 1)
    assert unfold(x, 0, 3, pad="same").max().tolist() == [2, 3, 4, 4]
    assert unfold(x, 0, 2, pad=(-1, 0)).view().tolist() == [[2, 3], [3, 4]]


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_elements_that_do_not_count(dtype):
    x = some((12, 9), dtype)
    x[some((12, 9), "f8", 1) < -0.7] = np.nan
    c = cells(x, [0, 1], [3, 3])
    w = unfold(x, [0, 1], 3, skip_nan=True)
    for verb in ["max", "min", "sum", "mean", "var", "std", "median"]:
        made = getattr(w, verb)()
        assert made.dtype == dtype and np.allclose(made, getattr(np, "nan" + verb)(c, axis=-1), 1e-4, 1e-5)
    assert np.allclose(w.var(ddof=1), np.nanvar(c, axis=-1, ddof=1), 1e-4, 1e-5)
    assert np.allclose(w.quantile(0.2), np.nanquantile(c, 0.2, axis=-1), 1e-4, 1e-5)
    assert np.array_equal(w.count(), np.isfinite(c).sum(-1))
    assert np.array_equal(x.reshape(-1)[w.argmax()], w.max()) and np.array_equal(x.reshape(-1)[w.argmin()], w.min())
    few = unfold(x, [0, 1], 3, skip_nan=True, min_count=8).mean()
    assert np.array_equal(np.isnan(few), w.count() < 8) and 0 < np.isnan(few).sum() < few.size
    assert unfold(x, [0, 1], 3, skip_nan=True, min_count=10).argmax().max() == -1
    masked = unfold(np.nan_to_num(x), [0, 1], 3, valid=~np.isnan(x))
    assert np.array_equal(masked.mean(), w.mean()) and np.array_equal(masked.count(), w.count())
    assert np.isnan(unfold(x, [0, 1], 3, min_count=1).max()).sum() == np.isnan(c).any(-1).sum()


@pytest.mark.parametrize("dtype", TYPES)
def test_masks(dtype):
    x, mask = some((9, 11), dtype), np.tri(3, 4, 1, bool)
    w, c = unfold(x, [0, 1], [3, 4], [2, 1], mask=mask), cells(x, [0, 1], [3, 4], [2, 1])[..., mask.reshape(-1)]
    for verb in ["max", "min"]:
        made = getattr(w, verb)()
        assert made.dtype == x.dtype and np.array_equal(made, getattr(c, verb)(-1))
    for verb in ["sum", "mean"]:
        assert np.allclose(getattr(w, verb)(), getattr(c, verb)(-1), 1e-4, 1e-5)
    assert np.array_equal(w.any(), c.any(-1)) and np.array_equal(w.all(), c.all(-1))
    assert np.array_equal(x.reshape(-1)[w.argmax()], c.max(-1)) and np.array_equal(x.reshape(-1)[w.argmin()], c.min(-1))
    with pytest.raises(ValueError, match="a mask is for"):
        w.var()
    if dtype == "u8":
        with pytest.raises(TypeError, match="uint64 under a mask"):
            w.rank(1)
    else:
        assert w.rank(2).dtype == x.dtype and np.array_equal(w.rank(2), np.sort(c, -1)[..., 2])
        assert np.array_equal(w.rank(-1), c.max(-1))
        assert np.allclose(w.median(), np.median(c.astype("f8"), -1), 1e-5)
        assert np.allclose(w.quantile(0.3), np.quantile(c.astype("f8"), 0.3, -1), 1e-4, 1e-5)


def test_masks_that_are_none():
    for wrong, error, words in [
        (lambda: unfold(np.zeros(5), 0, 3, mask=[True]), ValueError, "shape"),
        (lambda: unfold(np.zeros(5), 0, 3, mask=[1, 0, 1]), TypeError, "mask has elements of int64"),
        (lambda: unfold(np.zeros(5), 0, 3, mask=[True] * 3, skip_nan=True), ValueError, "use one of them"),
    ]:
        with pytest.raises(error, match=words):
            wrong()


def test_integers_that_do_not_count():
    x = np.array([7, 255, 9, 8], "u1")
    made = unfold(x, 0, 2, valid=x != 255).max()
    assert made.dtype == "f8" and made.tolist() == [7, 9, 9]
    assert np.array_equal(unfold(x, 0, 2, valid=x != 255, min_count=2).max(), [np.nan, np.nan, 9], equal_nan=True)
    assert unfold(x, 0, 2, pad=1).count().tolist() == [1, 2, 2, 2, 1]
    for wrong, error, words in [
        (lambda: unfold(x.astype("i8"), 0, 2, min_count=1).max(), TypeError, "int64 with a mask or min_count"),
        (lambda: unfold(x, 0, 2, valid=x), TypeError, "valid has elements of uint8"),
        (lambda: unfold(x, 0, 2, valid=[True]), ValueError, "valid has shape"),
        (lambda: unfold(x, 0, 2, min_count=1).norm(), ValueError, "are for max, min"),
    ]:
        with pytest.raises(error, match=words):
            wrong()


def test_lists_numbers_and_tensors_go_in():
    assert unfold([3, 1, 2], 0, 2).max().tolist() == [3, 2]

    class Tensor:
        def __init__(self, x):
            self.x = x

        def __dlpack__(self, **keywords):
            return self.x.__dlpack__(**keywords)

        def __dlpack_device__(self):
            return self.x.__dlpack_device__()

    assert unfold(Tensor(np.array([3.0, 1.0, 2.0])), 0, 2).max().tolist() == [3, 2]


def test_out():
    x = some((8, 9), "f4")
    w = unfold(x, [0, 1], 3, pad=1)
    out = np.empty((8, 9), "f4")
    assert w.max(out) is out and np.array_equal(out, w.max())
    columns = np.zeros((8, 18), "f4")[:, ::2]
    assert w.mean(out=columns) is columns and np.array_equal(columns, w.mean())
    fortran = np.empty((8, 9), "f4", order="F")
    assert np.array_equal(w.min(fortran), w.min())
    for wrong, error in [
        (np.empty((8, 9), "f8"), TypeError), (np.empty((9, 8), "f4"), ValueError), ([0], TypeError),
        (np.broadcast_to(np.float32(0), (8, 9)), ValueError),
    ]:
        with pytest.raises(error, match="out"):
            w.max(wrong)


def test_out_may_be_the_input():
    x = some((50, 60), "f8")
    expected = unfold(x, [0, 1], 5, pad=2).max()
    unfold(x, [0, 1], 5, pad=2).max(out=x)
    assert np.array_equal(x, expected)
    line = some(20, "f8")
    expected = unfold(line[:10], 0, 3, pad=1).sum()
    unfold(line[:10], 0, 3, pad=1).sum(out=line[3:13])
    assert np.array_equal(line[3:13], expected)


def test_bytes_that_are_no_bool_are_true():
    x = np.array([0, 2, 255, 0], np.uint8).view(bool)
    assert unfold(x, 0, 2).sum().tolist() == [1, 2, 1]


def test_unaligned_fields_and_empty_arrays():
    records = np.zeros(5, np.dtype([("a", "u1"), ("b", "f8")]))
    records["b"] = [3, 1, 4, 1, 5]
    assert unfold(records["b"], 0, 2).max().tolist() == [3, 4, 4, 5]
    empty = np.zeros((0, 5), "f4")
    assert unfold(empty, 1, 3).max().shape == (0, 3)
    with pytest.raises(ValueError, match="axis 0 has 0 elements"):
        unfold(empty, 0, 3)
    assert unfold(np.zeros((0,), "f4"), 0, 3, tail="partial").max().shape == (0,)
    assert unfold(np.float64(3), [], []).max() == 3


@pytest.mark.parametrize("wrong, error, words", [
    (lambda: unfold(np.zeros(3), 0, 4), ValueError, "window 4 spans 4 with dilation 1, but axis 0 has 3 elements: pad it, or use Tail::Partial"),
    (lambda: unfold(np.zeros(3), 1, 1), ValueError, "axis 1 is out of range for an array of rank 1"),
    (lambda: unfold(np.zeros((3, 3)), [0, 0], 1), ValueError, "axis 0 is named twice"),
    (lambda: unfold(np.zeros(3), 0, 0), ValueError, "window on axis 0 is 0"),
    (lambda: unfold(np.zeros(3), 0, [1, 2]), ValueError, "2 numbers for window"),
    (lambda: unfold(np.zeros(3), 0, -1), ValueError, "window is -1: it cannot be negative"),
    (lambda: unfold(np.zeros(3), 0, 1.5), TypeError, "window is 1.5: give a whole number"),
    (lambda: unfold(np.zeros(3), "a", 1), TypeError, "axes are"),
    (lambda: unfold(np.zeros(3), 0, 1, pad="none"), ValueError, 'pad "none"'),
    (lambda: unfold(np.zeros(3), 0, 1, pad=1.5), TypeError, "pad is"),
    (lambda: unfold(np.zeros(3), 0, 1, mode="nearest"), ValueError, 'mode "nearest": use one of "empty", "edge"'),
    (lambda: unfold(np.zeros(3), 0, 1, tail=3), TypeError, "tail is one of"),
    (lambda: unfold(np.zeros(3), 0, 1, threads=0), ValueError, "threads is 0"),
    (lambda: unfold(np.ma.masked_array([1, 2], [0, 1]), 0, 1), TypeError, "masked array"),
    (lambda: unfold(np.array([1, "a"], object), 0, 1).max(), TypeError, "Python objects"),
    (lambda: unfold(np.zeros(3, "f2"), 0, 1).max(), TypeError, "elements of float16"),
    (lambda: unfold(np.zeros(3, "c8"), 0, 1).max(), TypeError, "elements of complex64"),
    (lambda: unfold(np.zeros(3, ">f4"), 0, 1).max(), TypeError, "byte order"),
    (lambda: unfold(np.zeros(3, "i2"), 0, 1, pad=1, fill=1.5).max(), TypeError, "fill is 1.5"),
    (lambda: unfold(np.zeros(3, "u1"), 0, 1, pad=1, fill=256).max(), TypeError, "fill is 256"),
    (lambda: unfold(np.zeros(3), 0, 1, pad=1).view(), ValueError, "padding"),
    (lambda: unfold(np.zeros(3), 0, 2).rank(2), ValueError, "rank"),
    (lambda: unfold(np.zeros(3), 0, 2).rank(-3), ValueError, "rank -3"),
    (lambda: unfold(np.zeros(3), 0, 2).quantile(1.5), ValueError, "1.5"),
    (lambda: unfold(np.zeros(3), 0, 1, pad=1).argmax(), ValueError, "holds no element"),
    (lambda: unfold(np.full(3, 2**63, "u8"), 0, 3).sum(), ValueError, "u64"),
])
def test_what_is_refused(wrong, error, words):
    with pytest.raises(error) as raised:
        wrong()
    assert words in str(raised.value)


def test_threads_do_not_change_a_bit():
    x = some((700, 900), "f4")
    one = unfold(x, [0, 1], 9, pad=4, mode="symmetric", threads=1)
    for threads in [2, 3, None]:
        other = unfold(x, [0, 1], 9, pad=4, mode="symmetric", threads=threads)
        assert np.array_equal(one.mean(), other.mean()) and np.array_equal(one.max(), other.max())


def test_the_interpreter_goes_on_meanwhile():
    x = some((2000, 2000), "f8")
    ticks, done = [], threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    while len(ticks) < 3:
        time.sleep(0.001)
    start = time.perf_counter()
    unfold(x, [0, 1], 15, pad=7, threads=1).median()
    end = time.perf_counter()
    done.set()
    thread.join()
    assert sum(start < t < end for t in ticks) > 10


def test_many_threads_at_once():
    arrays = [some((200, 300), "f4", seed) for seed in range(8)]
    made = [None] * 8

    def work(k):
        made[k] = [unfold(arrays[k], [0, 1], 5, pad=2).max() for _ in range(20)]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    for x, each in zip(arrays, made, strict=True):
        assert all(np.array_equal(y, cells(np.pad(x, 2, constant_values=-np.inf), [0, 1], [5, 5]).max(-1)) for y in each)


def test_after_a_fork():
    code = """
import os, numpy as np, ndwindow
x = np.random.default_rng(0).random((1500, 1500))
whole = ndwindow.unfold(x, [0, 1], 9).max()
child = os.fork()
if child == 0:
    os._exit(0 if np.array_equal(ndwindow.unfold(x, [0, 1], 9).max(), whole) else 1)
assert os.waitpid(child, 0)[1] == 0
"""
    import os
    import subprocess
    import sys

    if not hasattr(os, "fork"):
        pytest.skip("no fork here")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_plans():
    plan = Plan([300, 451, 3], [0, 1], 16, 16, grid_first=True)
    assert plan.shape == (18, 28, 16, 16, 3) and plan.grid == (18, 28) and plan.remainder == (12, 3)
    assert len(plan) == 504 and plan.start(1, 2) == 32 and not plan.is_overlapping
    assert plan.order == [0, 1, None, None, 2]
    assert pickle.loads(pickle.dumps(plan)) == plan and Plan.from_json(plan.to_json()) == plan
    assert repr(plan).startswith("[300, 451, 3] -> 504 windows [18, 28]")
    assert plan.to_svg().startswith("<svg") and unfold(np.zeros(5), 0, 3)._repr_svg_().startswith("<svg")
    assert repr(unfold(np.zeros(5), 0, 3)).startswith("Windows over float64\n[5] -> 3 windows [3]")
    with pytest.raises(IndexError):
        plan.start(1, 28)


def test_parts_have_the_wholes_bits():
    x = some((40, 30), "f4")
    plan = Plan(x.shape, [0, 1], [7, 5], pad="same", mode="reflect")
    whole = plan.windows(x).mean()
    made = np.empty_like(whole)
    parts = plan.parts([16, 11])
    assert len(parts) == 9 and parts.grid == (3, 3)
    for part in parts:
        part = pickle.loads(pickle.dumps(part))
        read = x[tuple(slice(*r) for r in part.read)]
        made[tuple(slice(*w) for w in part.write)] = part.windows(read).mean()
    assert np.array_equal(made, whole)
    with pytest.raises(ValueError, match="shape"):
        part.windows(x)


def test_the_package_says_what_it_is():
    assert ndwindow.__version__ == "0.1.0" and all(hasattr(ndwindow, name) for name in ndwindow.__all__)
