"""Cases of masked filters and grey morphology, computed by SciPy: python make.py > cases.json

Every case names the function of scipy.ndimage, its picture, its footprint and whatever else it was given, and holds the result.
"""

import json
import sys

import numpy as np
import scipy
from scipy import ndimage

MODES = ["reflect", "mirror", "nearest", "wrap", "constant"]
DTYPES = ["uint8", "int16", "float32", "float64"]
rng = np.random.default_rng(20261128)


def picture(shape, dtype):
    values = rng.integers(0, 60, shape)
    return values.astype(dtype) if dtype != "float64" else values / 4 - 5


def footprint(shape):
    while True:
        mask = rng.random(shape) < 0.6
        if mask.any() and not mask.all():
            return mask


def origins(shape, even):
    """Any that SciPy takes, none for every third case."""
    if even:
        return [0] * len(shape)
    return [int(rng.integers(-(n // 2), (n - 1) // 2 + 1)) for n in shape]


def disk(r):
    y, x = np.mgrid[-r : r + 1, -r : r + 1]
    return x * x + y * y <= r * r


cases = []


def add(function, x, mask, **given):
    kwargs = dict(given)
    structure = kwargs.pop("structure", None)
    call = dict(kwargs)
    if structure is not None:
        call["structure"] = structure
    want = getattr(ndimage, function)(x, footprint=mask, **call)
    number = lambda a: [float(v) if a.dtype.kind == "f" else int(v) for v in a.ravel()]
    case = {
        "function": function,
        "dtype": str(x.dtype),
        "shape": list(x.shape),
        "x": number(x),
        "footprint_shape": list(mask.shape),
        "footprint": [int(v) for v in mask.ravel()],
        **kwargs,
    }
    if structure is not None:
        case["structure"] = number(structure)
    case["want"] = number(want)
    cases.append(case)


shapes = [((7,), (4,)), ((6, 7), (3, 3)), ((5, 6), (4, 3)), ((6, 5), (2, 4)), ((4, 4, 5), (3, 2, 3)), ((8, 9), (5, 5))]
turn = 0
for function in ["maximum_filter", "minimum_filter", "rank_filter", "median_filter", "grey_dilation", "grey_erosion"]:
    for mode in MODES:
        for k in range(4):
            turn += 1
            shape, size = shapes[turn % len(shapes)]
            if len(shape) == 1 and function in ["rank_filter", "median_filter"]:
                # Of one axis SciPy 1.17 ranks the whole window, whatever the footprint.
                shape, size = shapes[1]
            dtype = DTYPES[(turn // 3) % len(DTYPES)]
            x, mask = picture(shape, dtype), footprint(size)
            given = {"mode": mode, "origin": origins(size, k % 3 == 0)}
            if mode == "constant":
                given["cval"] = 17
            if function == "rank_filter":
                given["rank"] = int(rng.integers(0, mask.sum()))
            add(function, x, mask, **given)

# Heights: values stay in the type's range, beyond which SciPy wraps and this crate does not go.
for function in ["grey_dilation", "grey_erosion"]:
    for mode in MODES:
        for dtype in ["uint8", "float32"]:
            turn += 1
            shape, size = shapes[turn % len(shapes)]
            x, mask = picture(shape, dtype) + np.asarray(20, dtype), footprint(size)
            heights = rng.integers(0, 9, size).astype(dtype)
            given = {"mode": mode, "origin": origins(size, turn % 2 == 0), "structure": heights}
            if mode == "constant":
                given["cval"] = 30
            add(function, x, mask, **given)

# Openings and closings where SciPy's two steps see the same picture around: wrapped, and mirrored under masks that are their own mirror
# image.
cross = ndimage.generate_binary_structure(2, 1)
for function in ["grey_opening", "grey_closing"]:
    for k in range(4):
        shape, size = shapes[k + 1]
        add(function, picture(shape, "uint8"), footprint(size), mode="wrap")
    for mode in ["reflect", "mirror", "wrap"]:
        for mask in [cross, disk(2), disk(2) & ~np.pad(disk(1), 1)]:
            add(function, picture((9, 8), "int16"), mask, mode=mode)

print("[")
print(",\n".join(json.dumps(case) for case in cases))
print("]")

print(f"{len(cases)} cases, SciPy {scipy.__version__}, NumPy {np.__version__}", file=sys.stderr)
