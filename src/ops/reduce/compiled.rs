//! What every element type has compiled in this crate: declared here, made in [`built_in`](super::built_in).

use super::extreme::{Extreme, Search};
use super::gaps::ValidWindows;
use super::masking::AnyMask;
use crate::error::Result;
use crate::ops::Windows;

/// Extremes of windows, of the cells of a mask if there is one, into a buffer of one result each.
pub trait Extremes: Sized {
    #[doc(hidden)]
    fn extreme(windows: &Windows<'_, Self>, mask: Option<AnyMask<'_>>, of: Extreme, out: &mut [Self]) -> Result<()>;
    #[doc(hidden)]
    fn search(
        windows: &Windows<'_, Self>,
        mask: Option<AnyMask<'_>>,
        what: &'static str,
        search: Search,
        indices: &mut [usize],
        values: Option<&mut [Self]>,
    ) -> Result<()>;
}

/// Sums, means and products of windows, of the cells of a mask if there is one, into a buffer of one result each.
pub trait Sums<Wide, Mean>: Sized {
    #[doc(hidden)]
    fn total(windows: &Windows<'_, Self>, mask: Option<AnyMask<'_>>, out: &mut [Wide]) -> Result<()>;
    #[doc(hidden)]
    fn average(windows: &Windows<'_, Self>, mask: Option<AnyMask<'_>>, out: &mut [Mean]) -> Result<()>;
    #[doc(hidden)]
    fn multiplied(windows: &Windows<'_, Self>, out: &mut [Wide]) -> Result<()>;
}

/// Sums, means and extremes of the elements of windows that count, into a buffer of one result each.
pub trait Gaps<Maybe, MaybeWide, Mean>: Sized {
    #[doc(hidden)]
    fn gapped_sums(windows: &ValidWindows<'_, Self>, out: &mut [MaybeWide]) -> Result<()>;
    #[doc(hidden)]
    fn gapped_means(windows: &ValidWindows<'_, Self>, out: &mut [Mean]) -> Result<()>;
    #[doc(hidden)]
    fn gapped_extremes(windows: &ValidWindows<'_, Self>, of: Extreme, out: &mut [Maybe]) -> Result<()>;
    #[doc(hidden)]
    fn gapped_places(windows: &ValidWindows<'_, Self>, of: Extreme, out: &mut [Option<usize>]) -> Result<()>;
}
