"""Pictures and volumes tile by tile."""

import numpy as np

from ._verbs import slices

__all__ = ["process"]


def process(tiling, picture, function, out=None):
    """``function(tile)`` of every tile, blended: ``[H, W, ..] -> tiling.result_shape``.

    A tile is cut, given to ``function``, and put in its place; no more than a row of tiles is held. What ``function`` raises comes
    through, and Ctrl-C works between tiles. ``picture`` may be anything that slices into arrays (a memory map, a Zarr array), and ``out``
    anything that takes them.
    """
    blender, made = None, out
    for k in range(len(tiling)):
        if isinstance(picture, np.ndarray):
            tile = tiling.cut_tile(k, picture)
        else:
            tile = _read(tiling, k, picture)
        result = np.asarray(function(tile))
        if blender is None:
            if made is None:
                made = np.empty(tiling.result_shape, result.dtype)
            whole = result.dtype.kind in "biu"  # faded in floats, and rounded
            wide = np.promote_types(result.dtype, np.float32) if whole else result.dtype

            def hand(box, region):
                made[slices(box)] = np.rint(region) if whole else region

            blender = tiling.blender(hand, wide)
        blender.push(k, result.astype(wide, copy=False))
    if blender is not None:
        blender.finish()
    return made


def _read(tiling, k, picture):
    """Tile ``k`` of something that is no array: what it reads, and zeros where it overhangs."""
    piece = np.asarray(picture[slices(tiling.read(k))])
    short = [(0, size - n) for size, n in zip(tiling.shape[1:], piece.shape, strict=True)]
    return np.pad(piece, short) if any(n for _, n in short) else piece
