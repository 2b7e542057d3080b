"""Moving statistics under bottleneck's names, against bottleneck and pandas."""

import bottleneck
import numpy as np
import pytest

from ndwindow import rolling

NAMES = sorted(rolling.__all__)


def some(shape, dtype, seed, nans):
    rng = np.random.default_rng(seed)
    x = rng.integers(-9, 9, shape).astype(dtype) if seed % 2 else (rng.standard_normal(shape) * 10).astype(dtype)
    if nans and x.dtype.kind == "f":
        x[rng.random(shape) < nans] = np.nan
    return x


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i4"])
@pytest.mark.parametrize("nans", [0, 0.2, 0.9])
def test_bottleneck(name, dtype, nans):
    ours, theirs = getattr(rolling, name), getattr(bottleneck, name)
    for seed, (shape, axis) in enumerate([((23,), -1), ((23,), 0), ((4, 19), 1), ((19, 4), 0), ((3, 11, 2), 1)]):
        x = some(shape, dtype, seed, nans)
        for window in [1, 2, 5, 11]:
            for min_count in [None, 1, window]:
                made, expected = ours(x, window, min_count, axis), theirs(x, window, min_count, axis)
                assert made.dtype == expected.dtype and made.shape == expected.shape
                tolerance = 1e-4 if dtype == "f4" else 1e-9
                if name in ("move_var", "move_std"):  # bottleneck's drift
                    tolerance = 3e-2 if dtype == "f4" else 1e-6
                np.testing.assert_allclose(made, expected, tolerance, tolerance)


@pytest.mark.parametrize("name", ["move_var", "move_std"])
@pytest.mark.parametrize("nans", [0, 0.3])
def test_ddof(name, nans):
    x = some((30,), "f8", 0, nans)
    for window, min_count, ddof in [(5, None, 1), (5, 2, 1), (6, 3, 2)]:
        made, expected = (getattr(module, name)(x, window, min_count, ddof=ddof) for module in (rolling, bottleneck))
        np.testing.assert_allclose(made, expected, 1e-9, 1e-9)


@pytest.mark.parametrize("window", [7, 100, 256, 257, 400])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_medians_of_any_length(window, dtype):
    for seed, nans in enumerate([0, 0.3, 0, 0.3]):
        x = some((2, 500), dtype, seed, nans)
        for min_count in [None, window // 2]:
            made, expected = rolling.move_median(x, window, min_count), bottleneck.move_median(x, window, min_count)
            np.testing.assert_allclose(made, expected, 1e-6 if dtype == "f4" else 1e-14)
            np.testing.assert_allclose(rolling.move_median(x.T, window, min_count, 0), made.T, 1e-6 if dtype == "f4" else 1e-14)


def test_nothing_drifts():
    x = np.ones(10_000)
    x[10] = 1e16
    made = rolling.move_mean(x, 5)
    assert np.all(made[20:] == 1) and not np.all(bottleneck.move_mean(x, 5)[20:] == 1)
    x[10] = np.inf
    assert np.all(rolling.move_sum(x, 5)[20:] == 5)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_refused(name):
    move = getattr(rolling, name)
    x = np.zeros(5)
    for wrong in [(x, 0), (x, 6), (x, 3, 4), (x, 3, 0), (x, 3, None, 1), (np.float64(3), 1)]:
        with pytest.raises(ValueError):
            move(*wrong)
    with pytest.raises(TypeError):
        move(np.zeros(5, complex), 2)
