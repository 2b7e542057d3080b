"""Runs from one Zarr array to another: in this process, and on three worker processes, one of which is killed."""

import os
import pathlib
import signal
import threading
import time

import numpy as np
import pytest

zarr = pytest.importorskip("zarr")
distributed = pytest.importorskip("distributed")

import ndwindow
from ndwindow import Plan, run

SHAPE, CHUNK = (48, 128, 128), (8, 64, 64)
PLAN = Plan(SHAPE, None, [5, 9, 9], pad="same")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "in.zarr"
    array = zarr.create_array(str(path), shape=SHAPE, chunks=CHUNK, dtype="f4")
    array[:] = np.random.default_rng(0).standard_normal(SHAPE).astype("f4")
    return str(path)


@pytest.fixture(scope="module")
def expected(source):
    return PLAN.windows(zarr.open_array(source, mode="r")[:]).mean()


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit="1GiB", silence_logs=50
    ) as cluster:
        yield cluster


@pytest.fixture
def client(cluster):
    with distributed.Client(cluster) as client:
        client.wait_for_workers(3, timeout=60)
        yield client


@pytest.mark.parametrize(
    "window, options",
    [
        (1, {}),
        ([7, 3, 3], {"pad": "same"}),
        ([29, 2, 2], {"pad": "same"}),  # longer than a layer
        ([3, 3, 3], {"pad": "same", "mode": "wrap"}),
        ([3, 1, 1], {"step": [5, 1, 1], "pad": 1, "tail": "partial"}),
        ([3, 1, 1], {"step": [20, 1, 1]}),  # what lies between is not read
    ],
)
def test_parts_of_many_layers(source, tmp_path, window, options):
    plan = Plan(SHAPE, None, window, **options)
    expected = plan.windows(zarr.open_array(source, mode="r")[:]).max()
    for part in (CHUNK, (24, 128, 64), (64, 128, 128)):
        target = str(tmp_path / f"{part[0]}.zarr")
        run(source, plan, "max", target, part=part)
        assert np.array_equal(zarr.open_array(target, mode="r")[:], expected)


def test_in_this_process(source, expected, tmp_path):
    target = str(tmp_path / "out.zarr")
    made = run(source, PLAN, "mean", target)
    assert made == {"parts": 24, "done": 24, "found": 0}
    array = zarr.open_array(target, mode="r")
    assert array.chunks == CHUNK and array.dtype == "f4" and np.array_equal(array[:], expected)
    assert array.attrs["ndwindow"]["plan"]["window"] == [5, 9, 9]
    written = _times(target)
    assert run(source, PLAN, "mean", target) == {"parts": 24, "done": 0, "found": 24}
    assert _times(target) == written  # a finished run does no work


def test_on_workers(client, source, expected, tmp_path):
    target = str(tmp_path / "out.zarr")
    assert run(source, PLAN, "mean", target, client, part=(16, 64, 64))["done"] == 12
    assert np.array_equal(zarr.open_array(target, mode="r")[:], expected)
    assert run(source, PLAN, "mean", target, client, part=(16, 64, 64)) == {"parts": 12, "done": 0, "found": 12}
    other = str(tmp_path / "rank.zarr")
    inner = Plan(SHAPE, None, [5, 9, 9])
    run(source, inner, ("rank", 100), other, client, part=64)
    assert np.array_equal(zarr.open_array(other, mode="r")[:], inner.windows(zarr.open_array(source, mode="r")[:]).rank(100))


def test_a_worker_is_killed_in_the_middle(client, source, expected, tmp_path):
    target = str(tmp_path / "out.zarr")
    victim = next(iter(client.scheduler_info(n_workers=-1)["workers"]))
    pid = client.run(os.getpid, workers=[victim])[victim]
    marks = pathlib.Path(target, "done")
    killed = []

    def kill():
        while not marks.exists() or len(list(marks.iterdir())) < 3:
            time.sleep(0.001)
        os.kill(pid, signal.SIGKILL)
        killed.append(len(list(marks.iterdir())))

    killer = threading.Thread(target=kill)
    killer.start()
    slow = Plan(SHAPE, None, [5, 9, 9], pad="same")
    made = run(source, slow, ("quantile", 0.5), target, client)
    killer.join()
    assert 3 <= killed[0] < 24 and made["done"] == 24
    whole = slow.windows(zarr.open_array(source, mode="r")[:]).quantile(0.5)
    assert np.array_equal(zarr.open_array(target, mode="r")[:], whole)
    client.wait_for_workers(3, timeout=60)
    assert pid not in client.run(os.getpid).values()


def test_a_run_goes_on_where_it_was_left(source, expected, tmp_path):
    target = str(tmp_path / "out.zarr")
    run(source, PLAN, "mean", target)
    for k in [3, 7]:
        pathlib.Path(target, "done", str(k)).unlink()
    array = zarr.open_array(target, mode="r+")
    for k in [3, 7]:
        array[tuple(slice(*r) for r in PLAN.parts(list(CHUNK))[k].write)] = 0
    assert run(source, PLAN, "mean", target) == {"parts": 24, "done": 2, "found": 22}
    assert np.array_equal(zarr.open_array(target, mode="r")[:], expected)


def test_another_job_is_refused(source, tmp_path):
    target = str(tmp_path / "out.zarr")
    run(source, PLAN, "max", target)
    other = Plan(SHAPE, None, [5, 9, 7], pad="same")
    for arguments, what in [((other, "max", target), "plan"), ((PLAN, "min", target), "verb")]:
        with pytest.raises(ValueError, match=f"was begun with {what}"):
            run(source, *arguments)
    with pytest.raises(ValueError, match="begun with part"):
        run(source, PLAN, "max", target, part=(16, 64, 64))
    with pytest.raises(ValueError, match="begun with fill"):
        run(source, PLAN, "max", target, fill=0.0)
    with pytest.raises(ValueError, match="part 12 on axis 0 is no multiple"):
        run(source, PLAN, "max", str(tmp_path / "new.zarr"), part=(12, 64, 64))
    with pytest.raises(ValueError, match="the plan is for"):
        run(source, Plan((5,), 0, 2), "max", str(tmp_path / "new.zarr"))
    with pytest.raises(ValueError, match="verb 'copy'"):
        run(source, PLAN, "copy", str(tmp_path / "new.zarr"))
    bare = str(tmp_path / "bare.zarr")
    zarr.create_array(bare, shape=SHAPE, chunks=CHUNK, dtype="f4")
    with pytest.raises(ValueError, match="begun with source nothing"):
        run(source, PLAN, "max", bare)


def test_a_workers_memory_is_two_boxes(client, tmp_path):
    resource = pytest.importorskip("resource")
    shape, chunk, part = (64, 512, 512), (16, 256, 256), (16, 512, 512)  # 64 MiB
    source, target = str(tmp_path / "in.zarr"), str(tmp_path / "out.zarr")
    zarr.create_array(source, shape=shape, chunks=chunk, dtype="f4")[:] = np.random.default_rng(1).standard_normal(shape).astype("f4")
    plan = Plan(shape, None, [5, 9, 9], pad="same")

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    client.restart(wait_for_workers=True)

    def warm():
        import zarr

        ndwindow.unfold(zarr.open_array(source, mode="r")[:1], 0, 1).max()

    client.run(warm)
    before = client.run(peak)
    run(source, plan, "max", target, client, part=part)
    grown = [after - before.get(worker, after) for worker, after in client.run(peak).items()]
    boxes = 4 * (20 + 16) * 512 * 512 / 1024
    assert max(grown) < 2 * boxes, (grown, boxes)  # the boxes, a few chunks, and what Zarr copies on the way


def test_only_numbers_and_text_go_through_the_scheduler(client, source, tmp_path):
    import pickle

    from ndwindow import jobs

    text = []
    part = jobs._part
    try:
        jobs._part = lambda job, k: text.append((job, k))
        run(source, PLAN, "max", str(tmp_path / "out.zarr"))
    finally:
        jobs._part = part
    assert all(type(job) is str and type(k) is int and len(pickle.dumps((job, k))) < 1000 for job, k in text)


def _times(folder):
    return {path: path.stat().st_mtime_ns for path in pathlib.Path(folder).rglob("*")}
