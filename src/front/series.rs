//! Time series: windows of the past and what comes after them.

use crate::array::{IntoView, View};
use crate::error::{Error, Result};
use crate::spec::{checked_len, unfold};

/// How a series `[time, ..]` is cut into examples to learn from: `size` steps of the past, and `targets` steps from
/// `horizon` steps after the last of them.
///
/// ```text
/// size 3, horizon 2, targets 2, step 1
/// x x x . y y
///   x x x . y y
/// ```
///
/// Past and targets are two slices of one plan, `unfold(0, span, step)`, so they can never come apart, and nothing is copied.
///
/// ```
/// use ndwindow::{View, series::Series};
///
/// let series = View::new(&[1, 10, 2, 20, 3, 30, 4, 40, 5, 50], [5, 2])?; // two channels
/// let (past, next) = Series::new(2).step(2).examples(&series)?;
/// assert_eq!((past.shape(), next.shape()), (&[2, 2, 2][..], &[2, 1, 2][..]));
/// assert!(past.iter().eq(&[1, 10, 2, 20, 3, 30, 4, 40]));
/// assert!(next.iter().eq(&[3, 30, 5, 50]));
/// # Ok::<(), ndwindow::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Series {
    size: usize,
    step: usize,
    horizon: usize,
    targets: usize,
}

/// The past `[windows, size, ..]` and the targets `[windows, targets, ..]` of a series.
pub type Examples<'a, T> = (View<'a, T>, View<'a, T>);

impl Series {
    /// Windows of `size` steps, one at every step, each with the step that follows it as its target.
    pub fn new(size: usize) -> Self {
        Series { size, step: 1, horizon: 1, targets: 1 }
    }

    /// How far apart windows start.
    pub fn step(mut self, step: usize) -> Self {
        self.step = step;
        self
    }

    /// How many steps after the last one of a window its first target lies (1: the next).
    pub fn horizon(mut self, horizon: usize) -> Self {
        self.horizon = horizon;
        self
    }

    /// How many targets a window has; none is allowed.
    pub fn targets(mut self, targets: usize) -> Self {
        self.targets = targets;
        self
    }

    /// Steps from the first of a window to the last of its targets.
    fn span(&self) -> Result<usize> {
        if self.size == 0 {
            return Err(Error::ZeroWindow { axis: 0 });
        }
        match (self.targets, self.horizon) {
            (0, _) => Ok(self.size),
            (_, 0) => Err(Error::Parameter { what: "the horizon", value: 0.0, range: "at least 1, the next step" }),
            (targets, horizon) => {
                // Beyond the address space is beyond any series: the plan refuses it.
                Ok(self.size.saturating_add(horizon - 1).saturating_add(targets))
            }
        }
    }

    /// How many examples a series of `len` steps gives; none if it is too short for one.
    ///
    /// # Errors
    /// [`Error::ZeroWindow`], [`Error::ZeroStep`], [`Error::Parameter`].
    pub fn count(&self, len: usize) -> Result<usize> {
        match unfold(0, self.span()?, self.step).plan([len]) {
            Ok(plan) => Ok(plan.len()),
            Err(Error::SpanTooLong { .. } | Error::SpanOverflow { .. }) => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// The examples of one series, as views: `[time, ..] -> [windows, size, ..]` and `[windows, targets, ..]`.
    ///
    /// A series too short for one example gives none.
    ///
    /// # Errors
    /// As [`count`](Self::count), and [`Error::AxisOutOfRange`] for rank 0.
    pub fn examples<'a, S: IntoView<'a>>(&self, series: S) -> Result<Examples<'a, S::Elem>> {
        let series = series.into_view();
        let Some(&len) = series.shape().first() else {
            return Err(Error::AxisOutOfRange { axis: 0, rank: 0 });
        };
        if self.count(len)? == 0 {
            // No window to slice: what there is of the past and the targets is empty.
            let none = |count: usize| series.slice(0, 0, 1, 0)?.insert_axis(1)?.broadcast(1, count);
            return Ok((none(self.size)?, none(self.targets)?));
        }
        let windows = unfold(0, self.span()?, self.step).grid_first().windows(&series)?.view()?;
        let target = if self.targets == 0 { 0 } else { self.size + self.horizon - 1 };
        Ok((windows.slice(1, 0, 1, self.size)?, windows.slice(1, target, 1, self.targets)?))
    }

    /// The examples of several series that lie one after the other along the first axis, `lengths` steps each: one pair of
    /// views a series, so that no window and no target crosses from one into the next.
    ///
    /// ```
    /// use ndwindow::series::Series;
    ///
    /// let both = [1, 2, 3, 4, /* another one */ 7, 8, 9];
    /// let mut pairs = Vec::new();
    /// for group in Series::new(2).groups(&both, &[4, 3])? {
    ///     let (past, next) = group?;
    ///     pairs.extend(past.outer_iter(1).zip(next.iter().copied()).map(|(p, n)| ([p[[0]], p[[1]]], n)));
    /// }
    /// assert_eq!(pairs, [([1, 2], 3), ([2, 3], 4), ([7, 8], 9)]);
    /// # Ok::<(), ndwindow::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] if the lengths do not add up to the first axis; each item as [`examples`](Self::examples).
    pub fn groups<'a, 'l, S: IntoView<'a>>(
        &self,
        series: S,
        lengths: &'l [usize],
    ) -> Result<impl Iterator<Item = Result<Examples<'a, S::Elem>>> + use<'a, 'l, S>> {
        let series = series.into_view();
        let sum = lengths.iter().fold(0usize, |sum, &n| sum.saturating_add(n));
        checked_len("the groups", &[sum])?;
        if series.shape().first() != Some(&sum) {
            let found = series.shape().to_vec();
            return Err(Error::ShapeMismatch { what: "the grouped series", expected: [sum].into(), found });
        }
        let (this, mut from) = (*self, 0);
        Ok(lengths.iter().map(move |&len| {
            let group = series.slice(0, from, 1, len)?;
            from += len;
            this.examples(group)
        }))
    }
}
