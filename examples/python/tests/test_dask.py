"""The verbs on dask arrays, against the whole array in one process: to the bit."""

import numpy as np
import pytest

pytest.importorskip("dask.array")
import dask
import dask.array as da

import ndwindow
import ndwindow.dask as nd


def some(shape, dtype="f4", seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


@pytest.fixture(autouse=True)
def threads():
    with dask.config.set(scheduler="threads", num_workers=2):
        yield


@pytest.mark.parametrize("mode", ["empty", "edge", "reflect", "symmetric", "wrap"])
@pytest.mark.parametrize("tail", ["drop", "partial", "shift_back", "spread"])
@pytest.mark.parametrize("window, step, dilation", [(3, 1, 1), (11, 3, 1), (4, 5, 2), (25, 2, 1)])
def test_any_request_on_any_chunks(mode, tail, window, step, dilation):
    x = some((41, 37))
    request = {"axes": [1, 0], "window": [window, 3], "step": [step, 2], "dilation": [dilation, 1], "pad": [(4, 6), 1],
               "mode": mode, "tail": tail}
    w = ndwindow.unfold(x, **request)
    for chunks in [(7, 10), (41, 5), ((1, 39, 1), (36, 1))]:
        lazy = nd.unfold(da.from_array(x, chunks=chunks), **request)
        for verb in ["mean", "max"]:
            made = getattr(lazy, verb)()
            assert isinstance(made, da.Array) and made.shape == getattr(w, verb)().shape
            assert np.array_equal(made.compute(), getattr(w, verb)(), equal_nan=True)
        assert np.array_equal(lazy.copy().compute(), w.copy())


def test_every_verb():
    x = some((30, 20), "f8")
    w, lazy = ndwindow.unfold(x, 0, 7, pad=3), nd.unfold(da.from_array(x, chunks=6), 0, 7, pad=3)
    for verb, *arguments in [("min",), ("sum",), ("var",), ("std",), ("median",), ("rank", 2), ("quantile", 0.7), ("argmax",),
                             ("argmin",), ("any",), ("all",), ("norm", 3.0)]:
        made, expected = getattr(lazy, verb)(*arguments), getattr(w, verb)(*arguments)
        assert made.dtype == expected.dtype and np.array_equal(made.compute(), expected)


def test_chunks_are_the_inputs_or_the_callers():
    x = da.from_array(some((40, 30)), chunks=(7, 30))
    assert nd.unfold(x, [0, 1], 5, pad="same").max().chunks == x.chunks
    made = nd.unfold(x, [0, 1], 5, pad="same", chunks=(20, 10)).max()
    assert made.chunks == ((20, 20), (10, 10, 10))
    assert sum(nd.unfold(x, 0, 5, 5).max().chunks[0]) == 8
    grid_first = nd.unfold(x, 0, 5, 5, grid_first=True).copy()
    assert grid_first.shape == (8, 5, 30)
    assert np.array_equal(grid_first.compute(), ndwindow.unfold(x.compute(), 0, 5, 5, grid_first=True).copy())


def test_a_task_takes_no_more_than_it_reads():
    x = da.from_array(some((100, 100)), chunks=50)
    made = nd.unfold(x, [0, 1], 3, pad=1, fill=0).mean()
    sizes = []
    for key, task in made.dask.items():
        if isinstance(key, tuple) and key[0].startswith("cut-"):
            sizes.append(np.prod([part.stop - part.start for part in task.args[1]]))
    # Of the neighbours a line of 50 each way and a corner; of the own chunk nothing is cut.
    assert sorted(sizes) == [1] * 4 + [50] * 8
    assert np.array_equal(made.compute(), ndwindow.unfold(x.compute(), [0, 1], 3, pad=1, fill=0).mean())


def test_fold_by_parts():
    x = some((24, 30), "f4")
    w = ndwindow.unfold(x, [0, 1], 6, [4, 3], pad=1, mode="reflect", tail="shift_back", grid_first=True)
    patches = w.copy()
    lazy = da.from_array(patches, chunks=(2, 4, 6, 6))
    for merge in ["sum", "mean", "weighted"]:
        made = nd.fold(lazy, w.plan, merge, chunks=(10, 7))
        assert made.chunks[0] == (10, 10, 4) and np.array_equal(made.compute(), ndwindow.fold(patches, w.plan, merge))


def test_empty_arrays():
    made = nd.unfold(da.from_array(np.zeros((0, 9), "f4"), chunks=4), 1, 3).max()
    assert made.compute().shape == (0, 7)


def test_what_is_refused_is_refused_at_once():
    x = da.from_array(some((5, 5)), chunks=2)
    with pytest.raises(ValueError, match="axis 0 has 5 elements"):
        nd.unfold(x, 0, 6)
    with pytest.raises(ValueError, match="verb 'mode'"):
        nd.unfold(x, 0, 2).reduce("mode")
    with pytest.raises(TypeError, match="complex64"):
        nd.unfold(x.astype("c8"), 0, 2).max()
    with pytest.raises(ValueError, match="unknown chunk"):
        nd.unfold(x[x[:, 0] > 0], 0, 2)


def test_xarrays_rolling_on_a_shipped_dataset():
    xarray = pytest.importorskip("xarray")
    stocks = _example(xarray)
    assert stocks.shape == (5, 391)
    x = stocks.chunk(time=100)
    made = xarray.apply_ufunc(
        lambda a: nd.unfold(a, -1, 20, pad=(19, 0)).mean(), x, input_core_dims=[["time"]], output_core_dims=[["time"]], dask="allowed"
    )
    expected = stocks.rolling(time=20, min_periods=1).mean()
    xarray.testing.assert_allclose(made.compute(), expected)


def _example(xarray):
    """Monthly prices that matplotlib ships."""
    matplotlib = pytest.importorskip("matplotlib")
    path = f"{matplotlib.get_data_path()}/sample_data/Stocks.csv"
    table = np.genfromtxt(path, delimiter=",", names=True, dtype=None, encoding="utf-8", skip_header=1)
    names = ["IBM", "AAPL", "MSFT", "XRX", "ADBE"]
    values = np.array([table[name].astype(float) for name in names])
    values = values[:, np.isfinite(values).all(0)]
    return xarray.DataArray(values, dims=["stock", "time"], coords={"stock": names}, name="price")
