//! What stands outside the array, and what happens at its end.

/// What the padding around an axis holds. Names and meanings are NumPy's (`numpy.pad`), but for `Empty`.
///
/// ```text
///              pad 3 of [a b c d]        pad wider than the axis: 5 of [a b c]
/// Empty        . . . a b c d . . .
/// Edge         a a a a b c d d d d
/// Reflect      d c b a b c d c b a       b a b c b a b c b a b c b
/// Symmetric    c b a a b c d d c b       b c c b a a b c c b a a b
/// Wrap         b c d a b c d a b c       b c a b c a b c a b c a b
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PadMode {
    /// No element: reductions skip it, copies and convolution read it as zero, `Windows::fill` puts a value there.
    #[default]
    Empty,
    /// The nearest element.
    Edge,
    /// Mirrored at the edge element, which is not repeated. One element repeats itself.
    Reflect,
    /// Mirrored behind the edge element, which is repeated.
    Symmetric,
    /// From the other end.
    Wrap,
}

impl PadMode {
    /// The name of the variant, as messages write it.
    pub fn name(self) -> &'static str {
        match self {
            PadMode::Empty => "Empty",
            PadMode::Edge => "Edge",
            PadMode::Reflect => "Reflect",
            PadMode::Symmetric => "Symmetric",
            PadMode::Wrap => "Wrap",
        }
    }

    /// Where position `at` of a line of `len` elements (at least one) is read from; `None` where there is nothing.
    #[inline]
    pub(crate) fn source(self, at: isize, len: isize) -> Option<isize> {
        debug_assert!(len > 0);
        if (0..len).contains(&at) {
            return Some(at);
        }
        let Some(period) = self.period(len as usize) else {
            return (self == PadMode::Edge).then(|| at.clamp(0, len - 1));
        };
        let period = period as isize;
        let k = at.rem_euclid(period);
        Some(match self {
            _ if k < len => k,
            PadMode::Symmetric => period - 1 - k,
            _ => period - k,
        })
    }

    /// After how many positions a line of `len` elements (at least one) repeats itself, if this mode repeats more than its ends.
    #[inline]
    pub(crate) fn period(self, len: usize) -> Option<usize> {
        match self {
            PadMode::Empty | PadMode::Edge => None,
            PadMode::Wrap => Some(len),
            PadMode::Symmetric => Some(2 * len),
            PadMode::Reflect => Some((2 * len - 2).max(1)),
        }
    }

    /// Whether more than the ends of a line is repeated.
    #[inline]
    pub(crate) fn repeats(self) -> bool {
        !matches!(self, PadMode::Empty | PadMode::Edge)
    }
}

/// What happens to the elements behind the last whole window.
///
/// ```text
/// 10 elements, window 4, step 3      10 elements, window 4, step 4
/// Drop       0123 3456 6789          0123 4567
/// Partial    0123 3456 6789          0123 4567 89..
/// ShiftBack  0123 3456 6789          0123 4567 6789
/// Spread     0123 3456 6789          0123 3456 6789
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Tail {
    /// They are left out.
    #[default]
    Drop,
    /// The last windows may overhang the end ("ceil mode"); they start inside the data or the leading padding.
    Partial,
    /// The last window moves back until it ends at the edge.
    ShiftBack,
    /// All starts are spread evenly so that the last window ends at the edge.
    Spread,
}

impl Tail {
    /// The name of the variant, as messages write it.
    pub fn name(self) -> &'static str {
        match self {
            Tail::Drop => "Drop",
            Tail::Partial => "Partial",
            Tail::ShiftBack => "ShiftBack",
            Tail::Spread => "Spread",
        }
    }
}
