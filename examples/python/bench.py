"""Times beside SciPy, OpenCV and bottleneck: one thread, interleaved, medians, results kept where the peer can.

    pip install opencv-python-headless scipy bottleneck && python bench.py [box] [median] [move] [call]

Times are of the processor (this process' only), so that other work on the machine costs caches but not turns.
"""

import os
import statistics
import sys
import time

os.environ["RAYON_NUM_THREADS"] = "1"

import bottleneck
import numpy as np
import scipy.ndimage
from numpy.lib.stride_tricks import sliding_window_view

try:
    import cv2

    cv2.setNumThreads(1)
except ImportError:
    cv2 = None

from ndwindow import ndimage, rolling, unfold

rng = np.random.default_rng(0)


def interleaved(calls, rounds):
    times = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.process_time()
            call()
            times[name].append(time.process_time() - start)
    return {name: 1e3 * statistics.median(each) for name, each in times.items()}


def row(what, calls, rounds=7):
    times = interleaved({name: call for name, call in calls.items() if call is not None}, rounds)
    mine = times.pop("ndwindow")
    peers = "   ".join(f"{name} {ms:9.3f} ms, {ms / mine:6.2f} times" for name, ms in times.items())
    print(f"{what:>22}  ndwindow {mine:9.3f} ms   {peers}", flush=True)


def box():
    x = rng.random((2048, 2048), dtype=np.float32)
    out, theirs = np.empty_like(x), np.empty_like(x)
    for size in (3, 15, 101):
        ones = np.ones((size, size), np.uint8)
        peers = {
            "maximum_filter": cv2 and (lambda: cv2.dilate(x, ones, dst=theirs, borderType=cv2.BORDER_REPLICATE)),
            "minimum_filter": cv2 and (lambda: cv2.erode(x, ones, dst=theirs, borderType=cv2.BORDER_REPLICATE)),
            "uniform_filter": cv2 and (lambda: cv2.blur(x, (size, size), dst=theirs, borderType=cv2.BORDER_REFLECT)),
        }
        for name, peer in peers.items():
            row(f"{name} {size}", {
                "ndwindow": lambda: getattr(ndimage, name)(x, size, output=out),
                "SciPy": lambda: getattr(scipy.ndimage, name)(x, size, output=out),
                "OpenCV": peer or None,
            })


def median():
    for dtype, sizes in (("u1", (3, 5, 15)), ("f4", (3, 5))):
        x = (rng.random((1024, 1024)) * 255).astype(dtype)
        out = np.empty_like(x)
        for size in sizes:
            row(f"median_filter {dtype} {size}", {
                "ndwindow": lambda: ndimage.median_filter(x, size, output=out),
                "SciPy": lambda: scipy.ndimage.median_filter(x, size, output=out),
                "OpenCV": (lambda: cv2.medianBlur(x, size)) if cv2 and (dtype == "u1" or size <= 5) else None,
            }, 3 if size < 15 else 1)


def move():
    x = rng.standard_normal(2_000_000)
    for name in ("move_mean", "move_max", "move_median"):
        for window in (10, 1000):
            row(f"{name} {window}", {
                "ndwindow": lambda: getattr(rolling, name)(x, window),
                "bottleneck": lambda: getattr(bottleneck, name)(x, window),
            }, 3 if name == "move_median" else 7)


def call():
    x = rng.random(100)
    calls = {
        "unfold(..).max()": lambda: unfold(x, 0, 3, pad=1).max(),
        "unfold(..).view()": lambda: unfold(x, 0, 3).view(),
        "sliding_window_view": lambda: sliding_window_view(x, 3),
        "ndimage.maximum_filter": lambda: ndimage.maximum_filter(x, 3),
        "SciPy's maximum_filter": lambda: scipy.ndimage.maximum_filter(x, 3),
        "rolling.move_mean": lambda: rolling.move_mean(x, 3),
    }
    repeated = {name: (lambda call=call: [call() for _ in range(500)]) for name, call in calls.items()}
    for name, ms in interleaved(repeated, 15).items():
        print(f"{name:>22}  {1e3 * ms / 500:6.2f} us a call on 100 elements")


for part in (box, median, move, call):
    if len(sys.argv) == 1 or part.__name__ in sys.argv:
        part()
