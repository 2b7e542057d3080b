//! One unfolded axis with every number resolved: the only size formula, and where each cell of each window is read.
//!
//! An axis of `n` elements becomes a *line*: base dilation puts holes between the elements (`n' = (n - 1) * base + 1`),
//! negative pads crop it, positive pads lengthen it. Positions on the line count from the first element, so the
//! leading padding has negative ones. Windows start at [`AxisPlan::start`] and touch every `dilation`-th position.

mod whole;

use super::lists::LIMIT;
use super::{PadMode, Tail};
use crate::error::{Error, Irregular, Result};
use core::ops::Range;

/// What stands in one cell of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// The element with this index along the array's axis.
    Element(usize),
    /// Padding without an element; `Windows::fill` puts a value there, which then counts.
    Pad,
    /// A hole of the base dilation or an overhang: copies write zero or the fill, reductions never count it.
    Gap,
}

/// The numbers asked for one axis, before a length is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AxisSpec {
    pub(crate) window: usize,
    pub(crate) step: usize,
    pub(crate) dilation: usize,
    pub(crate) base: usize,
    pub(crate) pads: Pads,
    pub(crate) mode: PadMode,
    pub(crate) tail: Tail,
}

/// How much padding is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pads {
    Numbers(isize, isize),
    Same,
    SameLower,
    Full,
}

/// The axis a part of it was cut from, in the part's positions. An axis that is no part is its own whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Whole {
    /// Elements of the axis, and which of them the part's first one is.
    len: usize,
    offset: usize,
    /// Windows along it, and which of them the part's first one is.
    count: usize,
    first: usize,
    /// Its line, which is what borders are mirrored at.
    line: (isize, isize),
    /// Starts that are spread out are multiples of this.
    unit: usize,
}

/// One unfolded axis of a [`Plan`](super::Plan): how many windows there are and where each of them lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AxisPlan {
    axis: usize,
    len: usize,
    window: usize,
    step: usize,
    dilation: usize,
    base: usize,
    mode: PadMode,
    tail: Tail,
    before: isize,
    after: isize,
    span: usize,
    count: usize,
    /// The positions that are elements or holes, after cropping; of a part, those its array holds.
    line: (isize, isize),
    /// Where the padded line ends; what lies behind it is overhang.
    end: isize,
    whole: Whole,
}

impl AxisPlan {
    /// Resolves `spec` on axis `axis` of `len` elements; the one place where sizes are computed.
    #[inline]
    pub(crate) fn new(axis: usize, len: usize, spec: AxisSpec) -> Result<Self> {
        let AxisSpec { window, step, dilation, base, pads, mode, tail } = spec;
        if window == 0 {
            return Err(Error::ZeroWindow { axis });
        }
        if step == 0 {
            return Err(Error::ZeroStep { axis });
        }
        if dilation == 0 {
            return Err(Error::ZeroDilation { axis });
        }
        if base == 0 {
            return Err(Error::ZeroBaseDilation { axis });
        }
        let span = match (window - 1).checked_mul(dilation) {
            Some(s) if s < LIMIT => s + 1,
            _ => return Err(Error::SpanOverflow { axis, window, dilation, limit: LIMIT }),
        };
        let overflow =
            |before, after| Error::LineOverflow { axis, len, base_dilation: base, before, after, limit: LIMIT };
        let dilated = match len.saturating_sub(1).checked_mul(base) {
            Some(n) if n < LIMIT => n + len.min(1),
            _ => return Err(overflow(0, 0)),
        };
        let (before, after) = resolve(pads, dilated, span, step);
        if before.unsigned_abs() > LIMIT || after.unsigned_abs() > LIMIT {
            return Err(overflow(before, after));
        }
        let end = dilated as isize + after;
        let total = before + end;
        if total > LIMIT as isize {
            return Err(overflow(before, after));
        }
        let line = ((-before).max(0), end.min(dilated as isize));
        if mode != PadMode::Empty && line.0 >= line.1 && total > 0 {
            return Err(Error::PadOfEmptyAxis { axis, mode: mode.name() });
        }
        let total = total.max(0) as usize;
        let visible = (before + line.1).max(0) as usize;
        let holds = line.0 < line.1;
        let count = match count(total, span, step, tail, visible, holds) {
            Some(count) => count,
            None => {
                let padded = total != len;
                return Err(Error::SpanTooLong { axis, window, dilation, span, len: total, padded });
            }
        };
        // Longer distances are walked by nobody: there is one window, one tap, one element. Capped, one of them can be
        // added to any position.
        let (step, dilation, base) = (step.min(LIMIT), dilation.min(LIMIT), base.min(LIMIT));
        let whole = Whole { len, offset: 0, count, first: 0, line, unit: 1 };
        Ok(AxisPlan {
            axis,
            len,
            window,
            step,
            dilation,
            base,
            mode,
            tail,
            before,
            after,
            span,
            count,
            line,
            end,
            whole,
        })
    }

    /// Which axis of the array this is.
    #[inline]
    pub fn axis(&self) -> usize {
        self.axis
    }

    /// The same windows along another axis of the same length.
    pub(crate) fn on_axis(self, axis: usize) -> Self {
        AxisPlan { axis, ..self }
    }

    /// Elements on the array's axis.
    #[inline]
    #[allow(clippy::len_without_is_empty)] // the length of an axis, not of a collection
    pub fn len(&self) -> usize {
        self.len
    }

    /// Elements of a window.
    #[inline]
    pub fn window(&self) -> usize {
        self.window
    }

    /// Distance asked for between the starts of neighbouring windows.
    #[inline]
    pub fn step(&self) -> usize {
        self.step
    }

    /// Distance between neighbouring elements inside a window.
    #[inline]
    pub fn dilation(&self) -> usize {
        self.dilation
    }

    /// Distance the elements of the input are drawn apart to.
    #[inline]
    pub fn base_dilation(&self) -> usize {
        self.base
    }

    /// Padding `(before, after)` of the whole axis, resolved to numbers; negative ones crop.
    #[inline]
    pub fn pads(&self) -> (isize, isize) {
        (self.before - (self.whole.offset * self.base) as isize, self.after)
    }

    /// What the padding holds.
    #[inline]
    pub fn pad_mode(&self) -> PadMode {
        self.mode
    }

    /// What happens behind the last whole window.
    #[inline]
    pub fn tail(&self) -> Tail {
        self.tail
    }

    /// Extent a window covers: `(window - 1) * dilation + 1`.
    #[inline]
    pub fn span(&self) -> usize {
        self.span
    }

    /// Where the padded line ends; what lies behind it is overhang.
    #[inline]
    pub(crate) fn end(&self) -> isize {
        self.end
    }

    /// How many windows there are.
    #[inline]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The positions on the line that are elements (or holes between them): `0..n'`, less what negative pads crop.
    #[inline]
    pub fn line(&self) -> Range<isize> {
        self.line.0..self.line.1
    }

    /// Where window `i` starts on the line, counted from the first element; negative in the leading padding.
    ///
    /// # Panics
    /// If `i` is not below [`count`](Self::count).
    #[inline]
    pub fn start(&self, i: usize) -> isize {
        assert!(i < self.count, "window {i} of {}", self.count);
        self.start_of(i)
    }

    /// [`start`](Self::start) for an `i` already known to be a window.
    #[inline]
    pub(crate) fn start_of(&self, i: usize) -> isize {
        let free = (self.before + self.end) as usize;
        let i = self.whole.first + i;
        let from = match self.tail {
            Tail::Drop | Tail::Partial => i * self.step,
            Tail::ShiftBack => (i * self.step).min(free - self.span),
            Tail::Spread if self.whole.count == 1 => 0,
            Tail::Spread => {
                let (unit, intervals) = (self.whole.unit, (self.whole.count - 1) as u128);
                (i as u128 * ((free - self.span) / unit) as u128 / intervals) as usize * unit
            }
        };
        from as isize - self.before
    }

    /// Where the first window starts, or would.
    #[inline]
    pub(super) fn first_start(&self) -> isize {
        if self.count > 0 { self.start_of(0) } else { -self.before }
    }

    /// The distance between neighbouring starts, if it is the same everywhere.
    #[inline]
    pub(crate) fn even_step(&self) -> Option<usize> {
        // All but the last one, which a part need not have.
        let shifted = || self.tail == Tail::ShiftBack && self.whole.first + self.count < self.whole.count;
        self.whole_step().or_else(|| shifted().then_some(self.step))
    }

    /// [`even_step`](Self::even_step) of the axis this is a part of.
    #[inline]
    pub(crate) fn whole_step(&self) -> Option<usize> {
        match self.tail {
            Tail::Drop | Tail::Partial => Some(self.step),
            _ if self.whole.count < 2 => Some(self.step),
            tail => {
                let last = (self.before + self.end) as usize - self.span;
                let intervals = self.whole.count - 1;
                match tail {
                    _ if intervals == 1 => Some(last),
                    Tail::ShiftBack if last == intervals * self.step => Some(self.step),
                    Tail::Spread if last.is_multiple_of(intervals * self.whole.unit) => Some(last / intervals),
                    _ => None,
                }
            }
        }
    }

    /// What stands in cell `j` of window `i`.
    ///
    /// # Panics
    /// If `i` is not below [`count`](Self::count) or `j` not below [`window`](Self::window).
    #[inline]
    pub fn cell(&self, i: usize, j: usize) -> Cell {
        assert!(i < self.count && j < self.window, "cell {j} of window {i}: {self:?}");
        self.at(self.start_of(i) + (j * self.dilation) as isize)
    }

    /// What stands at a position of the line.
    #[inline]
    pub(crate) fn at(&self, position: isize) -> Cell {
        let here = self.line.0..self.line.1;
        let (low, high) = self.whole.line;
        let position = if position >= self.end {
            return Cell::Gap;
        } else if here.contains(&position) {
            position
        } else if low >= high {
            return Cell::Pad;
        } else {
            match self.mode.source(position - low, high - low) {
                Some(p) => p + low,
                _ => return Cell::Pad,
            }
        };
        if self.base != 1 && position.rem_euclid(self.base as isize) != 0 {
            Cell::Gap
        } else if here.contains(&position) {
            Cell::Element(position as usize / self.base)
        } else {
            // An element a part does not hold, because none of its windows reads it.
            Cell::Pad
        }
    }

    /// The windows that lie wholly inside the data: no padding, no overhang.
    pub fn interior(&self) -> Range<usize> {
        let (low, high) = self.whole.line;
        let span = self.span as isize;
        if span > high - low {
            return 0..0;
        }
        let first = self.first_start_from(low);
        let last = self.first_start_from(high - span + 1);
        first..last.max(first)
    }

    /// The windows whose span covers a position of the line.
    pub(crate) fn covering(&self, position: isize) -> Range<usize> {
        let from = self.first_start_from(position - (self.span as isize - 1));
        from..self.first_start_from(position.saturating_add(1)).max(from)
    }

    /// How many windows start before `position`.
    pub(super) fn first_start_from(&self, position: isize) -> usize {
        if let Some(step) = self.even_step() {
            let from = position.saturating_sub(self.first_start()).max(0) as usize;
            return from.div_ceil(step.max(1)).min(self.count);
        }
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.start_of(middle) < position { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// Whether strides describe the windows; else why not.
    #[inline]
    pub(crate) fn irregular(&self) -> Option<Irregular> {
        if self.base != 1 && self.len > 1 {
            return Some(Irregular::Holes);
        }
        if self.count == 0 {
            return None;
        }
        let last = self.start_of(self.count - 1) + self.span as isize;
        if self.start_of(0) < self.line.0 || (last > self.line.1 && self.end > self.line.1) {
            return Some(Irregular::Padding);
        }
        if last > self.line.1 {
            return Some(Irregular::Overhang);
        }
        if self.even_step().is_none() {
            return Some(Irregular::UnevenStarts);
        }
        None
    }

    /// Whether the cells are elements exactly where start plus tap lies on the [`line`](Self::line): even starts, no holes,
    /// and nothing but emptiness outside.
    pub(crate) fn is_clipped(&self) -> bool {
        let even = self.even_step().is_some() && (self.base == 1 || self.len <= 1);
        let empty = self.mode == PadMode::Empty || matches!(self.irregular(), None | Some(Irregular::Overhang));
        even && empty
    }
}

/// Pads as numbers. `Same` gives `ceil(n' / step)` windows, the odd element behind (`SameLower`: before).
#[inline]
fn resolve(pads: Pads, dilated: usize, span: usize, step: usize) -> (isize, isize) {
    let same = || {
        let total = match dilated.div_ceil(step) {
            // No window is wanted, and the padding leaves room for none.
            0 => span.saturating_sub(step),
            count => ((count - 1) * step + span).saturating_sub(dilated),
        };
        ((total / 2) as isize, (total - total / 2) as isize)
    };
    match pads {
        Pads::Numbers(before, after) => (before, after),
        Pads::Same => same(),
        Pads::SameLower => {
            let (less, more) = same();
            (more, less)
        }
        Pads::Full => (span as isize - 1, span as isize - 1),
    }
}

/// How many windows lie on a padded line of `total` positions: the size formula.
///
/// `visible` is the leading padding and the data together; `holds` tells whether the line has an element at all.
/// `None` where the span is longer than the line and may not overhang.
#[inline]
fn count(total: usize, span: usize, step: usize, tail: Tail, visible: usize, holds: bool) -> Option<usize> {
    if tail == Tail::Partial {
        let reaching = match total.checked_sub(span) {
            Some(free) => free.div_ceil(step) + 1,
            // -(span - total) / step, rounded up, is -((span - total) / step rounded down).
            None => 1usize.saturating_sub((span - total) / step),
        };
        return Some(reaching.min(visible.div_ceil(step)).max(holds as usize));
    }
    let free = total.checked_sub(span)?;
    Some(if tail == Tail::Drop { free / step + 1 } else { free.div_ceil(step) + 1 })
}
