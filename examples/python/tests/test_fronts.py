"""Folds, tiles, frames, spectra, pools and convolutions."""

import numpy as np
import pytest
from scipy import signal

import ndwindow
from ndwindow import Plan, fold, frames, istft, stft, tiles, unfold


def some(shape, dtype="f8", seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


@pytest.mark.parametrize("dtype", ["f4", "f8", "i4", "u1", "i8"])
def test_fold_is_the_loop(dtype):
    plan = Plan((9, 8), [0, 1], [3, 4], [2, 1], pad=1, grid_first=True)
    patches = (some(plan.shape) * 3).astype(dtype) if dtype != "u1" else np.ones(plan.shape, dtype)
    expected = np.zeros((9 + 2, 8 + 2), dtype)
    for i, j in np.ndindex(*plan.grid):
        expected[2 * i : 2 * i + 3, j : j + 4] += patches[i, j]
    made = fold(patches, plan)
    assert made.dtype == patches.dtype and np.allclose(made, expected[1:-1, 1:-1], 1e-5, 1e-5)
    out = np.empty((9, 8), dtype)
    assert fold(patches, plan, out=out) is out and np.array_equal(out, made)


def test_merges():
    x = some((10, 12))
    w = unfold(x, [0, 1], 4, [2, 4])
    for merge in ["mean", "first", "last", "crop", "max", "min", "weighted"]:
        assert np.allclose(fold(w.copy(), w.plan, merge), x)
    assert np.allclose(fold(w.copy(), w.plan, "weighted", taper="hann"), x)
    assert np.allclose(fold(w.copy(), w.plan, "weighted", taper=[("gaussian", 0.2), [1, 2, 2, 1]]), x)
    gaps = unfold(x, 0, 2, 3)
    with pytest.raises(ValueError, match="uncovered"):
        fold(gaps.copy(), gaps.plan, "mean")
    assert np.isnan(fold(gaps.copy(), gaps.plan, "mean", uncovered=np.nan)[2]).all()
    for wrong, error in [
        (lambda: fold(w.copy(), w.plan, "middle"), ValueError), (lambda: fold(w.copy(), w.plan, taper="hann"), ValueError),
        (lambda: fold(w.copy(), w.plan, "weighted", taper="hat"), ValueError), (lambda: fold(x, w.plan), ValueError),
        (lambda: fold(w.copy() > 0, w.plan), TypeError), (lambda: fold(w.copy().astype("f2"), w.plan), TypeError),
    ]:
        with pytest.raises(error):
            wrong()


def test_a_box_of_a_fold():
    w = unfold(some((20, 20)), [0, 1], 5, 3, pad=1, grid_first=True)
    patches, whole = some(w.plan.shape, seed=1), None
    whole = fold(patches, w.plan)
    box = [(3, 11), (0, 20)]
    (a, b), (c, d) = w.plan.touched(box)
    assert np.array_equal(fold(patches[a:b, c:d], w.plan, box=box), whole[3:11])


def test_tiles():
    x = some((50, 70, 3), "f4")
    tiling = tiles(x.shape, [0, 1], 16, 4)
    cut = tiling.cut(x)
    assert cut.shape == tiling.shape == (len(tiling), 16, 16, 3)
    assert np.array_equal(cut[3], tiling.cut_tile(3, x))
    place = tiling.read(3)
    assert np.array_equal(cut[3], x[tuple(slice(*p) for p in place)])
    assert np.allclose(tiling.blend(cut), x, atol=1e-6)
    made = np.full(tiling.result_shape, np.nan, "f4")
    blender = tiling.blender(lambda box, region: made.__setitem__(tuple(slice(*b) for b in box), region))
    assert blender.peak_bytes > 0
    for k in range(len(tiling)):
        assert blender.next == k
        blender.push(k, cut[k])
    blender.finish()
    assert np.array_equal(made, tiling.blend(cut))
    with pytest.raises(ValueError, match="ended"):
        blender.finish()


def test_tiles_of_another_size():
    x = some((32, 32), "f4")
    tiling = tiles(x.shape, None, 8, 2, scale=2, tail="spread", taper="hann")
    assert tiling.result_shape == (64, 64)
    made = ndwindow.process(tiling, x, lambda tile: tile.repeat(2, 0).repeat(2, 1))
    assert np.allclose(made, x.repeat(2, 0).repeat(2, 1), atol=1e-6)
    assert tiles((8, 8), None, 8, 2, scale=(1, 2)).result_shape == (4, 4)
    wide = tiles((16, 16, 3), [0, 1], 8, 2, channels=5)
    assert wide.result_shape == (16, 16, 5)


def test_what_a_callback_raises_comes_through():
    x = some((32, 32), "f4")
    tiling = tiles(x.shape, None, 8, 2)

    class Own(Exception):
        pass

    error = Own("words")

    def fails(*_):
        raise error

    with pytest.raises(Own) as raised:
        ndwindow.process(tiling, x, fails)
    assert raised.value is error
    blender = tiling.blender(fails)
    with pytest.raises(Own) as raised:
        blender.push(0, tiling.cut_tile(0, x))
    assert raised.value is error
    with pytest.raises(ValueError, match="tile 0"):
        blender.push(0, tiling.cut_tile(0, x))
    with pytest.raises(TypeError, match="float64"):
        blender.push(1, tiling.cut_tile(1, x).astype("f8"))
    with pytest.raises(KeyboardInterrupt):
        ndwindow.process(tiling, x, lambda tile: (_ for _ in ()).throw(KeyboardInterrupt()))
    reused = tiling.blender(lambda box, region: reused.next)
    with pytest.raises(RuntimeError, match="in use"):
        reused.push(0, tiling.cut_tile(0, x))
    with pytest.raises(IndexError):
        tiling.cut_tile(len(tiling), x)


def test_frames():
    x = some((2, 100))
    view = frames(x, 10, 4)
    assert view.base is x and view.shape == (2, 23, 10) and np.array_equal(view[1, 3], x[1, 12:22])
    assert frames(x, 10, 4, center=True).shape == (2, 26, 10)
    assert np.allclose(frames(x, 10, 4, window=np.hanning(10))[0, 1], x[0, 4:14] * np.hanning(10))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_spectra_there_and_back(dtype):
    x = some((2, 1000), dtype)
    spectra = stft(x, 64, 16, center=True)
    assert spectra.dtype == np.result_type(dtype, "c8") and spectra.shape == (2, 63, 33)
    assert np.allclose(istft(spectra, 64, 16, center=True, length=1000), x, atol=1e-5)
    padded = np.pad(x, [(0, 0), (32, 32)], mode="reflect")
    expected = np.fft.rfft(frames(padded, 64, 16) * signal.get_window("hann", 64), axis=-1)
    assert np.allclose(spectra, expected, atol=1e-3 if dtype == "f4" else 1e-10)
    out = np.empty_like(spectra)
    assert stft(x, 64, 16, center=True, out=out) is out and np.array_equal(out, spectra)


def test_scipys_stft():
    x = some(1000)
    _, _, expected = signal.stft(x, window="hamming", nperseg=50, noverlap=30, nfft=64)
    made = stft(x, 64, 20, window=signal.get_window("hamming", 50), window_first=True, center=True, mode="empty", whole_hops=True,
                scale="spectrum")
    assert np.allclose(made.T, expected)


def test_what_spectra_refuse():
    for wrong, error in [
        (lambda: stft(np.zeros(10, int), 4, 2), TypeError), (lambda: stft(np.zeros(10), 4, 2, window="hat"), ValueError),
        (lambda: stft(np.zeros(10), 4, 2, scale="loud"), ValueError), (lambda: istft(np.zeros((3, 3)), 4, 2), TypeError),
        (lambda: istft(np.zeros((3, 4), complex), 4, 2), ValueError), (lambda: stft(np.zeros(3), 4, 2), ValueError),
        (lambda: istft(np.zeros(3, complex), 4, 2), ValueError), (lambda: stft(np.float64(1), 4, 2), ValueError),
        (lambda: istft(np.zeros((3, 3), complex), 4, 4), ValueError),
    ]:
        with pytest.raises(error):
            wrong()


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_convolution(dtype):
    x, w, bias = some((2, 3, 9, 10), dtype), some((4, 3, 3, 2), dtype, 1), some(4, dtype, 2)
    made = ndwindow.conv(x, w, bias)
    expected = np.stack([
        sum(signal.correlate(x[n, c], w[o, c], "valid") for c in range(3)) + bias[o] for n in range(2) for o in range(4)
    ]).reshape(2, 4, 7, 9)
    assert made.dtype == dtype and np.allclose(made, expected, atol=1e-4)
    assert ndwindow.conv(x, w, step=2, pad="same", mode="reflect").shape == (2, 4, 5, 5)
    depthwise = ndwindow.conv(x, some((3, 1, 3, 3), dtype), groups=3, pad=1)
    assert depthwise.shape == x.shape
    last = ndwindow.conv(np.moveaxis(x, 1, -1), w, bias, channels_last=True)
    assert np.allclose(np.moveaxis(last, -1, 1), made, atol=1e-4)
    for wrong, error in [
        (lambda: ndwindow.conv(x, w[:, :2]), ValueError), (lambda: ndwindow.conv(x, w.astype("i4")), TypeError),
        (lambda: ndwindow.conv(x.astype("i4"), w.astype("i4")), TypeError), (lambda: ndwindow.conv(x, w, bias[:2]), ValueError),
        (lambda: ndwindow.conv(x, w, pad="full"), ValueError),
    ]:
        with pytest.raises(error):
            wrong()


def test_pools():
    x = np.arange(16.0).reshape(1, 1, 4, 4)
    assert ndwindow.max_pool(x, [2, 2]).ravel().tolist() == [5, 7, 13, 15]
    values, places = ndwindow.max_pool(x, [3, 3], 2, pad=1, indices=True)
    assert np.array_equal(x.ravel()[places], values)
    assert ndwindow.avg_pool(x, [3, 3], 2, pad=1)[0, 0, 0, 0] == x[0, 0, :2, :2].sum() / 9
    assert ndwindow.avg_pool(x, [3, 3], 2, pad=1, divisor="elements")[0, 0, 0, 0] == x[0, 0, :2, :2].mean()
    assert ndwindow.avg_pool(x, [2, 2], divisor=2)[0, 0, 0, 0] == x[0, 0, :2, :2].sum() / 2
    assert ndwindow.max_pool(x, [3, 3], 2, ceil=True).shape == (1, 1, 2, 2)
    with pytest.raises(ValueError, match="spatial"):
        ndwindow.max_pool(x, 2)
    with pytest.raises(ValueError, match="divisor"):
        ndwindow.avg_pool(x, [2, 2], divisor="half")
