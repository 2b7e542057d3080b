//! The one error type; every message of the library is worded here.

use alloc::vec::Vec;

/// What [`Result`](core::result::Result) means in this crate.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Why a strided view cannot hold the windows of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Irregular {
    /// Some window reaches into padding.
    #[error("reach into padding")]
    Padding,
    /// The last windows overhang the end (`Tail::Partial`).
    #[error("overhang the end")]
    Overhang,
    /// The windows do not start at even distances (`Tail::ShiftBack`, `Tail::Spread`).
    #[error("start at uneven distances")]
    UnevenStarts,
    /// A base dilation puts holes between the elements.
    #[error("contain holes of the base dilation")]
    Holes,
}

/// Everything that can be wrong with a request, a shape, a layout or a buffer.
///
/// Every message names the axis, the numbers, the limit and the way out. An `axis` is one of the array, counted from 0; an `index` is
/// that of the first window, or element, the error is about.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs)] // a variant's message says what its fields are
pub enum Error {
    /// A window of zero elements.
    #[error("window on axis {axis} is 0: it must hold at least 1 element")]
    ZeroWindow { axis: usize },
    /// A step of zero.
    #[error("step on axis {axis} is 0: windows must start at least 1 element apart")]
    ZeroStep { axis: usize },
    /// A dilation of zero.
    #[error("dilation on axis {axis} is 0: use 1 for neighbouring elements")]
    ZeroDilation { axis: usize },
    /// A base dilation of zero.
    #[error("base dilation on axis {axis} is 0: use 1 for an array without holes")]
    ZeroBaseDilation { axis: usize },
    /// The window does not fit the padded axis.
    #[error(
        "window {window} spans {span} with dilation {dilation}, but axis {axis} has {len} elements{}: pad it, or use Tail::Partial",
        if *.padded { " with its padding" } else { "" }
    )]
    SpanTooLong { axis: usize, window: usize, dilation: usize, span: usize, len: usize, padded: bool },
    /// An axis the array does not have.
    #[error("axis {axis} is out of range for an array of rank {rank}: use {}", AxisRange(*.rank))]
    AxisOutOfRange { axis: isize, rank: usize },
    /// The same axis twice in one request.
    #[error("axis {axis} is named twice: unfold it once, and unfold the result again if you need to")]
    AxisTwice { axis: usize },
    /// Neither one number for all axes nor one for each.
    #[error("{given} numbers for {what}, but {axes} axes are unfolded: give one number for all, or one per axis")]
    CountMismatch { what: &'static str, given: usize, axes: usize },
    /// A list of pads in ONNX's order that is not twice as long as there are axes.
    #[error("{given} ONNX pads for {axes} axes: give {}, all pads before the data and then all behind it", 2 * .axes)]
    OnnxPads { given: usize, axes: usize },
    /// One number for the spatial axes of an array, of which nothing says how many there are.
    #[error(
        "{what} {size} in one number leaves open how many of {rank} axes are spatial: {}",
        SpatialSizes(*.size, *.rank)
    )]
    SpatialUnsaid { what: &'static str, size: usize, rank: usize },
    /// The span does not fit the address arithmetic.
    #[error(
        "window {window} with dilation {dilation} on axis {axis} spans more than {limit} elements: use a smaller window or dilation"
    )]
    SpanOverflow { axis: usize, window: usize, dilation: usize, limit: usize },
    /// The dilated and padded axis does not fit the address arithmetic.
    #[error(
        "axis {axis} with {len} elements, base dilation {base_dilation} and pads {before} and {after} is longer than {limit}: pad or dilate it less"
    )]
    LineOverflow { axis: usize, len: usize, base_dilation: usize, before: isize, after: isize, limit: usize },
    /// More elements, or more bytes, than an address space holds.
    #[error("{what} of shape {shape:?} holds more than {limit} {unit}: ask for less at a time")]
    TooLarge { what: &'static str, shape: Vec<usize>, limit: usize, unit: &'static str },
    /// More bytes than memory can be had.
    #[error("{what} of shape {shape:?} needs {bytes} bytes of memory, which cannot be had: ask for less at a time")]
    OutOfMemory { what: &'static str, shape: Vec<usize>, bytes: usize },
    /// A pad mode that repeats elements, on an axis that has none.
    #[error("pad mode {mode} on axis {axis} has no element to repeat: use PadMode::Empty")]
    PadOfEmptyAxis { axis: usize, mode: &'static str },
    /// A slice that does not have as many elements as its shape says.
    #[error(
        "shape {shape:?} holds {expected} elements, but the slice has {found}: give sizes whose product is {found}"
    )]
    SliceLength { shape: Vec<usize>, expected: usize, found: usize },
    /// An output buffer that does not have as many elements as the result.
    #[error("the result of shape {shape:?} holds {expected} elements, but the buffer has {found}: make it that long")]
    BufferLength { shape: Vec<usize>, expected: usize, found: usize },
    /// A layout some index of which lies outside its slice.
    #[error("shape {shape:?} with strides {strides:?} and offset {offset} reaches outside a slice of {len} elements")]
    LayoutOutside { shape: Vec<usize>, strides: Vec<isize>, offset: usize, len: usize },
    /// A layout for mutation in which two indices may be the same element.
    #[error(
        "shape {shape:?} with strides {strides:?} may reach an element twice (axis {axis}): elements of a mutable view must be distinct"
    )]
    LayoutOverlaps { shape: Vec<usize>, strides: Vec<isize>, axis: usize },
    /// A stride of windows that does not fit the address arithmetic.
    #[error("stride {stride} on axis {axis} times {factor} is more than {}: no array has such strides", isize::MAX)]
    StrideOverflow { axis: usize, stride: isize, factor: isize },
    /// Two lists that must have one entry an axis.
    #[error("{what} has {found} entries, but the array has rank {rank}: give one for each axis")]
    RankMismatch { what: &'static str, found: usize, rank: usize },
    /// An array with fewer axes than its meaning needs.
    #[error("{what} of rank {rank}: it needs at least {least} axes, insert_axis(..) adds one")]
    RankTooLow { what: &'static str, rank: usize, least: usize },
    /// A picture that is not a whole number of patches.
    #[error(
        "axis {axis} has {len} elements, which is no multiple of patches of {window}: crop it, or choose Tail::Drop or Tail::Partial"
    )]
    NotWhole { axis: usize, len: usize, window: usize },
    /// Two shapes that must agree.
    #[error("{what} has shape {found:?}, but {expected:?} was planned")]
    ShapeMismatch { what: &'static str, expected: Vec<usize>, found: Vec<usize> },
    /// A reordering that is not one.
    #[error("{order:?} is not an order of {rank} axes: name every axis exactly once")]
    NotAnOrder { order: Vec<isize>, rank: usize },
    /// A slice of an axis that leaves it.
    #[error("a slice of {count} from {start} by {step} leaves axis {axis}, which has {len} elements")]
    SliceOutside { axis: usize, start: usize, step: isize, count: usize, len: usize },
    /// An axis of another length than one cannot be repeated.
    #[error("axis {axis} has {len} elements and cannot be broadcast: only an axis of 1 can")]
    NotBroadcast { axis: usize, len: usize },
    /// A strided view asked of windows that no strides describe.
    #[error("windows on axis {axis} {cause}: no strides describe them, use to_array() or copy_into()")]
    NotStrided { axis: usize, cause: Irregular },
    /// An empty cell of windows whose elements have no default.
    #[error(
        "cell {cell} of window {window} on axis {axis} is empty, and elements of this type have no default: give a value with fill(..)"
    )]
    EmptyCell { axis: usize, window: usize, cell: usize },
    /// Channels or outputs that groups do not share evenly.
    #[error("{count} {what} do not divide by {groups} groups: use a divisor of {count}")]
    Groups { what: &'static str, count: usize, groups: usize },
    /// An array and weights whose ranks do not go together.
    #[error("an array of rank {rank} cannot be convolved with weights of rank {weights}: {}", ConvRanks(*.weights))]
    ConvRank { rank: usize, weights: usize },
    /// Weights that do not fit the channels and the windows.
    #[error("weights of shape {found:?} do not fit {channels} channels in {groups} groups under windows of {window:?}: they must be {}", WeightsShape(*.channels / (*.groups).max(1), window, *.transposed))]
    WeightsShape { found: Vec<usize>, channels: usize, groups: usize, window: Vec<usize>, transposed: bool },
    /// Weights that fit the channels, were they where the array has another axis.
    #[error(
        "weights of shape {found:?} want {channels} channels, but axis {looked} has {has} and axis {axis} has {channels}: {}",
        if .axis > .looked { "say channels_last()" } else { "leave channels_last() out" }
    )]
    ChannelsElsewhere { found: Vec<usize>, channels: usize, looked: usize, has: usize, axis: usize },
    /// An output padding that would add whole windows.
    #[error("output padding {padding} on axis {axis} must be below its step {step} or its dilation {dilation}")]
    OutputPadding { axis: usize, padding: usize, step: usize, dilation: usize },
    /// A spatial axis without elements.
    #[error("axis {axis} has no elements: a convolution needs at least 1 along each of its axes")]
    EmptySpatial { axis: usize },
    /// A sum of integer products that might not fit its type.
    #[error(
        "a sum of {terms} products may leave the range of i32: at most {limit} fit, convolve fewer channels at a time"
    )]
    SumTooLong { terms: usize, limit: usize },
    /// A sum or product of integers that its type does not hold, of the first such window, or in a fold of the first such element.
    #[error("the {operation} at {index:?} does not fit {into}: {instead}")]
    DoesNotFit { operation: &'static str, index: Vec<usize>, into: &'static str, instead: &'static str },
    /// A mean of so many integers that their sum might not fit its accumulator.
    #[error(
        "a {operation} of {cells} elements of type {element} might overflow, at most {limit} are sure not to: use a smaller window, or reduce by an operation of your own"
    )]
    SumOverflow { operation: &'static str, element: &'static str, cells: usize, limit: usize },
    /// Windows of a request without axes where one is needed.
    #[error("{what} needs an axis to run along, but the request names none: unfold one, with a window of 1 if need be")]
    NothingUnfolded { what: &'static str },
    /// Mutable windows that would share elements.
    #[error(
        "windows of {window} by step {step} on axis {axis} share elements: mutable windows need distinct ones, use a step of at least {span}"
    )]
    WindowsOverlap { axis: usize, window: usize, step: usize, span: usize },
    /// Reserved slots that leave no room for tokens.
    #[error("{reserved} reserved slots leave no room in windows of {size}: reserve fewer, or use larger windows")]
    NoRoom { size: usize, reserved: usize },
    /// An overlap as large as the window, or as the room in it: of tokens, of tiles.
    #[error("an overlap of {overlap} is not below the {size} of a window: the next one would not move on")]
    Overlap { overlap: usize, size: usize },
    /// A step that leaves tokens between the windows.
    #[error("a step of {step} leaves tokens out between windows of {room}: step by {room} at most")]
    StepLeavesGaps { step: usize, room: usize },
    /// Windows of bytes that cannot be sure to move on without cutting a char.
    #[error(
        "windows of {room} bytes that move on by {step} may cut a char: move on by at least {least}, or count in chars"
    )]
    WindowBelowChar { room: usize, step: usize, least: usize },
    /// A window function of another length than the frames.
    #[error("the window function has {found} values, but a frame has {expected}: make them equally long")]
    WindowLength { found: usize, expected: usize },
    /// A parameter outside of its range: of a window function, a norm, a quantile, a divisor, a number of channels.
    #[error("{what} is {value}: it must be {range}")]
    Parameter { what: &'static str, value: f64, range: &'static str },
    /// A window function that does not fit the transform.
    #[error(
        "a window function of {window} values does not fit a transform of {n_fft} samples: shorten it, or use a larger n_fft"
    )]
    WindowTooLong { window: usize, n_fft: usize },
    /// Overlapped windows that do not add up to a constant.
    #[error(
        "overlapped windows at hop {hop} do not add up to a constant (COLA): sample {index} of a hop has {value}, the mean is {mean}; use Edges::Normalized, or another hop"
    )]
    NotCola { hop: usize, index: usize, value: f64, mean: f64 },
    /// Overlapped windows that cannot be divided out.
    #[error(
        "overlapped windows of {window} at hop {hop} cannot be divided out (NOLA): sample {index} of a hop has {value}; use a smaller hop, or a window without zeros"
    )]
    NotNola { hop: usize, window: usize, index: usize, value: f64 },
    /// A number of interleaved samples, or of rows of columns, that is no multiple of what it must be.
    #[error("{count} {what} are no multiple of {of} {unit}: {instead}")]
    NotMultiple { count: usize, what: &'static str, of: usize, unit: &'static str, instead: &'static str },
    /// Planar samples that do not match the channels.
    #[error(
        "{given} slices for {channels} channels, or slices of different lengths: give one for each channel, all equally long"
    )]
    ChannelLengths { given: usize, channels: usize },
    /// A block that is longer than the room left.
    #[error(
        "a block of {given} samples does not fit: there is room for {room} of {capacity}; take frames first, push {room} at most, or use process()"
    )]
    FramerFull { given: usize, room: usize, capacity: usize },
    /// Samples or frames after the end.
    #[error("the stream has ended: reset() starts a new one")]
    StreamEnded,
    /// A tail that moves windows which a stream no longer has.
    #[error("a stream cannot end with Tail::{tail}, which moves earlier windows: use Tail::Drop or Tail::Partial")]
    TailNeedsWhole { tail: &'static str },
    /// Padding that needs samples a stream does not have yet.
    #[error(
        "a stream cannot be padded by {before} and {after} with PadMode::{mode}: pad with PadMode::Empty, or not at all"
    )]
    StreamPadding { before: isize, after: isize, mode: &'static str },
    /// A window without an element, asked for something only elements have.
    #[error(
        "window {index:?} holds no element, so it has no {what}: pad less, or use a pad mode that repeats elements"
    )]
    EmptyWindow { what: &'static str, index: Vec<usize> },
    /// A rank no element of some window has.
    #[error("rank {rank} is outside of window {index:?}, which holds {held} elements: ranks count from 0")]
    RankOutside { rank: usize, held: usize, index: Vec<usize> },
    /// Indices that are not one for each value.
    #[error("indices have shape {found:?}, but the values have {expected:?}: give one index for each value")]
    IndicesShape { expected: Vec<usize>, found: Vec<usize> },
    /// An index that points outside of what it is an index of.
    #[error(
        "index {index} at {at:?} is outside of a plane of shape {plane:?}, which holds {len} elements: use the indices and the input shape of the pooling"
    )]
    IndexOutside { index: usize, at: Vec<usize>, plane: Vec<usize>, len: usize },
    /// A window moved so far that it leaves its own element.
    #[error("origin {origin} on axis {axis} moves a window of {window} off its element: use {} to {}", -(*.window as i128 / 2), (*.window as i128 - 1) / 2)]
    OriginOutside { axis: usize, origin: isize, window: usize },
    /// An element that no window covers, in a merge that has nothing to say of it.
    #[error(
        "no window covers index {index:?}, so the merge by {merge} has nothing there: give Merge::uncovered, or windows that reach it"
    )]
    Uncovered { index: Vec<usize>, merge: &'static str },
    /// Weights that cancel, or vanish, where they meet.
    #[error("the weights that meet at index {index:?} sum to {sum:?}: give a taper without zeros, or Merge::uncovered")]
    ZeroWeight { index: Vec<usize>, sum: f64 },
    /// An array or a matrix that im2col and col2im cannot read.
    #[error(
        "{what} of rank {rank} with {spatial} spatial axes: arrays are [N, C, spatial..] or [C, spatial..], matrices [N, rows, columns] or [rows, columns]"
    )]
    ColumnsRank { what: &'static str, rank: usize, spatial: usize },
    /// A scale that leaves a box with a part of an element.
    #[error(
        "a {what} of {value} on axis {axis} times {}/{} is not whole: use {}",
        .scale.0, .scale.1, Multiples(*.value, .scale.1)
    )]
    ScaleNotWhole { what: &'static str, axis: usize, value: usize, scale: (usize, usize) },
    /// A scale of zero, or over zero.
    #[error("the scale {}/{} on axis {axis} makes nothing of something: both numbers must be at least 1", .scale.0, .scale.1)]
    ZeroScale { axis: usize, scale: (usize, usize) },
    /// A number of channels for results that have no axis of channels, or several.
    #[error("{untiled} axes are not tiled, but channels need exactly 1: leave one axis out of the tiles")]
    TileChannels { untiled: usize },
    /// A tile that does not exist.
    #[error("tile {tile} is none of the {len} tiles: they are numbered from 0")]
    TileOutside { tile: usize, len: usize },
    /// A tile that was pushed before.
    #[error("tile {tile} was pushed before: the next one is tile {next}")]
    TileTwice { tile: usize, next: usize },
    /// A tile pushed before one in front of it.
    #[error("tile {tile} was pushed before tile {missing}: push all tiles in the order of their numbers")]
    TileOutOfOrder { tile: usize, missing: usize },
    /// Tiles that never came.
    #[error("tile {missing} is missing, and {left} of {len} in all: push every tile before the end")]
    TilesMissing { missing: usize, left: usize, len: usize },
    /// A run that its progress callback ended.
    #[error("stopped after {done} of {total} tiles, as the progress callback asked")]
    Stopped { done: usize, total: usize },
    /// A taper of another length than its window.
    #[error("a taper of {found} weights for the window of {window} on axis {axis}: give one for each cell")]
    TaperLength { axis: usize, found: usize, window: usize },
    /// A weight that is infinite or not a number.
    #[error("weight {at} of the taper on axis {axis} is not finite: every weight must be a number")]
    TaperNotFinite { axis: usize, at: usize },
    /// A box that is empty or leaves what it is a box of.
    #[error(
        "the box takes {start}..{end} of axis {axis}, but {what} has {len} there: take a range inside 0..{len} that is not empty"
    )]
    BoxOutside { what: &'static str, axis: usize, start: usize, end: usize, len: usize },
    /// Parts of zero results.
    #[error("the chunk on axis {axis} is 0: a part holds at least 1 result along every axis")]
    ZeroChunk { axis: usize },
    /// Parts that share a store's chunks.
    #[error("parts of {part} on axis {axis} share chunks of {chunk}: take a multiple of {chunk}, or a divisor")]
    NotAligned { axis: usize, part: usize, chunk: usize },
    /// An array that a picture's pixels cannot be read from.
    #[error("an array of shape {shape:?} is no picture of {channels} channels: it must be [height, width, {channels}]")]
    NotAPicture { shape: Vec<usize>, channels: usize },
}

impl Error {
    pub(crate) fn norm_order(p: f64) -> Error {
        let range = "above 0 (1 sums absolute values, 2 is Euclid's, infinity is the largest)";
        Error::Parameter { what: "p of a norm", value: p, range }
    }

    /// Refuses a quantile that is none.
    pub(crate) fn check_quantile(q: f64) -> Result<()> {
        if (0.0..=1.0).contains(&q) {
            return Ok(());
        }
        let range = "from 0, the minimum, over 0.5, the median, to 1, the maximum";
        Err(Error::Parameter { what: "the quantile", value: q, range })
    }

    pub(crate) fn zero_divisor() -> Error {
        let range = "at least 1 (or count the elements)";
        Error::Parameter { what: "the divisor of a mean", value: 0.0, range }
    }

    pub(crate) fn zero_batch() -> Error {
        Error::Parameter { what: "the number of tiles in a batch", value: 0.0, range: "at least 1" }
    }

    pub(crate) fn no_channels() -> Error {
        Error::Parameter { what: "the number of channels", value: 0.0, range: "at least 1" }
    }

    pub(crate) fn not_interleaved(samples: usize, channels: usize) -> Error {
        Error::NotMultiple {
            count: samples,
            what: "interleaved samples",
            of: channels,
            unit: "channels",
            instead: "pass all channels of a sample together",
        }
    }
}

/// Writes the multiples of a number that are nearest to another.
struct Multiples(usize, usize);

impl core::fmt::Display for Multiples {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let below = self.0 / self.1.max(1) * self.1;
        match (below, below.checked_add(self.1)) {
            (0, Some(above)) => write!(f, "{above}"),
            (below, Some(above)) => write!(f, "{below} or {above}"),
            (below, None) => write!(f, "{below}"),
        }
    }
}

/// Writes which axes there are.
struct AxisRange(usize);

impl core::fmt::Display for AxisRange {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            0 => write!(f, "no axis at all"),
            n => write!(f, "-{n} to {}", n - 1),
        }
    }
}

/// Writes the sizes that say how many axes of an array are spatial.
struct SpatialSizes(usize, usize);

impl core::fmt::Display for SpatialSizes {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let SpatialSizes(size, rank) = *self;
        let list = |n: usize| alloc::vec![size; n];
        f.write_str("give one an axis")?;
        match rank {
            0 | 1 => Ok(()),
            2 => write!(f, ", {:?} for [C, spatial]", list(1)),
            3 => write!(f, ", {:?} for [N, C, spatial] or {:?} for [C, spatial, spatial]", list(1), list(2)),
            _ => write!(f, ", {:?} for [N, C, spatial..] or {:?} for [C, spatial..]", list(rank - 2), list(rank - 1)),
        }
    }
}

/// Writes the shape weights must have.
struct WeightsShape<'a>(usize, &'a [usize], bool);

impl core::fmt::Display for WeightsShape<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.2 {
            false => write!(f, "[outputs, {}", self.0)?,
            true => write!(f, "[{} x groups, outputs / groups", self.0)?,
        }
        self.1.iter().try_for_each(|n| write!(f, ", {n}"))?;
        f.write_str("]")
    }
}

/// Writes the ranks an array may have for weights of some rank.
struct ConvRanks(usize);

impl core::fmt::Display for ConvRanks {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            0 | 1 => f.write_str("weights need an axis of outputs and one of channels"),
            w => write!(f, "it needs rank {w}, or {} without a batch axis", w - 1),
        }
    }
}
