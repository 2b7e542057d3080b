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
/// Every message names the axis, the numbers, the limit and the way out.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A window of zero elements.
    #[error("window on axis {axis} is 0: it must hold at least 1 element")]
    ZeroWindow {
        /// The axis of the array.
        axis: usize,
    },
    /// A step of zero.
    #[error("step on axis {axis} is 0: windows must start at least 1 element apart")]
    ZeroStep {
        /// The axis of the array.
        axis: usize,
    },
    /// A dilation of zero.
    #[error("dilation on axis {axis} is 0: use 1 for neighbouring elements")]
    ZeroDilation {
        /// The axis of the array.
        axis: usize,
    },
    /// A base dilation of zero.
    #[error("base dilation on axis {axis} is 0: use 1 for an array without holes")]
    ZeroBaseDilation {
        /// The axis of the array.
        axis: usize,
    },
    /// The window does not fit the padded axis.
    #[error(
        "window {window} spans {span} with dilation {dilation}, but axis {axis} has {len} elements{}: pad it, or use Tail::Partial",
        if *.padded { " with its padding" } else { "" }
    )]
    SpanTooLong {
        /// The axis of the array.
        axis: usize,
        /// The window asked for.
        window: usize,
        /// Its dilation.
        dilation: usize,
        /// `(window - 1) * dilation + 1`.
        span: usize,
        /// Elements on the axis, padding included.
        len: usize,
        /// Whether `len` differs from the array's own length.
        padded: bool,
    },
    /// An axis the array does not have.
    #[error("axis {axis} is out of range for an array of rank {rank}: use {}", AxisRange(*.rank))]
    AxisOutOfRange {
        /// The axis asked for; negative axes count from the end.
        axis: isize,
        /// How many axes the array has.
        rank: usize,
    },
    /// The same axis twice in one request.
    #[error("axis {axis} is named twice: unfold it once, and unfold the result again if you need to")]
    AxisTwice {
        /// The axis of the array.
        axis: usize,
    },
    /// Neither one number for all axes nor one for each.
    #[error("{given} numbers for {what}, but {axes} axes are unfolded: give one number for all, or one per axis")]
    CountMismatch {
        /// What the numbers are for.
        what: &'static str,
        /// How many were given.
        given: usize,
        /// How many axes are unfolded.
        axes: usize,
    },
    /// One number for the spatial axes of an array, of which nothing says how many there are.
    #[error(
        "{what} {size} in one number leaves open how many of {rank} axes are spatial: {}",
        SpatialSizes(*.size, *.rank)
    )]
    SpatialUnsaid {
        /// What the number is for.
        what: &'static str,
        /// The number.
        size: usize,
        /// The array's rank.
        rank: usize,
    },
    /// The span does not fit the address arithmetic.
    #[error(
        "window {window} with dilation {dilation} on axis {axis} spans more than {limit} elements: use a smaller window or dilation"
    )]
    SpanOverflow {
        /// The axis of the array.
        axis: usize,
        /// The window asked for.
        window: usize,
        /// Its dilation.
        dilation: usize,
        /// The longest span there can be.
        limit: usize,
    },
    /// The dilated and padded axis does not fit the address arithmetic.
    #[error(
        "axis {axis} with {len} elements, base dilation {base_dilation} and pads {before} and {after} is longer than {limit}: pad or dilate it less"
    )]
    LineOverflow {
        /// The axis of the array.
        axis: usize,
        /// Its elements.
        len: usize,
        /// Its base dilation.
        base_dilation: usize,
        /// Padding before the first element.
        before: isize,
        /// Padding behind the last element.
        after: isize,
        /// The longest line there can be.
        limit: usize,
    },
    /// More elements, or more bytes, than an address space holds.
    #[error("{what} of shape {shape:?} holds more than {limit} {unit}: ask for less at a time")]
    TooLarge {
        /// What has the shape.
        what: &'static str,
        /// The shape.
        shape: Vec<usize>,
        /// The most there can be.
        limit: usize,
        /// Elements or bytes.
        unit: &'static str,
    },
    /// More bytes than memory can be had.
    #[error("{what} of shape {shape:?} needs {bytes} bytes of memory, which cannot be had: ask for less at a time")]
    OutOfMemory {
        /// What has the shape.
        what: &'static str,
        /// The shape.
        shape: Vec<usize>,
        /// Its bytes.
        bytes: usize,
    },
    /// A pad mode that repeats elements, on an axis that has none.
    #[error("pad mode {mode} on axis {axis} has no element to repeat: use PadMode::Empty")]
    PadOfEmptyAxis {
        /// The axis of the array.
        axis: usize,
        /// The pad mode.
        mode: &'static str,
    },
    /// A slice that does not have as many elements as its shape says.
    #[error("shape {shape:?} holds {expected} elements, but the slice has {found}")]
    SliceLength {
        /// The shape asked for.
        shape: Vec<usize>,
        /// Its elements.
        expected: usize,
        /// The slice's elements.
        found: usize,
    },
    /// An output buffer that does not have as many elements as the result.
    #[error("the result of shape {shape:?} holds {expected} elements, but the buffer has {found}: make it that long")]
    BufferLength {
        /// The shape of the result.
        shape: Vec<usize>,
        /// Its elements.
        expected: usize,
        /// The buffer's elements.
        found: usize,
    },
    /// A layout some index of which lies outside its slice.
    #[error("shape {shape:?} with strides {strides:?} and offset {offset} reaches outside a slice of {len} elements")]
    LayoutOutside {
        /// The shape asked for.
        shape: Vec<usize>,
        /// The strides asked for.
        strides: Vec<isize>,
        /// Where the first element lies.
        offset: usize,
        /// The slice's elements.
        len: usize,
    },
    /// A layout for mutation in which two indices may be the same element.
    #[error(
        "shape {shape:?} with strides {strides:?} may reach an element twice (axis {axis}): elements of a mutable view must be distinct"
    )]
    LayoutOverlaps {
        /// The shape asked for.
        shape: Vec<usize>,
        /// The strides asked for.
        strides: Vec<isize>,
        /// The axis that runs into another.
        axis: usize,
    },
    /// A stride of windows that does not fit the address arithmetic.
    #[error("stride {stride} on axis {axis} times {factor} is more than {}: no array has such strides", isize::MAX)]
    StrideOverflow {
        /// The axis of the array.
        axis: usize,
        /// Its stride.
        stride: isize,
        /// How many elements the windows advance along it.
        factor: isize,
    },
    /// Two lists that must have one entry an axis.
    #[error("{what} has {found} entries, but the array has rank {rank}: give one for each axis")]
    RankMismatch {
        /// Which list.
        what: &'static str,
        /// Its entries.
        found: usize,
        /// The array's rank.
        rank: usize,
    },
    /// An array with fewer axes than its meaning needs.
    #[error("{what} of rank {rank}: it needs at least {least} axes")]
    RankTooLow {
        /// What the array is.
        what: &'static str,
        /// Its rank.
        rank: usize,
        /// The axes it needs.
        least: usize,
    },
    /// A picture that is not a whole number of patches.
    #[error(
        "axis {axis} has {len} elements, which is no multiple of patches of {window}: crop it, or choose Tail::Drop or Tail::Partial"
    )]
    NotWhole {
        /// The axis of the array.
        axis: usize,
        /// Its elements.
        len: usize,
        /// The patch's.
        window: usize,
    },
    /// Two shapes that must agree.
    #[error("{what} has shape {found:?}, but {expected:?} was planned")]
    ShapeMismatch {
        /// What has the wrong shape.
        what: &'static str,
        /// The planned shape.
        expected: Vec<usize>,
        /// The shape found.
        found: Vec<usize>,
    },
    /// A reordering that is not one.
    #[error("{order:?} is not an order of {rank} axes: name every axis exactly once")]
    NotAnOrder {
        /// The order asked for.
        order: Vec<isize>,
        /// The axes there are.
        rank: usize,
    },
    /// A slice of an axis that leaves it.
    #[error("a slice of {count} from {start} by {step} leaves axis {axis}, which has {len} elements")]
    SliceOutside {
        /// The axis of the array.
        axis: usize,
        /// Where the slice starts.
        start: usize,
        /// Its step.
        step: isize,
        /// Its elements.
        count: usize,
        /// The axis's elements.
        len: usize,
    },
    /// An axis of another length than one cannot be repeated.
    #[error("axis {axis} has {len} elements and cannot be broadcast: only an axis of 1 can")]
    NotBroadcast {
        /// The axis of the array.
        axis: usize,
        /// Its elements.
        len: usize,
    },
    /// A strided view asked of windows that no strides describe.
    #[error("windows on axis {axis} {cause}: no strides describe them, use to_array() or copy_into()")]
    NotStrided {
        /// The axis of the array.
        axis: usize,
        /// Why.
        cause: Irregular,
    },
    /// An empty cell of windows whose elements have no default.
    #[error(
        "cell {cell} of window {window} on axis {axis} is empty, and elements of this type have no default: give a value with fill(..)"
    )]
    EmptyCell {
        /// The axis of the array.
        axis: usize,
        /// The first such window along it.
        window: usize,
        /// Its first such cell.
        cell: usize,
    },
    /// Channels or outputs that groups do not share evenly.
    #[error("{count} {what} do not divide by {groups} groups: use a divisor of {count}")]
    Groups {
        /// Channels or outputs.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// The groups asked for.
        groups: usize,
    },
    /// An array and weights whose ranks do not go together.
    #[error("an array of rank {rank} cannot be convolved with weights of rank {weights}: {}", ConvRanks(*.weights))]
    ConvRank {
        /// The array's rank.
        rank: usize,
        /// The weights' rank.
        weights: usize,
    },
    /// Weights that do not fit the channels and the windows.
    #[error("weights of shape {found:?} do not fit {channels} channels in {groups} groups under windows of {window:?}: they must be {}", WeightsShape(*.channels / (*.groups).max(1), window, *.transposed))]
    WeightsShape {
        /// The weights' shape.
        found: Vec<usize>,
        /// The input's channels.
        channels: usize,
        /// The groups.
        groups: usize,
        /// The windows' sizes.
        window: Vec<usize>,
        /// Whether for a transposed convolution, whose weights have the input's channels first.
        transposed: bool,
    },
    /// An output padding that would add whole windows.
    #[error("output padding {padding} on axis {axis} must be below its step {step} or its dilation {dilation}")]
    OutputPadding {
        /// The axis of the array.
        axis: usize,
        /// The output padding asked for.
        padding: usize,
        /// The step.
        step: usize,
        /// The dilation.
        dilation: usize,
    },
    /// A spatial axis without elements.
    #[error("axis {axis} has no elements: a convolution needs at least 1 along each of its axes")]
    EmptySpatial {
        /// The axis of the array.
        axis: usize,
    },
    /// A sum of integer products that might not fit its type.
    #[error(
        "a sum of {terms} products may leave the range of i32: at most {limit} fit, convolve fewer channels at a time"
    )]
    SumTooLong {
        /// Products in a sum.
        terms: usize,
        /// How many are sure to fit.
        limit: usize,
    },
    /// A sum or product of integers that its type does not hold.
    #[error(
        "the {operation} of window {index:?} does not fit {into}: convert the elements to a float first, or reduce by WrappingSum or WrappingProduct"
    )]
    DoesNotFit {
        /// What was asked for.
        operation: &'static str,
        /// The first such window.
        index: Vec<usize>,
        /// The type of the result.
        into: &'static str,
    },
    /// A mean of so many integers that their sum might not fit its accumulator.
    #[error(
        "a {operation} of {cells} elements of type {element} might overflow, at most {limit} are sure not to: use a smaller window, or reduce by an operation of your own"
    )]
    SumOverflow {
        /// What was asked for.
        operation: &'static str,
        /// The type of the elements.
        element: &'static str,
        /// Cells of a window.
        cells: usize,
        /// How many always fit.
        limit: usize,
    },
    /// Windows of a request without axes where one is needed.
    #[error("{what} needs an axis to run along, but the request names none: unfold one, with a window of 1 if need be")]
    NothingUnfolded {
        /// What was asked for.
        what: &'static str,
    },
    /// Mutable windows that would share elements.
    #[error(
        "windows of {window} by step {step} on axis {axis} share elements: mutable windows need distinct ones, use a step of at least {span}"
    )]
    WindowsOverlap {
        /// The axis of the array.
        axis: usize,
        /// The window.
        window: usize,
        /// The step.
        step: usize,
        /// The step that keeps them apart.
        span: usize,
    },
    /// Reserved slots that leave no room for tokens.
    #[error("{reserved} reserved slots leave no room in windows of {size}: reserve fewer, or use larger windows")]
    NoRoom {
        /// The window's size.
        size: usize,
        /// Its reserved slots.
        reserved: usize,
    },
    /// An overlap as large as the window.
    #[error("an overlap of {overlap} is not below the {room} tokens of a window: the next one would not move on")]
    OverlapTooLarge {
        /// The overlap.
        overlap: usize,
        /// Tokens in a window, without reserved slots.
        room: usize,
    },
    /// A step that leaves tokens between the windows.
    #[error("a step of {step} leaves tokens out between windows of {room}: step by {room} at most")]
    StepLeavesGaps {
        /// The step.
        step: usize,
        /// Tokens in a window, without reserved slots.
        room: usize,
    },
    /// Windows of bytes that cannot be sure to move on without cutting a char.
    #[error(
        "windows of {room} bytes that move on by {step} may cut a char: move on by at least {least}, or count in chars"
    )]
    WindowBelowChar {
        /// Bytes in a window, without reserved slots.
        room: usize,
        /// Bytes the windows move on by.
        step: usize,
        /// The least they may.
        least: usize,
    },
    /// Series whose targets lie nowhere.
    #[error("a horizon of 0 is inside the window: use 1 for the next step")]
    ZeroHorizon,
    /// A window function of another length than the frames.
    #[error("the window function has {found} values, but a frame has {expected}: make them equally long")]
    WindowLength {
        /// Values given.
        found: usize,
        /// Values needed.
        expected: usize,
    },
    /// A parameter of a window function outside its range.
    #[error("{what} is {value}: it must be {range}")]
    WindowParameter {
        /// Which parameter of which window function.
        what: &'static str,
        /// Its value.
        value: f64,
        /// What it may be.
        range: &'static str,
    },
    /// A window function that does not fit the transform.
    #[error(
        "a window function of {window} values does not fit a transform of {n_fft} samples: shorten it, or use a larger n_fft"
    )]
    WindowTooLong {
        /// Its values.
        window: usize,
        /// The transform's samples.
        n_fft: usize,
    },
    /// Overlapped windows that do not add up to a constant.
    #[error(
        "overlapped windows at hop {hop} do not add up to a constant (COLA): sample {index} of a hop has {value}, the mean is {mean}; use Edges::Normalized, or another hop"
    )]
    NotCola {
        /// The hop.
        hop: usize,
        /// The sample of the hop that is farthest from the mean.
        index: usize,
        /// What the windows add up to there.
        value: f64,
        /// What they add up to on average.
        mean: f64,
    },
    /// Overlapped windows that cannot be divided out.
    #[error(
        "overlapped windows of {window} at hop {hop} cannot be divided out (NOLA): sample {index} of a hop has {value}; use a smaller hop, or a window without zeros"
    )]
    NotNola {
        /// The hop.
        hop: usize,
        /// The window's length.
        window: usize,
        /// The sample of the hop that is nearest to zero.
        index: usize,
        /// What the weights add up to there.
        value: f64,
    },
    /// No channels at all.
    #[error("0 channels: there must be at least 1")]
    NoChannels,
    /// Interleaved samples that do not divide into channels.
    #[error(
        "{len} interleaved samples are not a whole number for each of {channels} channels: pass all channels of a sample together"
    )]
    NotInterleaved {
        /// Samples given.
        len: usize,
        /// The channels.
        channels: usize,
    },
    /// Planar samples that do not match the channels.
    #[error(
        "{given} slices for {channels} channels, or slices of different lengths: give one for each channel, all equally long"
    )]
    ChannelLengths {
        /// Slices given.
        given: usize,
        /// The channels.
        channels: usize,
    },
    /// A block that is longer than the room left.
    #[error(
        "a block of {given} samples does not fit: there is room for {room} of {capacity}; take frames first, push {room} at most, or use process()"
    )]
    FramerFull {
        /// Samples given, of each channel.
        given: usize,
        /// Samples that would have been taken.
        room: usize,
        /// Samples that fit when none wait.
        capacity: usize,
    },
    /// Samples or frames after the end.
    #[error("the stream has ended: reset() starts a new one")]
    StreamEnded,
    /// A tail that moves windows which a stream no longer has.
    #[error("a stream cannot end with Tail::{tail}, which moves earlier windows: use Tail::Drop or Tail::Partial")]
    TailNeedsWhole {
        /// The tail asked for.
        tail: &'static str,
    },
    /// Padding that needs samples a stream does not have yet.
    #[error(
        "a stream cannot be padded by {before} and {after} with PadMode::{mode}: pad with PadMode::Empty, or not at all"
    )]
    StreamPadding {
        /// Padding before the first sample.
        before: isize,
        /// Padding behind the last sample.
        after: isize,
        /// What it should hold.
        mode: &'static str,
    },
    /// A window without an element, asked for something only elements have.
    #[error(
        "window {index:?} holds no element, so it has no {what}: pad less, or use a pad mode that repeats elements"
    )]
    EmptyWindow {
        /// What was asked for.
        what: &'static str,
        /// The first such window, as an index of the result.
        index: Vec<usize>,
    },
    /// A rank no element of some window has.
    #[error("rank {rank} is outside of window {index:?}, which holds {held} elements: ranks count from 0")]
    RankOutside {
        /// The rank asked for.
        rank: usize,
        /// How many elements the window holds.
        held: usize,
        /// The first such window, as an index of the result.
        index: Vec<usize>,
    },
    /// A quantile that is no fraction.
    #[error("quantile {q} is outside of 0 to 1: 0 is the minimum, 0.5 the median, 1 the maximum")]
    QuantileOutside {
        /// The quantile asked for.
        q: f64,
    },
    /// Indices that are not one for each value.
    #[error("indices have shape {found:?}, but the values have {expected:?}: give one index for each value")]
    IndicesShape {
        /// The values' shape.
        expected: Vec<usize>,
        /// The indices' shape.
        found: Vec<usize>,
    },
    /// An index that points outside of what it is an index of.
    #[error(
        "index {index} at {at:?} is outside of a plane of shape {plane:?}, which holds {len} elements: use the indices and the input shape of the pooling"
    )]
    IndexOutside {
        /// The index.
        index: usize,
        /// Where it stands.
        at: Vec<usize>,
        /// The shape of what it should point into.
        plane: Vec<usize>,
        /// How many elements that has.
        len: usize,
    },
    /// A divisor of zero.
    #[error("the divisor of a mean is 0: use at least 1, or count elements")]
    ZeroDivisor,
    /// A window moved so far that it leaves its own element.
    #[error("origin {origin} on axis {axis} moves a window of {window} off its element: use {} to {}", -(*.window as i128 / 2), (*.window as i128 - 1) / 2)]
    OriginOutside {
        /// The axis of the array.
        axis: usize,
        /// The origin asked for.
        origin: isize,
        /// The window.
        window: usize,
    },
    /// A norm that is none.
    #[error("norm of p = {p}: p must be above 0 (1 sums absolute values, 2 is Euclid's, infinity is the largest)")]
    NormOrder {
        /// The p asked for.
        p: f64,
    },
    /// An element that no window covers, in a merge that has nothing to say of it.
    #[error(
        "no window covers index {index:?}, so the merge by {merge} has nothing there: give Merge::uncovered, or windows that reach it"
    )]
    Uncovered {
        /// The first such element.
        index: Vec<usize>,
        /// The merge.
        merge: &'static str,
    },
    /// Weights that cancel, or vanish, where they meet.
    #[error("the weights that meet at index {index:?} sum to {sum:?}: give a taper without zeros, or Merge::uncovered")]
    ZeroWeight {
        /// The first such element.
        index: Vec<usize>,
        /// The sum.
        sum: f64,
    },
    /// An array or a matrix that im2col and col2im cannot read.
    #[error(
        "{what} of rank {rank} with {spatial} spatial axes: arrays are [N, C, spatial..] or [C, spatial..], matrices [N, rows, columns] or [rows, columns]"
    )]
    ColumnsRank {
        /// What has the wrong rank.
        what: &'static str,
        /// Its rank.
        rank: usize,
        /// The spatial axes there are.
        spatial: usize,
    },
    /// Rows of a matrix of columns that are not whole windows.
    #[error(
        "{rows} rows of columns are not a whole number of windows of {cells} cells: there must be channels * {cells}"
    )]
    ColumnRows {
        /// The matrix's rows.
        rows: usize,
        /// Cells of a window.
        cells: usize,
    },
    /// Tiles that would not move on.
    #[error("tiles of {size} cannot overlap by {overlap}: the overlap must be below the size")]
    TileOverlap {
        /// A tile's size.
        size: usize,
        /// The overlap asked for.
        overlap: usize,
    },
    /// A taper of another length than its window.
    #[error("a taper of {found} weights for the window of {window} on axis {axis}: give one for each cell")]
    TaperLength {
        /// The axis of the array.
        axis: usize,
        /// The weights given.
        found: usize,
        /// The window.
        window: usize,
    },
    /// A weight that is infinite or not a number.
    #[error("weight {at} of the taper on axis {axis} is not finite: every weight must be a number")]
    TaperNotFinite {
        /// The axis of the array.
        axis: usize,
        /// The cell.
        at: usize,
    },
    /// An integer fold whose result its type cannot hold.
    #[error("the {merge} at index {index:?} leaves the range of the integers folded: use fold_wide")]
    FoldRange {
        /// The first such element.
        index: Vec<usize>,
        /// The merge.
        merge: &'static str,
    },
    /// A box that is empty or leaves what it is a box of.
    #[error(
        "the box takes {start}..{end} of axis {axis}, but {what} has {len} there: take a range inside 0..{len} that is not empty"
    )]
    BoxOutside {
        /// What it is a box of.
        what: &'static str,
        /// The axis.
        axis: usize,
        /// The range's start.
        start: usize,
        /// The range's end.
        end: usize,
        /// What there is along the axis.
        len: usize,
    },
    /// Parts of zero results.
    #[error("the chunk on axis {axis} is 0: a part holds at least 1 result along every axis")]
    ZeroChunk {
        /// The axis of the result.
        axis: usize,
    },
    /// Parts that share a store's chunks.
    #[error("parts of {part} on axis {axis} share chunks of {chunk}: take a multiple of {chunk}, or a divisor")]
    NotAligned {
        /// The axis of the result.
        axis: usize,
        /// Results of a part along it.
        part: usize,
        /// Results of a chunk.
        chunk: usize,
    },
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
