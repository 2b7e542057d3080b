"""A maximum of 5 x 9 x 9 over a Zarr array on disk, by two workers: parts, and dask's map_overlap with SciPy.

    python bench_dask.py [FOLDER] [MIB]        # 1024 MiB unless said otherwise; prints seconds and peak memory of the workers
"""

import pathlib
import resource
import shutil
import sys
import time

import dask.array as da
import numpy as np
import zarr
from distributed import Client, LocalCluster

import ndwindow


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def parts(source, target, client, shape):
    plan = ndwindow.Plan(shape, None, [5, 9, 9], pad="same")
    ndwindow.run(source, plan, "max", target, client, part=(128, 512, 512))


def overlap(source, target, client, shape):
    from scipy.ndimage import maximum_filter

    x = da.from_zarr(source)
    y = x.map_overlap(lambda block: maximum_filter(block, (5, 9, 9), mode="constant", cval=-np.inf), depth=(2, 4, 4), boundary="none")
    y.to_zarr(target)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "out/dask")
    mib = int(sys.argv[2]) if len(sys.argv) > 2 else 1024
    shape = (mib, 512, 512)
    folder.mkdir(parents=True, exist_ok=True)
    source = str(folder / "in.zarr")
    if not pathlib.Path(source).exists():
        array = zarr.create_array(source, shape=shape, chunks=(16, 256, 256), dtype="f4")
        rng = np.random.default_rng(0)
        for start in range(0, mib, 64):
            array[start : start + 64] = rng.random((min(64, mib - start), 512, 512), dtype=np.float32)
    made = {}
    for name, job in (("parts", parts), ("map_overlap", overlap)):
        target = str(folder / f"{name}.zarr")
        shutil.rmtree(target, ignore_errors=True)
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
            client.wait_for_workers(2)
            client.run(lambda: __import__("ndwindow.dask") and None)
            before = max(client.run(peak).values())
            start = time.perf_counter()
            job(source, target, client, shape)
            seconds = time.perf_counter() - start
            most = max(client.run(peak).values())
        print(f"{name:>12}: {seconds:7.2f} s, a worker's peak {most:7.0f} MiB, {most - before:7.0f} MiB above its start", flush=True)
        made[name] = zarr.open_array(target, mode="r")
    same = all(np.array_equal(made["parts"][k : k + 64], made["map_overlap"][k : k + 64]) for k in range(0, mib, 64))
    print("the same numbers:", same)


if __name__ == "__main__":
    main()
