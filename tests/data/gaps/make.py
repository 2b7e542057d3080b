#!/usr/bin/env python3
"""Writes the cases beside this file: one JSON object a line, each what a library gave.

    pip install numpy scipy pandas bottleneck
    python make.py

NaN and "no result" are null, both in arrays and in results. `call` is what was called, `x` the array (row-major in `shape`); the
other fields are the request in ndwindow's words and the result that `tests/gaps/peers.rs` holds it to. The same numbers come out on every run.
"""
import json
import pathlib

import bottleneck as bn
import numpy as np
import pandas as pd
import scipy
import scipy.ndimage as ndi
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import windows as sw

HERE = pathlib.Path(__file__).parent
rng = np.random.default_rng(20261128)
NAN = np.nan


def plain(a):
    """A flat list of numbers, None for NaN and for what is masked."""
    a = np.ma.asarray(a)
    if a.dtype == np.float32:
        a = np.asarray([float(str(v)) for v in a.ravel()])
    a = np.ma.filled(np.ma.asarray(a, dtype=np.float64), NAN)
    return [None if np.isnan(v) else (int(v) if v == int(v) else float(v)) for v in a.ravel()]


def case(call, x, want, tol=1e-12, **request):
    x = np.asarray(x)
    if tol > 1e-10:
        # Shorter to read: no more digits than are compared.
        want = np.ma.asarray(want, dtype=np.float64)
        want = np.ma.array([float(f"{v:.11g}") for v in want.data.ravel()], mask=np.ma.getmaskarray(want).ravel())
    line = {"call": call, "type": x.dtype.name, "shape": list(x.shape), "x": plain(x), **request}
    return {**line, "tol": tol, "want": plain(want)}


def write(name, cases):
    with open(HERE / f"{name}.jsonl", "w") as out:
        for c in cases:
            out.write(json.dumps(c) + "\n")
    print(f"{name}: {len(cases)}")


def series(n, gaps, dtype="float64"):
    x = np.round(rng.normal(10, 30, n), 2).astype(dtype)
    x[rng.random(n) < gaps] = NAN
    return x


def pandas_cases():
    out = []
    for verb in ["sum", "mean", "var", "std", "min", "max", "median", "quantile", "count"]:
        for w, m, step, center in [(4, 1, 1, False), (5, 3, 1, False), (6, 6, 2, False), (5, 2, 1, True), (3, 0, 3, False)]:
            x = series(23, 0.3)
            args, request = {}, {}
            if verb in ("var", "std"):
                args = request = {"ddof": int(w % 2)}
            if verb == "quantile":
                args = request = {"q": 0.3}
            if m == 0 and verb not in ("sum", "count"):
                m = 1
            least = 0 if verb == "count" else m
            rolling = pd.Series(x).rolling(w, min_periods=least, step=step, center=center)
            want = getattr(rolling, verb)(**args)
            pad = [w // 2, w - 1 - w // 2] if center else [w - 1, 0]
            call = f"Series(x).rolling({w}, min_periods={least}, step={step}, center={center}).{verb}({args})"
            # Running sums drift: pandas is right to about ten digits.
            out.append(case(call, x, want, 1e-9, verb=verb, axes=[0], window=[w], step=[step], pad=[pad], mode="empty", min_count=m, **request))
    for kind in ["hann", "triang"]:
        for w in [3, 4, 5, 8]:
            x = series(20, 0.0)
            want = pd.Series(x).rolling(w, win_type=kind).mean()[w - 1 :]
            # A whole window on each element of the middle.
            out.append(case(f"Series(x).rolling({w}, win_type={kind!r}).mean(), whole windows", x, want, 1e-12, filter=kind, axes=[0], size=[w], inside=[w // 2, w - 1 - w // 2]))
    write("pandas", out)


def bottleneck_cases():
    out = []
    for verb in ["sum", "mean", "var", "std", "min", "max", "argmin", "argmax", "median"]:
        for w, m, shape, axis in [(3, 1, (19,), 0), (5, 3, (19,), 0), (4, 2, (3, 11), 1), (4, 4, (11, 3), 0)]:
            n = int(np.prod(shape))
            dtype = "float32" if w == 3 else "float64"
            x = series(n, 0.25, dtype).reshape(shape)
            if "arg" in verb:
                # No ties: bottleneck takes the last of them.
                flat = rng.permutation(n).astype(dtype)
                flat[rng.random(n) < 0.25] = NAN
                x = flat.reshape(shape)
            args, request = {}, {}
            if verb in ("var", "std"):
                args = request = {"ddof": w % 2}
            want = getattr(bn, "move_" + verb)(x, w, min_count=m, axis=axis, **args)
            # Of no more elements than ddof it divides by zero: what it rounded away is left, and that is no variance.
            want = np.where(np.isinf(want), NAN, want)
            if "arg" in verb:
                # Counted back from the window's end; as an index along the axis.
                at = np.arange(shape[axis]).reshape([-1 if a == axis else 1 for a in range(len(shape))])
                want = at - want
            call = f"move_{verb}(x, {w}, min_count={m}, axis={axis}, {args})"
            tol = 1e-5 if dtype == "float32" else 1e-9
            out.append(case(call, x, want, tol, verb=verb, axes=[axis], window=[w], step=[1], pad=[[w - 1, 0]], mode="empty", min_count=m, **request))
    write("bottleneck", out)


MODES = {"edge": "edge", "reflect": "reflect", "symmetric": "symmetric", "wrap": "wrap"}


def numpy_cases():
    out = []
    verbs = ["nansum", "nanmean", "nanvar", "nanstd", "nanmin", "nanmax", "nanmedian", "nanquantile", "nanargmax", "nanargmin"]
    requests = [
        ((13,), [0], [4], [1], "empty", 0),
        ((6, 7), [0, 1], [3, 2], [1, 2], "empty", 1),
        ((6, 5), [0, 1], [3, 3], [1, 1], "symmetric", 2),
        ((2, 5, 6), [1, 2], [2, 3], [2, 1], "edge", 1),
        ((4, 3, 5, 2), [0, 1, 2], [2, 2, 3], [1, 1, 2], "wrap", 1),
    ]
    for k, verb in enumerate(verbs):
        for shape, axes, window, step, mode, pad in requests:
            x = np.round(rng.normal(0, 9, shape), 1)
            x[rng.random(shape) < 0.35] = NAN
            if "arg" in verb:
                x = rng.permutation(x.size).astype(float).reshape(shape)
                x[rng.random(shape) < 0.35] = NAN
            pads = [(pad, pad) if a in axes else (0, 0) for a in range(len(shape))]
            how = {"mode": "constant", "constant_values": NAN} if mode == "empty" else {"mode": mode}
            padded = np.pad(x, pads, **how) if pad else x
            # Which element each cell reads, as a flat index in the unfolded axes.
            index = np.zeros(shape, dtype=np.int64)
            for a in axes:
                index = index * shape[a] + np.arange(shape[a]).reshape([-1 if b == a else 1 for b in range(len(shape))])
            index = np.pad(index, pads, **({"mode": "constant"} if mode == "empty" else {"mode": mode})) if pad else index
            cut = tuple(slice(None, None, step[axes.index(a)] if a in axes else 1) for a in range(len(shape)))
            take = lambda a: sliding_window_view(a, window, axis=axes)[cut].reshape(*[len(range(*s.indices(n))) for s, n in zip(cut, sliding_window_view(a, window, axis=axes).shape)], -1)
            cells = take(padded)
            some = ~np.isnan(cells).all(axis=-1)
            args, request = {}, {}
            if verb in ("nanvar", "nanstd"):
                args = request = {"ddof": k % 2}
            if verb == "nanquantile":
                args, request = {"q": 0.6}, {"q": 0.6}
            want = np.full(some.shape, NAN)
            if "arg" in verb:
                local = getattr(np, verb)(cells[some], axis=-1)
                want[some] = np.take_along_axis(take(index)[some], local[:, None], axis=-1)[:, 0]
            elif verb == "nansum":
                want = np.nansum(cells, axis=-1)
            else:
                want[some] = getattr(np, verb)(cells[some], axis=-1, **args)
            call = f"{verb} of sliding_window_view(pad(x, {pad}, {mode!r}), {window}, axis={axes}), every {step}, {args}"
            out.append(case(call, x, want, 1e-12, verb=verb[3:], axes=axes, window=window, step=step, pad=[[pad, pad]] * len(axes), mode=mode, min_count=0 if verb == "nansum" else 1, **request))
    # Masks: what numpy.ma leaves out, of integers, too.
    for verb in ["sum", "mean", "min", "max", "count", "var", "std"]:
        for dtype in ["int64", "uint8", "float64"]:
            x = rng.integers(0, 200, (5, 8)).astype(dtype)
            valid = rng.random((5, 8)) < 0.6
            cells = sliding_window_view(x, (2, 3), axis=(0, 1)).reshape(4, 6, 6)
            gone = ~sliding_window_view(valid, (2, 3), axis=(0, 1)).reshape(4, 6, 6)
            want = getattr(np.ma.array(cells, mask=gone, dtype=np.float64 if verb in ("var", "std", "mean", "sum") else None), verb)(axis=-1)
            out.append(case(f"ma.array(windows, mask).{verb}(axis=-1)", x, want, 1e-12, mask=[int(v) for v in valid.ravel()], verb=verb, axes=[0, 1], window=[2, 3], step=[1, 1], pad=[[0, 0], [0, 0]], mode="empty", min_count=1, ddof=0))
    write("numpy", out)


NAMES = {"reflect": "symmetric", "mirror": "reflect", "nearest": "edge", "wrap": "wrap", "constant": "empty"}


def scipy_cases():
    out = []
    plans = [
        ((30,), [0], [1.5], {}),
        ((9, 11), [0, 1], [1.0, 2.5], {}),
        ((9, 11), [0, 1], [0.8, 0.8], {"truncate": 2.5}),
        ((7, 8, 3), [0, 1], [1.2, 0.7], {}),
        ((5, 6, 4), [0, 1, 2], [0.6, 1.1, 0.9], {"radius": 2}),
        ((3, 4, 5, 6), [1, 3], [0.7, 0.0], {}),
    ]
    for k, (shape, axes, sigma, extra) in enumerate(plans):
        for m, (mode, name) in enumerate(NAMES.items()):
            for dtype, tol in [[("float64", 1e-12)], [("float32", 2e-6)]][(k + m) % 2]:
                x = np.round(rng.normal(0, 1, shape), 2).astype(dtype)
                args = {"mode": mode, "axes": tuple(axes), **({"cval": 2.0} if mode == "constant" else {}), **extra}
                want = ndi.gaussian_filter(x.astype("float64"), sigma, **args)
                request = {"constant": 2.0} if mode == "constant" else {}
                out.append(case(f"gaussian_filter(x, {sigma}, {args})", x, want, tol, filter="gaussian", axes=axes, sigma=sigma, mode=name, **request, **extra))
    for shape, sigma in [((40,), [1.0]), ((8, 9), [1.3, 0.8]), ((6, 7, 3), [2.0, 2.0])]:
        axes, near = list(range(len(sigma))), True
        while near:
            # Until no result is nearly halfway between two integers.
            x = rng.integers(0, 256, shape).astype("uint8")
            real = ndi.gaussian_filter(x.astype("float64"), sigma, axes=tuple(axes))
            near = (np.abs(real - np.floor(real) - 0.5) < 5e-4).any()
        out.append(case(f"floor(gaussian_filter(x as f64, {sigma}) + 0.5)", x, np.floor(real + 0.5), 0.0, filter="gaussian", axes=axes, sigma=sigma, mode="symmetric"))
    for n, weights, origin in [(12, [1.0, 2.0, 4.0], 0), (12, [1.0, -1.0], 0), (9, [0.5, 0.25, 0.25, 3.0], -1), (9, [1.0, 2.0, 3.0, 4.0, 5.0], 2), (4, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0], 0)]:
        for mode in ["reflect", "wrap"]:
            x = np.round(rng.normal(0, 5, n), 2)
            want = ndi.correlate1d(x, weights, mode=mode, origin=origin)
            out.append(case(f"correlate1d(x, {weights}, mode={mode!r}, origin={origin})", x, want, 1e-12, filter="weights", axes=[0], weights=weights, origin=[origin], mode=NAMES[mode]))
    for kind, window in [("hann", sw.hann), ("triang", sw.triang)]:
        for n in [1, 4, 5, 7]:
            x = np.round(rng.normal(0, 5, 11), 2)
            w = window(n)
            out.append(case(f"correlate1d(x, {kind}({n}) / sum)", x, ndi.correlate1d(x, w / w.sum()), 1e-12, filter=kind, axes=[0], size=[n], mode="symmetric"))
    write("scipy", out)


if __name__ == "__main__":
    print({"numpy": np.__version__, "scipy": scipy.__version__, "pandas": pd.__version__, "bottleneck": bn.__version__})
    pandas_cases()
    bottleneck_cases()
    numpy_cases()
    scipy_cases()
