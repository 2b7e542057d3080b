"""A verb from one Zarr array to another, part by part, in this process or on a dask cluster."""

import json
import os
import pathlib
import tempfile

import numpy as np

from ._core import Plan
from ._verbs import checked, result_type, slices

__all__ = ["run"]


def run(source, plan, verb, target, client=None, *, part=None, fill=None, threads=1):
    """Runs ``verb`` of the windows of ``plan`` over a Zarr array, into another: ``{"parts": n, "done": n, "found": n}``.

    ``source`` and ``target`` are folders. The target is made if it is not there, chunked as the source. ``verb`` is a name, or
    ``(name, argument, ..)``. ``part`` is the box of the result that one task computes, a multiple of the target's chunks (one chunk
    unless given). With a ``distributed`` client parts are tasks; nothing but the job's text and numbers goes through the scheduler.

    A part is done when its mark is there, which is made after its chunks were written. So a run that was killed is run again, by any
    number of workers: it does what bears no mark, and the result has the same bits. Another plan, verb or part than a target was begun
    with is refused.
    """
    job = _begun(source, plan, verb, target, part, fill)
    text = json.dumps({**job, "target": os.path.abspath(target), "threads": threads})
    number = len(plan.parts(job["part"]))
    marks = pathlib.Path(target, "done")
    left = [k for k in range(number) if not (marks / str(k)).exists()]
    if client is None:
        for k in left:
            _part(text, k)
    else:
        futures = client.map(_part, [text] * len(left), left, pure=False, key=[f"ndwindow-{os.urandom(8).hex()}-{k}" for k in left])
        client.gather(futures)
    return {"parts": number, "done": len(left), "found": number - len(left)}


def _begun(source, plan, verb, target, part, fill):
    """The job a target stands for: written into a new one, compared with that of an old one."""
    import zarr

    name, arguments = checked(verb)
    array = zarr.open_array(source, mode="r")
    if array.shape != plan.input_shape:
        raise ValueError(f"the source has shape {array.shape}, but the plan is for {plan.input_shape}")
    if name == "copy":
        raise ValueError("verb 'copy': a run writes one number a window; use ndwindow.dask for copies")
    shape = plan.reduced_shape
    dtype = result_type(name, arguments, array.dtype)
    chunks = tuple(min(c, n) for c, n in zip(array.chunks, shape, strict=True))
    new = not pathlib.Path(target, "zarr.json").exists()
    if not new:
        chunks = zarr.open_array(target, mode="r").chunks
    part = chunks if part is None else (part,) * len(shape) if isinstance(part, int) else tuple(part)
    for axis, (box, chunk, length) in enumerate(zip(part, chunks, shape, strict=True)):
        if box % chunk and box < length:
            raise ValueError(f"part {box} on axis {axis} is no multiple of the target's chunks of {chunk}: two tasks would write one chunk")
    job = {
        "source": os.path.abspath(source), "plan": json.loads(plan.to_json()), "verb": [name, *arguments], "part": list(part), "fill": fill,
    }
    if new:
        zarr.create_array(target, shape=shape, chunks=chunks, dtype=dtype, attributes={"ndwindow": job})
        pathlib.Path(target, "done").mkdir(exist_ok=True)
        return job
    found = zarr.open_array(target, mode="r").attrs.get("ndwindow")
    for what in job:
        if found is None or found.get(what) != job[what]:
            other = "nothing" if found is None else json.dumps(found.get(what))
            raise ValueError(f"{target} was begun with {what} {other}, not {json.dumps(job[what])}: give another target, or remove it")
    return job


def _part(text, k):
    """Computes and writes part ``k``, layer by layer along the first axis, then marks it."""
    import zarr

    job = json.loads(text)
    source, target = zarr.open_array(job["source"], mode="r"), zarr.open_array(job["target"], mode="r+")
    plan = Plan.from_json(json.dumps(job["plan"]))
    part = plan.parts(job["part"])[k]
    name, *arguments = job["verb"]
    read = _Reader(source, part.read)
    # One chunk at a time: zarr would hold ten of them beside what is read.
    with zarr.config.set({"async.concurrency": 1}):
        for layer in _layers(plan, part, target.chunks):
            target[slices(layer.write)] = getattr(
                layer.windows(read(layer.read), fill=job["fill"], threads=job["threads"]), name
            )(*arguments)
    marks = pathlib.Path(job["target"], "done")
    handle, path = tempfile.mkstemp(dir=marks.parent)
    os.close(handle)
    os.replace(path, marks / str(k))
    return k


def _layers(plan, part, chunks):
    """The part in layers of whole chunks along its first axis, no thinner than what they read beside them."""
    if not part.write:
        return [part]
    (start, end), *others = part.write
    beside = (part.read[0][1] - part.read[0][0]) - (end - start)
    thick = chunks[0] * max(1, -(-beside // chunks[0]))
    starts = range(start, end, thick)
    return [part] if len(starts) < 2 else [plan.part([(at, min(at + thick, end)), *others]) for at in starts]


class _Reader:
    """Reads boxes of an array, each a little further along the first axis: every chunk once."""

    def __init__(self, source, whole):
        self.source, self.whole, self.box, self.held = source, whole, None, None

    def __call__(self, box):
        if not box:
            return self.source[()]
        (start, end), *others = box
        fresh, kept = start, None
        if self.box is not None and self.box[1:] == others and self.box[0][0] <= start <= self.box[0][1]:
            first, fresh = self.box[0]
            kept = self.held[start - first :]
        if end > fresh:
            # Up to the end of a chunk, so that none is read for the next box again.
            chunk = self.source.chunks[0]
            behind = max(end, min(-(-end // chunk) * chunk, self.whole[0][1]))
            more = self.source[slices([(fresh, behind), *others])]
            self.held = more if kept is None else np.concatenate([kept, more])
            self.box = [(start, behind), *others]
        else:
            self.held, self.box = kept, [(start, fresh), *others]
        return self.held[: end - start]
