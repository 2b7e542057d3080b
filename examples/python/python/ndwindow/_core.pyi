"""What the extension module holds. Shapes: ``[..]`` is any number of axes."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

Sizes: TypeAlias = int | Sequence[int]
Axes: TypeAlias = int | Sequence[int] | None
Pad: TypeAlias = int | tuple[int, int] | Sequence[int | tuple[int, int]] | Literal["same", "same_lower", "full"]
ModeName: TypeAlias = Literal["empty", "edge", "reflect", "symmetric", "wrap"]
Mode: TypeAlias = ModeName | Sequence[ModeName]
TailName: TypeAlias = Literal["drop", "partial", "shift_back", "spread"]
Tail: TypeAlias = TailName | Sequence[TailName]
Box: TypeAlias = Sequence[tuple[int, int]]
TaperName: TypeAlias = Literal["flat", "hann", "linear"] | tuple[Literal["gaussian"], float] | Sequence[float]
Taper: TypeAlias = TaperName | Sequence[TaperName]
MergeName: TypeAlias = Literal["sum", "mean", "weighted", "weighted_sum", "first", "last", "crop", "max", "min"]
Out: TypeAlias = NDArray[Any] | None

class Windows:
    """The windows of a request over an array. Reductions: ``[.., H, W] -> [.., H', W']``."""

    @property
    def x(self) -> NDArray[Any]: ...
    @property
    def plan(self) -> Plan: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    def view(self) -> NDArray[Any]: ...
    def copy(self, out: Out = None) -> NDArray[Any]: ...
    def max(self, out: Out = None) -> NDArray[Any]: ...
    def min(self, out: Out = None) -> NDArray[Any]: ...
    def sum(self, out: Out = None) -> NDArray[Any]: ...
    def mean(self, out: Out = None) -> NDArray[Any]: ...
    def var(self, out: Out = None, *, ddof: int = 0) -> NDArray[Any]: ...
    def std(self, out: Out = None, *, ddof: int = 0) -> NDArray[Any]: ...
    def count(self, out: Out = None) -> NDArray[np.intp]: ...
    def median(self, out: Out = None) -> NDArray[Any]: ...
    def rank(self, k: int, out: Out = None) -> NDArray[Any]: ...
    def quantile(self, q: float, out: Out = None) -> NDArray[Any]: ...
    def argmax(self, out: Out = None) -> NDArray[np.intp]: ...
    def argmin(self, out: Out = None) -> NDArray[np.intp]: ...
    def any(self, out: Out = None) -> NDArray[np.bool_]: ...
    def all(self, out: Out = None) -> NDArray[np.bool_]: ...
    def norm(self, p: float = 2.0, out: Out = None) -> NDArray[Any]: ...
    def _repr_svg_(self) -> str: ...

class Plan:
    """Where the windows of a request lie on an array of one shape: numbers, no data."""

    def __new__(
        cls,
        shape: Sequence[int],
        axes: Axes,
        window: Sizes,
        step: Sizes | None = None,
        *,
        dilation: Sizes | None = None,
        base_dilation: Sizes | None = None,
        pad: Pad | None = None,
        mode: Mode | None = None,
        tail: Tail | None = None,
        grid_first: bool = False,
    ) -> Plan: ...
    @staticmethod
    def from_json(text: str) -> Plan: ...
    def to_json(self) -> str: ...
    def windows(
        self,
        x: ArrayLike,
        *,
        fill: float | None = None,
        mask: ArrayLike | None = None,
        skip_nan: bool = False,
        valid: ArrayLike | None = None,
        min_count: int | None = None,
        threads: int | None = None,
    ) -> Windows: ...
    @property
    def input_shape(self) -> tuple[int, ...]: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def reduced_shape(self) -> tuple[int, ...]: ...
    @property
    def grid(self) -> tuple[int, ...]: ...
    @property
    def axes(self) -> tuple[int, ...]: ...
    @property
    def order(self) -> list[int | None]: ...
    @property
    def window(self) -> tuple[int, ...]: ...
    @property
    def interior(self) -> list[tuple[int, int]]: ...
    @property
    def remainder(self) -> tuple[int, ...]: ...
    @property
    def is_overlapping(self) -> bool: ...
    def __len__(self) -> int: ...
    def start(self, k: int, i: int) -> int: ...
    def reads(self, ranges: Box) -> list[tuple[int, int]]: ...
    def touched(self, ranges: Box) -> list[tuple[int, int]]: ...
    def part(self, ranges: Box) -> Part: ...
    def parts(self, chunk: Sizes) -> Parts: ...
    def to_svg(self) -> str: ...
    def _repr_svg_(self) -> str: ...

class Parts:
    """A result cut into boxes."""

    @property
    def grid(self) -> tuple[int, ...]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, k: int) -> Part: ...

class Part:
    """A box of a plan's result, and what it reads."""

    @property
    def write(self) -> list[tuple[int, int]]: ...
    @property
    def read(self) -> list[tuple[int, int]]: ...
    def windows(
        self,
        piece: ArrayLike,
        *,
        fill: float | None = None,
        mask: ArrayLike | None = None,
        skip_nan: bool = False,
        valid: ArrayLike | None = None,
        min_count: int | None = None,
        threads: int | None = None,
    ) -> Windows: ...

class Tiling:
    """The tiles of a picture of one shape."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def result_shape(self) -> tuple[int, ...]: ...
    @property
    def plan(self) -> Plan: ...
    def __len__(self) -> int: ...
    def read(self, k: int) -> list[tuple[int, int]]: ...
    def place(self, k: int) -> list[tuple[int, int]]: ...
    def finished(self, k: int) -> list[tuple[int, int]]: ...
    def cut(self, picture: ArrayLike, *, out: Out = None, threads: int | None = None) -> NDArray[Any]: ...
    def cut_tile(self, k: int, picture: ArrayLike) -> NDArray[Any]: ...
    def blend(self, tiles: ArrayLike, *, threads: int | None = None) -> NDArray[Any]: ...
    def blender(self, hand: Callable[[list[tuple[int, int]], NDArray[Any]], Any], dtype: DTypeLike | None = None) -> Blender: ...
    def _repr_svg_(self) -> str: ...

class Blender:
    """Puts tiles together one after another."""

    def push(self, k: int, tile: ArrayLike) -> None: ...
    @property
    def next(self) -> int: ...
    @property
    def peak_bytes(self) -> int: ...
    def finish(self) -> None: ...

def unfold(
    x: ArrayLike,
    axes: Axes,
    window: Sizes,
    step: Sizes | None = None,
    *,
    dilation: Sizes | None = None,
    base_dilation: Sizes | None = None,
    pad: Pad | None = None,
    mode: Mode | None = None,
    tail: Tail | None = None,
    grid_first: bool = False,
    fill: float | None = None,
    mask: ArrayLike | None = None,
    skip_nan: bool = False,
    valid: ArrayLike | None = None,
    min_count: int | None = None,
    threads: int | None = None,
) -> Windows: ...
def fold(
    patches: ArrayLike,
    plan: Plan,
    merge: MergeName = "sum",
    *,
    taper: Taper | None = None,
    uncovered: float | None = None,
    box: Box | None = None,
    out: Out = None,
    threads: int | None = None,
) -> NDArray[Any]: ...
def tiles(
    shape: Sequence[int],
    axes: Axes,
    size: Sizes,
    overlap: Sizes,
    *,
    tail: TailName = "shift_back",
    taper: Taper | None = None,
    scale: int | tuple[int, int] | Sequence[int | tuple[int, int]] | None = None,
    channels: int | None = None,
) -> Tiling: ...
def max_pool(
    x: ArrayLike,
    window: Sizes,
    step: Sizes | None = None,
    *,
    dilation: Sizes | None = None,
    pad: Pad | None = None,
    ceil: bool = False,
    indices: bool = False,
    out: Out = None,
    threads: int | None = None,
) -> Any: ...
def avg_pool(
    x: ArrayLike,
    window: Sizes,
    step: Sizes | None = None,
    *,
    dilation: Sizes | None = None,
    pad: Pad | None = None,
    ceil: bool = False,
    divisor: Literal["padded", "elements"] | int | None = None,
    out: Out = None,
    threads: int | None = None,
) -> NDArray[Any]: ...
def conv(
    x: ArrayLike,
    weights: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    step: Sizes | None = None,
    dilation: Sizes | None = None,
    base_dilation: Sizes | None = None,
    pad: Pad | None = None,
    mode: Mode | None = None,
    groups: int = 1,
    channels_last: bool = False,
    out: Out = None,
    threads: int | None = None,
) -> NDArray[Any]: ...
def stft(
    x: ArrayLike, n_fft: int, hop: int, asked: dict[str, Any], out: Out, threads: int | None
) -> NDArray[np.complexfloating[Any]]: ...
def istft(
    spectra: ArrayLike, n_fft: int, hop: int, asked: dict[str, Any], length: int | None, out: Out, threads: int | None
) -> NDArray[np.floating[Any]]: ...
def moving(
    verb: str, a: ArrayLike, window: int, min_count: int | None, axis: int, ddof: int
) -> NDArray[np.floating[Any]]: ...
def weigh(
    x: NDArray[Any],
    axes: Sequence[int],
    weights: Sequence[Sequence[float]],
    origins: Sequence[int],
    mode: ModeName,
    fill: float,
    out: Out,
) -> NDArray[Any]: ...
