"""A tour of ndwindow, from top to bottom: patches, filters, tiles, moving means, dask.

Run it beside the package (``pip install "./examples/python[dask]" matplotlib scipy``), or cell by cell in an editor that knows ``# %%``.
Pictures go to ``out/``.
"""

# %% A picture, and what we need
import pathlib
import tempfile
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import scipy.ndimage

import ndwindow
from ndwindow import ndimage, rolling, unfold

here = pathlib.Path(__file__).parent
out = pathlib.Path("out")
out.mkdir(exist_ok=True)
picture = plt.imread(here.parent / "data" / "chelsea.png")[..., :3]
picture = np.ascontiguousarray((picture * 255).astype(np.uint8) if picture.dtype != np.uint8 else picture)
print("picture:", picture.shape, picture.dtype)

# %% 1. Patches: every 16 x 16 square of the picture, without copying an element
windows = unfold(picture, [0, 1], 16, 16, grid_first=True)
print(windows)
patches = windows.view()
print("patches:", patches.shape, "strides", patches.strides, "shared with the picture:", np.shares_memory(patches, picture))
assert np.shares_memory(patches, picture) and np.array_equal(patches[3, 5], picture[48:64, 80:96])

rows, columns = patches.shape[:2]
sheet = np.full((rows * 19, columns * 19, 3), 255, np.uint8)
for i in range(rows):
    for j in range(columns):
        sheet[19 * i : 19 * i + 16, 19 * j : 19 * j + 16] = patches[i, j]
fig, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
axes[0].imshow(picture)
axes[0].set_title(f"a picture of {picture.shape[0]} x {picture.shape[1]}")
axes[1].imshow(sheet)
axes[1].set_title(f"{rows * columns} patches of 16 x 16, none of them copied")
for ax in axes:
    ax.axis("off")
fig.savefig(out / "patches.png", dpi=110)
plt.close(fig)

# The plan is a picture, too: in a notebook, `windows` by itself shows it.
(out / "plan.svg").write_text(windows.plan.to_svg())


# %% 2. A filter bank, with times against SciPy
def best(function, *arguments, repeat=3):
    """The result, and the best time of some in milliseconds."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        result = function(*arguments)
        times.append(time.perf_counter() - start)
    return result, 1e3 * min(times)


grey = (picture.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)).astype(np.uint8)
bank = [
    ("maximum_filter", grey, 15),
    ("minimum_filter", grey, 15),
    ("uniform_filter", grey.astype(np.float32), 15),
    ("median_filter", grey, 15),
    ("grey_opening", grey, 9),
    ("gaussian_filter", grey.astype(np.float32), 3),
]
fig, axes = plt.subplots(2, 3, figsize=(11, 5.4), layout="constrained")
print(f"\n{'filter':>16}  {'size':>7}  {'ndwindow':>10}  {'SciPy':>10}  times as fast")
for ax, (name, x, size) in zip(axes.flat, bank, strict=True):
    ours, mine = best(getattr(ndimage, name), x, size)
    theirs, its = best(getattr(scipy.ndimage, name), x, size)
    assert np.allclose(ours, theirs, 1e-4, 1e-2)
    print(f"{name:>16}  {size:>7}  {mine:>7.2f} ms  {its:>7.2f} ms  {its / mine:>6.0f}")
    ax.imshow(ours, cmap="gray")
    ax.set_title(f"{name}, {size}: {mine:.2f} ms (SciPy {its:.2f})", fontsize=9)
    ax.axis("off")
fig.savefig(out / "filters.png", dpi=110)
plt.close(fig)

# %% 3. A picture put together from tiles, as a network would make them
x = picture.astype(np.float32) / 255
tiling = ndwindow.tiles(x.shape, [0, 1], 96, 32, tail="spread", taper="hann")
print("\n" + repr(tiling))


def network(tile):
    """Stands for a network that sees one tile: it stretches the tile's own contrast, so neighbours disagree."""
    low, high = tile.min(), tile.max()
    return (tile - low) / (high - low)


blended = ndwindow.process(tiling, x, network)
pasted = ndwindow.fold(np.stack([network(tile) for tile in tiling.cut(x)]).reshape(tiling.plan.shape), tiling.plan, "crop")


def seam(y):
    """The greatest step between neighbouring columns that the picture itself does not have, on average over the rows."""
    return float(np.abs(np.diff(y - x, axis=1)).mean(axis=(0, 2)).max())


print(f"greatest step at a seam: tiles side by side {seam(pasted):.3f}, tiles blended {seam(blended):.3f}")
fig, axes = plt.subplots(1, 3, figsize=(13, 3.4), layout="constrained")
for ax, y, title in zip(axes, [x, pasted, blended], ["the picture", "tiles side by side: seams", "tiles blended"], strict=True):
    ax.imshow(np.clip(y, 0, 1))
    ax.set_title(title)
    ax.axis("off")
fig.savefig(out / "tiles.png", dpi=110)
plt.close(fig)

# %% 4. Moving means that do not drift
rng = np.random.default_rng(0)
signal = np.cumsum(rng.standard_normal(2000)) / 10
signal[300] = 1e16  # one bad sample
clean = rolling.move_mean(signal, 50)
running = np.cumsum(np.where(np.arange(2000) < 50, signal, signal - np.roll(signal, 50))) / 50  # a sum updated by taking elements out
print(f"\nafter the bad sample has left: moving mean {clean[1000]:.4f}, a running sum says {running[1000]:.4f}, NumPy {signal[951:1001].mean():.4f}")
fig, ax = plt.subplots(figsize=(9, 3), layout="constrained")
ax.plot(np.where(np.abs(signal) < 1e3, signal, np.nan), lw=0.6, color="0.6", label="signal (without the bad sample)")
ax.plot(np.where(np.abs(clean) < 1e3, clean, np.nan), label="ndwindow.rolling.move_mean")
ax.plot(np.where(np.abs(running) < 1e3, running, np.nan), "--", label="a running sum")
ax.set_title("moving means of 50; sample 300 is 1e16")
ax.legend(fontsize=8)
fig.savefig(out / "rolling.png", dpi=110)
plt.close(fig)

# %% 5. Spectra, and back
seconds = np.arange(16000, dtype=np.float32) / 8000
chirp = np.sin(2 * np.pi * (200 * seconds + 800 * seconds**2))
spectra = ndwindow.stft(chirp, 256, 64, center=True)
back = ndwindow.istft(spectra, 256, 64, center=True, length=len(chirp))
print(f"\nspectra {spectra.shape} {spectra.dtype}; the way back is off by at most {np.abs(back - chirp).max():.1e}")

# %% 6. dask: windows longer than a chunk, by parts
try:
    import dask.array as da
    import zarr

    import ndwindow.dask
except ImportError:
    print("\nwithout dask and zarr there is no sixth part")
else:
    volume = rng.standard_normal((64, 200, 200)).astype(np.float32)
    lazy = ndwindow.dask.unfold(da.from_array(volume, chunks=(16, 50, 50)), [0, 1, 2], [5, 61, 9], pad="same").max()
    print("\nlazy:", lazy)
    whole = unfold(volume, [0, 1, 2], [5, 61, 9], pad="same").max()
    assert np.array_equal(lazy.compute(), whole)
    with tempfile.TemporaryDirectory() as folder:
        source, target = f"{folder}/in.zarr", f"{folder}/out.zarr"
        zarr.create_array(source, shape=volume.shape, chunks=(16, 100, 100), dtype="f4")[:] = volume
        plan = ndwindow.Plan(volume.shape, None, [5, 61, 9], pad="same")
        print("from Zarr to Zarr:", ndwindow.run(source, plan, "max", target), "and again:", ndwindow.run(source, plan, "max", target))
        assert np.array_equal(zarr.open_array(target, mode="r")[:], whole)

print("\npictures are in", out.resolve().name + "/:", ", ".join(sorted(path.name for path in out.iterdir())))
