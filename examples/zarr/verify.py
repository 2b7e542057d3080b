"""What the demonstration needs of Python: an input, and SciPy's result beside ours, both through zarr-python.

    verify.py make INPUT 256,512,512     a float32 array, as a 12-bit detector would give it, compressed, with checksums
    verify.py compare INPUT OUTPUT       the output against scipy.ndimage.maximum_filter of 5 x 9 x 9, bit for bit
"""

import sys

import numpy as np
import zarr
from scipy.ndimage import maximum_filter
from zarr.codecs import Crc32cCodec, ZstdCodec


def make(path, shape):
    chunks = tuple(min(n, c) for n, c in zip(shape, (16, 256, 256)))
    codecs = [ZstdCodec(level=1), Crc32cCodec()]
    x = zarr.create_array(path, shape=shape, chunks=chunks, dtype="float32", compressors=codecs, fill_value=0)
    noise = np.random.default_rng(13)
    for first in range(0, shape[0], chunks[0]):
        rows = np.arange(first, min(first + chunks[0], shape[0]))[:, None, None]
        slope = 1000 + 500 * np.sin(rows / 40) * np.cos(np.arange(shape[1]) / 60)[:, None] * np.cos(np.arange(shape[2]) / 50)
        counts = np.rint(slope + 20 * noise.standard_normal(slope.shape, dtype=np.float32))
        x[first : first + chunks[0]] = counts.astype(np.float32) / 16


def compare(path, result):
    x, ours = zarr.open_array(path, mode="r"), zarr.open_array(result, mode="r")
    assert x.shape == ours.shape and ours.dtype == np.float32, (x.shape, ours.shape, ours.dtype)
    largest = 128
    for first in range(0, x.shape[0], largest):
        last = min(first + largest, x.shape[0])
        before, behind = max(first - 2, 0), min(last + 2, x.shape[0])
        theirs = maximum_filter(x[before:behind], (5, 9, 9), mode="constant", cval=-np.inf)[first - before :][: last - first]
        same = np.array_equal(theirs.view(np.uint32), ours[first:last].view(np.uint32))
        assert same, f"rows {first} to {last} differ"
    print(f"equal to scipy.ndimage.maximum_filter, bit for bit: {x.shape}")


if __name__ == "__main__":
    verb, path, more = sys.argv[1:]
    make(path, tuple(map(int, more.split(",")))) if verb == "make" else compare(path, more)
