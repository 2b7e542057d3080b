//! Windows over any indexable sequence, as ranges.

use crate::error::{Error, Result};
use crate::spec::{AxisPlan, Tail, unfold};
use alloc::vec::Vec;
use core::ops::Range;

/// How a long sequence of tokens is cut into windows a model or an index takes.
///
/// ```text
/// 10 tokens, size 4, overlap 1      full                fresh
/// window 0                          0 1 2 3             0 1 2 3
/// window 1                                3 4 5 6         4 5 6
/// window 2                                      6 7 8 9     7 8 9
/// ```
///
/// The windows cover every token, none lies wholly inside the one before it, and their `fresh` ranges partition the
/// sequence: to score or count every token once, take from each window what is fresh.
///
/// ```
/// use ndwindow::text::TokenWindows;
///
/// // 512 positions of which a model's two special tokens take their share, 64 tokens of context carried over.
/// let plan = TokenWindows::new(512).reserve(2).overlap(64).plan(1000)?;
/// let ranges: Vec<_> = plan.iter().map(|w| (w.full, w.fresh)).collect();
/// assert_eq!(ranges, [(0..510, 0..510), (446..956, 510..956), (892..1000, 956..1000)]);
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct TokenWindows {
    size: usize,
    reserved: usize,
    advance: Advance,
    align: Align,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Advance {
    Step(usize),
    Overlap(usize),
}

/// Where the windows stand when they do not come out even.
///
/// ```text
/// 9 tokens, size 4, step 3
/// Left    0123 3456 678.       the last window is shorter
/// Right   012. 2345 5678       the first window is shorter
/// Full    0123 3456 5678       the last window moves back and overlaps more
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Align {
    /// The first window starts at the first token; the last one may be shorter.
    #[default]
    Left,
    /// The last window ends at the last token; the first one may be shorter.
    Right,
    /// As `Left`, but the last window moves back until it is full; only a sequence shorter than a window gives a
    /// shorter one.
    Full,
}

/// One window over a sequence, as ranges of its indices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenWindow {
    /// The group (document) it lies in; 0 where there are no groups.
    pub group: usize,
    /// All tokens of the window.
    pub full: Range<usize>,
    /// Those that no window before it covers.
    pub fresh: Range<usize>,
}

impl TokenWindows {
    /// Windows of `size` tokens side by side.
    pub fn new(size: usize) -> Self {
        TokenWindows { size, reserved: 0, advance: Advance::Overlap(0), align: Align::Left }
    }

    /// Keeps `slots` of the `size` positions of each window free, for special tokens or a prompt.
    pub fn reserve(mut self, slots: usize) -> Self {
        self.reserved = slots;
        self
    }

    /// Lets a window begin with the last `tokens` tokens of the one before it.
    pub fn overlap(mut self, tokens: usize) -> Self {
        self.advance = Advance::Overlap(tokens);
        self
    }

    /// Starts windows `step` tokens apart: the other way to say [`overlap`](Self::overlap).
    pub fn step(mut self, step: usize) -> Self {
        self.advance = Advance::Step(step);
        self
    }

    /// Which end the windows are aligned to.
    pub fn align(mut self, align: Align) -> Self {
        self.align = align;
        self
    }

    /// Tokens in a window, less the reserved slots, and how far apart windows start.
    pub(super) fn resolve(&self) -> Result<(usize, usize)> {
        let room = self.size.saturating_sub(self.reserved);
        if self.size == 0 {
            return Err(Error::ZeroWindow { axis: 0 });
        }
        if room == 0 {
            return Err(Error::NoRoom { size: self.size, reserved: self.reserved });
        }
        match self.advance {
            Advance::Step(0) => Err(Error::ZeroStep { axis: 0 }),
            Advance::Step(step) if step > room => Err(Error::StepLeavesGaps { step, room }),
            Advance::Step(step) => Ok((room, step)),
            Advance::Overlap(overlap) if overlap >= room => Err(Error::Overlap { overlap, size: room }),
            Advance::Overlap(overlap) => Ok((room, room - overlap)),
        }
    }

    /// The windows over a sequence of `len` tokens: none for none.
    ///
    /// # Errors
    /// [`Error::ZeroWindow`]; [`Error::NoRoom`] if the reserved slots leave nothing; [`Error::Overlap`] unless the
    /// overlap is below what is left; [`Error::ZeroStep`]; [`Error::StepLeavesGaps`].
    pub fn plan(&self, len: usize) -> Result<TokenPlan> {
        self.plan_groups(&[len])
    }

    /// The windows over documents of these lengths, which lie one after the other; no window crosses from one into
    /// the next, and every document starts afresh.
    ///
    /// ```
    /// use ndwindow::text::TokenWindows;
    ///
    /// let plan = TokenWindows::new(4).plan_groups(&[5, 0, 2])?;
    /// let full: Vec<_> = plan.iter().map(|w| (w.group, w.full)).collect();
    /// assert_eq!(full, [(0, 0..4), (0, 4..5), (2, 5..7)]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`plan`](Self::plan); [`Error::TooLarge`] if the lengths do not add up.
    pub fn plan_groups(&self, lengths: &[usize]) -> Result<TokenPlan> {
        let (room, step) = self.resolve()?;
        let tail = if self.align == Align::Full { Tail::ShiftBack } else { Tail::Partial };
        let mut plan = TokenPlan { align: self.align, groups: Vec::with_capacity(lengths.len()), windows: 0, len: 0 };
        for &len in lengths {
            // A sequence shorter than a window has one, which is shorter.
            let request = unfold(0, room, step).tail(if len < room { Tail::Partial } else { tail });
            let axis = request.plan([len])?.axes()[0];
            plan.groups.push(Group { axis, first: plan.windows, offset: plan.len });
            let too_large = || Error::TooLarge {
                what: "the groups",
                shape: lengths.to_vec(),
                limit: crate::spec::LIMIT,
                unit: "tokens",
            };
            plan.len = plan.len.checked_add(len).filter(|&l| l <= crate::spec::LIMIT).ok_or_else(too_large)?;
            plan.windows += axis.count();
        }
        Ok(plan)
    }
}

/// The windows over a sequence: any of them in constant time (logarithmic in the number of groups).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPlan {
    align: Align,
    groups: Vec<Group>,
    windows: usize,
    len: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    axis: AxisPlan,
    /// Its first window, and its first token.
    first: usize,
    offset: usize,
}

impl TokenPlan {
    /// How many windows there are.
    #[allow(clippy::misnamed_getters)] // the length of the plan, not of the sequence
    pub fn len(&self) -> usize {
        self.windows
    }

    /// Whether there are none: no tokens at all.
    pub fn is_empty(&self) -> bool {
        self.windows == 0
    }

    /// How many tokens the windows cover: all of them.
    pub fn tokens(&self) -> usize {
        self.len
    }

    /// Window `i`, or `None` behind the last.
    pub fn get(&self, i: usize) -> Option<TokenWindow> {
        if i >= self.windows {
            return None;
        }
        let group = self.groups.partition_point(|g| g.first <= i) - 1;
        let Group { axis, first, offset } = &self.groups[group];
        let full = self.within(axis, i - first);
        let begun = if i > *first { self.within(axis, i - first - 1).end } else { 0 };
        let shift = |r: Range<usize>| offset + r.start..offset + r.end;
        Some(TokenWindow { group, fresh: shift(begun..full.end), full: shift(full) })
    }

    /// Window `i` of a group, from its first token.
    fn within(&self, axis: &AxisPlan, i: usize) -> Range<usize> {
        let covered = |i: usize| {
            let start = axis.start(i) as usize;
            start..(start + axis.span()).min(axis.len())
        };
        if self.align != Align::Right {
            return covered(i);
        }
        // The mirror image: the windows of the sequence read backwards, last one first.
        let mirrored = covered(axis.count() - 1 - i);
        axis.len() - mirrored.end..axis.len() - mirrored.start
    }

    /// All windows in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = TokenWindow> + ExactSizeIterator + '_ {
        (0..self.windows).map(|i| match self.get(i) {
            Some(window) => window,
            None => unreachable!("an index below the number of windows"),
        })
    }
}
